//! Software cards of the town's residents, in one virtual reader.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use virtual_card::{
    ca::{
        AUTH_PIN, TestHierarchy,
        person::{Person, Sex},
    },
    control::Request,
    keys::TestOnlyKeys,
    pcscd::CardService,
    profile::CardProfile,
};

use crate::{place, process::Process};

/// PIN of every card here.
pub const PIN: &str = AUTH_PIN;

/// Only the signature certificate holds these; no scenario here reads it.
const ADDRESS: &str = "徳島県海部郡美波町日和佐浦試験１番地";
const BIRTH_DATE: &str = "19440101";

/// Cards, reader and the card service that serves them.
pub struct Cards {
    _reader: Process,
    /// The card service; may be stopped and started again.
    pub service: CardService,
    control: PathBuf,
    files: BTreeMap<String, PathBuf>,
}

impl Cards {
    /// Issues the cards of a test authority and starts the card service with an empty reader.
    ///
    /// Writes the authority's certificates, the cards and the reader's control socket into `folder`.
    pub fn issue(folder: &Path, holders: &[(&str, &str, CardProfile)]) -> Result<Self> {
        let cards = folder.join("cards");
        let issuers = folder.join("auth-issuers");
        std::fs::create_dir_all(&cards)?;
        std::fs::create_dir_all(&issuers)?;
        let mut keys = TestOnlyKeys::starting_at(0);
        let now = now_unix_secs()?;
        let mut hierarchy = TestHierarchy::create(&mut keys, now)?;
        for (index, generation) in hierarchy.generations().iter().enumerate() {
            let file = issuers.join(format!("auth-{index}.der"));
            std::fs::write(file, &generation.auth.certificate_der)?;
        }
        let mut files = BTreeMap::new();
        for (label, name, profile) in holders {
            let person = Person::new(name, ADDRESS, BIRTH_DATE, Sex::Unknown);
            let card = hierarchy.issue(*profile, &person, &mut keys, now)?;
            std::fs::write(cards.join(format!("{label}.auth.der")), &card.auth.certificate.0)?;
            let file = cards.join(format!("{label}.json"));
            card.save(&file)?;
            files.insert((*label).to_owned(), file);
        }
        let service = CardService::start()?;
        let control = folder.join("cards.sock");
        let mut reader = Process::start(
            "virtual-card",
            Command::new(place::program("virtual-card")?)
                .args(["reader", "--vpcd", &service.vpcd_address().to_string(), "--control"])
                .arg(&control),
            &folder.join("logs"),
        )?;
        reader.wait_until("control socket", Duration::from_secs(10), || control.exists())?;
        Ok(Self { _reader: reader, service, control, files })
    }

    /// Auth certificate of a card, for linking it to a person.
    pub fn certificate(&self, label: &str) -> Result<PathBuf> {
        Ok(self.file(label)?.with_extension("auth.der"))
    }

    /// Puts a card into the reader; one that lay there is taken out.
    pub fn insert(&self, label: &str) -> Result<()> {
        Request::Swap(self.file(label)?.clone()).send(&self.control)?;
        Ok(())
    }

    /// Takes the card out.
    pub fn remove(&self) -> Result<()> {
        Request::Remove.send(&self.control)?;
        Ok(())
    }

    fn file(&self, label: &str) -> Result<&PathBuf> {
        self.files.get(label).with_context(|| format!("no card is called {label}"))
    }
}

fn now_unix_secs() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?)
}
