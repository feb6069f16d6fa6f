//! What the latest heartbeat said. It survives restarts, so that an older one stays an older one.

use std::collections::BTreeSet;

use super::{
    OrderBook, Refusal,
    count::is_drill,
    lifetime::{Now, Reading, TOLERANCE_MS},
};
use crate::{
    heartbeat::{Heartbeat, verify_heartbeat},
    id::OrderId,
    order::{Order, UnixMillis},
    trust::{Kid, Trust},
};

/// What a heartbeat told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeartbeatNews {
    /// Fetch orders after this number; none when nothing is missing.
    pub fetch_after: Option<u64>,
    /// Active orders that this box never heard.
    pub missing: Vec<OrderId>,
    /// Whether the shown orders changed.
    pub changed: bool,
    /// Whether it lists other orders or names other numbers than the one before.
    pub relisted: bool,
    /// How far this box's clock is ahead of the town's.
    pub skew_ms: i64,
}

/// The latest heartbeat.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Heard {
    pub(super) actual: u64,
    pub(super) drill: u64,
    pub(super) active: BTreeSet<OrderId>,
    /// When it was signed, but not beyond a trusted clock; none before the first one.
    pub(super) time: Option<UnixMillis>,
    /// Key that signed it.
    pub(super) by: Option<Kid>,
}

/// How a heartbeat stands to the latest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    /// Later than all before.
    News,
    /// The same again, or a little late on another way: nothing new, no attack.
    Repeat,
    /// Older than the ways between gateway and box explain.
    Old,
}

impl OrderBook {
    /// Takes a signed heartbeat: it shows what was missed and gives the time.
    pub fn accept_heartbeat(
        &mut self,
        bytes: &[u8],
        trust: &Trust,
        now: Now,
    ) -> Result<HeartbeatNews, Refusal> {
        let (heartbeat, kid) = verify_heartbeat(bytes, trust)?;
        if heartbeat.issuer != self.issuer {
            return Err(Refusal::OtherIssuer);
        }
        let skew_ms = now.wall.0.saturating_sub(heartbeat.time.0);
        let wall = now.wall_trusted.then_some(now.wall);
        match self.heard.age_of(&heartbeat, self.reading.map(|reading| reading.at(now)), wall) {
            Age::Old => Err(Refusal::Replayed),
            Age::Repeat => Ok(self.news(skew_ms)),
            Age::News => {
                let heard = Heard::new(&heartbeat, kid, wall);
                self.reading = heard.time.map(|time| Reading::new(time, now));
                let relisted = !heard.lists_as(&self.heard);
                self.heard = heard;
                let changed = self.end_what_is_no_longer_active(now);
                Ok(HeartbeatNews { changed, relisted, ..self.news(skew_ms) })
            }
        }
    }

    fn news(&self, skew_ms: i64) -> HeartbeatNews {
        let unheard = self.heard.active.iter().filter(|id| !self.known.contains_key(id));
        let missing: Vec<OrderId> = unheard.copied().collect();
        let behind = [false, true]
            .into_iter()
            .filter(|is_drill| self.heard.of(*is_drill) > self.counts.of(*is_drill));
        // What is missing has no known number: it may lie below what this box already has.
        let fetch_after = if missing.is_empty() {
            behind.map(|is_drill| self.counts.of(is_drill)).min()
        } else {
            Some(0)
        };
        HeartbeatNews { fetch_after, missing, changed: false, relisted: false, skew_ms }
    }

    /// Whether the latest heartbeat, if it knows all that this box knows, lists the order.
    pub(super) fn vouches_for(&self, order: &Order) -> bool {
        self.has_heard_all(is_drill(order)) && self.heard.active.contains(&order.id)
    }

    pub(super) fn has_heard_all(&self, is_drill: bool) -> bool {
        self.heard.of(is_drill) >= self.counts.of(is_drill)
    }
}

impl Heard {
    /// A gateway that runs ahead of the trusted clock of this box would silence it until that date:
    /// its time is not kept.
    fn new(heartbeat: &Heartbeat, kid: Kid, wall: Option<UnixMillis>) -> Self {
        let before = wall.filter(|wall| is_beyond(heartbeat.time, *wall));
        Self {
            actual: heartbeat.highest_sequence,
            drill: heartbeat.highest_drill,
            active: heartbeat.active.iter().copied().collect(),
            time: Some(before.unwrap_or(heartbeat.time)),
            by: Some(kid),
        }
    }

    /// Only the signed time tells an old heartbeat: in a quiet town the numbers stay the same for
    /// months, and after a restored backup they may be lower. `time` is the town's time by now. Where
    /// a trusted clock fits this heartbeat and contradicts the latest one, the latest was wrong.
    fn age_of(
        &self,
        heartbeat: &Heartbeat,
        time: Option<UnixMillis>,
        wall: Option<UnixMillis>,
    ) -> Age {
        let Some(latest) = self.time.max(time) else { return Age::News };
        let fits =
            |wall: UnixMillis| !is_beyond(heartbeat.time, wall) && !is_beyond(wall, heartbeat.time);
        if wall.is_some_and(|wall| fits(wall) && is_beyond(latest, wall)) {
            return Age::News;
        }
        let is_late = self.time.is_some_and(|before| heartbeat.time <= before);
        let is_lower =
            (heartbeat.highest_sequence, heartbeat.highest_drill) < (self.actual, self.drill);
        if is_beyond(latest, heartbeat.time) || is_late && is_lower {
            Age::Old
        } else if is_late {
            Age::Repeat
        } else {
            Age::News
        }
    }

    /// Whether it names the same numbers and orders as the other one.
    fn lists_as(&self, other: &Self) -> bool {
        (self.actual, self.drill, &self.active) == (other.actual, other.drill, &other.active)
    }

    pub(super) fn of(&self, is_drill: bool) -> u64 {
        if is_drill { self.drill } else { self.actual }
    }

    /// Whether the order is not in force any more. A full list may have had no room for it.
    pub(super) fn leaves_out(&self, id: OrderId) -> bool {
        self.active.len() < Heartbeat::MAX_ACTIVE && !self.active.contains(&id)
    }

    /// Whether a key signed it that is revoked by now: then its time counts no more.
    pub(super) fn is_revoked_by(&self, trust: &Trust) -> bool {
        self.by.is_some_and(|kid| trust.revokes(kid))
    }
}

/// Whether the first is later than the second by more than clocks and ways explain.
fn is_beyond(time: UnixMillis, other: UnixMillis) -> bool {
    other.0.saturating_add(TOLERANCE_MS) < time.0
}
