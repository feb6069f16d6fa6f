//! The town's keys: what signs orders, drills and heartbeats, and the manifest that boxes believe.

use std::path::{Path, PathBuf};

use evacuation::{
    id::Issuer,
    order::{Mode, UnixMillis},
    signing::{OrderSigningKey, RootSigningKey},
    trust::{
        InvalidManifest, KeyManifest, KeyUsage, ManifestKey, PublicKey, open_manifest,
        sign_manifest,
    },
};
use zeroize::Zeroizing;

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
    order: OrderSigningKey,
    drill: OrderSigningKey,
    heartbeat: OrderSigningKey,
    manifest: Vec<u8>,
    manifest_root: PublicKey,
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

const ORDER: &str = "order.key";
const DRILL: &str = "drill.key";
const HEARTBEAT: &str = "heartbeat.key";
const ROOT: &str = "manifest-root.key";
const ROOT_PUBLIC: &str = "manifest-root.pub";
const MANIFEST: &str = "key-manifest.cose";

impl TownKeys {
    /// Reads the folder and checks that boxes will believe what these keys sign.
    pub fn load(directory: &Path, issuer: &Issuer) -> Result<Self, TownKeyError> {
        let root_path = directory.join(ROOT_PUBLIC);
        let manifest_root = PublicKey(read_public(&root_path)?);
        let path = directory.join(MANIFEST);
        let manifest = std::fs::read(&path)
            .map_err(|cause| SecretFileError::Unreadable { path: path.clone(), cause })?;
        let allowed = open_manifest(&manifest, &manifest_root)
            .map_err(|cause| TownKeyError::Manifest { path, cause })?;
        let key = |file, usage| signing_key(directory, file, usage, issuer, &allowed);
        Ok(Self {
            order: key(ORDER, KeyUsage::Order)?,
            drill: key(DRILL, KeyUsage::Drill)?,
            heartbeat: key(HEARTBEAT, KeyUsage::Heartbeat)?,
            manifest,
            manifest_root,
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
        for (file, usage) in
            [(ORDER, KeyUsage::Order), (DRILL, KeyUsage::Drill), (HEARTBEAT, KeyUsage::Heartbeat)]
        {
            keys.push(ManifestKey {
                public: create_key(directory, file, random)?.public_key(),
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
    pub fn order_key(&self, mode: Mode) -> &OrderSigningKey {
        match mode {
            Mode::Actual => &self.order,
            Mode::Drill | Mode::Test => &self.drill,
        }
    }

    /// The key for heartbeats.
    pub fn heartbeat_key(&self) -> &OrderSigningKey {
        &self.heartbeat
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

fn signing_key(
    directory: &Path,
    file: &'static str,
    usage: KeyUsage,
    issuer: &Issuer,
    manifest: &KeyManifest,
) -> Result<OrderSigningKey, TownKeyError> {
    let key = OrderSigningKey::from_seed(*secret_file::read_32(&directory.join(file))?);
    let named = manifest.keys.iter().any(|named| {
        named.public == key.public_key() && named.usage == usage && named.scope.contains(issuer)
    });
    let revoked = manifest.revoked.contains(&key.kid());
    if named && !revoked {
        Ok(key)
    } else {
        Err(TownKeyError::NotInManifest { file, issuer: issuer.to_string() })
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
        assert_ne!(keys.order.kid(), keys.drill.kid());
        assert_eq!(keys.order_key(Mode::Actual).kid(), keys.order.kid());
        assert_eq!(keys.order_key(Mode::Drill).kid(), keys.drill.kid());
        assert_eq!(keys.order_key(Mode::Test).kid(), keys.drill.kid());

        let other = Issuer::new("363880").expect("a real code");
        let refused = TownKeys::load(folder.path(), &other).expect_err("another town's keys");
        assert!(matches!(refused, TownKeyError::NotInManifest { file: ORDER, .. }), "{refused}");
    }

    #[test]
    fn a_drill_key_in_the_place_of_the_order_key_is_refused_at_the_start() {
        let folder = tempfile::tempdir().expect("temporary folder");
        let issuer = Issuer::new("363871").expect("a real code");
        TownKeys::create(folder.path(), &issuer, 0, &SeededRandom::new(1)).expect("created");
        std::fs::copy(folder.path().join(DRILL), folder.path().join(ORDER)).expect("copied");
        assert!(TownKeys::load(folder.path(), &issuer).is_err());
    }
}
