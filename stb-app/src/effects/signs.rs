//! Signs for the system below, as files in the folder that it gave: `busy`, and `healthy`.
//!
//! An update asks `busy` before it writes; `healthy` makes it keep the version that runs. Without a service
//! manager there is no folder, and nothing is written.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::mpsc::{Receiver, Sender, channel},
};

use stb_core::duty::Busy;

use super::{Ended, file::replace, supervise};

const BUSY: &str = "busy";
const HEALTHY: &str = "healthy";

/// The folder that the service manager made for this service, if it made one.
pub(super) fn folder() -> Option<PathBuf> {
    let folders = std::env::var_os("RUNTIME_DIRECTORY")?;
    std::env::split_paths(&folders).next()
}

/// Whether the box must not be restarted, as told in this folder.
pub(super) fn is_busy(folder: &Path) -> bool {
    folder.join(BUSY).exists()
}

/// Whether this version was seen to work, as told in this folder.
pub(super) fn is_proven(folder: &Path) -> bool {
    folder.join(HEALTHY).exists()
}

/// What is to be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sign {
    /// Why the box must not be restarted now.
    pub busy: Option<Busy>,
    /// This version was seen to work.
    pub is_proven: bool,
}

/// Writes signs on a thread of its own.
#[derive(Debug)]
pub struct Signs {
    wishes: Sender<Sign>,
}

impl Signs {
    /// Into the folder that the service manager made for this service, if it made one.
    pub fn start_for_service() -> Option<io::Result<Self>> {
        folder().map(Self::start)
    }

    /// Into this folder.
    pub fn start(folder: PathBuf) -> io::Result<Self> {
        let (wishes, queue) = channel();
        supervise("signs", move || work(&folder, &queue))?;
        Ok(Self { wishes })
    }

    /// Tells this from now on.
    pub fn show(&self, sign: Sign) {
        if self.wishes.send(sign).is_err() {
            tracing::error!("a sign was lost: its thread is gone");
        }
    }
}

fn work(folder: &Path, queue: &Receiver<Sign>) -> Ended {
    while let Ok(sign) = queue.recv() {
        if let Err(error) = put_up(folder, sign) {
            tracing::error!(folder = %folder.display(), %error, "sign not written");
        }
    }
    Ended::Finished
}

fn put_up(folder: &Path, sign: Sign) -> io::Result<()> {
    let busy = folder.join(BUSY);
    match sign.busy {
        // What a process that was killed left is truer than what its successor does not know yet, and its
        // age tells of a box that never gets past its start.
        Some(Busy::Starting) if busy.exists() => {}
        Some(reason) => replace(&busy, format!("{}\n", words(reason)).as_bytes())?,
        None => remove(&busy)?,
    }
    let healthy = folder.join(HEALTHY);
    // Proven once is proven for this boot, whatever happened to a process since.
    if sign.is_proven && !healthy.exists() { replace(&healthy, b"") } else { Ok(()) }
}

/// The end of the sentence "update refused: ...".
const fn words(reason: Busy) -> &'static str {
    match reason {
        Busy::Starting => "the box is starting",
        Busy::Order => "an order is on the screen",
        Busy::Conversation => "somebody uses a card or answers a question",
        Busy::Report => "an answer is still on its way to the town",
    }
}

fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .expect("the folder")
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn signs_come_and_go_and_health_stays() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let show = |busy, is_proven| {
            put_up(folder.path(), Sign { busy, is_proven })?;
            Ok::<_, io::Error>(shown(folder.path()))
        };
        assert_eq!(show(Some(Busy::Order), false)?, ["busy"]);
        assert_eq!(show(None, true)?, ["healthy"]);
        assert_eq!(show(None, false)?, ["healthy"], "a second process knows nothing yet");
        assert_eq!(show(Some(Busy::Conversation), false)?, ["busy", "healthy"]);
        Ok(())
    }

    #[test]
    fn a_start_does_not_take_down_what_a_killed_process_left() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        put_up(folder.path(), Sign { busy: Some(Busy::Order), is_proven: false })?;
        put_up(folder.path(), Sign { busy: Some(Busy::Starting), is_proven: false })?;
        let told = fs::read_to_string(folder.path().join(BUSY))?;
        assert_eq!(told, "an order is on the screen\n");
        Ok(())
    }
}
