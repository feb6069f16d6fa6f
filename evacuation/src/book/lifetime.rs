//! How long an order stands, with and without a clock that can be trusted.

use crate::order::{Order, UnixMillis};

/// Clocks that differ by less than this agree.
pub(super) const TOLERANCE_MS: i64 = 5 * 60 * 1_000;
/// After a restart without a clock an order stands at most this long.
const GRACE_MS: i64 = 12 * 60 * 60 * 1_000;
/// A notice stands at least this long, so that a late one is still seen.
const NOTICE_MS: i64 = 60 * 60 * 1_000;

/// The clocks of the box at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Now {
    /// Rises steadily, from an arbitrary start.
    pub monotonic_ms: u64,
    /// Wall clock.
    pub wall: UnixMillis,
    /// Whether the wall clock was set by a source worth trusting.
    pub wall_trusted: bool,
}

/// The town's time at one moment of this box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reading {
    time: UnixMillis,
    monotonic_ms: u64,
}

impl Reading {
    pub(super) fn new(time: UnixMillis, now: Now) -> Self {
        Self { time, monotonic_ms: now.monotonic_ms }
    }

    pub(super) fn at(self, now: Now) -> UnixMillis {
        let passed = now.monotonic_ms.saturating_sub(self.monotonic_ms);
        UnixMillis(self.time.0.saturating_add_unsigned(passed))
    }
}

/// What is known of the time, and how well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clock {
    /// The town's own, running on since its latest heartbeat.
    Heartbeat(UnixMillis),
    /// A trusted wall clock alone.
    Wall(UnixMillis),
    /// Not before the heartbeat heard before the restart.
    AtLeast(UnixMillis),
    /// Nothing.
    Unknown,
}

impl Clock {
    pub(super) fn time(self) -> Option<UnixMillis> {
        match self {
            Self::Heartbeat(time) | Self::Wall(time) | Self::AtLeast(time) => Some(time),
            Self::Unknown => None,
        }
    }

    /// A clock before the issue cannot be right.
    fn unless_before(self, order: &Order) -> Self {
        let fits = |time: UnixMillis| time.0.saturating_add(TOLERANCE_MS) >= order.issued_at.0;
        if self.time().is_some_and(fits) { self } else { Self::Unknown }
    }
}

/// When an entry ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lifetime {
    /// Monotonic time of the end.
    ends_ms: u64,
    /// Signed end, which a better clock may reach earlier; none when the box's own trusted clock
    /// reckoned it: a jump of that clock ends nothing.
    until: Option<UnixMillis>,
}

impl Lifetime {
    /// Of an order that came just now.
    pub(super) fn of_order(order: &Order, clock: Clock, now: Now) -> Self {
        Self::starting(order, clock, now, i64::MAX, 0)
    }

    /// Of a notice that came just now.
    pub(super) fn of_notice(order: &Order, clock: Clock, now: Now) -> Self {
        Self { until: None, ..Self::starting(order, clock, now, i64::MAX, NOTICE_MS) }
    }

    /// Of an order read from the store: how long it stood before is not known.
    pub(super) fn of_restored(order: &Order, clock: Clock, now: Now) -> Self {
        Self::starting(order, clock, now, GRACE_MS, 0)
    }

    /// Until `expires_at` by a clock that the order does not contradict; else for its whole span
    /// of validity, but at most for `without_clock`.
    fn starting(order: &Order, clock: Clock, now: Now, without_clock: i64, at_least: i64) -> Self {
        let clock = clock.unless_before(order);
        let span = order.expires_at.0.saturating_sub(order.issued_at.0).min(without_clock);
        let until = |time: UnixMillis| order.expires_at.0.saturating_sub(time.0);
        let left = match clock {
            Clock::Heartbeat(time) | Clock::Wall(time) => until(time),
            Clock::AtLeast(time) => until(time).min(span),
            Clock::Unknown => span,
        };
        let left = left.max(at_least).max(0).unsigned_abs();
        let until = (!matches!(clock, Clock::Wall(_))).then_some(order.expires_at);
        Self { ends_ms: now.monotonic_ms.saturating_add(left), until }
    }

    /// Monotonic time of the end, given the best time known.
    pub(super) fn ends_at(self, time: Option<UnixMillis>, now: Now) -> u64 {
        let Some((time, until)) = time.zip(self.until) else { return self.ends_ms };
        let left = until.0.saturating_sub(time.0).max(0).unsigned_abs();
        self.ends_ms.min(now.monotonic_ms.saturating_add(left))
    }
}

/// How far the wall clock is ahead of the issue, when that cannot be: before the issue, or after
/// the end of an order that is being accepted.
pub(super) fn contradiction(order: &Order, now: Now) -> Option<i64> {
    let ahead = now.wall.0.saturating_sub(order.issued_at.0);
    let late = order.is_in_force() && now.wall >= order.expires_at;
    (ahead < -TOLERANCE_MS || late).then_some(ahead)
}
