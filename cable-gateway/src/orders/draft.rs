//! An order before it has a number.

use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    id::Issuer,
    order::{Act, Mode, Order, OrderId, UnixMillis},
    shelter::{ShelterId, ShelterState},
};

use crate::store::town::Town;

/// What an officer wants to say.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderDraft {
    /// Whether it is meant.
    pub mode: Mode,
    /// What it does.
    pub act: Act,
    /// Orders in force that it updates, lifts or cancels; at most 4, none for an issue.
    pub references: Vec<OrderId>,
    /// Orders in force against the same hazard, in the same areas, that the officer knows of and
    /// lets stand beside this one.
    pub beside: Vec<OrderId>,
    /// Against what.
    pub hazard: Hazard,
    /// Warning level; `None` exactly for tsunami.
    pub level: Option<Level>,
    /// Areas concerned; empty means the whole town. At most 40.
    pub areas: Vec<AreaId>,
    /// State of shelters; at most 24.
    pub shelters: Vec<(ShelterId, ShelterState)>,
    /// Why, in the town's words; at most 120 characters.
    pub reason: Option<String>,
    /// How long boxes keep it unless it is repeated or superseded, in milliseconds.
    pub valid_for_ms: i64,
}

/// What makes an order of a draft.
pub(crate) struct Stamp {
    pub(crate) id: OrderId,
    pub(crate) issuer: Issuer,
    pub(crate) sequence: u64,
    pub(crate) issued_at: UnixMillis,
    pub(crate) expires_at: UnixMillis,
}

impl OrderDraft {
    /// The order that boxes would get, in the words of this town's tables.
    pub(crate) fn stamped(&self, stamp: Stamp, town: &Town) -> Order {
        let Stamp { id, issuer, sequence, issued_at, expires_at } = stamp;
        Order {
            id,
            issuer,
            sequence,
            issued_at,
            expires_at,
            mode: self.mode,
            act: self.act,
            references: self.references.clone(),
            hazard: self.hazard,
            level: self.level,
            area_table: town.areas.version,
            areas: self.areas.clone(),
            shelter_table: town.shelters.version,
            shelters: self.shelters.clone(),
            reason: self.reason.clone().filter(|reason| !reason.trim().is_empty()),
        }
    }
}
