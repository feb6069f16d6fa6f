//! A simulated J-LIS: CA, register of certificates, daily lists for each town, OCSP responder.
//!
//! Everything lies in one folder, so that the command line changes what a running server answers.
//! OCSP tells the register's state at once; the lists tell it from the next publication on, as the
//! real ones do. Nothing here has to do with the real agency beyond the shape of its data.

mod register;
mod server;

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use jpki::revocation::RevocationReason;

use crate::{
    ca::{
        Ca, CaError, DirectoryError, Purpose, TestHierarchy,
        person::{Person, Town},
        revocation_list::{CrlDraft, CrlEntry},
    },
    card_file::{CardFile, CardFileError},
    keys::{FreshKeys, KeySource, TestOnlyKeys},
    profile::CardProfile,
};
use register::{Issued, Register};

pub use register::RegisterError;
pub use server::serve;

/// A list is good for this long; the next one comes after a day.
pub const LIST_LIFE_SECS: i64 = 36 * 3600;
const DAY_SECS: i64 = 86_400;

/// The agency's folder.
pub struct Agency {
    folder: PathBuf,
    hierarchy: TestHierarchy,
    register: Register,
    /// Held while the folder is changed.
    _lock: File,
}

/// Why the agency cannot do something.
#[derive(Debug, thiserror::Error)]
pub enum AgencyError {
    /// Nothing could be issued.
    #[error(transparent)]
    Ca(#[from] CaError),
    /// A card could not be written.
    #[error(transparent)]
    Card(#[from] CardFileError),
    /// The CA cannot be read or written.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// There is an agency already.
    #[error("{0} holds an agency already; its cards would no longer be trusted")]
    Founded(PathBuf),
    /// Reading or writing failed.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The register cannot be read or written.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// Nobody with this id, or no longer alive.
    #[error("nobody is registered as {0}, or the entry is closed")]
    Unknown(String),
}

/// What happens to a person or a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Died: every certificate ends.
    Death,
    /// Lost the card: every certificate is stopped at once.
    Loss,
    /// Moved: the signature certificate ends, the login lives.
    Move {
        /// New address.
        address: String,
        /// New town.
        town: Town,
    },
}

impl Agency {
    /// Founds an agency in a folder; the published keys of the repository save half a minute.
    pub fn found(folder: &Path, published_keys: bool, now: i64) -> Result<Self, AgencyError> {
        if folder.join("ca.json").exists() {
            return Err(AgencyError::Founded(folder.to_owned()));
        }
        fs::create_dir_all(folder.join("cards")).map_err(file_error(folder))?;
        fs::create_dir_all(folder.join("lists")).map_err(file_error(folder))?;
        let lock = lock(folder)?;
        let mut keys = key_source(published_keys, 0);
        let hierarchy = TestHierarchy::create(&mut *keys, now)?;
        let responder_key = keys.next_key().map_err(CaError::from)?;
        let register = Register::new(&responder_key, published_keys)?;
        let agency = Self { folder: folder.to_owned(), hierarchy, register, _lock: lock };
        agency.save()?;
        Ok(agency)
    }

    /// Opens the folder for changes; waits while somebody else changes it.
    pub fn open(folder: &Path) -> Result<Self, AgencyError> {
        let lock = lock(folder)?;
        Ok(Self {
            hierarchy: TestHierarchy::load(folder)?,
            register: Register::load(folder)?,
            folder: folder.to_owned(),
            _lock: lock,
        })
    }

    fn save(&self) -> Result<(), AgencyError> {
        // First the CA: a serial number may be lost, but never be given twice.
        self.hierarchy.save(&self.folder)?;
        Ok(self.register.save(&self.folder)?)
    }

    /// The CAs.
    pub fn hierarchy(&self) -> &TestHierarchy {
        &self.hierarchy
    }

    /// Registers a person and issues the first card; returns where it lies.
    pub fn enrol(
        &mut self,
        id: &str,
        person: &Person,
        profile: CardProfile,
        now: i64,
    ) -> Result<PathBuf, AgencyError> {
        self.register.add_citizen(id, person)?;
        self.issue(id, profile, now)
    }

    /// A new card for the same person: new serial numbers, the old certificates are superseded.
    pub fn renew(&mut self, id: &str, now: i64) -> Result<PathBuf, AgencyError> {
        let profile = self.register.profile_of(id)?;
        self.register.revoke(id, None, RevocationReason::Superseded, now)?;
        self.issue(id, profile, now)
    }

    /// Writes down what happened.
    pub fn report(&mut self, id: &str, event: Event, now: i64) -> Result<(), AgencyError> {
        match event {
            Event::Death => {
                self.register.revoke(id, None, RevocationReason::CessationOfOperation, now)?;
                self.register.close(id)?;
            }
            Event::Loss => {
                self.register.revoke(id, None, RevocationReason::CertificateHold, now)?;
            }
            Event::Move { address, town } => {
                let reason = RevocationReason::AffiliationChanged;
                self.register.revoke(id, Some(Purpose::Sign), reason, now)?;
                self.register.relocate(id, &address, town)?;
            }
        }
        self.save()
    }

    fn issue(&mut self, id: &str, profile: CardProfile, now: i64) -> Result<PathBuf, AgencyError> {
        let person = self.register.person(id)?;
        let number = self.register.next_card(id, profile)?;
        let mut keys = key_source(self.register.published_keys(), 7 + self.register.keys_used());
        let card = self.hierarchy.issue(profile, &person, &mut *keys, now)?;
        for (purpose, credential) in
            [(Purpose::Auth, Some(&card.auth)), (Purpose::Sign, card.sign.as_ref())]
        {
            if let Some(credential) = credential {
                let issued = Issued::of(id, purpose, &person.town, &credential.certificate.0);
                self.register.record(issued?);
            }
        }
        self.save()?;
        self.write_card(&card, &format!("{id}-{number}"))
    }

    fn write_card(&self, card: &CardFile, name: &str) -> Result<PathBuf, AgencyError> {
        let path = self.folder.join("cards").join(format!("{name}.json"));
        card.save(&path)?;
        let certificate = path.with_extension("auth.der");
        fs::write(&certificate, &card.auth.certificate.0).map_err(file_error(&certificate))?;
        Ok(path)
    }

    /// Publishes the lists of every CA and town, as the agency does each day.
    pub fn publish(&mut self, now: i64) -> Result<usize, AgencyError> {
        self.publish_for(now, LIST_LIFE_SECS)
    }

    /// The same with lists that are good for another time.
    pub fn publish_for(&mut self, now: i64, life_secs: i64) -> Result<usize, AgencyError> {
        let number = self.register.next_list_number(now);
        self.save()?;
        let towns = self.register.towns();
        let mut count = 0;
        for (name, purpose, ca) in authorities(&self.hierarchy) {
            for town in &towns {
                let der = self.list(purpose, &ca, town, number, (now, now + life_secs))?;
                let path = self.folder.join("lists").join(list_file(&name, town));
                fs::write(&path, der).map_err(file_error(&path))?;
                count += 1;
            }
        }
        Ok(count)
    }

    fn list(
        &self,
        purpose: Purpose,
        ca: &Ca,
        town: &Town,
        number: u64,
        (now, next_update): (i64, i64),
    ) -> Result<Vec<u8>, AgencyError> {
        let mut draft = CrlDraft::new(ca, &ca.partition(purpose, town)?, number, now);
        draft.next_update = Some(next_update);
        draft.entries = self
            .register
            .revoked(purpose, town, &ca.key_id)
            .map(|(serial, revocation)| {
                CrlEntry::new(&serial, revocation.revoked_at, revocation.reason)
            })
            .collect();
        Ok(draft.sign(ca.key())?)
    }

    /// Publishes when the last publication is a day old, or a town is new.
    pub fn publish_if_due(&mut self, now: i64) -> Result<bool, AgencyError> {
        let is_new = self.register.towns().iter().any(|town| {
            authorities(&self.hierarchy)
                .iter()
                .any(|(name, ..)| !self.folder.join("lists").join(list_file(name, town)).exists())
        });
        let is_due = is_new || now - self.register.published_at() >= DAY_SECS;
        if is_due {
            self.publish(now)?;
        }
        Ok(is_due)
    }

    /// One line for each certificate: person, kind, town, state.
    pub fn show(&self) -> Vec<String> {
        self.register.lines()
    }
}

/// Every CA with its name in addresses, e.g. `sign-03`; the announced generation comes last.
fn authorities(hierarchy: &TestHierarchy) -> Vec<(String, Purpose, Ca)> {
    let all = hierarchy.generations().iter().chain([hierarchy.next_generation()]);
    all.enumerate()
        .flat_map(|(index, both)| {
            [
                (format!("auth-{:02}", index + 1), Purpose::Auth, both.auth.clone()),
                (format!("sign-{:02}", index + 1), Purpose::Sign, both.sign.clone()),
            ]
        })
        .collect()
}

fn list_file(authority: &str, town: &Town) -> String {
    format!("{authority}.{}.{}.crl", town.prefecture, town.city)
}

fn key_source(published: bool, used: usize) -> Box<dyn KeySource> {
    if published { Box::new(TestOnlyKeys::starting_at(used)) } else { Box::new(FreshKeys) }
}

fn lock(folder: &Path) -> Result<File, AgencyError> {
    let path = folder.join("lock");
    let file = File::create(&path).map_err(file_error(&path))?;
    file.lock().map_err(file_error(&path))?;
    Ok(file)
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> AgencyError {
    let path = path.to_owned();
    |source| AgencyError::File { path, source }
}

/// Names of towns become names of files.
fn is_plain(town: &Town) -> bool {
    let parts = BTreeSet::from([&town.prefecture, &town.city]);
    parts.iter().all(|part| {
        !part.is_empty()
            && part.len() <= 64
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    })
}
