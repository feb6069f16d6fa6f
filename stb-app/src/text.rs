//! Phrases of the core as sentences, from the Fluent files under `locales/`.
//!
//! The files are part of the program: a box without its language files cannot exist. A message
//! that a language lacks is taken from Japanese; one that Japanese lacks shows its id, because a
//! visible fault is found and an empty screen is not.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use stb_core::{
    phrase::{Arg, Phrase},
    view::Language,
};
use unic_langid::LanguageIdentifier;

/// Longest text from outside that is shown, in characters; no town's record needs more.
const LONGEST_TEXT: usize = 400;

/// In a sentence: a line may break here, inside what looks like one phrase.
pub(crate) const BREAK_HINT: char = '\u{200B}';

type Bundle = FluentBundle<FluentResource>;

/// The sentences of one language, with Japanese behind it.
pub struct Texts {
    language: Language,
    bundles: Vec<Bundle>,
}

/// What a sentence is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Screen,
    Speech,
}

impl Texts {
    /// The sentences of a language.
    pub fn load(language: Language) -> Self {
        let mut languages = vec![language];
        if language != Language::Ja {
            languages.push(Language::Ja);
        }
        let bundles = languages.into_iter().map(|each| bundle(each, sources(each))).collect();
        Self { language, bundles }
    }

    /// Which language was asked for.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The phrase as the screen shows it.
    pub fn render(&self, phrase: &Phrase) -> String {
        self.format(phrase, Purpose::Screen)
    }

    /// One of the screen's own words, from `screen.ftl`.
    pub fn word(&self, id: &'static str) -> String {
        self.render(&Phrase::new(id))
    }

    /// The phrase as it is spoken: the message's `.speech` attribute where there is one.
    pub fn render_speech(&self, phrase: &Phrase) -> String {
        // Where a line may break is nothing to a voice.
        self.format(phrase, Purpose::Speech).replace(BREAK_HINT, "")
    }

    /// Whether a message exists in the language itself, not only behind it.
    pub fn has_own(&self, id: &str) -> bool {
        self.bundles.first().is_some_and(|bundle| bundle.has_message(id))
    }

    fn format(&self, phrase: &Phrase, purpose: Purpose) -> String {
        let arguments = self.arguments(phrase, purpose);
        self.bundles
            .iter()
            .find_map(|bundle| format_in(bundle, phrase.id, &arguments, purpose))
            .unwrap_or_else(|| {
                tracing::warn!(id = phrase.id, "message missing in every language");
                phrase.id.to_owned()
            })
    }

    fn arguments(&self, phrase: &Phrase, purpose: Purpose) -> FluentArgs<'static> {
        let mut arguments = FluentArgs::new();
        for (name, value) in &phrase.args {
            let value = match value {
                Arg::Text(text) => FluentValue::from(plain(text)),
                Arg::Number(number) => FluentValue::from(*number),
                Arg::Phrase(inner) => FluentValue::from(self.format(inner, purpose)),
            };
            arguments.set(*name, value);
        }
        arguments
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts").field("language", &self.language).finish_non_exhaustive()
    }
}

/// Text from outside as the screen may show it: one line, without control characters and without
/// the marks that turn the direction of writing; cut when it is longer than any real name.
pub fn plain(text: &str) -> String {
    text.chars()
        .take(LONGEST_TEXT)
        .map(|c| if c.is_whitespace() && !is_kept_space(c) { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_direction_mark(*c))
        .collect::<String>()
        .trim()
        .to_owned()
}

/// The full-width space, and the one at which no line breaks.
const fn is_kept_space(c: char) -> bool {
    matches!(c, '\u{3000}' | '\u{a0}')
}

const fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn format_in(
    bundle: &Bundle,
    id: &str,
    arguments: &FluentArgs<'_>,
    purpose: Purpose,
) -> Option<String> {
    let message = bundle.get_message(id)?;
    let speech = || message.get_attribute("speech").map(|attribute| attribute.value());
    let pattern = match purpose {
        Purpose::Screen => message.value(),
        Purpose::Speech => speech().or_else(|| message.value()),
    }?;
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(arguments), &mut errors);
    if !errors.is_empty() {
        tracing::warn!(id, ?errors, "message with faults");
    }
    Some(text.into_owned())
}

fn sources(language: Language) -> [&'static str; 2] {
    match language {
        Language::Ja => {
            [include_str!("../../locales/ja/tv.ftl"), include_str!("../../locales/ja/screen.ftl")]
        }
        Language::JaEasy => [
            include_str!("../../locales/ja-easy/tv.ftl"),
            include_str!("../../locales/ja-easy/screen.ftl"),
        ],
        Language::En => {
            [include_str!("../../locales/en/tv.ftl"), include_str!("../../locales/en/screen.ftl")]
        }
    }
}

fn bundle(language: Language, sources: [&str; 2]) -> Bundle {
    let mut bundle = FluentBundle::new_concurrent(vec![plural_rules(language)]);
    // Isolation marks are invisible only in fonts that know them.
    bundle.set_use_isolating(false);
    for source in sources {
        let resource =
            FluentResource::try_new(source.to_owned()).unwrap_or_else(|(rest, errors)| {
                tracing::error!(language = language.tag(), ?errors, "language file with faults");
                rest
            });
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The language whose plural rules hold.
fn plural_rules(language: Language) -> LanguageIdentifier {
    let tag = match language {
        Language::Ja | Language::JaEasy => "ja",
        Language::En => "en",
    };
    tag.parse().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LANGUAGES: [Language; 3] = [Language::Ja, Language::JaEasy, Language::En];

    #[track_caller]
    fn check(language: Language, phrase: &Phrase, screen: &str, speech: &str) {
        let source = "\
            greet = こんにちは、{ $name }さん\n    .speech = こんにちは、{ $kana }さん\n\
            distance = { $metres } m\n\
            both = { $what }へ { $how }\n\
            hinted = マイナンバー{\"\\u200B\"}カード\n";
        let texts = Texts { language, bundles: vec![bundle(language, [source, ""])] };
        assert_eq!(texts.render(phrase), screen);
        assert_eq!(texts.render_speech(phrase), speech);
    }

    #[test]
    fn phrases_become_sentences() {
        let greet = Phrase::new("greet").text("name", "中村 ハナ").text("kana", "ナカムラ ハナ");
        check(Language::Ja, &greet, "こんにちは、中村 ハナさん", "こんにちは、ナカムラ ハナさん");
        let far = Phrase::new("distance").number("metres", 12_400);
        check(Language::En, &far, "12400 m", "12400 m");
        let nested = Phrase::new("both").phrase("what", greet).phrase("how", far);
        check(
            Language::Ja,
            &nested,
            "こんにちは、中村 ハナさんへ 12400 m",
            "こんにちは、ナカムラ ハナさんへ 12400 m",
        );
        check(
            Language::Ja,
            &Phrase::new("hinted"),
            "マイナンバー\u{200B}カード",
            "マイナンバーカード",
        );
        check(Language::Ja, &Phrase::new("unknown"), "unknown", "unknown");
    }

    #[test]
    fn text_from_outside_stays_one_harmless_line() {
        assert_eq!(plain("阿部\n地区\t"), "阿部 地区");
        assert_eq!(plain("\u{202E}逆\u{2066}向き\u{FEFF}\u{7}"), "逆向き");
        assert_eq!(plain("ﾊﾝｶｸ 𠮷田　髙橋"), "ﾊﾝｶｸ 𠮷田　髙橋");
        assert_eq!(plain(&"長".repeat(2_000)).chars().count(), LONGEST_TEXT);
    }

    #[test]
    fn every_language_has_the_same_screen_words() {
        let ids = |language| {
            let mut ids: Vec<&str> = sources(language)[1]
                .lines()
                .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
                .filter_map(|line| line.split_once(" ="))
                .map(|(id, _)| id)
                .collect();
            ids.sort_unstable();
            ids
        };
        for language in LANGUAGES {
            assert_eq!(ids(language), ids(Language::Ja), "{language:?}");
            let texts = Texts::load(language);
            assert!(ids(Language::Ja).into_iter().all(|id| texts.has_own(id)), "{language:?}");
        }
    }

    #[test]
    fn language_files_are_free_of_faults() {
        for language in LANGUAGES {
            for source in sources(language) {
                assert!(FluentResource::try_new(source.to_owned()).is_ok(), "{language:?}");
            }
        }
    }
}
