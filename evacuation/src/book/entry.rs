//! What the book keeps of an order: in force, as a notice, as a word, or merely as heard before.

use super::{
    Refusal,
    count::is_drill,
    lifetime::{Lifetime, Now},
};
use crate::{
    hazard::{Hazard, Level},
    id::Issuer,
    order::{Act, Changes, Mode, Order, UnixMillis},
    signing::{SIGNATURE_LEN, open_order},
    trust::{Kid, Trust},
};

/// What an order concerns, next to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) drill: bool,
    pub(super) hazard: Hazard,
}

/// An order with the bytes it came in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Signed {
    pub(super) order: Order,
    pub(super) bytes: Vec<u8>,
}

/// One order in force or one notice.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub(super) signed: Signed,
    pub(super) standing: Standing,
    pub(super) lifetime: Lifetime,
    pub(super) received_at: UnixMillis,
    /// What it changed of the order that it replaced here.
    pub(super) changes: Option<Changes>,
}

/// An order heard before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Known {
    pub(super) sequence: u64,
    pub(super) is_drill: bool,
    pub(super) signature: [u8; SIGNATURE_LEN],
    /// Key that signed it; none in a book of the older form.
    pub(super) kid: Option<Kid>,
    pub(super) fate: Fate,
}

/// What became of an order heard before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Applied; nothing more to do.
    Applied,
    /// Not for this home.
    OtherArea,
    /// Too late by this box's clock.
    Expired,
}

/// Whether an entry orders something or says that it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// In force.
    InForce,
    /// A lift or a cancellation of what was in force here, until it is acknowledged.
    Notice,
}

/// One order or notice for the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Active<'a> {
    /// The order; for a notice the lift or the cancellation.
    pub order: &'a Order,
    /// Which of the two it is.
    pub standing: Standing,
    /// When it came, by this box's clock of that time.
    pub received_at: UnixMillis,
    /// What it changed of the order that it replaced here; none when it replaced nothing.
    pub changes: Option<Changes>,
}

impl Subject {
    pub(super) fn of(order: &Order) -> Self {
        Self { drill: is_drill(order), hazard: order.hazard }
    }
}

impl Entry {
    pub(super) fn subject(&self) -> Subject {
        Subject::of(&self.signed.order)
    }

    pub(super) fn place(&self) -> (Subject, u64) {
        (self.subject(), self.signed.order.sequence)
    }

    pub(super) fn is_notice(&self) -> bool {
        self.standing == Standing::Notice
    }

    pub(super) fn has_ended(&self, now: Now, time: Option<UnixMillis>) -> bool {
        self.lifetime.ends_at(time, now) <= now.monotonic_ms
    }

    /// Greater is more urgent: the graver one, then of orders the newest, of notices the oldest, which
    /// somebody may be reading.
    pub(super) fn urgency(&self) -> (bool, bool, u8, u64) {
        let order = &self.signed.order;
        let rank =
            if order.hazard == Hazard::Tsunami { 6 } else { order.level.map_or(0, Level::number) };
        let is_notice = self.is_notice();
        let turn = if is_notice { u64::MAX - order.sequence } else { order.sequence };
        (order.mode == Mode::Actual, !is_notice, rank, turn)
    }

    /// Greater is shown of those on one subject: of notices the latest, whatever level it ends.
    pub(super) fn precedence(&self) -> (bool, u8, u64) {
        let (_, in_force, rank, _) = self.urgency();
        (in_force, if in_force { rank } else { 0 }, self.signed.order.sequence)
    }

    pub(super) fn shown(&self) -> Active<'_> {
        let Self { signed, standing, received_at, changes, .. } = self;
        let (standing, received_at, changes) = (*standing, *received_at, *changes);
        Active { order: &signed.order, standing, received_at, changes }
    }
}

impl Fate {
    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::Applied => Refusal::Duplicate,
            Self::OtherArea => Refusal::OtherArea,
            Self::Expired => Refusal::Expired,
        }
    }
}

impl Signed {
    pub(super) fn verify(&self, trust: &Trust, issuer: &Issuer) -> Result<(), Refusal> {
        let order = open_order(&self.bytes, trust)?.order;
        if order.issuer == *issuer { Ok(()) } else { Err(Refusal::OtherIssuer) }
    }

    pub(super) fn ends_something(&self) -> bool {
        matches!(self.order.act, Act::Lift | Act::Cancel)
    }
}
