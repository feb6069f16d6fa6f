//! Software cards of the town's residents, in one virtual reader.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use virtual_card::{
    ca::{AUTH_PIN, person::Sex},
    card_file::CardFile,
    control::Request,
    pcscd::CardService,
    profile::CardProfile,
};

use super::agency::TownAgency;
use crate::{place, process::Process};

/// PIN of every card here.
pub const PIN: &str = AUTH_PIN;

/// Password of the signature certificate of every card here; in no other text of the town.
pub const PASSWORD: &str = "KAIDAN29";

/// Whose card is issued.
pub(crate) struct Holder<'a> {
    pub(crate) label: &'a str,
    pub(crate) name: &'a str,
    /// `YYYYMMDD`.
    pub(crate) birth_date: &'a str,
    pub(crate) sex: Sex,
    pub(crate) profile: CardProfile,
}

/// Cards, reader and the card service that serves them.
pub struct Cards {
    _reader: Process,
    /// The card service; may be stopped and started again.
    pub service: CardService,
    control: PathBuf,
    files: BTreeMap<String, PathBuf>,
}

impl Cards {
    /// Lets the agency issue the cards and starts the card service with an empty reader.
    ///
    /// Writes the cards and the reader's control socket into `folder`.
    pub(crate) fn issue(
        folder: &Path,
        agency: &TownAgency,
        holders: &[Holder<'_>],
    ) -> Result<Self> {
        let cards = folder.join("cards");
        std::fs::create_dir_all(&cards)?;
        let mut files = BTreeMap::new();
        for holder in holders {
            let issued = agency.enrol(holder)?;
            let file = cards.join(format!("{}.json", holder.label));
            let mut card = CardFile::load(&issued)?;
            if let Some(sign) = &mut card.sign {
                PASSWORD.clone_into(&mut sign.pin);
            }
            card.save(&file)?;
            std::fs::copy(issued.with_extension("auth.der"), file.with_extension("auth.der"))?;
            files.insert(holder.label.to_owned(), file);
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

    /// The card itself, for a box without a reader.
    pub fn card(&self, label: &str) -> Result<CardFile> {
        Ok(CardFile::load(self.file(label)?)?)
    }

    fn file(&self, label: &str) -> Result<&PathBuf> {
        self.files.get(label).with_context(|| format!("no card is called {label}"))
    }
}
