//! What an update changes.

use std::collections::BTreeSet;

use super::Order;

/// What differs between an order and the one that it replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Changes {
    /// The warning level.
    pub level: bool,
    /// The districts.
    pub areas: bool,
    /// Which places are open, closed or full.
    pub shelters: bool,
    /// The town's own words.
    pub reason: bool,
}

impl Changes {
    /// From the earlier order to the later one; the order of lists does not matter.
    pub fn between(earlier: &Order, later: &Order) -> Self {
        let areas = |order: &Order| order.areas.iter().cloned().collect::<BTreeSet<_>>();
        let shelters = |order: &Order| {
            let told = order.shelters.iter();
            told.map(|(id, state)| (id.clone(), format!("{state:?}"))).collect::<BTreeSet<_>>()
        };
        Self {
            level: earlier.level != later.level,
            areas: areas(earlier) != areas(later),
            shelters: shelters(earlier) != shelters(later),
            reason: earlier.reason != later.reason,
        }
    }

    /// As one number, for the store.
    pub(crate) fn bits(self) -> u64 {
        let flags = [self.level, self.areas, self.shelters, self.reason];
        flags.iter().rev().fold(0, |bits, flag| bits << 1 | u64::from(*flag))
    }

    /// Reads [`Self::bits`].
    pub(crate) fn from_bits(bits: u64) -> Option<Self> {
        let flag = |at: u32| bits >> at & 1 == 1;
        let changes = Self { level: flag(0), areas: flag(1), shelters: flag(2), reason: flag(3) };
        (bits < 16).then_some(changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        hazard::Level,
        shelter::ShelterState,
        testing::{area_id, order, shelter_id},
    };

    #[track_caller]
    fn check(change: impl FnOnce(&mut Order), expected: Changes) {
        let mut later = order(2);
        change(&mut later);
        assert_eq!(Changes::between(&order(1), &later), expected);
        assert_eq!(Changes::from_bits(expected.bits()), Some(expected));
    }

    #[test]
    fn what_differs_is_told_and_nothing_else() {
        let none = Changes::default();
        check(|_| {}, none);
        check(|order| order.level = Some(Level::Five), Changes { level: true, ..none });
        check(|order| order.areas.push(area_id("hill")), Changes { areas: true, ..none });
        let open = (shelter_id("near"), ShelterState::Open);
        check(|order| order.shelters.push(open), Changes { shelters: true, ..none });
        check(|order| order.reason = Some("川".into()), Changes { reason: true, ..none });
        assert_eq!(Changes::from_bits(16), None);
    }
}
