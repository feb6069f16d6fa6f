//! What a device sent, as text: one line `time_us type code value` for each event.
//!
//! A fifth number is the time at which the event was read, for streams recorded while the box was
//! busy; without it the event was read at once. `#` begins a comment.

/// One event as the kernel gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawEvent {
    /// When it happened, in microseconds of the clock that the kernel stamps with.
    pub time_us: u64,
    /// Event type, `EV_KEY` and so on.
    pub kind: u16,
    /// Code within the type.
    pub code: u16,
    /// 1 pressed, 2 repeated, 0 released for keys.
    pub value: i32,
}

/// An event and when it was read, on the same clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// The event.
    pub event: RawEvent,
    /// When it was read.
    pub read_at_us: u64,
}

/// A line that is no event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line}: `{text}` is no event; write `time_us type code value`, all decimal, \
     e.g. `1000000 1 352 1`"
)]
pub struct RecordingError {
    /// Line from 1.
    pub line: usize,
    /// What stands there, at most 60 characters of it.
    pub text: String,
}

/// Parses a recorded stream.
pub fn parse(text: &str) -> Result<Vec<Recorded>, RecordingError> {
    let lines = text.lines().enumerate().map(|(index, line)| {
        (index + 1, line.split_once('#').map_or(line, |(event, _)| event).trim())
    });
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(number, line)| {
            event(line).ok_or_else(|| RecordingError {
                line: number,
                text: line.chars().take(60).collect(),
            })
        })
        .collect()
}

fn event(line: &str) -> Option<Recorded> {
    let mut words = line.split_whitespace();
    let time_us = words.next()?.parse().ok()?;
    let event = RawEvent {
        time_us,
        kind: words.next()?.parse().ok()?,
        code: words.next()?.parse().ok()?,
        value: words.next()?.parse().ok()?,
    };
    let read_at_us = words.next().map_or(Some(time_us), |word| word.parse().ok())?;
    words.next().is_none().then_some(Recorded { event, read_at_us })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_events() {
        let recorded = parse("# header\n10 1 352 1 # OK\n\n20 0 0 0 25\n").expect("valid");
        let expected = [
            Recorded {
                event: RawEvent { time_us: 10, kind: 1, code: 352, value: 1 },
                read_at_us: 10,
            },
            Recorded {
                event: RawEvent { time_us: 20, kind: 0, code: 0, value: 0 },
                read_at_us: 25,
            },
        ];
        assert_eq!(recorded, expected);
    }

    #[test]
    fn a_wrong_line_is_named() {
        for text in ["1 1 352", "x 1 352 1", "1 1 70000 1", "1 1 1 1 1 1"] {
            let error = parse(&format!("1 0 0 0\n{text}\n")).expect_err("no event");
            assert_eq!((error.line, error.text.as_str()), (2, text));
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "\\PC*") {
            let _ = parse(&text);
        }
    }
}
