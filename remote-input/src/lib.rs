//! evdev devices to remote keys.
//!
//! Devices are read directly and grabbed: the display server neither knows all keys of a Japanese
//! remote nor shall it act on them. [`decoder`] holds the rules and is pure; `device` finds and
//! reads the devices; [`keymap`] says which code is which key; [`recording`] is the text form of
//! what a device sent. Nothing here knows a screen.

pub mod decoder;
mod device;
pub mod keymap;
pub mod probe;
pub mod recording;

use std::{path::PathBuf, sync::Arc, thread::JoinHandle, time::Instant};

use async_channel::Sender;
use stb_core::key::{KeyAction, RemoteKey};

pub use decoder::Rules;
pub use keymap::{Keymap, KeymapError};

/// Which devices to read, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Parts of device names; empty means every device with arrows and 決定 that is no keyboard.
    pub devices: Vec<String>,
    /// Keymap files of models; the first that fits a device serves it, else the built-in one.
    pub keymap_files: Vec<PathBuf>,
    /// Whether nobody else may hear the remote.
    pub grab: bool,
    /// Times of the rules.
    pub rules: Rules,
}

impl Default for Config {
    fn default() -> Self {
        Self { devices: Vec::new(), keymap_files: Vec::new(), grab: true, rules: Rules::default() }
    }
}

/// One key of the remote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPress {
    /// Which.
    pub key: RemoteKey,
    /// How.
    pub action: KeyAction,
    /// When it happened.
    pub at: Instant,
}

/// Why the remote cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A keymap file holds a mistake.
    #[error(transparent)]
    Keymap(#[from] KeymapError),
    /// No thread for it.
    #[error("no thread for the remote: {0}")]
    Thread(#[from] std::io::Error),
}

/// Reads remotes until dropped.
#[derive(Debug)]
pub struct RemoteInput {
    watch: Arc<device::Watch>,
    looking: JoinHandle<()>,
}

/// Starts reading every remote that is there or comes later. `keys` may be of any type that a
/// [`KeyPress`] turns into; a full channel holds the reading back, and what waits longer than the
/// staleness rule is then dropped by the decoder.
pub fn start<T: From<KeyPress> + Send + 'static>(
    config: Config,
    keys: Sender<T>,
) -> Result<RemoteInput, StartError> {
    let keymaps =
        config.keymap_files.iter().map(|file| Keymap::read(file)).collect::<Result<Vec<_>, _>>()?;
    let watch = Arc::new(device::Watch::default());
    let shared = Arc::clone(&watch);
    let looking = std::thread::Builder::new()
        .name("remote-look".into())
        .spawn(move || device::look_for_devices(&config, &keymaps, &keys, &shared))?;
    Ok(RemoteInput { watch, looking })
}

impl Drop for RemoteInput {
    fn drop(&mut self) {
        self.watch.stop();
        self.looking.thread().unpark();
    }
}
