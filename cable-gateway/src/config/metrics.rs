//! `[metrics]`: counters for the operator's monitoring.

use std::net::SocketAddr;

use serde::Deserialize;

use super::{Faults, box_api::address};

/// The listener of the monitoring.
#[derive(Debug, Clone)]
pub struct MetricsConfig {
    /// Where to listen.
    pub listen: SocketAddr,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawMetrics {
    listen: String,
}

impl Default for RawMetrics {
    fn default() -> Self {
        Self { listen: "127.0.0.1:9464".to_owned() }
    }
}

impl RawMetrics {
    pub(super) fn check(self, faults: &mut Faults) -> Option<MetricsConfig> {
        Some(MetricsConfig { listen: address("metrics.listen", &self.listen, faults)? })
    }
}
