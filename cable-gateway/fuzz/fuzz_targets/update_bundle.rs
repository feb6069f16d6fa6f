//! A hostile bundle: its end is read or refused, and a manifest that is taken keeps its limits.
#![no_main]

use cable_gateway::update::bundle::{Manifest, signature_len};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let file_len = input.len() as u64;
    if let Some((_, tail)) = input.split_last_chunk::<8>()
        && let Ok(length) = signature_len(file_len, *tail)
    {
        assert!(length < file_len);
    }
    let Ok(manifest) = Manifest::in_signature(input) else { return };
    assert!(manifest.salt.len() <= 256);
    assert!(manifest.compatible.len() + manifest.version.len() < input.len());
});
