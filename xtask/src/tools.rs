//! Rust tools that are not part of the compiler's distribution.

use std::path::PathBuf;

use anyhow::Result;

use crate::{place, run};

/// Version that deny.toml was written for.
const CARGO_DENY: &str = "0.20.2";

/// `cargo-deny`, built once into the cache.
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    let root = place::cache().join("tools").join(format!("cargo-deny-{CARGO_DENY}"));
    let program = root.join("bin/cargo-deny");
    if !program.exists() {
        eprintln!("Building cargo-deny {CARGO_DENY} (once)");
        run::succeed(
            run::cargo(["install", "--locked", "--quiet", "cargo-deny", "--version", CARGO_DENY])
                .arg("--root")
                .arg(&root)
                .args(["--no-default-features"])
                .env("CARGO_TARGET_DIR", place::cache().join("tools/target")),
        )?;
    }
    Ok(program)
}
