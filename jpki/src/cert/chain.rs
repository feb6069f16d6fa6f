//! From a citizen's certificate to the CA generation that issued it.
//!
//! The hierarchy has one tier: the self-signed CA signs citizens directly, so a chain is one step.

use x509_parser::{
    certificate::X509Certificate, extensions::ParsedExtension, prelude::FromDer as _,
};

use super::{profile::Certificate, shell::Shell};
use crate::verify::{LoginRefusal, PublicKey, SignatureAlgorithm, SignatureVerifier};

/// A CA certificate that was checked when it was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AnchorCertificate {
    subject_der: Vec<u8>,
    pub(crate) key_id: Vec<u8>,
    key_pkcs1_der: Vec<u8>,
    not_before: i64,
    not_after: i64,
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

impl AnchorCertificate {
    pub(crate) fn parse(der: &[u8], verifier: &dyn SignatureVerifier) -> Result<Self, AnchorError> {
        let certificate = Certificate::parse(der).map_err(|_| AnchorError::Malformed)?;
        let key = certificate.check_algorithms().map_err(|_| AnchorError::UnsupportedAlgorithm)?;
        let (_, parsed) = X509Certificate::from_der(der).map_err(|_| AnchorError::Malformed)?;
        if !may_issue(&parsed) {
            return Err(AnchorError::NotACa);
        }
        let PublicKey::Rsa2048 { pkcs1_der } = key;
        let anchor = Self {
            subject_der: parsed.subject().as_raw().to_vec(),
            key_id: subject_key_id(&parsed).ok_or(AnchorError::NoKeyId)?,
            key_pkcs1_der: pkcs1_der.to_vec(),
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

    fn signed(&self, shell: &Shell<'_>, verifier: &dyn SignatureVerifier) -> bool {
        let key = PublicKey::Rsa2048 { pkcs1_der: &self.key_pkcs1_der };
        verifier
            .verify(SignatureAlgorithm::RsaPkcs1Sha256, key, shell.signed, shell.signature)
            .is_ok()
    }

    fn is_valid_at(&self, now_unix_secs: i64) -> bool {
        (self.not_before..=self.not_after).contains(&now_unix_secs)
    }
}

/// Finds the generation that signed this certificate.
///
/// Names must be equal byte by byte. The authority key id, when present, selects the generation;
/// without one every generation of that name is tried.
pub(crate) fn find_issuer<'a>(
    certificate: &Certificate<'_>,
    anchors: &'a [AnchorCertificate],
    now_unix_secs: i64,
    verifier: &dyn SignatureVerifier,
) -> Result<&'a AnchorCertificate, LoginRefusal> {
    let mut named = anchors
        .iter()
        .filter(|anchor| anchor.subject_der == certificate.issuer_der())
        .filter(|anchor| {
            certificate.authority_key_id().is_none_or(|wanted| wanted == anchor.key_id)
        })
        .peekable();
    if named.peek().is_none() {
        return Err(LoginRefusal::UnknownIssuer);
    }
    let issuer = named
        .find(|anchor| anchor.signed(&certificate.shell, verifier))
        .ok_or(LoginRefusal::ForgedCertificate)?;
    if !issuer.is_valid_at(now_unix_secs) {
        return Err(LoginRefusal::IssuerNotValid);
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
