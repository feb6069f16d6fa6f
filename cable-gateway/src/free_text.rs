//! Text that one person types and others read: on a television, in the audit log, in a terminal.
//!
//! A character that does something instead of being read is refused, never taken out: half of an
//! escape sequence is still nonsense on a television, and who typed it must see what is sent.

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FreeTextFault {
    /// The television shows one paragraph.
    #[error("a line break; write it in one line")]
    LineBreak,
    /// A control character, e.g. the beginning of an escape sequence.
    #[error("a control character; type the text anew instead of pasting it")]
    Control,
    /// A mark that turns the direction of what follows, or that cannot be seen.
    #[error("an invisible mark; type the text anew instead of pasting it")]
    Invisible,
    /// No face of a television has this letter, which would stand there as 〓.
    #[error("a letter that no television can show: {0}")]
    Unshown(char),
    /// Typed, but nothing to read.
    #[error("nothing but blanks")]
    Blank,
}

impl FreeTextFault {
    /// For the person who typed it.
    pub fn words(self) -> String {
        match self {
            Self::LineBreak => "改行は使えません。一行で書いてください。",
            Self::Control => {
                "目に見えない制御文字が入っています。貼り付けた部分を消して、入力し直してください。"
            }
            Self::Invisible => {
                "文字の向きを変える記号など、目に見えない文字が入っています。貼り付けた部分を消して、入力し直してください。"
            }
            Self::Unshown(letter) => {
                return format!(
                    "テレビで表示できない文字「{letter}」が入っています。別の言葉に書きかえてください。"
                );
            }
            Self::Blank => "空白だけの理由は送れません。文字を入力するか、空にしてください。",
        }
        .to_owned()
    }
}

/// Checks one line of text.
pub fn check(text: &str) -> Result<(), FreeTextFault> {
    text.chars().find_map(fault).map_or(Ok(()), Err)
}

/// Checks one line that goes to televisions; an empty one is none, one of blanks is a mistake.
pub fn check_for_television(text: &str) -> Result<(), FreeTextFault> {
    check(text)?;
    if !text.is_empty() && is_blank(text) {
        return Err(FreeTextFault::Blank);
    }
    let unshown = text.chars().find(|c| !is_shown(*c) && !is_unseen(*c));
    unshown.map_or(Ok(()), |letter| Err(FreeTextFault::Unshown(letter)))
}

/// Whether there is nothing to read: blanks of any width, and letters without a form.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || is_unseen(c))
}

/// Letters without a form of their own: fillers, and what chooses the form of the letter before.
const fn is_unseen(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether the faces of the box (BIZ UDGothic, Noto Sans CJK JP) draw it. Of the rare kanji beyond
/// 16 bits they have a part; all of them are taken, since names of places and people need them, and
/// the television puts 〓 for one that it lacks.
const fn is_shown(c: char) -> bool {
    matches!(c,
        ' '..='~' | '\u{a0}'..='\u{17f}' | '\u{386}'..='\u{3ce}' | '\u{401}'..='\u{45f}'
        // Punctuation, units, numerals.
        | '\u{2010}'..='\u{2016}' | '\u{2018}'..='\u{201a}' | '\u{201c}'..='\u{201e}'
        | '\u{2020}'..='\u{2022}' | '\u{2025}'..='\u{2027}' | '‰' | '′' | '″' | '※' | '‼' | '‾'
        | '₩' | '€' | '℃' | '℉' | '№' | '℡' | '\u{212b}' | '\u{2153}'..='\u{2155}'
        | '\u{2160}'..='\u{216b}' | '\u{2170}'..='\u{217b}'
        // Arrows and mathematics.
        | '\u{2190}'..='\u{2199}' | '⇒' | '⇔' | '⇦'..='⇩' | '∀' | '∂' | '∈' | '−' | '√'
        | '∝'..='∠' | '∥'..='∬' | '∴'..='∷' | '≈' | '≒' | '≠' | '≡' | '≤'..='≧' | '≪' | '≫' | '⌒'
        // Marks.
        | '\u{2460}'..='\u{259f}' | '\u{25a0}'..='\u{25ab}' | '△' | '▲' | '▶' | '▷' | '▼' | '▽'
        | '◀' | '◁' | '◆' | '◇' | '○' | '◎'..='◓' | '◯' | '☀'..='☃' | '★' | '☆' | '☎' | '♀' | '♂'
        | '\u{2660}'..='\u{266f}' | '✓' | '\u{2776}'..='\u{277f}' | '➡'
        // Kana, kanji, Hangul, full and half width.
        | '\u{2e80}'..='\u{2fd5}' | '\u{3000}'..='\u{4db5}' | '\u{4e00}'..='\u{9fef}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{fa6d}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{ff01}'..='\u{ff9f}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3ffff}')
}

fn fault(c: char) -> Option<FreeTextFault> {
    match c {
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
            Some(FreeTextFault::LineBreak)
        }
        c if c.is_control() => Some(FreeTextFault::Control),
        // Directions, spaces without width, and the tags of plane 14. What joins characters or
        // chooses the form of a kanji stays.
        '\u{61c}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => Some(FreeTextFault::Invisible),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_can_be_read_is_taken() {
        // A kanji with its variant, a joined emoji, half-width kana, a character beyond 16 bits.
        let texts =
            ["", "日和佐川の水位が上がっています。", "辻\u{e0100}", "👩\u{200d}🚒", "ﾊﾅ 𠮷"];
        for text in texts {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn what_does_something_is_refused() {
        let refused = [
            ("赤\u{1b}[31m文字", FreeTextFault::Control),
            ("\u{9b}31m", FreeTextFault::Control),
            ("a\tb", FreeTextFault::Control),
            ("\u{7f}", FreeTextFault::Control),
            ("一行目\r\n二行目", FreeTextFault::LineBreak),
            ("一行目\u{2028}二行目", FreeTextFault::LineBreak),
            ("右から\u{202e}左へ", FreeTextFault::Invisible),
            ("\u{2066}a\u{2069}", FreeTextFault::Invisible),
            ("\u{feff}先頭", FreeTextFault::Invisible),
        ];
        for (text, fault) in refused {
            assert_eq!(check(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn televisions_get_what_they_can_show() {
        let shown =
            ["", "日和佐川の水位が上がっています。", "辻\u{e0100}", "ﾊﾅ 𠮷・髙﨑～①㈱℡☎→10℃"];
        for text in shown {
            assert_eq!(check_for_television(text), Ok(()), "{text}");
        }
        for letter in ['😀', '🚒', '⚡', '✈', 'ก', 'ا', '\u{e000}', '\u{200d}'] {
            let text = format!("川{letter}");
            assert_eq!(check_for_television(&text), Err(FreeTextFault::Unshown(letter)));
        }
        for text in [" ", "\u{3000}\u{3000}", "\u{a0}", "\u{3164}\u{ad}\u{fe0f}"] {
            assert_eq!(check_for_television(text), Err(FreeTextFault::Blank), "{text:?}");
        }
        assert_eq!(check_for_television("\u{1b}"), Err(FreeTextFault::Control));
    }

    proptest! {
        #[test]
        fn no_control_character_passes(before in ".*", control in "\\p{Cc}", after in ".*") {
            let text = [before, control, after].concat();
            prop_assert!(check(&text).is_err());
        }
    }
}
