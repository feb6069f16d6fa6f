//! `[updates]`: images for boxes.

use std::path::PathBuf;

use serde::Deserialize;

use super::Faults;

/// Images for boxes.
#[derive(Debug, Clone)]
pub struct UpdatesConfig {
    /// Folder of the bundles.
    pub directory: PathBuf,
    /// Kind of box; a bundle for another one is not taken in.
    pub compatible: String,
    /// Certificates (PEM) of those who may sign bundles; none when only boxes verify.
    pub keyring: Option<PathBuf>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawUpdates {
    directory: String,
    compatible: String,
    keyring: Option<String>,
}

impl Default for RawUpdates {
    fn default() -> Self {
        Self {
            directory: "data/updates".to_owned(),
            compatible: "hitokoe-stb".to_owned(),
            keyring: None,
        }
    }
}

impl RawUpdates {
    pub(super) fn check(self, faults: &mut Faults) -> UpdatesConfig {
        let directory = faults.text("updates.directory", self.directory, 4096);
        UpdatesConfig {
            directory: faults.path(&directory),
            compatible: faults.text("updates.compatible", self.compatible, 200),
            keyring: self.keyring.map(|keyring| {
                let keyring = faults.text("updates.keyring", keyring, 4096);
                faults.path(&keyring)
            }),
        }
    }
}
