//! A certificate before it is signed. Every field can be changed, so that a test can break one rule
//! and keep all others.

use std::time::Duration;

use const_oid::ObjectIdentifier;
use der::{
    Any, Encode as _,
    asn1::{BitString, GeneralizedTime, Null, UtcTime},
};
use x509_cert::{
    Certificate, TbsCertificate, Version,
    ext::Extension,
    name::Name,
    serial_number::SerialNumber,
    spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned},
    time::Time,
};

use super::CaError;
use crate::keys::{ECDSA_WITH_SHA384, SecretKey};

/// First second from which dates need four-digit years (RFC 5280, 4.1.2.5): 2050-01-01.
const GENERALIZED_TIME_FROM: u64 = 2_524_608_000;

/// From and to, Unix seconds, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First second.
    pub not_before: i64,
    /// Last second.
    pub not_after: i64,
}

/// Everything the CA signs.
#[derive(Debug, Clone)]
pub struct CertificateDraft {
    /// Big-endian serial number.
    pub serial: Vec<u8>,
    /// Issuer.
    pub issuer: Name,
    /// Subject.
    pub subject: Name,
    /// Validity.
    pub validity: Validity,
    /// Key.
    pub public_key: SubjectPublicKeyInfoOwned,
    /// Extensions in order.
    pub extensions: Vec<Extension>,
    /// Algorithm written into the certificate; the signature itself follows from the key.
    pub algorithm: ObjectIdentifier,
}

impl CertificateDraft {
    /// Replaces the extension with the same identifier, or adds it.
    pub fn replace_extension(&mut self, extension: Extension) {
        match self.extensions.iter_mut().find(|old| old.extn_id == extension.extn_id) {
            Some(old) => *old = extension,
            None => self.extensions.push(extension),
        }
    }

    /// Takes an extension out.
    pub fn remove_extension(&mut self, id: ObjectIdentifier) {
        self.extensions.retain(|extension| extension.extn_id != id);
    }

    /// DER, signed with this key.
    pub fn sign(&self, key: &SecretKey) -> Result<Vec<u8>, CaError> {
        let algorithm = algorithm_identifier(self.algorithm);
        let signed = TbsCertificate {
            version: Version::V3,
            serial_number: SerialNumber::new(&self.serial)?,
            signature: algorithm.clone(),
            issuer: self.issuer.clone(),
            validity: x509_cert::time::Validity {
                not_before: time(self.validity.not_before)?,
                not_after: time(self.validity.not_after)?,
            },
            subject: self.subject.clone(),
            subject_public_key_info: self.public_key.clone(),
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: Some(self.extensions.clone()),
        };
        let signature = key.sign(&signed.to_der()?)?;
        let certificate = Certificate {
            tbs_certificate: signed,
            signature_algorithm: algorithm,
            signature: BitString::from_bytes(&signature)?,
        };
        Ok(certificate.to_der()?)
    }
}

/// RSA algorithms have parameters, which are NULL; ECDSA has none.
pub(super) fn algorithm_identifier(oid: ObjectIdentifier) -> AlgorithmIdentifierOwned {
    let parameters = (oid != ECDSA_WITH_SHA384).then(|| Any::from(Null));
    AlgorithmIdentifierOwned { oid, parameters }
}

fn time(unix_secs: i64) -> Result<Time, der::Error> {
    let secs = u64::try_from(unix_secs).map_err(|_| der::Tag::UtcTime.value_error())?;
    let since_epoch = Duration::from_secs(secs);
    Ok(if secs < GENERALIZED_TIME_FROM {
        Time::UtcTime(UtcTime::from_unix_duration(since_epoch)?)
    } else {
        Time::GeneralTime(GeneralizedTime::from_unix_duration(since_epoch)?)
    })
}
