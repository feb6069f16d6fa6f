//! `[gateway]` and `[database]`.

use std::path::PathBuf;

use serde::Deserialize;

use super::Faults;

/// Who this gateway is.
#[derive(Debug, Clone)]
pub struct GatewayConfig {
    /// Name of this gateway; part of the bytes that a card signs.
    pub id: String,
}

/// Where the gateway keeps its data.
#[derive(Debug, Clone)]
pub struct DatabaseConfig {
    /// The SQLite file.
    pub path: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGateway {
    id: String,
}

impl RawGateway {
    pub(super) fn check(self, faults: &mut Faults) -> GatewayConfig {
        GatewayConfig { id: faults.text("gateway.id", self.id, 200) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDatabase {
    path: String,
}

impl RawDatabase {
    pub(super) fn check(self, faults: &mut Faults) -> DatabaseConfig {
        let path = faults.text("database.path", self.path, 4096);
        DatabaseConfig { path: faults.path(&path) }
    }
}
