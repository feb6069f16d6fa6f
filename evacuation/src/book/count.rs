//! The highest numbers heard. Actual orders have a count of their own: a drill key, which lies on
//! more desks than the order key, cannot make the next actual order look old (invariant 3).

use std::collections::BTreeMap;

use super::Known;
use crate::{
    id::OrderId,
    order::{Mode, Order},
    trust::{Kid, Trust},
};

/// The highest number of each kind, and whose signature raised it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Counts {
    pub(super) actual: Count,
    pub(super) drill: Count,
}

/// One count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Count {
    pub(super) highest: u64,
    /// Key that raised it; none before the first order, and after a book of the older form.
    pub(super) by: Option<Kid>,
}

impl Counts {
    pub(super) fn of(&self, is_drill: bool) -> u64 {
        if is_drill { self.drill.highest } else { self.actual.highest }
    }

    pub(super) fn raise(&mut self, order: &Order, kid: Kid) {
        let count = if is_drill(order) { &mut self.drill } else { &mut self.actual };
        if order.sequence > count.highest {
            *count = Count { highest: order.sequence, by: Some(kid) };
        }
    }

    /// A revoked key must not go on silencing the town: what it raised falls back to what others
    /// signed.
    pub(super) fn forget_revoked(&mut self, trust: &Trust, known: &BTreeMap<OrderId, Known>) {
        for (is_drill, count) in [(false, &mut self.actual), (true, &mut self.drill)] {
            if !count.by.is_some_and(|kid| trust.revokes(kid)) {
                continue;
            }
            let believed = known.values().filter(|known| {
                known.is_drill == is_drill && known.kid.is_some_and(|kid| !trust.revokes(kid))
            });
            let highest = believed.max_by_key(|known| known.sequence);
            *count = highest.map_or_else(Count::default, |known| Count {
                highest: known.sequence,
                by: known.kid,
            });
        }
    }
}

/// Whether the order counts with the drills: everything that is not meant.
pub(super) fn is_drill(order: &Order) -> bool {
    order.mode != Mode::Actual
}
