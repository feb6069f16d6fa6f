//! `[keys]`: files of the keys that sign orders and heartbeats.

use std::path::PathBuf;

use serde::Deserialize;

use super::Faults;

/// Keys of orders and heartbeats.
#[derive(Debug, Clone)]
pub struct KeysConfig {
    /// Signs actual orders.
    pub order: PathBuf,
    /// Signs drills and tests, never an actual order.
    pub drill: PathBuf,
    /// Signs heartbeats.
    pub heartbeat: PathBuf,
    /// Signed key manifest that boxes get.
    pub manifest: PathBuf,
    /// Public key of the manifest's root.
    pub manifest_root: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKeys {
    order: String,
    drill: String,
    heartbeat: String,
    manifest: String,
    manifest_root: String,
}

impl RawKeys {
    pub(super) fn check(self, faults: &mut Faults) -> KeysConfig {
        KeysConfig {
            order: faults.path(&self.order),
            drill: faults.path(&self.drill),
            heartbeat: faults.path(&self.heartbeat),
            manifest: faults.path(&self.manifest),
            manifest_root: faults.path(&self.manifest_root),
        }
    }
}
