//! `cargo xtask bench`: release build, then the figures.

use anyhow::Result;

use crate::{demo, packages, place, run, voice};

/// Builds in release mode and measures.
pub(crate) fn run(names: &[String]) -> Result<()> {
    packages::ensure()?;
    let voice = voice::ensure()?;
    demo::build(&["--release"])?;
    let image = ["image-test", "image"].map(|f| place::target().join(f).join("figures.jsonl"));
    run::succeed(
        std::process::Command::new(place::release_binaries().join("bench"))
            .args(names)
            .current_dir(place::root())
            .env("HITOKOE_BIN", place::release_binaries())
            .env("HITOKOE_VOICE", voice)
            .env("HITOKOE_IMAGE_FIGURES", std::env::join_paths(image)?),
    )
}
