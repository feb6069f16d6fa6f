//! Where a Japanese line may break.
//!
//! Pango breaks Japanese between any two characters, which tears words apart: くだ・さい. A phrase
//! (文節) nearly always begins where hiragana ends, so between all other characters a word joiner
//! is put. A run that is longer than the line still breaks anywhere.

const WORD_JOINER: char = '\u{2060}';

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
    for (index, &character) in characters.iter().enumerate() {
        joined.push(character);
        let Some(&next) = characters.get(index + 1) else { break };
        let before = index.checked_sub(1).map(|index| characters[index]);
        let begins_noun = is_prefix(Some(character), next)
            && characters.get(index + 2).is_some_and(|&noun| kind(noun) == Kind::Content);
        if !begins_noun && holds_together(before, character, next) {
            joined.push(WORD_JOINER);
        }
    }
    joined
}

/// Length of the longest run without a place to break, in characters.
pub(super) fn longest_phrase(joined: &str) -> usize {
    let mut longest = 0;
    let mut length = 0;
    let mut is_joined = true;
    for character in joined.chars() {
        if character == WORD_JOINER {
            is_joined = true;
            continue;
        }
        let continues = is_joined || (character.is_ascii_graphic() && length > 0);
        length = match (character.is_whitespace(), continues) {
            (true, _) => 0,
            (false, true) => length + 1,
            (false, false) => 1,
        };
        is_joined = false;
        longest = longest.max(length);
    }
    longest
}

fn holds_together(before: Option<char>, character: char, next: char) -> bool {
    match (kind(character), kind(next)) {
        (Kind::Space, _) | (_, Kind::Space | Kind::Opening) => false,
        (Kind::Closing, following) => following == Kind::Closing,
        (Kind::Hiragana, Kind::Content) => is_prefix(before, character),
        // を is never anything but the end of a phrase.
        (Kind::Hiragana, Kind::Hiragana) => character != 'を',
        // Between letters of a Latin word Pango knows better.
        _ => !(character.is_ascii() && next.is_ascii()),
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
        _ if character.is_whitespace() => Kind::Space,
        _ => Kind::Content,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }

    #[test]
    fn the_longest_phrase_is_known() {
        let longest = |text: &str| longest_phrase(&keep_phrases_together(text));
        assert_eq!(longest("今すぐ避難してください"), 8);
        assert_eq!(longest("命を守って"), 3);
        assert_eq!(longest("Leave now please"), 6);
        assert_eq!(longest(""), 0);
        assert_eq!(longest(&"長".repeat(90)), 90);
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
