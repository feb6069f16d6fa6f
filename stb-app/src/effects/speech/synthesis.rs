//! Makes pieces of text into sound on a thread of its own, ahead of the playing.

use std::{
    collections::HashMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, Sender, channel},
    },
};

use super::{Input, Speaker};
use crate::effects::{Ended, audio::Sound, supervise};

/// Sounds kept for texts that come again (an order is spoken twice, a page every day).
const KEPT_BYTES_MAX: usize = 12 * 1024 * 1024;

/// One piece to make.
struct Job {
    /// Which speech; a newer one makes it worthless.
    speech: u64,
    piece: usize,
    text: String,
}

/// One piece made.
pub(super) struct Made {
    pub(super) speech: u64,
    pub(super) piece: usize,
    /// None when it could not be made or only takes its time.
    pub(super) sound: Option<Arc<Sound>>,
}

/// The maker's end.
pub(super) struct Synthesis {
    jobs: Sender<Job>,
    wanted: Arc<AtomicU64>,
    speaker: Arc<dyn Speaker>,
}

impl Synthesis {
    pub(super) fn start(speaker: Box<dyn Speaker>, inputs: Sender<Input>) -> io::Result<Self> {
        let (jobs, queue) = channel();
        let speaker: Arc<dyn Speaker> = speaker.into();
        let wanted = Arc::new(AtomicU64::new(0));
        let mut maker = Maker {
            speaker: Arc::clone(&speaker),
            wanted: Arc::clone(&wanted),
            inputs,
            kept: Kept::default(),
        };
        supervise("speech-make", move || maker.serve(&queue))?;
        Ok(Self { jobs, wanted, speaker })
    }

    /// From now on only this speech matters.
    pub(super) fn want(&self, speech: u64) {
        self.wanted.store(speech, Ordering::Release);
        self.speaker.give_up();
    }

    pub(super) fn make(&self, speech: u64, piece: usize, text: String) {
        if self.jobs.send(Job { speech, piece, text }).is_err() {
            tracing::error!("sentence not spoken: the voice's thread is gone");
        }
    }
}

struct Maker {
    speaker: Arc<dyn Speaker>,
    wanted: Arc<AtomicU64>,
    inputs: Sender<Input>,
    kept: Kept,
}

impl Maker {
    fn serve(&mut self, queue: &Receiver<Job>) -> Ended {
        while let Ok(job) = queue.recv() {
            if job.speech != self.wanted.load(Ordering::Acquire) {
                continue;
            }
            let made = Made { speech: job.speech, piece: job.piece, sound: self.sound(&job) };
            if self.inputs.send(Input::Synthesised(made)).is_err() {
                return Ended::Finished;
            }
        }
        Ended::Finished
    }

    fn sound(&mut self, Job { speech, text, .. }: &Job) -> Option<Arc<Sound>> {
        let speech = *speech;
        if let Some(sound) = self.kept.sounds.get(text) {
            return Some(Arc::clone(sound));
        }
        match self.speaker.synthesise(text) {
            Ok(sound) => {
                let sound = Arc::new(sound?);
                self.kept.keep(text, &sound);
                Some(sound)
            }
            Err(error) => {
                // A newer speech makes an older piece worthless many times in an evening.
                if speech == self.wanted.load(Ordering::Acquire) {
                    tracing::warn!(%error, "piece of a sentence left out");
                }
                None
            }
        }
    }
}

/// Forgets everything when full: simple, and full only after hours.
#[derive(Default)]
struct Kept {
    sounds: HashMap<String, Arc<Sound>>,
    bytes: usize,
}

impl Kept {
    fn keep(&mut self, text: &str, sound: &Arc<Sound>) {
        if self.bytes + sound.samples.len() > KEPT_BYTES_MAX {
            self.sounds.clear();
            self.bytes = 0;
        }
        self.bytes += sound.samples.len();
        self.sounds.insert(text.to_owned(), Arc::clone(sound));
    }
}
