//! The signature primitive of the platform's one crypto provider.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use jpki::verify::{PublicKey, SignatureAlgorithm, SignatureMismatch, SignatureVerifier};

/// Checks signatures with aws-lc.
#[derive(Debug, Clone, Copy)]
pub(super) struct LibraryVerifier;

impl SignatureVerifier for LibraryVerifier {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: PublicKey<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureMismatch> {
        let SignatureAlgorithm::RsaPkcs1Sha256 = algorithm;
        let PublicKey::Rsa2048 { pkcs1_der } = key;
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, pkcs1_der)
            .verify(message, signature)
            .map_err(|_| SignatureMismatch)
    }
}
