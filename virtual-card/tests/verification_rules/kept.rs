//! Lists that are kept: which one replaces which, and what survives in a file.

use std::{io::Read as _, sync::Arc};

use jpki::{
    revocation::{
        CertificateId, RevocationQuestion, RevocationReason, RevocationSource as _,
        RevocationStatus,
        crl::{Crl, CrlLimits, CrlReader, CrlRefusal, Expected},
        store::{CrlStore, Offered},
    },
    verify::LibraryVerifier,
};
use virtual_card::ca::{
    Purpose,
    person::Town,
    revocation_list::{CrlDraft, CrlEntry},
};

use crate::{
    Chapter, Rule,
    list::{entry, good, partition, read},
    named,
    office::{DAY, NOW, Office, town},
};

fn list(change: impl FnOnce(&mut CrlDraft)) -> Arc<Crl> {
    let mut draft = good();
    change(&mut draft);
    let der = draft.sign(Office::open().ca(Purpose::Sign).key()).expect("signed");
    Arc::new(read(&der).expect("a good list"))
}

fn offered_after_the_good_one(change: impl FnOnce(&mut CrlDraft)) -> String {
    let mut store = CrlStore::new();
    store.offer(&list(|_| {})).expect("the first list");
    named(store.offer(&list(change)))
}

fn stored(change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    named(Crl::from_bytes(&change(list(|_| {}).to_bytes()), 1000))
}

const RULES: &[Rule] = &[
    Rule {
        presented: "the next list",
        refused_as: "accepted",
        found: || {
            offered_after_the_good_one(|draft| {
                (draft.number, draft.this_update) = (Some(8), NOW + 1);
            })
        },
    },
    Rule {
        presented: "a list with a lower number",
        refused_as: "Older",
        found: || offered_after_the_good_one(|draft| draft.number = Some(6)),
    },
    Rule {
        presented: "a higher number with an earlier time",
        refused_as: "Contradicting",
        found: || {
            offered_after_the_good_one(|draft| {
                (draft.number, draft.this_update) = (Some(8), NOW - 1);
            })
        },
    },
    Rule {
        presented: "the same number with another time",
        refused_as: "Contradicting",
        found: || offered_after_the_good_one(|draft| draft.this_update = NOW + 1),
    },
    Rule { presented: "a stored list", refused_as: "accepted", found: || stored(|bytes| bytes) },
    Rule {
        presented: "a stored list with a changed byte",
        refused_as: "Damaged",
        found: || {
            stored(|mut bytes| {
                let at = bytes.len() - 40;
                bytes[at] ^= 1;
                bytes
            })
        },
    },
    Rule {
        presented: "a stored list cut off at the end",
        refused_as: "Damaged",
        found: || stored(|bytes| bytes[..bytes.len() - 1].to_vec()),
    },
    Rule {
        presented: "a stored list of another version",
        refused_as: "OtherForm",
        found: || stored(|bytes| [b"hkcrl-99", &bytes[8..]].concat()),
    },
    Rule {
        presented: "a stored list with more entries than the limit",
        refused_as: "TooMany",
        found: || named(Crl::from_bytes(&list(|_| {}).to_bytes(), 1)),
    },
];

pub(crate) fn chapter() -> Chapter {
    Chapter {
        title: "Lists that are kept",
        intro: "One list is in use for each CA generation and distribution point.",
        rules: &[RULES],
    }
}

fn question(serial: u8, town: &Town) -> RevocationQuestion {
    let issuer_key_id = Office::open().ca(Purpose::Sign).key_id;
    RevocationQuestion {
        certificate: CertificateId { issuer_key_id, serial: vec![6, 0, 0, serial] },
        distribution_points: partition(town),
    }
}

#[test]
fn a_store_answers_for_its_partitions_only_and_knows_when_it_is_stale() {
    let mut store = CrlStore::new();
    let (here, elsewhere) = (town(), Town::new("Tokushima-ken", "Kamiyama-cho"));
    assert_eq!(store.status(&question(5, &here), NOW), RevocationStatus::Unknown);
    store.offer(&list(|_| {})).expect("the first list");
    let good = RevocationStatus::Good { source_updated_at: NOW };
    assert_eq!(store.status(&question(6, &here), NOW), good);
    assert_eq!(store.status(&question(6, &here), NOW + DAY), good);
    let stale = RevocationStatus::Stale { source_updated_at: NOW };
    assert_eq!(store.status(&question(6, &here), NOW + DAY + 1), stale);
    assert_eq!(store.status(&question(6, &elsewhere), NOW), RevocationStatus::Unknown);
    for now in [NOW, NOW + 100 * DAY] {
        let revoked = store.status(&question(5, &here), now);
        assert!(matches!(revoked, RevocationStatus::Revoked { .. }), "{revoked:?}");
    }
    let mut other_ca = question(5, &here);
    other_ca.certificate.issuer_key_id = vec![1; 20];
    assert_eq!(store.status(&other_ca, NOW), RevocationStatus::Unknown);
}

#[test]
fn a_swap_tells_what_changed_and_an_earlier_copy_stays_as_it_was() {
    let mut store = CrlStore::new();
    store.offer(&list(|_| {})).expect("the first list");
    let before = store.clone();
    let newer = list(|draft| {
        (draft.number, draft.this_update) = (Some(8), NOW + 1);
        draft.entries = vec![entry(9), entry(4)];
    });
    let offered = store.offer(&newer).expect("newer");
    let Offered::Taken { before: Some(older) } = offered else { panic!("{offered:?}") };
    let changes: Vec<String> =
        older.table().changes(newer.table()).map(|change| format!("{change:?}")).collect();
    assert_eq!(changes.len(), 2, "{changes:?}");
    let status = |store: &CrlStore| store.status(&question(4, &town()), NOW);
    assert!(matches!(status(&store), RevocationStatus::Revoked { .. }));
    assert!(matches!(status(&before), RevocationStatus::Good { .. }));
    assert!(matches!(store.offer(&newer), Ok(Offered::Unchanged)));
    assert_eq!(store.lists().len(), 1);
}

#[test]
fn a_stored_list_is_the_list() {
    let list = list(|draft| draft.entries.push(super::list::entry(77)));
    assert_eq!(Crl::from_bytes(&list.to_bytes(), 3), Ok((*list).clone()));
}

#[test]
fn a_list_may_come_in_parts_of_any_size() {
    let mut draft = good();
    draft.entries.extend((20..220).map(entry));
    let der = draft.sign(Office::open().ca(Purpose::Sign).key()).expect("signed");
    let whole = read(&der).expect("a good list");
    for size in [1, 2, 7, 100, 1000, der.len()] {
        let mut parts = der.chunks(size);
        let mut reader = CrlReader::new(CrlLimits::default());
        parts.try_for_each(|part| reader.feed(part)).expect("well formed");
        assert_eq!(verified(reader).as_ref(), Ok(&whole), "{size}");
    }
}

/// Large parts are hashed on another core than the one that reads them.
#[test]
fn a_large_list_is_the_same_on_two_cores() {
    let mut draft = good();
    let revoked = |number: u32| {
        CrlEntry::new(&number.to_be_bytes(), NOW - DAY, RevocationReason::AffiliationChanged)
    };
    // So many that the half of them ends amid a stretch of the index.
    draft.entries = (100_000_000..=100_150_000).rev().map(revoked).collect();
    let mut der = draft.sign(Office::open().ca(Purpose::Sign).key()).expect("signed");
    let mut one_core = CrlReader::new(CrlLimits::default());
    let mut parts = der.chunks(1000);
    parts.try_for_each(|part| one_core.feed(part)).expect("well formed");
    let expected = verified(one_core).expect("a good list");
    let table = expected.table();
    assert_eq!(table.len(), 150_001);
    assert!(table.iter().all(|(serial, found)| table.get(serial) == Some(found)));
    assert_eq!(verified(read_ahead(&der)), Ok(expected));
    // One of the times, a second later: still well formed.
    let middle = der.len() / 2;
    let time_end = der[middle..].windows(2).position(|end| end == b"0Z").expect("a time");
    der[middle + time_end] = b'1';
    assert_eq!(verified(read_ahead(&der)), Err(CrlRefusal::BadSignature));
}

fn read_ahead(mut der: &[u8]) -> CrlReader {
    let mut reader = CrlReader::new(CrlLimits::default());
    let fed = reader.feed_from(|part| Ok::<_, CrlRefusal>(der.read(part).unwrap_or_default()));
    fed.expect("well formed");
    reader
}

fn verified(reader: CrlReader) -> Result<Crl, CrlRefusal> {
    let office = Office::open();
    let names = partition(&town());
    let issuer = office.anchor(&office.ca(Purpose::Sign));
    let expected = Expected::Partition(&names[0]);
    reader.finish()?.verify(&issuer, expected, NOW, &LibraryVerifier)
}

proptest::proptest! {
    #[test]
    fn no_damage_makes_reading_panic(
        at in 0usize..900, with in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..20),
    ) {
        static GOOD: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let good = GOOD.get_or_init(|| {
            good().sign(Office::open().ca(Purpose::Sign).key()).expect("signed")
        });
        let mut der = good.clone();
        let at = at.min(der.len() - 1);
        let end = (at + with.len()).min(der.len());
        der[at..end].copy_from_slice(&with[..end - at]);
        proptest::prop_assert_eq!(read(&der).is_ok(), der == *good);
    }
}
