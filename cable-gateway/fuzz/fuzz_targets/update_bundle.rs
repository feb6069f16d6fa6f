//! A hostile bundle: its signature is read or refused, and a manifest that is taken keeps its limits.
#![no_main]

use cable_gateway::update::bundle::{Manifest, signature_len};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some((tail, _)) = input.split_first_chunk::<8>() {
        let file_len = input.len() as u64;
        assert!(signature_len(file_len, *tail).is_ok_and(|length| length < file_len) || signature_len(file_len, *tail).is_err());
    }
    let Ok(manifest) = Manifest::in_signature(input) else { return };
    assert!(manifest.salt.len() <= 256 && manifest.compatible.len() + manifest.version.len() < input.len());
});
