//! Waiting for something to become true in another process, with a deadline.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Pause between two looks; short against everything that is waited for.
const PAUSE: Duration = Duration::from_millis(10);

/// Looks until `look` gives a value; an error or the deadline ends it.
pub fn until<T>(
    what: &str,
    limit: Duration,
    mut look: impl FnMut() -> Result<Option<T>>,
) -> Result<T> {
    let end = Instant::now() + limit;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if Instant::now() >= end {
            bail!("{what}: not within {} s", limit.as_secs_f32());
        }
        std::thread::park_timeout(PAUSE);
    }
}
