//! When which list is looked at: all of them from time to time, a list with a fault sooner, but less
//! and less often while the fault stays.

use std::{collections::HashMap, path::Path, time::Duration};

use tokio::time::Instant;

/// After its first fault a list is looked at again this soon, or sooner if that is configured.
const AGAIN: Duration = Duration::from_mins(1);

/// The next looks.
#[derive(Debug)]
pub(super) struct Pauses {
    every: Duration,
    all_at: Option<Instant>,
    begun_at: Option<Instant>,
    faults: HashMap<String, Fault>,
}

#[derive(Debug, Clone, Copy)]
struct Fault {
    pause: Duration,
    again_at: Instant,
}

impl Pauses {
    pub(super) fn new(every: Duration) -> Self {
        Self { every, all_at: None, begun_at: None, faults: HashMap::new() }
    }

    /// Whether this is the time of all lists; the next such time is a whole pause later.
    pub(super) fn begin(&mut self, at: Instant) -> bool {
        self.begun_at = Some(at);
        let all = self.all_at.is_none_or(|all_at| all_at <= at);
        if all {
            self.all_at = Some(at + self.every);
        }
        all
    }

    /// Whether a list with a fault is due.
    pub(super) fn is_due(&self, source: &str, at: Instant) -> bool {
        self.faults.get(source).is_some_and(|fault| fault.again_at <= at)
    }

    /// Whether a list with a fault, of this folder or the folder itself, is due.
    pub(super) fn is_due_in(&self, folder: &str, at: Instant) -> bool {
        let is_inside = |source: &str| Path::new(source).starts_with(folder);
        self.faults.iter().any(|(source, fault)| is_inside(source) && fault.again_at <= at)
    }

    /// Notes what a look gave.
    pub(super) fn note(&mut self, source: &str, is_well: bool, at: Instant) {
        if is_well {
            self.faults.remove(source);
            return;
        }
        let before = self.faults.get(source).map(|fault| fault.pause);
        let pause = before.map_or(AGAIN, |pause| pause * 2).min(self.every);
        self.faults.insert(source.to_owned(), Fault { pause, again_at: at + pause });
    }

    /// How long nothing is due; not at all when a look took longer than the pause of a list before
    /// it. What was due at the beginning and has no new pause was not there any more.
    pub(super) fn end(&mut self, at: Instant) -> Duration {
        if let Some(begun_at) = self.begun_at {
            self.faults.retain(|_, fault| fault.again_at > begun_at);
        }
        let faults = self.faults.values().map(|fault| fault.again_at);
        let next = faults.chain(self.all_at).min();
        next.map_or(self.every, |next| next.saturating_duration_since(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);
    const MINUTE: Duration = Duration::from_mins(1);

    #[test]
    fn one_bad_list_is_looked_at_less_and_less_and_takes_no_other_with_it() {
        let (mut pauses, start) = (Pauses::new(HOUR), Instant::now());
        let (mut now, mut looks) = (start, Vec::new());
        while now < start + 2 * HOUR {
            let all = pauses.begin(now);
            assert_eq!(all, now == start || now == start + HOUR, "the good ones, once an hour");
            if all {
                pauses.note("good", true, now);
            }
            assert!(!pauses.is_due("good", now));
            if all || pauses.is_due("bad", now) {
                looks.push((now - start).as_secs() / 60);
                pauses.note("bad", false, now);
            }
            now += pauses.end(now);
        }
        assert_eq!(looks, [0, 1, 3, 7, 15, 31, 60]);
    }

    #[test]
    fn a_fault_that_is_over_is_forgotten_and_so_is_a_file_that_is_gone() {
        let (mut pauses, start) = (Pauses::new(HOUR), Instant::now());
        pauses.begin(start);
        pauses.note("/lists/a.crl", false, start);
        pauses.note("/lists/b.crl", false, start);
        assert_eq!(pauses.end(start), MINUTE);
        let later = start + MINUTE;
        assert!(!pauses.begin(later));
        assert!(pauses.is_due_in("/lists", later) && !pauses.is_due_in("/other", later));
        assert!(!pauses.is_due_in("/list", later) && pauses.is_due_in("/lists/a.crl", later));
        pauses.note("/lists/a.crl", true, later);
        assert_eq!(pauses.end(later), 59 * MINUTE, "neither is waited for");
        pauses.note("/lists/a.crl", false, later);
        assert_eq!(pauses.end(later), MINUTE, "the first pause again");
    }

    #[test]
    fn a_list_that_hangs_makes_nobody_forget_the_fault_of_another() {
        let (mut pauses, start) = (Pauses::new(HOUR), Instant::now());
        pauses.begin(start);
        pauses.note("bad", false, start);
        let late = start + 5 * MINUTE;
        pauses.note("hanging", false, late);
        assert_eq!(pauses.end(late), Duration::ZERO, "the bad one has been due for four minutes");
        assert!(!pauses.begin(late) && pauses.is_due("bad", late));
        assert!(!pauses.is_due("hanging", late));
        pauses.note("bad", false, late);
        assert_eq!(pauses.end(late), MINUTE, "the hanging one");
        assert!(!pauses.is_due("bad", late + MINUTE), "its second pause is twice as long");
    }

    #[test]
    fn no_pause_is_longer_than_the_one_between_all_lists() {
        let (mut pauses, start) = (Pauses::new(Duration::from_secs(5)), Instant::now());
        pauses.begin(start);
        pauses.note("bad", false, start);
        assert_eq!(pauses.end(start), Duration::from_secs(5));
    }
}
