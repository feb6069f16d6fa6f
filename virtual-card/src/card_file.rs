//! A card as a JSON file: what the issuer wrote and how many tries are left.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{keys::SecretKey, profile::CardProfile};

/// Most bytes of a card file.
const FILE_LEN_MAX: u64 = 64 * 1024;

/// Stands at the head of every file.
pub const NOTICE: &str = "TEST ONLY: a software card with published secrets; proves nothing";

/// Everything on one card.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardFile {
    /// [`NOTICE`].
    pub notice: String,
    /// How the card behaves.
    pub profile: CardProfile,
    /// Whose card it is; for people who pick a file, the card's chip does not know it.
    pub holder_name: String,
    /// Auth certificate, key and PIN.
    pub auth: Credential,
    /// Signature certificate, key and password.
    pub sign: Option<Credential>,
    /// Text data of the holder; a phone has none.
    #[serde(default)]
    pub assist: Option<AssistData>,
}

/// What 券面事項入力補助AP holds. There is no My Number here, not even an invented one.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssistData {
    /// 氏名.
    pub name: String,
    /// 住所.
    pub address: String,
    /// Gregorian `YYYYMMDD`.
    pub birth_date: String,
    /// `1` male, `2` female, `9` not applicable.
    pub sex: char,
    /// Four digits.
    pub pin: String,
    /// Tries left.
    pub tries_left: u8,
    /// Tries after a correct PIN.
    pub tries_max: u8,
}

/// One certificate with its key and PIN.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// DER; empty when it was never written.
    pub certificate: Base64Bytes,
    /// DER of the CA that issued it.
    pub ca_certificate: Base64Bytes,
    /// PKCS#8, DER.
    pub key: Base64Bytes,
    /// PIN or password.
    pub pin: String,
    /// Tries left.
    pub tries_left: u8,
    /// Tries after a correct PIN.
    pub tries_max: u8,
}

impl Credential {
    /// The key, ready to sign.
    pub fn private_key(&self) -> Result<SecretKey, CardFileError> {
        SecretKey::from_pkcs8(&self.key.0).map_err(|_| CardFileError::BrokenKey)
    }

    /// The key as it is stored.
    pub fn encode_key(key: &SecretKey) -> Result<Base64Bytes, CardFileError> {
        key.to_pkcs8().map(Base64Bytes).map_err(|_| CardFileError::BrokenKey)
    }
}

/// Bytes, base64 in JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Base64Bytes(pub Vec<u8>);

impl From<Base64Bytes> for String {
    fn from(bytes: Base64Bytes) -> Self {
        STANDARD.encode(bytes.0)
    }
}

impl TryFrom<String> for Base64Bytes {
    type Error = base64::DecodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        STANDARD.decode(text).map(Self)
    }
}

/// Why a card file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CardFileError {
    /// A key in it does not parse.
    #[error("a key of the card is broken")]
    BrokenKey,
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not a card file.
    #[error("{path} is not a card file: {source}")]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// Larger than any card file.
    #[error("{path} is too large for a card file")]
    TooLarge {
        /// Which.
        path: PathBuf,
    },
}

impl CardFile {
    /// Reads a card.
    pub fn load(path: &Path) -> Result<Self, CardFileError> {
        let file_error = |source| CardFileError::File { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(file_error)?.len() > FILE_LEN_MAX {
            return Err(CardFileError::TooLarge { path: path.to_owned() });
        }
        let text = std::fs::read(path).map_err(file_error)?;
        serde_json::from_slice(&text)
            .map_err(|source| CardFileError::Malformed { path: path.to_owned(), source })
    }

    /// Writes a card; a reader sees the old or the new file, never half of one.
    pub fn save(&self, path: &Path) -> Result<(), CardFileError> {
        let text = serde_json::to_vec_pretty(self)
            .map_err(|source| CardFileError::Malformed { path: path.to_owned(), source })?;
        let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        write_whole(directory.unwrap_or(Path::new(".")), path, &text)
            .map_err(|source| CardFileError::File { path: path.to_owned(), source })
    }
}

fn write_whole(directory: &Path, path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut draft = tempfile::NamedTempFile::new_in(directory)?;
    draft.write_all(text)?;
    draft.persist(path)?;
    Ok(())
}
