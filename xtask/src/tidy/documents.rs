//! Documents that must keep up with the code.

use std::path::Path;

use anyhow::{Context, Result};

use super::{Tree, arrows::Metadata};
use crate::place;

/// Findings.
pub(super) fn check(tree: &Tree, metadata: &Metadata) -> Result<Vec<String>> {
    let mut findings = crates_without_paragraph(metadata)?;
    findings.extend(dependencies_without_reason(metadata)?);
    for (name, text) in tree.texts(".md") {
        let folder = Path::new(&name).parent().unwrap_or(Path::new(""));
        let exists = |target: &str| place::root().join(folder).join(target).exists();
        findings.extend(
            broken_links(&text, exists)
                .into_iter()
                .map(|target| format!("{name} links {target}, which does not exist")),
        );
    }
    Ok(findings)
}

/// Targets of relative links that lead nowhere.
fn broken_links(text: &str, exists: impl Fn(&str) -> bool) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let paths = targets.map(|(target, _)| target.split(['#', ' ']).next().unwrap_or_default());
    let relative = paths.filter(|path| !path.is_empty() && !path.contains(':'));
    relative.filter(|path| !exists(path)).map(ToOwned::to_owned).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let text = "See [a](a.md), [part](a.md#part), [b](../b.md \"B\"), [here](#here),\n\
                    [out](https://example.jp/x) and [gone](gone.md).";
        let exists = |path: &str| ["a.md", "../b.md"].contains(&path);
        assert_eq!(broken_links(text, exists), ["gone.md"]);
        assert!(broken_links("no links (at all)", exists).is_empty());
    }
}
