//! From a draft to an order with a number: everything that can be checked before it is signed.

use evacuation::{
    hazard::{Hazard, Level},
    heartbeat::Heartbeat,
    id::Issuer,
    order::{Act, Order, OrderId, UnixMillis},
};

use super::{OrderDraft, OrderError, draft::Stamp, standing::unknown_rivals};
use crate::store::{
    Sql,
    order::{
        self, OrderRecord,
        code::{act_code, mode_code},
    },
    town::{self, Town},
};

/// An order ready to be signed, with what it refers to.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) order: Order,
    pub(super) referenced: Vec<OrderRecord>,
    pub(super) town: Town,
}

impl Prepared {
    pub(super) fn referenced_levels(&self) -> Vec<Option<Level>> {
        let level = |number: u32| u8::try_from(number).ok().and_then(Level::from_number);
        self.referenced.iter().map(|order| order.level.and_then(level)).collect()
    }
}

pub(super) fn prepare(
    sql: &mut dyn Sql,
    issuer: &Issuer,
    draft: &OrderDraft,
    id: OrderId,
    now_ms: i64,
) -> Result<Prepared, OrderError> {
    let town = town::load(sql)?.ok_or(OrderError::NoTown)?;
    if town.municipality_code != issuer.as_str() {
        let (found, expected) = (town.municipality_code, issuer.to_string());
        return Err(OrderError::OtherTown { found, expected });
    }
    check_names(draft, &town)?;
    check_level(draft)?;
    let standing = order::in_force(sql, now_ms)?;
    let referenced = references(draft, &standing)?;
    let is_named = |order: &&OrderRecord| order.orders_something() && !order.disbelieved;
    let ordering = standing.iter().filter(is_named).count();
    if draft.act == Act::Issue && ordering >= Heartbeat::MAX_ACTIVE {
        return Err(OrderError::TooManyInForce);
    }
    if let Some(rival) = unknown_rivals(sql, draft, &town.areas, now_ms)?.first() {
        return Err(OrderError::StandsAlready(rival.order_id.clone()));
    }
    let stamp = Stamp {
        id,
        issuer: issuer.clone(),
        sequence: next_sequence(order::highest_sequence(sql)?, now_ms),
        issued_at: UnixMillis(now_ms),
        expires_at: UnixMillis(expires_at(draft, &referenced, now_ms)),
    };
    let order = draft.stamped(stamp, &town);
    Ok(Prepared { order, referenced, town })
}

/// One more than the last number, and never less than the seconds of the clock: after a backup was
/// restored, numbers that boxes heard before are not given to other orders.
fn next_sequence(highest: u64, now_ms: i64) -> u64 {
    let seconds = u64::try_from(now_ms).unwrap_or(0) / 1_000;
    highest.saturating_add(1).max(seconds)
}

/// What exists against a hazard is issued against it; whatever stands can be ended.
fn check_level(draft: &OrderDraft) -> Result<(), OrderError> {
    let issues = matches!(draft.act, Act::Issue | Act::Update);
    match draft.level {
        Some(level) if issues && !draft.hazard.orders().contains(&level) => {
            let (hazard, level) = (draft.hazard.code(), level.number());
            Err(OrderError::NotIssuedAgainst { hazard, level })
        }
        _ => Ok(()),
    }
}

fn check_names(draft: &OrderDraft, town: &Town) -> Result<(), OrderError> {
    let area = draft.areas.iter().find(|id| !town.areas.areas.contains_key(id));
    if let Some(id) = area {
        return Err(OrderError::UnknownArea(id.to_string()));
    }
    let mut shelters = draft.shelters.iter().map(|(id, _)| id);
    match shelters.find(|id| !town.shelters.shelters.contains_key(id)) {
        Some(id) => Err(OrderError::UnknownShelter(id.to_string())),
        None => Ok(()),
    }
}

/// The orders in force that the draft names, of its hazard and mode: a drill cannot lift what is
/// meant, and what is meant cannot hang on a drill.
fn references(
    draft: &OrderDraft,
    standing: &[OrderRecord],
) -> Result<Vec<OrderRecord>, OrderError> {
    let find = |id: &OrderId| {
        let name = id.to_string();
        let fits = |order: &&OrderRecord| {
            order.order_id == name
                && order.orders_something()
                && order.hazard == Hazard::code(draft.hazard)
                && order.mode == mode_code(draft.mode)
        };
        standing.iter().find(fits).cloned().ok_or(OrderError::UnknownReference(name.clone()))
    };
    draft.references.iter().map(find).collect()
}

/// A lift must live as long as anything it ends, or a box that comes back late never hears of it.
fn expires_at(draft: &OrderDraft, referenced: &[OrderRecord], now_ms: i64) -> i64 {
    let own = now_ms.saturating_add(draft.valid_for_ms);
    let ends = ["lift", "cancel"].contains(&act_code(draft.act));
    let longest = referenced.iter().map(|order| order.expires_at_ms).max();
    longest.filter(|_| ends).map_or(own, |longest| own.max(longest))
}
