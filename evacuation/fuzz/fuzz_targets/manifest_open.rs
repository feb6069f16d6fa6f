//! Any bytes, and edits of valid ones, as a manifest or a heartbeat.
#![no_main]

use evacuation::{
    heartbeat::Heartbeat,
    order::{Issuer, OrderId, UnixMillis},
    signing::OrderSigningKey,
    trust::{KeyManifest, KeyUsage, Kid, ManifestKey, Trust, open_manifest},
};
use evacuation_fuzz::edited;
use libfuzzer_sys::fuzz_target;

fn issuer() -> Issuer {
    Issuer::new("363871").expect("Minami's code")
}

fn sample_manifest() -> KeyManifest {
    let key = |seed, usage| ManifestKey {
        public: OrderSigningKey::from_seed([seed; 32]).public_key(),
        usage,
        scope: vec![issuer()],
        not_before: UnixMillis(1),
        not_after: UnixMillis(2),
    };
    KeyManifest {
        version: 1,
        expires_at: UnixMillis(1),
        keys: vec![key(1, KeyUsage::Order), key(2, KeyUsage::Drill)],
        revoked: vec![Kid([3; 8])],
    }
}

fn sample_heartbeat() -> Heartbeat {
    let active = vec![OrderId([7; 16]), OrderId([8; 16])];
    Heartbeat {
        issuer: issuer(),
        highest_sequence: 9,
        highest_drill: 4,
        active,
        time: UnixMillis(1),
    }
}

fn read(bytes: &[u8]) {
    if let Ok(manifest) = KeyManifest::decode(bytes) {
        assert_eq!(manifest.encode(), bytes, "one manifest has one encoding");
        let _ = Trust::new(manifest);
    }
    if let Ok(heartbeat) = Heartbeat::decode(bytes) {
        assert_eq!(heartbeat.encode(), bytes, "one heartbeat has one encoding");
    }
}

fuzz_target!(|bytes: &[u8]| {
    read(bytes);
    read(&edited(&sample_manifest().encode(), bytes));
    read(&edited(&sample_heartbeat().encode(), bytes));
    let root = OrderSigningKey::from_seed([9; 32]).public_key();
    assert!(open_manifest(bytes, &root).is_err());
});
