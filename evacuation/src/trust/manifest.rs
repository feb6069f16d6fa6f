//! The key manifest: which keys may sign what for whom, signed by the root.

use std::collections::BTreeSet;

use ciborium::Value;

use super::{Kid, OpenError, PublicKey};
use crate::{
    codec::{
        DecodeError,
        fields::{self, Fields, Writer},
    },
    envelope::{Context, Envelope},
    id::Issuer,
    order::UnixMillis,
    signing::RootSigningKey,
};

const VERSION: u64 = 1;
const USAGES: [KeyUsage; 3] = [KeyUsage::Order, KeyUsage::Drill, KeyUsage::Heartbeat];

/// What a key may sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyUsage {
    /// Orders of every mode.
    Order,
    /// Drills and technical tests, never an actual order.
    Drill,
    /// Heartbeats.
    Heartbeat,
}

/// One key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestKey {
    /// Public half.
    pub public: PublicKey,
    /// What it may sign.
    pub usage: KeyUsage,
    /// Towns for which it may sign; 1 to 64.
    pub scope: Vec<Issuer>,
    /// Earliest time of what it signs.
    pub not_before: UnixMillis,
    /// Latest time of what it signs.
    pub not_after: UnixMillis,
}

impl ManifestKey {
    /// Id of the key.
    pub fn kid(&self) -> Kid {
        self.public.kid()
    }

    /// Whether it signs for this town at this time. The time is the signed one: a box whose own
    /// clock is wrong still tells a valid key from an old one.
    pub(crate) fn covers(&self, issuer: &Issuer, time: UnixMillis) -> Result<(), OpenError> {
        if !self.scope.contains(issuer) {
            return Err(OpenError::OutOfScope);
        }
        let in_time = self.not_before <= time && time <= self.not_after;
        if in_time { Ok(()) } else { Err(OpenError::KeyOutOfTime) }
    }
}

/// Every key that boxes shall believe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyManifest {
    /// Rises with every change; at least 1.
    pub version: u64,
    /// By when a newer one is due.
    pub expires_at: UnixMillis,
    /// At most 32.
    pub keys: Vec<ManifestKey>,
    /// Ids of keys that are no longer believed, at most 64.
    pub revoked: Vec<Kid>,
}

/// Why a manifest cannot be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the manifest has version 0, too many entries, a key twice, or a key without use")]
pub struct InvalidManifest;

/// Why a manifest is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// Not a signed manifest.
    #[error("the key manifest does not have its form")]
    Malformed,
    /// Not signed by the root.
    #[error("the key manifest is not signed by the root")]
    BadSignature,
}

impl KeyManifest {
    /// Largest signed manifest in bytes.
    pub const MAX_SIGNED_LEN: usize = 16 * 1024;
    /// Most keys.
    pub const MAX_KEYS: usize = 32;
    /// Most revoked ids.
    pub const MAX_REVOKED: usize = 64;
    /// Most towns of one key.
    pub const MAX_SCOPE: usize = 64;

    fn validate(&self) -> Result<(), InvalidManifest> {
        let kids: BTreeSet<Kid> = self.keys.iter().map(ManifestKey::kid).collect();
        let usable = |key: &ManifestKey| {
            (1..=Self::MAX_SCOPE).contains(&key.scope.len())
                && key.not_before < key.not_after
                && key.public.point().is_some()
        };
        let counts = self.keys.len() <= Self::MAX_KEYS && self.revoked.len() <= Self::MAX_REVOKED;
        let distinct = kids.len() == self.keys.len();
        if self.version > 0 && counts && distinct && self.keys.iter().all(usable) {
            Ok(())
        } else {
            Err(InvalidManifest)
        }
    }
}

/// Signs a manifest with the root key.
pub fn sign_manifest(
    manifest: &KeyManifest,
    root: &RootSigningKey,
) -> Result<Vec<u8>, InvalidManifest> {
    manifest.validate()?;
    let bytes = root.seal(manifest.encode(), Context::Manifest);
    if bytes.len() > KeyManifest::MAX_SIGNED_LEN { Err(InvalidManifest) } else { Ok(bytes) }
}

/// Opens a manifest that the root signed.
pub fn open_manifest(bytes: &[u8], root: &PublicKey) -> Result<KeyManifest, ManifestError> {
    if bytes.len() > KeyManifest::MAX_SIGNED_LEN {
        return Err(ManifestError::Malformed);
    }
    let envelope = Envelope::read(bytes).map_err(|_| ManifestError::Malformed)?;
    let point = root.point().filter(|_| envelope.kid() == root.kid());
    let payload = point.and_then(|point| envelope.verified(Context::Manifest, &point));
    let payload = payload.ok_or(ManifestError::BadSignature)?;
    KeyManifest::decode(payload).map_err(|_| ManifestError::Malformed)
}

impl KeyManifest {
    /// The content that is signed: deterministic CBOR.
    pub fn encode(&self) -> Vec<u8> {
        let mut map = Writer::new(VERSION);
        map.number(1, self.version);
        map.time(2, self.expires_at);
        map.list(3, self.keys.iter().map(encode_key));
        map.list(4, self.revoked.iter().map(|kid| Value::Bytes(kid.0.to_vec())));
        map.finish()
    }

    /// Reads exactly what [`Self::encode`] writes of a valid manifest; the signature is not its
    /// matter.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut map = Fields::read(bytes, VERSION)?;
        let keys = map.list(3, Self::MAX_KEYS)?.into_iter();
        let revoked = map.list(4, Self::MAX_REVOKED)?.into_iter();
        let revoked = revoked.map(|kid| fields::fixed_bytes(kid).map(Kid));
        let manifest = Self {
            version: map.number(1)?,
            expires_at: map.time(2)?,
            keys: keys.map(decode_key).collect::<Result<_, _>>()?,
            revoked: revoked.collect::<Result<_, _>>()?,
        };
        map.finish()?;
        manifest.validate().map_err(|InvalidManifest| DecodeError::Malformed)?;
        if manifest.encode() == bytes { Ok(manifest) } else { Err(DecodeError::NotDeterministic) }
    }
}

fn encode_key(key: &ManifestKey) -> Value {
    let mut map = Writer::new(VERSION);
    map.bytes(1, &key.public.0);
    map.number(2, USAGES.iter().position(|usage| *usage == key.usage).unwrap_or(0) as u64);
    map.list(3, key.scope.iter().map(fields::issuer_value));
    map.time(4, key.not_before);
    map.time(5, key.not_after);
    map.into_value()
}

fn decode_key(value: Value) -> Result<ManifestKey, DecodeError> {
    let mut map = Fields::of_value(value, VERSION)?;
    let scope = map.list(3, KeyManifest::MAX_SCOPE)?;
    let key = ManifestKey {
        public: PublicKey(map.bytes(1)?),
        usage: map.choice(2, &USAGES)?,
        scope: scope.iter().map(fields::issuer).collect::<Result<_, _>>()?,
        not_before: map.time(4)?,
        not_after: map.time(5)?,
    };
    map.finish()?;
    Ok(key)
}
