//! Where things are: the checkout, the cache that outlives it.

use std::path::{Path, PathBuf};

/// Root of the checkout.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies below the root").to_path_buf()
}

/// Cache outside the checkout: build results, tools, the voice.
pub(crate) fn cache() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").map_or_else(
        || {
            PathBuf::from(std::env::var_os("HOME").unwrap_or_else(|| "/var/cache".into()))
                .join(".cache")
        },
        PathBuf::from,
    );
    base.join("hitokoe")
}

/// Target directory of every build started here, so that a fresh clone builds only what changed.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache().join("target"), PathBuf::from)
}

/// Binaries of the development profile.
pub(crate) fn binaries() -> PathBuf {
    target().join("debug")
}

/// Binaries of the release profile.
pub(crate) fn release_binaries() -> PathBuf {
    target().join("release")
}
