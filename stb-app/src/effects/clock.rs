//! What time it is, and whether to believe it.
//!
//! Many boxes have no clock that survives a power cut. Believed are, in this order: the `Date` of
//! an answer of the gateway (it came over mutual TLS), and the system's clock once the system says
//! that it was set from the network. A system clock that contradicts the gateway is overruled, not
//! set: that is the system's business.
//!
//! Certificates are checked against the same time. Before anything is known, the time last seen
//! (kept in a file) stands in when the system's clock makes a good certificate look expired or not
//! yet valid; this can only make the box believe an old certificate of the pinned authority, never a
//! foreign one.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use gtk::glib;
use rustls::time_provider::TimeProvider;
use rustls_pki_types::UnixTime;
use stb_core::Now;

/// 2026-01-01T00:00:00Z: this software did not exist before.
const EARLIEST_PLAUSIBLE_MS: i64 = 1_767_225_600_000;

/// The `Date` header has seconds and was written half a journey ago; below this the clocks agree.
const AGREEMENT_MS: i64 = 5_000;

/// The time last seen is written no more often than this, to spare the flash memory.
const KEEP_INTERVAL_MS: i64 = 3_600_000;

/// systemd-timesyncd leaves this file when it set the clock since the system started.
const SYNCHRONISED_FILE: &str = "/run/systemd/timesync/synchronized";

/// The box's clock; clones are the same clock.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    file: PathBuf,
    state: Mutex<State>,
    /// Whether certificates are checked at the time last seen instead of the system's time.
    doubt: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    gateway: Option<Reference>,
    kept_ms: Option<i64>,
}

impl State {
    /// Whether this is the first word of the gateway, and whether it is time to keep it.
    fn heard(&mut self, wall_ms: i64, monotonic_ms: i64) -> (bool, bool) {
        let first = self.gateway.replace(Reference { monotonic_ms, wall_ms }).is_none();
        let keep = self.kept_ms.is_none_or(|kept| (wall_ms - kept).abs() >= KEEP_INTERVAL_MS);
        if keep {
            self.kept_ms = Some(wall_ms);
        }
        (first, keep)
    }
}

/// The gateway's time at a moment of the monotonic clock.
#[derive(Debug, Clone, Copy)]
struct Reference {
    monotonic_ms: i64,
    wall_ms: i64,
}

impl Clock {
    /// A clock that keeps the time last seen below `data_dir`.
    pub fn new(data_dir: &Path) -> Self {
        let file = data_dir.join("time-last-seen");
        let kept_ms = std::fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
        let state = Mutex::new(State { gateway: None, kept_ms });
        Self(Arc::new(Inner { file, state, doubt: AtomicBool::new(false) }))
    }

    /// The moment for the machine.
    pub fn now(&self) -> Now {
        let monotonic_ms = monotonic_ms();
        let gateway = self.state().gateway;
        let synchronised = gateway.is_none() && Path::new(SYNCHRONISED_FILE).exists();
        let (wall_ms, wall_trusted) = judge(system_ms(), monotonic_ms, gateway, synchronised);
        Now { monotonic_ms: u64::try_from(monotonic_ms).unwrap_or(0), wall_ms, wall_trusted }
    }

    /// The gateway answered over mutual TLS with this `Date`.
    pub fn gateway_said(&self, date: &str) {
        let Some(wall_ms) = http_date_ms(date).filter(|ms| *ms >= EARLIEST_PLAUSIBLE_MS) else {
            return;
        };
        let (first, keep) = self.state().heard(wall_ms, monotonic_ms());
        let skew_ms = system_ms() - wall_ms;
        if first && skew_ms.abs() > AGREEMENT_MS {
            tracing::warn!(skew_ms, "system clock is wrong; the gateway's time is used");
        }
        // Outside of the lock: the screen asks for the time at every event.
        if keep && let Err(error) = std::fs::write(&self.0.file, wall_ms.to_string()) {
            tracing::warn!(%error, "time last seen not kept");
        }
    }

    /// A certificate of the gateway looked expired or not yet valid: perhaps the clock is wrong.
    /// The next attempt is made with the other time.
    pub fn certificate_time_failed(&self) {
        self.0.doubt.fetch_xor(true, Ordering::Relaxed);
    }

    fn certificate_time_ms(&self) -> i64 {
        let state = self.state();
        match (state.gateway, state.kept_ms) {
            (Some(reference), _) => reference.at(monotonic_ms()),
            (None, Some(kept)) if self.0.doubt.load(Ordering::Relaxed) => kept,
            _ => system_ms(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TimeProvider for Clock {
    fn current_time(&self) -> Option<UnixTime> {
        let ms = u64::try_from(self.certificate_time_ms()).unwrap_or(0);
        Some(UnixTime::since_unix_epoch(Duration::from_millis(ms)))
    }
}

impl Reference {
    fn at(self, monotonic_ms: i64) -> i64 {
        self.wall_ms.saturating_add(monotonic_ms.saturating_sub(self.monotonic_ms))
    }
}

/// The wall time and whether to believe it.
fn judge(
    system_ms: i64,
    monotonic_ms: i64,
    gateway: Option<Reference>,
    synchronised: bool,
) -> (i64, bool) {
    match gateway.map(|reference| reference.at(monotonic_ms)) {
        Some(gateway_ms) if (system_ms - gateway_ms).abs() > AGREEMENT_MS => (gateway_ms, true),
        Some(_) => (system_ms, true),
        None => (system_ms, synchronised && system_ms >= EARLIEST_PLAUSIBLE_MS),
    }
}

/// This moment, for measuring how long something takes.
#[expect(clippy::disallowed_methods, reason = "this is the clock adapter")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

fn monotonic_ms() -> i64 {
    glib::monotonic_time() / 1_000
}

#[expect(clippy::disallowed_methods, reason = "this is the clock adapter")]
pub(crate) fn system_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// `Fri, 20 Nov 2026 09:45:00 GMT` (RFC 9110, 5.6.7, the one form that servers may send).
fn http_date_ms(text: &str) -> Option<i64> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let (_, date) = text.split_once(", ")?;
    let words: Vec<&str> = date.split(' ').collect();
    let [day, month, year, time, "GMT"] = words[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)?;
    let date = glib::DateTime::from_utc(
        year.parse().ok()?,
        i32::try_from(month).ok()? + 1,
        day.parse().ok()?,
        time.get(0..2)?.parse().ok()?,
        time.get(3..5)?.parse().ok()?,
        time.get(6..8)?.parse().ok()?,
    );
    date.ok()?.to_unix().checked_mul(1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR_MS: i64 = 365 * 86_400_000;
    const NOON_MS: i64 = 1_795_176_000_000;

    #[test]
    fn a_date_header_is_read() {
        assert_eq!(http_date_ms("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777_000));
        assert_eq!(http_date_ms("Fri, 20 Nov 2026 12:00:00 GMT"), Some(NOON_MS));
        for text in ["", "Fri, ", "Fri, 31 Feb 2026 00:00:00 GMT", "a, b c d ééé GMT"] {
            assert_eq!(http_date_ms(text), None, "{text}");
        }
    }

    #[test]
    fn the_gateway_overrules_a_clock_that_is_wrong_by_a_year() {
        let gateway = Some(Reference { monotonic_ms: 10_000, wall_ms: NOON_MS });
        for system in [NOON_MS - YEAR_MS, NOON_MS + YEAR_MS] {
            assert_eq!(judge(system, 12_000, gateway, false), (NOON_MS + 2_000, true));
        }
        let system = NOON_MS + 2_900;
        assert_eq!(judge(system, 12_000, gateway, false), (system, true));
    }

    #[test]
    fn alone_the_clock_is_believed_only_when_the_network_set_it() {
        assert_eq!(judge(NOON_MS, 0, None, false), (NOON_MS, false));
        assert_eq!(judge(NOON_MS, 0, None, true), (NOON_MS, true));
        assert_eq!(judge(1_000, 0, None, true), (1_000, false));
    }

    #[test]
    fn a_certificate_is_checked_with_the_time_last_seen_when_the_clock_is_in_doubt()
    -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("time-last-seen"), NOON_MS.to_string())?;
        let clock = Clock::new(folder.path());
        assert!((clock.certificate_time_ms() - system_ms()).abs() < 60_000);
        clock.certificate_time_failed();
        assert_eq!(clock.certificate_time_ms(), NOON_MS);
        clock.certificate_time_failed();
        assert!((clock.certificate_time_ms() - system_ms()).abs() < 60_000);
        clock.gateway_said("Wed, 20 Nov 2030 12:00:00 GMT");
        assert!(clock.certificate_time_ms() > NOON_MS + 3 * YEAR_MS);
        assert!(clock.now().wall_trusted);
        let kept = Clock::new(folder.path());
        kept.certificate_time_failed();
        assert!(kept.certificate_time_ms() > NOON_MS + 3 * YEAR_MS);
        Ok(())
    }
}
