//! Digits that may be seen while they are typed: a service's number, a letter's code.

use zeroize::Zeroizing;

use crate::{
    nav::{Choice, Command, Draft},
    phrase::{Phrase, say},
    view::{Body, Layout, PageKind},
};

/// Keys of the pad from left to right, top to bottom, before 訂正, 0 and 決定.
const PAD_DIGITS: [u8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/// Digits entered so far, wiped when dropped.
pub(crate) struct DigitEntry {
    digits: Zeroizing<String>,
    wanted: usize,
}

/// A key of the pad on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PadKey {
    Digit(u8),
    /// Takes the last digit away: seen digits can be mended singly.
    Delete,
    Submit,
}

impl DigitEntry {
    pub(crate) fn new(wanted: usize) -> Self {
        Self { digits: Zeroizing::new(String::with_capacity(wanted)), wanted }
    }

    /// Takes one digit; false when all are there.
    pub(crate) fn push(&mut self, digit: u8) -> bool {
        if digit > 9 || self.is_complete() {
            return false;
        }
        self.digits.push(char::from(b'0' + digit));
        true
    }

    /// Takes the last digit away; false when none is left.
    pub(crate) fn delete(&mut self) -> bool {
        self.digits.pop().is_some()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.digits.len() == self.wanted
    }

    /// What 決定 says about a number that is not complete.
    pub(crate) fn missing(&self) -> Phrase {
        let missing = self.wanted.saturating_sub(self.digits.len());
        say::digits_missing(i64::try_from(missing).unwrap_or(i64::MAX))
    }

    pub(crate) fn digits(&self) -> &str {
        &self.digits
    }

    /// A page with these digits and the pad.
    pub(crate) fn draft(
        &self,
        kind: PageKind,
        title: Phrase,
        command: impl Fn(PadKey) -> Command,
    ) -> Draft {
        let key = |label: Phrase, key: PadKey| Choice::new(label, None, command(key));
        let digit = |digit: u8| key(say::pad_digit(digit.into()), PadKey::Digit(digit));
        let body = Body::Digits {
            digits: self.digits.to_string(),
            wanted: u8::try_from(self.wanted).unwrap_or(u8::MAX),
        };
        let mut draft = Draft::new(kind, title, Layout::KeyPad).body(body).hint(say::hint_digits());
        draft.choices.extend(PAD_DIGITS.map(digit));
        draft
            .choice(key(say::pad_delete(), PadKey::Delete))
            .choice(digit(0))
            .choice(key(say::pad_submit(), PadKey::Submit))
    }
}

/// Shows how many digits, never which.
impl std::fmt::Debug for DigitEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DigitEntry({} of {})", self.digits.len(), self.wanted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_come_and_go_one_by_one() {
        let mut entry = DigitEntry::new(3);
        assert!(!entry.delete());
        for digit in [1, 2, 3] {
            assert!(entry.push(digit));
        }
        assert!(entry.is_complete());
        assert!(!entry.push(4));
        assert!(entry.delete());
        assert!(!entry.push(11), "the key 11 is no digit");
        assert_eq!(entry.digits(), "12");
        assert_eq!(format!("{entry:?}"), "DigitEntry(2 of 3)");
    }
}
