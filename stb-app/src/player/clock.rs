//! The one place of the player that reads a clock.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

#[expect(clippy::disallowed_methods, reason = "this is the player's clock adapter")]
fn instant() -> Instant {
    Instant::now()
}

static START: LazyLock<Instant> = LazyLock::new(instant);

/// Time since the process first asked, monotonic.
pub(crate) fn now() -> Duration {
    instant().saturating_duration_since(*START)
}

/// The instant that `now` counted as `at`.
pub(crate) fn instant_of(at: Duration) -> Instant {
    *START + at
}
