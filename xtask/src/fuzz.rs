//! Coverage-guided fuzzing with the stable compiler: libFuzzer with the compiler's own
//! coverage passes, so neither a nightly toolchain nor another tool is needed.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::{place, run};

/// Passes that libFuzzer reads its coverage from.
const COVERAGE: &str = "-Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares \
    -Ccodegen-units=1 -Cdebug-assertions -Coverflow-checks --cfg fuzzing";

/// Memory that no parser of outside bytes may exceed, in MiB.
const MEMORY_LIMIT_MIB: u32 = 512;

/// Fuzzes every target of every `fuzz/` folder.
pub(crate) fn run(seconds: u32, filter: Option<&str>) -> Result<()> {
    for (manifest, target) in targets()? {
        if filter.is_some_and(|wanted| !target.contains(wanted)) {
            continue;
        }
        let corpus = place::cache().join("corpus").join(&target);
        std::fs::create_dir_all(&corpus)?;
        run::succeed(
            run::cargo(["run", "--quiet", "--release", "--manifest-path"])
                .arg(&manifest)
                // With a target named, build scripts and macros are built without the passes.
                .args(["--target", &own_triple(), "--bin", &target, "--"])
                .arg(&corpus)
                .arg(format!("-max_total_time={seconds}"))
                .arg(format!("-rss_limit_mb={MEMORY_LIMIT_MIB}"))
                .args(["-timeout=5", "-print_final_stats=1", "-verbosity=0"])
                .env("CARGO_TARGET_DIR", place::target().join("fuzz"))
                .env("RUSTFLAGS", COVERAGE),
        )
        .with_context(|| format!("fuzz target {target} found something"))?;
    }
    Ok(())
}

/// The machine's own target triple.
fn own_triple() -> String {
    format!("{}-unknown-linux-gnu", std::env::consts::ARCH)
}

/// Manifest and name of every target.
fn targets() -> Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(place::root())? {
        let folder = entry?.path().join("fuzz");
        let sources = folder.join("fuzz_targets");
        if !sources.is_dir() {
            continue;
        }
        for source in std::fs::read_dir(sources)? {
            let source = source?.path();
            if let Some(name) = source.file_stem().and_then(|s| s.to_str()) {
                found.push((folder.join("Cargo.toml"), name.to_owned()));
            }
        }
    }
    found.sort();
    Ok(found)
}
