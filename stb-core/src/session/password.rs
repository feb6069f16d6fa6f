//! The characters of a password on their way to the card: counted on the screen, the last one seen
//! for a second, kept only here.

use jpki::pin::SignPassword;
use zeroize::{Zeroize, Zeroizing};

use crate::view::Glimpse;

/// How long the character that was typed last is seen.
const SEEN_MS: u64 = 1_000;

/// Characters entered so far, wiped when dropped.
pub(crate) struct PasswordEntry {
    characters: Zeroizing<Vec<u8>>,
    hides_at: Option<u64>,
}

impl PasswordEntry {
    pub(crate) fn new() -> Self {
        // Room for all of them: a vector that grows would leave copies behind.
        let characters = Zeroizing::new(Vec::with_capacity(SignPassword::LEN_MAX));
        Self { characters, hides_at: None }
    }

    /// Takes one capital or digit; false when all are there or it is neither.
    pub(crate) fn push(&mut self, now_ms: u64, character: u8) -> bool {
        let is_allowed = character.is_ascii_uppercase() || character.is_ascii_digit();
        if !is_allowed || self.len() == SignPassword::LEN_MAX {
            return false;
        }
        self.characters.push(character);
        self.hides_at = Some(now_ms + SEEN_MS);
        true
    }

    /// Takes the last character away; false when none is left.
    pub(crate) fn delete(&mut self) -> bool {
        self.hides_at = None;
        let Some(last) = self.characters.last_mut() else { return false };
        *last = 0;
        self.characters.pop().is_some()
    }

    pub(crate) fn len(&self) -> usize {
        self.characters.len()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.len() >= SignPassword::LEN_MIN
    }

    /// The character that may be seen now.
    pub(crate) fn glimpse(&self) -> Option<Glimpse> {
        self.hides_at?;
        self.characters.last().map(|last| Glimpse(char::from(*last)))
    }

    pub(crate) const fn hides_at(&self) -> Option<u64> {
        self.hides_at
    }

    pub(crate) const fn hide(&mut self) {
        self.hides_at = None;
    }

    /// The password, once, when it is long enough.
    pub(crate) fn take(&mut self) -> Option<SignPassword> {
        let password = SignPassword::from_ascii(&self.characters).ok();
        self.characters.zeroize();
        self.hides_at = None;
        password
    }
}

/// Shows how many characters, never which.
impl std::fmt::Debug for PasswordEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PasswordEntry({} characters)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &[u8]) -> PasswordEntry {
        let mut entry = PasswordEntry::new();
        for character in text {
            entry.push(0, *character);
        }
        entry
    }

    #[test]
    fn a_password_has_six_to_sixteen_characters_and_is_taken_once() {
        let mut entry = typed(b"ABC12");
        assert!(!entry.is_complete());
        assert!(!entry.push(0, b'a'), "the keyboard has capitals only");
        assert!(!entry.push(0, b' '));
        assert!(entry.push(0, b'3'));
        assert!(entry.is_complete());
        assert!(entry.take().is_some());
        assert!(entry.take().is_none());
        let mut full = typed(b"ABCDEFGH12345678");
        assert!(!full.push(0, b'9'));
        assert_eq!(full.len(), 16);
    }

    #[test]
    fn a_character_is_deleted_singly() {
        let mut entry = typed(b"AB");
        assert!(entry.delete());
        assert_eq!((entry.len(), entry.glimpse()), (1, None), "the one before stays hidden");
        assert!(entry.delete());
        assert!(!entry.delete());
    }

    #[test]
    fn the_last_character_is_seen_until_it_hides() {
        let mut entry = PasswordEntry::new();
        entry.push(5, b'Q');
        assert_eq!(entry.glimpse(), Some(Glimpse('Q')));
        assert_eq!(entry.hides_at(), Some(1_005));
        entry.hide();
        assert_eq!(entry.glimpse(), None);
    }

    #[test]
    fn the_characters_are_never_printed() {
        let entry = typed(b"QQ");
        assert_eq!(
            format!("{entry:?} {:?}", entry.glimpse()),
            "PasswordEntry(2 characters) Some(Glimpse(..))"
        );
    }
}
