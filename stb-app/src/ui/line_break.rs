//! Where a Japanese line may break.
//!
//! Pango breaks Japanese between any two characters, which tears words apart: くだ・さい. A phrase
//! (文節) nearly always begins where hiragana ends, so inside a phrase word joiners are put. A run
//! that is too long for that, such as a very long name, is left to Pango's rules.

use crate::text::BREAK_HINT;

const WORD_JOINER: char = '\u{2060}';
/// A phrase that is not longer than this, in characters, stays on one line.
const LONGEST_WHOLE_PHRASE: usize = 12;
/// As much of the hiragana at the end of a longer one stays together,
const LONGEST_ENDING: usize = 7;
/// with so many characters before it.
const BEFORE_ENDING: usize = 2;
/// Behind these a long phrase may break when so much of it is left.
const PARTICLES: [char; 7] = ['は', 'が', 'を', 'に', 'で', 'と', 'も'];
const SHORTEST_REST: usize = 4;
/// Words in hiragana before which it may break, too,
const BEGINNINGS: [&str; 3] = ["ありがとう", "かもしれません", "もう一度"];
/// and those behind which it may. A test finds the sentence that needs another one.
const ENDS: [&str; 2] = ["もう一度", "ままに"];

/// Kinds of characters that matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hiragana,
    /// Kanji, katakana, Latin letters, digits: what a phrase begins with.
    Content,
    /// Long-vowel mark, iteration mark: belongs to what stands before.
    Continuing,
    /// 、。 and closing brackets: a line may break behind it.
    Closing,
    /// Opening brackets: a line may break before it.
    Opening,
    Space,
}

/// The text with word joiners inside its phrases. Text without Japanese stays as it is.
pub(super) fn keep_phrases_together(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    let characters: Vec<char> = text.chars().filter(|c| *c != WORD_JOINER).collect();
    let mut joined = String::with_capacity(text.len() * 2);
    let mut rest = characters.as_slice();
    while !rest.is_empty() {
        let (phrase, after) = rest.split_at(phrase_length(rest));
        push_phrase(&mut joined, phrase);
        rest = after;
    }
    joined
}

fn push_phrase(joined: &mut String, phrase: &[char]) {
    if phrase.len() <= LONGEST_WHOLE_PHRASE {
        push_from(joined, phrase, 0);
    } else if let Some(length) = length_with_particle(phrase) {
        let (noun, rest) = phrase.split_at(length);
        push_phrase(joined, noun);
        push_phrase(joined, rest);
    } else if let Some(length) = length_with_word(phrase) {
        let (word, rest) = phrase.split_at(length);
        push_phrase(joined, word);
        push_phrase(joined, rest);
    } else {
        push_from(joined, phrase, ending(phrase));
    }
}

/// Pushes the phrase with joiners behind this place.
fn push_from(joined: &mut String, phrase: &[char], whole_from: usize) {
    for (index, character) in phrase.iter().enumerate() {
        // Between letters of a Latin word Pango knows better.
        let is_latin = index > 0 && character.is_ascii() && phrase[index - 1].is_ascii();
        if index > whole_from && !is_latin {
            joined.push(WORD_JOINER);
        }
        joined.push(*character);
    }
}

/// Where a long phrase may break all the same: behind the particles of its noun.
fn length_with_particle(phrase: &[char]) -> Option<usize> {
    let is_particle = |index: &usize| PARTICLES.contains(&phrase[*index]);
    let first = (1..phrase.len())
        .find(|index| is_particle(index) && kind(phrase[index - 1]) != Kind::Hiragana)?;
    let length = (first..phrase.len()).take_while(is_particle).last()? + 1;
    (length + SHORTEST_REST <= phrase.len()).then_some(length)
}

/// Where a long phrase breaks between two words, although no kanji says so.
fn length_with_word(phrase: &[char]) -> Option<usize> {
    (2..=phrase.len().checked_sub(SHORTEST_REST)?).find(|index| divides_words(phrase, *index))
}

/// Whether a word that is written in hiragana begins at this place, or one ends before it.
fn divides_words(characters: &[char], index: usize) -> bool {
    let (before, after) = characters.split_at(index);
    let is_written = |part: &[char], word: &str| part.iter().copied().eq(word.chars());
    let begins =
        |word: &&str| after.get(..word.chars().count()).is_some_and(|part| is_written(part, word));
    let ends = |word: &&str| {
        let start = before.len().checked_sub(word.chars().count());
        start.is_some_and(|start| is_written(&before[start..], word))
    };
    BEGINNINGS.iter().any(begins) || ENDS.iter().any(ends)
}

/// Where the ending of a long phrase begins that stays on one line, so that no す。 stands alone.
fn ending(phrase: &[char]) -> usize {
    let is_ending = |c: &&char| matches!(kind(**c), Kind::Hiragana | Kind::Closing);
    let length = phrase.iter().rev().take(LONGEST_ENDING).take_while(is_ending).count();
    phrase.len().saturating_sub(length + BEFORE_ENDING)
}

/// How many characters from the start hold together; at least one.
fn phrase_length(characters: &[char]) -> usize {
    let breaks_before = |index: usize| {
        let before = index.checked_sub(2).map(|index| characters[index]);
        let begins_noun = is_prefix(Some(characters[index - 1]), characters[index])
            && characters.get(index + 1).is_some_and(|&noun| kind(noun) == Kind::Content);
        begins_noun || !holds_together(before, characters[index - 1], characters[index])
    };
    (1..characters.len()).find(|&index| breaks_before(index)).unwrap_or(characters.len())
}

/// How wide a text is: a Latin letter one, a kanji two.
pub(super) fn width(text: &str) -> usize {
    let widths = text.chars().filter(|c| !matches!(*c, WORD_JOINER | BREAK_HINT));
    widths.map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

/// Length of the longest word of Latin letters, at which no line breaks.
pub(super) fn longest_latin_word(text: &str) -> usize {
    let words = text.split(|c: char| !c.is_ascii_graphic());
    words.map(str::len).max().unwrap_or_default()
}

fn holds_together(before: Option<char>, character: char, next: char) -> bool {
    match (kind(character), kind(next)) {
        (Kind::Space, _) | (_, Kind::Space | Kind::Opening) => false,
        (Kind::Closing, following) => following == Kind::Closing,
        (Kind::Hiragana, Kind::Content) => {
            is_prefix(before, character) || (before, character, next) == (Some('も'), 'う', '一')
        }
        // を is never anything but the end of a phrase.
        (Kind::Hiragana, Kind::Hiragana) => character != 'を',
        _ => true,
    }
}

/// お and ご before a noun, when a phrase begins with them.
fn is_prefix(before: Option<char>, character: char) -> bool {
    matches!(character, 'お' | 'ご') && before.is_none_or(|before| kind(before) != Kind::Content)
}

fn kind(character: char) -> Kind {
    match character {
        'ー' | '々' | 'ゝ' | 'ゞ' | '\u{FF70}' | '\u{FF9E}' | '\u{FF9F}' => Kind::Continuing,
        '\u{3041}'..='\u{309F}' => Kind::Hiragana,
        '、' | '。' | '，' | '．' | '！' | '？' | '」' | '』' | '）' | '】' | '〉' | '》'
        | '・' | '…' => Kind::Closing,
        '「' | '『' | '（' | '【' | '〈' | '《' => Kind::Opening,
        // A break written into the sentence is one that Pango knows.
        BREAK_HINT => Kind::Space,
        _ if character.is_whitespace() => Kind::Space,
        _ => Kind::Content,
    }
}

#[cfg(test)]
mod tests {
    use stb_core::{
        phrase::{Phrase, catalogue},
        view::Language,
    };

    use super::*;
    use crate::text::Texts;

    /// `|` marks where the line may break.
    #[track_caller]
    fn check(marked: &str) {
        let text = marked.replace('|', "");
        let joined = keep_phrases_together(&text);
        let mut found = String::new();
        let mut characters = joined.chars().peekable();
        while let Some(character) = characters.next() {
            found.push(character);
            match characters.peek() {
                Some(&WORD_JOINER) => drop(characters.next()),
                Some(_) => found.push('|'),
                None => {}
            }
        }
        assert_eq!(found, marked);
    }

    #[test]
    fn lines_break_between_phrases() {
        check("今すぐ|避難してください");
        check("薬と|お薬手帳を|持つ");
        check("ガスと|ブレーカーを|切る。|そのあと|出発");
        check("美波町（|仮）|阿部地区".replace("（|", "|（").as_str());
        check("２階以上に|避難");
        check("まだ|お答えがありません");
        check("番号を|おしてください");
        check("もう一度押して");
        check("マイナンバー|\u{200B}|カードで");
    }

    /// Breaks that tear a word, in a sentence where every name is one kanji.
    fn torn(text: &str) -> Vec<String> {
        let (mut letters, mut breaks) = (Vec::new(), Vec::new());
        let mut may_break = false;
        for letter in keep_phrases_together(text).chars() {
            if letter == WORD_JOINER {
                may_break = false;
                continue;
            }
            if may_break {
                breaks.push(letters.len());
            }
            letters.push(letter);
            may_break = true;
        }
        breaks.retain(|index| tears(&letters, *index));
        let marked = |index: &usize| {
            let (before, after) = letters.split_at(*index);
            before.iter().chain(&['|']).chain(after).collect()
        };
        breaks.iter().map(marked).collect()
    }

    fn tears(letters: &[char], index: usize) -> bool {
        let (before, after) = (letters[index - 1], letters[index]);
        let is_noun = |letter: &char| kind(*letter) == Kind::Content;
        let begins_noun =
            matches!(after, 'お' | 'ご') && letters.get(index + 1).is_some_and(is_noun);
        match (kind(before), kind(after)) {
            (Kind::Closing | Kind::Space, _)
            | (_, Kind::Opening | Kind::Space)
            | (Kind::Hiragana, Kind::Content) => false,
            _ if before.is_ascii() && after.is_ascii() => false,
            _ => !(begins_noun || PARTICLES.contains(&before) || divides_words(letters, index)),
        }
    }

    #[test]
    fn no_sentence_of_the_box_tears_a_word() {
        let mut found = Vec::new();
        for language in [Language::Ja, Language::JaEasy] {
            let texts = Texts::load(language);
            for entry in catalogue() {
                let add = |phrase: Phrase, name: &&'static str| phrase.text(name, "町");
                let phrase = entry.arguments.iter().fold(Phrase::new(entry.id), add);
                found.extend(torn(&texts.render(&phrase)));
            }
        }
        assert!(found.is_empty(), "{found:#?}");
    }

    #[test]
    fn a_run_without_phrases_is_left_to_pango() {
        let name = "日和佐浦字東町西町南町北町集会所";
        assert_eq!(keep_phrases_together(name).replace(WORD_JOINER, ""), name);
        check("日|和|佐|浦|字|東|町|西|町|南|町|北|町|集|会所");
        check("マイナンバーカードでは|ないようです。");
        check("チャンネルも|ためしてください");
        check("顔|認|証|マ|イ|ナ|ン|バ|ー|カ|ードは");
        check("ご協力|ありがとうございました。");
        check("少し|待ってから|もう一度押してください。");
        check("もう一度|知らせてください。");
        check("カードは|入れたままに|してください。");
    }

    #[test]
    fn the_longest_latin_word_is_known() {
        assert_eq!(longest_latin_word("Leave now, please"), 6);
        assert_eq!(longest_latin_word("避難所A棟"), 1);
        assert_eq!(longest_latin_word(""), 0);
    }

    #[test]
    fn other_writing_is_left_alone() {
        assert_eq!(keep_phrases_together("Leave now"), "Leave now");
        assert_eq!(keep_phrases_together(""), "");
    }

    #[test]
    fn nothing_but_joiners_is_added() {
        let text = "ﾊﾝｶｸ 𠮷田 髙橋、4 時〜";
        assert_eq!(keep_phrases_together(text).replace(WORD_JOINER, ""), text);
        let once = keep_phrases_together(text);
        assert_eq!(keep_phrases_together(&once), once);
    }
}
