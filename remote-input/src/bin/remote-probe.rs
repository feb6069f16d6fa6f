//! For an operator with a new remote: asks for each key, writes the keymap that the box loads.
//!
//! `remote-probe DEVICE FILE`, with the application stopped: it would keep the remote to itself.

use std::{
    fs::File,
    io::{BufRead as _, Error, ErrorKind, Write as _},
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
    let mut device = Device::open(path).map_err(|error| about_device(path, &error))?;
    device.grab().map_err(|error| about_device(path, &error))?;
    // Before the questions: nobody should press forty keys for a file that cannot be written.
    let mut keymap = create(file)?;
    let done = questions(device).and_then(|text| {
        keymap.write_all(text.as_bytes()).map_err(|error| about_file(file, &error))
    });
    match done {
        Ok(()) => println!("{}", file.display()),
        // An empty file would keep the next try from its place.
        Err(_) => drop(std::fs::remove_file(file)),
    }
    done
}

fn create(file: &Path) -> Result<File, Error> {
    File::create_new(file).map_err(|error| about_file(file, &error))
}

fn about_file(file: &Path, error: &Error) -> Error {
    let remedy = match error.kind() {
        ErrorKind::AlreadyExists => "name another file",
        ErrorKind::PermissionDenied => "name a file in a folder that is yours, e.g. /tmp",
        _ => "check that its folder exists and has room",
    };
    Error::new(error.kind(), format!("{}: {error}; {remedy}", file.display()))
}

fn about_device(path: &Path, error: &Error) -> Error {
    let remedy = match error.kind() {
        ErrorKind::NotFound => "`ls -l /dev/input/by-path` shows which devices there are",
        ErrorKind::PermissionDenied => "run it with sudo, or as a member of the group input",
        ErrorKind::ResourceBusy => {
            "another program keeps the remote to itself: `systemctl stop stb-app`"
        }
        _ => "name an input device, /dev/input/eventN",
    };
    Error::new(error.kind(), format!("{}: {error}; {remedy}", path.display()))
}

/// Asks for each key; answers with the keymap.
fn questions(device: Device) -> Result<String, Error> {
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
    Ok(probe.keymap())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(error: &Error, expected: &[&str]) {
        let said = error.to_string();
        for part in expected {
            assert!(said.contains(part), "`{part}` is missing in: {said}");
        }
    }

    #[test]
    fn a_device_that_cannot_be_had_is_told_with_its_remedy() {
        let device = Path::new("/dev/input/event99");
        for (kind, remedy) in [
            (ErrorKind::NotFound, "ls -l /dev/input/by-path"),
            (ErrorKind::PermissionDenied, "group input"),
            (ErrorKind::ResourceBusy, "systemctl stop stb-app"),
            (ErrorKind::Unsupported, "/dev/input/eventN"),
        ] {
            check(&about_device(device, &kind.into()), &["/dev/input/event99: ", remedy]);
        }
        let folder = std::env::temp_dir();
        let refused = ask(&folder, Path::new("/nowhere/keymap.toml")).expect_err("no device");
        check(&refused, &[&folder.display().to_string()]);
    }

    #[test]
    fn a_file_that_cannot_be_written_is_told_before_the_first_question() {
        let missing = Path::new("/nowhere/keymap.toml");
        check(
            &create(missing).expect_err("no folder"),
            &["/nowhere/keymap.toml", "its folder exists"],
        );
        let there = Path::new("/etc/passwd");
        check(&create(there).expect_err("it is there"), &["/etc/passwd", "name another file"]);
        let refused = about_file(there, &ErrorKind::PermissionDenied.into());
        check(&refused, &["/etc/passwd", "a folder that is yours"]);
    }
}
