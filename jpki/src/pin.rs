//! The four digits of the auth certificate, for one card operation.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// PIN of the auth certificate: exactly four ASCII digits, wiped when dropped.
///
/// It can be given to a flow once; it has no `Debug`, no `Clone` and no way to read it back.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct AuthPin([u8; AuthPin::DIGITS]);

impl AuthPin {
    /// Digits of the PIN.
    pub const DIGITS: usize = 4;

    /// Takes ASCII digits, e.g. `b"1234"`. The caller wipes its own copy.
    pub fn from_digits(digits: &[u8]) -> Result<Self, PinFormatError> {
        let four: [u8; Self::DIGITS] =
            digits.try_into().map_err(|_| PinFormatError::WrongLength)?;
        let mut pin = Self(four);
        if pin.0.iter().all(u8::is_ascii_digit) {
            return Ok(pin);
        }
        pin.zeroize();
        Err(PinFormatError::NotDigits)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; Self::DIGITS] {
        &self.0
    }
}

/// The entry is no PIN; it says nothing about what was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinFormatError {
    /// Something else than digits.
    #[error("the PIN must consist of digits")]
    NotDigits,
    /// Not four of them.
    #[error("the PIN must have four digits")]
    WrongLength,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(entry: &[u8], expected: Result<(), PinFormatError>) {
        assert_eq!(AuthPin::from_digits(entry).map(|_| ()), expected, "{entry:?}");
    }

    #[test]
    fn only_four_digits_are_a_pin() {
        check(b"1234", Ok(()));
        check(b"0000", Ok(()));
        check(b"", Err(PinFormatError::WrongLength));
        check(b"123", Err(PinFormatError::WrongLength));
        check(b"12345", Err(PinFormatError::WrongLength));
        check(b"12a4", Err(PinFormatError::NotDigits));
        check("１".as_bytes(), Err(PinFormatError::WrongLength));
    }
}
