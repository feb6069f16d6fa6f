//! `[log]`.

use serde::Deserialize;

use super::Faults;

/// Logging.
#[derive(Debug, Clone)]
pub struct LogConfig {
    /// Filter, e.g. `info` or `cable_gateway=debug,info`.
    pub filter: String,
    /// Shape of a line.
    pub format: LogFormat,
}

/// Shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawLog {
    filter: String,
    format: LogFormat,
}

impl Default for RawLog {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text }
    }
}

impl RawLog {
    pub(super) fn check(self, faults: &mut Faults) -> Option<LogConfig> {
        if let Err(cause) = self.filter.parse::<tracing_subscriber::EnvFilter>() {
            faults.add("log.filter", cause, "write e.g. info, or cable_gateway=debug,info");
            return None;
        }
        Some(LogConfig { filter: self.filter, format: self.format })
    }
}
