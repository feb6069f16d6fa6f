//! `cargo xtask test layer`: the Yocto layer and the box's files, without a build.
//!
//! BitBake's own parser, the linter and kas' schema come from the package index into the cache; units,
//! firewall and scripts are judged by the programs that will read them on the box.

mod crates;
mod files;
mod metadata;

use anyhow::{Result, bail};

pub(crate) use crates::write as write_crates;

/// Every check; all findings are told before it fails.
pub(crate) fn check() -> Result<()> {
    let mut findings = Vec::new();
    findings.extend(crates::check()?);
    findings.extend(files::check()?);
    findings.extend(metadata::check()?);
    for finding in &findings {
        eprintln!("layer: {finding}");
    }
    if !findings.is_empty() {
        bail!("{} findings", findings.len());
    }
    Ok(())
}
