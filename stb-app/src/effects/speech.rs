//! The voice: sentences in, sound out, one at a time; the important one interrupts.
//!
//! One thread plays and keeps the order of things (`desk`), one makes sentences into sound ahead of
//! time (`synthesis`), so that the next sentence is ready when one ends. Spoken texts hold
//! residents' names and are never logged.

mod desk;
mod jtalk;
mod recording;
mod sentences;
mod synthesis;

use std::{
    io,
    path::Path,
    sync::mpsc::{Receiver, Sender, channel},
};

use stb_core::effect::SpeechPriority;

use super::{Ended, Events, audio::Sound, supervise};
use crate::{
    config::{self, SpeechBackend},
    marks::Marks,
};
use desk::Desk;
use jtalk::OpenJtalk;
use recording::Recorder;
use synthesis::Synthesis;

/// One speech, rendered to text.
#[derive(Clone, PartialEq, Eq)]
pub struct Utterance {
    /// Id, returned when it ends.
    pub speech_id: u64,
    /// Texts in order.
    pub sentences: Vec<String>,
    /// Importance.
    pub priority: SpeechPriority,
}

/// Makes a sentence into sound.
pub trait Speaker: Send + Sync {
    /// The sound of a sentence; none when this speaker only takes its time. Called on a thread of
    /// its own; [`Self::give_up`] may end it early.
    fn synthesise(&self, sentence: &str) -> Result<Option<Sound>, SpeechError>;

    /// Ends a synthesis that nobody wants any more.
    fn give_up(&self);
}

/// Why a sentence is not heard.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    /// A file that the voice needs is missing.
    #[error(
        "{0} is missing; install Open JTalk with its dictionary and name the voice in [speech]"
    )]
    Missing(std::path::PathBuf),
    /// The synthesiser cannot be run.
    #[error("synthesiser not run: {0}")]
    Process(#[from] io::Error),
    /// The synthesiser made nothing of this sentence.
    #[error("nothing synthesised")]
    Nothing,
    /// The sound is not as expected.
    #[error(transparent)]
    Audio(#[from] super::audio::AudioError),
}

/// Speaks nothing; texts last about as long as they would.
#[derive(Debug)]
struct Silent;

impl Speaker for Silent {
    fn synthesise(&self, _: &str) -> Result<Option<Sound>, SpeechError> {
        Ok(None)
    }

    fn give_up(&self) {}
}

/// What the speech's thread hears.
enum Input {
    Speak(Utterance),
    Stop,
    Synthesised(synthesis::Made),
}

/// The voice's end of the box.
#[derive(Debug, Clone)]
pub struct Speech {
    inputs: Sender<Input>,
}

impl Speech {
    /// Starts with the configured voice; without its files the box is silent and says so once.
    pub fn start(config: &config::Speech, events: Events, marks: Marks) -> io::Result<Self> {
        let recorder = Recorder::new(config.record_file.as_deref())?;
        Self::start_with(speaker(config), recorder, events, marks)
    }

    fn start_with(
        speaker: Box<dyn Speaker>,
        recorder: Recorder,
        events: Events,
        marks: Marks,
    ) -> io::Result<Self> {
        let (inputs, queue) = channel();
        let synthesis = Synthesis::start(speaker, inputs.clone())?;
        let mut desk = Desk::new(synthesis, recorder, events, marks);
        supervise("speech", move || serve(&mut desk, &queue))?;
        Ok(Self { inputs })
    }

    /// Speaks, or lets it be when something more important is being said.
    pub fn speak(&self, utterance: Utterance) {
        self.send(Input::Speak(utterance));
    }

    /// Be quiet.
    pub fn stop(&self) {
        self.send(Input::Stop);
    }

    fn send(&self, input: Input) {
        if self.inputs.send(input).is_err() {
            tracing::error!("speech lost: its thread is gone");
        }
    }
}

fn serve(desk: &mut Desk, queue: &Receiver<Input>) -> Ended {
    desk.recover();
    loop {
        let Some(input) = desk.next_input(queue) else { return Ended::Finished };
        if !desk.take(input) {
            return Ended::Finished;
        }
    }
}

fn speaker(config: &config::Speech) -> Box<dyn Speaker> {
    if config.backend == SpeechBackend::Silent {
        return Box::new(Silent);
    }
    let voice = config.voice_file.as_deref().unwrap_or(Path::new("speech.voice_file"));
    match OpenJtalk::new(voice, &config.dictionary_dir, config.rate) {
        Ok(speaker) => Box::new(speaker),
        Err(error) => {
            tracing::error!(%error, "the box cannot speak");
            Box::new(Silent)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, Mutex, PoisonError},
        time::Duration,
    };

    use stb_core::event::Event;

    use super::*;
    use crate::effects::clock::instant;

    /// Tells what it was asked for and speaks for an instant, or for a long time.
    struct Told {
        asked: Arc<Mutex<Vec<String>>>,
        length: Duration,
    }

    impl Speaker for Told {
        fn synthesise(&self, sentence: &str) -> Result<Option<Sound>, SpeechError> {
            self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(sentence.to_owned());
            if sentence == "defect" {
                return Err(SpeechError::Nothing);
            }
            let samples = usize::try_from(self.length.as_millis()).expect("short") * 16;
            Ok(Some(Sound { samples: vec![0; samples], rate: 8_000 }))
        }

        fn give_up(&self) {}
    }

    struct Bench {
        speech: Speech,
        happened: async_channel::Receiver<Event>,
        asked: Arc<Mutex<Vec<String>>>,
        record: tempfile::NamedTempFile,
    }

    fn bench(length: Duration) -> io::Result<Bench> {
        let (events, happened) = async_channel::bounded(16);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let record = tempfile::NamedTempFile::new()?;
        let speech = Speech::start_with(
            Box::new(Told { asked: Arc::clone(&asked), length }),
            Recorder::new(Some(record.path()))?,
            events,
            Marks::default(),
        )?;
        Ok(Bench { speech, happened, asked, record })
    }

    impl Bench {
        fn speak(&self, speech_id: u64, priority: SpeechPriority, sentences: &[&str]) {
            let sentences = sentences.iter().map(ToString::to_string).collect();
            self.speech.speak(Utterance { speech_id, sentences, priority });
        }

        fn ended(&self) -> u64 {
            match self.happened.recv_blocking() {
                Ok(Event::SpeechEnded(speech_id)) => speech_id,
                other => panic!("{other:?}"),
            }
        }

        fn spoken(&self) -> Vec<String> {
            let text = std::fs::read_to_string(self.record.path()).unwrap_or_default();
            let lines = text.lines().filter_map(|line| serde_json::from_str(line).ok());
            lines
                .filter_map(|line: serde_json::Value| line["text"].as_str().map(str::to_owned))
                .collect()
        }
    }

    const SHORT: Duration = Duration::from_millis(10);
    const LONG: Duration = Duration::from_mins(10);

    #[test]
    fn sentences_are_spoken_in_order_and_made_once() -> io::Result<()> {
        let bench = bench(SHORT)?;
        let begun = instant();
        bench.speak(1, SpeechPriority::Order, &["一。二。", "三", "一。二。"]);
        assert_eq!(bench.ended(), 1);
        assert!(begun.elapsed() < 4 * desk::OVERTIME, "each piece ends when its sound does");
        assert_eq!(bench.spoken(), ["一。", "二。", "三", "一。", "二。"]);
        let asked = bench.asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
        assert_eq!(asked, ["一。", "二。", "三"]);
        Ok(())
    }

    #[test]
    fn a_sentence_that_fails_does_not_take_the_others_with_it() -> io::Result<()> {
        let bench = bench(SHORT)?;
        bench.speak(1, SpeechPriority::Order, &["前", "defect", "後"]);
        assert_eq!(bench.ended(), 1);
        assert_eq!(bench.spoken(), ["前", "defect", "後"]);
        Ok(())
    }

    #[test]
    fn the_newest_is_heard_but_an_order_is_heard_to_its_end() -> io::Result<()> {
        let bench = bench(LONG)?;
        bench.speak(1, SpeechPriority::Page, &["長い"]);
        bench.speak(2, SpeechPriority::Focus, &["左"]);
        assert_eq!(bench.ended(), 1, "the resident has moved on");
        bench.speak(3, SpeechPriority::Order, &["避難"]);
        assert_eq!(bench.ended(), 2, "interrupted");
        bench.speak(4, SpeechPriority::Page, &["頁"]);
        assert_eq!(bench.ended(), 4, "left out at once");
        bench.speak(5, SpeechPriority::Order, &["新しい避難"]);
        assert_eq!(bench.ended(), 3, "the newer order interrupts");
        bench.speech.stop();
        assert_eq!(bench.ended(), 5);
        bench.speak(6, SpeechPriority::Focus, &[]);
        assert_eq!(bench.ended(), 6, "nothing to say ends at once");
        Ok(())
    }

    #[test]
    fn a_box_without_a_voice_still_ends_its_speeches() -> io::Result<()> {
        let (events, happened) = async_channel::bounded(16);
        let config = config::Speech { voice_file: Some("/nowhere".into()), ..Default::default() };
        let speech = Speech::start(&config, events, Marks::default())?;
        let sentences = vec!["あ".to_owned()];
        speech.speak(Utterance { speech_id: 9, sentences, priority: SpeechPriority::Page });
        assert_eq!(happened.recv_blocking().ok(), Some(Event::SpeechEnded(9)));
        Ok(())
    }
}
