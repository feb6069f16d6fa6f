//! What the latest heartbeat said. It survives restarts, so that an older one stays an older one.

use std::collections::BTreeSet;

use super::lifetime::TOLERANCE_MS;
use crate::{
    heartbeat::Heartbeat,
    id::OrderId,
    order::UnixMillis,
    trust::{Kid, Trust},
};

/// The latest heartbeat.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Heard {
    pub(super) actual: u64,
    pub(super) drill: u64,
    pub(super) active: BTreeSet<OrderId>,
    /// When it was signed; none before the first one.
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

impl Heard {
    pub(super) fn new(heartbeat: &Heartbeat, kid: Kid) -> Self {
        Self {
            actual: heartbeat.highest_sequence,
            drill: heartbeat.highest_drill,
            active: heartbeat.active.iter().copied().collect(),
            time: Some(heartbeat.time),
            by: Some(kid),
        }
    }

    /// Only the signed time tells an old heartbeat: in a quiet town the numbers stay the same for
    /// months, and after a restored backup they may be lower. `time` is the town's time by now.
    pub(super) fn age_of(&self, heartbeat: &Heartbeat, time: Option<UnixMillis>) -> Age {
        let Some(latest) = self.time.max(time) else { return Age::News };
        let is_late = self.time.is_some_and(|before| heartbeat.time <= before);
        let is_lower =
            (heartbeat.highest_sequence, heartbeat.highest_drill) < (self.actual, self.drill);
        if heartbeat.time.0.saturating_add(TOLERANCE_MS) < latest.0 || is_late && is_lower {
            Age::Old
        } else if is_late {
            Age::Repeat
        } else {
            Age::News
        }
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
