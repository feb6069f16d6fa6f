//! Which orders boxes still believe: a key that is revoked takes everything with it that it signed.
//!
//! Boxes verify what they hold against every new manifest and drop what does not fit. The town must
//! see that; it issues such an order anew.

use crate::{
    store::{
        Sql, StoreError,
        order::{self, OrderRecord},
    },
    town_keys::TownKeys,
};

/// An order whose mark is not what boxes say of it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) order_id: String,
    pub(crate) disbelieved: bool,
}

/// Marks to be changed, among the orders in force.
pub(crate) fn missing_marks(
    sql: &mut dyn Sql,
    keys: &TownKeys,
    now_ms: i64,
) -> Result<Vec<Mark>, StoreError> {
    let orders = order::in_force(sql, now_ms)?;
    let marks = orders.iter().filter_map(|order| {
        let disbelieved = !is_believed(order, keys);
        let order_id = order.order_id.clone();
        (disbelieved != order.disbelieved).then_some(Mark { order_id, disbelieved })
    });
    Ok(marks.collect())
}

/// The orders in force that boxes believe with these keys: what a revocation of all of them ends.
pub(crate) fn believed(
    sql: &mut dyn Sql,
    keys: &TownKeys,
    now_ms: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let mut orders = order::in_force(sql, now_ms)?;
    orders.retain(|order| order.orders_something() && is_believed(order, keys));
    Ok(orders)
}

fn is_believed(order: &OrderRecord, keys: &TownKeys) -> bool {
    keys.opened_by_a_box(&order.signed).is_ok()
}
