//! Who is registered, which certificates were issued, and what became of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::Path,
};

use der::Decode as _;
use jpki::revocation::{RevocationReason, table::Revocation};
use serde::{Deserialize, Serialize};
use x509_cert::{Certificate, ext::pkix::AuthorityKeyIdentifier};

use super::is_plain;
use crate::{
    ca::{
        Purpose,
        person::{Person, Sex, Town},
        status_answer::CertificateState,
    },
    card_file::{Base64Bytes, NOTICE},
    keys::{KeyError, SecretKey},
    profile::CardProfile,
};

const FILE: &str = "register.json";
/// Most bytes of the file.
const FILE_LEN_MAX: u64 = 64 * 1024 * 1024;

/// Why the register cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// A certificate just issued cannot be read.
    #[error("a certificate cannot be read: {0}")]
    Certificate(#[from] der::Error),
    /// Reading or writing failed.
    #[error("{FILE}: {0}")]
    File(#[from] std::io::Error),
    /// The responder's key is broken.
    #[error("{FILE}: {0}")]
    Key(#[from] KeyError),
    /// Not a register.
    #[error("{FILE} is no register: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The name of a town cannot be the name of a file.
    #[error("towns are written in letters, digits and hyphens, e.g. Minami-cho")]
    Town,
    /// The id is taken.
    #[error("{0} is registered already")]
    Taken(String),
    /// Nobody with this id, or no longer alive.
    #[error("nobody is registered as {0}, or the entry is closed")]
    Unknown(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Register {
    notice: String,
    published_keys: bool,
    responder_key: Base64Bytes,
    list_number: u64,
    published_at: i64,
    citizens: BTreeMap<String, Citizen>,
    issued: Vec<Issued>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Citizen {
    name: String,
    address: String,
    birth_date: String,
    sex: Sex,
    town: Town,
    is_closed: bool,
    cards: u32,
    profile: CardProfile,
}

/// One certificate.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Issued {
    citizen: String,
    purpose: Purpose,
    town: Town,
    serial: Base64Bytes,
    issuer_key_id: Base64Bytes,
    revoked: Option<Revoked>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Revoked {
    reason: u8,
    at: i64,
}

impl Revoked {
    fn revocation(self) -> Revocation {
        let reason = RevocationReason::from_code(self.reason);
        Revocation { reason: reason.unwrap_or(RevocationReason::Unspecified), revoked_at: self.at }
    }
}

impl Issued {
    pub(super) fn of(
        citizen: &str,
        purpose: Purpose,
        town: &Town,
        certificate_der: &[u8],
    ) -> Result<Self, RegisterError> {
        let signed = Certificate::from_der(certificate_der)?.tbs_certificate;
        let authority = signed.get::<AuthorityKeyIdentifier>()?;
        let key_id = authority.and_then(|(_, id)| id.key_identifier);
        Ok(Self {
            citizen: citizen.to_owned(),
            purpose,
            town: town.clone(),
            serial: Base64Bytes(signed.serial_number.as_bytes().to_vec()),
            issuer_key_id: Base64Bytes(key_id.map(|id| id.as_bytes().to_vec()).unwrap_or_default()),
            revoked: None,
        })
    }
}

impl Register {
    pub(super) fn new(
        responder_key: &SecretKey,
        published_keys: bool,
    ) -> Result<Self, RegisterError> {
        Ok(Self {
            notice: NOTICE.to_owned(),
            published_keys,
            responder_key: Base64Bytes(responder_key.to_pkcs8()?),
            list_number: 0,
            published_at: 0,
            citizens: BTreeMap::new(),
            issued: Vec::new(),
        })
    }

    pub(super) fn load(folder: &Path) -> Result<Self, RegisterError> {
        let path = folder.join(FILE);
        if std::fs::metadata(&path)?.len() > FILE_LEN_MAX {
            return Err(std::io::Error::from(std::io::ErrorKind::FileTooLarge).into());
        }
        Ok(serde_json::from_slice(&std::fs::read(path)?)?)
    }

    /// A reader sees the old or the new register, never half of one.
    pub(super) fn save(&self, folder: &Path) -> Result<(), RegisterError> {
        let mut draft = tempfile::NamedTempFile::new_in(folder)?;
        draft.write_all(&serde_json::to_vec_pretty(self)?)?;
        draft.persist(folder.join(FILE)).map_err(|error| error.error)?;
        Ok(())
    }

    pub(super) fn responder_key(&self) -> Result<SecretKey, RegisterError> {
        Ok(SecretKey::from_pkcs8(&self.responder_key.0)?)
    }

    pub(super) fn published_keys(&self) -> bool {
        self.published_keys
    }

    /// So many certificates were issued; cards shall not share keys with their CA.
    pub(super) fn keys_used(&self) -> usize {
        self.issued.len()
    }

    pub(super) fn published_at(&self) -> i64 {
        self.published_at
    }

    pub(super) fn next_list_number(&mut self, now: i64) -> u64 {
        self.list_number += 1;
        self.published_at = now;
        self.list_number
    }

    pub(super) fn add_citizen(&mut self, id: &str, person: &Person) -> Result<(), RegisterError> {
        if !is_plain(&person.town) || !is_plain(&Town::new(id, id)) {
            return Err(RegisterError::Town);
        }
        if self.citizens.contains_key(id) {
            return Err(RegisterError::Taken(id.to_owned()));
        }
        let citizen = Citizen {
            name: person.name.clone(),
            address: person.address.clone(),
            birth_date: person.birth_date.clone(),
            sex: person.sex,
            town: person.town.clone(),
            is_closed: false,
            cards: 0,
            profile: CardProfile::Normal,
        };
        self.citizens.insert(id.to_owned(), citizen);
        Ok(())
    }

    fn citizen(&mut self, id: &str) -> Result<&mut Citizen, RegisterError> {
        let found = self.citizens.get_mut(id).filter(|citizen| !citizen.is_closed);
        found.ok_or_else(|| RegisterError::Unknown(id.to_owned()))
    }

    pub(super) fn person(&mut self, id: &str) -> Result<Person, RegisterError> {
        let citizen = self.citizen(id)?;
        let Citizen { name, address, birth_date, sex, town, .. } = citizen;
        Ok(Person::new(name, address, birth_date, *sex).in_town(town.clone()))
    }

    pub(super) fn profile_of(&mut self, id: &str) -> Result<CardProfile, RegisterError> {
        Ok(self.citizen(id)?.profile)
    }

    pub(super) fn next_card(
        &mut self,
        id: &str,
        profile: CardProfile,
    ) -> Result<u32, RegisterError> {
        let citizen = self.citizen(id)?;
        citizen.cards += 1;
        citizen.profile = profile;
        Ok(citizen.cards)
    }

    pub(super) fn record(&mut self, issued: Issued) {
        self.issued.push(issued);
    }

    /// Revokes what is not revoked yet, of one kind or of both.
    pub(super) fn revoke(
        &mut self,
        id: &str,
        purpose: Option<Purpose>,
        reason: RevocationReason,
        now: i64,
    ) -> Result<(), RegisterError> {
        self.citizen(id)?;
        for issued in self.issued.iter_mut().filter(|issued| issued.citizen == id) {
            if purpose.is_none_or(|only| only == issued.purpose) && issued.revoked.is_none() {
                issued.revoked = Some(Revoked { reason: reason.code(), at: now });
            }
        }
        Ok(())
    }

    pub(super) fn close(&mut self, id: &str) -> Result<(), RegisterError> {
        self.citizen(id)?.is_closed = true;
        Ok(())
    }

    pub(super) fn relocate(
        &mut self,
        id: &str,
        address: &str,
        town: Town,
    ) -> Result<(), RegisterError> {
        if !is_plain(&town) {
            return Err(RegisterError::Town);
        }
        let citizen = self.citizen(id)?;
        address.clone_into(&mut citizen.address);
        citizen.town = town;
        Ok(())
    }

    pub(super) fn towns(&self) -> BTreeSet<Town> {
        let residents = self.citizens.values().map(|citizen| citizen.town.clone());
        residents.chain(self.issued.iter().map(|issued| issued.town.clone())).collect()
    }

    /// Revoked certificates for one list.
    pub(super) fn revoked<'a>(
        &'a self,
        purpose: Purpose,
        town: &'a Town,
        issuer_key_id: &'a [u8],
    ) -> impl Iterator<Item = (Vec<u8>, Revocation)> + 'a {
        let here = move |issued: &&Issued| {
            issued.purpose == purpose
                && issued.town == *town
                && issued.issuer_key_id.0 == issuer_key_id
        };
        self.issued
            .iter()
            .filter(here)
            .filter_map(|issued| Some((issued.serial.0.clone(), issued.revoked?.revocation())))
    }

    /// The state that the responder tells.
    pub(super) fn state(&self, issuer_key_id: &[u8], serial: &[u8]) -> CertificateState {
        let found = self
            .issued
            .iter()
            .find(|issued| issued.issuer_key_id.0 == issuer_key_id && issued.serial.0 == serial);
        match found.map(|issued| issued.revoked) {
            None => CertificateState::Unknown,
            Some(None) => CertificateState::Good,
            Some(Some(revoked)) => {
                let Revocation { reason, revoked_at } = revoked.revocation();
                CertificateState::Revoked { reason, revoked_at }
            }
        }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let line = |issued: &Issued| {
            let state = match issued.revoked {
                None => "good".to_owned(),
                Some(revoked) => format!("revoked {:?}", revoked.revocation().reason),
            };
            let (citizen, purpose, city) = (&issued.citizen, issued.purpose, &issued.town.city);
            format!("{citizen} {purpose:?} {city} {state}")
        };
        self.issued.iter().map(line).collect()
    }
}
