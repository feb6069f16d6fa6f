//! From a citizen's certificate to the CA generation that issued it.
//!
//! The hierarchy has one tier: the self-signed CA signs citizens directly, so a chain is one step.

use x509_parser::{
    certificate::X509Certificate, extensions::ParsedExtension, prelude::FromDer as _,
};

use super::profile::Certificate;
use crate::{
    algorithm::PublicKey,
    shell::Shell,
    verify::{Refusal, SignatureVerifier},
};

/// A CA generation that is believed; its certificate was checked when it was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    name_der: Vec<u8>,
    key_id: Vec<u8>,
    key: OwnedKey,
    not_before: i64,
    not_after: i64,
}

/// A public key that outlives its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum OwnedKey {
    P384(Vec<u8>),
    Rsa2048(Vec<u8>),
}

impl OwnedKey {
    pub(crate) fn of(key: PublicKey<'_>) -> Self {
        match key {
            PublicKey::P384 { point } => Self::P384(point.to_vec()),
            PublicKey::Rsa2048 { pkcs1_der } => Self::Rsa2048(pkcs1_der.to_vec()),
        }
    }

    pub(crate) fn borrow(&self) -> PublicKey<'_> {
        match self {
            Self::P384(point) => PublicKey::P384 { point },
            Self::Rsa2048(pkcs1_der) => PublicKey::Rsa2048 { pkcs1_der },
        }
    }
}

/// Why a certificate cannot be an anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnchorError {
    /// Not a strict DER certificate.
    #[error("not a certificate")]
    Malformed,
    /// No CA, or one that may not sign certificates and revocation lists.
    #[error("not a CA certificate")]
    NotACa,
    /// Not signed by its own key.
    #[error("not signed by itself")]
    NotSelfSigned,
    /// No subject key id, so generations could not be told apart.
    #[error("no subject key id")]
    NoKeyId,
    /// Another algorithm or key size.
    #[error("algorithm or key not supported")]
    UnsupportedAlgorithm,
}

impl Anchor {
    pub(crate) fn parse(der: &[u8], verifier: &dyn SignatureVerifier) -> Result<Self, AnchorError> {
        let certificate = Certificate::parse(der).map_err(|_| AnchorError::Malformed)?;
        let key = certificate.check_algorithms().map_err(|_| AnchorError::UnsupportedAlgorithm)?;
        let (_, parsed) = X509Certificate::from_der(der).map_err(|_| AnchorError::Malformed)?;
        if !may_issue(&parsed) {
            return Err(AnchorError::NotACa);
        }
        let anchor = Self {
            name_der: parsed.subject().as_raw().to_vec(),
            key_id: subject_key_id(&parsed).ok_or(AnchorError::NoKeyId)?,
            key: OwnedKey::of(key),
            not_before: parsed.validity().not_before.timestamp(),
            not_after: parsed.validity().not_after.timestamp(),
        };
        if parsed.subject().as_raw() != parsed.issuer().as_raw()
            || !anchor.signed(&certificate.shell, verifier)
        {
            return Err(AnchorError::NotSelfSigned);
        }
        Ok(anchor)
    }

    /// Subject key id; tells generations of one name apart.
    pub fn key_id(&self) -> &[u8] {
        &self.key_id
    }

    /// Distinguished name, DER.
    pub fn name_der(&self) -> &[u8] {
        &self.name_der
    }

    /// Public key.
    pub fn key(&self) -> PublicKey<'_> {
        self.key.borrow()
    }

    pub(crate) fn signed(&self, shell: &Shell<'_>, verifier: &dyn SignatureVerifier) -> bool {
        shell.is_issued_by(self.key(), verifier)
    }

    pub(crate) fn is_valid_at(&self, now_unix_secs: i64) -> bool {
        (self.not_before..=self.not_after).contains(&now_unix_secs)
    }
}

/// Finds the generation that signed this certificate.
///
/// Names must be equal byte by byte. The authority key id, when present, selects the generation;
/// without one every generation of that name is tried.
pub(crate) fn find_issuer<'a>(
    certificate: &Certificate<'_>,
    anchors: &'a [Anchor],
    now_unix_secs: i64,
    verifier: &dyn SignatureVerifier,
) -> Result<&'a Anchor, Refusal> {
    let mut named = anchors
        .iter()
        .filter(|anchor| anchor.name_der == certificate.issuer_der())
        .filter(|anchor| {
            certificate.authority_key_id().is_none_or(|wanted| wanted == anchor.key_id)
        })
        .peekable();
    if named.peek().is_none() {
        return Err(Refusal::UnknownIssuer);
    }
    let issuer = named
        .find(|anchor| anchor.signed(&certificate.shell, verifier))
        .ok_or(Refusal::ForgedCertificate)?;
    if !issuer.is_valid_at(now_unix_secs) {
        return Err(Refusal::IssuerNotValid);
    }
    Ok(issuer)
}

/// Critical BasicConstraints with CA, critical KeyUsage with keyCertSign and cRLSign.
fn may_issue(parsed: &X509Certificate<'_>) -> bool {
    let ca = parsed
        .basic_constraints()
        .is_ok_and(|found| found.is_some_and(|basic| basic.critical && basic.value.ca));
    let signs = parsed.key_usage().is_ok_and(|found| {
        found.is_some_and(|usage| {
            usage.critical && usage.value.key_cert_sign() && usage.value.crl_sign()
        })
    });
    ca && signs
}

fn subject_key_id(parsed: &X509Certificate<'_>) -> Option<Vec<u8>> {
    parsed.extensions().iter().find_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SubjectKeyIdentifier(id) => Some(id.0.to_vec()),
        _ => None,
    })
}
