//! Calls for help from homes. A call outlives the order under which it came: an update asks again,
//! and whoever needs help still does, until the home takes the call back or staff has dealt with it.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Sql, StoreError,
    order::{self, OrderEvent},
};
use crate::{
    audit::{self, Viewer},
    values,
};

/// Most orders in one chain of updates that are followed.
const CHAIN_MAX: usize = 256;

/// How a home's calls stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Nobody has dealt with it; since when, Unix milliseconds.
    Open(i64),
    /// Staff dealt with it; when, Unix milliseconds.
    DealtWith(i64),
}

/// What staff says about a home's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Somebody went there, or the call was settled otherwise.
    DealtWith,
    /// That was a mistake: help is still needed.
    Reopened,
}

/// The home calls for help.
pub(crate) fn open(
    sql: &mut dyn Sql,
    order_id: &str,
    household_id: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO help_call (order_id, household_id, called_at_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (order_id, household_id) DO UPDATE SET called_at_ms = $3, \
         closed_at_ms = NULL, closed_by = NULL",
        values![order_id, household_id, at_ms],
    )?;
    Ok(())
}

/// The home takes its calls back by another answer, also those under the orders that this one
/// replaced.
pub(crate) fn take_back(
    sql: &mut dyn Sql,
    order_id: &str,
    household_id: &str,
    at_ms: i64,
) -> Result<(), StoreError> {
    for order_id in chain(sql, order_id)? {
        let query = "UPDATE help_call SET closed_at_ms = $3, closed_by = NULL \
                     WHERE order_id = $1 AND household_id = $2";
        sql.execute(query, values![order_id, household_id, at_ms])?;
    }
    Ok(())
}

/// Calls that concern an order, by home; those taken back are left out.
pub(crate) fn of_order(
    sql: &mut dyn Sql,
    order_id: &str,
) -> Result<BTreeMap<String, Call>, StoreError> {
    let mut calls = BTreeMap::new();
    for order_id in chain(sql, order_id)? {
        let query = "SELECT household_id, called_at_ms, closed_at_ms, closed_by FROM help_call \
                     WHERE order_id = $1 AND (closed_at_ms IS NULL OR closed_by IS NOT NULL)";
        for row in sql.all(query, values![order_id])? {
            let call = match row.get::<Option<i64>>("closed_at_ms")? {
                None => Call::Open(row.get("called_at_ms")?),
                Some(at_ms) => Call::DealtWith(at_ms),
            };
            let standing = calls.entry(row.get::<String>("household_id")?).or_insert(call);
            if matches!(call, Call::Open(_)) {
                *standing = call;
            }
        }
    }
    Ok(calls)
}

/// Staff settles or reopens the calls of a home that concern an order; answers whether there were
/// any. Written into the audit log, with the persons of the home, and into the order's log.
pub fn settle(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    order_id: &str,
    household_id: &str,
    word: Word,
) -> Result<bool, StoreError> {
    let (query, action) = match word {
        Word::DealtWith => (
            "UPDATE help_call SET closed_at_ms = $3, closed_by = $4 \
             WHERE order_id = $1 AND household_id = $2 AND closed_at_ms IS NULL",
            "help-dealt-with",
        ),
        Word::Reopened => (
            "UPDATE help_call SET closed_at_ms = NULL, closed_by = NULL \
             WHERE order_id = $1 AND household_id = $2 AND closed_by IS NOT NULL \
             AND closed_at_ms <= $3 AND $4 <> ''",
            "help-reopened",
        ),
    };
    let mut changed = 0;
    for order_id in chain(sql, order_id)? {
        changed += sql.execute(query, values![order_id, household_id, now_ms, &viewer.actor])?;
    }
    if changed == 0 {
        return Ok(false);
    }
    let residents = "SELECT person_id FROM household_resident WHERE household_id = $1";
    let persons = sql.all(residents, values![household_id])?;
    let persons: Vec<String> =
        persons.iter().map(|row| row.get("person_id")).collect::<Result<_, _>>()?;
    audit::act(sql, viewer, now_ms, action, &persons)?;
    let event = OrderEvent {
        at_ms: now_ms,
        kind: action.to_owned(),
        household_id: Some(household_id.to_owned()),
        actor: Some(viewer.actor.clone()),
        detail: None,
    };
    order::log(sql, order_id, &event)?;
    Ok(true)
}

/// The order and everything it replaced, directly or through others.
fn chain(sql: &mut dyn Sql, order_id: &str) -> Result<Vec<String>, StoreError> {
    let mut seen = BTreeSet::from([order_id.to_owned()]);
    let mut chain = vec![order_id.to_owned()];
    let mut at = 0;
    while at < chain.len() && chain.len() < CHAIN_MAX {
        let query = "SELECT refers_to FROM order_reference WHERE order_id = $1";
        for row in sql.all(query, values![&chain[at]])? {
            let earlier: String = row.get("refers_to")?;
            if seen.insert(earlier.clone()) {
                chain.push(earlier);
            }
        }
        at += 1;
    }
    Ok(chain)
}
