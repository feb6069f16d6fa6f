//! A town made of real processes: gateway, two channels, card service with virtual reader, box.

pub mod agency;
pub mod cards;
pub mod staff;

pub(crate) mod files;

use std::{
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result};
use virtual_card::{ca::person::Sex, profile::CardProfile};

use self::{
    agency::TownAgency,
    cards::{Cards, Holder},
    files::Ports,
    staff::StaffAccount,
};
use crate::{
    display::Display,
    marks::{Marks, now_us},
    place,
    process::{self, Process},
    watch,
};

/// The demo box's home in `data/minami/households.json`: its first household.
pub const HOME: &str = "2f12470c-6ac4-54d1-8aa2-d570001a0ee9";

/// Residents with cards: label, resident id, name, birth date as in the town's file.
pub(crate) const RESIDENTS: [(&str, &str, &str, &str, Sex); 2] = [
    ("hana", "a9eb974a-f41d-5405-8abb-4885c2daec97", "中村　ハナ", "19440503", Sex::Female),
    ("shigeru", "879a826a-7d3f-5761-a687-1553d10f40da", "中村　茂", "19420211", Sex::Male),
];

/// Cards that belong to nobody registered, or do not work.
const TROUBLE: [(&str, &str, CardProfile); 4] = [
    ("blocked", "試験　一", CardProfile::Blocked),
    ("stranger", "試験　二", CardProfile::Normal),
    ("foreign", "試験　三", CardProfile::Foreign),
    ("pulled", "試験　四", CardProfile::RemovedDuringSigning),
];

/// Starting takes long when everything is built without optimisation and the machine is busy.
const START: Duration = Duration::from_mins(1);

/// A town keeps two cores busy; tests that found one wait for each other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// The box's own database and the question whether it holds its provisioning.
const BOX_STORE: &str = "store.sqlite3";
const PROVISIONED: &str = "SELECT COUNT(*) FROM blob WHERE name = 'provisioning'";

/// What a town shall have.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Two live channels.
    pub channels: bool,
    /// Size of the channels' picture.
    pub picture: (u32, u32),
    /// Pictures per second of the channels.
    pub fps: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { channels: true, picture: (1280, 720), fps: 25 }
    }
}

/// A running town; ends with this value.
pub struct Town {
    // Fields are dropped in this order: first those who talk, then those they talk to.
    stb: Option<Process>,
    gateway: Option<Process>,
    _channels: Vec<Process>,
    /// Cards and their reader.
    pub cards: Cards,
    /// Who issued the cards and tells what became of them.
    pub agency: TownAgency,
    /// The television.
    pub display: Display,
    /// Staff accounts: two officers, one nurse, one clerk of the registry, one of the operator's support.
    pub staff: Vec<StaffAccount>,
    /// Further environment of the box, e.g. a wrong clock.
    pub box_environment: Vec<(String, String)>,
    /// Further arguments of the box, e.g. safe mode.
    pub box_arguments: Vec<String>,
    ports: Ports,
    folder: tempfile::TempDir,
    // Last: the next town begins when nothing of this one is left.
    _alone: MutexGuard<'static, ()>,
}

impl Town {
    /// Builds the town's files, starts everything but the box.
    pub fn found(options: Options, display: Option<Display>) -> Result<Self> {
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::Builder::new().prefix("hitokoe-town-").tempdir()?;
        let path = folder.path();
        std::fs::create_dir_all(path.join("logs"))?;
        let ports = Ports::choose()?;
        let residents = RESIDENTS.iter().map(|&(label, _, name, birth_date, sex)| Holder {
            label,
            name,
            birth_date,
            sex,
            profile: CardProfile::Normal,
        });
        let trouble = TROUBLE.iter().map(|&(label, name, profile)| Holder {
            label,
            name,
            birth_date: "19440101",
            sex: Sex::Unknown,
            profile,
        });
        let holders: Vec<_> = residents.chain(trouble).collect();
        let mut agency = TownAgency::found(path, ports.agency)?;
        let cards = Cards::issue(path, &agency, &holders)?;
        agency.start()?;
        let config = files::gateway(&ports) + &files::revocation(&ports);
        std::fs::write(path.join("gateway.toml"), config)?;
        let staff = furnish(path, &cards)?;
        std::fs::write(path.join("stb.toml"), files::stb(&ports, path))?;
        let display = match display {
            Some(display) => display,
            None => Display::virtual_screen(&path.join("logs"))?,
        };
        let channels =
            if options.channels { start_channels(&ports, options, path)? } else { Vec::new() };
        let mut town = Self {
            stb: None,
            gateway: None,
            _channels: channels,
            cards,
            agency,
            display,
            staff,
            box_environment: Vec::new(),
            box_arguments: Vec::new(),
            ports,
            folder,
            _alone: alone,
        };
        town.start_gateway()?;
        Ok(town)
    }

    /// Founds the town and starts the box as on its first day: with the enrolment code.
    pub fn start(options: Options, display: Option<Display>) -> Result<Self> {
        Self::start_in(HOME, options, display)
    }

    /// The same in another household.
    pub fn start_in(household: &str, options: Options, display: Option<Display>) -> Result<Self> {
        let mut town = Self::found(options, display)?;
        let code = town.enrolment_code(household)?;
        town.start_box(Some(&code))?;
        town.wait_until_provisioned()?;
        Ok(town)
    }

    /// The box has stored who lives here and whom to believe.
    pub fn wait_until_provisioned(&self) -> Result<()> {
        watch::until("provisioning of the box", START, || {
            let store = self.path().join("box").join(BOX_STORE);
            let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
            let count = rusqlite::Connection::open_with_flags(store, flags)
                .and_then(|c| c.query_row(PROVISIONED, [], |row| row.get::<_, i64>(0)));
            Ok((count.unwrap_or(0) > 0).then_some(()))
        })
    }

    /// A one-time code for a household.
    pub fn enrolment_code(&self, household: &str) -> Result<String> {
        self.code(&["create-enrolment-code", "--household", household])
    }

    /// The one-time code that an administrative command prints.
    pub fn code(&self, arguments: &[&str]) -> Result<String> {
        let said = self.admin(arguments)?;
        said.split_whitespace()
            .map(|word| word.replace('-', ""))
            .find(|word| word.len() == 12 && word.bytes().all(|b| b.is_ascii_digit()))
            .with_context(|| format!("{arguments:?} printed no code: {said}"))
    }

    /// Starts the gateway and waits until it listens.
    pub fn start_gateway(&mut self) -> Result<()> {
        let mut gateway =
            Process::start("gateway", gateway_command(self.path())?.arg("serve"), &self.logs())?;
        let addresses = [self.ports.box_api, self.ports.staff, self.ports.services]
            .map(|p| format!("127.0.0.1:{p}"));
        gateway.wait_until("listening", START, || {
            addresses.iter().all(|address| std::net::TcpStream::connect(address).is_ok())
        })?;
        self.gateway = Some(gateway);
        Ok(())
    }

    /// Restarts the gateway with another configuration.
    pub fn change_gateway(&mut self, change: impl FnOnce(String) -> String) -> Result<()> {
        self.kill_gateway()?;
        let file = self.path().join("gateway.toml");
        std::fs::write(&file, change(std::fs::read_to_string(&file)?))?;
        self.start_gateway()
    }

    /// What `check-config` says about another configuration.
    pub fn check_config(&self, change: impl FnOnce(String) -> String) -> Result<String> {
        let text = change(std::fs::read_to_string(self.path().join("gateway.toml"))?);
        let file = self.path().join("other.toml");
        std::fs::write(&file, text)?;
        let mut command = Command::new(place::program("cable-gateway")?);
        process::succeed(command.arg("--config").arg(file).arg("check-config"))
    }

    /// kill -9 of the gateway.
    pub fn kill_gateway(&mut self) -> Result<()> {
        self.gateway.take().context("the gateway is not running")?.kill()
    }

    /// Starts the box and waits for its first frame; gives when the process began.
    pub fn start_box(&mut self, enrolment_code: Option<&str>) -> Result<i64> {
        let begun = now_us();
        let mut command = Command::new(place::program("stb-app")?);
        command
            .arg("--config")
            .arg(self.path().join("stb.toml"))
            .args(["--window", "1920x1080", "--marks"])
            .arg(self.path().join("marks.jsonl"))
            .envs(self.cards.service.client_environment())
            .env("DISPLAY", self.display.name())
            .env("GDK_BACKEND", "x11")
            .env("GTK_A11Y", "none")
            .env("RUST_LOG", "info");
        if let Some(code) = enrolment_code {
            command.args(["--enrol-code", code]);
        }
        command.args(&self.box_arguments);
        command.envs(self.box_environment.iter().map(|(name, value)| (name, value)));
        let mut stb = Process::start("stb-app", &mut command, &self.logs())?;
        let marks = self.marks();
        stb.wait_until("first frame", START, || {
            matches!(marks.first_after("first-frame", begun), Ok(Some(_)))
        })?;
        self.display.focus_window_of(stb.id(), START)?;
        self.stb = Some(stb);
        Ok(begun)
    }

    /// kill -9 of the box.
    pub fn kill_box(&mut self) -> Result<()> {
        self.stb.take().context("the box is not running")?.kill()
    }

    /// Process id of the box.
    pub fn box_id(&self) -> Result<u32> {
        Ok(self.stb.as_ref().context("the box is not running")?.id())
    }

    /// Fails when a process ended by itself.
    pub fn ensure_well(&mut self) -> Result<()> {
        for process in self.stb.iter_mut().chain(self.gateway.iter_mut()) {
            process.ensure_running()?;
        }
        Ok(())
    }

    /// The box's marks.
    pub fn marks(&self) -> Marks {
        Marks::new(self.path().join("marks.jsonl"))
    }

    /// Everything the box said aloud so far, one JSON object per line.
    pub fn spoken(&self) -> String {
        std::fs::read_to_string(self.path().join("spoken.jsonl")).unwrap_or_default()
    }

    /// Address of the staff console.
    pub fn console(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.staff)
    }

    /// Runs an administrative command of the gateway.
    pub fn admin(&self, arguments: &[&str]) -> Result<String> {
        process::succeed(gateway_command(self.path())?.arg("admin").args(arguments))
    }

    /// Address of the gateway's counters.
    pub fn metrics(&self) -> String {
        format!("http://127.0.0.1:{}/metrics", self.ports.metrics)
    }

    /// A number out of these counters; none yet is zero.
    pub fn counter(&self, name: &str) -> Result<u64> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let text = runtime.block_on(async { reqwest::get(self.metrics()).await?.text().await })?;
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        Ok(line.map_or(Ok(0), |value| value.trim().parse())?)
    }

    /// Address at which services and browsers reach the gateway.
    pub fn issuer(&self) -> String {
        format!("https://127.0.0.1:{}", self.ports.services)
    }

    /// Port at which boxes reach the gateway.
    pub fn gateway_port(&self) -> u16 {
        self.ports.box_api
    }

    /// Everything that this town sends by multicast: programmes, then orders.
    pub fn groups(&self) -> Result<Vec<std::net::SocketAddrV4>> {
        let groups = self.ports.channels().into_iter().chain([self.ports.order_group()]);
        groups.map(|group| Ok(group.parse()?)).collect()
    }

    /// Address of the order multicast.
    pub fn order_group(&self) -> String {
        self.ports.order_group()
    }

    /// Logs of all processes.
    pub fn logs(&self) -> PathBuf {
        self.path().join("logs")
    }

    /// The gateway's database, for looking, never for writing.
    pub fn database(&self) -> PathBuf {
        self.path().join("data/gateway.sqlite")
    }

    /// One number out of the gateway's database.
    pub fn count(&self, query: &str) -> Result<i64> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = rusqlite::Connection::open_with_flags(self.database(), flags)?;
        Ok(connection.query_row(query, [], |row| row.get(0))?)
    }

    /// One text out of the gateway's database.
    pub fn text(&self, query: &str) -> Result<String> {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let connection = rusqlite::Connection::open_with_flags(self.database(), flags)?;
        Ok(connection.query_row(query, [], |row| row.get(0))?)
    }

    /// Waits until a query gives this number.
    pub fn wait_for_count(&self, query: &str, wanted: i64, limit: Duration) -> Result<()> {
        watch::until(query, limit, || Ok((self.count(query)? == wanted).then_some(())))
    }

    /// Folder of the town.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Keys, database, town, links between cards and people, staff.
fn furnish(path: &Path, cards: &Cards) -> Result<Vec<StaffAccount>> {
    let run = |arguments: &[&str]| -> Result<String> {
        process::succeed(gateway_command(path)?.args(arguments))
    };
    // The last one is this host as a virtual machine sees it.
    let names = ["127.0.0.1", "localhost", "10.0.2.100"].map(|name| ["--server-name", name]);
    run(&[&["admin", "create-keys"][..], &names.concat()].concat())?;
    run(&["migrate"])?;
    let minami = place::minami();
    run(&["admin", "import-town", minami.to_str().context("path is not UTF-8")?])?;
    for (label, resident, ..) in RESIDENTS {
        let certificate = cards.certificate(label)?;
        run(&[
            "admin",
            "link-card",
            "--household",
            HOME,
            "--resident",
            resident,
            "--certificate",
            certificate.to_str().context("path is not UTF-8")?,
        ])?;
    }
    run(&["check-config"])?;
    StaffAccount::create_all(&place::program("cable-gateway")?, &path.join("gateway.toml"), path)
}

fn gateway_command(path: &Path) -> Result<Command> {
    let mut command = Command::new(place::program("cable-gateway")?);
    command.arg("--config").arg(path.join("gateway.toml"));
    Ok(command)
}

fn start_channels(ports: &Ports, options: Options, path: &Path) -> Result<Vec<Process>> {
    let (width, height) = options.picture;
    files::CHANNELS
        .iter()
        .zip(ports.channels())
        .map(|(&(number, id, name), group)| {
            Process::start(
                id,
                Command::new(place::program("test-channel")?)
                    .args(["--group", &group, "--interface", "127.0.0.1", "--name", name])
                    .args(["--number", &number.to_string()])
                    .args(["--size", &format!("{width}x{height}")])
                    .args(["--fps", &options.fps.to_string()]),
                &path.join("logs"),
            )
        })
        .collect()
}
