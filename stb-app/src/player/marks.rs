//! When the steps of a channel change happened, for the latency figures.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{clock, screen::Moment};

/// How many channel changes are remembered.
const REMEMBERED: usize = 256;

/// One channel change. Durations are since the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZapMarks {
    /// Channel asked for.
    pub channel_id: String,
    /// When it was asked for.
    pub requested: Instant,
    /// The ring had a start.
    pub cached: bool,
    /// The first picture left the decoder.
    pub decoded: Option<Duration>,
    /// It replaced the old picture.
    pub shown: Option<Duration>,
    /// It was drawn.
    pub painted: Option<Duration>,
}

/// Pictures of the channel on the screen since it was built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PictureCounts {
    /// Shown.
    pub shown: u64,
    /// Too late to be shown.
    pub dropped: u64,
}

/// The latest channel changes, shared between threads.
#[derive(Debug, Clone, Default)]
pub(super) struct Marks {
    changes: Arc<Mutex<VecDeque<(Duration, ZapMarks)>>>,
    counts: Arc<Mutex<PictureCounts>>,
}

impl Marks {
    pub(super) fn begin(&self, channel_id: &str, requested: Duration) {
        let mut changes = self.changes();
        if changes.len() == REMEMBERED {
            changes.pop_front();
        }
        let marks = ZapMarks {
            channel_id: channel_id.to_owned(),
            requested: clock::instant_of(requested),
            cached: false,
            decoded: None,
            shown: None,
            painted: None,
        };
        changes.push_back((requested, marks));
    }

    pub(super) fn cached(&self, requested: Duration) {
        self.change(requested, |marks, _| marks.cached = true);
    }

    pub(super) fn decoded(&self, requested: Duration) {
        self.change(requested, |marks, since| {
            marks.decoded.get_or_insert(since);
        });
    }

    pub(super) fn seen(&self, requested: Duration, moment: Moment) {
        self.change(requested, |marks, since| {
            let mark = match moment {
                Moment::Shown => &mut marks.shown,
                Moment::Painted => &mut marks.painted,
            };
            mark.get_or_insert(since);
        });
    }

    pub(super) fn count(&self, counts: PictureCounts) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = counts;
    }

    pub(super) fn counts(&self) -> PictureCounts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn all(&self) -> Vec<ZapMarks> {
        self.changes().iter().map(|(_, marks)| marks.clone()).collect()
    }

    fn change(&self, requested: Duration, change: impl FnOnce(&mut ZapMarks, Duration)) {
        let since = clock::now().saturating_sub(requested);
        let mut changes = self.changes();
        if let Some((_, marks)) = changes.iter_mut().rev().find(|(at, _)| *at == requested) {
            change(marks, since);
        }
    }

    fn changes(&self) -> MutexGuard<'_, VecDeque<(Duration, ZapMarks)>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
