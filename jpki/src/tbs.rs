//! The bytes a card signs: what the screen shows, bound to one gateway, one box and one moment.
//!
//! The box builds them from what it shows and signs their digest; the gateway builds them again
//! from what it stored and never takes them from the box.

use rsa::sha2::{Digest as _, Sha256};

use crate::algorithm::{MessageDigest, SignatureAlgorithm};

const LOGIN_MARK: &[u8] = b"stb-jpki-auth-v1\0";
const DOCUMENT_MARK: &[u8] = b"stb-jpki-sign-v1\0";

/// What a card is asked to sign. It can only be made from parts that were shown, never from a hash
/// that somebody sent; which hash the card gets follows from its certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TbsDigest {
    sha256: MessageDigest,
    sha384: MessageDigest,
}

impl TbsDigest {
    fn of(bytes: &[u8]) -> Self {
        Self {
            sha256: SignatureAlgorithm::RsaPkcs1Sha256.digest(bytes),
            sha384: SignatureAlgorithm::EcdsaP384Sha384.digest(bytes),
        }
    }

    /// The hash that a key of this algorithm signs.
    pub(crate) fn for_algorithm(&self, algorithm: SignatureAlgorithm) -> &MessageDigest {
        match algorithm {
            SignatureAlgorithm::EcdsaP384Sha384 => &self.sha384,
            SignatureAlgorithm::RsaPkcs1Sha256 => &self.sha256,
        }
    }
}

/// What one login is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoginParts<'a> {
    /// Id of the gateway the box is enrolled with.
    pub gateway_id: &'a str,
    /// Service the resident chose, as the login request named it.
    pub relying_party: &'a str,
    /// Purpose, as the login request named it.
    pub purpose: &'a str,
    /// Id of the box.
    pub device_id: &'a str,
    /// Single-use bytes of the gateway.
    pub nonce: [u8; 32],
    /// Time of issue, Unix milliseconds, as the challenge said.
    pub issued_at_ms: u64,
}

/// Parts that can be bound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginTbs<'a>(LoginParts<'a>);

/// Why parts cannot be bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TbsError {
    /// `|` separates the relying party from the purpose; within the relying party it would let two
    /// different pairs have the same bytes.
    #[error("the relying party's id must not contain '|'")]
    SeparatorInRelyingParty,
}

impl<'a> LoginTbs<'a> {
    /// Binds the parts.
    pub fn new(parts: LoginParts<'a>) -> Result<Self, TbsError> {
        if parts.relying_party.contains('|') {
            return Err(TbsError::SeparatorInRelyingParty);
        }
        Ok(Self(parts))
    }

    /// The bytes whose hash the card signs.
    pub fn bytes(&self) -> Vec<u8> {
        [LOGIN_MARK, &bound(&self.0)].concat()
    }

    /// For [`crate::flow::authenticate::AuthenticateFlow`].
    pub fn digest(&self) -> TbsDigest {
        TbsDigest::of(&self.bytes())
    }
}

/// A document, bound to the same parts: for the signature certificate. Another mark than a login's
/// keeps one from ever passing for the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentTbs<'a> {
    login: LoginTbs<'a>,
    document: [u8; 32],
}

impl<'a> DocumentTbs<'a> {
    /// Binds a document, e.g. the text that was shown and read aloud.
    pub fn new(parts: LoginParts<'a>, document: &[u8]) -> Result<Self, TbsError> {
        Ok(Self { login: LoginTbs::new(parts)?, document: Sha256::digest(document).into() })
    }

    /// The bytes whose hash the card signs.
    pub fn bytes(&self) -> Vec<u8> {
        [DOCUMENT_MARK, &bound(&self.login.0), &self.document].concat()
    }

    /// For [`crate::flow::authenticate::DocumentFlow`].
    pub fn digest(&self) -> TbsDigest {
        TbsDigest::of(&self.bytes())
    }
}

fn bound(parts: &LoginParts<'_>) -> Vec<u8> {
    let service = format!("{}|{}", parts.relying_party, parts.purpose);
    [
        &Sha256::digest(parts.gateway_id)[..],
        &Sha256::digest(service),
        &Sha256::digest(parts.device_id),
        &parts.nonce,
        &parts.issued_at_ms.to_be_bytes(),
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: LoginParts<'static> = LoginParts {
        gateway_id: "gateway-1",
        relying_party: "town-services",
        purpose: "login",
        device_id: "box-1",
        nonce: [7; 32],
        issued_at_ms: 0x0102_0304_0506_0708,
    };

    fn digest(parts: LoginParts<'_>) -> TbsDigest {
        LoginTbs::new(parts).expect("no separator").digest()
    }

    #[test]
    fn layout_is_fixed() {
        let bytes = LoginTbs::new(PARTS).expect("no separator").bytes();
        assert_eq!(bytes.len(), 17 + 32 * 4 + 8);
        assert_eq!(&bytes[..17], b"stb-jpki-auth-v1\0");
        assert_eq!(bytes[17..49], Sha256::digest("gateway-1")[..]);
        assert_eq!(bytes[49..81], Sha256::digest("town-services|login")[..]);
        assert_eq!(bytes[81..113], Sha256::digest("box-1")[..]);
        assert_eq!(bytes[113..145], [7; 32]);
        assert_eq!(bytes[145..], [1, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn every_part_is_bound() {
        let others = [
            LoginParts { gateway_id: "gateway-2", ..PARTS },
            LoginParts { relying_party: "pension", ..PARTS },
            LoginParts { purpose: "confirm", ..PARTS },
            LoginParts { device_id: "box-2", ..PARTS },
            LoginParts { nonce: [8; 32], ..PARTS },
            LoginParts { issued_at_ms: 1, ..PARTS },
        ];
        for other in others {
            assert_ne!(digest(other), digest(PARTS), "{other:?}");
        }
    }

    #[test]
    fn a_document_is_no_login_and_no_other_document() {
        let document = |text: &[u8]| DocumentTbs::new(PARTS, text).expect("no separator");
        assert_eq!(document(b"a").bytes().len(), 17 + 32 * 5 + 8);
        assert!(document(b"a").bytes().starts_with(b"stb-jpki-sign-v1\0"));
        assert_ne!(document(b"a").digest(), document(b"b").digest());
        assert_ne!(document(b"a").digest(), digest(PARTS));
    }

    #[test]
    fn the_hash_follows_the_algorithm() {
        let tbs = LoginTbs::new(PARTS).expect("no separator");
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(*tbs.digest().for_algorithm(algorithm), algorithm.digest(&tbs.bytes()));
        }
    }

    #[test]
    fn the_separator_cannot_move() {
        let parts = LoginParts { relying_party: "a|b", purpose: "c", ..PARTS };
        assert_eq!(LoginTbs::new(parts), Err(TbsError::SeparatorInRelyingParty));
    }
}
