//! Who is it? A certificate and a signature become a certificate id, or a refusal.
//!
//! The challenge must have been consumed before anything here is called: see [`crate::manual`].

mod citizen;
#[cfg(feature = "aws-lc")]
mod library;
mod portable;
mod remembering;

pub use citizen::{
    Presented, Proof, Refusal, VerifiedCertificate, VerifiedSigner, verify, verify_document,
    verify_login, verify_touch,
};
#[cfg(feature = "aws-lc")]
pub use library::LibraryVerifier;
pub use portable::PortableVerifier;
pub use remembering::RememberingVerifier;

pub use crate::{
    algorithm::{KeyError, MessageDigest, PublicKey, SignatureAlgorithm},
    cert::profile::{CertificateClass, CertificateKind, Holder},
};

/// Checks one signature with the primitive of some library.
///
/// The form of key and signature is checked before ([`verify_signature`]), so that two libraries
/// cannot differ in what they tolerate; the primitive still has to compare the padding exactly.
pub trait SignatureVerifier {
    /// Checks a signature over a hash. A digest of another algorithm than the key's never matches.
    fn verify_digest(
        &self,
        key: PublicKey<'_>,
        digest: &MessageDigest,
        signature: &[u8],
    ) -> Result<(), SignatureMismatch>;

    /// Checks an authority's signature over the hash of a certificate. It is the same one each time
    /// the certificate is shown, so a verifier may remember that it matched.
    fn verify_certificate_digest(
        &self,
        issuer: PublicKey<'_>,
        digest: &MessageDigest,
        signature: &[u8],
    ) -> Result<(), SignatureMismatch> {
        self.verify_digest(issuer, digest, signature)
    }
}

/// The signature was not made with this key over this message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
pub struct SignatureMismatch;

/// Why a bare signature is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SignatureRefusal {
    /// The key belongs to the other algorithm.
    #[error("key and algorithm do not belong together")]
    AlgorithmMismatch,
    /// The key is not allowed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// Not the one encoding that the algorithm allows.
    #[error("the signature is not in its exact form")]
    MalformedSignature,
    /// Another key or another message.
    #[error("the signature does not match")]
    Mismatch,
}

/// Checks one signature over a message with a key as `SubjectPublicKeyInfo`: the entry point for
/// test vectors. All other checks of this crate go through the same steps.
pub fn verify_signature(
    spki_der: &[u8],
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
    verifier: &dyn SignatureVerifier,
) -> Result<(), SignatureRefusal> {
    let key = PublicKey::from_spki(spki_der)?;
    if key.algorithm() != algorithm {
        return Err(SignatureRefusal::AlgorithmMismatch);
    }
    if !algorithm.has_form(signature) {
        return Err(SignatureRefusal::MalformedSignature);
    }
    verifier
        .verify_digest(key, &algorithm.digest(message), signature)
        .map_err(|SignatureMismatch| SignatureRefusal::Mismatch)
}

/// Whether this key signed the message, in the exact form.
pub(crate) fn matches(
    verifier: &dyn SignatureVerifier,
    key: PublicKey<'_>,
    message: &[u8],
    signature: &[u8],
) -> bool {
    matches_digest(verifier, key, &key.algorithm().digest(message), signature)
}

/// Whether this authority signed the bytes of a certificate, in the exact form.
pub(crate) fn matches_certificate(
    verifier: &dyn SignatureVerifier,
    issuer: PublicKey<'_>,
    signed: &[u8],
    signature: &[u8],
) -> bool {
    let algorithm = issuer.algorithm();
    algorithm.has_form(signature)
        && verifier.verify_certificate_digest(issuer, &algorithm.digest(signed), signature).is_ok()
}

/// Whether this key signed the hash, in the exact form.
pub(crate) fn matches_digest(
    verifier: &dyn SignatureVerifier,
    key: PublicKey<'_>,
    digest: &MessageDigest,
    signature: &[u8],
) -> bool {
    digest.algorithm() == key.algorithm()
        && key.algorithm().has_form(signature)
        && verifier.verify_digest(key, digest, signature).is_ok()
}
