//! Which card to play.

use serde::{Deserialize, Serialize};

use crate::ca::person::Person;

/// Cards that residents come with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum CardProfile {
    /// An Android phone: the auth certificate only after the PIN.
    Android,
    /// The auth PIN is blocked.
    Blocked,
    /// A child's card: no signature certificate.
    Child,
    /// The certificates' time is over.
    Expired,
    /// 顔認証マイナンバーカード: no PIN was ever set, no signature certificate.
    FaceOnly,
    /// No My Number card at all: every application is absent.
    Foreign,
    /// An iPhone: as Android, another label.
    Iphone,
    /// One try left for the auth PIN.
    LastTry,
    /// The auth certificate was never written.
    NoCertificate,
    /// Everything in order.
    Normal,
    /// Pulled at the moment of signing.
    RemovedDuringSigning,
    /// The announced next generation: P-384 and SHA-384. How such a card will really be asked is
    /// not published; this one takes a hash of 48 bytes and answers with a DER signature.
    P384,
    /// Long name and address with characters that the certificate cannot hold.
    RareCharacters,
    /// Of somebody whose birthday is not known.
    UnknownBirthday,
    /// Issued by a CA of another test hierarchy.
    WrongHierarchy,
}

impl CardProfile {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::Android,
        Self::Blocked,
        Self::Child,
        Self::Expired,
        Self::FaceOnly,
        Self::Foreign,
        Self::Iphone,
        Self::LastTry,
        Self::NoCertificate,
        Self::Normal,
        Self::P384,
        Self::RareCharacters,
        Self::RemovedDuringSigning,
        Self::UnknownBirthday,
        Self::WrongHierarchy,
    ];

    /// Label in the token information.
    pub fn token_label(self) -> &'static str {
        match self {
            Self::Android => "JPKIAPGPSETOKEN",
            Self::Iphone => "JPKIAPIOSTOKEN",
            _ => "JPKIAPICCTOKEN2",
        }
    }

    /// Whose card it is: some profiles are about the person.
    pub(crate) fn person(self, person: &Person) -> Person {
        match self {
            Self::RareCharacters => Person::with_rare_characters(),
            Self::UnknownBirthday => Person::with_unknown_birthday(),
            _ => person.clone(),
        }
    }

    /// The auth certificate can be read only after the PIN.
    pub fn guards_certificate(self) -> bool {
        matches!(self, Self::Android | Self::Iphone)
    }

    /// There is a signature certificate.
    pub fn has_signature(self) -> bool {
        !matches!(self, Self::Child | Self::FaceOnly)
    }

    /// There is 券面事項入力補助AP: on every plastic card.
    pub fn has_text_data(self) -> bool {
        !self.guards_certificate()
    }

    /// Tries the auth PIN begins with, of three.
    pub fn auth_tries(self) -> u8 {
        match self {
            Self::Blocked | Self::FaceOnly => 0,
            Self::LastTry => 1,
            _ => 3,
        }
    }
}
