//! The whole gateway on a throw-away database, with a mock clock and seeded randomness.

use std::path::PathBuf;

use crate::{
    config::{self, Config},
    provisioning::Settings,
    store::Store,
};

/// 2026-11-20 09:00 in Japan.
pub(crate) const NOW_MS: i64 = 1_795_132_800_000;

/// The demonstration town's files.
pub(crate) fn minami() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/minami")
}

/// An empty store with the current schema, in a folder that goes with the process.
pub(crate) async fn store() -> Store {
    let folder = tempfile::tempdir().expect("temporary folder").keep();
    let store = Store::open(&folder.join("gateway.sqlite")).expect("opened");
    store.migrate(NOW_MS).await.expect("migrated");
    store
}

/// Settings of a gateway without channels.
pub(crate) fn settings() -> Settings {
    Settings::new(&example_config(), b"manifest")
}

fn example_config() -> Config {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("gateway.example.toml");
    config::load(&path).expect("the example is valid")
}
