//! Wiring: from the command line to a running box.

use std::{
    cell::RefCell,
    fs::DirBuilder,
    io::IsTerminal,
    net::Ipv4Addr,
    os::unix::{fs::DirBuilderExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    rc::Rc,
    str::FromStr,
};

use anyhow::{Context, Result};
use clap::Parser;
use gtk::{gio, glib, prelude::*};
use remote_input::RemoteInput;
use stb_core::{event::Event, view::Language};
use tracing_subscriber::prelude::*;
use uuid::Uuid;

use crate::{
    config::{Config, Input},
    driver::{Adapters, Driver},
    effects::{
        EVENTS_MAX, Events,
        card::CardReader,
        caretaker::{Application, Caretaker, Surroundings},
        clock::Clock,
        cue::Cues,
        link::{Identity, Link, enrolment},
        multicast::OrderMulticast,
        signs::Signs,
        speech::Speech,
        store::Store,
    },
    marks::{Mark, Marks, process_start_us},
    player::{Player, PlayerConfig, Stage},
    record::Record,
    text::Texts,
    ui::Window,
};

/// Keys beyond this wait in the kernel, where they grow stale.
const KEYS_MAX: usize = 64;

/// Signals that end the box in order.
const SIGNALS: [i32; 2] = [2, 15];

/// The television application of the box.
#[derive(Debug, Parser)]
#[command(name = "stb-app", version)]
struct Arguments {
    /// Configuration file.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// One-time code from the operator's letter; needed once in the life of a box.
    #[arg(long, value_name = "CODE")]
    enrol_code: Option<String>,
    /// The same in a file, which may be missing: a system credential of a box from the factory.
    #[arg(long, value_name = "FILE", conflicts_with = "enrol_code")]
    enrol_code_file: Option<PathBuf>,
    /// Television and orders only, after repeated crashes: no card, no speech, no sounds.
    #[arg(long)]
    safe: bool,
    /// Fill the screen (the default).
    #[arg(long, conflicts_with = "window")]
    fullscreen: bool,
    /// A window of this size instead.
    #[arg(long, value_name = "WIDTHxHEIGHT")]
    window: Option<WindowSize>,
    /// Write marks for measurements here.
    #[arg(long, value_name = "FILE")]
    marks: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct WindowSize {
    width: i32,
    height: i32,
}

impl FromStr for WindowSize {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = |part: &str| part.parse().ok().filter(|size| (160..=7_680).contains(size));
        text.split_once('x')
            .and_then(|(width, height)| Some(Self { width: parse(width)?, height: parse(height)? }))
            .ok_or("write WIDTHxHEIGHT, e.g. 1920x1080")
    }
}

/// Runs the box until it is told to stop.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let record = start_log();
    start(&arguments, record).unwrap_or_else(|error| {
        tracing::error!("{error:#}");
        ExitCode::FAILURE
    })
}

fn start(arguments: &Arguments, record: Record) -> Result<ExitCode> {
    settle_renderer()?;
    let marks = match &arguments.marks {
        Some(file) => Marks::to_file(file).with_context(|| format!("marks {}", file.display()))?,
        None => Marks::default(),
    };
    marks.record_at(Mark::ProcessStart, process_start_us(), "");
    let config = Config::read(&arguments.config)?;
    make_private_folder(&config.data_dir)?;
    let clock = Clock::new(&config.data_dir);
    let code = enrolment_code(arguments)?;
    let identity = identity(&config, &clock, code.as_deref())?;
    let (events, happened) = async_channel::bounded(EVENTS_MAX);
    // The store is read while GTK starts: after a power cut an order is back with the first frames.
    let store = Store::start(&config.data_dir, events.clone())?;
    let parts = Parts {
        config,
        identity,
        clock,
        events,
        happened,
        store,
        marks,
        record,
        window_size: arguments.window.filter(|_| !arguments.fullscreen),
        safe: arguments.safe,
    };
    Ok(run_application(parts))
}

/// What the application is made of once GTK runs.
struct Parts {
    config: Config,
    identity: Identity,
    clock: Clock,
    events: Events,
    happened: async_channel::Receiver<Event>,
    store: Store,
    marks: Marks,
    record: Record,
    window_size: Option<WindowSize>,
    safe: bool,
}

fn run_application(parts: Parts) -> ExitCode {
    let application = gtk::Application::new(None::<&str>, gio::ApplicationFlags::NON_UNIQUE);
    let parts = RefCell::new(Some(parts));
    let running = Rc::new(RefCell::new(None));
    let kept = Rc::clone(&running);
    application.connect_activate(move |application| {
        if let Some(parts) = parts.take() {
            kept.replace(Some(activate(application, parts)));
        }
    });
    for signal in SIGNALS {
        let application = application.clone();
        glib::unix_signal_add_local(signal, move || {
            application.quit();
            glib::ControlFlow::Break
        });
    }
    let code = application.run_with_args::<&str>(&[]);
    drop(running);
    if code == glib::ExitCode::SUCCESS { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The driver and what must live as long as it.
struct Running {
    _driver: Rc<Driver>,
    _remote: Option<RemoteInput>,
    _stage: Stage,
}

/// First the window, then everything else: what takes time starts on its own thread while the
/// first frame is being painted.
fn activate(application: &gtk::Application, parts: Parts) -> Running {
    let stage = Stage::default();
    let window = Window::new(application, Some(stage.upcast_ref()));
    if let Some(size) = parts.window_size {
        window.gtk_window().set_default_size(size.width, size.height);
    }
    let (keys, pressed) = async_channel::bounded(KEYS_MAX);
    let adapters = adapters(&parts, &stage);
    let identity = &parts.identity;
    let seed = Uuid::now_v7().as_u64_pair().1;
    let machine = stb_core::Config::new(
        identity.device_id.clone(),
        identity.gateway_id.clone(),
        identity.manifest_root_key,
        seed,
    );
    let key_limit = parts.config.input.stale();
    let driver = Driver::new(
        machine,
        adapters,
        window.clone(),
        parts.clock.clone(),
        parts.marks.clone(),
        key_limit,
    );
    driver.show_first();
    window.present(parts.window_size.is_none());
    driver.listen(parts.happened, pressed);
    Running { _driver: driver, _remote: remote(&parts.config.input, keys), _stage: stage }
}

fn adapters(parts: &Parts, stage: &Stage) -> Adapters {
    let (config, events) = (&parts.config, &parts.events);
    let interface = config.multicast.interface;
    let player = PlayerConfig {
        interface: interface.unwrap_or(Ipv4Addr::UNSPECIFIED),
        ..PlayerConfig::default()
    };
    let changes = events.clone();
    let player = Player::start(player, Box::new(stage.screen()), move |channel_id, state| {
        let channel_id = channel_id.to_owned();
        // Fails only when the box is stopping.
        let _ = changes.send_blocking(Event::PlayerChanged { channel_id, state });
    });
    let link = Link::start(
        config.gateway.clone(),
        parts.identity.clone(),
        parts.clock.clone(),
        events.clone(),
    );
    let link = started("link", link);
    let caretaker = link.as_ref().map(|link| {
        let surroundings = Surroundings::of_this_machine(&parts.identity.device_id);
        let application = Application { record: parts.record.clone(), is_safe_mode: parts.safe };
        let (clock, around) = (parts.clock.clone(), (surroundings, application));
        Caretaker::start(&config.data_dir, around, clock, link.clone(), events.clone())
    });
    let whole = !parts.safe;
    Adapters {
        player: started("player", player),
        events: events.clone(),
        card: whole
            .then(|| CardReader::start(config.card.reader.clone(), events.clone()))
            .and_then(|card| started("card", card)),
        link,
        caretaker: caretaker.and_then(|caretaker| started("caretaker", caretaker)),
        multicast: started("multicast", OrderMulticast::start(interface, events.clone())),
        store: parts.store.clone(),
        speech: whole
            .then(|| Speech::start(&config.speech, events.clone(), parts.marks.clone()))
            .and_then(|speech| started("speech", speech)),
        cues: whole
            .then(|| Cues::start(config.sound.cue_percent))
            .and_then(|cues| started("cue", cues)),
        signs: Signs::start_for_service().and_then(|signs| started("signs", signs)),
        texts: RefCell::new(Texts::load(Language::default())),
    }
}

/// One adapter that does not start does not keep the others from their work.
fn started<T>(name: &str, adapter: std::io::Result<T>) -> Option<T> {
    adapter.map_err(|error| tracing::error!(adapter = name, %error, "adapter not started")).ok()
}

fn remote(
    input: &Input,
    keys: async_channel::Sender<remote_input::KeyPress>,
) -> Option<RemoteInput> {
    if !input.enabled {
        return None;
    }
    let config = remote_input::Config {
        devices: input.devices.clone(),
        keymap_files: input.keymap_files.clone(),
        grab: input.grab,
        rules: remote_input::Rules { stale_us: input.stale_ms * 1_000, ..Default::default() },
    };
    remote_input::start(config, keys)
        .map_err(|error| tracing::error!(%error, "remote control not read"))
        .ok()
}

/// The one-time code, when there is one: typed, or left in a file by whoever made the box.
fn enrolment_code(arguments: &Arguments) -> Result<Option<String>> {
    if arguments.enrol_code.is_some() {
        return Ok(arguments.enrol_code.clone());
    }
    let Some(file) = &arguments.enrol_code_file else { return Ok(None) };
    match std::fs::read_to_string(file) {
        Ok(code) => Ok(Some(code)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("enrolment code {}", file.display())),
    }
}

fn identity(config: &Config, clock: &Clock, code: Option<&str>) -> Result<Identity> {
    if let Some(code) = code {
        return Ok(enrolment::enrol(&config.data_dir, &config.gateway, clock, code)?);
    }
    Identity::load(&config.data_dir)?.context(
        "this box is not enrolled yet; start it once with --enrol-code and the code from the \
         operator's letter",
    )
}

fn make_private_folder(folder: &Path) -> Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("data_dir {}", folder.display()))
}

/// Without a graphics processor GTK's software OpenGL reacts seven times slower than cairo, and an
/// accessibility bus that nobody reads costs time at every start. GTK reads both from the
/// environment, which a running process may not change safely: the program starts itself again.
fn settle_renderer() -> Result<()> {
    let mut settings = Vec::new();
    if std::env::var_os("GSK_RENDERER").is_none() && !has_render_node() {
        settings.push(("GSK_RENDERER", "cairo"));
        // Otherwise the window loads a software OpenGL that nobody draws with: 50 MB.
        settings.push(("GDK_DEBUG", "gl-disable"));
    }
    if std::env::var_os("MALLOC_MMAP_THRESHOLD_").is_none() {
        // Pictures of a channel that is left go back to the system: 40 MB after some changes.
        settings.push(("MALLOC_MMAP_THRESHOLD_", "1000000"));
    }
    if std::env::var_os("GTK_A11Y").is_none() {
        settings.push(("GTK_A11Y", "none"));
    }
    if settings.is_empty() {
        return Ok(());
    }
    let mut itself = Command::new(std::env::current_exe().context("own program file")?);
    Err(itself.args(std::env::args_os().skip(1)).envs(settings).exec())
        .context("program not started again")
}

fn has_render_node() -> bool {
    std::fs::read_dir("/dev/dri").is_ok_and(|entries| {
        entries
            .filter_map(Result::ok)
            .any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
    })
}

/// To the journal, by `RUST_LOG`, and to memory; personal data is never logged.
fn start_log() -> Record {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let journal = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .with_filter(filter);
    let record = Record::default();
    tracing_subscriber::registry().with(journal).with(record.layer()).init();
    record
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_comes_out_of_a_file_that_may_be_missing() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("code");
        let line = ["stb-app", "--config", "stb.toml", "--enrol-code-file"];
        let arguments = Arguments::try_parse_from(
            line.into_iter().map(Into::into).chain([file.clone().into_os_string()]),
        )?;
        assert_eq!(enrolment_code(&arguments)?, None);
        std::fs::write(&file, "1234-5678-9012")?;
        assert_eq!(enrolment_code(&arguments)?.as_deref(), Some("1234-5678-9012"));
        Ok(())
    }

    #[test]
    fn a_window_has_a_sensible_size() {
        assert_eq!("1920x1080".parse(), Ok(WindowSize { width: 1_920, height: 1_080 }));
        for text in ["", "1920", "x", "0x0", "1920x99999", "axb"] {
            assert!(text.parse::<WindowSize>().is_err(), "{text}");
        }
    }
}
