//! Where binaries, data and the voice are.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

/// Root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("/")).to_path_buf()
}

/// A program of ours, from the folder that `cargo xtask` names.
pub fn program(name: &str) -> Result<PathBuf> {
    let folder = std::env::var_os("HITOKOE_BIN")
        .context("HITOKOE_BIN names no folder; start this through `cargo xtask`")?;
    let program = PathBuf::from(folder).join(name);
    ensure!(program.is_file(), "{} is missing; run `cargo xtask test build`", program.display());
    Ok(program)
}

/// The voice, when one was fetched.
pub fn voice() -> Option<PathBuf> {
    std::env::var_os("HITOKOE_VOICE").map(PathBuf::from).filter(|path| path.is_file())
}

/// Data of the demonstration town.
pub fn minami() -> PathBuf {
    root().join("data/minami")
}

/// A server of the system, where it is installed; servers are often outside of a user's path.
pub fn server(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/bin".into()]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}
