//! What the operator does from the command line, on the gateway's own machine.

mod audit;
mod keys;
mod operator;
mod password;
mod people;
mod services;
mod updates;

use std::{path::PathBuf, sync::Arc};

use anyhow::{Context as _, bail};
use clap::{Subcommand, value_parser};
pub use keys::{create_keys, renew_keys, renew_server_certificate, revoke_keys};

use crate::{
    audit::Viewer,
    clock::{Clock as _, SystemClock},
    config::Config,
    device,
    encoding::sha256,
    enrolment::{self, CodeHash},
    expiry, file_modes,
    fleet::{codes, envelope},
    login::{self, LoginDesk},
    provisioning::Settings,
    random::SystemRandom,
    staff::{
        Role,
        account::{self, NewStaff},
        credential::PasswordHashing,
        seal::Seal,
    },
    store::{Store, StoreError},
    tls::ServerIdentity,
    town_import::TownFiles,
    town_keys::TownKeys,
    values,
};

const DAY_MS: i64 = 86_400_000;
/// Codes of letters live for a year at most.
const DAYS_MAX: i64 = 365;

/// Administrative commands. Each prints what it did; nothing is changed when it fails.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create keys and certificates that do not exist yet; existing ones are kept
    CreateKeys {
        /// Host name or address under which boxes reach this gateway; repeat for several
        #[arg(long = "server-name", required = true)]
        server_names: Vec<String>,
    },
    /// Create the next order, drill and heartbeat keys; boxes know them a day before they sign
    RenewKeys {
        /// File of the manifest's root key, e.g. on the medium that is kept offline; by default
        /// manifest-root.key in the folder of the keys
        #[arg(long)]
        root_key: Option<PathBuf>,
        /// Revoke the old keys at once, because one was stolen. Televisions drop every order that
        /// they signed
        #[arg(long)]
        revoke_old: bool,
        /// Revoke although orders are in force; they have to be issued anew at once
        #[arg(long, requires = "revoke_old")]
        despite_orders_in_force: bool,
    },
    /// Renew the server certificate for boxes, by the authority of `create-keys`
    RenewServerCertificate {
        /// Host name or address under which boxes reach this gateway; by default those of the
        /// certificate in use
        #[arg(long = "server-name")]
        server_names: Vec<String>,
    },
    /// Import districts, shelters and households from a folder, all or nothing
    ImportTown {
        /// Folder with areas.json, emergency-sites.geojson, designated-shelters.geojson and
        /// households.json
        folder: PathBuf,
    },
    /// Print a one-time code with which one box enrols for a home
    CreateEnrolmentCode {
        /// The home
        #[arg(long)]
        household: String,
        /// Days for which the code can be used
        #[arg(long, default_value_t = 14, value_parser = value_parser!(u16).range(1..=DAYS_MAX))]
        days: u16,
    },
    /// Print a list (CSV) of one-time codes for homes that have neither a box nor a code
    CreateEnrolmentCodes {
        /// At most so many homes, in the order of the import
        #[arg(long, default_value_t = 100)]
        homes: usize,
        /// Days for which the codes can be used
        #[arg(long, default_value_t = 90, value_parser = value_parser!(u16).range(1..=DAYS_MAX))]
        days: u16,
        /// Also say to whom each letter goes: the first resident and the address of the town's file.
        /// These people read on their television that it was looked up
        #[arg(long)]
        addressees: bool,
    },
    /// List boxes
    ListDevices,
    /// Refuse a box from now on
    RevokeDevice {
        /// Its id
        device_id: String,
    },
    /// Link a card to a resident by its auth certificate
    LinkCard {
        /// The home
        #[arg(long)]
        household: String,
        /// The resident's id in that home
        #[arg(long)]
        resident: String,
        /// Auth certificate, DER
        #[arg(long)]
        certificate: PathBuf,
        /// Version of the words to which the resident agreed at the office
        #[arg(long, default_value = "office-1")]
        consent_version: String,
    },
    /// Create a staff account; prints the second factor once
    CreateStaff {
        /// Login, small letters
        #[arg(long)]
        login: String,
        /// Name as written
        #[arg(long)]
        name: String,
        /// Office, e.g. 健康づくり課
        #[arg(long)]
        office: String,
        /// disaster-officer, public-health-nurse, registry-clerk or fleet-operator
        #[arg(long, value_parser = role)]
        role: Role,
        /// File that holds the first password, readable by its owner only
        #[arg(long)]
        password_file: PathBuf,
    },
    /// End the waiting that failed sign-ins brought
    UnlockStaff {
        /// Login
        #[arg(long)]
        login: String,
    },
    /// Check, seal, export and shorten the audit log
    Audit {
        /// What to do
        #[command(subcommand)]
        command: audit::Command,
    },
    /// Images for boxes
    Update {
        /// What to do
        #[command(subcommand)]
        command: updates::Command,
    },
    /// Cards of residents
    #[command(flatten)]
    People(people::Command),
    /// Services that may ask who somebody is
    #[command(flatten)]
    Services(services::Command),
}

fn role(code: &str) -> Result<Role, String> {
    let known = Role::from_code(code);
    known.ok_or_else(|| {
        "use disaster-officer, public-health-nurse, registry-clerk or fleet-operator".to_owned()
    })
}

/// What a command says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// The output, which may go into a file.
    pub text: String,
    /// What whoever gave the command should know besides.
    pub notice: Option<String>,
}

impl From<String> for Printed {
    fn from(text: String) -> Self {
        Self { text, notice: None }
    }
}

/// Runs one command and returns what to print.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<Printed> {
    let now_ms = SystemClock.now_ms();
    match &command {
        Command::CreateKeys { server_names } => {
            return Ok(create_keys(config, server_names, now_ms, &SystemRandom)?.into());
        }
        Command::RenewKeys { root_key, revoke_old, despite_orders_in_force } => {
            let root = root_key.as_deref();
            let said = if *revoke_old {
                let despite = *despite_orders_in_force;
                revoke_keys(config, root, despite, now_ms, &SystemRandom).await
            } else {
                renew_keys(config, root, false, now_ms, &SystemRandom)
            };
            return Ok(said?.into());
        }
        Command::RenewServerCertificate { server_names } => {
            let said = renew_server_certificate(config, server_names, now_ms, &SystemRandom)?;
            return Ok(said.into());
        }
        _ => {}
    }
    let store = Store::open(&config.database.path)?;
    store.check_schema().await?;
    let office = Office { config, store };
    let action = command.action();
    let printed = office.run(command).await?;
    if let Some(action) = action {
        operator::note(&office.store, action, SystemClock.now_ms()).await?;
    }
    Ok(printed)
}

struct Office<'a> {
    config: &'a Config,
    store: Store,
}

impl Office<'_> {
    async fn run(&self, command: Command) -> anyhow::Result<Printed> {
        let (office, config) = (self, self.config);
        let text = match command {
            Command::Audit { command } => audit::run(config, &office.store, command).await,
            Command::Update { command } => updates::run(config, &office.store, command).await,
            Command::People(command) => people::run(config, &office.store, command).await,
            Command::Services(command) => services::run(config, &office.store, command).await,
            Command::CreateKeys { .. }
            | Command::RenewKeys { .. }
            | Command::RenewServerCertificate { .. } => bail!("handled above"),
            Command::ImportTown { folder } => office.import_town(folder).await,
            Command::CreateEnrolmentCode { household, days } => {
                office.create_enrolment_code(household, days).await
            }
            Command::CreateEnrolmentCodes { homes, days, addressees } => {
                return office.create_enrolment_codes(homes, days, addressees).await;
            }
            Command::ListDevices => office.list_devices().await,
            Command::RevokeDevice { device_id } => office.revoke_device(device_id).await,
            Command::LinkCard { household, resident, certificate, consent_version } => {
                office.link_card(&household, &resident, certificate, &consent_version).await
            }
            Command::CreateStaff { login, name, office: of, role, password_file } => {
                let password = password::read(&password_file)?;
                office.create_staff(NewStaff { login, name, office: of, role, password }).await
            }
            Command::UnlockStaff { login } => {
                let seal = Seal::load(&config.staff.secret)?;
                account::unlock(&office.store, &seal, &login).await?;
                Ok(format!("{login} can sign in again"))
            }
        };
        Ok(text?.into())
    }

    async fn import_town(&self, folder: PathBuf) -> anyhow::Result<String> {
        let town = &self.config.town;
        let issuer = evacuation::id::Issuer::new(town.municipality_code.as_str())?;
        let keys = TownKeys::load(&self.config.keys.directory, &issuer)?;
        let settings = Settings::new(self.config, keys.manifest());
        let files = TownFiles::read(&folder, &town.municipality_code)?;
        let now_ms = SystemClock.now_ms();
        let apply = move |sql: &mut dyn crate::store::Sql| {
            files.apply(sql, &settings, now_ms, &SystemRandom)
        };
        let done = self.store.write(apply).await?;
        let changed = if done.changed { "" } else { "; nothing had changed" };
        Ok(format!(
            "imported {} areas, {} shelters, {} households with {} residents{changed}",
            done.areas, done.shelters, done.households, done.residents
        ))
    }

    async fn create_enrolment_code(&self, household: String, days: u16) -> anyhow::Result<String> {
        let code = enrolment::draw_code(&SystemRandom);
        let hash = CodeHash::of(&code, &self.config.gateway.id).context("a drawn code hashes")?;
        let now_ms = SystemClock.now_ms();
        let expires_at_ms = now_ms + i64::from(days) * DAY_MS;
        let insert = {
            let household = household.clone();
            move |sql: &mut dyn crate::store::Sql| {
                enrolment::insert_code(sql, hash, &household, now_ms, expires_at_ms)
            }
        };
        match self.store.write(insert).await {
            Ok(()) => Ok(code),
            Err(StoreError::Conflict(_)) => {
                bail!("no household {household}; import the town first, and copy the id exactly")
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn create_enrolment_codes(
        &self,
        asked: usize,
        days: u16,
        with_addressees: bool,
    ) -> anyhow::Result<Printed> {
        if !(1..=codes::CODES_MAX).contains(&asked) {
            bail!("1 to {} codes at once; run the command again for more", codes::CODES_MAX);
        }
        let now_ms = SystemClock.now_ms();
        let homes =
            self.store.read(move |sql| codes::homes_without_box(sql, now_ms, asked)).await?;
        if homes.is_empty() {
            bail!(
                "no home without a box and without a code that can still be used; `admin import-town` \
                 brings homes, and `create-enrolment-code` draws one for a single home"
            );
        }
        let viewer = Viewer {
            actor: "operator".to_owned(),
            office: "運用担当".to_owned(),
            purpose: "登録番号の手紙".to_owned(),
        };
        // Before the codes are drawn: these are shown once.
        let envelopes = if with_addressees {
            let (viewer, homes) = (viewer.clone(), homes.clone());
            let look = move |sql: &mut dyn crate::store::Sql| {
                envelope::of_homes(sql, &viewer, &homes, now_ms)
            };
            Some(self.store.write(look).await?)
        } else {
            None
        };
        let wanted = codes::Wanted { homes, now_ms, days, viewer };
        let drawn = codes::draw(&self.store, self.config, &SystemRandom, wanted, ()).await?;
        let left = self.store.read(move |sql| codes::homes_left(sql, now_ms)).await?;
        let notice = codes::remark(asked, &drawn, left, envelopes.as_ref());
        Ok(Printed { text: codes::list(&drawn, envelopes.as_ref(), now_ms, days), notice })
    }

    async fn list_devices(&self) -> anyhow::Result<String> {
        let devices = self.store.read(device::all).await?;
        let lines = devices.iter().map(|device| {
            format!("{} {} household {}", device.device_id, device.state, device.household_id)
        });
        Ok(lines.collect::<Vec<_>>().join("\n"))
    }

    async fn revoke_device(&self, device_id: String) -> anyhow::Result<String> {
        let (id, now_ms) = (device_id.clone(), SystemClock.now_ms());
        let was_active = self.store.write(move |sql| device::revoke(sql, &id, now_ms)).await?;
        if !was_active {
            bail!("no active box {device_id}; see `admin list-devices`");
        }
        Ok(format!("{device_id} is refused from now on; a running gateway cuts it off in seconds"))
    }

    async fn link_card(
        &self,
        household: &str,
        resident: &str,
        certificate: PathBuf,
        consent_version: &str,
    ) -> anyhow::Result<String> {
        let desk = LoginDesk::new(&self.config.gateway.id, &self.config.login)?;
        let now_ms = SystemClock.now_ms();
        let der = login::read_certificate(&certificate)?;
        let random = Arc::new(SystemRandom);
        let resident_of = (household, resident);
        desk.link_card(&self.store, &der, resident_of, consent_version, now_ms, random).await?;
        Ok(format!("the card is linked to resident {resident}"))
    }

    async fn create_staff(&self, new: NewStaff) -> anyhow::Result<String> {
        let seal = Seal::load(&self.config.staff.secret)?;
        let (login, hashing) = (new.login.clone(), PasswordHashing::default());
        let factor =
            account::create(&self.store, &SystemClock, &SystemRandom, &hashing, &seal, new).await?;
        Ok(format!(
            "created {login}\nsecond factor, shown once: {}\n{}",
            factor.base32(),
            factor.url()?
        ))
    }
}

/// Checks everything that a start would check, without starting.
pub fn check_config(config: &Config) -> anyhow::Result<String> {
    let issuer = evacuation::id::Issuer::new(config.town.municipality_code.as_str())?;
    let keys = TownKeys::load(&config.keys.directory, &issuer)?;
    let authority = crate::device_authority::DeviceAuthority::load(&config.box_api)?;
    let boxes = &config.box_api;
    let identity = ServerIdentity::open(&boxes.certificate, &boxes.private_key)?;
    crate::tls::box_config(&identity, authority.certificate())?;
    let services = config.oidc.as_ref().and_then(|oidc| oidc.tls.as_ref());
    for (certificate, key) in config.staff.tls.iter().chain(services) {
        ServerIdentity::open(certificate, key)?;
    }
    Seal::load(&config.staff.secret)?;
    LoginDesk::open(config, Arc::default())?;
    let open = file_modes::too_open(config);
    if !open.is_empty() {
        bail!("other users of this machine could read personal data or keys:\n{}", open.join("\n"));
    }
    updates::check_keyring(&config.updates)?;
    let names = keys::names_in_use(&boxes.certificate)?;
    let root = crate::encoding::hex(&sha256(&keys.manifest_root().0)[..8]);
    let now_ms = SystemClock.now_ms();
    let ends = expiry::all(config, &keys)?;
    let lines = ends.iter().map(|expiry| format!("\n{}", expiry.line(now_ms)));
    let lines: String = lines.collect();
    Ok(format!("the configuration can be used; manifest root {root}\n{names}{lines}"))
}

/// Applies missing schema steps.
pub async fn migrate(config: &Config) -> anyhow::Result<String> {
    let store = Store::open(&config.database.path)?;
    let applied = store.migrate(SystemClock.now_ms()).await?;
    store.check_schema().await?;
    let count = "SELECT COUNT(*) AS steps FROM schema_migration";
    let steps: i64 =
        store.read::<_, StoreError, _>(move |sql| sql.one(count, values![])?.get("steps")).await?;
    match applied.as_slice() {
        [] => Ok(format!("the schema is up to date ({steps} steps)")),
        names => Ok(format!("applied {}", names.join(", "))),
    }
}

#[cfg(test)]
mod tests;
