//! The figures of the design's section 6 that exist today: one JSON object per line and figure, and a
//! table in `docs/benchmarks.md`.
//!
//! Figures of one run on one machine; a shared machine is noisy, and the file says so.

use std::{
    process::Command,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, Result, bail};
use hitokoe_tests::{
    console::{Desk, OrderEntry},
    fanout,
    figure::Figure,
    forge::{self, Key},
    load::LargeTown,
    marks::now_us,
    place, process,
    town::{Options, Town, cards::PIN},
    verifier,
};

const SOON: Duration = Duration::from_secs(30);
/// Starts of the box for the cold start.
const STARTS: usize = 10;
/// Keys pressed for key-to-painted.
const KEYS: usize = 60;
/// Channel changes.
const ZAPS: usize = 30;
/// Logins by card and PIN.
const LOGINS: usize = 10;
/// Openings of the nurse's list.
const LISTS: usize = 200;
/// Drills issued for order-to-painted.
const ORDERS: usize = 10;

/// A measurement by name.
type Measurement = (&'static str, Measure);

/// What a measurement needs.
#[derive(Clone, Copy)]
enum Measure {
    /// Nothing but this process.
    Alone(fn() -> Result<Vec<Figure>>),
    /// A town of real processes.
    InTown(fn(&mut Town) -> Result<Vec<Figure>>),
}

const MEASUREMENTS: &[Measurement] = &[
    ("verify", Measure::Alone(verifier::verify)),
    ("crl", Measure::Alone(verifier::crl)),
    ("logins", Measure::Alone(verifier::logins)),
    ("worklist", Measure::Alone(worklist)),
    ("fanout", Measure::Alone(fanout::fanout)),
    ("cold-start", Measure::InTown(cold_start)),
    ("screen", Measure::InTown(key_to_painted)),
    ("zap", Measure::InTown(zap)),
    ("login", Measure::InTown(login)),
    ("order", Measure::InTown(order)),
    ("memory", Measure::InTown(memory)),
    // The last one: it leaves an order on the screen.
    ("return", Measure::InTown(return_with_order)),
];

fn main() -> Result<()> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    if let Some(served) = fanout::serve_if_asked(&wanted) {
        return served;
    }
    let known: Vec<&str> = MEASUREMENTS.iter().map(|(name, _)| *name).collect();
    if let Some(unknown) = wanted.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("nothing is measured under `{unknown}`; there are: {}", known.join(" "));
    }
    let (mut figures, mut missing) = (Vec::new(), Vec::new());
    let mut town = None;
    for (name, measure) in MEASUREMENTS {
        if wanted.is_empty() || wanted.iter().any(|one| one == name) {
            let measured = match measure {
                Measure::Alone(measure) => measure(),
                Measure::InTown(measure) => started(&mut town).and_then(measure),
            };
            match measured {
                Ok(measured) => {
                    for figure in &measured {
                        println!("{}", serde_json::to_string(figure)?);
                    }
                    figures.extend(measured);
                }
                // What was measured before and after it is worth keeping.
                Err(error) => {
                    eprintln!("measuring {name}: {error:?}");
                    missing.push(*name);
                }
            }
        }
    }
    if wanted.is_empty() {
        figures.extend(of_image()?);
        std::fs::write(place::root().join("docs/benchmarks.md"), document(&figures, &missing)?)?;
    }
    if missing.is_empty() { Ok(()) } else { bail!("not measured: {}", missing.join(" ")) }
}

/// The nurse's list of a town with 10,000 residents: from the request to the last byte, with names,
/// audit record and commit. The first opening, which reads the database from the disk, counts too.
fn worklist() -> Result<Vec<Figure>> {
    let town = LargeTown::start()?;
    let before_us = town.cpu_us()?;
    let took = town.open_list(LISTS)?;
    let cpu_us = (town.cpu_us()? - before_us) / i64::try_from(LISTS)?;
    Ok(vec![
        figure("worklist.10000-residents.cpu-per-opening", &[cpu_us], 50, None),
        figure("worklist.10000-residents.p50", &took, 50, None),
        figure("worklist.10000-residents.p95", &took, 95, Some(50.0)),
    ])
}

/// The town, started when the first measurement needs it.
fn started(town: &mut Option<Town>) -> Result<&mut Town> {
    if town.is_none() {
        let options = Options { picture: (1920, 1080), ..Options::default() };
        let begun = Town::start(options, None)?;
        begun.marks().wait("zap-first-picture", 0, SOON)?;
        *town = Some(begun);
    }
    town.as_mut().context("just started")
}

/// From the kernel making the process to the first frame of the window.
fn cold_start(town: &mut Town) -> Result<Vec<Figure>> {
    let mut frames = Vec::new();
    for _ in 0..STARTS {
        town.kill_box()?;
        let begun = town.start_box(None)?;
        let start = town.marks().wait("process-start", begun - 20_000, SOON)?;
        let frame = town.marks().wait("first-frame", begun, SOON)?;
        frames.push(frame.at_us - start.at_us);
    }
    town.marks().wait("zap-first-picture", 0, SOON)?;
    Ok(vec![
        figure("cold-start.first-frame.p50", &frames, 50, None),
        figure("cold-start.first-frame.max", &frames, 100, Some(500.0)),
    ])
}

/// Focus moves on the home page while 1080p plays.
fn key_to_painted(town: &mut Town) -> Result<Vec<Figure>> {
    open_home(town)?;
    let mut delays = Vec::new();
    for index in 0..KEYS {
        let pressed = now_us();
        town.display.press(if index % 2 == 0 { "Right" } else { "Left" })?;
        let received = town.marks().wait("key-received", pressed, SOON)?;
        let painted = town.marks().wait("key-painted", received.at_us, SOON)?;
        delays.push(painted.at_us - received.at_us);
    }
    town.display.press("Escape")?;
    Ok(vec![
        figure("screen.key-to-painted.p50", &delays, 50, None),
        figure("screen.key-to-painted.p95", &delays, 95, Some(50.0)),
    ])
}

/// Neighbour channels, from the GOP cache.
fn zap(town: &mut Town) -> Result<Vec<Figure>> {
    let mut delays = Vec::new();
    for _ in 0..ZAPS {
        let pressed = now_us();
        town.display.press("Page_Up")?;
        let asked = town.marks().wait("zap-requested", pressed, SOON)?;
        let picture = town.marks().wait("zap-first-picture", asked.at_us, SOON)?;
        delays.push(picture.at_us - asked.at_us);
    }
    Ok(vec![
        figure("zap.cached.p50", &delays, 50, None),
        figure("zap.cached.p95", &delays, 95, Some(430.0)),
    ])
}

/// From the last digit of the PIN to the painted greeting: real card service, TLS, gateway, store.
fn login(town: &mut Town) -> Result<Vec<Figure>> {
    let mut delays = Vec::new();
    for _ in 0..LOGINS {
        open_home(town)?;
        town.display.press("Right")?;
        let pressed = now_us();
        town.display.press("Return")?;
        town.marks().wait_page("CardPrompt", pressed, SOON)?;
        town.cards.insert("hana")?;
        town.marks().wait_page("Pin", pressed, SOON)?;
        for digit in PIN.chars() {
            town.display.press(&digit.to_string())?;
        }
        let digit = town.marks().wait("pin-last-digit", pressed, SOON)?;
        let greeting = town.marks().wait("greeting-painted", digit.at_us, SOON)?;
        delays.push(greeting.at_us - digit.at_us);
        town.cards.remove()?;
        town.display.press("Escape")?;
    }
    Ok(vec![
        figure("login.last-digit-to-greeting.p50", &delays, 50, None),
        figure("login.last-digit-to-greeting.p95", &delays, 95, Some(1_000.0)),
    ])
}

/// Drills issued in a real browser: bytes at the box to painted, and to the first sound.
fn order(town: &mut Town) -> Result<Vec<Figure>> {
    let desk = Desk::sign_in(town, &town.staff[0])?;
    let (mut painted_after, mut spoken_after, mut posted_to_painted) = (vec![], vec![], vec![]);
    for _ in 0..ORDERS {
        let draft = desk.draft(&OrderEntry {
            areas: &["A14"],
            hazard: "landslide",
            level: Some(3),
            reason: "計測のための訓練です。",
            drill: true,
        })?;
        desk.open(&draft)?;
        let posted = now_us();
        desk.press_issue()?;
        let arrived = town.marks().wait("order-arrived", posted, SOON)?;
        let painted = town.marks().wait("takeover-painted", posted, SOON)?;
        let spoken = town.marks().wait("speech-started", arrived.at_us, SOON)?;
        painted_after.push(painted.at_us - arrived.at_us);
        spoken_after.push(spoken.at_us - arrived.at_us);
        posted_to_painted.push(painted.at_us - posted);
        // The answer may be for the next one only after a moment; then nothing stands any more.
        town.display.read();
        town.display.press("Return")?;
        let path = desk.path()?;
        let id = path.rsplit('/').next().context("the board has an address")?;
        let end = desk.draft_end(id, "lift", "計測を終わります。")?;
        desk.open(&end)?;
        let lifted = now_us();
        desk.press_issue()?;
        town.marks().wait("takeover-painted", lifted, SOON)?;
        town.display.read();
        town.display.press("Return")?;
    }
    Ok(vec![
        figure("order.arrived-to-painted.p50", &painted_after, 50, None),
        figure("order.arrived-to-painted.p95", &painted_after, 95, Some(250.0)),
        figure("order.arrived-to-speech.p95", &spoken_after, 95, Some(1_500.0)),
        figure("order.console-click-to-painted.p95", &posted_to_painted, 95, None),
    ])
}

/// Killed under an order: from the new process to the order on the screen.
fn return_with_order(town: &mut Town) -> Result<Vec<Figure>> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    let order = forge::order("A14", 1, i64::try_from(since.as_millis())?)?;
    let sent = now_us();
    forge::send(town, &forge::sign(town, &order, Key::Order)?)?;
    town.marks().wait("takeover-painted", sent, SOON)?;
    let mut delays = Vec::new();
    for _ in 0..STARTS {
        town.kill_box()?;
        let begun = town.start_box(None)?;
        let painted = town.marks().wait("takeover-painted", begun, SOON)?;
        delays.push(painted.at_us - begun);
    }
    Ok(vec![
        figure("return.killed-to-order.p50", &delays, 50, None),
        figure("return.killed-to-order.max", &delays, 100, Some(2_000.0)),
    ])
}

/// Resident memory of the box while 1080p plays, after everything above.
fn memory(town: &mut Town) -> Result<Vec<Figure>> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", town.box_id()?))?;
    let kilobytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.split_whitespace().next())
        .context("the kernel tells VmRSS")?
        .parse()?;
    let value = (kilobytes / 1024.0).round();
    Ok(vec![Figure::new("memory.rss-1080p", value, "MiB", 1).within(220.0)])
}

fn open_home(town: &Town) -> Result<()> {
    let pressed = now_us();
    town.display.press("Escape")?;
    town.display.press("Home")?;
    town.marks().wait_page("Home", pressed, SOON)
}

/// A percentile (nearest rank) of microseconds, in milliseconds.
#[expect(clippy::cast_precision_loss, reason = "microseconds of one run are exact in f64")]
fn figure(name: &str, delays_us: &[i64], percentile: usize, limit: Option<f64>) -> Figure {
    let mut sorted = delays_us.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * percentile).div_ceil(100).max(1) - 1;
    let value = (sorted[rank] as f64 / 100.0).round() / 10.0;
    Figure { limit, ..Figure::new(name, value, "ms", sorted.len()) }
}

fn document(figures: &[Figure], missing: &[&str]) -> Result<String> {
    let mut text = String::from(
        "# Benchmarks\n\nWritten by `cargo xtask bench`; figures of one run. The box runs on a virtual \
         display with cairo and software decoding, beside the gateway, two 1080p channels that are \
         encoded on the same machine, and a browser: a real box decodes only.\n\n",
    );
    let said = |command: &mut Command| -> Result<String> {
        Ok(process::succeed(command)?.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let cores = said(&mut Command::new("nproc"))?;
    let model = "grep -m1 'model name' /proc/cpuinfo | cut -d: -f2";
    let model = said(Command::new("sh").args(["-c", model]))?;
    let date = said(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    let rows: String = figures.iter().map(row).collect();
    text += "- machine: ";
    text += &[cores.as_str(), "cores,", model.as_str()].join(" ");
    text += "\n- date: ";
    text += &date;
    text += "\n- build: ";
    text += if cfg!(debug_assertions) { "development profile" } else { "release profile" };
    text += "\n\n| figure | value | unit | n | budget | peer | ratio |\n|---|---|---|---|---|---|---|\n";
    text += &rows;
    if !missing.is_empty() {
        text += "\nFailed in this run: ";
        text += &missing.join(", ");
        text += ".\n";
    }
    if figures.iter().any(|figure| figure.name.starts_with("image.")) {
        text += IMAGE_EXPLAINED;
    }
    text += EXPLAINED;
    Ok(text)
}

/// What the last runs of `cargo xtask image --test` and `--twice` found, where there were any.
fn of_image() -> Result<Vec<Figure>> {
    let Some(files) = std::env::var_os("HITOKOE_IMAGE_FIGURES") else { return Ok(Vec::new()) };
    let mut figures = Vec::new();
    for file in std::env::split_paths(&files).filter(|file| file.exists()) {
        let text = std::fs::read_to_string(&file)?;
        for line in text.lines() {
            figures.push(serde_json::from_str(line).with_context(|| file.display().to_string())?);
        }
    }
    Ok(figures)
}

fn row(figure: &Figure) -> String {
    let limit = figure.limit.map(|limit| format!("<= {limit}")).unwrap_or_default();
    let beside = |peer, value| format!("{peer}: {value}");
    let peer =
        figure.peer.as_deref().zip(figure.peer_value).map(|(peer, value)| beside(peer, value));
    let (peer, ratio) = (peer.unwrap_or_default(), figure.ratio.map(|ratio| ratio.to_string()));
    let (Figure { name, value, unit, n, .. }, ratio) = (figure, ratio.unwrap_or_default());
    format!("| {name} | {value} | {unit} | {n} | {limit} | {peer} | {ratio} |\n")
}

const IMAGE_EXPLAINED: &str = "\n`image.*`: the box image in a machine that is emulated instruction by instruction; \
    only its ratios and sizes mean something. Taken over from the last runs of `cargo xtask image --test` and `--twice`.\n";

const EXPLAINED: &str = "\n`crl.load-5m` is time on the wall, the best of some loads: one core hashes what is signed, the \
    other reads the entries, both sort; `crl.load-5m.cpu` is the processor time of that load on both. The signature is \
    verified before the table is in use.\n\n\
    `verify.whole-login` verifies two signatures, the card's and the authority's on its certificate, so that half \
    of openssl's rate is its limit; the gateway remembers certificates whose second one matched \
    (`.seen-before`).\n\n\
    `logins.*`: boxes log in at the running gateway over mutual TLS; one login is two requests, three \
    transactions, the card's signature and a look into a revocation list. The budget lies on what is left without \
    storage: what openssl verifies in 60 % of a core. Checking a card seen before keeps to it \
    (`verify.whole-login.seen-before`), the login as a whole does not, because its two requests and their way from \
    thread to thread cost many times a signature.\n\n\
    Peers (Kodi, Chromium kiosk) were not run here.\n";
