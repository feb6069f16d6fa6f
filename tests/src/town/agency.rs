//! The simulated agency of a town: it issues the cards, tells what became of them, and can be away.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result};
use virtual_card::{
    ca::person::{Person, Town},
    j_lis::{Agency, Event},
};

use super::cards::Holder;
use crate::{place, process::Process};

/// Only the signature certificate holds it; the town's file says the same.
const ADDRESS: &str = "徳島県海部郡美波町日和佐浦試験１番地";

const START: Duration = Duration::from_secs(30);

/// The agency's folder and its server.
pub struct TownAgency {
    folder: PathBuf,
    logs: PathBuf,
    port: u16,
    server: Option<Process>,
}

impl TownAgency {
    /// Founds the agency in a folder of the town's, and writes the certificates of its authorities
    /// where the gateway looks for them.
    pub(crate) fn found(town: &Path, port: u16) -> Result<Self> {
        let folder = town.join("agency");
        let agency = Agency::found(&folder, true, now_unix_secs()?)?;
        let issuers = town.join("auth-issuers");
        std::fs::create_dir_all(&issuers)?;
        for (index, generation) in agency.hierarchy().generations().iter().enumerate() {
            for (kind, ca) in [("auth", &generation.auth), ("sign", &generation.sign)] {
                let file = issuers.join(format!("{kind}-{index}.der"));
                std::fs::write(file, &ca.certificate_der)?;
            }
        }
        Ok(Self { folder, logs: town.join("logs"), port, server: None })
    }

    /// Registers a person and issues a card; gives its file.
    pub(crate) fn enrol(&self, holder: &Holder<'_>) -> Result<PathBuf> {
        let Holder { label, name, birth_date, sex, profile } = holder;
        let person = Person::new(name, ADDRESS, birth_date, *sex);
        let person = person.in_town(Town::minami());
        Ok(self.open()?.enrol(label, &person, *profile, now_unix_secs()?)?)
    }

    fn open(&self) -> Result<Agency> {
        Ok(Agency::open(&self.folder)?)
    }

    /// Starts the responder and the lists' server.
    pub fn start(&mut self) -> Result<()> {
        let address = format!("127.0.0.1:{}", self.port);
        let mut command = Command::new(place::program("virtual-card")?);
        command.args(["j-lis", "serve", "--listen", &address, "--state"]).arg(&self.folder);
        let mut server = Process::start("j-lis", &mut command, &self.logs)?;
        server.wait_until("listening", START, || std::net::TcpStream::connect(&address).is_ok())?;
        self.server = Some(server);
        Ok(())
    }

    /// The line to the agency is cut.
    pub fn stop(&mut self) -> Result<()> {
        self.server.take().context("the agency is not running")?.kill()
    }

    /// Something happens to a person or a card; the responder tells it at once.
    pub fn report(&self, id: &str, event: Event) -> Result<()> {
        Ok(self.open()?.report(id, event, now_unix_secs()?)?)
    }

    /// Publishes lists that are good for this long.
    pub fn publish(&self, life_secs: i64) -> Result<()> {
        self.open()?.publish_for(now_unix_secs()?, life_secs)?;
        Ok(())
    }

    /// Where events are told by hand.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn now_unix_secs() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?)
}
