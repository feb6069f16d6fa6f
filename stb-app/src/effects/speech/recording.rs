//! What was spoken and when, as JSON lines, for tests and the tour.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
};

use serde::Serialize;
use stb_core::effect::SpeechPriority;

use crate::marks::now_us;

/// Writes every text that begins to sound.
#[derive(Debug)]
pub(super) struct Recorder(Option<File>);

#[derive(Serialize)]
struct Line<'a> {
    at_us: i64,
    speech_id: u64,
    priority: &'static str,
    text: &'a str,
}

impl Recorder {
    pub(super) fn new(file: Option<&Path>) -> io::Result<Self> {
        let open = |path| OpenOptions::new().create(true).append(true).open(path);
        file.map(open).transpose().map(Self)
    }

    pub(super) fn record(&mut self, speech_id: u64, priority: SpeechPriority, text: &str) {
        let Some(file) = &mut self.0 else { return };
        let priority = match priority {
            SpeechPriority::Focus => "focus",
            SpeechPriority::Page => "page",
            SpeechPriority::Answer => "answer",
            SpeechPriority::Order => "order",
        };
        let line = Line { at_us: now_us(), speech_id, priority, text };
        let Ok(mut json) = serde_json::to_string(&line) else { return };
        json.push('\n');
        if let Err(error) = file.write_all(json.as_bytes()) {
            tracing::warn!(%error, "speech not recorded");
        }
    }
}
