//! The crate list of the Rust recipes: a pure function of Cargo.lock.

use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::place;

const LIST: &str = "yocto-layer/recipes-box/hitokoe-crates.inc";

const HEADER: &str =
    "# Generated from Cargo.lock by `cargo xtask yocto-crates`; CI fails when it is stale.\n";

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
}

/// `cargo xtask yocto-crates`.
pub(crate) fn write() -> Result<()> {
    let list = generated()?;
    std::fs::write(place::root().join(LIST), &list)?;
    println!("{LIST}: {} crates", list.matches("crate://").count());
    Ok(())
}

/// A finding when the list is not what Cargo.lock says.
pub(super) fn check() -> Result<Option<String>> {
    let stored = std::fs::read_to_string(place::root().join(LIST)).unwrap_or_default();
    let stale = stored != generated()?;
    Ok(stale.then(|| format!("{LIST} is stale: run `cargo xtask yocto-crates` and commit it")))
}

fn generated() -> Result<String> {
    let text = std::fs::read_to_string(place::root().join("Cargo.lock")).context("Cargo.lock")?;
    list(&text)
}

fn list(lock: &str) -> Result<String> {
    let lock: Lock = toml::from_str(lock).context("Cargo.lock changed its shape")?;
    let mut sources = String::new();
    let mut checksums = String::new();
    for Package { name, version, source, checksum } in lock.package {
        // Members of the workspace have no source.
        let Some(source) = source else { continue };
        let Some(checksum) = checksum.filter(|_| source.contains("crates.io")) else {
            bail!("{name} {version} comes from {source}: only the crate registry can be listed");
        };
        writeln!(sources, "    crate://crates.io/{name}/{version};name={name}-{version} \\")?;
        writeln!(checksums, "SRC_URI[{name}-{version}.sha256sum] = \"{checksum}\"")?;
    }
    Ok(format!("{HEADER}\nSRC_URI += \"\\\n{sources}\"\n\n{checksums}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str = "source = 'registry+https://github.com/rust-lang/crates.io-index'";

    #[test]
    fn members_are_left_out_and_crates_have_address_and_checksum() {
        let lock = format!(
            "[[package]]\nname = 'ours'\nversion = '0.1.0'\n\
             [[package]]\nname = 'toml'\nversion = '1.2.0'\n{REGISTRY}\nchecksum = 'abc'\n"
        );
        let list = list(&lock).expect("valid");
        assert!(!list.contains("ours"));
        assert!(list.contains("    crate://crates.io/toml/1.2.0;name=toml-1.2.0 \\\n\"\n"));
        assert!(list.ends_with("SRC_URI[toml-1.2.0.sha256sum] = \"abc\"\n"));
    }

    #[test]
    fn a_crate_from_elsewhere_is_refused() {
        let lock = "[[package]]\nname = 'x'\nversion = '1.0.0'\nsource = 'git+https://a.example'\n";
        assert!(list(lock).expect_err("git").to_string().contains("only the crate registry"));
    }
}
