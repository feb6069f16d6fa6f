//! The version of a box's image: numbers between dots, so that two of them compare alike everywhere.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Numbers of a version.
const NUMBERS_MAX: usize = 4;
/// Digits of one number.
const DIGITS_MAX: usize = 9;

/// A version such as `1.4.0`: one to four numbers without leading zeros. `1.4` is older than `1.4.0`, as
/// `sort -V` has it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = String, pattern = r"^(0|[1-9]\d{0,8})(\.(0|[1-9]\d{0,8})){0,3}$"))]
#[serde(try_from = "String", into = "String")]
pub struct Version(Vec<u32>);

/// The text is no version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoVersion;

impl fmt::Display for NoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "a version has one to four numbers without leading zeros between dots, e.g. 1.4.0",
        )
    }
}

impl std::error::Error for NoVersion {}

impl Version {
    /// Reads a version.
    pub fn parse(text: &str) -> Result<Self, NoVersion> {
        let numbers: Vec<_> = text.split('.').take(NUMBERS_MAX + 1).map(number).collect();
        if numbers.len() > NUMBERS_MAX {
            return Err(NoVersion);
        }
        numbers.into_iter().collect::<Option<_>>().map(Self).ok_or(NoVersion)
    }
}

fn number(text: &str) -> Option<u32> {
    let is_plain = (1..=DIGITS_MAX).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if is_plain { text.parse().ok() } else { None }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, number) in self.0.iter().enumerate() {
            let dot = if place == 0 { "" } else { "." };
            write!(f, "{dot}{number}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for Version {
    type Error = NoVersion;

    fn try_from(text: String) -> Result<Self, NoVersion> {
        Self::parse(&text)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn versions_compare_as_people_expect() {
        let ordered = ["0", "0.9", "0.10", "1.2.3", "1.2.3.1", "1.10", "2"];
        for pair in ordered.windows(2) {
            let [older, newer] = [pair[0], pair[1]].map(|text| Version::parse(text).expect("one"));
            assert!(older < newer, "{older} {newer}");
        }
    }

    #[test]
    fn other_texts_are_no_versions() {
        for text in
            ["", ".", "1.", ".1", "01", "1.02", "v1", "1.2.3.4.5", "1-2", "1,2", "１", "9999999999"]
        {
            assert_eq!(Version::parse(text), Err(NoVersion), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_alike(text in "[0-9.]{0,16}|\\PC{0,12}") {
            if let Ok(version) = Version::parse(&text) {
                prop_assert_eq!(version.to_string(), text);
            }
        }
    }
}
