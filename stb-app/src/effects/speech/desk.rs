//! Who speaks now, and what comes next.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError},
    },
    time::{Duration, Instant},
};

use stb_core::{effect::SpeechPriority, event::Event};

use super::{
    Input, Utterance,
    recording::Recorder,
    sentences::pieces,
    synthesis::{Made, Synthesis},
};
use crate::{
    effects::{
        Events,
        audio::{Playback, Sound},
        clock::instant,
    },
    marks::{Mark, Marks},
};

/// How often a playing sound is asked whether it is over; also the longest silence between two
/// pieces that this adds.
const ASK_INTERVAL: Duration = Duration::from_millis(20);

/// How long a character takes when nobody speaks.
const SILENT_PER_CHARACTER: Duration = Duration::from_millis(25);

/// A sound that is not over long after its end is stuck in the sound card.
pub(super) const OVERTIME: Duration = Duration::from_secs(3);

/// The speech's thread.
pub(super) struct Desk {
    synthesis: Synthesis,
    recorder: Recorder,
    events: Events,
    marks: Marks,
    speech: u64,
    current: Option<Current>,
}

struct Current {
    speech_id: u64,
    priority: SpeechPriority,
    pieces: Vec<String>,
    next: usize,
    made: HashMap<usize, Option<Arc<Sound>>>,
    playing: Option<Playing>,
}

/// One piece that is being heard.
struct Playing {
    playback: Option<Playback>,
    until: Instant,
}

impl Desk {
    pub(super) fn new(
        synthesis: Synthesis,
        recorder: Recorder,
        events: Events,
        marks: Marks,
    ) -> Self {
        Self { synthesis, recorder, events, marks, speech: 0, current: None }
    }

    /// After a panic the interrupted speech is over.
    pub(super) fn recover(&mut self) {
        self.end();
    }

    /// Waits for the next input while whatever plays goes on. None when nobody listens any more.
    pub(super) fn next_input(&mut self, queue: &Receiver<Input>) -> Option<Input> {
        loop {
            if self.current.as_ref().is_none_or(|current| current.playing.is_none()) {
                return queue.recv().ok();
            }
            match queue.recv_timeout(ASK_INTERVAL) {
                Ok(input) => return Some(input),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if !self.go_on() {
                return None;
            }
        }
    }

    /// False when nobody listens any more.
    pub(super) fn take(&mut self, input: Input) -> bool {
        match input {
            Input::Speak(utterance) => self.speak(&utterance),
            Input::Stop => self.end(),
            Input::Synthesised(made) => self.made(made),
        }
    }

    fn speak(&mut self, utterance: &Utterance) -> bool {
        // Whoever moves on wants to hear the new place; only an order is heard to its end.
        let outranked = utterance.priority < SpeechPriority::Order
            && self.current.as_ref().is_some_and(|one| one.priority == SpeechPriority::Order);
        if outranked {
            return self.tell_ended(utterance.speech_id);
        }
        if !self.end() {
            return false;
        }
        let pieces: Vec<_> = utterance.sentences.iter().flat_map(|text| pieces(text)).collect();
        if pieces.is_empty() {
            return self.tell_ended(utterance.speech_id);
        }
        for (index, piece) in pieces.iter().enumerate() {
            self.synthesis.make(self.speech, index, piece.clone());
        }
        self.current = Some(Current {
            speech_id: utterance.speech_id,
            priority: utterance.priority,
            pieces,
            next: 0,
            made: HashMap::new(),
            playing: None,
        });
        true
    }

    /// Ends what is being said and forgets what is being made.
    fn end(&mut self) -> bool {
        self.speech += 1;
        self.synthesis.want(self.speech);
        match self.current.take() {
            Some(current) => self.tell_ended(current.speech_id),
            None => true,
        }
    }

    fn made(&mut self, made: Made) -> bool {
        if made.speech == self.speech
            && let Some(current) = &mut self.current
        {
            current.made.insert(made.piece, made.sound);
        }
        self.go_on()
    }

    /// Plays the next piece when the one before is over and it is ready.
    fn go_on(&mut self) -> bool {
        let Some(current) = &mut self.current else { return true };
        if current.playing.as_ref().is_some_and(|playing| !playing.is_over()) {
            return true;
        }
        current.playing = None;
        let Some(text) = current.pieces.get(current.next) else {
            return self.end();
        };
        let Some(sound) = current.made.remove(&current.next) else { return true };
        self.recorder.record(current.speech_id, current.priority, text);
        current.playing = Some(Playing::start(sound.as_deref(), text));
        if current.next == 0 {
            self.marks.record(Mark::SpeechStarted, &current.speech_id.to_string());
        }
        current.next += 1;
        true
    }

    fn tell_ended(&self, speech_id: u64) -> bool {
        self.events.send_blocking(Event::SpeechEnded(speech_id)).is_ok()
    }
}

impl Playing {
    fn start(sound: Option<&Sound>, text: &str) -> Self {
        let silent = || {
            let characters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            Self { playback: None, until: instant() + SILENT_PER_CHARACTER * characters }
        };
        let Some(sound) = sound else { return silent() };
        match Playback::start(sound) {
            Ok(playback) => {
                let until = instant() + sound.duration() + OVERTIME;
                Self { playback: Some(playback), until }
            }
            Err(error) => {
                tracing::warn!(%error, "speech not heard");
                silent()
            }
        }
    }

    fn is_over(&self) -> bool {
        let over = self.playback.as_ref().is_some_and(|playback| {
            playback.is_over().unwrap_or_else(|error| {
                tracing::warn!(%error, "speech not heard");
                true
            })
        });
        over || instant() >= self.until
    }
}
