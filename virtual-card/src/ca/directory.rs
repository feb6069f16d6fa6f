//! A hierarchy on disk: one JSON file with the keys, and each CA certificate as DER for the
//! gateway's configuration.

use std::{
    io,
    path::{Path, PathBuf},
};

use der::Decode as _;
use jpki::trust::HierarchyProfile;
use serde::{Deserialize, Serialize};
use x509_cert::Certificate;

use super::{Ca, CaError, Generation, Purpose, TestHierarchy, extension};
use crate::{
    card_file::{Base64Bytes, Credential, NOTICE},
    keys::SecretKey,
};

const FILE: &str = "ca.json";
/// Most bytes of the file; three generations need about 20 KiB.
const FILE_LEN_MAX: u64 = 1024 * 1024;

/// Why a hierarchy could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// A stored CA is broken.
    #[error("{FILE}: a stored CA is broken")]
    BrokenCa,
    /// A certificate or key cannot be encoded.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Not a hierarchy.
    #[error("{FILE}: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Larger than any hierarchy.
    #[error("{FILE} is too large")]
    TooLarge,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredHierarchy {
    notice: String,
    next_serial: u32,
    generations: Vec<StoredGeneration>,
    next: StoredGeneration,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredGeneration {
    auth: StoredCa,
    sign: StoredCa,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredCa {
    certificate: Base64Bytes,
    key: Base64Bytes,
}

impl StoredCa {
    fn of(ca: &Ca) -> Result<Self, CaError> {
        Ok(Self {
            certificate: Base64Bytes(ca.certificate_der.clone()),
            key: Credential::encode_key(&ca.key)?,
        })
    }

    fn open(self) -> Option<Ca> {
        let certificate = Certificate::from_der(&self.certificate.0).ok()?.tbs_certificate;
        Some(Ca {
            key_id: extension::key_id(&certificate.subject_public_key_info),
            name: certificate.subject,
            certificate_der: self.certificate.0,
            key: SecretKey::from_pkcs8(&self.key.0).ok()?,
        })
    }
}

impl StoredGeneration {
    fn open(self) -> Option<Generation> {
        Some(Generation { auth: self.auth.open()?, sign: self.sign.open()? })
    }
}

fn stored(generation: &Generation) -> Result<StoredGeneration, CaError> {
    Ok(StoredGeneration {
        auth: StoredCa::of(&generation.auth)?,
        sign: StoredCa::of(&generation.sign)?,
    })
}

impl TestHierarchy {
    /// Writes `ca.json` and, per generation, `auth-ca-01.der` and `sign-ca-01.der`, oldest first
    /// and the announced one last.
    pub fn save(&self, directory: &Path) -> Result<(), DirectoryError> {
        std::fs::create_dir_all(directory).map_err(file_error(directory))?;
        let stored = StoredHierarchy {
            notice: NOTICE.to_owned(),
            next_serial: self.next_serial,
            generations: self.generations.iter().map(stored).collect::<Result<_, _>>()?,
            next: stored(&self.next)?,
        };
        write(&directory.join(FILE), &serde_json::to_vec_pretty(&stored)?)?;
        for (index, generation) in self.generations.iter().chain([&self.next]).enumerate() {
            for (purpose, kind) in [(Purpose::Auth, "auth"), (Purpose::Sign, "sign")] {
                let path = directory.join(format!("{kind}-ca-{:02}.der", index + 1));
                write(&path, &generation.ca(purpose).certificate_der)?;
            }
        }
        Ok(())
    }

    /// Reads a hierarchy back. Only the project's own test hierarchy is stored.
    pub fn load(directory: &Path) -> Result<Self, DirectoryError> {
        let path = directory.join(FILE);
        if std::fs::metadata(&path).map_err(file_error(&path))?.len() > FILE_LEN_MAX {
            return Err(DirectoryError::TooLarge);
        }
        let text = std::fs::read(&path).map_err(file_error(&path))?;
        let stored: StoredHierarchy = serde_json::from_slice(&text)?;
        let generations: Option<Vec<_>> =
            stored.generations.into_iter().map(StoredGeneration::open).collect();
        match (generations, stored.next.open()) {
            (Some(generations), Some(next)) if !generations.is_empty() => Ok(Self {
                next,
                profile: HierarchyProfile::hitokoe_test(),
                generations,
                next_serial: stored.next_serial,
            }),
            _ => Err(DirectoryError::BrokenCa),
        }
    }
}

fn write(path: &Path, content: &[u8]) -> Result<(), DirectoryError> {
    std::fs::write(path, content).map_err(file_error(path))
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> DirectoryError {
    let path = path.to_owned();
    |source| DirectoryError::File { path, source }
}
