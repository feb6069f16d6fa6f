//! Every language has every message.

use std::collections::{BTreeMap, BTreeSet};

use super::Tree;

/// Findings.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut languages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, text) in tree.texts(".ftl") {
        languages.insert(name, messages(&text));
    }
    let all: BTreeSet<String> = languages.values().flatten().cloned().collect();
    languages
        .iter()
        .flat_map(|(name, has)| {
            all.difference(has).map(move |id| format!("{name} lacks the message `{id}`"))
        })
        .collect()
}

/// Ids of the messages: lines that begin with a letter and hold `=`.
fn messages(text: &str) -> BTreeSet<String> {
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once('=').map(|(id, _)| id.trim().to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_the_lines_that_begin_a_message() {
        let found = messages("# a = comment\nhome-title = ホーム\n    .label = x\nbye = { $n }\n");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["bye", "home-title"]);
    }
}
