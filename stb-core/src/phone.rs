//! A telephone number to be called: as it is written, and digit by digit as it is read aloud.

use crate::phrase::Phrase;

/// Fewest and most digits; the gateway's configuration says the same.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=15;
/// How the digits are read in a number, from zero on.
const READINGS: [&str; 10] =
    ["ゼロ", "イチ", "ニー", "サン", "ヨン", "ゴー", "ロク", "ナナ", "ハチ", "キュー"];

/// The number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// None when it is no number: better none than one that nobody can call.
    pub fn new(text: &str) -> Option<Self> {
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_clean = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        (is_clean && DIGITS.contains(&digits)).then(|| Self(text.to_owned()))
    }

    pub(crate) fn written(&self) -> &str {
        &self.0
    }

    /// In katakana, with a pause at each hyphen.
    pub(crate) fn reading(&self) -> String {
        let read = |byte: u8| match byte {
            b'0'..=b'9' => READINGS[usize::from(byte - b'0')],
            _ => "、",
        };
        self.0.bytes().map(read).collect()
    }
}

/// A sentence that says whom to call, with the number where it is known.
pub(crate) fn named(
    phone: Option<&Phone>,
    without: fn() -> Phrase,
    with: fn(&str, &str) -> Phrase,
) -> Phrase {
    phone.map_or_else(without, |phone| with(phone.written(), &phone.reading()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_digit_by_digit() {
        let read = |text| Phone::new(text).map(|phone| phone.reading());
        let expected = "ゼロハチハチヨン、ゼロイチ、ニーサンゴーロクナナキュー";
        assert_eq!(read("0884-01-235679").as_deref(), Some(expected));
        assert_eq!(read("119").as_deref(), Some("イチイチキュー"));
    }

    #[test]
    fn what_is_no_number_is_not_shown() {
        for text in
            ["", "11", "----", "0884 00 0000", "0884-00-000x", "1234567890123456", "０８８４"]
        {
            assert_eq!(Phone::new(text), None, "{text}");
        }
    }
}
