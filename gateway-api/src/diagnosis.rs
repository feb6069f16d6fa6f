//! What a box tells its operator's support once the home has said yes.
//!
//! Nothing of the home has a place here: every field is a number, a word of a fixed list or a version, but for
//! the lines of the application's own log. Those are printable ASCII, so that no name, no address and no answer
//! in Japanese can stand in one, and the box writes none of them (`stb-app`, `record`).

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::status::BoxStatus;

/// Largest body of a [`Diagnosis`]; a test fills every field to its limit.
pub const DIAGNOSIS_BYTES_MAX: usize = 640 * 1_024;
/// Most lines of the log.
pub const LINES_MAX: usize = 500;
/// Most bytes of all lines together.
pub const LOG_BYTES_MAX: usize = 256 * 1_024;
/// Longest line, in bytes.
pub const LINE_BYTES_MAX: usize = 1_000;
/// Most network interfaces.
pub const INTERFACES_MAX: usize = 16;

/// The operator's support asks for a diagnosis; the television asks the home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct DiagnosisRequest {
    /// Returned with the answer.
    pub request_id: Uuid,
    /// Why, in one line; the television shows it.
    pub reason: String,
    /// Afterwards nobody waits for an answer any more.
    pub expires_in_seconds: u32,
}

/// How a box is, in more detail than [`BoxStatus`]; given once, for one request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Diagnosis {
    /// When, by the box's clock, Unix milliseconds.
    pub collected_at_ms: i64,
    /// Whether that clock can be trusted.
    pub clock_trusted: bool,
    /// Version, slot, reader, picture, update and uptime, as the fleet page knows them.
    pub status: BoxStatus,
    /// How the machine started.
    pub start: Start,
    /// The application itself.
    pub process: ProcessState,
    /// The hottest place that the machine measures, thousandths of a degree Celsius.
    pub temperature_millicelsius: Option<i32>,
    /// Network interfaces, without addresses and without anybody else on the network.
    #[serde(deserialize_with = "few_interfaces")]
    #[cfg_attr(feature = "schema", schema(max_items = 16))]
    pub interfaces: Vec<Interface>,
    /// Whether the gateway's event stream was open.
    pub is_linked: bool,
    /// What became of channels since the start; never which ones.
    pub playback: Playback,
    /// The newest lines of the application's log.
    pub log: Log,
}

/// How the machine started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Picture, gateway and card service were seen since.
    pub is_proven: bool,
    /// Television and orders only, after repeated crashes.
    pub is_safe_mode: bool,
    /// Somebody can write a slot here.
    pub has_installer: bool,
}

/// The application's own process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProcessState {
    /// Memory in use, KiB.
    pub resident_kib: Option<u32>,
    /// Time on a processor since its start, milliseconds.
    pub processor_ms: Option<u64>,
    /// Threads.
    pub threads: Option<u32>,
}

/// One network interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Interface {
    /// What kind.
    pub kind: InterfaceKind,
    /// Whether something is at the other end of the cable.
    pub has_carrier: bool,
    /// Speed, Mbit/s.
    pub megabits: Option<u32>,
    /// Bytes received since the machine's start.
    pub received_bytes: u64,
    /// Bytes sent since then.
    pub sent_bytes: u64,
    /// Faulty and dropped packets on the way in.
    pub receive_faults: u64,
    /// Faulty and dropped packets on the way out.
    pub send_faults: u64,
}

/// Kind of a network interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum InterfaceKind {
    /// By cable.
    Wired,
    /// By radio.
    Wireless,
    /// Anything else.
    Other,
}

/// How often the player came into which state since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Playback {
    /// A channel was asked for.
    pub tuned: u32,
    /// Its first picture came.
    pub pictures: u32,
    /// No packets arrived.
    pub silent: u32,
    /// Packets, but no picture.
    pub disturbed: u32,
    /// Nothing here can decode it.
    pub unsupported: u32,
}

/// One line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    /// When, by the box's clock, Unix milliseconds.
    pub at_ms: i64,
    /// How grave.
    pub level: LogLevel,
    /// What happened, beginning with the part of the program.
    pub text: LogText,
}

/// How grave a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum LogLevel {
    /// Something does not work.
    Error,
    /// Something did not work and is tried again or done without.
    Warn,
    /// As it should be.
    Info,
}

/// Printable ASCII, at most [`LINE_BYTES_MAX`] bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, max_length = 1000, pattern = "^[ -~]*$"))]
#[serde(try_from = "String", into = "String")]
pub struct LogText(String);

/// Lines, oldest first: at most [`LINES_MAX`] with [`LOG_BYTES_MAX`] bytes together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = Vec<LogLine>, max_items = 500))]
#[serde(try_from = "Vec<LogLine>", into = "Vec<LogLine>")]
pub struct Log(Vec<LogLine>);

/// Something in a diagnosis has another form than it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiagnosisFault {
    /// A line is too long or holds something that is no printable ASCII.
    Line,
    /// There are too many lines, or they are too long together.
    Log,
    /// There are too many network interfaces.
    Interfaces,
}

impl fmt::Display for DiagnosisFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line => write!(f, "a line has at most {LINE_BYTES_MAX} bytes of printable ASCII"),
            Self::Log => write!(f, "a log has at most {LINES_MAX} lines, {LOG_BYTES_MAX} bytes"),
            Self::Interfaces => write!(f, "there are at most {INTERFACES_MAX} interfaces"),
        }
    }
}

impl std::error::Error for DiagnosisFault {}

impl LogText {
    /// As much of a text as a line may hold: one mark in the place of what is no printable ASCII.
    pub fn cut(text: &str) -> Self {
        let mut kept = String::new();
        for letter in text.chars() {
            if kept.len() == LINE_BYTES_MAX {
                break;
            }
            match letter {
                ' '..='~' => kept.push(letter),
                _ if kept.ends_with('?') => {}
                _ => kept.push('?'),
            }
        }
        Self(kept)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LogText {
    type Error = DiagnosisFault;

    fn try_from(text: String) -> Result<Self, DiagnosisFault> {
        let fits =
            text.len() <= LINE_BYTES_MAX && text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if fits { Ok(Self(text)) } else { Err(DiagnosisFault::Line) }
    }
}

impl From<LogText> for String {
    fn from(text: LogText) -> Self {
        text.0
    }
}

impl Log {
    /// The newest lines that a log may hold.
    pub fn newest(lines: impl DoubleEndedIterator<Item = LogLine>) -> Self {
        let mut bytes = 0;
        let fits = |line: &LogLine| {
            bytes += line.text.0.len();
            bytes <= LOG_BYTES_MAX
        };
        let mut kept: Vec<LogLine> = lines.rev().take(LINES_MAX).take_while(fits).collect();
        kept.reverse();
        Self(kept)
    }

    /// The lines, oldest first.
    pub fn lines(&self) -> &[LogLine] {
        &self.0
    }
}

impl TryFrom<Vec<LogLine>> for Log {
    type Error = DiagnosisFault;

    fn try_from(lines: Vec<LogLine>) -> Result<Self, DiagnosisFault> {
        let bytes: usize = lines.iter().map(|line| line.text.0.len()).sum();
        let fits = lines.len() <= LINES_MAX && bytes <= LOG_BYTES_MAX;
        if fits { Ok(Self(lines)) } else { Err(DiagnosisFault::Log) }
    }
}

impl From<Log> for Vec<LogLine> {
    fn from(log: Log) -> Self {
        log.0
    }
}

fn few_interfaces<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<Interface>, D::Error> {
    let interfaces = Vec::<Interface>::deserialize(from)?;
    if interfaces.len() <= INTERFACES_MAX {
        return Ok(interfaces);
    }
    Err(serde::de::Error::custom(DiagnosisFault::Interfaces))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::status::tests::any_status;

    fn line(text: &str) -> LogLine {
        LogLine { at_ms: i64::MIN, level: LogLevel::Error, text: LogText::cut(text) }
    }

    fn any_interface() -> impl Strategy<Value = Interface> {
        let kinds = vec![InterfaceKind::Wired, InterfaceKind::Wireless, InterfaceKind::Other];
        let counts = proptest::array::uniform4(any::<u64>());
        let kind = proptest::sample::select(kinds);
        (kind, any::<bool>(), any::<Option<u32>>(), counts).prop_map(
            |(kind, has_carrier, megabits, [received_bytes, sent_bytes, ins, outs])| Interface {
                kind,
                has_carrier,
                megabits,
                received_bytes,
                sent_bytes,
                receive_faults: ins,
                send_faults: outs,
            },
        )
    }

    fn any_diagnosis() -> impl Strategy<Value = Diagnosis> {
        let interfaces = proptest::collection::vec(any_interface(), 0..=INTERFACES_MAX);
        // What grows most when it is written as JSON, and anything else.
        let line = prop_oneof![
            Just("\"".repeat(LINE_BYTES_MAX)),
            "[ -~]{0,80}",
            "\\PC{0,40}".prop_map(|text| text.repeat(30)),
        ];
        let lines = proptest::collection::vec(line, 0..LINES_MAX + 20);
        let process = (any::<Option<u32>>(), any::<Option<u64>>(), any::<Option<u32>>());
        let start = proptest::array::uniform3(any::<bool>());
        let counts = proptest::array::uniform5(any::<u32>());
        let temperature = any::<Option<i32>>();
        (any_status(), interfaces, lines, process, start, counts, temperature).prop_map(
            |(status, interfaces, lines, process, start, counts, temperature_millicelsius)| {
                let [tuned, pictures, silent, disturbed, unsupported] = counts;
                Diagnosis {
                    collected_at_ms: i64::MIN,
                    clock_trusted: false,
                    status,
                    start: Start {
                        is_proven: start[0],
                        is_safe_mode: start[1],
                        has_installer: start[2],
                    },
                    process: ProcessState {
                        resident_kib: process.0,
                        processor_ms: process.1,
                        threads: process.2,
                    },
                    temperature_millicelsius,
                    interfaces,
                    is_linked: start[0],
                    playback: Playback { tuned, pictures, silent, disturbed, unsupported },
                    log: Log::newest(lines.iter().map(|text| self::line(text))),
                }
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

        /// Whatever a box collects fits into the body that the gateway takes, comes back as it was, and holds
        /// nothing but ASCII.
        #[test]
        fn a_diagnosis_fits_and_comes_back(diagnosis in any_diagnosis()) {
            let text = serde_json::to_string(&diagnosis).expect("plain data");
            prop_assert!(text.len() <= DIAGNOSIS_BYTES_MAX, "{}", text.len());
            prop_assert!(text.is_ascii());
            prop_assert_eq!(serde_json::from_str::<Diagnosis>(&text).expect("read back"), diagnosis);
        }

        /// A name is refused in the place of any value, in any line, and as one more field at any depth.
        #[test]
        fn a_name_is_refused_wherever_it_is_put(
            diagnosis in any_diagnosis(),
            name in "[ぁ-ん一-龠]{1,12}",
        ) {
            let json = serde_json::to_value(&diagnosis).expect("plain data");
            let refused = |forged: Value| serde_json::from_value::<Diagnosis>(forged).is_err();
            let fields: Vec<String> = json.as_object().expect("an object").keys().cloned().collect();
            for field in &fields {
                let mut forged = json.clone();
                forged[field] = Value::String(name.clone());
                prop_assert!(refused(forged), "{field}");
            }
            for place in ["", "/status", "/start", "/process", "/playback", "/interfaces/0", "/log/0"] {
                let mut forged = json.clone();
                let Some(Value::Object(object)) = forged.pointer_mut(place) else { continue };
                object.insert("note".to_owned(), Value::String(name.clone()));
                prop_assert!(refused(forged), "{place}");
            }
            let mut forged = json;
            if let Some(text) = forged.pointer_mut("/log/0/text") {
                *text = Value::String(name);
                prop_assert!(refused(forged));
            }
        }
    }

    #[test]
    fn a_text_is_cut_to_what_a_line_may_hold() {
        for (text, expected) in
            [("no picture", "no picture"), ("中村 ハナ: late", "? ?: late"), ("a\nb\u{1b}", "a?b?")]
        {
            assert_eq!(LogText::cut(text).as_str(), expected);
        }
        assert_eq!(LogText::cut(&"x".repeat(LINE_BYTES_MAX + 5)).as_str().len(), LINE_BYTES_MAX);
    }

    #[test]
    fn the_newest_lines_are_kept_and_more_are_refused() {
        let texts: Vec<String> = (0..LINES_MAX + 3).map(|number| number.to_string()).collect();
        let kept = Log::newest(texts.iter().map(|text| line(text)));
        assert_eq!((kept.lines().len(), kept.lines()[0].text.as_str()), (LINES_MAX, "3"));
        let too_many: Vec<LogLine> = texts.iter().map(|text| line(text)).collect();
        assert_eq!(Log::try_from(too_many), Err(DiagnosisFault::Log));
        let too_long = vec![line(&"x".repeat(LINE_BYTES_MAX)); LOG_BYTES_MAX / LINE_BYTES_MAX + 1];
        assert_eq!(Log::try_from(too_long.clone()), Err(DiagnosisFault::Log));
        assert_eq!(Log::newest(too_long.into_iter()).lines().len(), LOG_BYTES_MAX / LINE_BYTES_MAX);
    }
}
