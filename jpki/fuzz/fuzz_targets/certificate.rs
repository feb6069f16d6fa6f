//! A hostile certificate: arbitrary bytes, or a good certificate of the test CA with changes.
//!
//! The seeds are CA certificates and a person's two certificates of the project's test hierarchy;
//! they hold no private key and name nobody.
#![no_main]

use jpki::{
    trust::{HierarchyProfile, TrustStore},
    verify::{CertificateClass, PortableVerifier, Presented, verify, verify_login, verify_touch},
};
use libfuzzer_sys::fuzz_target;

const CA: &[u8] = include_bytes!("../seeds/ca.der");
const CARD: &[u8] = include_bytes!("../seeds/auth.der");
const SIGN_CA: &[u8] = include_bytes!("../seeds/sign-ca.der");
const SIGN: &[u8] = include_bytes!("../seeds/sign.der");
/// 2026-11-20 12:00, within the card's validity.
const NOW: i64 = 1_795_176_000;

fuzz_target!(|input: &[u8]| {
    let Some((&mode, rest)) = input.split_first() else {
        return;
    };
    let mut store = TrustStore::new(HierarchyProfile::hitokoe_test());
    store.add_anchor(CA, &PortableVerifier).expect("the seed is a CA");
    store.add_anchor(SIGN_CA, &PortableVerifier).expect("the seed is a CA");
    let certificate = if mode % 2 == 0 { rest.to_vec() } else { changed(CARD, rest) };
    let touched = verify_touch(&certificate, &store, NOW, &PortableVerifier);
    assert!(touched.is_err() || certificate == CARD, "a changed certificate was accepted");
    let login = verify_login(&certificate, b"", &[0; 256], &store, NOW, &PortableVerifier);
    assert!(login.is_err(), "a login without signature was accepted");
    let certificate_der = &changed(SIGN, rest);
    let presented = Presented { certificate_der, class: CertificateClass::Signature, proof: None };
    let signer = verify(&presented, &store, NOW, &PortableVerifier).into_signer();
    assert!(signer.is_err() || certificate_der == SIGN, "changed attributes were accepted");
    // The same bytes as a CA: accepted or not, but never a panic.
    drop(store.add_anchor(&changed(CA, rest), &PortableVerifier));
});

/// Applies changes of three bytes each: a position and what stands there afterwards. Positions
/// beyond the end add or cut bytes.
fn changed(good: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]]) % 2048);
        match bytes.get_mut(at) {
            Some(byte) => *byte = change[2],
            None if change[2] % 2 == 0 => bytes.push(change[2]),
            None => drop(bytes.pop()),
        }
    }
    bytes
}
