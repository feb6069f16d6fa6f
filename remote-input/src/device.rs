//! Devices under `/dev/input`: found when they appear, grabbed, read until they go.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use async_channel::Sender;
use evdev::{AttributeSetRef, Device, InputEvent, KeyCode};

use crate::{Config, KeyPress, decoder::Decoder, keymap::Keymap, recording::RawEvent};

/// Plugging in a receiver is noticed within this time.
const ENUMERATION_INTERVAL: Duration = Duration::from_secs(2);

/// Devices that are being read, and whether to go on.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    open: Mutex<HashSet<PathBuf>>,
    stopped: AtomicBool,
}

impl Watch {
    pub(crate) fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// False when the device is read already.
    fn claim(&self, path: &Path) -> bool {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned())
    }

    fn release(&self, path: &Path) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}

/// Looks for devices until stopped; each one found is read on a thread of its own.
pub(crate) fn look_for_devices<T: From<KeyPress> + Send + 'static>(
    config: &Config,
    keymaps: &[Keymap],
    keys: &Sender<T>,
    watch: &Arc<Watch>,
) {
    while !watch.stopped() && !keys.is_closed() {
        for path in event_nodes() {
            if watch.claim(&path) && !open(config, keymaps, keys, watch, &path) {
                watch.release(&path);
            }
        }
        std::thread::park_timeout(ENUMERATION_INTERVAL);
    }
}

fn event_nodes() -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir("/dev/input") else { return Vec::new() };
    let is_event = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("event"))
    };
    entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(is_event).collect()
}

/// False when the device is not ours to read, now or at all.
fn open<T: From<KeyPress> + Send + 'static>(
    config: &Config,
    keymaps: &[Keymap],
    keys: &Sender<T>,
    watch: &Arc<Watch>,
    path: &Path,
) -> bool {
    let Ok(mut device) = Device::open(path) else { return false };
    let name = device.name().unwrap_or("unnamed").to_owned();
    if !wanted(&config.devices, &name, device.supported_keys()) {
        return false;
    }
    if config.grab
        && let Err(error) = device.grab()
    {
        tracing::warn!(device = name, %error, "remote not grabbed; another program reads it");
        return false;
    }
    let keymap = keymaps.iter().find(|keymap| keymap.fits(&name)).cloned().unwrap_or_default();
    let decoder = Decoder::new(keymap, config.rules);
    tracing::info!(device = name, path = %path.display(), "remote connected");
    let (keys, watch, path) = (keys.clone(), Arc::clone(watch), path.to_owned());
    let reading = std::thread::Builder::new().name("remote-read".into()).spawn(move || {
        read(device, decoder, &keys, &watch);
        tracing::info!(device = name, "remote disconnected");
        watch.release(&path);
    });
    reading.is_ok()
}

/// A device named in the configuration, or, without names, anything with arrows and 決定 that is no
/// typewriter: grabbing the keyboard of the person who tries this out would lock them out.
fn wanted(names: &[String], name: &str, keys: Option<&AttributeSetRef<KeyCode>>) -> bool {
    if !names.is_empty() {
        return names.iter().any(|part| name.contains(part));
    }
    let Some(keys) = keys else { return false };
    let arrows = [KeyCode::KEY_UP, KeyCode::KEY_DOWN, KeyCode::KEY_LEFT, KeyCode::KEY_RIGHT];
    let confirm = [KeyCode::KEY_OK, KeyCode::KEY_SELECT, KeyCode::KEY_ENTER];
    let letters = [KeyCode::KEY_Q, KeyCode::KEY_A, KeyCode::KEY_Z];
    arrows.iter().all(|key| keys.contains(*key))
        && confirm.iter().any(|key| keys.contains(*key))
        && !letters.iter().all(|key| keys.contains(*key))
}

/// Ends when the device is unplugged, the box stops or nobody listens any more.
fn read<T: From<KeyPress>>(
    mut device: Device,
    mut decoder: Decoder,
    keys: &Sender<T>,
    watch: &Watch,
) {
    while !watch.stopped() {
        let events = match device.fetch_events() {
            Ok(events) => events,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        for event in events {
            let read_at_us = unix_us(system_time());
            let Some(key) = decoder.decode(event.into(), read_at_us) else { continue };
            let age = Duration::from_micros(read_at_us.saturating_sub(key.time_us));
            let now = instant();
            let at = now.checked_sub(age).unwrap_or(now);
            let press = KeyPress { key: key.key, action: key.action, at };
            // A full channel holds the kernel's queue back; what waits too long is stale then.
            if keys.send_blocking(press.into()).is_err() {
                return;
            }
        }
    }
}

impl From<InputEvent> for RawEvent {
    fn from(event: InputEvent) -> Self {
        Self {
            time_us: unix_us(event.timestamp()),
            kind: event.event_type().0,
            code: event.code(),
            value: event.value(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "events carry system time; this compares with it")]
fn system_time() -> SystemTime {
    SystemTime::now()
}

#[expect(clippy::disallowed_methods, reason = "the moment of a key press is measured here")]
fn instant() -> Instant {
    Instant::now()
}

fn unix_us(time: SystemTime) -> u64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use evdev::AttributeSet;

    use super::*;

    #[track_caller]
    fn check(names: &[&str], device: &str, keys: &[KeyCode], expected: bool) {
        let names: Vec<_> = names.iter().map(ToString::to_string).collect();
        let keys: AttributeSet<KeyCode> = keys.iter().copied().collect();
        assert_eq!(wanted(&names, device, Some(&keys)), expected);
    }

    #[test]
    fn remotes_are_taken_and_keyboards_left_alone() {
        use KeyCode as K;
        let remote = [K::KEY_UP, K::KEY_DOWN, K::KEY_LEFT, K::KEY_RIGHT, K::KEY_OK];
        let keyboard = [
            K::KEY_UP,
            K::KEY_DOWN,
            K::KEY_LEFT,
            K::KEY_RIGHT,
            K::KEY_ENTER,
            K::KEY_Q,
            K::KEY_A,
            K::KEY_Z,
        ];
        check(&[], "gpio_ir_recv", &remote, true);
        check(&[], "USB Keyboard", &keyboard, false);
        check(&[], "Power Button", &[K::KEY_POWER], false);
        check(&["Keyboard"], "USB Keyboard", &keyboard, true);
        check(&["gpio"], "USB Keyboard", &keyboard, false);
    }

    #[test]
    fn a_device_is_read_once_and_again_after_it_came_back() {
        let watch = Watch::default();
        let path = Path::new("/dev/input/event9");
        assert!(watch.claim(path));
        assert!(!watch.claim(path));
        watch.release(path);
        assert!(watch.claim(path));
    }
}
