//! `[keys]`: the folder of the keys that sign orders and heartbeats.

use std::path::PathBuf;

use serde::Deserialize;

use super::Faults;

/// Keys of orders and heartbeats; `admin create-keys` fills the folder.
#[derive(Debug, Clone)]
pub struct KeysConfig {
    /// The folder.
    pub directory: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawKeys {
    directory: String,
}

impl RawKeys {
    pub(super) fn check(self, faults: &mut Faults) -> KeysConfig {
        let directory = faults.text("keys.directory", self.directory, 4096);
        KeysConfig { directory: faults.path(&directory) }
    }
}
