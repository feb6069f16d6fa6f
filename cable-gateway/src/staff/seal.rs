//! Second factors lie sealed in the database: a copy of it alone signs nobody in. What was typed as a
//! login is kept as a keyed digest: it may have been a password.

use std::{fmt, path::Path, sync::Arc};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};

use crate::{
    encoding::hex,
    random::{self, Random},
    secret_file::{self, SecretFileError},
};

/// What is sealed was changed, or sealed with another key.
#[derive(Debug, thiserror::Error)]
#[error("a sealed secret does not open; the staff secret is not the one it was sealed with")]
pub struct SealBroken;

/// Seals, opens and digests; clones share the keys.
#[derive(Clone)]
pub struct Seal(Arc<Keys>);

struct Keys {
    sealing: LessSafeKey,
    digests: hmac::Key,
}

impl Seal {
    /// With the key in this file.
    pub fn load(path: &Path) -> Result<Self, SecretFileError> {
        Ok(Self::new(&*secret_file::read_32(path)?))
    }

    /// With this key.
    #[expect(clippy::missing_panics_doc, reason = "the length is in the type")]
    pub fn new(key: &[u8; 32]) -> Self {
        let sealing = UnboundKey::new(&AES_256_GCM, key).expect("AES-256 takes 32 bytes");
        // One secret, two uses: the second has a key of its own.
        let master = hmac::Key::new(hmac::HMAC_SHA256, key);
        let derived = hmac::sign(&master, b"hitokoe digests of typed logins");
        let digests = hmac::Key::new(hmac::HMAC_SHA256, derived.as_ref());
        Self(Arc::new(Keys { sealing: LessSafeKey::new(sealing), digests }))
    }

    /// The same for the same text, and nothing that leads back to it without the key.
    pub fn digest(&self, text: &str) -> String {
        hex(&hmac::sign(&self.0.digests, text.as_bytes()).as_ref()[..16])
    }

    /// Seals `secret` for its owner; it opens for no other.
    #[expect(clippy::missing_panics_doc, reason = "the limit is 64 GB")]
    pub fn close(&self, random: &dyn Random, owner: &str, secret: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random::bytes(random);
        let mut sealed = secret.to_vec();
        let closed = self.0.sealing.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(owner.as_bytes()),
            &mut sealed,
        );
        closed.expect("a short secret is within the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Opens what was sealed for `owner`.
    pub fn open(&self, owner: &str, sealed: &[u8]) -> Result<Vec<u8>, SealBroken> {
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(SealBroken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealBroken)?;
        let mut rest = rest.to_vec();
        let opened = self.0.sealing.open_in_place(nonce, Aad::from(owner.as_bytes()), &mut rest);
        opened.map(|secret| secret.to_vec()).map_err(|_| SealBroken)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Seal(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn a_digest_is_of_its_text_and_its_key() {
        let seal = Seal::new(&[1; 32]);
        let digest = seal.digest("asagao");
        assert_eq!((digest.len(), &digest), (32, &seal.digest("asagao")));
        assert_ne!(digest, seal.digest("asagap"));
        assert_ne!(digest, Seal::new(&[2; 32]).digest("asagao"));
    }

    #[test]
    fn a_seal_opens_for_its_owner_and_its_key_alone() {
        let (seal, random) = (Seal::new(&[1; 32]), SeededRandom::new(5));
        let sealed = seal.close(&random, "hanako", b"secret");
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
        assert_eq!(seal.open("hanako", &sealed).ok().as_deref(), Some(b"secret".as_slice()));
        assert!(seal.open("taro", &sealed).is_err());
        assert!(Seal::new(&[2; 32]).open("hanako", &sealed).is_err());
        let mut changed = sealed.clone();
        *changed.last_mut().expect("a tag") ^= 1;
        assert!(seal.open("hanako", &changed).is_err());
        assert!(seal.open("hanako", &sealed[..5]).is_err());
    }
}
