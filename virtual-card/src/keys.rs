//! Keys of CAs, cards and responders: RSA as in the real hierarchy, P-384 as announced for the next.

use std::collections::VecDeque;

use const_oid::ObjectIdentifier;
use der::{Decode as _, Encode as _};
use p384::{
    SecretKey as P384SecretKey,
    ecdsa::{DerSignature, SigningKey, signature::hazmat::PrehashSigner as _},
};
use rsa::{
    Pkcs1v15Sign, RsaPrivateKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, EncodePublicKey as _},
    sha2::{Digest as _, Sha256, Sha384},
};
use x509_cert::spki::SubjectPublicKeyInfoOwned;

/// Bits of every RSA key, as in the real hierarchy.
pub const BITS: usize = 2048;

/// sha256WithRSAEncryption.
pub const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
/// ecdsa-with-SHA384.
pub const ECDSA_WITH_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");

const TEST_ONLY_PEM: &str = include_str!("../keys/test-only.pem");

/// A private key of either kind.
#[derive(Clone, PartialEq)]
pub enum SecretKey {
    /// The announced next generation.
    P384(SigningKey),
    /// Today.
    Rsa(RsaPrivateKey),
}

impl From<RsaPrivateKey> for SecretKey {
    fn from(key: RsaPrivateKey) -> Self {
        Self::Rsa(key)
    }
}

impl SecretKey {
    /// What it signs with.
    pub fn algorithm(&self) -> ObjectIdentifier {
        match self {
            Self::P384(_) => ECDSA_WITH_SHA384,
            Self::Rsa(_) => SHA256_WITH_RSA,
        }
    }

    /// Signs a message: PKCS#1 v1.5 over SHA-256, or ECDSA (RFC 6979) over SHA-384, DER.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match self {
            Self::P384(_) => self.sign_sha384(&Sha384::digest(message)),
            Self::Rsa(key) => {
                Ok(key.sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))?)
            }
        }
    }

    /// ECDSA over a hash that is given; none for RSA.
    pub fn sign_sha384(&self, digest: &[u8]) -> Result<Vec<u8>, KeyError> {
        let Self::P384(key) = self else { return Err(KeyError::WrongKind) };
        let signature: DerSignature = key.sign_prehash(digest).map_err(|_| KeyError::WrongKind)?;
        Ok(signature.as_bytes().to_vec())
    }

    /// SubjectPublicKeyInfo.
    pub fn public_key_info(&self) -> Result<SubjectPublicKeyInfoOwned, KeyError> {
        let der = match self {
            Self::P384(key) => key.verifying_key().to_public_key_der(),
            Self::Rsa(key) => key.to_public_key().to_public_key_der(),
        };
        let der = der.map_err(|_| KeyError::WrongKind)?;
        Ok(SubjectPublicKeyInfoOwned::from_der(der.as_bytes())?)
    }

    /// PKCS#8, DER.
    pub fn to_pkcs8(&self) -> Result<Vec<u8>, KeyError> {
        let der = match self {
            Self::P384(key) => key.to_pkcs8_der()?,
            Self::Rsa(key) => key.to_pkcs8_der()?,
        };
        Ok(der.as_bytes().to_vec())
    }

    /// Reads either kind.
    pub fn from_pkcs8(der: &[u8]) -> Result<Self, KeyError> {
        if let Ok(key) = RsaPrivateKey::from_pkcs8_der(der) {
            return Ok(Self::Rsa(key));
        }
        Ok(Self::P384(SigningKey::from_pkcs8_der(der)?))
    }
}

/// Where keys come from.
pub trait KeySource {
    /// The next RSA key.
    fn next_key(&mut self) -> Result<SecretKey, KeyError>;

    /// The next P-384 key.
    fn next_p384_key(&mut self) -> Result<SecretKey, KeyError>;
}

/// Fresh keys from the operating system's random numbers; about a second for an RSA key.
#[derive(Debug, Clone, Copy, Default)]
pub struct FreshKeys;

impl KeySource for FreshKeys {
    fn next_key(&mut self) -> Result<SecretKey, KeyError> {
        Ok(SecretKey::Rsa(RsaPrivateKey::new(&mut rand_core::OsRng, BITS)?))
    }

    fn next_p384_key(&mut self) -> Result<SecretKey, KeyError> {
        Ok(SecretKey::P384(SigningKey::random(&mut rand_core::OsRng)))
    }
}

/// The published keys of the repository, for tests that must be fast. There are few RSA keys, so a
/// source hands them out in a circle; P-384 keys are derived from their number.
#[derive(Debug, Clone)]
pub struct TestOnlyKeys {
    rsa: VecDeque<&'static str>,
    p384_number: u32,
}

impl TestOnlyKeys {
    /// Begins with this key of the file.
    pub fn starting_at(index: usize) -> Self {
        let mut blocks: VecDeque<_> = pem_blocks().collect();
        let turn = index % blocks.len();
        blocks.rotate_left(turn);
        Self { rsa: blocks, p384_number: u32::try_from(index).unwrap_or(0) << 16 }
    }
}

impl KeySource for TestOnlyKeys {
    fn next_key(&mut self) -> Result<SecretKey, KeyError> {
        let pem = self.rsa[0];
        self.rsa.rotate_left(1);
        Ok(SecretKey::Rsa(RsaPrivateKey::from_pkcs8_pem(pem)?))
    }

    fn next_p384_key(&mut self) -> Result<SecretKey, KeyError> {
        let label = format!("test only, published: P-384 key {}", self.p384_number);
        self.p384_number += 1;
        // Below the group order for all but one in 2^190 numbers.
        let secret = P384SecretKey::from_slice(&Sha384::digest(label));
        Ok(SecretKey::P384(secret.map_err(|_| KeyError::WrongKind)?.into()))
    }
}

fn pem_blocks() -> impl Iterator<Item = &'static str> {
    const BEGIN: &str = "-----BEGIN";
    TEST_ONLY_PEM
        .match_indices(BEGIN)
        .map(|(start, _)| &TEST_ONLY_PEM[start..])
        .map(|tail| tail[BEGIN.len()..].find(BEGIN).map_or(tail, |end| &tail[..BEGIN.len() + end]))
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A key cannot be encoded.
    #[error("a public key cannot be encoded: {0}")]
    Encoding(#[from] der::Error),
    /// A stored key does not parse.
    #[error("a stored key is broken: {0}")]
    Stored(#[from] rsa::pkcs8::Error),
    /// Generation or signing failed.
    #[error("no key could be generated or used: {0}")]
    Rsa(#[from] rsa::Error),
    /// The key cannot do what is asked.
    #[error("the key is of another kind")]
    WrongKind,
}

/// DER of a SubjectPublicKeyInfo.
pub fn spki_der(info: &SubjectPublicKeyInfoOwned) -> Result<Vec<u8>, KeyError> {
    Ok(info.to_der()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_keys_differ_and_come_round() {
        let mut keys = TestOnlyKeys::starting_at(0);
        let all: Vec<_> = (0..9).map(|_| keys.next_key().expect("readable")).collect();
        assert!(all[0] == all[8]);
        for (index, key) in all[..8].iter().enumerate() {
            assert!(all[..index].iter().all(|other| other != key), "key {index}");
        }
        let mut second = TestOnlyKeys::starting_at(1);
        assert!(second.next_key().expect("readable") == all[1]);
        let [one, two] = [0, 1].map(|_| keys.next_p384_key().expect("derived"));
        assert!(one != two);
    }

    #[test]
    fn keys_survive_their_stored_form() {
        let mut keys = TestOnlyKeys::starting_at(0);
        for key in [keys.next_key(), keys.next_p384_key()].map(|key| key.expect("a key")) {
            let stored = key.to_pkcs8().expect("encodable");
            assert!(SecretKey::from_pkcs8(&stored).expect("just written") == key);
        }
        assert!(SecretKey::from_pkcs8(&[0x30, 0]).is_err());
    }
}
