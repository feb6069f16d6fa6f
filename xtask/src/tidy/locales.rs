//! Every language has every message.

use std::collections::{BTreeMap, BTreeSet};

use super::Tree;

/// Findings: files of one name (`tv.ftl`) are the same messages in several languages.
pub(super) fn check(tree: &Tree) -> Vec<String> {
    let mut files: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (name, text) in tree.texts(".ftl") {
        let kind = name.rsplit('/').next().unwrap_or_default().to_owned();
        files.entry(kind).or_default().insert(name, messages(&text));
    }
    files.values().flat_map(missing).collect()
}

fn missing(languages: &BTreeMap<String, BTreeSet<String>>) -> Vec<String> {
    let all: BTreeSet<&String> = languages.values().flatten().collect();
    let lacks = |(name, has): (&String, &BTreeSet<String>)| {
        let ids = all.iter().filter(|id| !has.contains(**id));
        ids.map(|id| format!("{name} lacks the message `{id}`")).collect::<Vec<_>>()
    };
    languages.iter().flat_map(lacks).collect()
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

    #[test]
    fn a_message_that_one_language_lacks_is_found() {
        let ids = |text: &str| messages(text);
        let languages = BTreeMap::from([
            ("ja/tv.ftl".to_owned(), ids("a = x\nb = y\n")),
            ("en/tv.ftl".to_owned(), ids("a = x\n")),
        ]);
        assert_eq!(missing(&languages), ["en/tv.ftl lacks the message `b`"]);
    }
}
