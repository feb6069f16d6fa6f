//! Verification of certificates: what is accepted, damage at every place, and trust stores.
//!
//! The rules themselves, one refusal each, are in `verification_rules/`.

use std::sync::OnceLock;

use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use jpki::{
    cert::{chain::AnchorError, profile::CertificateClass},
    revocation::{NoRevocationSource, RevocationStatus},
    trust::{HierarchyProfile, TrustError, TrustStore},
    verify::{
        CertificateKind, Holder, PortableVerifier, Refusal, VerifiedCertificate, verify_touch,
    },
};
use rsa::RsaPrivateKey;
use virtual_card::{
    ca::{
        Ca, Purpose, TestHierarchy,
        certificate::{CertificateDraft, Validity},
        person::Person,
    },
    keys::{KeySource as _, SecretKey, TestOnlyKeys},
    profile::CardProfile,
};
use x509_cert::ext::Extension;

const NOW: i64 = 1_795_132_800;
const YEAR: i64 = 365 * 86_400;

const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const UNHEARD_OF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.9.9");

/// A hierarchy and one key pair of a citizen.
#[derive(Clone)]
struct Office {
    hierarchy: TestHierarchy,
    key: SecretKey,
}

impl Office {
    fn open() -> Self {
        static OFFICE: OnceLock<Office> = OnceLock::new();
        let build = || {
            let mut keys = TestOnlyKeys::starting_at(0);
            Self {
                hierarchy: TestHierarchy::create(&mut keys, NOW).expect("test CA"),
                key: keys.next_key().expect("test key"),
            }
        };
        OFFICE.get_or_init(build).clone()
    }

    fn trust(&self) -> TrustStore {
        self.hierarchy.trust_store().expect("own CAs")
    }

    fn auth_ca(&self) -> Ca {
        self.hierarchy.newest().auth.clone()
    }

    fn draft(&mut self) -> CertificateDraft {
        let ca = self.auth_ca();
        self.hierarchy
            .draft(Purpose::Auth, &ca, &Person::invented(), &self.key, NOW)
            .expect("draft")
    }

    /// Verifies the certificate without a login, after this change of a good draft.
    fn with(change: impl FnOnce(&mut CertificateDraft)) -> Result<VerifiedCertificate, Refusal> {
        let mut office = Self::open();
        let mut draft = office.draft();
        change(&mut draft);
        let der = office.auth_ca().sign(&draft).expect("signed");
        verify_touch(&der, &office.trust(), NOW, &PortableVerifier)
    }
}

fn check_refused(change: impl FnOnce(&mut CertificateDraft), expected: Refusal) {
    assert_eq!(Office::with(change), Err(expected));
}

fn extension(id: ObjectIdentifier, critical: bool, value: &impl der::Encode) -> Extension {
    Extension {
        extn_id: id,
        critical,
        extn_value: OctetString::new(value.to_der().expect("encodable")).expect("short"),
    }
}

const AUTH_CARD: CertificateKind =
    CertificateKind { class: CertificateClass::Authentication, holder: Holder::Card };

#[test]
fn an_unchanged_certificate_is_accepted() {
    let verified = Office::with(|_| {}).expect("a good certificate");
    assert_eq!(verified.kind, AUTH_CARD);
    assert_eq!(verified.issuer_key_id, Office::open().auth_ca().key_id);
    // Four generations of two CAs came first.
    assert_eq!(verified.serial, [0x06, 0, 0, 9]);
    assert_eq!(verified.not_after, NOW + 5 * YEAR);
    assert!(verified.subject_cn.starts_with("TEST"));
    let status = verified.revocation(&NoRevocationSource, NOW);
    assert_eq!(status, RevocationStatus::Unknown);
}

#[test]
fn every_generation_of_the_same_name_is_recognised() {
    let mut office = Office::open();
    let generations = office.hierarchy.generations().to_vec();
    assert_eq!(generations.len(), 3);
    for generation in generations {
        assert_eq!(generation.auth.name, office.auth_ca().name);
        let mut draft = office
            .hierarchy
            .draft(Purpose::Auth, &generation.auth, &Person::invented(), &office.key, NOW)
            .expect("draft");
        for with_key_id in [true, false] {
            if !with_key_id {
                draft.remove_extension(AUTHORITY_KEY_ID);
            }
            let der = generation.auth.sign(&draft).expect("signed");
            let verified = verify_touch(&der, &office.trust(), NOW, &PortableVerifier);
            let issuer = verified.map(|login| login.issuer_key_id);
            assert_eq!(issuer, Ok(generation.auth.key_id.clone()), "{with_key_id}");
        }
    }
}

#[test]
fn the_first_and_the_last_second_count() {
    let validity = Validity { not_before: NOW, not_after: NOW };
    assert!(Office::with(|draft| draft.validity = validity).is_ok());
}

#[test]
fn a_phone_is_told_from_a_card() {
    let mut keys = TestOnlyKeys::starting_at(0);
    let mut hierarchy = TestHierarchy::create(&mut keys, NOW).expect("test CA");
    let phone =
        hierarchy.issue(CardProfile::Android, &Person::invented(), &mut keys, NOW).expect("phone");
    let trust = hierarchy.trust_store().expect("own CAs");
    let verified = verify_touch(&phone.auth.certificate.0, &trust, NOW, &PortableVerifier);
    assert_eq!(verified.map(|login| login.kind.holder), Ok(Holder::Phone));
}

#[test]
fn a_ca_cannot_log_in() {
    let office = Office::open();
    let ca =
        verify_touch(&office.auth_ca().certificate_der, &office.trust(), NOW, &PortableVerifier);
    assert_eq!(ca, Err(Refusal::WrongPolicy));
}

#[test]
fn a_broken_extension_is_malformed() {
    check_refused(
        |draft| draft.replace_extension(extension(KEY_USAGE, true, &true)),
        Refusal::Malformed,
    );
}

#[test]
fn a_key_of_an_odd_size_is_refused() {
    let key = RsaPrivateKey::new(&mut rand_core::OsRng, 2056).expect("key");
    check_refused(
        |draft| draft.public_key = SecretKey::from(key).public_key_info().expect("encodable"),
        Refusal::UnsupportedAlgorithm,
    );
}

#[test]
fn any_changed_byte_is_noticed() {
    let mut office = Office::open();
    let draft = office.draft();
    let der = office.auth_ca().sign(&draft).expect("signed");
    let trust = office.trust();
    for at in 0..der.len() {
        let mut changed = der.clone();
        changed[at] ^= 0x01;
        let verified = verify_touch(&changed, &trust, NOW, &PortableVerifier);
        assert!(verified.is_err(), "byte {at} may be changed");
    }
}

#[test]
fn only_one_strict_certificate_is_read() {
    let mut office = Office::open();
    let draft = office.draft();
    let good = office.auth_ca().sign(&draft).expect("signed");
    let trust = office.trust();
    let check = |der: &[u8]| {
        let verified = verify_touch(der, &trust, NOW, &PortableVerifier);
        assert_eq!(verified, Err(Refusal::Malformed));
    };
    check(&[]);
    check(&good[..good.len() - 1]);
    check(&[&good[..], &good[..]].concat());
    check(&[0x30; 9000]);
}

#[test]
fn a_large_certificate_below_8_kib_is_read() {
    let padding = OctetString::new(vec![0; 6 * 1024]).expect("short");
    let large = |draft: &mut CertificateDraft| {
        draft.extensions.push(extension(UNHEARD_OF, false, &padding));
    };
    assert!(Office::with(large).is_ok());
}

#[test]
fn names_are_bounded() {
    let long_name = |draft: &mut CertificateDraft| {
        let mut text = draft.subject.to_string();
        text = text.replace("CN=TEST", &format!("CN={}", "X".repeat(65)));
        draft.subject = text.parse().expect("a name");
    };
    check_refused(long_name, Refusal::Malformed);
}

// Trust stores.

#[test]
fn production_believes_no_authority_of_the_test_hierarchy() {
    let office = Office::open();
    let mut production = TrustStore::new(HierarchyProfile::japan());
    for ca in [&office.hierarchy.newest().auth, &office.hierarchy.newest().sign] {
        assert_eq!(
            production.add_anchor(&ca.certificate_der, &PortableVerifier),
            Err(TrustError::ForeignHierarchy)
        );
    }
}

#[test]
fn the_real_test_hierarchy_is_foreign_in_production() {
    let names =
        HierarchyProfile { organization: "JPKI-TEST".to_owned(), ..HierarchyProfile::japan() };
    let mut keys = TestOnlyKeys::starting_at(0);
    let hierarchy = TestHierarchy::create_named(names, 1, &mut keys, NOW).expect("CA");
    let mut production = TrustStore::new(HierarchyProfile::japan());
    assert_eq!(
        production.add_anchor(&hierarchy.newest().auth.certificate_der, &PortableVerifier),
        Err(TrustError::ForeignHierarchy)
    );
}

#[test]
fn only_self_signed_cas_become_anchors() {
    let mut office = Office::open();
    let mut store = TrustStore::new(HierarchyProfile::hitokoe_test());
    let mut check = |der: &[u8], expected| {
        assert_eq!(store.add_anchor(der, &PortableVerifier), Err(TrustError::Anchor(expected)));
    };
    let draft = office.draft();
    let ca = office.auth_ca();
    check(&ca.sign(&draft).expect("signed"), AnchorError::NotACa);
    check(b"no certificate", AnchorError::Malformed);
    let mut tampered = ca.certificate_der.clone();
    *tampered.last_mut().expect("not empty") ^= 1;
    check(&tampered, AnchorError::NotSelfSigned);
}

#[test]
fn an_empty_store_refuses_everybody() {
    let mut office = Office::open();
    let empty = TrustStore::new(HierarchyProfile::hitokoe_test());
    let draft = office.draft();
    let der = office.auth_ca().sign(&draft).expect("signed");
    assert_eq!(verify_touch(&der, &empty, NOW, &PortableVerifier), Err(Refusal::UnknownIssuer));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_verification_panic(der in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000)) {
        let trust = TrustStore::new(HierarchyProfile::hitokoe_test());
        proptest::prop_assert!(verify_touch(&der, &trust, NOW, &PortableVerifier).is_err());
    }

    #[test]
    fn no_damage_makes_verification_panic(
        at in 0usize..1200, with in proptest::collection::vec(proptest::prelude::any::<u8>(), 1..40),
    ) {
        let mut office = Office::open();
        let draft = office.draft();
        let mut der = office.auth_ca().sign(&draft).expect("signed");
        let at = at.min(der.len() - 1);
        let end = (at + with.len()).min(der.len());
        der[at..end].copy_from_slice(&with[..end - at]);
        let untouched = der == office.auth_ca().sign(&draft).expect("signed");
        let verified = verify_touch(&der, &office.trust(), NOW, &PortableVerifier);
        proptest::prop_assert_eq!(verified.is_ok(), untouched);
    }
}
