//! Whose orders a box believes: the keys of the latest manifest that the root signed.

mod manifest;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use ed25519_dalek::VerifyingKey;

pub use manifest::{
    InvalidManifest, KeyManifest, KeyUsage, ManifestError, ManifestKey, open_manifest,
    sign_manifest,
};

use crate::{
    codec::DecodeError,
    envelope::{Context, Envelope},
    order::UnixMillis,
};

/// Id of a key: the first eight bytes of its public half. It only finds the key; what is found is
/// compared in full by the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kid(pub [u8; 8]);

impl fmt::Display for Kid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Public half of a key as 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// Id of the key.
    pub fn kid(&self) -> Kid {
        Kid(std::array::from_fn(|at| self.0[at]))
    }

    /// The key as a point; none when the bytes are no key, or one that verifies anything.
    fn point(&self) -> Option<VerifyingKey> {
        VerifyingKey::from_bytes(&self.0).ok().filter(|key| !key.is_weak())
    }
}

/// Why signed bytes are not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// More bytes than a signed record may have.
    #[error("the signed record is larger than allowed")]
    TooLarge,
    /// Not a signed record of this kind.
    #[error("the signed record does not have its form")]
    Malformed,
    /// Signed by a key that the manifest does not name.
    #[error("the key is not known")]
    UnknownKey,
    /// Signed by a key that the manifest revokes.
    #[error("the key is revoked")]
    RevokedKey,
    /// The signature does not fit.
    #[error("the signature is wrong")]
    BadSignature,
    /// The key is for something else: a drill key under an actual order, a heartbeat key.
    #[error("the key may not sign this")]
    WrongKeyUsage,
    /// The key is of another town.
    #[error("the key is not of this town")]
    OutOfScope,
    /// The record was issued before or after the key's life.
    #[error("the key was not valid when this was issued")]
    KeyOutOfTime,
}

impl From<DecodeError> for OpenError {
    fn from(error: DecodeError) -> Self {
        if error == DecodeError::TooLarge { Self::TooLarge } else { Self::Malformed }
    }
}

/// The keys in use. Without a manifest nothing is believed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trust {
    version: u64,
    expires_at: Option<UnixMillis>,
    keys: BTreeMap<Kid, ManifestKey>,
    revoked: BTreeSet<Kid>,
}

/// A manifest with a lower version than the one in use: perhaps replayed to bring back a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the manifest is older than the one in use")]
pub struct OlderManifest;

impl Trust {
    /// Keys of a manifest that [`open_manifest`] returned.
    pub fn new(manifest: KeyManifest) -> Self {
        Self {
            version: manifest.version,
            expires_at: Some(manifest.expires_at),
            keys: manifest.keys.into_iter().map(|key| (key.kid(), key)).collect(),
            revoked: manifest.revoked.into_iter().collect(),
        }
    }

    /// Takes a newer manifest; answers whether anything changed. One of the same version changes
    /// nothing.
    pub fn replace(&mut self, manifest: KeyManifest) -> Result<bool, OlderManifest> {
        match manifest.version.cmp(&self.version) {
            std::cmp::Ordering::Less => Err(OlderManifest),
            std::cmp::Ordering::Equal => Ok(false),
            std::cmp::Ordering::Greater => {
                *self = Self::new(manifest);
                Ok(true)
            }
        }
    }

    /// Version in use; 0 without a manifest.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether the manifest should have been renewed by now. A warning for the operator: the
    /// known keys go on being believed, an order must not fail because an office was late.
    pub fn is_overdue(&self, now: UnixMillis) -> bool {
        self.expires_at.is_some_and(|expires_at| now >= expires_at)
    }

    /// The key and the content, when a known key signed it.
    pub(crate) fn verified<'a>(
        &'a self,
        envelope: &'a Envelope,
        context: Context,
    ) -> Result<(&'a ManifestKey, &'a [u8]), OpenError> {
        let kid = envelope.kid();
        if self.revoked.contains(&kid) {
            return Err(OpenError::RevokedKey);
        }
        let key = self.keys.get(&kid).ok_or(OpenError::UnknownKey)?;
        let point = key.public.point().ok_or(OpenError::UnknownKey)?;
        let payload = envelope.verified(context, &point).ok_or(OpenError::BadSignature)?;
        Ok((key, payload))
    }

    /// Whether the manifest takes back what this key signed.
    pub(crate) fn revokes(&self, kid: Kid) -> bool {
        self.revoked.contains(&kid)
    }
}

#[cfg(test)]
mod tests;
