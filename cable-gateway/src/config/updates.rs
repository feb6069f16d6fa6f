//! `[updates]`: images for boxes.

use std::path::PathBuf;

use serde::Deserialize;

use super::Faults;

/// Images for boxes.
#[derive(Debug, Clone)]
pub struct UpdatesConfig {
    /// Folder of the bundles.
    pub directory: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawUpdates {
    directory: String,
}

impl Default for RawUpdates {
    fn default() -> Self {
        Self { directory: "data/updates".to_owned() }
    }
}

impl RawUpdates {
    pub(super) fn check(self, faults: &mut Faults) -> UpdatesConfig {
        let directory = faults.text("updates.directory", self.directory, 4096);
        UpdatesConfig { directory: faults.path(&directory) }
    }
}
