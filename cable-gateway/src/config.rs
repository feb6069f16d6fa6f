//! Configuration: TOML, one struct for each section, read in two steps.
//!
//! First the raw shapes (unknown keys refused), then the checked values. Every fault names its
//! key, the cause and the remedy, and all faults are told at once. Secrets are never written in
//! this file: it names files that hold them. Relative paths start at the file's own folder.

mod box_api;
mod channels;
mod gateway;
mod keys;
mod listeners;
mod log;
mod login;
mod metrics;
mod oidc;
mod push;
mod revocation;
mod staff;
mod town;
mod updates;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use serde::Deserialize;

pub use box_api::{BoxApiConfig, ConnectionConfig};
pub use channels::ChannelConfig;
pub use gateway::{DatabaseConfig, GatewayConfig};
pub use keys::KeysConfig;
pub use log::{LogConfig, LogFormat};
pub use login::{CheckInConfig, LoginConfig};
pub use metrics::MetricsConfig;
pub use oidc::OidcConfig;
pub use push::{MulticastConfig, PushConfig};
pub use revocation::{Fees, ListConfig, ListPlace, OcspConfig, RevocationConfig};
pub use staff::StaffConfig;
pub use town::TownConfig;
pub use updates::UpdatesConfig;

/// A configuration with every key explained; `cable-gateway example-config` prints it.
pub const EXAMPLE: &str = include_str!("../gateway.example.toml");

/// Checked configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// Who this gateway is.
    pub gateway: GatewayConfig,
    /// Where it keeps its data.
    pub database: DatabaseConfig,
    /// The listener of the boxes.
    pub box_api: BoxApiConfig,
    /// The listener of the staff console.
    pub staff: StaffConfig,
    /// The town that orders.
    pub town: TownConfig,
    /// Keys of orders and heartbeats.
    pub keys: KeysConfig,
    /// Push over the boxes' event streams.
    pub push: PushConfig,
    /// Push by IP multicast; none when the network has none.
    pub multicast: Option<MulticastConfig>,
    /// Card logins and sessions.
    pub login: LoginConfig,
    /// Who says whether a certificate is revoked.
    pub revocation: RevocationConfig,
    /// The daily check-in.
    pub check_in: CheckInConfig,
    /// Sign-in for services; none when the operator offers none.
    pub oidc: Option<OidcConfig>,
    /// Counters for monitoring; none when nobody reads them.
    pub metrics: Option<MetricsConfig>,
    /// Images for boxes.
    pub updates: UpdatesConfig,
    /// The operator's channels.
    pub channels: Vec<ChannelConfig>,
    /// Logging.
    pub log: LogConfig,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawConfig {
    gateway: gateway::RawGateway,
    database: gateway::RawDatabase,
    box_api: box_api::RawBoxApi,
    #[serde(default)]
    staff: staff::RawStaff,
    town: town::RawTown,
    keys: keys::RawKeys,
    #[serde(default)]
    push: push::RawPush,
    multicast: Option<push::RawMulticast>,
    login: login::RawLogin,
    #[serde(default)]
    revocation: revocation::RawRevocation,
    #[serde(default)]
    check_in: login::RawCheckIn,
    oidc: Option<oidc::RawOidc>,
    metrics: Option<metrics::RawMetrics>,
    #[serde(default)]
    updates: updates::RawUpdates,
    #[serde(default)]
    channels: Vec<channels::RawChannel>,
    #[serde(default)]
    log: log::RawLog,
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(
        "cannot read {path}: {cause}; name an existing file with --config, or write a new one with \
         `cable-gateway example-config > {path}`, which explains every key"
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The file is not TOML of the expected shape.
    #[error(
        "{path} is not a valid configuration: {cause}correct the marked place; `cable-gateway example-config` shows every key"
    )]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why, with line and column.
        cause: toml::de::Error,
    },
    /// Values that cannot be.
    #[error("{path} has values that cannot be used:\n{faults}")]
    Faulty {
        /// The file.
        path: PathBuf,
        /// All of them.
        faults: Faults,
    },
}

/// Faults found in the second step.
#[derive(Debug, Default)]
pub struct Faults {
    found: Vec<String>,
    base: PathBuf,
}

impl Faults {
    /// Notes a fault: which key, why, and what to do.
    fn add(&mut self, key: &str, cause: impl fmt::Display, remedy: &str) {
        self.found.push(format!("  {key}: {cause}; {remedy}"));
    }

    /// A path as the operator means it: relative to the configuration file.
    fn path(&self, path: &str) -> PathBuf {
        self.base.join(path)
    }

    /// Notes a fault when a number is outside its range; returns it either way.
    fn within(&mut self, key: &str, number: u32, range: std::ops::RangeInclusive<u32>) -> u32 {
        if !range.contains(&number) {
            let (low, high) = (range.start(), range.end());
            self.add(key, format!("{number} is out of range"), &format!("use {low} to {high}"));
        }
        number
    }

    /// Notes a fault when a text is empty or too long; returns it either way.
    fn text(&mut self, key: &str, text: String, limit: usize) -> String {
        if text.trim().is_empty() || text.len() > limit {
            self.add(key, "empty or too long", &format!("write 1 to {limit} bytes"));
        }
        text
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.found.join("\n"))
    }
}

/// Reads and checks a configuration file.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
    let base = path.parent().unwrap_or(Path::new("")).to_owned();
    parse(&text, path, base)
}

fn parse(text: &str, path: &Path, base: PathBuf) -> Result<Config, ConfigError> {
    let raw: RawConfig = toml::from_str(text)
        .map_err(|cause| ConfigError::Malformed { path: path.to_owned(), cause })?;
    let mut faults = Faults { found: Vec::new(), base };
    let config = raw.check(&mut faults);
    match config {
        Some(config) if faults.found.is_empty() => Ok(config),
        _ => Err(ConfigError::Faulty { path: path.to_owned(), faults }),
    }
}

impl RawConfig {
    fn check(self, faults: &mut Faults) -> Option<Config> {
        let (gateway, database) = (self.gateway.check(faults), self.database.check(faults));
        let (box_api, staff) = (self.box_api.check(faults), self.staff.check(faults));
        let (town, keys) = (self.town.check(faults), self.keys.check(faults));
        let push = self.push.check(faults);
        let multicast = self.multicast.map(|raw| raw.check(faults));
        let (login, check_in) = (self.login.check(faults), self.check_in.check(faults));
        let revocation = self.revocation.check(faults);
        let metrics = self.metrics.map(|raw| raw.check(faults));
        let metrics = match metrics {
            None => None,
            Some(Some(metrics)) => Some(metrics),
            Some(None) => return None,
        };
        let channels = channels::check(self.channels, faults);
        let oidc = self.oidc.map(|raw| raw.check(faults));
        let oidc = match oidc {
            None => None,
            Some(Some(oidc)) => Some(oidc),
            Some(None) => return None,
        };
        let multicast = match multicast {
            None => None,
            Some(Some(multicast)) => Some(multicast),
            Some(None) => return None,
        };
        let config = Config {
            gateway,
            database,
            box_api: box_api?,
            staff: staff?,
            town,
            keys,
            push,
            multicast,
            login,
            revocation,
            check_in,
            oidc,
            metrics,
            updates: self.updates.check(faults),
            channels,
            log: self.log.check(faults)?,
        };
        listeners::check(&config, faults);
        Some(config)
    }
}

/// The section `[revocation]` of a test.
#[cfg(test)]
pub(crate) fn revocation_of(text: &str, kept: &Path) -> RevocationConfig {
    let mut faults = Faults::default();
    let raw: revocation::RawRevocation = toml::from_str(text).expect("a section");
    let config = raw.check(&mut faults);
    assert!(faults.found.is_empty(), "{faults}");
    RevocationConfig { kept: kept.to_owned(), ..config }
}

#[cfg(test)]
mod tests;
