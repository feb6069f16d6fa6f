//! A hostile certificate, presented as a citizen's and as a CA's.
#![no_main]

use jpki::{
    trust::{HierarchyProfile, TrustStore},
    verify::{PortableVerifier, verify_login},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut store = TrustStore::new(HierarchyProfile::hitokoe_test());
    let accepted = store.add_anchor(input, &PortableVerifier).is_ok();
    let login = verify_login(input, b"", &[0; 256], &store, 1_795_132_800, &PortableVerifier);
    assert!(login.is_err() || accepted);
});
