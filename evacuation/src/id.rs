//! Names of things as they travel: short, printable, checked once where they enter.

use std::{fmt, str::FromStr};

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing there.
    #[error("the id is empty")]
    Empty,
    /// More characters than its kind allows.
    #[error("the id is longer than {0} characters")]
    TooLong(usize),
    /// Something else than printable ASCII without spaces.
    #[error("the id holds a character that is not printable ASCII")]
    Character,
    /// Not six digits, or not 32 hexadecimal digits.
    #[error("the code does not have its form")]
    Form,
    /// The last digit does not follow from the others.
    #[error("the check digit is wrong")]
    CheckDigit,
}

/// The text when it is a printable ASCII id of at most `max` characters.
pub(crate) fn checked(text: String, max: usize) -> Result<String, IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > max {
        return Err(IdError::TooLong(max));
    }
    if text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(text)
    } else {
        Err(IdError::Character)
    }
}

/// 128-bit id of an order, drawn at random by the town's console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub [u8; 16]);

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for OrderId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(IdError::Form);
        }
        u128::from_str_radix(text, 16)
            .map(|number| Self(number.to_be_bytes()))
            .map_err(|_| IdError::Form)
    }
}

/// 6-digit municipality code (全国地方公共団体コード) with a correct check digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Issuer(String);

impl Issuer {
    /// Takes six ASCII digits whose last one is the check digit.
    pub fn new(code: impl Into<String>) -> Result<Self, IdError> {
        let code = code.into();
        let digits: Vec<u32> = code.chars().filter_map(|c| c.to_digit(10)).collect();
        if code.len() != 6 || digits.len() != 6 {
            return Err(IdError::Form);
        }
        if check_digit(&digits[..5]) == digits[5] {
            Ok(Self(code))
        } else {
            Err(IdError::CheckDigit)
        }
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Last digit of eleven minus the weighted sum modulo eleven.
fn check_digit(digits: &[u32]) -> u32 {
    let sum: u32 = digits.iter().zip([6, 5, 4, 3, 2]).map(|(digit, weight)| digit * weight).sum();
    (11 - sum % 11) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_issuer(code: &str, expected: Result<(), IdError>) {
        assert_eq!(Issuer::new(code).map(|_| ()), expected, "{code}");
    }

    #[test]
    fn issuer_needs_six_digits_and_the_right_last_one() {
        check_issuer("363871", Ok(()));
        check_issuer("363880", Ok(()));
        check_issuer("363839", Ok(()));
        check_issuer("131016", Ok(()));
        check_issuer("011002", Ok(()));
        check_issuer("363872", Err(IdError::CheckDigit));
        check_issuer("36387", Err(IdError::Form));
        check_issuer("3638710", Err(IdError::Form));
        check_issuer("36387x", Err(IdError::Form));
        check_issuer("３６", Err(IdError::Form));
        check_issuer("", Err(IdError::Form));
    }

    #[test]
    fn order_id_reads_back_what_it_shows() {
        let id = OrderId([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255]);
        assert_eq!(id.to_string(), "000102030405060708090a0b0c0d0eff");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("+0102030405060708090a0b0c0d0e0ff".parse::<OrderId>(), Err(IdError::Form));
        assert_eq!("0001".parse::<OrderId>(), Err(IdError::Form));
    }
}
