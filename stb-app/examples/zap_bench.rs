//! How long a channel change takes, and what playing costs: one JSON object per line and figure.
//!
//! Starts its own two test programmes. Without `--window` pictures are decoded, scaled and timed
//! but not drawn; with it they are drawn in a GTK window, which needs a display.

use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use clap::Parser;
use gateway_api::provisioning::Channel;
use gtk::{glib, prelude::*};
use stb_app::player::{HeadlessScreen, Player, PlayerConfig, Screen, Stage, ZapMarks};
use stb_core::event::PlayerState;

/// Longest wait for a picture; beyond it the bench fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// How long CPU time is counted.
const COUNTED: Duration = Duration::from_secs(10);

/// Measures channel changes and the cost of playing.
#[derive(Debug, Parser)]
struct Arguments {
    /// The program that sends test programmes.
    #[arg(long)]
    test_channel: Option<PathBuf>,
    /// Changes per figure.
    #[arg(long, default_value_t = 30)]
    zaps: usize,
    /// Size of the programmes.
    #[arg(long, default_value = "1280x720")]
    size: String,
    /// Their coding: h264 or mpeg2.
    #[arg(long, default_value = "h264")]
    codec: String,
    /// Milliseconds between pictures at which a decoder may start.
    #[arg(long, default_value_t = 500)]
    gop_ms: u64,
    /// Draw in a full-screen window.
    #[arg(long)]
    window: bool,
    /// Only the cost of playing 1080p.
    #[arg(long)]
    only_cost: bool,
}

/// A test programme of its own process.
struct Programme {
    process: Child,
    channel: Channel,
}

impl Drop for Programme {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if !arguments.window {
        return measure(&arguments, &|| Box::new(HeadlessScreen::default()));
    }
    gtk::init().context("a window needs a display")?;
    let stage = Stage::default();
    let picture = gtk::Picture::for_paintable(&stage);
    let window = gtk::Window::builder()
        .child(&picture)
        .decorated(false)
        .default_width(1920)
        .default_height(1080)
        .build();
    window.fullscreen();
    window.present();
    let ended = glib::MainLoop::new(None, false);
    let (quit, screens) = (ended.clone(), [stage.screen(), stage.screen(), stage.screen()]);
    let measuring = thread::spawn(move || {
        let screens = std::cell::RefCell::new(Vec::from(screens));
        let measured = measure(&arguments, &|| {
            Box::new(screens.borrow_mut().pop().expect("one for each player"))
        });
        quit.quit();
        measured
    });
    ended.run();
    measuring.join().map_err(|_| anyhow::anyhow!("the measuring thread ended early"))?
}

fn measure(arguments: &Arguments, screen: &dyn Fn() -> Box<dyn Screen>) -> Result<()> {
    if !arguments.only_cost {
        let programmes =
            [1, 2].map(|number| programme(arguments, number, &arguments.size, &arguments.codec));
        let [first, second] = programmes;
        let channels = [first?, second?];
        let cached = changes(arguments, screen(), &PlayerConfig::default(), &channels)?;
        report("zap.cached", &cached, 430.0);
        let one_at_a_time =
            PlayerConfig { joined_channels: 1, linger: Duration::ZERO, ..PlayerConfig::default() };
        let uncached = changes(arguments, screen(), &one_at_a_time, &channels)?;
        report("zap.uncached", &uncached, 900.0);
    }
    cost(arguments, screen())
}

fn programme(arguments: &Arguments, number: u16, size: &str, codec: &str) -> Result<Programme> {
    let beside = || {
        let exe = std::env::current_exe().ok()?;
        Some(exe.parent()?.parent()?.join("test-channel"))
    };
    let program = arguments.test_channel.clone().or_else(beside).context("no test-channel")?;
    let port = 20_000 + std::process::id() % 20_000;
    let source = format!("239.255.36.{}:{port}", 60 + number);
    let process = Command::new(&program)
        .args(["--group", &source, "--number", &number.to_string(), "--size", size])
        .args(["--codec", codec, "--gop-ms", &arguments.gop_ms.to_string()])
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let channel_id = format!("bench-{number}");
    let name = channel_id.clone();
    Ok(Programme { process, channel: Channel { channel_id, number, name, source } })
}

type States = Receiver<(String, PlayerState)>;

fn player(config: &PlayerConfig, screen: Box<dyn Screen>) -> Result<(Player, States)> {
    let (sender, states) = mpsc::channel();
    let config = PlayerConfig { interface: std::net::Ipv4Addr::LOCALHOST, ..config.clone() };
    let player = Player::start(config, screen, move |id, state| {
        let _ = sender.send((id.to_owned(), state));
    })?;
    Ok((player, states))
}

fn wait_for(states: &States, id: &str, wanted: PlayerState) -> Result<()> {
    // A channel in trouble goes through three states each time it tries again.
    for _ in 0..20 {
        match states.recv_timeout(PATIENCE) {
            Ok((of, state)) if of == id && state == wanted => return Ok(()),
            Ok(_) => {}
            Err(error) => bail!("{id} did not reach {wanted:?}: {error}"),
        }
    }
    bail!("{id} did not reach {wanted:?}")
}

/// Changes between two channels, each time at another moment of their groups of pictures.
fn changes(
    arguments: &Arguments,
    screen: Box<dyn Screen>,
    config: &PlayerConfig,
    programmes: &[Programme; 2],
) -> Result<Vec<ZapMarks>> {
    let (player, states) = player(config, screen)?;
    let channels = [&programmes[0].channel, &programmes[1].channel];
    player.prefetch(&channels.map(Channel::clone));
    for index in 0..=arguments.zaps {
        let channel = channels[index % 2];
        player.tune(channel);
        wait_for(&states, &channel.channel_id, PlayerState::Playing)?;
        let phase = Duration::from_millis((index as u64 * 137) % 500 + 300);
        while let Ok((id, state)) = states.recv_timeout(phase) {
            if state != PlayerState::Playing {
                eprintln!("{id}: {state:?} while playing");
            }
        }
    }
    let zaps = player.zaps();
    player.stop();
    Ok(zaps.into_iter().skip(1).collect())
}

fn report(name: &str, zaps: &[ZapMarks], limit: f64) {
    let cached = zaps.iter().filter(|zap| zap.cached).count();
    eprintln!("{name}: {} changes, {cached} of them from the ring", zaps.len());
    let times = |mark: fn(&ZapMarks) -> Option<Duration>| {
        let mut times: Vec<f64> =
            zaps.iter().filter_map(mark).map(|time| time.as_secs_f64() * 1000.0).collect();
        times.sort_by(f64::total_cmp);
        times
    };
    let painted = times(|zap| zap.painted);
    for (suffix, part) in [("p50", 50), ("p95", 95), ("max", 100)] {
        figure(&format!("{name}.{suffix}"), percentile(&painted, part), "ms", Some(limit));
    }
    figure(&format!("{name}.decoded.p95"), percentile(&times(|zap| zap.decoded), 95), "ms", None);
}

fn percentile(sorted: &[f64], part: usize) -> f64 {
    let rank = (sorted.len() * part).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

fn figure(name: &str, value: f64, unit: &str, limit: Option<f64>) {
    let value = (value * 10.0).round() / 10.0;
    let mut line = serde_json::json!({ "name": name, "value": value, "unit": unit });
    if let Some(limit) = limit {
        line["limit"] = serde_json::json!(limit);
    }
    println!("{line}");
}

/// Memory and CPU while a 1080p programme plays.
fn cost(arguments: &Arguments, screen: Box<dyn Screen>) -> Result<()> {
    let programme = programme(arguments, 3, "1920x1080", "h264")?;
    let (player, states) = player(&PlayerConfig::default(), screen)?;
    player.tune(&programme.channel);
    wait_for(&states, &programme.channel.channel_id, PlayerState::Playing)?;
    let first = player.zaps().pop().and_then(|zap| zap.painted).context("nothing was painted")?;
    figure("play.1080p.first-picture", first.as_secs_f64() * 1000.0, "ms", Some(500.0));
    let (before, shown) = (cpu_seconds()?, player.counts());
    // The only event in this time would be a fault.
    if let Ok((id, state)) = states.recv_timeout(COUNTED) {
        eprintln!("{id}: {state:?} while playing");
    }
    let share = (cpu_seconds()? - before) / COUNTED.as_secs_f64() * 100.0;
    let now = player.counts();
    let per_second =
        |count: u64| f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / COUNTED.as_secs_f64();
    figure("play.1080p.cpu", share, "% of a core", None);
    figure(
        "play.1080p.shown",
        per_second(now.shown.saturating_sub(shown.shown)),
        "pictures/s",
        None,
    );
    figure(
        "play.1080p.dropped",
        per_second(now.dropped.saturating_sub(shown.dropped)),
        "pictures/s",
        None,
    );
    figure("play.1080p.rss", resident_mib()?, "MiB", Some(220.0));
    player.stop();
    Ok(())
}

fn resident_mib() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()).context("no VmRSS")?;
    Ok(kib.parse::<f64>()? / 1024.0)
}

/// CPU time of this process, from clock ticks of 10 ms.
fn cpu_seconds() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit_once(')').context("no process name")?.1;
    let fields: Vec<&str> = behind_name.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok());
    let used = ticks(11).zip(ticks(12)).context("no CPU time")?;
    Ok((used.0 + used.1) / 100.0)
}
