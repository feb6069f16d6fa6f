//! The application's own log, kept in memory: a box whose home says yes to a diagnosis sends the newest lines,
//! and the application may not read the journal.
//!
//! What must not be in it cannot come in: only lines of our own programs, at level info and above; of their
//! fields only those named here, which tell how something went and never who, what or which channel; and of a
//! text only what is no name, no number of a person and nothing that somebody typed or sent ([`plain`]).

use std::{
    collections::VecDeque,
    fmt::{Debug, Write as _},
    str::Chars,
    sync::{Arc, Mutex, PoisonError},
};

use gateway_api::diagnosis::{LINES_MAX, Log, LogLevel, LogLine, LogText};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::{Context, Layer},
    registry::LookupSpan,
};

use crate::effects::clock::system_ms;

/// Programs whose lines are kept; libraries may log what they are given.
const OWN: [&str; 5] = ["stb_app", "stb_core", "remote_input", "jpki", "evacuation"];
/// Fields that are kept.
const FIELDS: [&str; 16] = [
    "adapter",
    "bundle",
    "cause",
    "complaint",
    "debug",
    "delay",
    "error",
    "failure",
    "file",
    "folder",
    "message",
    "reason",
    "sink",
    "skew_ms",
    "state",
    "version",
];
/// Longer runs of digits may be a PIN, a number of a letter, or a card's.
const DIGITS_MAX: usize = 3;

/// The newest lines.
#[derive(Debug, Clone, Default)]
pub struct Record(Arc<Mutex<VecDeque<LogLine>>>);

impl Record {
    /// Listens to our own programs. What it does not want is not even made: libraries have much to say.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let own = OWN.map(|program| (program, LevelFilter::INFO));
        self.clone().with_filter(Targets::new().with_targets(own))
    }

    /// What is kept now, oldest first.
    pub fn log(&self) -> Log {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Log::newest(lines.iter().cloned())
    }

    fn keep(&self, line: LogLine) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.len() == LINES_MAX {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

impl<S: Subscriber> Layer<S> for Record {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let Some(level) = level(*metadata.level()) else { return };
        let mut words = Words(format!("{}:", metadata.target()));
        event.record(&mut words);
        self.keep(LogLine { at_ms: system_ms(), level, text: LogText::cut(&words.0) });
    }
}

const fn level(level: Level) -> Option<LogLevel> {
    match level {
        Level::ERROR => Some(LogLevel::Error),
        Level::WARN => Some(LogLevel::Warn),
        Level::INFO => Some(LogLevel::Info),
        _ => None,
    }
}

/// A line in the making.
struct Words(String);

impl Words {
    fn add(&mut self, field: &Field, value: &str) {
        let name = field.name();
        if !FIELDS.contains(&name) {
            return;
        }
        self.0.push(' ');
        if name != "message" {
            self.0.push_str(name);
            self.0.push('=');
        }
        self.0.push_str(value);
    }
}

impl Visit for Words {
    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, &value.to_string());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, &value.to_string());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, &plain(value));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut text = String::new();
        if write!(text, "{value:?}").is_ok() {
            self.add(field, &plain(&text));
        }
    }
}

/// A text without what stood in quotation marks (an error quotes what it could not read), without letters beyond
/// ASCII (names, places and sentences of this country) and without longer numbers, also written in groups.
fn plain(text: &str) -> String {
    let mut kept = String::new();
    let mut number = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let joins = matches!(letter, ' ' | '-' | ',') && !number.is_empty();
        if letter.is_ascii_digit() || joins {
            number.push(letter);
            continue;
        }
        keep_number(&mut kept, &mut number);
        match letter {
            '"' | '`' => {
                skip_quoted(&mut letters, letter);
                kept.push('_');
            }
            ' '..='~' => kept.push(letter),
            _ if kept.ends_with('?') => {}
            _ => kept.push('?'),
        }
    }
    keep_number(&mut kept, &mut number);
    kept
}

/// Up to the closing mark. An inner quotation mark has a backslash before it.
fn skip_quoted(letters: &mut Chars<'_>, closing: char) {
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if closing == '"' => drop(letters.next()),
            letter if letter == closing => return,
            _ => {}
        }
    }
}

/// A short number, or a mark in place of a long one; and what follows its last digit.
fn keep_number(kept: &mut String, number: &mut String) {
    let digits = number.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let is_long = digits.chars().filter(char::is_ascii_digit).count() > DIGITS_MAX;
    kept.push_str(if is_long { "#" } else { digits });
    kept.push_str(&number[digits.len()..]);
    number.clear();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tracing_subscriber::prelude::*;

    use super::*;

    fn lines(say: impl FnOnce()) -> Vec<String> {
        let record = Record::default();
        let subscriber = tracing_subscriber::registry().with(record.layer());
        tracing::subscriber::with_default(subscriber, say);
        record.log().lines().iter().map(|line| line.text.as_str().to_owned()).collect()
    }

    #[test]
    fn what_happened_is_kept_and_to_whom_is_not() {
        let found = lines(|| {
            let error = "no packets for 12 s";
            tracing::warn!(%error, channel = "nhk-g", name = "中村 ハナ", pin = 7_391, "no picture");
            tracing::info!(skew_ms = -86_400_000_i64, "system clock is wrong");
            tracing::debug!("nobody needs this");
            tracing::info!(target: "hyper::client", "GET /residents/me");
        });
        assert_eq!(
            found,
            [
                "stb_app::record::tests: no picture error=no packets for 12 s",
                "stb_app::record::tests: system clock is wrong skew_ms=-86400000",
            ]
        );
    }

    #[test]
    fn what_libraries_say_is_not_even_made() {
        let subscriber = tracing_subscriber::registry().with(Record::default().layer());
        tracing::subscriber::with_default(subscriber, || {
            assert!(!tracing::enabled!(target: "hyper::client", Level::ERROR));
            assert!(!tracing::enabled!(Level::DEBUG));
            assert!(tracing::enabled!(Level::INFO));
        });
    }

    #[test]
    fn what_an_error_quotes_is_not_kept() {
        for (text, expected) in [
            (
                "invalid type: string \"中村 ハナ\", expected u8",
                "invalid type: string _, expected u8",
            ),
            ("unknown variant `bad`, expected `good`", "unknown variant _, expected _"),
            ("refused: PIN 7391 of 200", "refused: PIN # of 200"),
            ("card 123-456-789 and [7, 3, 9, 1]", "card # and [#]"),
            ("12 s after 3", "12 s after 3"),
            (r#"Error("invalid type: string \"Hanako\", expected u8")"#, "Error(_)"),
            ("時間切れ timed out", "? timed out"),
            ("\"never closed", "_"),
            ("127.0.0.1:8443", "127.0.0.1:#"),
        ] {
            assert_eq!(plain(text), expected, "{text}");
        }
    }

    #[test]
    fn the_oldest_lines_make_room() {
        let found = lines(|| {
            for delay in 0..LINES_MAX as u64 + 7 {
                tracing::info!(delay, "again");
            }
        });
        assert_eq!(found.len(), LINES_MAX);
        assert_eq!(found[0], "stb_app::record::tests: again delay=7");
    }

    proptest! {
        /// Whatever an error says, no word of this country and no number of a person is left of it.
        #[test]
        fn no_name_and_no_number_is_left(
            before in "[ -~]{0,12}",
            name in "[ぁ-んァ-ン一-龠]{1,8}",
            number in "[0-9]{4,16}",
            after in "[ -~]{0,12}",
        ) {
            let left = plain(&format!("{before}{name} {number}{after}"));
            prop_assert!(left.is_ascii() && !left.contains(&number), "{}", left);
            let mut run = 0;
            for byte in left.bytes() {
                run = match byte {
                    b'0'..=b'9' => run + 1,
                    b' ' | b'-' | b',' => run,
                    _ => 0,
                };
                prop_assert!(run <= DIGITS_MAX, "{}", left);
            }
        }
    }
}
