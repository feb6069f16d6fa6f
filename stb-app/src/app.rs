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
    sync::{Arc, OnceLock},
};

use anyhow::{Context, Result};
use clap::Parser;
use gtk::{gio, glib, prelude::*};
use remote_input::RemoteInput;
use stb_core::{
    config::{Enrolled, NewBox, Standing},
    event::Event,
    service::LetterCode,
    view::Language,
};
use tracing_subscriber::prelude::*;
use uuid::Uuid;

use crate::{
    config::{Config, Input},
    driver::{Adapters, Driver},
    effects::{
        EVENTS_MAX, Events,
        card::CardReader,
        caretaker::Application,
        clock::Clock,
        cue::Cues,
        link::{Enroller, Identity, enrolment::Registry},
        multicast::OrderMulticast,
        signs::Signs,
        speech::Speech,
        store::Store,
    },
    marks::{Mark, Marks, process_start_us},
    membership::{Grounds, Membership, started},
    player::{Player, PlayerConfig, Stage},
    record::Record,
    text::Texts,
    ui::Window,
};

/// Keys beyond this wait in the kernel, where they grow stale.
const KEYS_MAX: usize = 64;

/// The system leaves it when the data partition could not be had.
const IN_MEMORY: &str = "/run/hitokoe-data-in-memory";

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
    let identity = known_identity(&config.data_dir);
    let new = NewBox { remembers_nothing: Path::new(IN_MEMORY).exists(), ..new_box(arguments) };
    let (events, happened) = async_channel::bounded(EVENTS_MAX);
    // The store is read while GTK starts: after a power cut an order is back with the first frames.
    let store = Store::start(&config.data_dir, events.clone())?;
    let parts = Parts {
        config,
        identity,
        new,
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
    /// None before the enrolment.
    identity: Option<Identity>,
    new: NewBox,
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
    let seed = Uuid::now_v7().as_u64_pair().1;
    let mut machine = stb_core::Config::of(standing(&parts), seed);
    machine.operator_phone.clone_from(&parts.config.operator.phone);
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
    let (membership, enroller) = membership(parts);
    let whole = !parts.safe;
    Adapters {
        player: started("player", player),
        events: events.clone(),
        card: whole
            .then(|| CardReader::start(config.card.reader.clone(), events.clone()))
            .and_then(|card| started("card", card)),
        membership,
        enroller,
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

/// The membership of a box that its gateway knows; else where it will be, and who brings it there.
fn membership(parts: &Parts) -> (Arc<OnceLock<Membership>>, Option<Enroller>) {
    let place = Arc::new(OnceLock::new());
    let grounds = Grounds {
        gateway: parts.config.gateway.clone(),
        data_dir: parts.config.data_dir.clone(),
        clock: parts.clock.clone(),
        events: parts.events.clone(),
        application: Application { record: parts.record.clone(), is_safe_mode: parts.safe },
    };
    if let Some(identity) = &parts.identity {
        grounds.enter(identity.clone(), &place);
        return (place, None);
    }
    let registry = Registry {
        data_dir: grounds.data_dir.clone(),
        gateway: grounds.gateway.clone(),
        clock: grounds.clock.clone(),
    };
    let kept = Arc::clone(&place);
    let enroller = Enroller::start(registry, parts.events.clone(), move |identity| {
        grounds.enter(identity, &kept);
    });
    (place, started("enroller", enroller))
}

fn standing(parts: &Parts) -> Standing {
    match &parts.identity {
        Some(identity) => Standing::Enrolled(Enrolled::from(identity)),
        None => Standing::New(parts.new.clone()),
    }
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

/// The identity from an earlier enrolment. One that cannot be read or understood is as good as none: the screen asks
/// for the code of a letter, and does not stay dark.
fn known_identity(data_dir: &Path) -> Option<Identity> {
    Identity::load(data_dir).unwrap_or_else(|error| {
        tracing::error!(%error, "identity not usable");
        None
    })
}

/// What came with the box: a code that somebody typed at a keyboard, or left in a file in the factory.
fn new_box(arguments: &Arguments) -> NewBox {
    if let Some(code) = &arguments.enrol_code {
        let code = Some(digits(code));
        return NewBox { code, is_set_up_by_hand: true, ..NewBox::default() };
    }
    let code = arguments.enrol_code_file.as_deref().and_then(code_in_file);
    NewBox { code, ..NewBox::default() }
}

/// A file that cannot be read is told; the code can still be typed with the remote.
fn code_in_file(file: &Path) -> Option<LetterCode> {
    match std::fs::read_to_string(file) {
        Ok(code) => Some(digits(&code)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => {
            tracing::error!(file = %file.display(), %error, "enrolment code not read");
            None
        }
    }
}

/// A code may be written in groups.
fn digits(code: &str) -> LetterCode {
    LetterCode::new(&code.chars().filter(char::is_ascii_digit).collect::<String>())
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
        let read = || code_in_file(&file).map(|code| code.digits().to_owned());
        assert_eq!(read(), None);
        std::fs::write(&file, "1234-5678-9012\n")?;
        assert_eq!(read().as_deref(), Some("123456789012"));
        Ok(())
    }

    #[test]
    fn who_sets_a_box_up_by_hand_is_asked_nothing() -> Result<()> {
        let line = ["stb-app", "--config", "stb.toml", "--enrol-code", "1234 5678 9012"];
        let new = new_box(&Arguments::try_parse_from(line)?);
        assert!(new.is_set_up_by_hand);
        assert_eq!(new.code, Some(LetterCode::new("123456789012")));
        let new = new_box(&Arguments::try_parse_from(&line[..3])?);
        assert_eq!(new, NewBox::default());
        Ok(())
    }

    #[test]
    fn a_damaged_identity_does_not_keep_the_screen_dark() -> Result<()> {
        let data = tempfile::tempdir()?;
        let folder = data.path().join("device");
        std::fs::create_dir(&folder)?;
        for damaged in [&b"{"[..], b"\xff\xfe", b""] {
            std::fs::write(folder.join("enrolment.json"), damaged)?;
            assert!(known_identity(data.path()).is_none(), "{damaged:?}");
        }
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
