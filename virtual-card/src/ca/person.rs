//! Whom a certificate is issued to: 基本4情報, all invented.

use const_oid::ObjectIdentifier;
use der::{Any, Tag};
use x509_cert::{
    ext::pkix::name::{GeneralName, OtherName},
    name::Name,
};

use super::{AUTH_PIN, CaError, Purpose, name};
use crate::{card_file::AssistData, profile::CardProfile};

/// Name, address, birth date and sex, as the signature certificate carries them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Family and given name.
    pub name: String,
    /// One `0` or `1` per character of the name: `1` where a character was substituted.
    pub name_substitution: String,
    /// Address.
    pub address: String,
    /// One `0` or `1` per character of the address.
    pub address_substitution: String,
    /// Gregorian `YYYYMMDD`.
    pub birth_date: String,
    /// Sex.
    pub sex: Sex,
    /// Town that keeps the record.
    pub town: Town,
}

/// A municipality, as names of certificates write it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Town {
    /// E.g. `Tokushima-ken`.
    pub prefecture: String,
    /// E.g. `Minami-cho`.
    pub city: String,
}

impl Town {
    /// A town from its two names.
    pub fn new(prefecture: &str, city: &str) -> Self {
        Self { prefecture: prefecture.to_owned(), city: city.to_owned() }
    }

    /// 徳島県美波町, the demonstration town.
    pub fn minami() -> Self {
        Self::new("Tokushima-ken", "Minami-cho")
    }
}

/// Sex as recorded.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
    /// Not known or not applicable.
    Unknown,
}

/// Arc of the attributes; the last number says which.
const ATTRIBUTES: &str = "1.2.392.200149.8.5.5";

/// First day of each era, newest first, and its digit.
const ERAS: [(&str, char); 5] =
    [("20190501", '5'), ("19890108", '4'), ("19261225", '3'), ("19120730", '2'), ("18680125", '1')];

impl Person {
    /// A person in whose name nothing was substituted.
    pub fn new(name: &str, address: &str, birth_date: &str, sex: Sex) -> Self {
        Self {
            name: name.to_owned(),
            name_substitution: "0".repeat(name.chars().count()),
            address: address.to_owned(),
            address_substitution: "0".repeat(address.chars().count()),
            birth_date: birth_date.to_owned(),
            sex,
            town: Town::minami(),
        }
    }

    /// The same person, recorded in another town.
    #[must_use]
    pub fn in_town(self, town: Town) -> Self {
        Self { town, ..self }
    }

    /// Somebody whose name and address are long and hold characters that no certificate can.
    pub fn with_rare_characters() -> Self {
        let name = "長宗我部渡邉齋藤左衛門　〓太郎〓之助";
        let address = format!("徳島県海部郡美波町{}〓番地", "奥河内字本村".repeat(25));
        let marks = |text: &str| text.chars().map(|c| if c == '〓' { '1' } else { '0' }).collect();
        let mut person = Self::new(name, &address, "19281231", Sex::Male);
        person.name_substitution = marks(name);
        person.address_substitution = marks(&address);
        person
    }

    /// Somebody of whose birth only the year is known.
    pub fn with_unknown_birthday() -> Self {
        Self { birth_date: "19350000".to_owned(), ..Self::invented() }
    }

    /// Somebody who does not exist.
    pub fn invented() -> Self {
        Self::new("試験　花子", "徳島県海部郡美波町奥河内字試験１番地", "19410315", Sex::Female)
    }

    /// The subject: an opaque id, never the name.
    pub(super) fn subject(&self, purpose: Purpose, serial: &[u8]) -> Result<Name, CaError> {
        let number = serial.iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        let id = format!("TEST{number:010}36387103A");
        let country = (name::COUNTRY, "JP");
        let common_name = (name::COMMON_NAME, id.as_str());
        match purpose {
            Purpose::Auth => name::distinguished(&[country, common_name]),
            Purpose::Sign => name::distinguished(&[
                country,
                (name::LOCALITY, &self.town.prefecture),
                (name::LOCALITY, &self.town.city),
                common_name,
            ]),
        }
    }

    /// The attributes in the order real cards have them, which no reader may rely on.
    pub(super) fn attributes(&self) -> Result<Vec<GeneralName>, CaError> {
        let sex = match self.sex {
            Sex::Male => "1",
            Sex::Female => "2",
            Sex::Unknown => "3",
        };
        [
            (1, self.name.as_str()),
            (4, &self.birth_with_era()),
            (3, sex),
            (5, &self.address),
            (2, &self.name_substitution),
            (6, &self.address_substitution),
        ]
        .into_iter()
        .map(|(arc, text)| attribute(arc, text))
        .collect()
    }

    /// What the card holds as text, behind the same four digits as the auth PIN.
    pub(super) fn text_data(&self, profile: CardProfile) -> AssistData {
        const TRIES: u8 = 3;
        AssistData {
            name: self.name.clone(),
            address: self.address.clone(),
            birth_date: self.birth_date.clone(),
            sex: match self.sex {
                Sex::Male => '1',
                Sex::Female => '2',
                Sex::Unknown => '9',
            },
            pin: AUTH_PIN.to_owned(),
            tries_left: profile.auth_tries().min(TRIES),
            tries_max: TRIES,
        }
    }

    /// `EYYYYMMDD`: digit of the era, then the Gregorian date.
    fn birth_with_era(&self) -> String {
        let known =
            self.birth_date.len() == 8 && self.birth_date.bytes().all(|b| b.is_ascii_digit());
        let era = ERAS
            .into_iter()
            .find(|(first_day, _)| known && self.birth_date.as_str() >= *first_day)
            .map_or('0', |(_, digit)| digit);
        format!("{era}{}", self.birth_date)
    }
}

fn attribute(arc: u32, text: &str) -> Result<GeneralName, CaError> {
    let base = ObjectIdentifier::new(ATTRIBUTES).map_err(der::Error::from)?;
    Ok(GeneralName::OtherName(OtherName {
        type_id: base.push_arc(arc).map_err(der::Error::from)?,
        value: Any::new(Tag::Utf8String, text.as_bytes())?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(birth_date: &str, expected: &str) {
        let person = Person::new("試験", "美波町", birth_date, Sex::Unknown);
        assert_eq!(person.birth_with_era(), expected);
    }

    #[test]
    fn birth_dates_carry_their_era() {
        check("19410315", "319410315");
        check("19890107", "319890107");
        check("19890108", "419890108");
        check("20190501", "520190501");
        check("19120729", "119120729");
        check("18500101", "018500101");
    }
}
