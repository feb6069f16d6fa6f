//! Open JTalk as a process: text on its input, WAV on its output.

use std::{
    io::{Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use super::{Speaker, SpeechError};
use crate::effects::audio::Sound;

/// Five minutes of speech; a piece of text lasts some seconds.
const WAV_BYTES_MAX: u64 = 30 * 1024 * 1024;

/// The voice of the box.
pub(super) struct OpenJtalk {
    voice: PathBuf,
    dictionary: PathBuf,
    rate: f64,
    running: Mutex<Option<Child>>,
}

impl OpenJtalk {
    /// Checks that everything it needs is there.
    pub(super) fn new(voice: &Path, dictionary: &Path, rate: f64) -> Result<Self, SpeechError> {
        for needed in [voice, dictionary] {
            if !needed.exists() {
                return Err(SpeechError::Missing(needed.to_owned()));
            }
        }
        Ok(Self {
            voice: voice.to_owned(),
            dictionary: dictionary.to_owned(),
            rate,
            running: Mutex::new(None),
        })
    }

    fn spawn(&self) -> Result<Child, SpeechError> {
        // Its complaints quote the text, which must not reach the log.
        Ok(Command::new("open_jtalk")
            .arg("-x")
            .arg(&self.dictionary)
            .arg("-m")
            .arg(&self.voice)
            .args(["-r", &self.rate.to_string(), "-ow", "/dev/stdout"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?)
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Speaker for OpenJtalk {
    fn synthesise(&self, sentence: &str) -> Result<Option<Sound>, SpeechError> {
        let mut child = self.spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        *self.running() = Some(child);
        let (Some(mut input), Some(output)) = (input, output) else {
            return Err(SpeechError::Nothing);
        };
        input.write_all(sentence.as_bytes())?;
        input.write_all(b"\n")?;
        drop(input);
        let mut wav = Vec::new();
        let read = output.take(WAV_BYTES_MAX).read_to_end(&mut wav);
        if let Some(mut child) = self.running().take() {
            child.wait()?;
        }
        read?;
        if wav.is_empty() {
            return Err(SpeechError::Nothing);
        }
        Ok(Some(Sound::from_wav(&wav)?))
    }

    fn give_up(&self) {
        if let Some(child) = &mut *self.running() {
            // Fails only when it has ended by itself.
            let _ = child.kill();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_files_are_told_at_start() {
        let error = OpenJtalk::new(Path::new("/nowhere/voice"), Path::new("/"), 1.0)
            .err()
            .expect("the voice is missing");
        assert!(error.to_string().contains("/nowhere/voice"), "{error}");
    }
}
