//! Any bytes as a signed manifest, and as the content of a manifest or a heartbeat.
#![no_main]

use evacuation::{
    heartbeat::Heartbeat,
    signing::RootSigningKey,
    trust::{KeyManifest, Trust, open_manifest},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(manifest) = KeyManifest::decode(bytes) {
        assert_eq!(manifest.encode(), bytes, "one manifest has one encoding");
        let _ = Trust::new(manifest);
    }
    if let Ok(heartbeat) = Heartbeat::decode(bytes) {
        assert_eq!(heartbeat.encode(), bytes, "one heartbeat has one encoding");
    }
    let root = RootSigningKey::from_seed([9; 32]).public_key();
    assert!(open_manifest(bytes, &root).is_err());
});
