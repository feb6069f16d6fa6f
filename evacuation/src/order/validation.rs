//! What an order must be before it is signed and after it is read.

use super::{Act, Order};
use crate::hazard::Hazard;

/// Why an order cannot be signed, shown or believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidOrder {
    /// Sequence numbers begin at 1.
    #[error("the sequence number is zero")]
    Sequence,
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
