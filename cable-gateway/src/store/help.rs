//! Calls for help from homes. A call outlives the order under which it came: an update asks again,
//! and whoever needs help still does, until the home takes the call back or staff has dealt with it.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{
    Row, Sql, StoreError,
    board::{self, HomeResident},
    order::{self, OrderEvent, OrderRecord},
};
use crate::{
    audit::{self, Object, Viewer},
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

/// Who says something about a home's calls, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Said<'a> {
    /// Id of the report that says it.
    pub(crate) report_id: &'a str,
    pub(crate) order_id: &'a str,
    pub(crate) household_id: &'a str,
    /// The box of the home.
    pub(crate) device_id: &'a str,
    pub(crate) at_ms: i64,
}

/// Calls that a box is told to be dealt with, at most; it remembers fewer orders.
const TOLD_MAX: i64 = 64;

/// The home calls for help.
pub(crate) fn open(sql: &mut dyn Sql, said: &Said<'_>) -> Result<(), StoreError> {
    let settled = "SELECT order_id FROM help_call \
                   WHERE order_id = $1 AND household_id = $2 AND closed_by IS NOT NULL";
    if sql.optional(settled, values![said.order_id, said.household_id])?.is_some() {
        tell_boxes(sql, said.household_id)?;
    }
    sql.execute(
        "INSERT INTO help_call (order_id, household_id, device_id, called_at_ms) \
         VALUES ($1, $2, $3, $4) \
         ON CONFLICT (order_id, household_id) DO UPDATE SET device_id = $3, called_at_ms = $4, \
         closed_at_ms = NULL, closed_by = NULL",
        values![said.order_id, said.household_id, said.device_id, said.at_ms],
    )?;
    note(sql, said)
}

/// A call of the home under this order, also one that another box of the home made later: the box
/// that made it shall hear what became of it.
pub(crate) fn note(sql: &mut dyn Sql, said: &Said<'_>) -> Result<(), StoreError> {
    let insert = "INSERT INTO help_call_report (report_id, order_id, household_id) \
                  VALUES ($1, $2, $3) ON CONFLICT (report_id) DO NOTHING";
    sql.execute(insert, values![said.report_id, said.order_id, said.household_id]).map(drop)
}

/// Reports that called for help at this home and that staff has dealt with: its boxes show so.
pub(crate) fn dealt_with_reports(
    sql: &mut dyn Sql,
    household_id: &str,
) -> Result<Vec<Uuid>, StoreError> {
    let rows = sql.all(
        "SELECT r.report_id FROM help_call_report r JOIN help_call c \
         ON c.order_id = r.order_id AND c.household_id = r.household_id \
         WHERE r.household_id = $1 AND c.closed_by IS NOT NULL \
         ORDER BY c.closed_at_ms DESC, r.report_id LIMIT $2",
        values![household_id, TOLD_MAX],
    )?;
    let id = |row: &Row| {
        let text: String = row.get("report_id")?;
        text.parse::<Uuid>().map_err(|_| StoreError::Column { column: "report_id" })
    };
    rows.iter().map(id).collect()
}

/// The boxes of a home shall ask what became of its calls.
fn tell_boxes(sql: &mut dyn Sql, household_id: &str) -> Result<(), StoreError> {
    let query = "UPDATE household SET version = version + 1 WHERE household_id = $1";
    sql.execute(query, values![household_id]).map(drop)
}

/// The home takes its calls back by another answer, also those under earlier orders that stand on
/// the board of this one. The answers of one box come in the order in which they were given; a call
/// from another box of the home gives way to what happened later only, since it may come from a
/// person in another room.
pub(crate) fn take_back(sql: &mut dyn Sql, said: &Said<'_>) -> Result<(), StoreError> {
    for order_id in concerned(sql, said.order_id)? {
        let query = "UPDATE help_call SET closed_at_ms = $4, closed_by = NULL \
                     WHERE order_id = $1 AND household_id = $2 AND closed_at_ms IS NULL \
                     AND (device_id = $3 OR called_at_ms < $4)";
        sql.execute(query, values![order_id, said.household_id, said.device_id, said.at_ms])?;
    }
    Ok(())
}

/// Calls that concern an order, by home; those taken back are left out.
pub(crate) fn of_order(
    sql: &mut dyn Sql,
    order_id: &str,
) -> Result<BTreeMap<String, Call>, StoreError> {
    let mut calls = BTreeMap::new();
    let replaced = chain(sql, order_id)?;
    for order_id in concerned(sql, order_id)? {
        let is_replaced = replaced.contains(&order_id);
        let query = "SELECT household_id, called_at_ms, closed_at_ms, closed_by FROM help_call \
                     WHERE order_id = $1 AND (closed_at_ms IS NULL OR closed_by IS NOT NULL)";
        for row in sql.all(query, values![order_id])? {
            let call = match row.get::<Option<i64>>("closed_at_ms")? {
                None => Call::Open(row.get("called_at_ms")?),
                Some(at_ms) if is_replaced => Call::DealtWith(at_ms),
                // Settled under an order that has ended: this one asks that home anew.
                Some(_) => continue,
            };
            let standing = calls.entry(row.get::<String>("household_id")?).or_insert(call);
            if matches!(call, Call::Open(_)) {
                *standing = call;
            }
        }
    }
    Ok(calls)
}

/// A home whose call nobody has dealt with, whatever became of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingCall {
    /// The newest order under which the home called.
    pub order_id: String,
    /// Since when, Unix milliseconds.
    pub called_at_ms: i64,
    /// Random id of the household.
    pub household_id: String,
    /// Area of the home.
    pub area_name: String,
    /// Who lives there.
    pub residents: Vec<HomeResident>,
}

/// Every home whose call nobody has dealt with, the longest waiting first: at most `limit`, and how
/// many there are. Somebody opened the page that shows them: that is a look at these persons.
pub fn standing(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    limit: usize,
) -> Result<(usize, Vec<StandingCall>), StoreError> {
    let mut calls = open_calls(sql)?;
    let all = calls.len();
    calls.truncate(limit);
    for call in &mut calls {
        call.residents = board::residents(sql, &call.household_id)?;
    }
    let residents = calls.iter().flat_map(|call| &call.residents);
    let persons: Vec<String> = residents.map(|resident| resident.person_id.clone()).collect();
    if !persons.is_empty() {
        audit::view(sql, viewer, now_ms, Object::EvacuationBoard, &persons)?;
    }
    Ok((all, calls))
}

/// One for each home, without residents.
fn open_calls(sql: &mut dyn Sql) -> Result<Vec<StandingCall>, StoreError> {
    let rows = sql.all(
        "SELECT c.order_id, c.called_at_ms, c.household_id, a.name AS area_name \
         FROM help_call c JOIN household h ON h.household_id = c.household_id \
         JOIN area a ON a.area_id = h.area_id \
         LEFT JOIN town_order t ON t.order_id = c.order_id \
         WHERE c.closed_at_ms IS NULL ORDER BY c.household_id, t.sequence",
        &[],
    )?;
    let mut calls: Vec<StandingCall> = Vec::new();
    for row in rows {
        let household_id: String = row.get("household_id")?;
        let (order_id, called_at_ms) = (row.get("order_id")?, row.get("called_at_ms")?);
        match calls.last_mut().filter(|call| call.household_id == household_id) {
            Some(call) => {
                call.order_id = order_id;
                call.called_at_ms = call.called_at_ms.min(called_at_ms);
            }
            None => calls.push(StandingCall {
                order_id,
                called_at_ms,
                household_id,
                area_name: row.get("area_name")?,
                residents: Vec::new(),
            }),
        }
    }
    calls.sort_by_key(|call| call.called_at_ms);
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
    let mut changed = 0;
    for order_id in concerned(sql, order_id)? {
        let call = values![order_id, household_id, now_ms, &viewer.actor];
        changed += match word {
            Word::DealtWith => sql.execute(DEAL_WITH, call)?,
            Word::Reopened => sql.execute(REOPEN, &call[..2])?,
        };
    }
    let action = match word {
        Word::DealtWith => "help-dealt-with",
        Word::Reopened => "help-reopened",
    };
    if changed == 0 {
        return Ok(false);
    }
    tell_boxes(sql, household_id)?;
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

const DEAL_WITH: &str = "\
    UPDATE help_call SET closed_at_ms = $3, closed_by = $4 \
    WHERE order_id = $1 AND household_id = $2 AND closed_at_ms IS NULL";
const REOPEN: &str = "\
    UPDATE help_call SET closed_at_ms = NULL, closed_by = NULL \
    WHERE order_id = $1 AND household_id = $2 AND closed_by IS NOT NULL";

/// The orders whose calls stand on the board of this one: itself, everything it replaced, and
/// earlier orders that ended while somebody still waited.
fn concerned(sql: &mut dyn Sql, order_id: &str) -> Result<Vec<String>, StoreError> {
    let mut concerned = chain(sql, order_id)?;
    let Some(order) = order::find(sql, order_id)? else { return Ok(concerned) };
    let is_drill = order.mode != "actual";
    let query = "SELECT DISTINCT t.order_id FROM help_call c \
                 JOIN town_order t ON t.order_id = c.order_id \
                 WHERE c.closed_at_ms IS NULL AND t.sequence < $1 \
                 AND CASE WHEN t.mode = 'actual' THEN 0 ELSE 1 END = $2";
    let sequence = i64::try_from(order.sequence).unwrap_or(i64::MAX);
    for row in sql.all(query, values![sequence, is_drill])? {
        let earlier: String = row.get("order_id")?;
        if !concerned.contains(&earlier) && has_ended(sql, &earlier, &order)? {
            concerned.push(earlier);
        }
    }
    Ok(concerned)
}

/// Whether an order and all that replaced it were lifted, or over when `next` was issued.
fn has_ended(sql: &mut dyn Sql, order_id: &str, next: &OrderRecord) -> Result<bool, StoreError> {
    let mut last = order::find(sql, order_id)?;
    for _ in 0..CHAIN_MAX {
        let Some(order) = last else { return Ok(true) };
        let Some(by) = &order.superseded_by else {
            return Ok(!order.orders_something() || order.expires_at_ms <= next.issued_at_ms);
        };
        last = order::find(sql, by)?;
    }
    Ok(false)
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
