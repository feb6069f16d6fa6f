//! Marks for measurements: when something happened, as JSON lines.
//!
//! Switched on by `--marks FILE`; otherwise nothing is written. Times are microseconds of
//! `CLOCK_MONOTONIC`, so that they compare with those of every other process of this machine.

use std::{
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use gtk::glib;
use serde::Serialize;

/// What can be marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// The kernel made the process.
    ProcessStart,
    /// The window was painted for the first time.
    FirstFrame,
    /// What the store held is known to the machine.
    Restored,
    /// A key was pressed; the time is the key's own.
    KeyReceived,
    /// The first frame after a key was painted.
    KeyPainted,
    /// Order bytes came in.
    OrderArrived,
    /// An order was painted for the first time.
    TakeoverPainted,
    /// Another page than before was painted; the detail names its kind.
    PagePainted,
    /// A page's table was painted.
    RowsPainted,
    /// An order was painted at another size than before; the detail names the stage.
    TakeoverStagePainted,
    /// Something that takes its time was painted as going on; the detail names it.
    OnItsWayPainted,
    /// It was painted as done.
    SettledPainted,
    /// The last digit of a PIN was entered.
    PinLastDigit,
    /// The greeting after a login was painted.
    GreetingPainted,
    /// A channel was asked for.
    ZapRequested,
    /// Its first picture is there.
    ZapFirstPicture,
    /// The first sound of a speech was handed to the sound card.
    SpeechStarted,
}

#[derive(Serialize)]
struct Line<'a> {
    mark: Mark,
    at_us: i64,
    detail: &'a str,
}

/// Where marks go. Clones write to the same file.
#[derive(Debug, Clone, Default)]
pub struct Marks(Option<Arc<Mutex<File>>>);

impl Marks {
    /// Writes marks to the end of a file: those of a box that was killed stay readable.
    pub fn to_file(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(path)?;
        Ok(Self(Some(Arc::new(Mutex::new(file)))))
    }

    /// Whether anybody measures.
    pub fn are_on(&self) -> bool {
        self.0.is_some()
    }

    /// Marks this moment.
    pub fn record(&self, mark: Mark, detail: &str) {
        self.record_at(mark, now_us(), detail);
    }

    /// Marks an earlier moment.
    pub fn record_at(&self, mark: Mark, at_us: i64, detail: &str) {
        let Some(file) = &self.0 else { return };
        let line = Line { mark, at_us, detail };
        let Ok(mut text) = serde_json::to_string(&line) else { return };
        text.push('\n');
        // One write for a line: readers that follow the file never see half of one.
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(text.as_bytes()) {
            tracing::warn!(%error, "mark not written");
        }
    }
}

/// Microseconds of `CLOCK_MONOTONIC`.
pub fn now_us() -> i64 {
    glib::monotonic_time()
}

/// The same clock for an [`Instant`] of the past.
pub fn us_of(at: Instant) -> i64 {
    now_us().saturating_sub(i64::try_from(at.elapsed().as_micros()).unwrap_or(i64::MAX))
}

/// When the kernel made this process, to 10 ms; this moment where the kernel does not say.
///
/// `main` begins only after the libraries are linked, which is part of a cold start.
pub fn process_start_us() -> i64 {
    const TICK_US: i64 = 10_000;
    let now = now_us();
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    start_ticks(&stat)
        .and_then(|ticks| ticks.checked_mul(TICK_US))
        .filter(|start| (now - 10_000_000..=now).contains(start))
        .unwrap_or(now)
}

/// Field 22 of `proc(5)` stat; the name in parentheses may hold blanks.
fn start_ticks(stat: &str) -> Option<i64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_is_one_line() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("marks.jsonl");
        let marks = Marks::to_file(&path)?;
        marks.record_at(Mark::KeyReceived, 5, "Up");
        marks.clone().record(Mark::KeyPainted, "\"quoted\"");
        let text = std::fs::read_to_string(&path)?;
        let lines: Vec<serde_json::Value> =
            text.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0]["mark"], "key-received");
        assert_eq!(lines[0]["at_us"], 5);
        assert_eq!(lines[1]["detail"], "\"quoted\"");
        Ok(())
    }

    #[test]
    fn the_start_is_read_behind_any_process_name() {
        let stat = "42 (a ) b) S 1 1 1 0 -1 4194560 1 0 0 0 3 1 0 0 20 0 1 0 12345 1000 2";
        assert_eq!(start_ticks(stat), Some(12_345));
        assert_eq!(start_ticks("42 (short) S"), None);
        assert!(process_start_us() <= now_us());
    }
}
