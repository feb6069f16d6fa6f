//! Every sentence exists in every language, with exactly the arguments that the core gives.

use std::{collections::BTreeSet, fs, path::PathBuf};

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use stb_core::{
    phrase::{Entry, catalogue},
    view::Language,
};

const LANGUAGES: [Language; 3] = [Language::Ja, Language::JaEasy, Language::En];

fn source(language: Language) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../locales")
        .join(language.tag())
        .join("tv.ftl");
    fs::read_to_string(path).expect("the language has its file")
}

fn bundle(language: Language) -> FluentBundle<FluentResource> {
    let resource = FluentResource::try_new(source(language)).expect("the file is well formed");
    let tag = language.tag().parse().expect("the folder is named like a language");
    let mut bundle = FluentBundle::new(vec![tag]);
    bundle.set_use_isolating(false);
    bundle.add_resource(resource).expect("no message stands there twice");
    bundle
}

/// The sentences of a message, shown and spoken.
fn sentences(bundle: &FluentBundle<FluentResource>, entry: &Entry, count: i64) -> Vec<String> {
    let message = bundle.get_message(entry.id).unwrap_or_else(|| panic!("{} is missing", entry.id));
    let mut arguments = FluentArgs::new();
    for name in entry.arguments {
        let is_number = [
            "count", "position", "digit", "month", "day", "metres", "hour", "minute", "least",
            "most",
        ]
        .contains(name);
        let value = if is_number {
            FluentValue::from(count)
        } else {
            FluentValue::from(format!("<{name}>"))
        };
        arguments.set(*name, value);
    }
    let spoken = message.attributes().map(|attribute| {
        assert_eq!(attribute.id(), "speech", "{}", entry.id);
        attribute.value()
    });
    let patterns = message.value().into_iter().chain(spoken);
    patterns
        .map(|pattern| {
            let mut errors = Vec::new();
            let text = bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned();
            assert!(errors.is_empty(), "{}: {errors:?}", entry.id);
            text
        })
        .collect()
}

#[test]
fn every_sentence_exists_and_formats_in_every_language() {
    for language in LANGUAGES {
        let bundle = bundle(language);
        for entry in catalogue() {
            for count in [0, 1, 2] {
                for text in sentences(&bundle, entry, count) {
                    assert!(!text.trim().is_empty(), "{} in {language:?}", entry.id);
                    assert!(!text.contains("{$"), "{text}");
                }
            }
        }
    }
}

#[test]
fn no_argument_is_forgotten_by_screen_and_speech_together() {
    for language in LANGUAGES {
        let bundle = bundle(language);
        for entry in catalogue() {
            let all = sentences(&bundle, entry, 1).concat();
            for name in entry.arguments.iter().filter(|name| name.ends_with("name")) {
                assert!(all.contains(&format!("<{name}>")), "{} in {language:?}", entry.id);
            }
        }
    }
}

#[test]
fn no_language_keeps_sentences_that_nobody_says() {
    let known: BTreeSet<&str> = catalogue().map(|entry| entry.id).collect();
    assert_eq!(known.len(), catalogue().count(), "an id stands in the catalogue twice");
    for language in LANGUAGES {
        let source = source(language);
        let ids = source.lines().filter_map(|line| line.split_once(" =").map(|(id, _)| id));
        let ids = ids.filter(|id| id.starts_with(|c: char| c.is_ascii_lowercase()));
        let unknown: Vec<&str> = ids.filter(|id| !known.contains(id)).collect();
        assert_eq!(unknown, Vec::<&str>::new(), "in {language:?}");
    }
}

/// The names of levels and orders are terms of law, not wording.
#[test]
fn the_names_of_orders_are_the_fixed_ones() {
    let terms = [
        ("order-level-three", "警戒レベル3 高齢者等避難"),
        ("order-level-four", "警戒レベル4 避難指示"),
        ("order-level-five", "警戒レベル5 緊急安全確保"),
        ("order-tsunami", "津波 避難指示"),
    ];
    for language in [Language::Ja, Language::JaEasy] {
        let bundle = bundle(language);
        for (id, term) in terms {
            let entry = catalogue().find(|entry| entry.id == id).expect("it is said");
            assert_eq!(sentences(&bundle, entry, 0)[0], term);
        }
    }
}

#[test]
fn phrases_are_made_only_in_the_catalogue() {
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the sources are there") {
            let path = entry.expect("the sources are readable").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let is_the_place = path.ends_with("phrase/catalogue.rs") || path.ends_with("phrase.rs");
            let text = fs::read_to_string(&path).expect("the sources are text");
            assert!(is_the_place || !text.contains("Phrase::new("), "{}", path.display());
        }
    }
}
