//! Commands inside the machine, through a serial port of its own that only test images have.

use std::{
    io::{Read as _, Write as _},
    os::unix::net::UnixStream,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};

/// Longest answer; a journal of one boot is far below.
const ANSWER_BYTES_MAX: usize = 4 << 20;
const CHUNK: usize = 8 << 10;

/// A connection to the machine's ears.
#[derive(Debug)]
pub struct Agent {
    stream: UnixStream,
    commands: u64,
}

/// What a command gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Exit code.
    pub code: i32,
    /// What it printed, errors included.
    pub said: String,
}

impl Agent {
    /// Connects to the port's socket; nobody may listen at the other end yet.
    pub fn connect(socket: &Path) -> Result<Self> {
        let stream = UnixStream::connect(socket).context("the agent's port")?;
        Ok(Self { stream, commands: 0 })
    }

    /// Runs a command (one line) and gives what it said and its exit code.
    pub fn run(&mut self, command: &str, limit: Duration) -> Result<Answer> {
        anyhow::ensure!(!command.contains('\n'), "one line is one command: {command}");
        self.commands += 1;
        let begin = format!("::begin {}\n", self.commands);
        writeln!(self.stream, "echo ::begin {}; {command}", self.commands)?;
        let end = Instant::now() + limit;
        let mut heard = Vec::new();
        loop {
            if let Some(answer) = parse(&String::from_utf8_lossy(&heard), &begin) {
                return Ok(answer);
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || heard.len() > ANSWER_BYTES_MAX {
                bail!(
                    "`{command}` did not answer within {limit:?}; so far: {}",
                    String::from_utf8_lossy(&heard)
                );
            }
            self.stream.set_read_timeout(Some(left))?;
            let mut chunk = [0; CHUNK];
            match self.stream.read(&mut chunk) {
                Ok(0) => bail!("the machine is gone; `{command}` got no answer"),
                Ok(count) => heard.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Runs a command that must succeed; gives what it said.
    pub fn succeed(&mut self, command: &str, limit: Duration) -> Result<String> {
        let answer = self.run(command, limit)?;
        if answer.code != 0 {
            bail!("`{command}` ended with {}: {}", answer.code, answer.said);
        }
        Ok(answer.said)
    }
}

/// The answer of the command that began with this line, once it is whole.
fn parse(heard: &str, begin: &str) -> Option<Answer> {
    let (_, said) = heard.split_once(begin)?;
    let (said, rest) = said.rsplit_once("\n::rc ")?;
    let code = rest.strip_suffix('\n')?.parse().ok()?;
    Some(Answer { code, said: said.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_code_and_belongs_to_its_command() {
        let begin = "::begin 2\n";
        assert_eq!(parse("::ready\n::begin 2\nhalf", begin), None);
        assert_eq!(parse("::begin 1\nold\n\n::rc 0\n", begin), None);
        let answer = parse("::rc 0\n::begin 2\na\nb\n\n::rc 3\n", begin);
        assert_eq!(answer, Some(Answer { code: 3, said: "a\nb\n".into() }));
    }
}
