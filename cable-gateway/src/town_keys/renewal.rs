//! `admin renew-keys`: the next keys, and a manifest that names old and new ones.

use std::path::Path;

use evacuation::{
    id::Issuer,
    order::UnixMillis,
    signing::{OrderSigningKey, RootSigningKey},
    trust::{KeyManifest, ManifestKey, sign_manifest},
};

use super::{DAY_MS, LIFE_MS, MANIFEST, TownKeyError, USES, create_key, file_name, read_manifest};
use crate::{random::Random, secret_file};

/// Boxes know a new key this long before it is used: one that was off over night knows it too.
const ANNOUNCED_MS: i64 = DAY_MS;
/// What an old key signed is believed this long after its end: orders stand a few days at most.
const REMEMBERED_MS: i64 = 30 * DAY_MS;

/// What a renewal did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// Version of the new manifest.
    pub version: u64,
    /// When the new keys come into use, Unix milliseconds.
    pub begins_at_ms: i64,
    /// When the new keys end, Unix milliseconds.
    pub ends_at_ms: i64,
}

/// Creates the next key of each use and a manifest that names them beside the old ones. The old keys
/// end when the new ones begin, or are revoked at once when one was stolen.
///
/// The manifest is replaced last and in one step: a renewal that was cut off is run again.
pub fn renew(
    directory: &Path,
    issuer: &Issuer,
    root: &Path,
    revoke: bool,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Renewal, TownKeyError> {
    let (_, public, old) = read_manifest(directory)?;
    let root_key = RootSigningKey::from_seed(*secret_file::read_32(root)?);
    if root_key.public_key() != public {
        return Err(TownKeyError::OtherRoot { path: root.to_owned() });
    }
    let version = old.version + 1;
    let begins_at_ms = begin(&old, issuer, revoke, now_ms);
    let ends_at_ms = now_ms + LIFE_MS;
    let mut next = succeed(old, issuer, revoke, begins_at_ms, now_ms);
    (next.version, next.expires_at) = (version, UnixMillis(ends_at_ms));
    for (name, usage) in USES {
        next.keys.push(ManifestKey {
            public: next_key(directory, &file_name(name, version), random)?.public_key(),
            usage,
            scope: vec![issuer.clone()],
            not_before: UnixMillis(begins_at_ms),
            not_after: UnixMillis(ends_at_ms),
        });
    }
    let manifest = sign_manifest(&next, &root_key)?;
    secret_file::replace(&directory.join(MANIFEST), &manifest, secret_file::PUBLIC)?;
    Ok(Renewal { version, begins_at_ms, ends_at_ms })
}

/// A day from now while the old keys last as long; at once when one was stolen or is over.
fn begin(old: &KeyManifest, issuer: &Issuer, revoke: bool, now_ms: i64) -> i64 {
    let last = |usage| {
        let ours = old.keys.iter().filter(|key| key.usage == usage && key.scope.contains(issuer));
        ours.map(|key| key.not_after.0).max().unwrap_or(i64::MIN)
    };
    let lasts = USES.iter().all(|(_, usage)| last(*usage) > now_ms + ANNOUNCED_MS);
    // Clocks of gateway and order differ by no more than this; the signed time is checked.
    if lasts && !revoke { now_ms + ANNOUNCED_MS } else { now_ms - DAY_MS }
}

/// The old manifest with its keys for this town ended or revoked; those of other towns stay.
fn succeed(
    mut old: KeyManifest,
    issuer: &Issuer,
    revoke: bool,
    begins_at_ms: i64,
    now_ms: i64,
) -> KeyManifest {
    let ours = |key: &ManifestKey| key.scope.contains(issuer);
    if revoke {
        let revoked = old.keys.iter().filter(|key| ours(key)).map(ManifestKey::kid);
        old.revoked.extend(revoked.collect::<Vec<_>>());
        old.keys.retain(|key| !ours(key));
        let forgotten = old.revoked.len().saturating_sub(KeyManifest::MAX_REVOKED);
        old.revoked.drain(..forgotten);
    }
    for key in old.keys.iter_mut().filter(|key| ours(key)) {
        // One day more than it signs: what was signed in the last minute is still on its way.
        let end = UnixMillis(begins_at_ms + DAY_MS).max(UnixMillis(key.not_before.0 + 1));
        key.not_after = key.not_after.min(end);
    }
    old.keys.retain(|key| !ours(key) || key.not_after.0 + REMEMBERED_MS > now_ms);
    old
}

/// A new key, or the one that a renewal made which was then cut off.
fn next_key(
    directory: &Path,
    file: &str,
    random: &dyn Random,
) -> Result<OrderSigningKey, TownKeyError> {
    let path = directory.join(file);
    if path.exists() {
        return Ok(OrderSigningKey::from_seed(*secret_file::read_32(&path)?));
    }
    create_key(directory, file, random)
}

#[cfg(test)]
mod tests {
    use evacuation::{order::Mode, trust::OpenError};

    use super::*;
    use crate::{
        random::SeededRandom,
        town_keys::{ROOT, TownKeys},
    };

    const NOW_MS: i64 = 1_800_000_000_000;

    struct Office {
        folder: tempfile::TempDir,
        issuer: Issuer,
        random: SeededRandom,
    }

    impl Office {
        fn new() -> Self {
            let folder = tempfile::tempdir().expect("temporary folder");
            let issuer = Issuer::new("363871").expect("a real code");
            let random = SeededRandom::new(1);
            TownKeys::create(folder.path(), &issuer, NOW_MS, &random).expect("created");
            Self { folder, issuer, random }
        }

        fn renew(&self, revoke: bool, now_ms: i64) -> Renewal {
            let root = self.folder.path().join(ROOT);
            renew(self.folder.path(), &self.issuer, &root, revoke, now_ms, &self.random)
                .expect("renewed")
        }

        fn keys(&self) -> TownKeys {
            TownKeys::load(self.folder.path(), &self.issuer).expect("loaded")
        }

        /// A signed order of this moment.
        fn order(&self, keys: &TownKeys, now_ms: i64) -> Vec<u8> {
            let order = evacuation::order::Order {
                id: evacuation::order::OrderId([1; 16]),
                issuer: self.issuer.clone(),
                sequence: 1,
                issued_at: UnixMillis(now_ms),
                expires_at: UnixMillis(now_ms + DAY_MS),
                mode: Mode::Actual,
                act: evacuation::order::Act::Issue,
                references: Vec::new(),
                hazard: evacuation::hazard::Hazard::Tsunami,
                level: None,
                area_table: 1,
                areas: Vec::new(),
                shelter_table: 1,
                shelters: Vec::new(),
                reason: None,
            };
            let key = keys.order_key(Mode::Actual, now_ms);
            evacuation::signing::sign_order(&order, key).expect("signed")
        }
    }

    #[test]
    fn new_keys_are_announced_a_day_before_they_sign() {
        let office = Office::new();
        let before = office.keys();
        let now_ms = NOW_MS + 300 * DAY_MS;
        let renewal = office.renew(false, now_ms);
        assert_eq!((renewal.version, renewal.begins_at_ms), (2, now_ms + DAY_MS));
        let after = office.keys();
        let kid = |keys: &TownKeys, at| keys.order_key(Mode::Actual, at).kid();
        assert_eq!(kid(&after, now_ms), kid(&before, now_ms), "the old key signs on");
        assert_ne!(kid(&after, now_ms + DAY_MS), kid(&before, now_ms));
        assert_ne!(after.heartbeat_key(now_ms + DAY_MS).kid(), before.heartbeat_key(now_ms).kid());
        for at in [now_ms, now_ms + DAY_MS - 1, now_ms + DAY_MS, now_ms + 300 * DAY_MS] {
            let signed = office.order(&after, at);
            assert!(after.opened_by_a_box(&signed).is_ok(), "at every moment");
        }
        assert!(before.opened_by_a_box(&office.order(&after, now_ms)).is_ok(), "an old box too");
        assert_eq!(after.ends_at_ms(), now_ms + LIFE_MS);
    }

    #[test]
    fn what_the_old_key_signed_is_believed_until_it_is_long_over() {
        let office = Office::new();
        let signed = office.order(&office.keys(), NOW_MS + 300 * DAY_MS);
        office.renew(false, NOW_MS + 300 * DAY_MS);
        assert!(office.keys().opened_by_a_box(&signed).is_ok());
        office.renew(false, NOW_MS + 600 * DAY_MS);
        assert_eq!(office.keys().opened_by_a_box(&signed), Err(OpenError::UnknownKey));
    }

    #[test]
    fn a_stolen_key_is_revoked_at_once() {
        let office = Office::new();
        let now_ms = NOW_MS + 10 * DAY_MS;
        let stolen = office.order(&office.keys(), now_ms);
        let renewal = office.renew(true, now_ms);
        assert!(renewal.begins_at_ms < now_ms);
        let keys = office.keys();
        assert_eq!(keys.opened_by_a_box(&stolen), Err(OpenError::RevokedKey));
        assert!(keys.opened_by_a_box(&office.order(&keys, now_ms)).is_ok());
    }

    #[test]
    fn keys_that_are_over_are_replaced_at_once() {
        let office = Office::new();
        let late = NOW_MS + 400 * DAY_MS;
        let keys = office.keys();
        assert!(keys.is_overdue(late) && keys.ends_at_ms() < late);
        let refused = keys.opened_by_a_box(&office.order(&keys, late));
        assert_eq!(refused, Err(OpenError::KeyOutOfTime));
        office.renew(false, late);
        let keys = office.keys();
        assert!(!keys.is_overdue(late));
        assert!(keys.opened_by_a_box(&office.order(&keys, late)).is_ok());
    }

    #[test]
    fn a_renewal_that_was_cut_off_is_run_again() {
        let office = Office::new();
        let path = office.folder.path().join(MANIFEST);
        let before = std::fs::read(&path).expect("there");
        office.renew(false, NOW_MS);
        std::fs::write(&path, before).expect("the manifest was not replaced yet");
        assert_eq!(office.renew(false, NOW_MS).version, 2);
        assert_eq!(office.renew(false, NOW_MS + DAY_MS).version, 3);
        let keys = office.keys();
        assert!(keys.opened_by_a_box(&office.order(&keys, NOW_MS + 2 * DAY_MS)).is_ok());
    }

    #[test]
    fn only_the_root_renews() {
        let office = Office::new();
        let other = office.folder.path().join("order.key");
        let outcome =
            renew(office.folder.path(), &office.issuer, &other, false, NOW_MS, &office.random);
        assert!(matches!(outcome, Err(TownKeyError::OtherRoot { .. })));
    }
}
