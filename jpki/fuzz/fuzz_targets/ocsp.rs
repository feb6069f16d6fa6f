//! A hostile responder: arbitrary bytes, or a good answer with changes. The good answer of the seed
//! was signed for the question that is asked here; nothing else may be accepted.
#![no_main]

use std::sync::OnceLock;

use jpki::{
    cert::chain::Anchor,
    revocation::ocsp::{OcspQuestion, OcspRules},
    trust::{HierarchyProfile, TrustStore},
    verify::PortableVerifier,
};
use libfuzzer_sys::fuzz_target;

const CA: &[u8] = include_bytes!("../seeds/sign-ca.der");
const ANSWER: &[u8] = include_bytes!("../seeds/answer.der");
/// Serial number and nonce that the seed's answer is about.
const SERIAL: &[u8] = &[6, 0, 0, 7];
const NONCE: [u8; 32] = [0xA5; 32];
/// 2026-11-20 00:00, when the answer was made.
const NOW: i64 = 1_795_132_800;

/// The CA of the seeds; checking its own signature each time would slow the fuzzer down.
fn issuer() -> &'static Anchor {
    static STORE: OnceLock<TrustStore> = OnceLock::new();
    let store = STORE.get_or_init(|| {
        let mut store = TrustStore::new(HierarchyProfile::hitokoe_test());
        store.add_anchor(CA, &PortableVerifier).expect("the seed is a CA");
        store
    });
    store.issuers().next().expect("one was added")
}

fuzz_target!(|input: &[u8]| {
    let Some((&mode, rest)) = input.split_first() else {
        return;
    };
    let issuer = issuer();
    let rules = OcspRules::default();
    let question = OcspQuestion::new(issuer, SERIAL, &rules, NONCE);
    let answer = if mode % 2 == 0 { rest.to_vec() } else { changed(ANSWER, rest) };
    let found = question.verify(&answer, issuer, &rules, NOW, &PortableVerifier);
    assert!(found.is_err() || answer == ANSWER, "a changed answer was accepted");
});

/// Applies changes of three bytes each: a position and what stands there afterwards.
fn changed(good: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for change in changes.chunks_exact(3) {
        let at = usize::from(u16::from_be_bytes([change[0], change[1]]) % 4096);
        match bytes.get_mut(at) {
            Some(byte) => *byte = change[2],
            None if change[2] % 2 == 0 => bytes.push(change[2]),
            None => drop(bytes.pop()),
        }
    }
    bytes
}
