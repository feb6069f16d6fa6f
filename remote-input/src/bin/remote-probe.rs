//! For an operator with a new remote: asks for each key, writes the keymap that the box loads.
//!
//! `remote-probe DEVICE FILE`, with the application stopped: it would keep the remote to itself.

use std::{
    io::{BufRead as _, Error, ErrorKind},
    path::Path,
    process::ExitCode,
    sync::mpsc::{Sender, channel},
};

use evdev::Device;
use remote_input::{
    probe::{Heard, Probe},
    recording::RawEvent,
};

const USAGE: &str = "usage: remote-probe /dev/input/eventN NEW-KEYMAP.toml\n\
    Stop stb-app.service before. The file is named in [input] keymap_files.";

/// What can happen while a question stands.
enum Happened {
    /// The remote sent something.
    Sent(RawEvent),
    /// The person at the keyboard typed a line.
    Typed(String),
    /// Remote or keyboard are gone.
    Gone,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [device, file] = &arguments[..] else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    match ask(Path::new(device), Path::new(file)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("remote-probe: {error}");
            ExitCode::FAILURE
        }
    }
}

fn ask(path: &Path, file: &Path) -> Result<(), Error> {
    if file.exists() {
        let told = format!("{} exists already; name another file", file.display());
        return Err(Error::new(ErrorKind::AlreadyExists, told));
    }
    let mut device = Device::open(path)?;
    device.grab()?;
    let mut probe = Probe::new(device.name().unwrap_or_default());
    let (happened, happenings) = channel();
    let typed = happened.clone();
    std::thread::spawn(move || listen(device, &happened));
    std::thread::spawn(move || read_lines(&typed));
    println!(
        "Press each key once. Enter: the remote has no such key. b + Enter: the one before again."
    );
    let mut told = None;
    while let Some(label) = probe.asked() {
        if told.replace(label) != Some(label) {
            println!("{label} ?");
        }
        match happenings.recv() {
            Ok(Happened::Sent(event)) => {
                if let Heard::AlreadyTaken(other) = probe.hear(event) {
                    println!("That code is {other} already.");
                }
            }
            Ok(Happened::Typed(line)) if line.trim() == "b" => probe.take_back(),
            Ok(Happened::Typed(_)) => probe.skip(),
            Ok(Happened::Gone) | Err(_) => {
                return Err(Error::new(ErrorKind::UnexpectedEof, "remote or keyboard are gone"));
            }
        }
    }
    std::fs::write(file, probe.keymap())?;
    println!("{}", file.display());
    Ok(())
}

fn listen(mut device: Device, happened: &Sender<Happened>) {
    while let Ok(events) = device.fetch_events() {
        for event in events {
            if happened.send(Happened::Sent(event.into())).is_err() {
                return;
            }
        }
    }
    // Nobody asks any more when this fails.
    let _ = happened.send(Happened::Gone);
}

fn read_lines(happened: &Sender<Happened>) {
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if happened.send(Happened::Typed(line)).is_err() {
            return;
        }
    }
    let _ = happened.send(Happened::Gone);
}
