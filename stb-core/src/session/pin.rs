//! The digits of a PIN on their way to the card: counted on the screen, kept only here.

use jpki::pin::AuthPin;
use zeroize::{Zeroize, Zeroizing};

/// Digits entered so far, wiped when dropped.
pub(crate) struct PinEntry {
    digits: Zeroizing<Vec<u8>>,
}

impl PinEntry {
    pub(crate) fn new() -> Self {
        Self { digits: Zeroizing::new(Vec::with_capacity(AuthPin::DIGITS)) }
    }

    /// Takes one digit; false when all are there.
    pub(crate) fn push(&mut self, digit: u8) -> bool {
        if digit > 9 || self.is_complete() {
            return false;
        }
        self.digits.push(b'0' + digit);
        true
    }

    /// 訂正: away with all of them, as at every cash machine; masked digits cannot be mended singly.
    pub(crate) fn clear(&mut self) {
        self.digits.zeroize();
    }

    pub(crate) fn len(&self) -> usize {
        self.digits.len()
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.digits.len() == AuthPin::DIGITS
    }

    /// The PIN, once, when all digits are there.
    pub(crate) fn take(&mut self) -> Option<AuthPin> {
        let pin = AuthPin::from_digits(&self.digits).ok();
        self.clear();
        pin
    }
}

/// Shows how many digits, never which.
impl std::fmt::Debug for PinEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PinEntry({} digits)", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_is_taken_once_and_only_when_complete() {
        let mut entry = PinEntry::new();
        for digit in [1, 2, 3] {
            assert!(entry.push(digit));
        }
        assert!(!entry.is_complete());
        assert!(!entry.push(12));
        assert!(entry.push(4));
        assert!(!entry.push(5));
        assert!(entry.take().is_some());
        assert!(entry.take().is_none());
        assert_eq!(entry.len(), 0);
    }

    #[test]
    fn an_incomplete_pin_is_wiped_when_taken() {
        let mut entry = PinEntry::new();
        entry.push(7);
        assert!(entry.take().is_none());
        assert_eq!(entry.len(), 0);
    }

    #[test]
    fn the_digits_are_never_printed() {
        let mut entry = PinEntry::new();
        entry.push(7);
        entry.push(7);
        assert_eq!(format!("{entry:?}"), "PinEntry(2 digits)");
    }
}
