//! Tells the operator of clients that were closed for want of places, without letting them fill the
//! log.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::network::Network;

/// At most one line in this time for each reason.
const QUIET: Duration = Duration::from_mins(1);

/// Why a client was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Its network has its share.
    Share,
    /// Its network has its share of clients that have shown no device certificate.
    Strangers,
    /// All places for clients without a device certificate are taken.
    Enrolment,
}

/// What was told when.
#[derive(Debug, Default)]
pub(super) struct Refusals([Mutex<Told>; 3]);

#[derive(Debug, Default)]
struct Told {
    at: Option<Instant>,
    since: u64,
}

impl Told {
    /// How many were refused since the last line, when the next line is due.
    fn due(&mut self, now: Instant) -> Option<u64> {
        self.since += 1;
        if self.at.is_some_and(|at| now.saturating_duration_since(at) < QUIET) {
            return None;
        }
        self.at = Some(now);
        Some(std::mem::take(&mut self.since))
    }
}

impl Refusals {
    pub(super) fn note(&self, refusal: Refusal, address: IpAddr, share: usize) {
        let told = &self.0[refusal as usize];
        let due = told.lock().unwrap_or_else(PoisonError::into_inner).due(Instant::now());
        let Some(refused) = due else { return };
        let network = Network::of(address);
        match refusal {
            Refusal::Share => tracing::warn!(
                %network, refused, share,
                "connections were closed: their network has its share; if many homes share this \
                 address, raise max_connections_per_address"
            ),
            Refusal::Strangers => tracing::warn!(
                %network, refused, share,
                "connections were closed: too many of this network at once have shown no device \
                 certificate; boxes try again by themselves"
            ),
            Refusal::Enrolment => tracing::warn!(
                %network, refused, share,
                "connections without a device certificate were closed: all places for enrolment \
                 are taken; new boxes try again by themselves"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_counts_all_that_were_refused() {
        let (mut told, start) = (Told::default(), Instant::now());
        assert_eq!(told.due(start), Some(1));
        for second in [1, 30, 59] {
            assert_eq!(told.due(start + Duration::from_secs(second)), None);
        }
        assert_eq!(told.due(start + QUIET), Some(4));
        assert_eq!(told.due(start + 3 * QUIET), Some(1));
    }
}
