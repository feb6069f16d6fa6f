//! 基本4情報: name, address, birth date and sex in the signature certificate.
//!
//! They stand in the subject alternative name as other names below one arc, in no particular order.
//! Names that are not known here are ignored: furigana and former surnames are announced. Characters
//! that the certificate cannot hold are substituted and marked; a text with marks must not be
//! compared strictly, so the marks travel with it.

use std::fmt;

use zeroize::Zeroize;

use crate::tlv::{self, OBJECT_IDENTIFIER, SEQUENCE, UTF8_STRING, context};

/// Content of the arc 1.2.392.200149.8.5.5; one more byte says which attribute.
const ARC: &[u8] = &[0x2A, 0x83, 0x08, 0x8C, 0x9B, 0x55, 0x08, 0x05, 0x05];
/// Most characters of a text; addresses have up to 200.
const CHARS_MAX: usize = 400;
/// Most names in one extension.
const NAMES_MAX: usize = 64;
/// `EYYYYMMDD`.
const BIRTH_LEN: usize = 9;

/// What the signature certificate says about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct BasicAttributes {
    /// 氏名.
    pub name: RecordedText,
    /// 住所.
    pub address: RecordedText,
    /// 生年月日.
    pub birth_date: BirthDate,
    /// 性別.
    pub sex: Sex,
}

/// Shows nothing of the person.
impl fmt::Debug for BasicAttributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BasicAttributes(..)")
    }
}

/// A text and which of its characters stand for others. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordedText {
    text: String,
    substitution: Substitution,
}

/// Which characters of a text stand for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Substitution {
    /// One mark per character: true where the recorded character could not be written.
    Marked(Vec<bool>),
    /// Marks and characters differ in number, so any character may be a substitute.
    Unclear,
}

impl RecordedText {
    /// The text as the certificate has it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its marks.
    pub fn substitution(&self) -> &Substitution {
        &self.substitution
    }

    /// Whether it may be compared strictly: no character stands for another.
    pub fn is_exact(&self) -> bool {
        match &self.substitution {
            Substitution::Marked(marks) => !marks.contains(&true),
            Substitution::Unclear => false,
        }
    }

    /// Whether it can be this text: as long, and equal wherever no mark stands. A text whose marks
    /// are unclear matches nothing; people have to look.
    pub fn may_be(&self, other: &str) -> bool {
        let Substitution::Marked(marks) = &self.substitution else { return false };
        marks.len() == other.chars().count()
            && self.text.chars().zip(other.chars()).zip(marks).all(|((a, b), mark)| *mark || a == b)
    }

    fn new(text: &str, flags: &str) -> Result<Self, AttributeError> {
        let marks: Option<Vec<bool>> = flags
            .chars()
            .map(|flag| match flag {
                '0' => Some(false),
                '1' => Some(true),
                _ => None,
            })
            .collect();
        let marks = marks.ok_or(AttributeError::BadFlags)?;
        let chars = text.chars().count();
        if chars == 0 || chars > CHARS_MAX || text.chars().any(char::is_control) {
            return Err(AttributeError::BadText);
        }
        let is_clear = marks.len() == chars;
        let substitution =
            if is_clear { Substitution::Marked(marks) } else { Substitution::Unclear };
        Ok(Self { text: text.to_owned(), substitution })
    }
}

/// Shows nothing of the text.
impl fmt::Debug for RecordedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordedText(.., exact: {})", self.is_exact())
    }
}

impl Drop for RecordedText {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// 性別.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
    /// Not known or not applicable; the code for it differs between sources.
    NotApplicable,
}

/// Era of a birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Era {
    /// Not known.
    Unknown,
    /// 明治.
    Meiji,
    /// 大正.
    Taisho,
    /// 昭和.
    Showa,
    /// 平成.
    Heisei,
    /// 令和.
    Reiwa,
}

/// 生年月日: the date is Gregorian whatever the era says; parts of it may not be known.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BirthDate {
    /// Era.
    pub era: Era,
    /// Gregorian year.
    pub year: Option<u16>,
    /// 1 to 12.
    pub month: Option<u8>,
    /// 1 to 31.
    pub day: Option<u8>,
}

/// Shows nothing of the date.
impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(..)")
    }
}

impl BirthDate {
    /// `YYYYMMDD`, with zeros for what is not known.
    pub fn digits(&self) -> String {
        let (year, month, day) = (self.year, self.month, self.day);
        format!("{:04}{:02}{:02}", year.unwrap_or(0), month.unwrap_or(0), day.unwrap_or(0))
    }

    fn parse(text: &str) -> Option<Self> {
        if text.len() != BIRTH_LEN || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let era = match &text[..1] {
            "0" => Era::Unknown,
            "1" => Era::Meiji,
            "2" => Era::Taisho,
            "3" => Era::Showa,
            "4" => Era::Heisei,
            "5" => Era::Reiwa,
            _ => return None,
        };
        let date = GregorianParts::parse(&text[1..])?;
        Some(Self { era, year: date.year, month: date.month, day: date.day })
    }
}

/// `YYYYMMDD` with zeros for what is not known.
#[derive(Clone, Copy)]
pub(crate) struct GregorianParts {
    pub(crate) year: Option<u16>,
    pub(crate) month: Option<u8>,
    pub(crate) day: Option<u8>,
}

impl GregorianParts {
    pub(crate) fn parse(digits: &str) -> Option<Self> {
        if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let year: u16 = digits[..4].parse().ok()?;
        let month: u8 = digits[4..6].parse().ok()?;
        let day: u8 = digits[6..].parse().ok()?;
        (month <= 12 && day <= 31).then_some(Self {
            year: (year > 0).then_some(year),
            month: (month > 0).then_some(month),
            day: (day > 0).then_some(day),
        })
    }
}

/// Why attributes are not as they must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum AttributeError {
    /// The birth date is no era and date.
    #[error("the birth date is malformed")]
    BadBirthDate,
    /// A substitution flag is neither 0 nor 1.
    #[error("the substitution flags are malformed")]
    BadFlags,
    /// Empty, too long, or with control characters.
    #[error("a text is empty, too long, or holds control characters")]
    BadText,
    /// The extension is not strict DER.
    #[error("the names are not well formed")]
    Malformed,
    /// One of the six is not there.
    #[error("an attribute is missing")]
    Missing,
    /// One of the six stands there twice.
    #[error("an attribute stands there twice")]
    Twice,
}

/// Reads the content of the subject alternative name.
pub(crate) fn parse(extension_value: &[u8]) -> Result<BasicAttributes, AttributeError> {
    let found = Found::read(extension_value)?;
    let [name, name_flags, sex, birth, address, address_flags] = found.0;
    let present = |text: Option<&'_ str>| text.map(str::to_owned).ok_or(AttributeError::Missing);
    let sex = match present(sex)?.as_str() {
        "1" => Sex::Male,
        "2" => Sex::Female,
        _ => Sex::NotApplicable,
    };
    let birth_date = BirthDate::parse(&present(birth)?).ok_or(AttributeError::BadBirthDate)?;
    Ok(BasicAttributes {
        name: RecordedText::new(&present(name)?, &present(name_flags)?)?,
        address: RecordedText::new(&present(address)?, &present(address_flags)?)?,
        birth_date,
        sex,
    })
}

/// Texts by their last arc less one.
#[derive(Default)]
struct Found<'a>([Option<&'a str>; 6]);

impl<'a> Found<'a> {
    fn read(extension_value: &'a [u8]) -> Result<Self, AttributeError> {
        let names = tlv::read_only(extension_value, SEQUENCE).map_err(malformed)?;
        let (mut found, mut rest) = (Self::default(), names.value);
        for _ in 0..NAMES_MAX {
            if rest.is_empty() {
                return Ok(found);
            }
            let (name, after) = tlv::read(rest).map_err(malformed)?;
            rest = after;
            if name.tag == context(0) {
                found.take(name.value)?;
            }
        }
        Err(AttributeError::Malformed)
    }

    /// Takes one other name; one that is not known is left alone, whatever it holds.
    fn take(&mut self, other_name: &'a [u8]) -> Result<(), AttributeError> {
        let (id, value) = tlv::read_tagged(other_name, OBJECT_IDENTIFIER).map_err(malformed)?;
        let Some([arc @ 1..=6]) = id.value.strip_prefix(ARC) else { return Ok(()) };
        let value = tlv::read_only(value, context(0)).map_err(malformed)?;
        let text = tlv::read_only(value.value, UTF8_STRING).map_err(malformed)?;
        let text = std::str::from_utf8(text.value).map_err(|_| AttributeError::Malformed)?;
        let place = &mut self.0[usize::from(*arc) - 1];
        match place.replace(text) {
            None => Ok(()),
            Some(_) => Err(AttributeError::Twice),
        }
    }
}

fn malformed(_: tlv::TlvError) -> AttributeError {
    AttributeError::Malformed
}

#[cfg(test)]
mod tests;
