//! Whether the player still does its work, for whoever resets a box that does not.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// The media thread looks ten times a second; a start that reads every plug-in takes its time.
const SILENCE_MAX: Duration = Duration::from_mins(1);
/// Several pipelines were built in vain by then.
const STALL_MAX: Duration = Duration::from_secs(30);

/// Written by the media thread, read by the one that answers the watchdog.
#[derive(Debug, Default)]
pub(super) struct Vitals {
    looked_ms: AtomicU64,
    stalled_ms: AtomicU64,
}

impl Vitals {
    /// The media thread is at work; for so long packets came without a picture.
    pub(super) fn look(&self, now: Duration, stalled: Duration) {
        self.looked_ms.store(millis(now), Ordering::Relaxed);
        self.stalled_ms.store(millis(stalled), Ordering::Relaxed);
    }

    /// What is wrong, if anything; behind an order a picture that stands still is not.
    pub(super) fn complaint(&self, now: Duration, order_stands: bool) -> Option<&'static str> {
        let silent = now.saturating_sub(read(&self.looked_ms));
        if silent > SILENCE_MAX {
            return Some("the player does not react");
        }
        // A thread that hangs tells nothing new about pictures.
        (!order_stands && read(&self.stalled_ms) > STALL_MAX)
            .then_some("a channel with signal has no picture any more")
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn read(cell: &AtomicU64) -> Duration {
    Duration::from_millis(cell.load(Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_player_that_looks_and_shows_is_well() {
        let vitals = Vitals::default();
        assert_eq!(vitals.complaint(Duration::from_secs(59), false), None, "it may be starting");
        vitals.look(Duration::from_secs(100), Duration::ZERO);
        assert_eq!(vitals.complaint(Duration::from_secs(101), false), None);
    }

    #[test]
    fn silence_and_stalls_are_told() {
        let vitals = Vitals::default();
        assert!(vitals.complaint(Duration::from_secs(61), false).is_some(), "it never started");
        vitals.look(Duration::from_secs(100), Duration::ZERO);
        assert!(vitals.complaint(Duration::from_secs(161), false).is_some());
        vitals.look(Duration::from_secs(200), Duration::from_secs(31));
        assert!(vitals.complaint(Duration::from_secs(200), false).is_some());
        assert_eq!(vitals.complaint(Duration::from_secs(200), true), None, "the order stays on");
        assert!(vitals.complaint(Duration::from_secs(261), true).is_some(), "a player that hangs");
        vitals.look(Duration::from_secs(201), Duration::ZERO);
        assert_eq!(vitals.complaint(Duration::from_secs(201), false), None);
    }
}
