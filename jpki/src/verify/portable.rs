//! Verification in plain Rust, for every target. The gateway brings a faster one.

use rsa::{
    RsaPublicKey,
    pkcs1::DecodeRsaPublicKey as _,
    pkcs1v15::{Signature, VerifyingKey},
    sha2::Sha256,
    signature::Verifier as _,
};

use super::{PublicKey, SignatureAlgorithm, SignatureMismatch, SignatureVerifier};

/// Verifies with the `rsa` crate. Only public keys are handled, so its known timing weakness with
/// private keys does not matter here.
#[derive(Debug, Clone, Copy, Default)]
pub struct PortableVerifier;

impl SignatureVerifier for PortableVerifier {
    fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        key: PublicKey<'_>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureMismatch> {
        match (algorithm, key) {
            (SignatureAlgorithm::RsaPkcs1Sha256, PublicKey::Rsa2048 { pkcs1_der }) => {
                verify_rsa(pkcs1_der, message, signature)
            }
        }
    }
}

fn verify_rsa(pkcs1_der: &[u8], message: &[u8], signature: &[u8]) -> Result<(), SignatureMismatch> {
    let key = RsaPublicKey::from_pkcs1_der(pkcs1_der).map_err(|_| SignatureMismatch)?;
    let signature = Signature::try_from(signature).map_err(|_| SignatureMismatch)?;
    VerifyingKey::<Sha256>::new(key).verify(message, &signature).map_err(|_| SignatureMismatch)
}
