//! How the command line speaks to a running reader: one line each way over a Unix socket.
//!
//! Requests are `insert PATH`, `swap PATH`, `remove` and `status`; an answer begins with `ok` or
//! `error`.

use std::{
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    applet::VirtualCard,
    card_file::{CardFile, CardFileError},
    vpcd::{SlotState, VirtualReader},
};

/// Most bytes of a request or answer.
const LINE_LEN_MAX: u64 = 8 * 1024;
const LINE_TIMEOUT: Duration = Duration::from_secs(5);

/// What the reader is asked to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// Put this card file in; refused when a card lies there.
    Insert(PathBuf),
    /// Take the card out.
    Remove,
    /// Say what lies there.
    Status,
    /// Take out what lies there and put this card file in.
    Swap(PathBuf),
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The card file is unusable.
    #[error(transparent)]
    Card(#[from] CardFileError),
    /// There is nothing to take out.
    #[error("there is no card in the reader")]
    Empty,
    /// Insert was asked for although a card lies there.
    #[error("there is a card in the reader; take it out or swap it")]
    Occupied,
    /// The reader refused.
    #[error("{0}")]
    Refused(String),
    /// The socket failed.
    #[error("no reader answers at {path}: {source}")]
    Unreachable {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not a request.
    #[error("unknown request")]
    Unknown,
}

impl Request {
    fn parse(line: &str) -> Result<Self, ControlError> {
        match line.trim_end().split_once(' ') {
            Some(("insert", path)) => Ok(Self::Insert(path.into())),
            Some(("swap", path)) => Ok(Self::Swap(path.into())),
            None if line.trim_end() == "remove" => Ok(Self::Remove),
            None if line.trim_end() == "status" => Ok(Self::Status),
            _ => Err(ControlError::Unknown),
        }
    }

    fn line(&self) -> String {
        match self {
            Self::Insert(path) => format!("insert {}\n", path.display()),
            Self::Remove => "remove\n".to_owned(),
            Self::Status => "status\n".to_owned(),
            Self::Swap(path) => format!("swap {}\n", path.display()),
        }
    }

    /// Sends it to the reader behind this socket and returns what it answered.
    pub fn send(&self, socket: &Path) -> Result<String, ControlError> {
        let answer = self
            .exchange(socket)
            .map_err(|source| ControlError::Unreachable { path: socket.to_owned(), source })?;
        match answer.trim_end().split_once(' ') {
            Some(("ok", text)) => Ok(text.to_owned()),
            Some((_, text)) => Err(ControlError::Refused(text.to_owned())),
            None => Err(ControlError::Unknown),
        }
    }

    fn exchange(&self, socket: &Path) -> io::Result<String> {
        let mut stream = UnixStream::connect(socket)?;
        stream.write_all(self.line().as_bytes())?;
        read_line(&stream)
    }
}

/// A reader that takes requests.
pub struct ControlledReader {
    reader: VirtualReader,
    label: String,
}

impl ControlledReader {
    /// Takes over a reader.
    pub fn new(reader: VirtualReader) -> Self {
        Self { reader, label: String::new() }
    }

    /// Does what is asked.
    pub fn handle(&mut self, request: &Request) -> Result<String, ControlError> {
        match request {
            Request::Insert(_) if self.reader.state() != SlotState::Empty => {
                Err(ControlError::Occupied)
            }
            Request::Insert(path) | Request::Swap(path) => self.insert(path),
            Request::Remove => {
                self.reader.remove().ok_or(ControlError::Empty)?;
                Ok("removed".to_owned())
            }
            Request::Status => Ok(self.status()),
        }
    }

    fn insert(&mut self, path: &Path) -> Result<String, ControlError> {
        let file = CardFile::load(path)?;
        self.label = format!("{} ({:?})", file.holder_name, file.profile);
        self.reader.insert(VirtualCard::from_file(path.to_owned())?);
        Ok(format!("inserted {}", self.label))
    }

    fn status(&self) -> String {
        match self.reader.state() {
            SlotState::Empty => "empty".to_owned(),
            SlotState::Present => format!("present {}", self.label),
            SlotState::Unnoticed => format!("unnoticed {}", self.label),
        }
    }

    /// Answers requests at the socket of [`listen`] until accepting fails.
    pub fn serve(mut self, listener: &UnixListener) -> io::Result<()> {
        for stream in listener.incoming() {
            if let Err(error) = self.answer(&stream?) {
                tracing::warn!(%error, "a request broke off");
            }
        }
        Ok(())
    }

    fn answer(&mut self, mut stream: &UnixStream) -> io::Result<()> {
        stream.set_read_timeout(Some(LINE_TIMEOUT))?;
        let line = read_line(stream)?;
        let answer = match Request::parse(&line).and_then(|request| self.handle(&request)) {
            Ok(text) => format!("ok {text}\n"),
            Err(error) => format!("error {error}\n"),
        };
        stream.write_all(answer.as_bytes())
    }
}

/// Binds the socket; one that a dead reader left behind is replaced, a living one is not.
pub fn listen(socket: &Path) -> io::Result<UnixListener> {
    if UnixStream::connect(socket).is_ok() {
        return Err(io::Error::new(
            io::ErrorKind::AddrInUse,
            "another reader answers at this socket",
        ));
    }
    match std::fs::remove_file(socket) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => UnixListener::bind(socket),
    }
}

fn read_line(stream: &UnixStream) -> io::Result<String> {
    let mut line = String::new();
    BufReader::new(stream.take(LINE_LEN_MAX)).read_line(&mut line)?;
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_survives_its_line() {
        for request in [
            Request::Insert("/cards/a b.json".into()),
            Request::Swap("c.json".into()),
            Request::Remove,
            Request::Status,
        ] {
            let line = request.line();
            assert_eq!(Request::parse(&line).ok(), Some(request), "{line}");
        }
    }

    #[test]
    fn other_lines_are_unknown() {
        for line in ["", "\n", "insert", "eject\n", "remove now\n"] {
            assert!(matches!(Request::parse(line), Err(ControlError::Unknown)), "{line:?}");
        }
    }
}
