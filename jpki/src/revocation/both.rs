//! Two pieces of work at the same time: a list of the size of a nation keeps two cores busy.
//!
//! Threads begin and end within one call, share nothing and answer as one thread would. There is no
//! pool, and nothing here waits for anything but the work itself.

use std::thread;

/// How many cores a piece of work may keep busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cores {
    /// The other one has work already.
    One,
    /// Both.
    Two,
}

/// The same where it is `worth` a thread; else one after the other.
pub(super) fn both_if<T>(worth: bool, aside: impl FnOnce() + Send, here: impl FnOnce() -> T) -> T {
    if worth {
        return both(aside, here);
    }
    aside();
    here()
}

/// Runs `aside` on a thread of its own while `here` runs on this one; on this one after it where
/// the system gives no thread.
pub(super) fn both<T>(aside: impl FnOnce() + Send, here: impl FnOnce() -> T) -> T {
    let mut waiting = Some(aside);
    let outcome = thread::scope(|scope| {
        let take = || {
            if let Some(work) = waiting.take() {
                work();
            }
        };
        drop(thread::Builder::new().spawn_scoped(scope, take));
        here()
    });
    if let Some(work) = waiting {
        work();
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_are_done_when_it_returns() {
        for worth in [false, true] {
            let mut aside = 0;
            let here = both_if(worth, || aside = 1, || 2);
            assert_eq!((aside, here), (1, 2));
        }
    }
}
