//! Which code of the kernel means which key of the remote.
//!
//! The built-in table stands in `keymaps/default.toml`; a file for one model may replace or extend
//! it. A file with a mistake is refused as a whole, with the line and what to write instead:
//! half a keymap on a remote is worse than the built-in one.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    path::{Path, PathBuf},
    str::FromStr,
};

use evdev::KeyCode;
use serde::Deserialize;
use stb_core::key::RemoteKey;
use toml::{Spanned, Value};

const DEFAULT: &str = include_str!("../keymaps/default.toml");

/// A keymap has some ninety lines; a file beyond this is not one.
const FILE_BYTES_MAX: usize = 64 * 1024;

/// Names of the keys as they stand in a keymap, beside the digits `0` to `12`.
const NAMES: [(&str, RemoteKey); 29] = [
    ("up", RemoteKey::Up),
    ("down", RemoteKey::Down),
    ("left", RemoteKey::Left),
    ("right", RemoteKey::Right),
    ("confirm", RemoteKey::Confirm),
    ("back", RemoteKey::Back),
    ("exit", RemoteKey::Exit),
    ("home", RemoteKey::Home),
    ("three-digits", RemoteKey::ThreeDigits),
    ("channel-up", RemoteKey::ChannelUp),
    ("channel-down", RemoteKey::ChannelDown),
    ("channel-previous", RemoteKey::ChannelPrevious),
    ("volume-up", RemoteKey::VolumeUp),
    ("volume-down", RemoteKey::VolumeDown),
    ("mute", RemoteKey::Mute),
    ("guide", RemoteKey::Guide),
    ("info", RemoteKey::Info),
    ("data", RemoteKey::Data),
    ("blue", RemoteKey::Blue),
    ("red", RemoteKey::Red),
    ("green", RemoteKey::Green),
    ("yellow", RemoteKey::Yellow),
    ("subtitle", RemoteKey::Subtitle),
    ("audio", RemoteKey::Audio),
    ("terrestrial", RemoteKey::Terrestrial),
    ("bs", RemoteKey::Bs),
    ("cs", RemoteKey::Cs),
    ("power", RemoteKey::Power),
    ("help", RemoteKey::Help),
];

/// A keymap: code of the kernel to key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keymap {
    device: Option<String>,
    keys: HashMap<u16, RemoteKey>,
}

/// Why a keymap was refused.
#[derive(Debug, thiserror::Error)]
pub enum KeymapError {
    /// The file cannot be read.
    #[error("{file}: cannot be read: {cause}; check the path and that the box may read it")]
    Read {
        /// File.
        file: PathBuf,
        /// Cause.
        cause: std::io::Error,
    },
    /// The file is larger than any keymap.
    #[error("{file}: {bytes} bytes; a keymap holds at most {FILE_BYTES_MAX}")]
    TooLarge {
        /// File.
        file: PathBuf,
        /// Its size.
        bytes: usize,
    },
    /// The file is not TOML of the right shape.
    #[error("{file}, line {line}: {cause}")]
    Syntax {
        /// File.
        file: PathBuf,
        /// Line from 1.
        line: usize,
        /// What the parser says.
        cause: String,
    },
    /// A code that the kernel does not know.
    #[error(
        "{file}, line {line}: `{code}` is no code of the kernel; write a name of \
         linux/input-event-codes.h such as KEY_OK, or a number such as \"0x160\""
    )]
    UnknownCode {
        /// File.
        file: PathBuf,
        /// Line from 1.
        line: usize,
        /// What stands there.
        code: String,
    },
    /// A key that no remote has.
    #[error(
        "{file}, line {line}: `{key}` is no key of the remote; write one of {}, 0 to 12, or \
         \"none\" to switch the code off",
        names()
    )]
    UnknownKey {
        /// File.
        file: PathBuf,
        /// Line from 1.
        line: usize,
        /// What stands there.
        key: String,
    },
    /// One code twice, under two spellings.
    #[error("{file}, line {line}: `{code}` is already mapped in this file; keep one of the lines")]
    Repeated {
        /// File.
        file: PathBuf,
        /// Line from 1.
        line: usize,
        /// What stands there.
        code: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    device: Option<String>,
    #[serde(default)]
    base: Base,
    #[serde(default)]
    keys: BTreeMap<Spanned<String>, Spanned<Value>>,
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Base {
    #[default]
    Default,
    Empty,
}

impl Default for Keymap {
    fn default() -> Self {
        let keys = parse(Path::new("keymaps/default.toml"), DEFAULT, HashMap::new())
            .expect("the built-in keymap is parsed by a test");
        Self { device: None, keys: keys.keys }
    }
}

impl Keymap {
    /// Reads a keymap file.
    pub fn read(file: &Path) -> Result<Self, KeymapError> {
        let text = std::fs::read_to_string(file)
            .map_err(|cause| KeymapError::Read { file: file.to_owned(), cause })?;
        Self::parse(file, &text)
    }

    /// Parses the text of a keymap file; `file` is only named in errors.
    pub fn parse(file: &Path, text: &str) -> Result<Self, KeymapError> {
        parse(file, text, Self::default().keys)
    }

    /// The key that a code means, when it means one.
    pub fn key(&self, code: u16) -> Option<RemoteKey> {
        self.keys.get(&code).copied()
    }

    /// Whether this keymap was written for the device of this name.
    pub fn fits(&self, device_name: &str) -> bool {
        self.device.as_deref().is_none_or(|part| device_name.contains(part))
    }
}

fn parse(
    path: &Path,
    text: &str,
    default_keys: HashMap<u16, RemoteKey>,
) -> Result<Keymap, KeymapError> {
    if text.len() > FILE_BYTES_MAX {
        return Err(KeymapError::TooLarge { file: path.to_owned(), bytes: text.len() });
    }
    let file: File = toml::from_str(text).map_err(|error| KeymapError::Syntax {
        file: path.to_owned(),
        line: error.span().map_or(1, |span| line_of(text, span.start)),
        cause: error.message().to_owned(),
    })?;
    let mut keys = if file.base == Base::Empty { HashMap::new() } else { default_keys };
    let mut seen = HashSet::new();
    for (code, value) in &file.keys {
        let line = line_of(text, code.span().start);
        let name = code.get_ref();
        let number = code_number(name).ok_or_else(|| KeymapError::UnknownCode {
            file: path.to_owned(),
            line,
            code: name.clone(),
        })?;
        if !seen.insert(number) {
            return Err(KeymapError::Repeated { file: path.to_owned(), line, code: name.clone() });
        }
        match key_named(value.get_ref()) {
            Some(Meaning::Key(key)) => keys.insert(number, key),
            Some(Meaning::Nothing) => keys.remove(&number),
            None => {
                return Err(KeymapError::UnknownKey {
                    file: path.to_owned(),
                    line,
                    key: value.get_ref().to_string(),
                });
            }
        };
    }
    Ok(Keymap { device: file.device, keys })
}

/// As it stands in a keymap.
pub(crate) fn key_value(key: RemoteKey) -> String {
    match key {
        RemoteKey::Digit(digit) => digit.to_string(),
        other => NAMES
            .iter()
            .find_map(|(name, named)| (*named == other).then(|| format!("\"{name}\"")))
            .expect("every key but the digits has a name: a test walks through them"),
    }
}

/// As it stands in a keymap: the kernel's name where there is one.
pub(crate) fn code_name(code: u16) -> String {
    let name = format!("{:?}", KeyCode(code));
    if code_number(&name) == Some(code) { name } else { format!("\"{code:#x}\"") }
}

fn line_of(text: &str, offset: usize) -> usize {
    1 + text.bytes().take(offset).filter(|byte| *byte == b'\n').count()
}

/// Codes have names in the kernel's header; what is newer than the table of names has a number.
fn code_number(name: &str) -> Option<u16> {
    let number = match name.strip_prefix("0x") {
        Some(digits) => u16::from_str_radix(digits, 16).ok(),
        None => name.parse().ok(),
    };
    number
        .filter(|code| (1..=0x2ff).contains(code))
        .or_else(|| KeyCode::from_str(name).ok().map(KeyCode::code))
}

/// What a code may mean.
enum Meaning {
    Key(RemoteKey),
    /// The code is switched off.
    Nothing,
}

fn key_named(value: &Value) -> Option<Meaning> {
    match value {
        Value::Integer(digit) => digit_key(*digit).map(Meaning::Key),
        Value::String(name) if name == "none" => Some(Meaning::Nothing),
        Value::String(name) => NAMES
            .iter()
            .find_map(|(known, key)| (known == name).then_some(*key))
            .or_else(|| name.parse().ok().and_then(digit_key))
            .map(Meaning::Key),
        _ => None,
    }
}

fn digit_key(digit: i64) -> Option<RemoteKey> {
    u8::try_from(digit).ok().filter(|digit| *digit <= 12).map(RemoteKey::Digit)
}

fn names() -> String {
    NAMES.map(|(name, _)| name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Keymap, String> {
        Keymap::parse(Path::new("model.toml"), text).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn refused(text: &str, place: &str, remedy: &str) {
        let error = parsed(text).expect_err("the file holds a mistake");
        assert!(error.starts_with(place), "{error}");
        assert!(error.contains(remedy), "{error}");
    }

    #[test]
    fn the_built_in_table_knows_the_whole_remote() {
        let keymap = Keymap::default();
        let meant = |code: KeyCode| keymap.key(code.code());
        for code in [KeyCode::KEY_OK, KeyCode::KEY_SELECT, KeyCode::KEY_ENTER, KeyCode::KEY_KPENTER]
        {
            assert_eq!(meant(code), Some(RemoteKey::Confirm));
        }
        assert_eq!(meant(KeyCode::KEY_ESC), Some(RemoteKey::Back));
        assert_eq!(meant(KeyCode::KEY_NUMERIC_0), Some(RemoteKey::Digit(0)));
        assert_eq!(meant(KeyCode::KEY_0), Some(RemoteKey::Digit(0)));
        assert_eq!(meant(KeyCode::KEY_NUMERIC_12), Some(RemoteKey::Digit(12)));
        assert_eq!(keymap.key(0x27f), Some(RemoteKey::Help));
        assert_eq!(meant(KeyCode::KEY_A), None);
        let reachable: std::collections::HashSet<_> = keymap.keys.values().collect();
        for (name, key) in &NAMES {
            assert!(reachable.contains(key), "no code reaches {name}");
        }
    }

    #[test]
    fn a_model_extends_replaces_and_switches_off() {
        let keymap =
            parsed("device = 'SMK'\n[keys]\nKEY_F1 = 'blue'\nKEY_HELP = 'none'\n\"0x2c0\" = 11\n")
                .expect("valid");
        assert_eq!(keymap.key(KeyCode::KEY_F1.code()), Some(RemoteKey::Blue));
        assert_eq!(keymap.key(KeyCode::KEY_HELP.code()), None);
        assert_eq!(keymap.key(0x2c0), Some(RemoteKey::Digit(11)));
        assert_eq!(keymap.key(KeyCode::KEY_UP.code()), Some(RemoteKey::Up));
        assert!(keymap.fits("SMK Remote"));
        assert!(!keymap.fits("Other"));
    }

    #[test]
    fn an_empty_base_holds_only_its_own_lines() {
        let keymap = parsed("base = 'empty'\n[keys]\nKEY_UP = 'down'\n").expect("valid");
        assert_eq!(keymap.key(KeyCode::KEY_UP.code()), Some(RemoteKey::Down));
        assert_eq!(keymap.key(KeyCode::KEY_DOWN.code()), None);
    }

    #[test]
    fn mistakes_are_told_with_line_and_remedy() {
        refused("[keys]\nKEY_OKAY = 'confirm'\n", "model.toml, line 2:", "such as KEY_OK");
        refused("[keys]\n\nKEY_OK = 'ok'\n", "model.toml, line 3:", "confirm, back");
        refused("[keys]\nKEY_OK = 13\n", "model.toml, line 2:", "0 to 12");
        refused("[keys]\nKEY_OK = 'up'\n'0x160' = 'down'\n", "model.toml, line", "keep one");
        refused("[keys]\n'0x300' = 'up'\n", "model.toml, line 2:", "0x160");
        refused("[keys\n", "model.toml, line 1:", "");
        refused("colour = 1\n", "model.toml, line 1:", "colour");
        refused(&" ".repeat(70_000), "model.toml: 70000", "at most");
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_parser(text in "\\PC{0,200}", code in "[A-Z_0-9x]{1,12}") {
            let _ = parsed(&text);
            let _ = parsed(&format!("[keys]\n{code} = 'up'\n"));
        }
    }
}
