//! Waiting before the next attempt: full jitter, so that ten thousand boxes do not come together.

use std::time::Duration;

use uuid::Uuid;

use crate::config::Gateway;

/// Doubles the upper bound with each failure.
#[derive(Debug)]
pub(super) struct Backoff {
    base_ms: u64,
    cap_ms: u64,
    failures: u32,
}

impl Backoff {
    pub(super) fn new(config: &Gateway) -> Self {
        Self { base_ms: config.reconnect_base_ms, cap_ms: config.reconnect_cap_ms, failures: 0 }
    }

    /// The next attempt counts as the first.
    pub(super) fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait before the next attempt.
    pub(super) fn next_delay(&mut self) -> Duration {
        let bound_ms = self.bound_ms();
        self.failures = self.failures.saturating_add(1);
        Duration::from_millis(random_below(bound_ms))
    }

    /// The gateway said how long to wait at least; a little more spreads the boxes.
    pub(super) fn at_least(&mut self, wait: Duration) -> Duration {
        wait.min(Duration::from_millis(self.cap_ms)) + self.next_delay()
    }

    fn bound_ms(&self) -> u64 {
        let factor = 2_u64.saturating_pow(self.failures);
        self.base_ms.saturating_mul(factor).min(self.cap_ms)
    }
}

/// A random number from 0 to below `bound`; 0 for 0. Only spreads load, keeps no secret.
pub(super) fn random_below(bound: u64) -> u64 {
    // The lower 62 bits of a UUID of version 7 are random.
    let (_, low) = Uuid::now_v7().as_u64_pair();
    (low & (u64::MAX >> 2)).checked_rem(bound).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_double_up_to_the_cap_and_begin_anew_after_success() {
        let mut backoff = Backoff { base_ms: 1_000, cap_ms: 120_000, failures: 0 };
        let mut bounds = Vec::new();
        for _ in 0..9 {
            bounds.push(backoff.bound_ms() / 1_000);
            assert!(backoff.next_delay() < Duration::from_mins(2));
        }
        assert_eq!(bounds, [1, 2, 4, 8, 16, 32, 64, 120, 120]);
        backoff.failures = u32::MAX;
        assert_eq!(backoff.bound_ms(), 120_000);
        backoff.reset();
        assert_eq!(backoff.bound_ms(), 1_000);
    }

    #[test]
    fn delays_are_spread_over_the_whole_bound() {
        let drawn: Vec<u64> = (0..1_000).map(|_| random_below(100)).collect();
        for quarter in 0..4_u64 {
            let share = drawn.iter().filter(|one| **one / 25 == quarter).count();
            assert!((150..350).contains(&share), "{share} of 1000 in quarter {quarter}");
        }
        assert_eq!(random_below(0), 0);
    }
}
