//! Rules for source text.

use super::Tree;

/// A file longer than this needs a seam.
const LINES_MAX: usize = 800;

/// Text that must not be in Rust sources, with the remedy.
const FORBIDDEN: &[(&str, &str)] = &[
    ("#[ignore", "a test runs or it does not exist"),
    ("todo!(", "finish it or leave it out"),
    ("unimplemented!(", "finish it or leave it out"),
    ("#[allow(", "use #[expect(.., reason = \"..\")]"),
];

/// Column types that both engines understand (design decision 7).
const SQL_TYPES: &[&str] = &["BIGINT", "TEXT", "BLOB"];
/// Types of one engine only.
const SQL_FOREIGN: &[&str] =
    &[" INTEGER", " INT ", " REAL", " DATETIME", " BOOLEAN", " VARCHAR", "AUTOINCREMENT", "JSON_"];

/// Findings.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    for (name, text) in tree.texts(".rs") {
        // This file has to spell what it forbids.
        if name.starts_with("xtask/src/tidy/") {
            continue;
        }
        let lines = text.lines().count();
        if lines > LINES_MAX {
            findings
                .push(format!("{name} has {lines} lines: look for a seam (at most {LINES_MAX})"));
        }
        for (forbidden, remedy) in FORBIDDEN {
            if text.contains(forbidden) {
                findings.push(format!("{name} contains `{forbidden}`: {remedy}"));
            }
        }
    }
    findings.extend(tree.texts(".sql").flat_map(|(name, text)| sql(&name, &text)));
    findings
}

fn sql(name: &str, text: &str) -> Vec<String> {
    let upper = text.to_uppercase();
    let mut findings: Vec<String> = SQL_FOREIGN
        .iter()
        .filter(|foreign| upper.contains(*foreign))
        .map(|foreign| format!("{name} uses `{}`: only {SQL_TYPES:?} are portable", foreign.trim()))
        .collect();
    if upper.contains("CREATE TABLE") && !SQL_TYPES.iter().any(|t| upper.contains(t)) {
        findings.push(format!("{name} declares no portable column type"));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portable_sql_passes_and_foreign_types_are_found() {
        assert!(sql("a.sql", "CREATE TABLE a (id TEXT NOT NULL, at BIGINT)").is_empty());
        assert_eq!(sql("a.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT)").len(), 3);
    }
}
