//! The test CA: one hierarchy shaped like the real one, with several generations of one name.

pub mod certificate;
mod directory;
mod extension;
mod name;
pub mod person;
pub mod revocation_list;
pub mod status_answer;

use const_oid::ObjectIdentifier;
use jpki::{
    revocation::DistributionPointName,
    trust::{HierarchyProfile, TrustError, TrustStore},
    verify::PortableVerifier,
};
use x509_cert::name::Name;

use crate::{
    card_file::{Base64Bytes, CardFile, CardFileError, Credential, NOTICE},
    keys::{KeyError, KeySource, SecretKey},
    profile::CardProfile,
};
use certificate::{CertificateDraft, Validity};
use person::{Person, Town};

pub use directory::DirectoryError;

const DAY_SECS: i64 = 86_400;
const YEAR_SECS: i64 = 365 * DAY_SECS;
/// Generations a new hierarchy begins with, as the real one has had.
pub const GENERATIONS: usize = 3;
/// PIN of every auth certificate issued here.
pub const AUTH_PIN: &str = "1234";
/// Password of every signature certificate issued here.
pub const SIGN_PASSWORD: &str = "ABC123";

const AUTH_TRIES: u8 = 3;
const SIGN_TRIES: u8 = 5;

/// What a CA or a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// 利用者証明用.
    Auth,
    /// 署名用.
    Sign,
}

/// One CA generation of one purpose.
#[derive(Clone)]
pub struct Ca {
    /// Its name, the same in every generation.
    pub name: Name,
    /// Its certificate, DER.
    pub certificate_der: Vec<u8>,
    /// Its subject key id.
    pub key_id: Vec<u8>,
    key: SecretKey,
}

impl Ca {
    /// Names of the list for this town, as they stand in certificates and lists.
    pub fn partition(
        &self,
        purpose: Purpose,
        town: &Town,
    ) -> Result<Vec<DistributionPointName>, CaError> {
        let names = extension::partition(purpose, &self.name, town)?;
        let mut encoded = Vec::new();
        for name in names {
            encoded.extend(DistributionPointName::from_der(&der::Encode::to_der(&name)?));
        }
        Ok(encoded)
    }

    /// Signs anything else, e.g. a list or an answer.
    pub fn key(&self) -> &SecretKey {
        &self.key
    }

    /// Signs a certificate, whatever its draft says.
    pub fn sign(&self, draft: &CertificateDraft) -> Result<Vec<u8>, CaError> {
        draft.sign(&self.key)
    }
}

/// Auth CA and signature CA of one time.
#[derive(Clone)]
pub struct Generation {
    /// Issues auth certificates.
    pub auth: Ca,
    /// Issues signature certificates.
    pub sign: Ca,
}

impl Generation {
    fn ca(&self, purpose: Purpose) -> &Ca {
        match purpose {
            Purpose::Auth => &self.auth,
            Purpose::Sign => &self.sign,
        }
    }
}

/// A whole hierarchy.
#[derive(Clone)]
pub struct TestHierarchy {
    profile: HierarchyProfile,
    generations: Vec<Generation>,
    next: Generation,
    next_serial: u32,
}

/// Why nothing could be issued.
#[derive(Debug, thiserror::Error)]
pub enum CaError {
    /// A card could not be written.
    #[error(transparent)]
    CardFile(#[from] CardFileError),
    /// A value does not fit its field.
    #[error("a value cannot be encoded: {0}")]
    Encoding(#[from] der::Error),
    /// There is no key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A time before 1950 or after 9999.
    #[error("a time cannot be encoded")]
    Time,
}

impl TestHierarchy {
    /// The project's test hierarchy with [`GENERATIONS`] generations.
    pub fn create(keys: &mut dyn KeySource, now_unix_secs: i64) -> Result<Self, CaError> {
        Self::create_named(HierarchyProfile::hitokoe_test(), GENERATIONS, keys, now_unix_secs)
    }

    /// A hierarchy with other names, e.g. to play one that must be refused.
    pub fn create_named(
        profile: HierarchyProfile,
        generations: usize,
        keys: &mut dyn KeySource,
        now_unix_secs: i64,
    ) -> Result<Self, CaError> {
        let mut office = Office { profile: &profile, next_serial: 0x0600_0001 };
        let mut all = Vec::new();
        for age in (0..generations.max(1)).rev() {
            all.push(office.new_generation(age, now_unix_secs, &mut || keys.next_key())?);
        }
        let next = office.new_generation(0, now_unix_secs, &mut || keys.next_p384_key())?;
        let next_serial = office.next_serial;
        Ok(Self { profile, generations: all, next, next_serial })
    }

    fn take_serial(&mut self) -> Vec<u8> {
        let serial = self.next_serial;
        self.next_serial += 1;
        serial.to_be_bytes().to_vec()
    }

    /// Names and policies.
    pub fn profile(&self) -> &HierarchyProfile {
        &self.profile
    }

    /// Oldest first.
    pub fn generations(&self) -> &[Generation] {
        &self.generations
    }

    /// The generation that issues now; there is always one.
    pub fn newest(&self) -> &Generation {
        &self.generations[self.generations.len() - 1]
    }

    /// The generation of the announced cards: P-384 with SHA-384, the same names.
    pub fn next_generation(&self) -> &Generation {
        &self.next
    }

    /// A store that trusts every generation of this hierarchy.
    pub fn trust_store(&self) -> Result<TrustStore, TrustError> {
        let mut store = TrustStore::new(self.profile.clone());
        for ca in
            self.generations.iter().chain([&self.next]).flat_map(|both| [&both.auth, &both.sign])
        {
            store.add_anchor(&ca.certificate_der, &PortableVerifier)?;
        }
        Ok(store)
    }

    /// A citizen's certificate as it would be issued, open to changes before it is signed.
    pub fn draft(
        &mut self,
        purpose: Purpose,
        issuer: &Ca,
        person: &Person,
        key: &SecretKey,
        now_unix_secs: i64,
    ) -> Result<CertificateDraft, CaError> {
        let serial = self.take_serial();
        let public_key = key.public_key_info()?;
        let policy = self.policy(purpose, CardProfile::Normal)?;
        Ok(CertificateDraft {
            issuer: issuer.name.clone(),
            subject: person.subject(purpose, &serial)?,
            serial,
            validity: Validity {
                not_before: now_unix_secs - 30 * DAY_SECS,
                not_after: now_unix_secs + 5 * YEAR_SECS,
            },
            extensions: extension::of_citizen(purpose, policy, issuer, person, &public_key)?,
            public_key,
            algorithm: issuer.key.algorithm(),
        })
    }

    /// The policy of card or phone.
    fn policy(&self, purpose: Purpose, profile: CardProfile) -> Result<ObjectIdentifier, CaError> {
        let rules = match purpose {
            Purpose::Auth => &self.profile.auth_policies,
            Purpose::Sign => &self.profile.sign_policies,
        };
        let wanted = if profile.guards_certificate() {
            jpki::verify::Holder::Phone
        } else {
            jpki::verify::Holder::Card
        };
        let rule = rules.iter().find(|rule| rule.holder == wanted).or(rules.first());
        let oid = rule.map_or("2.999", |rule| &rule.oid);
        ObjectIdentifier::new(oid).map_err(|error| CaError::Encoding(error.into()))
    }

    /// Issues a card.
    pub fn issue(
        &mut self,
        profile: CardProfile,
        person: &Person,
        keys: &mut dyn KeySource,
        now_unix_secs: i64,
    ) -> Result<CardFile, CaError> {
        if profile == CardProfile::WrongHierarchy {
            return foreign_card(person, keys, now_unix_secs);
        }
        let person = &profile.person(person);
        let mut auth = self.credential(Purpose::Auth, profile, person, keys, now_unix_secs)?;
        if profile == CardProfile::NoCertificate {
            auth.certificate.0.clear();
        }
        let sign = profile
            .has_signature()
            .then(|| self.credential(Purpose::Sign, profile, person, keys, now_unix_secs))
            .transpose()?;
        Ok(CardFile {
            notice: NOTICE.to_owned(),
            profile,
            holder_name: person.name.clone(),
            auth,
            sign,
            assist: profile.has_text_data().then(|| person.text_data(profile)),
        })
    }

    fn credential(
        &mut self,
        purpose: Purpose,
        profile: CardProfile,
        person: &Person,
        keys: &mut dyn KeySource,
        now_unix_secs: i64,
    ) -> Result<Credential, CaError> {
        let (key, generation) = match profile {
            CardProfile::P384 => (keys.next_p384_key()?, &self.next),
            _ => (keys.next_key()?, self.newest()),
        };
        let issuer = generation.ca(purpose).clone();
        let mut draft = self.draft(purpose, &issuer, person, &key, now_unix_secs)?;
        let policy = self.policy(purpose, profile)?;
        draft.replace_extension(extension::policies(policy)?);
        if profile == CardProfile::Expired {
            draft.validity = Validity {
                not_before: now_unix_secs - 5 * YEAR_SECS - DAY_SECS,
                not_after: now_unix_secs - DAY_SECS,
            };
        }
        let (pin, tries_left, tries_max) = match purpose {
            Purpose::Auth => (AUTH_PIN, profile.auth_tries(), AUTH_TRIES),
            Purpose::Sign => (SIGN_PASSWORD, SIGN_TRIES, SIGN_TRIES),
        };
        Ok(Credential {
            certificate: Base64Bytes(issuer.sign(&draft)?),
            ca_certificate: Base64Bytes(issuer.certificate_der),
            key: Credential::encode_key(&key)?,
            pin: pin.to_owned(),
            tries_left,
            tries_max,
        })
    }
}

/// Founds the CAs of a hierarchy.
struct Office<'a> {
    profile: &'a HierarchyProfile,
    next_serial: u32,
}

impl Office<'_> {
    fn take_serial(&mut self) -> Vec<u8> {
        let serial = self.next_serial;
        self.next_serial += 1;
        serial.to_be_bytes().to_vec()
    }

    /// The newest generation began a year ago, each older one four years before; each lives ten.
    fn new_generation(
        &mut self,
        age: usize,
        now_unix_secs: i64,
        next_key: &mut dyn FnMut() -> Result<SecretKey, KeyError>,
    ) -> Result<Generation, CaError> {
        let age_years = 1 + 4 * i64::try_from(age).unwrap_or(i64::MAX / YEAR_SECS / 8);
        let not_before = now_unix_secs - age_years * YEAR_SECS;
        let validity = Validity { not_before, not_after: not_before + 10 * YEAR_SECS };
        Ok(Generation {
            auth: self.new_ca(Purpose::Auth, validity, next_key()?)?,
            sign: self.new_ca(Purpose::Sign, validity, next_key()?)?,
        })
    }

    fn new_ca(
        &mut self,
        purpose: Purpose,
        validity: Validity,
        key: SecretKey,
    ) -> Result<Ca, CaError> {
        let name = self.ca_name(purpose)?;
        let public_key = key.public_key_info()?;
        let key_id = extension::key_id(&public_key);
        let draft = CertificateDraft {
            serial: self.take_serial(),
            issuer: name.clone(),
            subject: name.clone(),
            validity,
            extensions: extension::of_ca(&name, &key_id)?,
            public_key,
            algorithm: key.algorithm(),
        };
        Ok(Ca { certificate_der: draft.sign(&key)?, name, key_id, key })
    }

    fn unit(&self, purpose: Purpose) -> &str {
        match purpose {
            Purpose::Auth => &self.profile.auth_unit,
            Purpose::Sign => &self.profile.sign_unit,
        }
    }

    fn ca_name(&self, purpose: Purpose) -> Result<Name, CaError> {
        name::distinguished(&[
            (name::COUNTRY, "JP"),
            (name::ORGANIZATION, &self.profile.organization),
            (name::UNIT, self.unit(purpose)),
            (name::UNIT, "Hitokoe development, no legal effect"),
        ])
    }
}

/// A card of a hierarchy that no store of ours trusts.
fn foreign_card(
    person: &Person,
    keys: &mut dyn KeySource,
    now_unix_secs: i64,
) -> Result<CardFile, CaError> {
    let names = HierarchyProfile {
        organization: "ANOTHER TEST JPKI".to_owned(),
        ..HierarchyProfile::hitokoe_test()
    };
    let mut hierarchy = TestHierarchy::create_named(names, 1, keys, now_unix_secs)?;
    let mut card = hierarchy.issue(CardProfile::Normal, person, keys, now_unix_secs)?;
    card.profile = CardProfile::WrongHierarchy;
    Ok(card)
}
