//! Revocation lists.

use std::sync::Arc;

use jpki::{
    revocation::{
        CertificateId, DistributionPointName, RevocationQuestion, RevocationReason,
        RevocationSource as _, RevocationStatus,
        crl::{Crl, CrlLimits, CrlReader, CrlRefusal, Expected, SKEW_SECS},
        store::CrlStore,
    },
    tlv,
    verify::LibraryVerifier,
};
use virtual_card::ca::{
    Purpose,
    person::Town,
    revocation_list::{CrlDraft, CrlEntry, extension},
};

use crate::{
    Chapter, Rule, named,
    office::{DAY, NOW, Office, town},
};

/// Content of the identifiers 2.5.29.27, 2.5.29.29 and 1.3.6.1.4.1.32473.9.9.
const DELTA: &[u8] = &[0x55, 0x1D, 0x1B];
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1D, 0x1D];
const UNHEARD_OF: &[u8] = &[0x2B, 0x06, 0x01, 0x04, 0x01, 0x81, 0xFD, 0x59, 0x09, 0x09];

pub(crate) fn partition(town: &Town) -> Vec<DistributionPointName> {
    Office::open().ca(Purpose::Sign).partition(Purpose::Sign, town).expect("names")
}

pub(crate) fn entry(serial: u8) -> CrlEntry {
    CrlEntry::new(&[6, 0, 0, serial], NOW - DAY, RevocationReason::AffiliationChanged)
}

/// A good list of the town with two entries.
pub(crate) fn good() -> CrlDraft {
    let ca = Office::open().ca(Purpose::Sign);
    let mut draft = CrlDraft::new(&ca, &partition(&town()), 7, NOW);
    draft.entries = vec![entry(9), entry(5)];
    draft
}

pub(crate) fn read(der: &[u8]) -> Result<Crl, CrlRefusal> {
    let office = Office::open();
    let anchor = office.anchor(&office.ca(Purpose::Sign));
    let names = partition(&town());
    Crl::from_der(der, &anchor, Expected::Partition(&names[0]), NOW, &LibraryVerifier)
}

/// Where the configuration expects no certain distribution point.
fn read_as_named(der: &[u8]) -> Result<Crl, CrlRefusal> {
    let office = Office::open();
    let anchor = office.anchor(&office.ca(Purpose::Sign));
    Crl::from_der(der, &anchor, Expected::AsNamed, NOW, &LibraryVerifier)
}

fn changed(change: impl FnOnce(&mut CrlDraft)) -> String {
    let mut draft = good();
    change(&mut draft);
    named(read(&draft.sign(Office::open().ca(Purpose::Sign).key()).expect("signed")))
}

fn bytes(change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> String {
    let der = good().sign(Office::open().ca(Purpose::Sign).key()).expect("signed");
    named(read(&change(der)))
}

/// A list that is taken as it names itself speaks for its own town only: whoever is revoked in
/// another town is not found good by it.
#[test]
fn a_list_taken_as_it_names_itself_says_nothing_about_another_town() {
    let mut draft = good();
    draft.partition = partition(&Town::new("Tokushima-ken", "Kamiyama-cho"));
    let der = draft.sign(Office::open().ca(Purpose::Sign).key()).expect("signed");
    let list = read_as_named(&der).expect("a good list of its town");
    let certificate =
        CertificateId { issuer_key_id: list.issuer_key_id().to_vec(), serial: vec![6, 0, 0, 1] };
    assert!(list.covers(&certificate, &partition(&Town::new("Tokushima-ken", "Kamiyama-cho"))));
    assert!(!list.covers(&certificate, &partition(&town())));
    let mut store = CrlStore::new();
    store.offer(&Arc::new(list)).expect("the first list");
    let distribution_points = partition(&town());
    let question = RevocationQuestion { certificate, distribution_points };
    assert_eq!(store.status(&question, NOW), RevocationStatus::Unknown);
}

pub(crate) fn chapter() -> Chapter {
    Chapter {
        title: "Revocation lists",
        intro: "The list of one town of the signature CA, addressed by its directory name.",
        rules: &[ISSUERS, SCOPES, ENTRIES],
    }
}

const ISSUERS: &[Rule] = &[
    Rule { presented: "nothing wrong", refused_as: "accepted", found: || changed(|_| {}) },
    Rule {
        presented: "signed by a CA of the same name with another key",
        refused_as: "BadSignature",
        found: || {
            let impostor = Office::impostor(Purpose::Sign);
            named(read(&good().sign(impostor.key()).expect("signed")))
        },
    },
    Rule {
        presented: "one changed byte",
        refused_as: "BadSignature",
        found: || {
            bytes(|mut der| {
                let at = der.len() - 600;
                der[at] ^= 1;
                der
            })
        },
    },
    Rule {
        presented: "named for another CA",
        refused_as: "WrongIssuer",
        found: || {
            let other = Office::open().ca(Purpose::Auth);
            changed(|draft| {
                draft.issuer_der = der::Encode::to_der(&other.name).expect("a name");
            })
        },
    },
    Rule {
        presented: "the key id of another generation",
        refused_as: "WrongIssuer",
        found: || changed(|draft| draft.authority_key_id = Some(vec![1; 20])),
    },
    Rule {
        presented: "a CA generation whose own time is over",
        refused_as: "IssuerNotValid",
        found: || {
            let office = Office::open();
            let ca = office.ca(Purpose::Sign);
            let later = NOW + 10 * 365 * DAY;
            let mut draft = good();
            (draft.this_update, draft.next_update) = (later, Some(later + DAY));
            let der = draft.sign(ca.key()).expect("signed");
            let names = partition(&town());
            let expected = Expected::Partition(&names[0]);
            let anchor = office.anchor(&ca);
            named(Crl::from_der(&der, &anchor, expected, later, &LibraryVerifier))
        },
    },
    Rule {
        presented: "signed with SHA-1",
        refused_as: "UnsupportedAlgorithm",
        found: || {
            let sha1 = [0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 5, 5, 0];
            let ca = Office::open().ca(Purpose::Sign);
            let signed = good().signed_part(&sha1).expect("a list");
            let signature = ca.key().sign(&signed).expect("signed");
            let signature = tlv::encode(tlv::BIT_STRING, &[&[0], &signature[..]].concat());
            let whole = [&signed[..], &sha1, &signature].concat();
            named(read(&tlv::encode(tlv::SEQUENCE, &whole)))
        },
    },
    Rule {
        presented: "a byte after the list",
        refused_as: "Malformed",
        found: || bytes(|der| [&der[..], &[0]].concat()),
    },
    Rule {
        presented: "cut off at the end",
        refused_as: "Malformed",
        found: || bytes(|der| der[..der.len() - 1].to_vec()),
    },
    Rule {
        presented: "longer than the limit",
        refused_as: "TooLong",
        found: || {
            let ca = Office::open().ca(Purpose::Sign);
            let der = good().sign(ca.key()).expect("signed");
            let limits = CrlLimits { len_max: der.len() - 1, ..CrlLimits::default() };
            named(CrlReader::new(limits).feed(&der))
        },
    },
];

const SCOPES: &[Rule] = &[
    Rule {
        presented: "the list of another town",
        refused_as: "OtherPartition",
        found: || {
            let other = partition(&Town::new("Tokushima-ken", "Kamiyama-cho"));
            changed(|draft| draft.partition = other)
        },
    },
    Rule {
        presented: "a list of everything where a town's was expected",
        refused_as: "OtherPartition",
        found: || changed(|draft| draft.partition.clear()),
    },
    Rule {
        presented: "a distribution point without a whole name, where any named one would do",
        refused_as: "OtherPartition",
        found: || {
            let relative = tlv::encode(tlv::context(1), &[0x30, 0]);
            let mut draft = good();
            draft.partition.clear();
            draft.limits = tlv::encode(tlv::context(0), &relative);
            named(read_as_named(
                &draft.sign(Office::open().ca(Purpose::Sign).key()).expect("signed"),
            ))
        },
    },
    Rule {
        presented: "for some reasons only",
        refused_as: "SomeReasons",
        found: || changed(|draft| draft.limits = vec![0x83, 2, 6, 0x40]),
    },
    Rule {
        presented: "an indirect list",
        refused_as: "Indirect",
        found: || changed(|draft| draft.limits = vec![0x84, 1, 0xFF]),
    },
    Rule {
        presented: "a list of CA certificates only",
        refused_as: "WrongCertificates",
        found: || changed(|draft| draft.limits = vec![0x82, 1, 0xFF]),
    },
    Rule {
        presented: "a list of citizens' certificates only",
        refused_as: "accepted",
        found: || changed(|draft| draft.limits = vec![0x81, 1, 0xFF]),
    },
    Rule {
        presented: "a list of changes",
        refused_as: "Delta",
        found: || {
            let base = tlv::encode(tlv::INTEGER, &[6]);
            changed(|draft| draft.extensions.push(extension(DELTA, true, &base)))
        },
    },
    Rule {
        presented: "an unknown critical extension",
        refused_as: "UnknownCriticalExtension",
        found: || changed(|draft| draft.extensions.push(extension(UNHEARD_OF, true, &[5, 0]))),
    },
    Rule {
        presented: "an unknown extension that is not critical",
        refused_as: "accepted",
        found: || changed(|draft| draft.extensions.push(extension(UNHEARD_OF, false, &[5, 0]))),
    },
    Rule {
        presented: "no number",
        refused_as: "NoNumber",
        found: || changed(|draft| draft.number = None),
    },
    Rule {
        presented: "no next update",
        refused_as: "NoNextUpdate",
        found: || changed(|draft| draft.next_update = None),
    },
    Rule {
        presented: "made in the future",
        refused_as: "NotYetValid",
        found: || changed(|draft| draft.this_update = NOW + SKEW_SECS + 1),
    },
    Rule {
        presented: "a next update before its own time",
        refused_as: "NotYetValid",
        found: || changed(|draft| draft.next_update = Some(NOW - 1)),
    },
];

const ENTRIES: &[Rule] = &[
    Rule {
        presented: "an entry with an unknown critical extension",
        refused_as: "UnknownCriticalExtension",
        found: || {
            let strange = extension(UNHEARD_OF, true, &[5, 0]);
            changed(|draft| draft.entries[0].extensions.push(strange))
        },
    },
    Rule {
        presented: "an entry for another issuer's certificate",
        refused_as: "Indirect",
        found: || {
            let issuer = extension(CERTIFICATE_ISSUER, true, &[0x30, 0]);
            changed(|draft| draft.entries[0].extensions.push(issuer))
        },
    },
    Rule {
        presented: "an entry without a reason",
        refused_as: "accepted",
        found: || changed(|draft| draft.entries[0].reason = None),
    },
    Rule {
        presented: "the same serial number twice",
        refused_as: "Table(Twice)",
        found: || changed(|draft| draft.entries[1].serial = draft.entries[0].serial.clone()),
    },
    Rule {
        presented: "an entry from before the JPKI",
        refused_as: "Table(BadTime)",
        found: || changed(|draft| draft.entries[0].revoked_at = 900_000_000),
    },
    Rule {
        presented: "a negative serial number",
        refused_as: "Malformed",
        found: || changed(|draft| draft.entries[0].serial = vec![0x86, 0, 0, 9]),
    },
    Rule {
        presented: "a serial number of 21 bytes",
        refused_as: "Malformed",
        found: || changed(|draft| draft.entries[0].serial = vec![0x11; 21]),
    },
    Rule {
        presented: "more entries than the limit",
        refused_as: "Table(TooMany)",
        found: || {
            let ca = Office::open().ca(Purpose::Sign);
            let der = good().sign(ca.key()).expect("signed");
            let limits = CrlLimits { entries_max: 1, ..CrlLimits::default() };
            named(CrlReader::new(limits).feed(&der))
        },
    },
];
