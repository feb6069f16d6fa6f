//! How an unanswered order grows on the screen and is spoken again.
//!
//! Level 3: band, large after 30 s, full screen after 60 s. Level 4: after 10 s and 30 s. Level 5
//! and tsunami leave no time: full screen at once. 戻る and 終了 lower the order to the band for a
//! while, never away.

use evacuation::{book::Standing, hazard::Level};

use crate::view::TakeoverStage;

use super::HomeOrder;

/// While it fills the screen unanswered, it is spoken again at this pace, then less often.
const AGAIN_MS: u64 = 60_000;
const AGAIN_TIMES: u32 = 5;
const AGAIN_LATER_MS: u64 = 300_000;

/// Times of one alert on the monotonic clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ladder {
    large_at: u64,
    /// None for a notice, which does not grow.
    full_at: Option<u64>,
    spoken_at: TakeoverStage,
    again_at: Option<u64>,
    times: u32,
}

/// Seconds until large and until full screen.
struct Pace {
    large_s: u64,
    full_s: Option<u64>,
}

impl Ladder {
    /// An alert begins.
    pub(super) fn new(order: &HomeOrder, now_ms: u64) -> Self {
        let pace = if order.standing == Standing::Notice {
            Pace { large_s: 0, full_s: None }
        } else {
            match order.guidance.level {
                None | Some(Level::Five) => Pace { large_s: 0, full_s: Some(0) },
                Some(Level::Four) => Pace { large_s: 10, full_s: Some(30) },
                Some(Level::Three) => Pace { large_s: 30, full_s: Some(60) },
            }
        };
        Self::at_pace(&pace, now_ms)
    }

    /// Somebody wants to see the picture: down to the band, and up again.
    pub(super) fn lowered(order: &HomeOrder, now_ms: u64) -> Self {
        let pace = match order.guidance.level {
            None | Some(Level::Five) => Pace { large_s: 10, full_s: Some(10) },
            Some(Level::Four | Level::Three) => Pace { large_s: 30, full_s: Some(60) },
        };
        Self::at_pace(&pace, now_ms)
    }

    /// Somebody wants to see all of it: full screen at once.
    pub(super) fn enlarged(now_ms: u64) -> Self {
        Self::at_pace(&Pace { large_s: 0, full_s: Some(0) }, now_ms)
    }

    fn at_pace(pace: &Pace, now_ms: u64) -> Self {
        let mut ladder = Self {
            large_at: now_ms + pace.large_s * 1_000,
            full_at: pace.full_s.map(|seconds| now_ms + seconds * 1_000),
            spoken_at: TakeoverStage::Band,
            again_at: None,
            times: 0,
        };
        ladder.spoken_at = ladder.stage(now_ms);
        ladder.plan_again(now_ms);
        ladder
    }

    pub(super) fn stage(&self, now_ms: u64) -> TakeoverStage {
        if self.full_at.is_some_and(|at| at <= now_ms) {
            TakeoverStage::FullScreen
        } else if self.large_at <= now_ms {
            TakeoverStage::Large
        } else {
            TakeoverStage::Band
        }
    }

    pub(super) fn deadline(&self, now_ms: u64) -> Option<u64> {
        let steps = [Some(self.large_at), self.full_at].into_iter().flatten();
        steps.filter(|at| *at > now_ms).chain(self.again_at).min()
    }

    /// True when it grew, or its time to be spoken again has come.
    pub(super) fn reach(&mut self, now_ms: u64) -> bool {
        let stage = self.stage(now_ms);
        if stage > self.spoken_at {
            self.spoken_at = stage;
            self.plan_again(now_ms);
            return true;
        }
        if self.again_at.is_none_or(|at| now_ms < at) {
            return false;
        }
        self.times += 1;
        self.plan_again(now_ms);
        true
    }

    fn plan_again(&mut self, now_ms: u64) {
        let pause = if self.times < AGAIN_TIMES { AGAIN_MS } else { AGAIN_LATER_MS };
        let is_full = self.stage(now_ms) == TakeoverStage::FullScreen;
        self.again_at = is_full.then_some(now_ms + pause);
    }
}
