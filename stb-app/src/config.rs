//! The configuration file: TOML, one struct for each section, unknown keys refused.

use std::{
    net::Ipv4Addr,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use stb_core::phone::Phone;

/// A configuration has some forty lines; a file beyond this is not one.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// Everything that the operator decides for a box.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Folder of the store and of the device's key; made when it is missing.
    pub data_dir: PathBuf,
    /// The gateway.
    pub gateway: Gateway,
    /// Cable operator.
    #[serde(default)]
    pub operator: Operator,
    /// Multicast.
    #[serde(default)]
    pub multicast: Multicast,
    /// Card reader.
    #[serde(default)]
    pub card: Card,
    /// Remote control.
    #[serde(default)]
    pub input: Input,
    /// Speech.
    #[serde(default)]
    pub speech: Speech,
    /// Short sounds.
    #[serde(default)]
    pub sound: Sound,
}

/// How to reach the gateway.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Address, e.g. `https://gateway.example:8443`.
    pub url: String,
    /// Certificates (PEM) of the authority that vouches for the gateway; no other is believed.
    pub ca_file: PathBuf,
    /// First step of the back-off between two attempts to connect.
    #[serde(default = "default_reconnect_base_ms")]
    pub reconnect_base_ms: u64,
    /// Longest step.
    #[serde(default = "default_reconnect_cap_ms")]
    pub reconnect_cap_ms: u64,
    /// An event stream without a byte for so long is dead.
    #[serde(default = "default_silence_ms")]
    pub silence_ms: u64,
    /// A request without an answer for so long has failed.
    #[serde(default = "default_request_timeout_ms")]
    pub request_timeout_ms: u64,
    /// Provisioning is fetched after a random part of this, so that boxes do not call together.
    #[serde(default = "default_fetch_spread_ms")]
    pub fetch_spread_ms: u64,
}

/// Who helps when the box cannot.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Operator {
    /// Telephone for whoever has no letter, digits and hyphens; the first start shows it.
    pub phone: Option<String>,
}

/// Where multicast comes in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Multicast {
    /// Address of the interface; missing: the kernel's routing decides.
    pub interface: Option<Ipv4Addr>,
}

/// Which card reader.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Card {
    /// Part of the reader's name; missing: every reader.
    pub reader: Option<String>,
}

/// Which remote control.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Input {
    /// Whether devices under `/dev/input` are read at all.
    pub enabled: bool,
    /// Parts of device names; empty: every remote that is no keyboard.
    pub devices: Vec<String>,
    /// Keymaps of models.
    pub keymap_files: Vec<PathBuf>,
    /// Whether nobody else may hear the remote.
    pub grab: bool,
    /// A key that waited longer for the screen belongs to what the screen showed then, and is dropped. Only an
    /// emulated machine, where everything waits longer, needs more than the default.
    pub stale_ms: u64,
}

impl Default for Input {
    fn default() -> Self {
        Self {
            enabled: true,
            devices: Vec::new(),
            keymap_files: Vec::new(),
            grab: true,
            stale_ms: 300,
        }
    }
}

/// How the box speaks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Speech {
    /// Who speaks.
    pub backend: SpeechBackend,
    /// Voice (`.htsvoice`); without it the box is silent and says so in the log.
    pub voice_file: Option<PathBuf>,
    /// Dictionary of Open JTalk.
    pub dictionary_dir: PathBuf,
    /// Speed; 1.0 is the voice's own. A little slower suits old ears.
    pub rate: f64,
    /// Every text is also written here, one JSON line each.
    pub record_file: Option<PathBuf>,
}

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SpeechBackend {
    /// Open JTalk through the sound card.
    OpenJtalk,
    /// Nobody; texts last about as long as they would.
    Silent,
}

impl Default for Speech {
    fn default() -> Self {
        Self {
            backend: SpeechBackend::OpenJtalk,
            voice_file: None,
            dictionary_dir: "/var/lib/mecab/dic/open-jtalk/naist-jdic".into(),
            rate: 0.92,
            record_file: None,
        }
    }
}

/// Short sounds at keys.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sound {
    /// Loudness of the short sounds, 0-100; the alert is never below 60.
    pub cue_percent: u8,
}

impl Default for Sound {
    fn default() -> Self {
        Self { cue_percent: 40 }
    }
}

fn default_reconnect_base_ms() -> u64 {
    1_000
}

fn default_reconnect_cap_ms() -> u64 {
    120_000
}

fn default_silence_ms() -> u64 {
    45_000
}

fn default_request_timeout_ms() -> u64 {
    8_000
}

fn default_fetch_spread_ms() -> u64 {
    5_000
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{file}: cannot be read: {cause}; name an existing file with --config")]
    Read {
        /// File.
        file: PathBuf,
        /// Cause.
        cause: std::io::Error,
    },
    /// The file is larger than any configuration.
    #[error("{file}: {bytes} bytes; a configuration holds at most {FILE_BYTES_MAX}")]
    TooLarge {
        /// File.
        file: PathBuf,
        /// Its size.
        bytes: u64,
    },
    /// The file is not TOML of the right shape; the cause names line and column.
    #[error("{file}: {cause}")]
    Syntax {
        /// File.
        file: PathBuf,
        /// What the parser says.
        cause: String,
    },
    /// A value is out of its range.
    #[error("{file}: {key}: {remedy}")]
    Value {
        /// File.
        file: PathBuf,
        /// Section and key.
        key: &'static str,
        /// What to write.
        remedy: &'static str,
    },
}

impl Config {
    /// Reads and checks a configuration file.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let unreadable = |cause| ConfigError::Read { file: file.to_owned(), cause };
        let bytes = std::fs::metadata(file).map_err(unreadable)?.len();
        if bytes > FILE_BYTES_MAX {
            return Err(ConfigError::TooLarge { file: file.to_owned(), bytes });
        }
        Self::parse(file, &std::fs::read_to_string(file).map_err(unreadable)?)
    }

    /// Parses and checks; `file` is only named in errors.
    pub fn parse(file: &Path, text: &str) -> Result<Self, ConfigError> {
        let config: Self = toml::from_str(text).map_err(|error| ConfigError::Syntax {
            file: file.to_owned(),
            cause: error.to_string().trim_end().to_owned(),
        })?;
        match config.out_of_range() {
            Some((key, remedy)) => Err(ConfigError::Value { file: file.to_owned(), key, remedy }),
            None => Ok(config),
        }
    }

    fn out_of_range(&self) -> Option<(&'static str, &'static str)> {
        let gateway = &self.gateway;
        let checks = [
            (
                gateway.url.starts_with("https://"),
                "gateway.url",
                "write an address that begins with https://",
            ),
            (
                (10..=gateway.reconnect_cap_ms).contains(&gateway.reconnect_base_ms),
                "gateway.reconnect_base_ms",
                "write at least 10 and at most gateway.reconnect_cap_ms",
            ),
            (gateway.silence_ms >= 1_000, "gateway.silence_ms", "write at least 1000"),
            (
                (100..=60_000).contains(&gateway.request_timeout_ms),
                "gateway.request_timeout_ms",
                "write 100 to 60000",
            ),
            (
                (0.5..=2.0).contains(&self.speech.rate),
                "speech.rate",
                "write a number from 0.5 to 2.0; 1.0 is the voice's own speed",
            ),
            (
                (100..=10_000).contains(&self.input.stale_ms),
                "input.stale_ms",
                "write 100 to 10000; 300 on hardware",
            ),
            (
                self.operator.phone.as_deref().is_none_or(|phone| Phone::new(phone).is_some()),
                "operator.phone",
                "write 3 to 15 digits, with hyphens where it is read with a pause",
            ),
            (self.sound.cue_percent <= 100, "sound.cue_percent", "write 0 to 100"),
        ];
        checks.into_iter().find_map(|(holds, key, remedy)| (!holds).then_some((key, remedy)))
    }
}

impl Input {
    /// A key that waited longer is dropped.
    pub fn stale(&self) -> Duration {
        Duration::from_millis(self.stale_ms)
    }
}

impl Gateway {
    /// A request without an answer for so long has failed.
    pub fn request_timeout(&self) -> Duration {
        Duration::from_millis(self.request_timeout_ms)
    }

    /// An event stream without a byte for so long is dead.
    pub fn silence(&self) -> Duration {
        Duration::from_millis(self.silence_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = "data_dir = '/tmp/x'\n[gateway]\nurl = 'https://g:1'\nca_file = 'ca.pem'\n";

    fn parsed(text: &str) -> Result<Config, String> {
        Config::parse(Path::new("stb.toml"), text).map_err(|error| error.to_string())
    }

    #[track_caller]
    fn refused(text: &str, part: &str) {
        let error = parsed(text).expect_err("the file holds a mistake");
        assert!(error.starts_with("stb.toml: "), "{error}");
        assert!(error.contains(part), "{error}");
    }

    #[test]
    fn the_least_file_has_the_usual_values() {
        let config = parsed(LEAST).expect("valid");
        assert_eq!(config.gateway.reconnect_cap_ms, 120_000);
        assert_eq!(config.speech.backend, SpeechBackend::OpenJtalk);
        assert!(config.input.grab);
    }

    #[test]
    fn the_example_is_valid_and_names_every_default() {
        let text = include_str!("../stb.example.toml");
        let example = parsed(text).expect("the example is valid");
        assert_eq!(example.input, Input::default());
        assert_eq!(example.sound, Sound::default());
        let usual = parsed(LEAST).expect("valid").gateway;
        let Gateway { url, ca_file, .. } = example.gateway.clone();
        assert_eq!(example.gateway, Gateway { url, ca_file, ..usual });
    }

    #[test]
    fn mistakes_are_told_with_place_and_remedy() {
        refused(&format!("{LEAST}colour = 1\n"), "line 5");
        refused(&format!("{LEAST}[speach]\n"), "speach");
        refused(&LEAST.replace("https", "http"), "begins with https://");
        refused(&format!("{LEAST}reconnect_base_ms = 0\n"), "reconnect_base_ms");
        refused(&format!("{LEAST}[speech]\nrate = 9.0\n"), "0.5 to 2.0");
        refused(&format!("{LEAST}[input]\nstale_ms = 0\n"), "100 to 10000");
        refused(&format!("{LEAST}[operator]\nphone = 'call us'\n"), "operator.phone");
        refused(&format!("{LEAST}[multicast]\ninterface = 'lo'\n"), "line 6");
    }

    #[test]
    fn a_missing_file_is_told_with_its_name() {
        let error = Config::read(Path::new("/nowhere/stb.toml")).expect_err("no file");
        assert!(error.to_string().contains("/nowhere/stb.toml"));
    }
}
