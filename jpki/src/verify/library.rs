//! Verification with aws-lc, the project's one crypto provider on servers.

use aws_lc_rs::{
    digest::{Digest, SHA256, SHA384},
    signature::{ECDSA_P384_SHA384_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};

use super::{MessageDigest, PublicKey, SignatureMismatch, SignatureVerifier};

/// Verifies with aws-lc, some ten times faster than [`super::PortableVerifier`].
#[derive(Debug, Clone, Copy, Default)]
pub struct LibraryVerifier;

impl SignatureVerifier for LibraryVerifier {
    fn verify_digest(
        &self,
        key: PublicKey<'_>,
        digest: &MessageDigest,
        signature: &[u8],
    ) -> Result<(), SignatureMismatch> {
        let outcome = match (key, digest) {
            (PublicKey::Rsa2048 { pkcs1_der }, MessageDigest::Sha256(_)) => {
                UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pkcs1_der)
                    .verify_digest(&imported(digest)?, signature)
            }
            (PublicKey::P384 { point }, MessageDigest::Sha384(_)) => {
                UnparsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, point)
                    .verify_digest(&imported(digest)?, signature)
            }
            _ => return Err(SignatureMismatch),
        };
        outcome.map_err(|_| SignatureMismatch)
    }
}

fn imported(digest: &MessageDigest) -> Result<Digest, SignatureMismatch> {
    let algorithm = match digest {
        MessageDigest::Sha256(_) => &SHA256,
        MessageDigest::Sha384(_) => &SHA384,
    };
    Digest::import_less_safe(digest.as_bytes(), algorithm).map_err(|_| SignatureMismatch)
}
