//! Arrows between crates point inward (design section 3).

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::run;

/// What `cargo metadata` says of the workspace.
#[derive(Deserialize)]
pub(crate) struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn read() -> Result<Self> {
        let text = run::read(&mut run::cargo(["metadata", "--format-version=1", "--no-deps"]))?;
        serde_json::from_str(&text).context("cargo metadata changed its shape")
    }

    /// Names of the workspace's packages.
    pub(crate) fn members(&self) -> BTreeSet<&str> {
        self.packages.iter().map(|package| package.name.as_str()).collect()
    }

    /// Shipped dependencies (not for tests) of each package.
    fn shipped(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        self.packages
            .iter()
            .map(|package| {
                let names = package.dependencies.iter().filter(|d| d.kind.is_none());
                (package.name.as_str(), names.map(|d| d.name.as_str()).collect())
            })
            .collect()
    }
}

/// What a crate may use of ours, and what it must not contain.
struct Rule {
    package: &'static str,
    may_use: &'static [&'static str],
    must_not_contain: &'static [&'static str],
}

const IO: &[&str] = &[
    "tokio",
    "async-channel",
    "reqwest",
    "rusqlite",
    "axum",
    "gtk4",
    "gstreamer",
    "pcsc",
    "evdev",
    "rand",
    "getrandom",
    "jiff",
    "tracing",
];

const RULES: &[Rule] = &[
    Rule { package: "gateway-api", may_use: &[], must_not_contain: IO },
    Rule { package: "evacuation", may_use: &[], must_not_contain: IO },
    Rule { package: "jpki", may_use: &[], must_not_contain: IO },
    Rule {
        package: "stb-core",
        may_use: &["gateway-api", "evacuation", "jpki"],
        must_not_contain: IO,
    },
    Rule {
        package: "remote-input",
        may_use: &["stb-core"],
        must_not_contain: &["gtk4", "gstreamer", "reqwest", "axum"],
    },
    Rule {
        package: "stb-app",
        may_use: &["stb-core", "remote-input", "gateway-api", "evacuation", "jpki"],
        must_not_contain: &["axum"],
    },
    Rule {
        package: "cable-gateway",
        may_use: &["gateway-api", "evacuation", "jpki"],
        must_not_contain: &["gtk4", "gstreamer", "pcsc", "evdev"],
    },
    Rule {
        package: "virtual-card",
        may_use: &["jpki", "gateway-api"],
        must_not_contain: &["gtk4", "gstreamer"],
    },
];

/// Packages that nothing may depend on, except for tests.
const LEAVES: &[&str] = &["stb-app", "cable-gateway", "virtual-card", "hitokoe-tests", "xtask"];
/// The harness may use what it drives.
const HARNESS: &str = "hitokoe-tests";

/// Findings.
pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    let members = metadata.members();
    let shipped = metadata.shipped();
    let mut findings = Vec::new();
    for (package, uses) in &shipped {
        let rule = RULES.iter().find(|rule| rule.package == *package);
        for used in uses {
            findings.extend(finding(package, used, rule, members.contains(used)));
        }
    }
    findings
}

fn finding(package: &str, used: &str, rule: Option<&Rule>, ours: bool) -> Option<String> {
    if package == HARNESS {
        return None;
    }
    if ours && LEAVES.contains(&used) {
        return Some(format!("{package} depends on {used}, which nothing may depend on"));
    }
    let rule = rule?;
    if ours && !rule.may_use.contains(&used) {
        return Some(format!(
            "{package} may not use {used}: arrows point inward (ARCHITECTURE.md)"
        ));
    }
    rule.must_not_contain
        .contains(&used)
        .then(|| format!("{package} must not contain {used}: it belongs into an adapter"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, uses: &[(&str, Option<&str>)]) -> Package {
        Package {
            name: name.into(),
            dependencies: uses
                .iter()
                .map(|(name, kind)| Dependency { name: (*name).into(), kind: kind.map(Into::into) })
                .collect(),
        }
    }

    fn findings(uses: &[(&str, Option<&str>)]) -> usize {
        let metadata = Metadata {
            packages: vec![
                package("stb-core", uses),
                package("stb-app", &[]),
                package("jpki", &[]),
                package("virtual-card", &[]),
            ],
        };
        check(&metadata).len()
    }

    #[test]
    fn inward_arrows_and_test_dependencies_pass() {
        assert_eq!(findings(&[("jpki", None), ("virtual-card", Some("dev"))]), 0);
    }

    #[test]
    fn outward_arrows_and_input_output_in_the_core_are_found() {
        assert_eq!(findings(&[("stb-app", None)]), 1);
        assert_eq!(findings(&[("tokio", None), ("rusqlite", None)]), 2);
        assert_eq!(findings(&[("virtual-card", None)]), 1);
    }
}
