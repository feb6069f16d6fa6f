//! What an order must be before it is signed and after it is read.

use super::{Act, Order};
use crate::hazard::Hazard;

/// Why an order cannot be signed, shown or believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOrder {
    /// Sequence numbers begin at 1.
    #[error("the sequence number is zero")]
    Sequence,
    /// A number far beyond the seconds of the issue: taken for true, it would outrank every order
    /// of years to come.
    #[error("the sequence number is too far ahead of the time of issue")]
    SequenceAhead,
    /// It ends before it begins, or at a time no clock shows.
    #[error("the order expires before it is issued, or its times are out of range")]
    Times,
    /// A tsunami order has no level, every other one has.
    #[error("a tsunami order carries no level, every other order carries one")]
    Level,
    /// An update, a lift or a cancellation must say of what.
    #[error("an update, a lift or a cancellation names the order it concerns")]
    NoReference,
    /// A first issue concerns no earlier order.
    #[error("a first issue refers to no earlier order")]
    ReferenceInIssue,
    /// Too many references, one twice, or the order itself.
    #[error("there are too many references, one is there twice, or it is the order itself")]
    References,
    /// Too many areas, or one twice.
    #[error("there are too many areas, or one is there twice")]
    Areas,
    /// Too many shelters, or one twice.
    #[error("there are too many shelters, or one is there twice")]
    Shelters,
    /// The reason is too long, blank, or holds a control character.
    #[error("the reason is blank, longer than 120 characters, or holds a control character")]
    Reason,
}

impl Order {
    /// Latest time taken for meant: the end of the year 9999.
    const LAST_TIME: i64 = 253_402_300_799_999;

    /// Checks every limit named on the type.
    pub fn validate(&self) -> Result<(), InvalidOrder> {
        if self.sequence == 0 {
            return Err(InvalidOrder::Sequence);
        }
        let (issued, expires) = (self.issued_at.0, self.expires_at.0);
        if issued < 0 || expires <= issued || expires > Self::LAST_TIME {
            return Err(InvalidOrder::Times);
        }
        if self.sequence > (issued.unsigned_abs() / 1_000).saturating_add(Self::MAX_AHEAD_S) {
            return Err(InvalidOrder::SequenceAhead);
        }
        if self.level.is_none() != (self.hazard == Hazard::Tsunami) {
            return Err(InvalidOrder::Level);
        }
        self.validate_references()?;
        self.validate_lists()?;
        self.validate_reason()
    }

    fn validate_references(&self) -> Result<(), InvalidOrder> {
        match (self.act, self.references.is_empty()) {
            (Act::Issue, false) => return Err(InvalidOrder::ReferenceInIssue),
            (Act::Update | Act::Lift | Act::Cancel, true) => return Err(InvalidOrder::NoReference),
            _ => {}
        }
        let listed = is_set(self.references.iter(), Self::MAX_REFERENCES);
        if listed && !self.references.contains(&self.id) {
            Ok(())
        } else {
            Err(InvalidOrder::References)
        }
    }

    fn validate_lists(&self) -> Result<(), InvalidOrder> {
        if !is_set(self.areas.iter(), Self::MAX_AREAS) {
            return Err(InvalidOrder::Areas);
        }
        if !is_set(self.shelters.iter().map(|(id, _)| id), Self::MAX_SHELTERS) {
            return Err(InvalidOrder::Shelters);
        }
        Ok(())
    }

    fn validate_reason(&self) -> Result<(), InvalidOrder> {
        let Some(reason) = &self.reason else { return Ok(()) };
        let fits =
            reason.chars().take(Self::MAX_REASON_CHARS + 1).count() <= Self::MAX_REASON_CHARS;
        if fits && !reason.trim().is_empty() && !reason.chars().any(is_unprintable) {
            Ok(())
        } else {
            Err(InvalidOrder::Reason)
        }
    }
}

/// Control characters, and the marks that turn the direction of text: they could make a screen
/// show other words than those signed.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether there are at most `max` items and none twice.
fn is_set<T: Ord>(items: impl Iterator<Item = T>, max: usize) -> bool {
    let mut items: Vec<T> = items.take(max + 1).collect();
    let count = items.len();
    items.sort_unstable();
    items.dedup();
    count <= max && items.len() == count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        order::UnixMillis,
        shelter::ShelterState,
        testing::{act, area_id, order, order_id, shelter_id, tsunami},
    };

    #[track_caller]
    fn check_validity(change: impl FnOnce(&mut Order), expected: Result<(), InvalidOrder>) {
        let mut order = act(9, Act::Update, 5);
        change(&mut order);
        assert_eq!(order.validate(), expected);
    }

    #[track_caller]
    fn check_reason(reason: &str, valid: bool) {
        let expected = if valid { Ok(()) } else { Err(InvalidOrder::Reason) };
        check_validity(|order| order.reason = Some(reason.into()), expected);
    }

    #[test]
    fn times_and_numbers_are_in_order() {
        check_validity(|_| {}, Ok(()));
        check_validity(|order| order.sequence = 0, Err(InvalidOrder::Sequence));
        let highest = order(1).issued_at.0.unsigned_abs() / 1_000 + Order::MAX_AHEAD_S;
        check_validity(|order| order.sequence = highest, Ok(()));
        check_validity(|order| order.sequence = highest + 1, Err(InvalidOrder::SequenceAhead));
        check_validity(|order| order.sequence = u64::MAX, Err(InvalidOrder::SequenceAhead));
        check_validity(|order| order.expires_at = order.issued_at, Err(InvalidOrder::Times));
        check_validity(|order| order.issued_at = UnixMillis(-1), Err(InvalidOrder::Times));
        check_validity(|order| order.expires_at = UnixMillis(i64::MAX), Err(InvalidOrder::Times));
    }

    #[test]
    fn a_tsunami_has_no_level_and_everything_else_has() {
        assert_eq!(tsunami(1).validate(), Ok(()));
        check_validity(|order| order.level = None, Err(InvalidOrder::Level));
        check_validity(|order| order.hazard = Hazard::Tsunami, Err(InvalidOrder::Level));
    }

    #[test]
    fn what_follows_names_what_it_follows() {
        check_validity(|order| order.references.clear(), Err(InvalidOrder::NoReference));
        check_validity(|order| order.act = Act::Issue, Err(InvalidOrder::ReferenceInIssue));
        check_validity(|order| order.references = vec![order.id], Err(InvalidOrder::References));
        let twice = vec![order_id(1), order_id(1)];
        check_validity(|order| order.references = twice, Err(InvalidOrder::References));
        let many = (1..=5).map(order_id).collect();
        check_validity(|order| order.references = many, Err(InvalidOrder::References));
        assert_eq!(order(1).validate(), Ok(()));
    }

    #[test]
    fn lists_are_short_and_hold_nothing_twice() {
        check_validity(|order| order.areas.clear(), Ok(()));
        let twice = vec![area_id("A1"), area_id("A1")];
        check_validity(|order| order.areas = twice, Err(InvalidOrder::Areas));
        let both = [ShelterState::Open, ShelterState::Closed].map(|state| (shelter_id("S"), state));
        check_validity(|order| order.shelters = both.to_vec(), Err(InvalidOrder::Shelters));
    }

    #[test]
    fn a_reason_is_short_plain_text() {
        check_reason("日和佐川があふれるおそれがあります。", true);
        check_reason(&"水".repeat(120), true);
        check_reason(&"𠮷".repeat(121), false);
        check_reason("", false);
        check_reason("　", false);
        check_reason("一行目\n二行目", false);
        check_reason("\u{1b}[31m", false);
        check_reason("\u{85}", false);
        check_reason("右から\u{202e}左へ", false);
    }
}
