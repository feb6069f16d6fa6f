//! What already stands where an order would go. Televisions show the graver of two orders against
//! one hazard, and after its lift the other one: nobody sets a second one beside it unknowingly.

use std::collections::{BTreeMap, BTreeSet};

use evacuation::{
    area::{AreaId, AreaTable},
    order::{Act, Mode, OrderId},
};

use super::{OrderDraft, coverage};
use crate::store::{
    Sql, StoreError,
    order::{self, OrderRecord, code::mode_code},
};

/// Orders in force beside which this draft would stand: of its hazard, mode and some of its areas.
pub(crate) fn rivals(
    sql: &mut dyn Sql,
    draft: &OrderDraft,
    table: &AreaTable,
    now_ms: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    if !matches!(draft.act, Act::Issue | Act::Update) {
        return Ok(Vec::new());
    }
    let mut found = in_the_same_areas(sql, draft, table, now_ms)?;
    found.retain(|order| order.hazard == draft.hazard.code());
    Ok(found)
}

/// Rivals of which the draft does not say that they stay.
pub(crate) fn unknown_rivals(
    sql: &mut dyn Sql,
    draft: &OrderDraft,
    table: &AreaTable,
    now_ms: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let mut found = rivals(sql, draft, table, now_ms)?;
    found.retain(|order| !is_named(&draft.beside, order));
    Ok(found)
}

/// Orders against any hazard that televisions go on showing in some of the draft's areas, by number.
pub(crate) fn in_the_same_areas(
    sql: &mut dyn Sql,
    draft: &OrderDraft,
    table: &AreaTable,
    now_ms: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let named: Vec<_> = draft.areas.iter().map(ToString::to_string).collect();
    let concerned = coverage::concerned(&named, table);
    let mut found = Vec::new();
    for order in order::in_force(sql, now_ms)? {
        let counts = is_shown(&order, draft.mode) && !is_named(&draft.references, &order);
        if counts && !held_areas(sql, &order, table)?.is_disjoint(&concerned) {
            found.push(order);
        }
    }
    Ok(found)
}

/// Where an actual order holds: televisions there keep drills away.
pub(crate) fn where_meant(
    sql: &mut dyn Sql,
    table: &AreaTable,
    now_ms: i64,
) -> Result<BTreeSet<AreaId>, StoreError> {
    let mut areas = BTreeSet::new();
    for order in order::in_force(sql, now_ms)? {
        if is_shown(&order, Mode::Actual) {
            areas.extend(held_areas(sql, &order, table)?);
        }
    }
    Ok(areas)
}

/// When another order of the same kind last changed something where this one stands, or came to its
/// end there: televisions ask again when their advice turns with it.
pub(crate) fn changed_beside(
    sql: &mut dyn Sql,
    order: &OrderRecord,
    table: &AreaTable,
    now_ms: i64,
) -> Result<BTreeMap<AreaId, i64>, StoreError> {
    let is_beside = |other: &OrderRecord| {
        let is_own = other.reference_ids.contains(&order.order_id);
        other.mode == order.mode && !other.disbelieved && !is_own
    };
    let mut later = order::issued_after(sql, order.issued_at_ms)?;
    later.retain(is_beside);
    let mut over = order::over_since(sql, order.issued_at_ms, now_ms)?;
    over.retain(|other| other.orders_something() && is_beside(other));
    let mut changed = BTreeMap::new();
    for other in later {
        let areas = coverage::concerned(&other.area_ids, table);
        note_change(&mut changed, areas, other.issued_at_ms);
    }
    for other in over {
        note_change(&mut changed, held_areas(sql, &other, table)?, other.expires_at_ms);
    }
    Ok(changed)
}

/// The last change of each area counts.
fn note_change(changed: &mut BTreeMap<AreaId, i64>, areas: BTreeSet<AreaId>, at_ms: i64) {
    for area in areas {
        let last_ms = changed.entry(area).or_insert(at_ms);
        *last_ms = at_ms.max(*last_ms);
    }
}

/// Whether televisions show an order in force as one of this kind.
fn is_shown(order: &OrderRecord, mode: Mode) -> bool {
    order.orders_something() && !order.disbelieved && order.mode == mode_code(mode)
}

/// Where an order still holds: not where a later one took over.
fn held_areas(
    sql: &mut dyn Sql,
    order: &OrderRecord,
    table: &AreaTable,
) -> Result<BTreeSet<AreaId>, StoreError> {
    let mut held = coverage::concerned(&order.area_ids, table);
    for later in order::areas_of_references_to(sql, &order.order_id)? {
        for area in coverage::concerned(&later, table) {
            held.remove(&area);
        }
    }
    Ok(held)
}

fn is_named(ids: &[OrderId], order: &OrderRecord) -> bool {
    ids.iter().any(|id| id.to_string() == order.order_id)
}
