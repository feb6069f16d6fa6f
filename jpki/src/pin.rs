//! PINs, each for one card operation.
//!
//! A PIN can be given to a flow once; it has no `Debug`, no `Clone` and no way to read it back, and it
//! is wiped when it is dropped.

use zeroize::{Zeroize, ZeroizeOnDrop};

/// Bytes for the card; nobody outside this crate sees them.
pub(crate) trait CardPin {
    fn card_bytes(&self) -> &[u8];
}

/// PIN of the auth certificate: exactly four ASCII digits.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct AuthPin(FourDigits);

/// PIN of 券面事項入力補助AP: exactly four ASCII digits.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct AssistPin(FourDigits);

/// Password of the signature certificate: 6 to 16 capitals and digits.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SignPassword {
    bytes: [u8; SignPassword::LEN_MAX],
    len: usize,
}

#[derive(Zeroize, ZeroizeOnDrop)]
struct FourDigits([u8; AuthPin::DIGITS]);

impl FourDigits {
    fn new(digits: &[u8]) -> Result<Self, PinFormatError> {
        let four: [u8; AuthPin::DIGITS] =
            digits.try_into().map_err(|_| PinFormatError::WrongLength)?;
        let mut pin = Self(four);
        if pin.0.iter().all(u8::is_ascii_digit) {
            return Ok(pin);
        }
        pin.zeroize();
        Err(PinFormatError::NotDigits)
    }
}

impl AuthPin {
    /// Digits of the PIN.
    pub const DIGITS: usize = 4;

    /// Takes ASCII digits, e.g. `b"1234"`. The caller wipes its own copy.
    pub fn from_digits(digits: &[u8]) -> Result<Self, PinFormatError> {
        FourDigits::new(digits).map(Self)
    }
}

impl AssistPin {
    /// Takes ASCII digits, e.g. `b"1234"`. The caller wipes its own copy.
    pub fn from_digits(digits: &[u8]) -> Result<Self, PinFormatError> {
        FourDigits::new(digits).map(Self)
    }
}

impl SignPassword {
    /// Fewest characters.
    pub const LEN_MIN: usize = 6;
    /// Most characters.
    pub const LEN_MAX: usize = 16;

    /// Takes letters and digits, e.g. `b"ABC123"`. Small letters become capitals: the card compares
    /// bytes, and a small letter would cost a try. The caller wipes its own copy.
    pub fn from_ascii(entry: &[u8]) -> Result<Self, PinFormatError> {
        if !(Self::LEN_MIN..=Self::LEN_MAX).contains(&entry.len()) {
            return Err(PinFormatError::WrongLength);
        }
        let mut password = Self { bytes: [0; Self::LEN_MAX], len: entry.len() };
        password.bytes[..entry.len()].copy_from_slice(entry);
        password.bytes.make_ascii_uppercase();
        if password.card_bytes().iter().all(u8::is_ascii_alphanumeric) {
            return Ok(password);
        }
        Err(PinFormatError::NotCapitalsAndDigits)
    }
}

impl CardPin for AuthPin {
    fn card_bytes(&self) -> &[u8] {
        &self.0.0
    }
}

impl CardPin for AssistPin {
    fn card_bytes(&self) -> &[u8] {
        &self.0.0
    }
}

impl CardPin for SignPassword {
    fn card_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// The entry is no PIN; it says nothing about what was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PinFormatError {
    /// Something else than letters and digits.
    #[error("the password must consist of capitals and digits")]
    NotCapitalsAndDigits,
    /// Something else than digits.
    #[error("the PIN must consist of digits")]
    NotDigits,
    /// Too few or too many characters.
    #[error("the PIN has the wrong length")]
    WrongLength,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(entry: &[u8], expected: Result<(), PinFormatError>) {
        assert_eq!(AuthPin::from_digits(entry).map(|_| ()), expected, "{entry:?}");
        assert_eq!(AssistPin::from_digits(entry).map(|_| ()), expected, "{entry:?}");
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

    #[test]
    fn a_password_has_six_to_sixteen_capitals_and_digits() {
        let check = |entry: &[u8], expected: Result<&[u8], PinFormatError>| {
            let found = SignPassword::from_ascii(entry);
            let found = found.as_ref().map(CardPin::card_bytes).map_err(|error| *error);
            assert_eq!(found, expected, "{entry:?}");
        };
        check(b"ABC123", Ok(b"ABC123"));
        check(b"abcXYZ0189abcdef", Ok(b"ABCXYZ0189ABCDEF"));
        check(b"ABC12", Err(PinFormatError::WrongLength));
        check(b"ABCDEFGH123456789", Err(PinFormatError::WrongLength));
        check(b"ABC 123", Err(PinFormatError::NotCapitalsAndDigits));
        check("ＡＢ１".as_bytes(), Err(PinFormatError::NotCapitalsAndDigits));
    }
}
