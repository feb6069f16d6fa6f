//! `cargo xtask demo`: packages, build, then the town.

use std::path::Path;

use anyhow::Result;

use crate::{packages, place, run, voice};

/// Builds and runs the demo.
pub(crate) fn run(tour: bool, out: &Path) -> Result<()> {
    packages::ensure()?;
    let voice = voice::ensure()?;
    build(&[])?;
    let mut town = std::process::Command::new(place::binaries().join("demo"));
    town.current_dir(place::root())
        .env("HITOKOE_BIN", place::binaries())
        .env("HITOKOE_VOICE", voice);
    if tour {
        town.arg("--tour").arg("--out").arg(out);
    }
    run::succeed(&mut town)
}

/// Builds every binary. Always the whole workspace: a part of it would unify features differently
/// and compile the dependencies a second time.
pub(crate) fn build(options: &[&str]) -> Result<()> {
    run::succeed(run::cargo(["build", "--workspace", "--bins"]).args(options))
}
