//! RSA keys of CAs and cards.

use std::collections::VecDeque;

use rsa::{RsaPrivateKey, pkcs8::DecodePrivateKey as _};

/// Bits of every key, as in the real hierarchy.
pub const BITS: usize = 2048;

const TEST_ONLY_PEM: &str = include_str!("../keys/test-only.pem");

/// Where keys come from.
pub trait KeySource {
    /// The next key.
    fn next_key(&mut self) -> Result<RsaPrivateKey, KeyError>;
}

/// Fresh keys from the operating system's random numbers; about a second each.
#[derive(Debug, Clone, Copy, Default)]
pub struct FreshKeys;

impl KeySource for FreshKeys {
    fn next_key(&mut self) -> Result<RsaPrivateKey, KeyError> {
        Ok(RsaPrivateKey::new(&mut rand_core::OsRng, BITS)?)
    }
}

/// The published keys of the repository, for tests that must be fast. There are few of them, so a
/// source hands them out in a circle.
#[derive(Debug, Clone)]
pub struct TestOnlyKeys(VecDeque<&'static str>);

impl TestOnlyKeys {
    /// Begins with this key of the file.
    pub fn starting_at(index: usize) -> Self {
        let mut blocks: VecDeque<_> = pem_blocks().collect();
        let turn = index % blocks.len();
        blocks.rotate_left(turn);
        Self(blocks)
    }
}

impl KeySource for TestOnlyKeys {
    fn next_key(&mut self) -> Result<RsaPrivateKey, KeyError> {
        let pem = self.0[0];
        self.0.rotate_left(1);
        Ok(RsaPrivateKey::from_pkcs8_pem(pem)?)
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
    /// A stored key does not parse.
    #[error("a stored key is broken: {0}")]
    Stored(#[from] rsa::pkcs8::Error),
    /// Generation failed.
    #[error("no key could be generated: {0}")]
    Generation(#[from] rsa::Error),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_keys_differ_and_come_round() {
        let mut keys = TestOnlyKeys::starting_at(0);
        let all: Vec<_> = (0..9).map(|_| keys.next_key().expect("readable")).collect();
        assert_eq!(all[0], all[8]);
        for (index, key) in all[..8].iter().enumerate() {
            assert!(all[..index].iter().all(|other| other != key), "key {index}");
        }
        let mut second = TestOnlyKeys::starting_at(1);
        assert_eq!(second.next_key().expect("readable"), all[1]);
    }
}
