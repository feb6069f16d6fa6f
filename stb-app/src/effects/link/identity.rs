//! Who this box is: its key, its certificate and what enrolment said.

use std::{
    fs, io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use gateway_api::enrolment::EnrolmentAnswer;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use stb_core::config::Enrolled;
use zeroize::Zeroizing;

use crate::effects::file::replace;

/// The enrolled device.
#[derive(Clone)]
pub struct Identity {
    /// Device id.
    pub device_id: String,
    /// Name of the gateway.
    pub gateway_id: String,
    /// Public key that signs the town's key manifests.
    pub manifest_root_key: [u8; 32],
    pub(super) certificate_chain_pem: String,
    pub(super) key_pem: Zeroizing<String>,
    /// As enrolment answered, with the present certificate.
    answer: EnrolmentAnswer,
    folder: Folder,
}

/// Why the identity cannot be read or made.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// A file cannot be read or written.
    #[error("{file}: {cause}")]
    File {
        /// File.
        file: PathBuf,
        /// Cause.
        cause: std::io::Error,
    },
    /// What enrolment left does not parse.
    #[error("{file}: {cause}; remove the folder and enrol the box again with a new code")]
    Damaged {
        /// File.
        file: PathBuf,
        /// Cause.
        cause: String,
    },
    /// The key or the request cannot be made.
    #[error("device key: {0}")]
    Key(#[from] rcgen::Error),
}

const KEY_FILE: &str = "key.pem";
/// A key that nobody can use any more is kept beside the new one.
const UNUSABLE_KEY_FILE: &str = "key.pem.unusable";

/// The folder `device` below the data folder: `key.pem` (0600) and `enrolment.json`.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl From<&Identity> for Enrolled {
    fn from(identity: &Identity) -> Self {
        Self {
            device_id: identity.device_id.clone(),
            gateway_id: identity.gateway_id.clone(),
            manifest_root_key: identity.manifest_root_key,
        }
    }
}

impl Identity {
    /// The identity from an earlier enrolment, when there was one.
    pub fn load(data_dir: &Path) -> Result<Option<Self>, IdentityError> {
        let folder = Folder::below(data_dir);
        let (answer_file, key_file) = (folder.answer(), folder.key());
        if !answer_file.exists() {
            return Ok(None);
        }
        let text = read(&answer_file)?;
        let answer: EnrolmentAnswer = serde_json::from_str(&text).map_err(|error| {
            IdentityError::Damaged { file: answer_file.clone(), cause: error.to_string() }
        })?;
        let key_pem = Zeroizing::new(read(&key_file)?);
        Self::new(answer, key_pem, folder)
            .map(Some)
            .map_err(|cause| IdentityError::Damaged { file: answer_file, cause })
    }

    fn new(
        answer: EnrolmentAnswer,
        key_pem: Zeroizing<String>,
        folder: Folder,
    ) -> Result<Self, String> {
        KeyPair::from_pem(&key_pem).map_err(|error| format!("{KEY_FILE}: {error}"))?;
        let key = STANDARD.decode(&answer.manifest_root_key).map_err(|error| error.to_string())?;
        let manifest_root_key =
            key.try_into().map_err(|_| "manifest root key is not 32 bytes".to_owned())?;
        Ok(Self {
            device_id: answer.device_id.clone(),
            gateway_id: answer.gateway_id.clone(),
            manifest_root_key,
            certificate_chain_pem: answer.certificate_chain_pem.clone(),
            key_pem,
            answer,
            folder,
        })
    }

    /// A request for the next certificate, for the same key: one file is replaced, and never half a pair.
    pub(super) fn certificate_request(&self) -> Result<String, IdentityError> {
        request_for(&KeyPair::from_pem(&self.key_pem)?)
    }

    /// The same box with another certificate; nothing is kept yet.
    pub(super) fn with_certificate(&self, certificate_chain_pem: String) -> Self {
        let answer = EnrolmentAnswer {
            certificate_chain_pem: certificate_chain_pem.clone(),
            ..self.answer.clone()
        };
        Self { certificate_chain_pem, answer, ..self.clone() }
    }

    /// Keeps the identity for the next start.
    pub(super) fn keep(&self) -> Result<(), IdentityError> {
        self.folder.write_answer(&self.answer)
    }
}

impl Folder {
    pub(super) fn below(data_dir: &Path) -> Self {
        Self(data_dir.join("device"))
    }

    fn key(&self) -> PathBuf {
        self.0.join(KEY_FILE)
    }

    fn answer(&self) -> PathBuf {
        self.0.join("enrolment.json")
    }

    /// A request for the key of this box. A key from an interrupted enrolment is used again, so
    /// that the gateway can recognise the repetition; one that a disk does not give is not replaced, one that is no
    /// key any more is put aside.
    pub(super) fn certificate_request(&self) -> Result<String, IdentityError> {
        let key = match read(&self.key()) {
            Ok(pem) => KeyPair::from_pem(&Zeroizing::new(pem)).ok(),
            Err(IdentityError::File { cause, .. }) if is_no_text(&cause) => None,
            Err(unreadable) => return Err(unreadable),
        };
        match key {
            Some(key) => request_for(&key),
            None => request_for(&self.make_key()?),
        }
    }

    fn make_key(&self) -> Result<KeyPair, IdentityError> {
        let aside = fs::rename(self.key(), self.0.join(UNUSABLE_KEY_FILE));
        if let Err(cause) = aside.or_else(unless_missing) {
            return Err(IdentityError::File { file: self.key(), cause });
        }
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.0)
            .map_err(|cause| IdentityError::File { file: self.0.clone(), cause })?;
        write(&self.key(), Zeroizing::new(key.serialize_pem()).as_bytes())?;
        Ok(key)
    }

    /// Keeps what the gateway answered; the box is enrolled once this is on disk.
    pub(super) fn keep(&self, answer: EnrolmentAnswer) -> Result<Identity, IdentityError> {
        let key = Zeroizing::new(read(&self.key())?);
        let damaged = |cause| IdentityError::Damaged { file: self.answer(), cause };
        let identity = Identity::new(answer, key, self.clone()).map_err(damaged)?;
        identity.keep()?;
        Ok(identity)
    }

    fn write_answer(&self, answer: &EnrolmentAnswer) -> Result<(), IdentityError> {
        let file = self.answer();
        let json = serde_json::to_vec_pretty(answer).map_err(|error| IdentityError::Damaged {
            file: file.clone(),
            cause: error.to_string(),
        })?;
        write(&file, &json)
    }
}

fn is_no_text(cause: &io::Error) -> bool {
    matches!(cause.kind(), io::ErrorKind::NotFound | io::ErrorKind::InvalidData)
}

fn unless_missing(error: io::Error) -> io::Result<()> {
    if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

fn request_for(key: &KeyPair) -> Result<String, IdentityError> {
    Ok(CertificateParams::default().serialize_request(key)?.pem()?)
}

fn read(file: &Path) -> Result<String, IdentityError> {
    fs::read_to_string(file).map_err(|cause| IdentityError::File { file: file.to_owned(), cause })
}

fn write(file: &Path, content: &[u8]) -> Result<(), IdentityError> {
    replace(file, content).map_err(|cause| IdentityError::File { file: file.to_owned(), cause })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn answer() -> EnrolmentAnswer {
        EnrolmentAnswer {
            device_id: "box-1".into(),
            certificate_chain_pem: "-----BEGIN CERTIFICATE-----".into(),
            gateway_id: "minami".into(),
            manifest_root_key: STANDARD.encode([7; 32]),
        }
    }

    #[test]
    fn an_identity_is_read_back_and_its_key_is_private() -> Result<(), Box<dyn std::error::Error>> {
        let data = tempfile::tempdir()?;
        assert!(Identity::load(data.path())?.is_none());
        let folder = Folder::below(data.path());
        let request = folder.certificate_request()?;
        assert!(request.contains("BEGIN CERTIFICATE REQUEST"));
        let key = read(&folder.key())?;
        folder.certificate_request()?;
        assert_eq!(read(&folder.key())?, key, "a repeated enrolment keeps the key");
        folder.keep(answer())?;
        let identity = Identity::load(data.path())?.expect("enrolled");
        assert_eq!(identity.device_id, "box-1");
        assert_eq!(identity.manifest_root_key, [7; 32]);
        for file in [folder.key(), folder.answer()] {
            assert_eq!(fs::metadata(file)?.permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(fs::metadata(&folder.0)?.permissions().mode() & 0o777, 0o700);
        Ok(())
    }

    #[test]
    fn a_key_that_cannot_be_read_is_not_lost() -> Result<(), Box<dyn std::error::Error>> {
        let data = tempfile::tempdir()?;
        let folder = Folder::below(data.path());
        folder.certificate_request()?;
        let identity = folder.keep(answer())?;
        for damaged in [&[0xff; 16][..], b"-----BEGIN PRIVATE KEY-----"] {
            fs::write(folder.key(), damaged)?;
            assert!(Identity::load(data.path()).is_err(), "no link works with it");
            assert!(identity.certificate_request().is_ok(), "a renewal has the key in hand");
            folder.certificate_request()?;
            assert_eq!(fs::read(folder.0.join(UNUSABLE_KEY_FILE))?, damaged);
        }
        // The disk does not give it: a folder in its place stands for that.
        fs::remove_file(folder.key())?;
        fs::create_dir(folder.key())?;
        assert!(folder.certificate_request().is_err());
        assert!(folder.key().is_dir());
        Ok(())
    }

    #[test]
    fn a_damaged_identity_is_told_with_its_remedy() -> Result<(), Box<dyn std::error::Error>> {
        let data = tempfile::tempdir()?;
        let folder = Folder::below(data.path());
        folder.certificate_request()?;
        let wrong_key = EnrolmentAnswer { manifest_root_key: STANDARD.encode([7; 31]), ..answer() };
        assert!(folder.keep(wrong_key).is_err());
        assert!(Identity::load(data.path())?.is_none(), "a refused answer is not kept");
        fs::write(folder.answer(), "{")?;
        let Err(error) = Identity::load(data.path()) else { panic!("damaged") };
        assert!(error.to_string().contains("enrol the box again"), "{error}");
        Ok(())
    }
}
