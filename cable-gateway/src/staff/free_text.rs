//! Text that staff type and others read: on a television, in the audit log, in a terminal.
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
}

impl FreeTextFault {
    /// For the person who typed it.
    pub fn words(self) -> &'static str {
        match self {
            Self::LineBreak => "改行は使えません。一行で書いてください。",
            Self::Control => {
                "目に見えない制御文字が入っています。貼り付けた部分を消して、入力し直してください。"
            }
            Self::Invisible => {
                "文字の向きを変える記号など、目に見えない文字が入っています。貼り付けた部分を消して、入力し直してください。"
            }
        }
    }
}

/// Checks one line of text.
pub fn check(text: &str) -> Result<(), FreeTextFault> {
    text.chars().find_map(fault).map_or(Ok(()), Err)
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

    proptest! {
        #[test]
        fn no_control_character_passes(before in ".*", control in "\\p{Cc}", after in ".*") {
            let text = [before, control, after].concat();
            prop_assert!(check(&text).is_err());
        }
    }
}
