//! Documents that must keep up with the code.

use anyhow::{Context, Result};

use super::arrows::Metadata;
use crate::place;

/// Findings.
pub(super) fn check(metadata: &Metadata) -> Result<Vec<String>> {
    let mut findings = crates_without_paragraph(metadata)?;
    findings.extend(dependencies_without_reason(metadata)?);
    Ok(findings)
}

fn read(name: &str) -> Result<String> {
    std::fs::read_to_string(place::root().join(name)).with_context(|| format!("cannot read {name}"))
}

fn crates_without_paragraph(metadata: &Metadata) -> Result<Vec<String>> {
    let architecture = read("ARCHITECTURE.md")?;
    let folder =
        |name: &str| if name == "hitokoe-tests" { "tests".into() } else { name.to_owned() };
    Ok(metadata
        .members()
        .into_iter()
        .map(folder)
        .filter(|name| !architecture.contains(&format!("`{name}`")))
        .map(|name| format!("ARCHITECTURE.md says nothing of `{name}`"))
        .collect())
}

fn dependencies_without_reason(metadata: &Metadata) -> Result<Vec<String>> {
    let reasons = read("docs/dependencies.md")?;
    let manifest: toml::Table = read("Cargo.toml")?.parse().context("Cargo.toml")?;
    let table =
        manifest["workspace"]["dependencies"].as_table().context("workspace.dependencies")?;
    let ours = metadata.members();
    Ok(table
        .iter()
        .filter(|(_, entry)| entry.get("path").is_none())
        .map(|(name, entry)| entry.get("package").and_then(|p| p.as_str()).unwrap_or(name))
        .filter(|name| !ours.contains(name) && !reasons.contains(&format!("`{name}`")))
        .map(|name| format!("docs/dependencies.md gives no reason for `{name}`"))
        .collect())
}
