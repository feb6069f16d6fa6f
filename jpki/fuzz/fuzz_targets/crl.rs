//! A hostile revocation list: arbitrary bytes or a good list with changes, in parts of any size.
//!
//! Nothing that was changed may verify, what is stored must read back, and the table must answer as
//! the entries say.
#![no_main]

use std::sync::OnceLock;

use jpki::{
    cert::chain::Anchor,
    revocation::{
        CertificateId, DistributionPointName,
        crl::{Crl, CrlLimits, CrlReader, Expected},
    },
    trust::{HierarchyProfile, TrustStore},
    verify::PortableVerifier,
};
use libfuzzer_sys::fuzz_target;

const CA: &[u8] = include_bytes!("../seeds/sign-ca.der");
const LIST: &[u8] = include_bytes!("../seeds/list.crl");
const POINT: &[u8] = include_bytes!("../seeds/point.der");
/// 2026-11-20 12:00, within the list's time.
const NOW: i64 = 1_795_176_000;
const LIMITS: CrlLimits = CrlLimits { entries_max: 10_000, len_max: 1 << 20 };

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
    let Some((&[mode, size], rest)) = input.split_first_chunk::<2>() else {
        return;
    };
    drop(Crl::from_bytes(rest, LIMITS.entries_max));
    let der = if mode % 2 == 0 { rest.to_vec() } else { changed(LIST, rest) };
    let mut reader = CrlReader::new(LIMITS);
    for part in der.chunks(usize::from(size) + 1) {
        if reader.feed(part).is_err() {
            return;
        }
    }
    let Ok(read) = reader.finish() else { return };
    let issuer = issuer();
    let point = DistributionPointName::from_der(POINT).expect("the seed is a name");
    let Ok(list) = read.verify(issuer, Expected::Partition(&point), NOW, &PortableVerifier) else {
        return;
    };
    assert!(der == LIST, "a changed list was accepted");
    let stored = list.to_bytes();
    assert!(Crl::from_bytes(&stored, LIMITS.entries_max).as_ref() == Ok(&list));
    for (serial, _) in list.table().iter() {
        let serial = serial.as_bytes().to_vec();
        let certificate = CertificateId { issuer_key_id: issuer.key_id().to_vec(), serial };
        let status = list.status(&certificate, NOW);
        assert!(status.source_updated_at().is_some());
    }
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
