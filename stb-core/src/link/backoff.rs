//! Waiting longer after each failure, at a random point of the span (full jitter), so that ten
//! thousand boxes do not come back together.

use super::id::Generator;

const BASE_MS: u64 = 1_000;
const CAP_MS: u64 = 120_000;
/// Even the luckiest draw leaves the gateway a breath.
const LEAST_MS: u64 = 100;

/// Failures in a row.
#[derive(Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// One more failure: how long to wait now.
    pub(crate) fn next_delay_ms(&mut self, random: &mut Generator) -> u64 {
        let span = BASE_MS.saturating_mul(1 << self.failures.min(10)).min(CAP_MS);
        self.failures = self.failures.saturating_add(1);
        random.up_to(span).max(LEAST_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_doubles_up_to_two_minutes_and_starts_again_after_success() {
        let mut random = Generator::new(3);
        let mut longest = Vec::new();
        for failures in 0..12 {
            let delays = (0..200).map(|_| Backoff { failures }.next_delay_ms(&mut random));
            longest.push(delays.max().unwrap_or(0));
        }
        assert!(longest.iter().enumerate().all(|(failures, delay)| {
            *delay <= BASE_MS.saturating_mul(1 << failures).min(CAP_MS)
        }));
        assert!(longest[11] > 100_000, "the cap is nearly reached: {longest:?}");

        let mut backoff = Backoff { failures: 9 };
        backoff.reset();
        assert!(backoff.next_delay_ms(&mut random) <= BASE_MS);
    }
}
