use proptest::prelude::*;

use super::*;
use crate::{
    order::UnixMillis,
    testing::{
        HOUR, ISSUED, drill_key, issuer, manifest, mutate, order_key, other_issuer, root_key,
        trust, unknown_key,
    },
};

fn signed_manifest() -> Vec<u8> {
    sign_manifest(&manifest(), &root_key()).expect("a valid manifest")
}

#[test]
fn a_manifest_opens_as_it_was() {
    let root = root_key().public_key();
    assert_eq!(open_manifest(&signed_manifest(), &root), Ok(manifest()));
}

#[test]
fn only_the_root_signs_a_manifest() {
    let by_other = sign_manifest(&manifest(), &order_key()).expect("a valid manifest");
    let root = root_key().public_key();
    assert_eq!(open_manifest(&by_other, &root), Err(ManifestError::BadSignature));
    let other_root = unknown_key().public_key();
    assert_eq!(open_manifest(&signed_manifest(), &other_root), Err(ManifestError::BadSignature));
    let mut renamed = by_other;
    renamed[8..16].copy_from_slice(&root.kid().0);
    assert_eq!(open_manifest(&renamed, &root), Err(ManifestError::BadSignature));
    let huge = vec![0; KeyManifest::MAX_SIGNED_LEN + 1];
    assert_eq!(open_manifest(&huge, &root), Err(ManifestError::Malformed));
}

#[track_caller]
fn check_invalid(change: impl FnOnce(&mut KeyManifest)) {
    let mut manifest = manifest();
    change(&mut manifest);
    assert_eq!(sign_manifest(&manifest, &root_key()), Err(InvalidManifest));
}

#[test]
fn a_manifest_keeps_its_limits() {
    check_invalid(|manifest| manifest.version = 0);
    check_invalid(|manifest| manifest.keys.push(manifest.keys[0].clone()));
    check_invalid(|manifest| manifest.keys[0].scope.clear());
    check_invalid(|manifest| manifest.keys[0].scope = vec![issuer(); 65]);
    check_invalid(|manifest| manifest.keys[0].not_after = manifest.keys[0].not_before);
    check_invalid(|manifest| manifest.keys[0].public = PublicKey([2; 32]));
    // A point of small order: anything would verify under it.
    check_invalid(|manifest| {
        manifest.keys[0].public = PublicKey(std::array::from_fn(|at| u8::from(at == 0)));
    });
    check_invalid(|manifest| manifest.revoked = vec![Kid([0; 8]); 65]);
}

#[test]
fn only_a_newer_manifest_replaces() {
    let mut trust = trust();
    let with_version = |version| KeyManifest { version, keys: Vec::new(), ..manifest() };
    assert_eq!(trust.replace(with_version(6)), Err(OlderManifest));
    assert_eq!(trust.replace(with_version(7)), Ok(false));
    assert_eq!(trust, Trust::new(manifest()));
    assert_eq!(trust.replace(with_version(8)), Ok(true));
    assert_eq!((trust.version(), trust.keys.len()), (8, 0));
}

#[test]
fn an_overdue_manifest_warns_and_goes_on() {
    let late = UnixMillis(ISSUED + 40 * 24 * HOUR);
    assert!(trust().is_overdue(late));
    assert!(!trust().is_overdue(UnixMillis(ISSUED)));
    assert!(!Trust::default().is_overdue(late));
    let order = crate::order::Order {
        issued_at: late,
        expires_at: UnixMillis(late.0 + HOUR),
        ..crate::testing::order(5)
    };
    assert!(crate::signing::open_order(&crate::testing::signed(&order), &trust()).is_ok());
}

#[test]
fn without_a_manifest_nothing_is_believed() {
    let bytes = crate::testing::signed(&crate::testing::order(5));
    let opened = crate::signing::open_order(&bytes, &Trust::default());
    assert_eq!(opened.map(|_| ()), Err(OpenError::UnknownKey));
}

#[test]
fn a_key_covers_its_towns_in_its_time() {
    let key = ManifestKey {
        public: drill_key().public_key(),
        usage: KeyUsage::Drill,
        scope: vec![issuer()],
        not_before: UnixMillis(10),
        not_after: UnixMillis(20),
    };
    assert_eq!(key.covers(&issuer(), UnixMillis(10)), Ok(()));
    assert_eq!(key.covers(&issuer(), UnixMillis(20)), Ok(()));
    assert_eq!(key.covers(&issuer(), UnixMillis(9)), Err(OpenError::KeyOutOfTime));
    assert_eq!(key.covers(&issuer(), UnixMillis(21)), Err(OpenError::KeyOutOfTime));
    assert_eq!(key.covers(&other_issuer(), UnixMillis(15)), Err(OpenError::OutOfScope));
}

proptest! {
    #[test]
    fn changed_manifests_never_open(kind: u8, at: usize, value: u8) {
        let bytes = signed_manifest();
        let mutated = mutate(&bytes, kind, at, value);
        let opened = open_manifest(&mutated, &root_key().public_key());
        prop_assert!(mutated == bytes || opened.is_err());
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = KeyManifest::decode(&bytes);
        prop_assert!(open_manifest(&bytes, &root_key().public_key()).is_err());
    }
}
