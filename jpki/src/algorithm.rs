//! Algorithms and keys that are believed: a closed list, met by the compiler at every use.
//!
//! Everything here is compared byte by byte. An algorithm identifier, a key or a signature has one
//! encoding that is accepted; what merely means the same is refused.

use rsa::sha2::{Digest as _, Sha256, Sha384};

use crate::tlv::{self, BIT_STRING, INTEGER, SEQUENCE};

/// sha256WithRSAEncryption with its NULL parameters (RFC 8017, A.2.4).
const SHA256_WITH_RSA: &[u8] =
    &[0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00];
/// ecdsa-with-SHA384, without parameters (RFC 5758, 3.2).
const ECDSA_WITH_SHA384: &[u8] =
    &[0x30, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x03, 0x03];
/// rsaEncryption with its NULL parameters (RFC 3279, 2.3.1).
const RSA_KEY: &[u8] =
    &[0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
/// id-ecPublicKey on secp384r1 (RFC 5480, 2.1.1).
const P384_KEY: &[u8] = &[
    0x30, 0x10, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x05, 0x2B, 0x81, 0x04,
    0x00, 0x22,
];
/// Exponent of every RSA key in the JPKI.
const EXPONENT: &[u8] = &[0x01, 0x00, 0x01];
/// Most bytes of an exponent that a bare signature is checked with; both primitives take these.
const EXPONENT_LEN_MAX: usize = 4;
/// Bytes of an RSA-2048 modulus, and of a signature made with it.
const RSA_LEN: usize = 256;
/// An uncompressed point: a mark and two coordinates.
const POINT_LEN: usize = 97;
const POINT_UNCOMPRESSED: u8 = 0x04;
/// Most bytes of one of the two numbers of a P-384 signature, its sign byte included.
const SCALAR_LEN_MAX: usize = 49;

/// Algorithms of signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureAlgorithm {
    /// ECDSA on P-384 with SHA-384: the announced next generation of cards.
    EcdsaP384Sha384,
    /// RSASSA-PKCS1-v1_5 with SHA-256 and 2048 bits: today's cards.
    RsaPkcs1Sha256,
}

impl SignatureAlgorithm {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::EcdsaP384Sha384, Self::RsaPkcs1Sha256];

    /// The `AlgorithmIdentifier` that stands in what is signed with it, DER.
    pub fn identifier(self) -> &'static [u8] {
        match self {
            Self::EcdsaP384Sha384 => ECDSA_WITH_SHA384,
            Self::RsaPkcs1Sha256 => SHA256_WITH_RSA,
        }
    }

    /// The algorithm with exactly this `AlgorithmIdentifier`.
    pub fn from_identifier(der: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.identifier() == der)
    }

    /// Hashes a message as this algorithm does.
    pub fn digest(self, message: &[u8]) -> MessageDigest {
        match self {
            Self::EcdsaP384Sha384 => MessageDigest::Sha384(Sha384::digest(message).into()),
            Self::RsaPkcs1Sha256 => MessageDigest::Sha256(Sha256::digest(message).into()),
        }
    }

    /// Whether the signature has the one form this algorithm allows: exactly 256 bytes for RSA,
    /// strict DER with two positive minimal numbers for ECDSA.
    pub fn has_form(self, signature: &[u8]) -> bool {
        match self {
            Self::EcdsaP384Sha384 => two_scalars(signature).is_some(),
            Self::RsaPkcs1Sha256 => signature.len() == RSA_LEN,
        }
    }
}

/// Hash of a message, by the algorithm that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageDigest {
    /// For [`SignatureAlgorithm::RsaPkcs1Sha256`].
    Sha256([u8; 32]),
    /// For [`SignatureAlgorithm::EcdsaP384Sha384`].
    Sha384([u8; 48]),
}

impl MessageDigest {
    /// The algorithm whose hash this is.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::Sha256(_) => SignatureAlgorithm::RsaPkcs1Sha256,
            Self::Sha384(_) => SignatureAlgorithm::EcdsaP384Sha384,
        }
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha256(bytes) => bytes,
            Self::Sha384(bytes) => bytes,
        }
    }
}

/// A hash in the making, for messages too large to hold.
#[derive(Clone)]
pub(crate) enum RunningDigest {
    Sha256(Sha256),
    Sha384(Sha384),
}

impl RunningDigest {
    pub(crate) fn new(algorithm: SignatureAlgorithm) -> Self {
        match algorithm {
            SignatureAlgorithm::EcdsaP384Sha384 => Self::Sha384(Sha384::new()),
            SignatureAlgorithm::RsaPkcs1Sha256 => Self::Sha256(Sha256::new()),
        }
    }

    pub(crate) fn update(&mut self, part: &[u8]) {
        match self {
            Self::Sha256(hash) => hash.update(part),
            Self::Sha384(hash) => hash.update(part),
        }
    }

    pub(crate) fn finish(self) -> MessageDigest {
        match self {
            Self::Sha256(hash) => MessageDigest::Sha256(hash.finalize().into()),
            Self::Sha384(hash) => MessageDigest::Sha384(hash.finalize().into()),
        }
    }
}

/// Public keys that are allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PublicKey<'a> {
    /// A point on P-384.
    P384 {
        /// Uncompressed: `04`, then two coordinates of 48 bytes.
        point: &'a [u8],
    },
    /// RSA with 2048 bits. Certificates must also have [`PublicKey::is_of_the_jpki`].
    Rsa2048 {
        /// `RSAPublicKey` of RFC 8017, A.1.1, DER.
        pkcs1_der: &'a [u8],
    },
}

impl<'a> PublicKey<'a> {
    /// Reads a `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7) that fills the input.
    pub fn from_spki(der: &'a [u8]) -> Result<Self, KeyError> {
        let (algorithm, bits) = split_spki(der).ok_or(KeyError::Malformed)?;
        match algorithm {
            RSA_KEY => rsa_key(bits),
            P384_KEY => p384_key(bits),
            _ => Err(KeyError::UnsupportedAlgorithm),
        }
    }

    /// The only algorithm this key signs with.
    pub fn algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::P384 { .. } => SignatureAlgorithm::EcdsaP384Sha384,
            Self::Rsa2048 { .. } => SignatureAlgorithm::RsaPkcs1Sha256,
        }
    }

    /// Whether a certificate of the JPKI may have it: the RSA exponent is 65537.
    pub fn is_of_the_jpki(self) -> bool {
        match self {
            Self::P384 { .. } => true,
            Self::Rsa2048 { pkcs1_der } => {
                two_positive(pkcs1_der).is_some_and(|(_, exponent)| exponent == EXPONENT)
            }
        }
    }

    /// Content of the `BIT STRING`, whose hash names the key in OCSP.
    pub(crate) fn bits(self) -> &'a [u8] {
        match self {
            Self::P384 { point } => point,
            Self::Rsa2048 { pkcs1_der } => pkcs1_der,
        }
    }
}

/// Why a key is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum KeyError {
    /// Not strict DER, or numbers that are no key.
    #[error("not a well-formed public key")]
    Malformed,
    /// Neither RSA nor P-384 with an uncompressed point.
    #[error("keys of this algorithm are not allowed")]
    UnsupportedAlgorithm,
    /// An RSA exponent that is even, below 3, or longer than four bytes.
    #[error("the RSA exponent is not allowed")]
    WrongExponent,
    /// An RSA modulus of other than 2048 bits.
    #[error("the RSA modulus does not have 2048 bits")]
    WrongSize,
}

fn split_spki(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let whole = tlv::read_only(der, SEQUENCE).ok()?;
    let (algorithm, rest) = tlv::read_tagged(whole.value, SEQUENCE).ok()?;
    let key = tlv::read_only(rest, BIT_STRING).ok()?;
    match key.value.split_first()? {
        (0, bits) => Some((algorithm.raw, bits)),
        _ => None,
    }
}

fn rsa_key(pkcs1_der: &[u8]) -> Result<PublicKey<'_>, KeyError> {
    let (modulus, exponent) = two_positive(pkcs1_der).ok_or(KeyError::Malformed)?;
    // The sign byte stands before a modulus whose first bit is set, that is one of full size.
    let [0, modulus @ ..] = modulus else { return Err(KeyError::WrongSize) };
    if modulus.len() != RSA_LEN {
        return Err(KeyError::WrongSize);
    }
    let is_odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
    if !is_odd(exponent) || exponent == [1] || exponent.len() > EXPONENT_LEN_MAX {
        return Err(KeyError::WrongExponent);
    }
    // An even number is no product of two odd primes.
    if !is_odd(modulus) {
        return Err(KeyError::Malformed);
    }
    Ok(PublicKey::Rsa2048 { pkcs1_der })
}

fn p384_key(point: &[u8]) -> Result<PublicKey<'_>, KeyError> {
    match point.first() {
        Some(&POINT_UNCOMPRESSED) if point.len() == POINT_LEN => Ok(PublicKey::P384 { point }),
        Some(0x02 | 0x03) => Err(KeyError::UnsupportedAlgorithm),
        _ => Err(KeyError::Malformed),
    }
}

/// The two numbers of an ECDSA signature, sign bytes included.
fn two_scalars(signature: &[u8]) -> Option<(&[u8], &[u8])> {
    let (r, s) = two_positive(signature)?;
    (r.len() <= SCALAR_LEN_MAX && s.len() <= SCALAR_LEN_MAX).then_some((r, s))
}

/// A SEQUENCE of exactly two positive numbers, and nothing else.
fn two_positive(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let whole = tlv::read_only(der, SEQUENCE).ok()?;
    let (first, rest) = tlv::read_tagged(whole.value, INTEGER).ok()?;
    let second = tlv::read_only(rest, INTEGER).ok()?;
    (is_positive(first.value) && is_positive(second.value)).then_some((first.value, second.value))
}

/// Positive, and in the shortest form (X.690, 8.3.2).
pub(crate) fn is_positive(integer: &[u8]) -> bool {
    match integer {
        [] | [0] => false,
        [0, second, ..] => second & 0x80 != 0,
        [first, ..] => first & 0x80 == 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
        let numbers = [tlv::encode(INTEGER, modulus), tlv::encode(INTEGER, exponent)].concat();
        spki(RSA_KEY, &tlv::encode(SEQUENCE, &numbers))
    }

    fn spki(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
        let bits = tlv::encode(BIT_STRING, &[&[0], key].concat());
        tlv::encode(SEQUENCE, &[algorithm, &bits].concat())
    }

    fn modulus(len: usize) -> Vec<u8> {
        [&[0][..], &vec![0xC1; len]].concat()
    }

    fn check(spki: &[u8], expected: Result<SignatureAlgorithm, KeyError>) {
        assert_eq!(PublicKey::from_spki(spki).map(PublicKey::algorithm), expected);
    }

    #[test]
    fn two_kinds_of_keys_are_allowed() {
        check(&rsa_spki(&modulus(256), EXPONENT), Ok(SignatureAlgorithm::RsaPkcs1Sha256));
        let point = [&[0x04][..], &[0x11; 96]].concat();
        check(&spki(P384_KEY, &point), Ok(SignatureAlgorithm::EcdsaP384Sha384));
    }

    #[test]
    fn other_keys_are_refused_for_their_reason() {
        check(&rsa_spki(&modulus(255), EXPONENT), Err(KeyError::WrongSize));
        check(&rsa_spki(&modulus(257), EXPONENT), Err(KeyError::WrongSize));
        check(&rsa_spki(&[0x71; 256], EXPONENT), Err(KeyError::WrongSize));
        for exponent in [&[1][..], &[0x10], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
            check(&rsa_spki(&modulus(256), exponent), Err(KeyError::WrongExponent));
        }
        check(&rsa_spki(&modulus(256), &[0, 1, 0, 1]), Err(KeyError::Malformed));
        check(&rsa_spki(&[0xC1; 256], EXPONENT), Err(KeyError::Malformed));
        let mut even = modulus(256);
        even[256] = 0xC0;
        check(&rsa_spki(&even, EXPONENT), Err(KeyError::Malformed));
        check(&spki(P384_KEY, &[0x04; 96]), Err(KeyError::Malformed));
        check(&spki(P384_KEY, &[0x02; 49]), Err(KeyError::UnsupportedAlgorithm));
        check(&spki(ECDSA_WITH_SHA384, &[0x04; 97]), Err(KeyError::UnsupportedAlgorithm));
        check(&[rsa_spki(&modulus(256), EXPONENT), vec![0]].concat(), Err(KeyError::Malformed));
        check(&[], Err(KeyError::Malformed));
    }

    #[test]
    fn a_certificate_needs_the_usual_exponent() {
        let is_of_the_jpki = |exponent: &[u8]| {
            let spki = rsa_spki(&modulus(256), exponent);
            PublicKey::from_spki(&spki).map(PublicKey::is_of_the_jpki)
        };
        assert_eq!(is_of_the_jpki(EXPONENT), Ok(true));
        assert_eq!(is_of_the_jpki(&[3]), Ok(false));
    }

    #[test]
    fn signatures_have_one_form() {
        let check = |signature: &[u8], expected| {
            let found = SignatureAlgorithm::EcdsaP384Sha384.has_form(signature);
            assert_eq!(found, expected, "{signature:02X?}");
        };
        check(&[0x30, 6, 2, 1, 1, 2, 1, 1], true);
        check(&[0x30, 7, 2, 2, 0, 0x80, 2, 1, 1], true);
        check(&[0x30, 6, 2, 1, 0, 2, 1, 1], false);
        check(&[0x30, 6, 2, 1, 0x80, 2, 1, 1], false);
        check(&[0x30, 7, 2, 2, 0, 1, 2, 1, 1], false);
        check(&[0x30, 6, 2, 1, 1, 2, 1, 1, 0], false);
        check(&[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1], false);
        check(&[0x30, 8, 2, 1, 1, 2, 1, 1, 5, 0], false);
        assert!(SignatureAlgorithm::RsaPkcs1Sha256.has_form(&[0; 256]));
        assert!(!SignatureAlgorithm::RsaPkcs1Sha256.has_form(&[0; 255]));
    }
}
