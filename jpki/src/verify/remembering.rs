//! Remembers which authority's signature on which certificate matched, so that somebody's next login
//! costs one verification instead of two.
//!
//! That a key made a signature over some bytes does not change, so nothing here grows old. What may
//! change is not remembered: whether the authority is still believed, validity, revocation and every
//! other rule are checked each time, and the card's own signature is verified each time.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
};

use rsa::sha2::{Digest as _, Sha256};

use super::{MessageDigest, PublicKey, SignatureMismatch, SignatureVerifier};

/// Most signatures remembered; 32 bytes each.
const REMEMBERED_MAX: usize = 100_000;

/// Asks another verifier, and about a certificate that matched once only the first time.
#[derive(Default)]
pub struct RememberingVerifier<V> {
    inner: V,
    matched: Mutex<Matched>,
}

/// Two halves: when the newer one is full, the older one is forgotten.
#[derive(Default)]
struct Matched {
    newer: HashSet<[u8; 32]>,
    older: HashSet<[u8; 32]>,
}

impl Matched {
    fn contains(&self, mark: &[u8; 32]) -> bool {
        self.newer.contains(mark) || self.older.contains(mark)
    }

    fn remember(&mut self, mark: [u8; 32]) {
        if self.newer.len() >= REMEMBERED_MAX / 2 {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(mark);
    }
}

impl<V> RememberingVerifier<V> {
    /// Remembers what this one finds.
    pub fn new(inner: V) -> Self {
        Self { inner, matched: Mutex::default() }
    }
}

/// Shows how many, not which.
impl<V> std::fmt::Debug for RememberingVerifier<V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let matched = self.matched.lock().unwrap_or_else(PoisonError::into_inner);
        write!(f, "RememberingVerifier({} remembered)", matched.newer.len() + matched.older.len())
    }
}

impl<V: SignatureVerifier> SignatureVerifier for RememberingVerifier<V> {
    fn verify_digest(
        &self,
        key: PublicKey<'_>,
        digest: &MessageDigest,
        signature: &[u8],
    ) -> Result<(), SignatureMismatch> {
        self.inner.verify_digest(key, digest, signature)
    }

    fn verify_certificate_digest(
        &self,
        issuer: PublicKey<'_>,
        digest: &MessageDigest,
        signature: &[u8],
    ) -> Result<(), SignatureMismatch> {
        let mark = mark(issuer, digest, signature);
        let lock = || self.matched.lock().unwrap_or_else(PoisonError::into_inner);
        if lock().contains(&mark) {
            return Ok(());
        }
        self.inner.verify_certificate_digest(issuer, digest, signature)?;
        lock().remember(mark);
        Ok(())
    }
}

/// Names key, bytes and signature together. Lengths stand before what has no fixed one.
fn mark(key: PublicKey<'_>, digest: &MessageDigest, signature: &[u8]) -> [u8; 32] {
    let (kind, key) = match key {
        PublicKey::P384 { point } => (0u8, point),
        PublicKey::Rsa2048 { pkcs1_der } => (1, pkcs1_der),
    };
    let mut hash = Sha256::new();
    hash.update([kind]);
    for part in [key, digest.as_bytes(), signature] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Finds that signatures match which begin with 1, and counts how often it is asked.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl SignatureVerifier for Counting {
        fn verify_digest(
            &self,
            _key: PublicKey<'_>,
            _digest: &MessageDigest,
            signature: &[u8],
        ) -> Result<(), SignatureMismatch> {
            self.0.fetch_add(1, Ordering::Relaxed);
            if signature.first() == Some(&1) { Ok(()) } else { Err(SignatureMismatch) }
        }
    }

    const KEY: PublicKey<'_> = PublicKey::Rsa2048 { pkcs1_der: &[7; 270] };
    const DIGEST: MessageDigest = MessageDigest::Sha256([3; 32]);

    fn asked(verifier: &RememberingVerifier<Counting>) -> usize {
        verifier.inner.0.load(Ordering::Relaxed)
    }

    #[test]
    fn a_certificate_that_matched_is_verified_once() {
        let verifier = RememberingVerifier::new(Counting::default());
        for _ in 0..3 {
            assert_eq!(verifier.verify_certificate_digest(KEY, &DIGEST, &[1; 256]), Ok(()));
        }
        assert_eq!(asked(&verifier), 1);
    }

    #[test]
    fn every_other_key_digest_and_signature_is_verified() {
        let verifier = RememberingVerifier::new(Counting::default());
        let other_key = PublicKey::Rsa2048 { pkcs1_der: &[8; 270] };
        let same_bytes = PublicKey::P384 { point: &[7; 270] };
        let other_digest = MessageDigest::Sha256([4; 32]);
        let other_signature = [&[1; 255][..], &[2]].concat();
        for (key, digest, signature) in [
            (KEY, DIGEST, &[1; 256][..]),
            (other_key, DIGEST, &[1; 256]),
            (same_bytes, DIGEST, &[1; 256]),
            (KEY, other_digest, &[1; 256]),
            (KEY, DIGEST, &other_signature),
        ] {
            let before = asked(&verifier);
            assert_eq!(verifier.verify_certificate_digest(key, &digest, signature), Ok(()));
            assert_eq!(asked(&verifier), before + 1);
        }
    }

    #[test]
    fn neither_a_mismatch_nor_a_card_s_signature_is_remembered() {
        let verifier = RememberingVerifier::new(Counting::default());
        for _ in 0..2 {
            let outcome = verifier.verify_certificate_digest(KEY, &DIGEST, &[0; 256]);
            assert_eq!(outcome, Err(SignatureMismatch));
            assert_eq!(verifier.verify_digest(KEY, &DIGEST, &[1; 256]), Ok(()));
        }
        assert_eq!(asked(&verifier), 4);
    }

    #[test]
    fn memory_is_bounded() {
        let mut matched = Matched::default();
        for number in 0..3 * REMEMBERED_MAX as u64 {
            let mut mark = [0; 32];
            mark[..8].copy_from_slice(&number.to_be_bytes());
            matched.remember(mark);
            assert!(matched.contains(&mark));
        }
        assert!(matched.newer.len() + matched.older.len() <= REMEMBERED_MAX);
    }
}
