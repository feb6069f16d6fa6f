//! Verification of certificates: what is accepted, and one refusal per rule.
//!
//! Every refused certificate is signed by the test CA itself and differs from a good one in a
//! single point, so a test fails when its rule is taken out.

use std::sync::OnceLock;

use const_oid::ObjectIdentifier;
use der::{Decode as _, Encode as _, asn1::OctetString};
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
    keys::{KeySource as _, SHA256_WITH_RSA, SecretKey, TestOnlyKeys},
    profile::CardProfile,
};
use x509_cert::{
    Certificate,
    ext::{
        Extension,
        pkix::{BasicConstraints, KeyUsage, KeyUsages},
    },
};

const NOW: i64 = 1_795_132_800;
const DAY: i64 = 86_400;
const YEAR: i64 = 365 * DAY;

const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
const AUTHORITY_KEY_ID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const UNHEARD_OF: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.9.9");
const SHA1_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");

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
fn dates_are_kept_to_the_second() {
    let validity = |not_before, not_after| {
        move |draft: &mut CertificateDraft| draft.validity = Validity { not_before, not_after }
    };
    assert!(Office::with(validity(NOW, NOW)).is_ok());
    check_refused(validity(NOW + 1, NOW + DAY), Refusal::NotYetValid);
    check_refused(validity(NOW - DAY, NOW - 1), Refusal::Expired { not_after: NOW - 1 });
}

#[test]
fn key_usage_must_be_exact_and_critical() {
    let usage = |bits| KeyUsage(bits);
    let auth = usage(KeyUsages::DigitalSignature.into());
    let sign = usage(KeyUsages::DigitalSignature | KeyUsages::NonRepudiation);
    let more = usage(KeyUsages::DigitalSignature | KeyUsages::KeyEncipherment);
    for (critical, value) in [(false, auth), (true, sign), (true, more)] {
        check_refused(
            |draft| draft.replace_extension(extension(KEY_USAGE, critical, &value)),
            Refusal::WrongKeyUsage,
        );
    }
    check_refused(|draft| draft.remove_extension(KEY_USAGE), Refusal::WrongKeyUsage);
}

#[test]
fn the_policy_must_be_one_of_the_kind() {
    check_refused(|draft| draft.remove_extension(POLICIES), Refusal::WrongPolicy);
    let mut office = Office::open();
    let ca = office.hierarchy.newest().sign.clone();
    let sign_draft = office
        .hierarchy
        .draft(Purpose::Sign, &ca, &Person::invented(), &office.key, NOW)
        .expect("draft");
    let sign_policy = sign_draft
        .extensions
        .iter()
        .find(|extension| extension.extn_id == POLICIES)
        .expect("sign policy")
        .clone();
    check_refused(|draft| draft.replace_extension(sign_policy), Refusal::WrongPolicy);
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
fn a_signature_certificate_cannot_log_in() {
    let mut office = Office::open();
    let ca = office.hierarchy.newest().sign.clone();
    let draft = office
        .hierarchy
        .draft(Purpose::Sign, &ca, &Person::invented(), &office.key, NOW)
        .expect("draft");
    let der = ca.sign(&draft).expect("signed");
    assert_eq!(
        verify_touch(&der, &office.trust(), NOW, &PortableVerifier),
        Err(Refusal::WrongKind)
    );
}

#[test]
fn a_ca_cannot_log_in() {
    let office = Office::open();
    let ca =
        verify_touch(&office.auth_ca().certificate_der, &office.trust(), NOW, &PortableVerifier);
    assert_eq!(ca, Err(Refusal::WrongPolicy));
    let basic = BasicConstraints { ca: true, path_len_constraint: None };
    check_refused(
        |draft| draft.replace_extension(extension(BASIC_CONSTRAINTS, true, &basic)),
        Refusal::CaAsCitizen,
    );
}

#[test]
fn unknown_extensions_are_refused_only_when_critical() {
    let unheard_of = |critical| extension(UNHEARD_OF, critical, &true);
    assert!(Office::with(|draft| draft.extensions.push(unheard_of(false))).is_ok());
    check_refused(
        |draft| draft.extensions.push(unheard_of(true)),
        Refusal::UnknownCriticalExtension,
    );
}

#[test]
fn a_duplicate_or_broken_extension_is_malformed() {
    check_refused(|draft| draft.extensions.push(draft.extensions[0].clone()), Refusal::Malformed);
    check_refused(
        |draft| draft.replace_extension(extension(KEY_USAGE, true, &true)),
        Refusal::Malformed,
    );
}

#[test]
fn other_algorithms_and_keys_are_refused() {
    check_refused(|draft| draft.algorithm = SHA1_WITH_RSA, Refusal::UnsupportedAlgorithm);
    for bits in [1024, 2056] {
        let key = RsaPrivateKey::new(&mut rand_core::OsRng, bits).expect("key");
        check_refused(
            |draft| {
                draft.public_key =
                    SecretKey::from(key.clone()).public_key_info().expect("encodable");
            },
            Refusal::UnsupportedAlgorithm,
        );
    }
}

/// A CA of the same name whose key nobody trusts.
fn impostor() -> Ca {
    let mut keys = TestOnlyKeys::starting_at(7);
    let hierarchy = TestHierarchy::create(&mut keys, NOW).expect("test CA");
    hierarchy.generations()[0].auth.clone()
}

#[test]
fn a_ca_of_the_same_name_is_not_the_ca() {
    let mut office = Office::open();
    let impostor = impostor();
    assert_eq!(impostor.name, office.auth_ca().name);
    let trust = office.trust();
    let verify = |der: &[u8]| verify_touch(der, &trust, NOW, &PortableVerifier);
    let mut draft = office.draft();
    let claims_ours = impostor.sign(&draft).expect("signed");
    assert_eq!(verify(&claims_ours), Err(Refusal::ForgedCertificate));
    draft.remove_extension(AUTHORITY_KEY_ID);
    let claims_nobody = impostor.sign(&draft).expect("signed");
    assert_eq!(verify(&claims_nobody), Err(Refusal::ForgedCertificate));
    let own = office
        .hierarchy
        .draft(Purpose::Auth, &impostor, &Person::invented(), &office.key, NOW)
        .expect("draft");
    let names_itself = impostor.sign(&own).expect("signed");
    assert_eq!(verify(&names_itself), Err(Refusal::UnknownIssuer));
}

#[test]
fn the_issuer_is_named_byte_by_byte() {
    // Without its last unit the name still shows organisation and kind, and the key id is ours.
    check_refused(|draft| drop(draft.issuer.0.pop()), Refusal::UnknownIssuer);
}

#[test]
fn an_auth_certificate_signed_by_the_signature_ca_is_forged() {
    let mut office = Office::open();
    let draft = office.draft();
    let der = office.hierarchy.newest().sign.sign(&draft).expect("signed");
    assert_eq!(
        verify_touch(&der, &office.trust(), NOW, &PortableVerifier),
        Err(Refusal::ForgedCertificate)
    );
}

#[test]
fn a_generation_that_ended_no_longer_vouches() {
    let mut office = Office::open();
    let oldest = office.hierarchy.generations()[0].auth.clone();
    let mut draft = office
        .hierarchy
        .draft(Purpose::Auth, &oldest, &Person::invented(), &office.key, NOW)
        .expect("draft");
    draft.validity.not_after = NOW + 9 * YEAR;
    let der = oldest.sign(&draft).expect("signed");
    let verify = |now| verify_touch(&der, &office.trust(), now, &PortableVerifier);
    assert!(verify(NOW).is_ok());
    assert_eq!(verify(NOW + 3 * YEAR), Err(Refusal::IssuerNotValid));
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
    check(&[&good[..], &[0]].concat());
    check(&[&good[..], &good[..]].concat());
    check(&[0x30; 9000]);
    check(&trailing_element_inside(&good));
    check(&indefinite_length(&good));
}

#[test]
fn a_certificate_is_at_most_8_kib() {
    let with_padding = |len: usize| {
        let padding = OctetString::new(vec![0; len]).expect("short");
        Office::with(|draft| draft.extensions.push(extension(UNHEARD_OF, false, &padding)))
    };
    assert!(with_padding(6 * 1024).is_ok());
    assert_eq!(with_padding(8 * 1024), Err(Refusal::Malformed));
}

/// The outer SEQUENCE with a fourth element.
fn trailing_element_inside(der: &[u8]) -> Vec<u8> {
    let inner = [&der[4..], &[0x05, 0x00]].concat();
    let length = u16::try_from(inner.len()).expect("short").to_be_bytes();
    [&[0x30, 0x82], &length[..], &inner].concat()
}

/// The outer SEQUENCE in BER's open form.
fn indefinite_length(der: &[u8]) -> Vec<u8> {
    [&[0x30, 0x80], &der[4..], &[0x00, 0x00]].concat()
}

#[test]
fn names_and_serials_are_bounded() {
    let long_name = |draft: &mut CertificateDraft| {
        let mut text = draft.subject.to_string();
        text = text.replace("CN=TEST", &format!("CN={}", "X".repeat(65)));
        draft.subject = text.parse().expect("a name");
    };
    check_refused(long_name, Refusal::Malformed);
    check_refused(|draft| draft.serial = vec![0], Refusal::Malformed);
    let without_cn = |draft: &mut CertificateDraft| draft.subject = "C=JP".parse().expect("a name");
    check_refused(without_cn, Refusal::Malformed);
}

#[test]
fn the_two_algorithm_fields_must_agree() {
    let mut office = Office::open();
    let mut draft = office.draft();
    draft.algorithm = SHA1_WITH_RSA;
    let der = office.auth_ca().sign(&draft).expect("signed");
    let mut certificate = Certificate::from_der(&der).expect("just made");
    certificate.signature_algorithm.oid = SHA256_WITH_RSA;
    let der = certificate.to_der().expect("encodable");
    assert_eq!(
        verify_touch(&der, &office.trust(), NOW, &PortableVerifier),
        Err(Refusal::UnsupportedAlgorithm)
    );
}

// Trust stores.

#[test]
fn production_refuses_the_test_hierarchy_twice() {
    let mut office = Office::open();
    let mut production = TrustStore::new(HierarchyProfile::japan());
    for ca in [&office.hierarchy.newest().auth, &office.hierarchy.newest().sign] {
        assert_eq!(
            production.add_anchor(&ca.certificate_der, &PortableVerifier),
            Err(TrustError::ForeignHierarchy)
        );
    }
    let draft = office.draft();
    let der = office.auth_ca().sign(&draft).expect("signed");
    assert_eq!(
        verify_touch(&der, &production, NOW, &PortableVerifier),
        Err(Refusal::ForeignHierarchy)
    );
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
