//! Verification in plain Rust, for every target. Servers use the faster one.

use p384::ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier as _};
use rsa::{Pkcs1v15Sign, RsaPublicKey, pkcs1::DecodeRsaPublicKey as _, sha2::Sha256};

use super::{MessageDigest, PublicKey, SignatureMismatch, SignatureVerifier};

/// Verifies with the `rsa` and `p384` crates. Only public keys are handled, so the known timing
/// weakness of `rsa` with private keys does not matter here.
#[derive(Debug, Clone, Copy, Default)]
pub struct PortableVerifier;

impl SignatureVerifier for PortableVerifier {
    fn verify_digest(
        &self,
        key: PublicKey<'_>,
        digest: &MessageDigest,
        signature: &[u8],
    ) -> Result<(), SignatureMismatch> {
        match (key, digest) {
            (PublicKey::Rsa2048 { pkcs1_der }, MessageDigest::Sha256(digest)) => {
                verify_rsa(pkcs1_der, digest, signature)
            }
            (PublicKey::P384 { point }, MessageDigest::Sha384(digest)) => {
                verify_p384(point, digest, signature)
            }
            _ => Err(SignatureMismatch),
        }
    }
}

fn verify_rsa(
    pkcs1_der: &[u8],
    digest: &[u8; 32],
    signature: &[u8],
) -> Result<(), SignatureMismatch> {
    let key = RsaPublicKey::from_pkcs1_der(pkcs1_der).map_err(|_| SignatureMismatch)?;
    key.verify(Pkcs1v15Sign::new::<Sha256>(), digest, signature).map_err(|_| SignatureMismatch)
}

fn verify_p384(point: &[u8], digest: &[u8; 48], signature: &[u8]) -> Result<(), SignatureMismatch> {
    let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| SignatureMismatch)?;
    let signature = Signature::from_der(signature).map_err(|_| SignatureMismatch)?;
    key.verify_prehash(digest, &signature).map_err(|_| SignatureMismatch)
}
