//! What the image consists of, as SPDX 2.3: Debian's packages by their own records, and the crates of the
//! programs by the lock file.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{packages, place, run};

/// Writes the list and gives the number of packages.
pub(super) fn write(tree: &Path, file: &Path) -> Result<usize> {
    let records = run::read(packages::privileged("cat").arg(tree.join("var/lib/dpkg/status")))?;
    let lock = fs::read_to_string(place::root().join("Cargo.lock"))?;
    let mut parts: Vec<Value> = debian(&records);
    parts.extend(crates(&lock)?);
    let relations: Vec<Value> = parts
        .iter()
        .map(|part| {
            json!({
                "spdxElementId": "SPDXRef-DOCUMENT",
                "relationshipType": "DESCRIBES",
                "relatedSpdxElement": part["SPDXID"],
            })
        })
        .collect();
    let document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": "hitokoe-development-image",
        "documentNamespace": "https://hitokoe.invalid/spdx/development-image",
        // All times in the image are this one, so that the same image has the same list.
        "creationInfo": { "created": "2026-01-01T00:00:00Z", "creators": ["Tool: cargo-xtask-image"] },
        "packages": parts,
        "relationships": relations,
    });
    fs::write(file, serde_json::to_string_pretty(&document)?)?;
    Ok(parts.len())
}

/// Installed packages: paragraphs of `name: value` lines.
fn debian(records: &str) -> Vec<Value> {
    let field = |record: &str, name: &str| {
        record
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": ").map(str::to_owned))
    };
    let installed = records.split("\n\n").filter(|record| record.contains("ok installed"));
    installed
        .filter_map(|record| {
            let (name, version) = (field(record, "Package")?, field(record, "Version")?);
            let supplier = field(record, "Maintainer")?;
            let mut part = part("deb/debian", &name, &version);
            part["supplier"] = json!(format!("Organization: {supplier}"));
            Some(part)
        })
        .collect()
}

/// Everything that the lock file names may be linked into the programs.
fn crates(lock: &str) -> Result<Vec<Value>> {
    let lock: toml::Table = lock.parse()?;
    let packages = lock
        .get("package")
        .and_then(toml::Value::as_array)
        .context("Cargo.lock names no packages")?;
    let named = packages.iter().filter_map(|package| {
        let mut part =
            part("cargo", package.get("name")?.as_str()?, package.get("version")?.as_str()?);
        if let Some(sum) = package.get("checksum").and_then(toml::Value::as_str) {
            part["checksums"] = json!([{ "algorithm": "SHA256", "checksumValue": sum }]);
        }
        Some(part)
    });
    Ok(named.collect())
}

fn part(kind: &str, name: &str, version: &str) -> Value {
    let id: String = format!("{kind}-{name}-{version}")
        .chars()
        .map(|sign| if sign.is_ascii_alphanumeric() { sign } else { '-' })
        .collect();
    json!({
        "SPDXID": format!("SPDXRef-{id}"),
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": format!("pkg:{kind}/{name}@{version}"),
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_installed_is_listed_with_its_version() {
        let records = "Package: a\nStatus: install ok installed\nMaintainer: M <m@x>\nVersion: 1:2-3\n\n\
                       Package: b\nStatus: deinstall ok config-files\nMaintainer: M\nVersion: 1\n";
        let listed = debian(records);
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0]["versionInfo"], "1:2-3");
        assert_eq!(listed[0]["SPDXID"], "SPDXRef-deb-debian-a-1-2-3");
    }

    #[test]
    fn every_crate_of_the_lock_file_is_listed() -> Result<()> {
        let listed = crates("[[package]]\nname = \"x\"\nversion = \"1.0.0\"\nchecksum = \"ab\"\n")?;
        assert_eq!(listed[0]["checksums"][0]["checksumValue"], "ab");
        assert!(crates("").is_err());
        Ok(())
    }
}
