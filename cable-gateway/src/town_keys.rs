//! The town's keys: what signs orders, drills and heartbeats, and the manifest that boxes believe.
//!
//! Each use has one key at a time; a [renewal] lays the next one beside it, which boxes know a day
//! before it is used. Files are `order.key`, `order-2.key` and so on, by the manifest's version.

mod cabinet;
mod renewal;

use std::path::{Path, PathBuf};

use evacuation::{
    id::Issuer,
    order::{Mode, Order, UnixMillis},
    signing::{OrderSigningKey, RootSigningKey, open_order},
    trust::{
        InvalidManifest, KeyManifest, KeyUsage, ManifestKey, OpenError, PublicKey, Trust,
        open_manifest, sign_manifest,
    },
};
use zeroize::Zeroizing;

pub use cabinet::KeyCabinet;
pub use renewal::{Renewal, renew};

use crate::{
    encoding::{base64, from_base64},
    random::{self, Random},
    secret_file::{self, SecretFileError},
};

const DAY_MS: i64 = 86_400_000;
/// Keys live a year, and the manifest with them; a month is added so that two years overlap.
const LIFE_MS: i64 = 395 * DAY_MS;

/// Keys and manifest, checked against each other.
#[derive(Debug)]
pub struct TownKeys {
    order: HeldKeys,
    drill: HeldKeys,
    heartbeat: HeldKeys,
    manifest: Vec<u8>,
    manifest_root: PublicKey,
    trust: Trust,
    expires_at_ms: i64,
}

/// The keys of one use, at least one.
#[derive(Debug)]
struct HeldKeys(Vec<HeldKey>);

#[derive(Debug)]
struct HeldKey {
    key: OrderSigningKey,
    not_before_ms: i64,
    not_after_ms: i64,
}

impl HeldKeys {
    /// The youngest key in its time; when all are over, the last one, so that somebody is told.
    fn at(&self, now_ms: i64) -> &OrderSigningKey {
        let in_time = |held: &&HeldKey| (held.not_before_ms..=held.not_after_ms).contains(&now_ms);
        let youngest = self.0.iter().filter(in_time).max_by_key(|held| held.not_before_ms);
        let last = || self.0.iter().max_by_key(|held| held.not_after_ms);
        &youngest.or_else(last).expect("loaded with one key at least").key
    }

    fn ends_at_ms(&self) -> i64 {
        self.0.iter().map(|held| held.not_after_ms).max().unwrap_or(i64::MIN)
    }
}

/// The town's keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TownKeyError {
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// The manifest is not from this root.
    #[error("{path}: {cause}; keep manifest and root of one `create-keys` run together")]
    Manifest {
        /// The manifest's file.
        path: PathBuf,
        /// Why.
        cause: evacuation::trust::ManifestError,
    },
    /// The root key is of another manifest.
    #[error("{path} is not the root of this manifest; name the key that was taken offline")]
    OtherRoot {
        /// The root key's file.
        path: PathBuf,
    },
    /// A new manifest cannot be signed.
    #[error("the key manifest could not be made: {0}")]
    Unsigned(#[from] InvalidManifest),
    /// The manifest does not allow a key what its file name says.
    #[error(
        "the key manifest does not name {file} for this town and use; boxes would refuse what it \
         signs: create keys and manifest for municipality {issuer} together"
    )]
    NotInManifest {
        /// The key's file.
        file: &'static str,
        /// The town.
        issuer: String,
    },
}

const ORDER: &str = "order";
const DRILL: &str = "drill";
const HEARTBEAT: &str = "heartbeat";
const ROOT: &str = "manifest-root.key";
const ROOT_PUBLIC: &str = "manifest-root.pub";
const MANIFEST: &str = "key-manifest.cose";
const USES: [(&str, KeyUsage); 3] =
    [(ORDER, KeyUsage::Order), (DRILL, KeyUsage::Drill), (HEARTBEAT, KeyUsage::Heartbeat)];

impl TownKeys {
    /// Reads the folder and checks that boxes will believe what these keys sign.
    pub fn load(directory: &Path, issuer: &Issuer) -> Result<Self, TownKeyError> {
        let (manifest, manifest_root, allowed) = read_manifest(directory)?;
        let keys = |name, usage| held_keys(directory, name, usage, issuer, &allowed);
        Ok(Self {
            order: keys(ORDER, KeyUsage::Order)?,
            drill: keys(DRILL, KeyUsage::Drill)?,
            heartbeat: keys(HEARTBEAT, KeyUsage::Heartbeat)?,
            manifest,
            manifest_root,
            expires_at_ms: allowed.expires_at.0,
            trust: Trust::new(allowed),
        })
    }

    /// Creates every key of a town, the root and a first manifest; overwrites nothing.
    pub fn create(
        directory: &Path,
        issuer: &Issuer,
        now_ms: i64,
        random: &dyn Random,
    ) -> Result<(), TownKeyError> {
        let root = create_key(directory, ROOT, random)?;
        let mut keys = Vec::new();
        for (name, usage) in USES {
            keys.push(ManifestKey {
                public: create_key(directory, &file_name(name, 1), random)?.public_key(),
                usage,
                scope: vec![issuer.clone()],
                not_before: UnixMillis(now_ms - DAY_MS),
                not_after: UnixMillis(now_ms + LIFE_MS),
            });
        }
        let expires_at = UnixMillis(now_ms + LIFE_MS);
        let manifest = KeyManifest { version: 1, expires_at, keys, revoked: Vec::new() };
        let signed = sign_manifest(&manifest, &root)?;
        secret_file::write_public(&directory.join(MANIFEST), &signed)?;
        let public = format!("{}\n", base64(&root.public_key().0));
        secret_file::write_public(&directory.join(ROOT_PUBLIC), public.as_bytes())?;
        Ok(())
    }

    /// The key for orders of this mode: drills and tests never use the key of actual orders.
    pub fn order_key(&self, mode: Mode, now_ms: i64) -> &OrderSigningKey {
        match mode {
            Mode::Actual => self.order.at(now_ms),
            Mode::Drill | Mode::Test => self.drill.at(now_ms),
        }
    }

    /// The key for heartbeats.
    pub fn heartbeat_key(&self, now_ms: i64) -> &OrderSigningKey {
        self.heartbeat.at(now_ms)
    }

    /// Opens a signed order with this town's own manifest, by the very code of the box: what fails
    /// here would be shown on no television.
    pub fn opened_by_a_box(&self, signed: &[u8]) -> Result<Order, OpenError> {
        open_order(signed, &self.trust).map(|verified| verified.order)
    }

    /// When the first of keys and manifest ends, Unix milliseconds.
    pub fn ends_at_ms(&self) -> i64 {
        let keys = [&self.order, &self.drill, &self.heartbeat];
        keys.map(HeldKeys::ends_at_ms).into_iter().fold(self.expires_at_ms, i64::min)
    }

    /// Whether a newer manifest should be there by now.
    pub fn is_overdue(&self, now_ms: i64) -> bool {
        self.trust.is_overdue(UnixMillis(now_ms))
    }

    /// The signed manifest, as boxes get it.
    pub fn manifest(&self) -> &[u8] {
        &self.manifest
    }

    /// Public key of the manifest's root.
    pub fn manifest_root(&self) -> PublicKey {
        self.manifest_root
    }
}

fn create_key(
    directory: &Path,
    file: &str,
    random: &dyn Random,
) -> Result<RootSigningKey, TownKeyError> {
    let seed = Zeroizing::new(random::bytes::<32>(random));
    secret_file::write_32(&directory.join(file), &seed)?;
    Ok(OrderSigningKey::from_seed(*seed))
}

/// `order.key` at first, then `order-2.key`: keys are never overwritten.
fn file_name(name: &str, version: u64) -> String {
    if version == 1 { format!("{name}.key") } else { format!("{name}-{version}.key") }
}

type Manifest = (Vec<u8>, PublicKey, KeyManifest);

fn read_manifest(directory: &Path) -> Result<Manifest, TownKeyError> {
    let root = PublicKey(read_public(&directory.join(ROOT_PUBLIC))?);
    let path = directory.join(MANIFEST);
    let bytes = std::fs::read(&path)
        .map_err(|cause| SecretFileError::Unreadable { path: path.clone(), cause })?;
    let manifest =
        open_manifest(&bytes, &root).map_err(|cause| TownKeyError::Manifest { path, cause })?;
    Ok((bytes, root, manifest))
}

/// Every key of this use whose file is here and which the manifest names; the youngest one that it
/// names must be among them.
fn held_keys(
    directory: &Path,
    name: &'static str,
    usage: KeyUsage,
    issuer: &Issuer,
    manifest: &KeyManifest,
) -> Result<HeldKeys, TownKeyError> {
    let refused = || TownKeyError::NotInManifest { file: name, issuer: issuer.to_string() };
    let is_ours = |key: &&ManifestKey| {
        key.usage == usage && key.scope.contains(issuer) && !manifest.revoked.contains(&key.kid())
    };
    let named: Vec<&ManifestKey> = manifest.keys.iter().filter(is_ours).collect();
    let youngest = named.iter().max_by_key(|key| key.not_before).ok_or_else(refused)?;
    let mut held = Vec::new();
    let versions = manifest.version.saturating_sub(KeyManifest::MAX_KEYS as u64).max(1);
    for version in versions..=manifest.version {
        let path = directory.join(file_name(name, version));
        if !path.exists() {
            continue;
        }
        let key = OrderSigningKey::from_seed(*secret_file::read_32(&path)?);
        let Some(named) = named.iter().find(|named| named.public == key.public_key()) else {
            continue;
        };
        let (not_before_ms, not_after_ms) = (named.not_before.0, named.not_after.0);
        held.push(HeldKey { key, not_before_ms, not_after_ms });
    }
    if held.iter().any(|held| held.key.public_key() == youngest.public) {
        Ok(HeldKeys(held))
    } else {
        Err(refused())
    }
}

fn read_public(path: &Path) -> Result<[u8; 32], SecretFileError> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| SecretFileError::Unreadable { path: path.to_owned(), cause })?;
    let bytes = from_base64(text.trim(), 32).and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| SecretFileError::Malformed {
        path: path.to_owned(),
        expected: "32 bytes in base64",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn created_keys_load_again_and_belong_to_their_town() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let issuer = Issuer::new("363871").expect("a real code");
        let random = SeededRandom::new(1);
        TownKeys::create(folder.path(), &issuer, 1_800_000_000_000, &random).expect("created");
        let keys = TownKeys::load(folder.path(), &issuer).expect("loaded");
        let kid = |mode| keys.order_key(mode, 1_800_000_000_000).kid();
        assert_ne!(kid(Mode::Actual), kid(Mode::Drill));
        assert_eq!(kid(Mode::Drill), kid(Mode::Test));

        let other = Issuer::new("363880").expect("a real code");
        let refused = TownKeys::load(folder.path(), &other).expect_err("another town's keys");
        assert!(matches!(refused, TownKeyError::NotInManifest { file: ORDER, .. }), "{refused}");
    }

    #[test]
    fn a_drill_key_in_the_place_of_the_order_key_is_refused_at_the_start() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let issuer = Issuer::new("363871").expect("a real code");
        TownKeys::create(folder.path(), &issuer, 0, &SeededRandom::new(1)).expect("created");
        std::fs::copy(folder.path().join("drill.key"), folder.path().join("order.key"))
            .expect("copied");
        assert!(TownKeys::load(folder.path(), &issuer).is_err());
    }
}
