//! An order: small, signed, without personal data (invariants 2 and 3).

mod changes;
mod validation;

pub use crate::id::{Issuer, OrderId};
pub use changes::Changes;
pub use validation::InvalidOrder;

use crate::{
    area::AreaId,
    hazard::{Hazard, Level},
    shelter::{ShelterId, ShelterState},
};

/// Unix milliseconds, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixMillis(pub i64);

/// Whether it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// It is meant.
    Actual,
    /// A drill; shown as one everywhere.
    Drill,
    /// A technical test; never shown to residents.
    Test,
}

/// What the order does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Act {
    /// 発令
    Issue,
    /// Replaces an earlier order for the same hazard.
    Update,
    /// 解除: the danger is over (災害対策基本法 60-5).
    Lift,
    /// 取消: it was wrong.
    Cancel,
}

/// One order as the town signs it. At most 1,150 bytes with its signature.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Id.
    pub id: OrderId,
    /// Town.
    pub issuer: Issuer,
    /// Strictly rising for each issuer. Actual orders are compared with actual ones only, drills and
    /// tests with each other: no drill key ever makes an actual order look old. At most
    /// [`Self::MAX_AHEAD_S`] beyond the seconds of the issue.
    pub sequence: u64,
    /// When the town issued it.
    pub issued_at: UnixMillis,
    /// When boxes forget it unless it is repeated.
    pub expires_at: UnixMillis,
    /// Whether it is meant.
    pub mode: Mode,
    /// What it does.
    pub act: Act,
    /// Orders that this one updates, lifts or cancels; at most 4.
    pub references: Vec<OrderId>,
    /// Against what.
    pub hazard: Hazard,
    /// Warning level; `None` exactly for tsunami.
    pub level: Option<Level>,
    /// Area-table version the ids refer to.
    pub area_table: u32,
    /// Areas concerned; empty means the whole town. At most 40.
    pub areas: Vec<AreaId>,
    /// Shelter-table version the ids refer to.
    pub shelter_table: u32,
    /// State of shelters; one that is not named is not known to be open. At most 24.
    pub shelters: Vec<(ShelterId, ShelterState)>,
    /// Why, in the town's words; at most 120 characters.
    pub reason: Option<String>,
}

impl Order {
    /// Largest signed order in bytes: one datagram below any link's limit.
    pub const MAX_SIGNED_LEN: usize = 1_150;
    /// How far a number may be ahead of the issue, in seconds: 400 days. One signed number, however
    /// high it could be written, must not silence the town for ever; and a gateway whose clock once
    /// ran ahead must be able to go on counting, which the life of a key (395 days) bounds.
    pub const MAX_AHEAD_S: u64 = 400 * 24 * 60 * 60;
    /// Most references.
    pub const MAX_REFERENCES: usize = 4;
    /// Most areas.
    pub const MAX_AREAS: usize = 40;
    /// Most shelters.
    pub const MAX_SHELTERS: usize = 24;
    /// Longest reason in characters.
    pub const MAX_REASON_CHARS: usize = 120;

    /// Whether it orders something, in contrast to ending an earlier order.
    pub fn is_in_force(&self) -> bool {
        matches!(self.act, Act::Issue | Act::Update)
    }
}
