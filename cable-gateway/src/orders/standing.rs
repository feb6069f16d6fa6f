//! What already stands where an order would go. Televisions show the graver of two orders against
//! one hazard, and after its lift the other one: nobody sets a second one beside it unknowingly.

use std::collections::BTreeSet;

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
