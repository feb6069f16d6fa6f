//! A hierarchy, one citizen, and good papers to spoil.

use std::sync::OnceLock;

use const_oid::ObjectIdentifier;
use der::asn1::OctetString;
use jpki::{
    cert::chain::Anchor,
    trust::TrustStore,
    verify::{CertificateClass, LibraryVerifier, Presented, Proof, Refusal, verify},
};
use virtual_card::{
    ca::{
        Ca, Purpose, TestHierarchy,
        certificate::CertificateDraft,
        person::{Person, Town},
    },
    keys::{KeySource as _, SecretKey, TestOnlyKeys},
};
use x509_cert::ext::Extension;

pub(crate) const NOW: i64 = 1_795_132_800;
pub(crate) const DAY: i64 = 86_400;
pub(crate) const TBS: &[u8] = b"what the screen showed";

pub(crate) const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
pub(crate) const POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
pub(crate) const UNHEARD_OF: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.9.9");

/// A hierarchy and one key pair of a citizen.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) hierarchy: TestHierarchy,
    pub(crate) key: SecretKey,
    pub(crate) responder_key: SecretKey,
}

impl Office {
    pub(crate) fn open() -> Self {
        static OFFICE: OnceLock<Office> = OnceLock::new();
        let build = || {
            let mut keys = TestOnlyKeys::starting_at(0);
            Self {
                hierarchy: TestHierarchy::create(&mut keys, NOW).expect("test CA"),
                key: keys.next_key().expect("test key"),
                responder_key: keys.next_key().expect("test key"),
            }
        };
        OFFICE.get_or_init(build).clone()
    }

    pub(crate) fn ca(&self, purpose: Purpose) -> Ca {
        match purpose {
            Purpose::Auth => self.hierarchy.newest().auth.clone(),
            Purpose::Sign => self.hierarchy.newest().sign.clone(),
        }
    }

    /// A CA of the same name whose key nobody trusts.
    pub(crate) fn impostor(purpose: Purpose) -> Ca {
        static IMPOSTOR: OnceLock<TestHierarchy> = OnceLock::new();
        let hierarchy = IMPOSTOR.get_or_init(|| {
            let mut keys = TestOnlyKeys::starting_at(7);
            TestHierarchy::create(&mut keys, NOW).expect("test CA")
        });
        let oldest = &hierarchy.generations()[0];
        match purpose {
            Purpose::Auth => oldest.auth.clone(),
            Purpose::Sign => oldest.sign.clone(),
        }
    }

    pub(crate) fn trust(&self) -> TrustStore {
        static TRUST: OnceLock<TrustStore> = OnceLock::new();
        TRUST.get_or_init(|| self.hierarchy.trust_store().expect("own CAs")).clone()
    }

    pub(crate) fn anchor(&self, ca: &Ca) -> Anchor {
        self.trust().issuer(&ca.key_id).expect("a CA of ours").clone()
    }

    pub(crate) fn draft(&mut self, purpose: Purpose) -> CertificateDraft {
        let ca = self.ca(purpose);
        self.hierarchy.draft(purpose, &ca, &Person::invented(), &self.key, NOW).expect("draft")
    }

    /// Presents this certificate with a good signature.
    pub(crate) fn present(&self, purpose: Purpose, der: &[u8]) -> Result<(), Refusal> {
        let signature = self.key.sign(TBS).expect("signed");
        self.present_signed(purpose, der, &signature)
    }

    pub(crate) fn present_signed(
        &self,
        purpose: Purpose,
        certificate_der: &[u8],
        signature: &[u8],
    ) -> Result<(), Refusal> {
        let class = match purpose {
            Purpose::Auth => CertificateClass::Authentication,
            Purpose::Sign => CertificateClass::Signature,
        };
        let proof = Some(Proof { tbs_bytes: TBS, signature });
        let presented = Presented { certificate_der, class, proof };
        verify(&presented, &self.trust(), NOW, &LibraryVerifier).into_certificate().map(|_| ())
    }

    /// Presents a good certificate after this change.
    pub(crate) fn present_changed(
        purpose: Purpose,
        change: impl FnOnce(&mut CertificateDraft),
    ) -> String {
        let mut office = Self::open();
        let mut draft = office.draft(purpose);
        change(&mut draft);
        let der = office.ca(purpose).sign(&draft).expect("signed");
        super::named(office.present(purpose, &der))
    }

    /// A good certificate.
    pub(crate) fn good(purpose: Purpose) -> Vec<u8> {
        let mut office = Self::open();
        let draft = office.draft(purpose);
        office.ca(purpose).sign(&draft).expect("signed")
    }
}

pub(crate) fn town() -> Town {
    Town::minami()
}

pub(crate) fn extension(
    id: ObjectIdentifier,
    critical: bool,
    value: &impl der::Encode,
) -> Extension {
    Extension {
        extn_id: id,
        critical,
        extn_value: OctetString::new(value.to_der().expect("encodable")).expect("short"),
    }
}
