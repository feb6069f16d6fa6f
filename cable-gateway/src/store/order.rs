//! Published orders. No personal data (invariant 2).

pub mod code;

use evacuation::order::Act;

use super::{Row, Sql, StoreError};
use crate::values;
use code::act_from_code;

/// A published order as the console and the boxes' repair need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRecord {
    /// Id, 32 hexadecimal digits.
    pub order_id: String,
    /// Number.
    pub sequence: u64,
    /// When it was issued, Unix milliseconds.
    pub issued_at_ms: i64,
    /// When boxes forget it, Unix milliseconds.
    pub expires_at_ms: i64,
    /// `actual`, `drill` or `test`.
    pub mode: String,
    /// `issue`, `update`, `lift` or `cancel`.
    pub act: String,
    /// Hazard code.
    pub hazard: String,
    /// 3, 4 or 5; none for tsunami.
    pub level: Option<u32>,
    /// Ids of the areas named; empty means the whole town.
    pub area_ids: Vec<String>,
    /// Shelters with their state: `open`, `closed` or `full`.
    pub shelters: Vec<(String, String)>,
    /// Ids of the orders it updates, lifts or cancels.
    pub reference_ids: Vec<String>,
    /// Why, in the town's words.
    pub reason: Option<String>,
    /// `one-officer`, `two-officers` or `emergency`.
    pub authority: String,
    /// Staff id of the author.
    pub author: String,
    /// Staff id of the second officer.
    pub confirmer: Option<String>,
    /// Id of the order that replaced, lifted or cancelled it.
    pub superseded_by: Option<String>,
    /// The signed bytes.
    pub signed: Vec<u8>,
    /// Boxes refuse it, because its key was revoked after it was issued.
    pub disbelieved: bool,
}

impl OrderRecord {
    /// Whether boxes must show it at `now_ms`.
    pub fn in_force(&self, now_ms: i64) -> bool {
        self.superseded_by.is_none() && self.expires_at_ms > now_ms
    }

    /// Whether the town thinks it in force although no box shows it any more.
    pub fn is_lost(&self, now_ms: i64) -> bool {
        self.disbelieved && self.orders_something() && self.in_force(now_ms)
    }

    /// Whether it orders something, in contrast to ending an earlier order.
    pub fn orders_something(&self) -> bool {
        matches!(act_from_code(&self.act), Some(Act::Issue | Act::Update))
    }
}

/// Orders that boxes must know at `now_ms`, by number: what is in force, and the lifts and
/// cancellations that a box coming back late must still hear.
pub fn in_force(sql: &mut dyn Sql, now_ms: i64) -> Result<Vec<OrderRecord>, StoreError> {
    let query = "SELECT * FROM town_order WHERE superseded_by IS NULL AND expires_at_ms > $1 \
                 ORDER BY sequence";
    sql.all(query, values![now_ms])?.iter().map(record).collect()
}

/// Orders with a number above `sequence`, by number, at most `limit`.
pub fn after(sql: &mut dyn Sql, sequence: u64, limit: u32) -> Result<Vec<OrderRecord>, StoreError> {
    let after = i64::try_from(sequence).unwrap_or(i64::MAX);
    let query = "SELECT * FROM town_order WHERE sequence > $1 ORDER BY sequence LIMIT $2";
    sql.all(query, values![after, limit])?.iter().map(record).collect()
}

/// The newest orders, newest first.
pub fn newest(sql: &mut dyn Sql, limit: u32) -> Result<Vec<OrderRecord>, StoreError> {
    let query = "SELECT * FROM town_order ORDER BY sequence DESC LIMIT $1";
    sql.all(query, values![limit])?.iter().map(record).collect()
}

/// Orders issued after this time, by number.
pub fn issued_after(sql: &mut dyn Sql, at_ms: i64) -> Result<Vec<OrderRecord>, StoreError> {
    let query = "SELECT * FROM town_order WHERE issued_at_ms > $1 ORDER BY sequence";
    sql.all(query, values![at_ms])?.iter().map(record).collect()
}

/// Orders whose time came to its end after `since_ms` and not after `now_ms`, by number; what another
/// order had replaced or ended before is not among them.
pub fn over_since(
    sql: &mut dyn Sql,
    since_ms: i64,
    now_ms: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let query = "SELECT * FROM town_order WHERE superseded_by IS NULL AND expires_at_ms > $1 \
                 AND expires_at_ms <= $2 ORDER BY sequence";
    sql.all(query, values![since_ms, now_ms])?.iter().map(record).collect()
}

/// One order.
pub fn find(sql: &mut dyn Sql, order_id: &str) -> Result<Option<OrderRecord>, StoreError> {
    let query = "SELECT * FROM town_order WHERE order_id = $1";
    sql.optional(query, values![order_id])?.as_ref().map(record).transpose()
}

/// The highest number given so far; 0 before the first order.
pub fn highest_sequence(sql: &mut dyn Sql) -> Result<u64, StoreError> {
    let query = "SELECT COALESCE(MAX(sequence), 0) AS highest FROM town_order";
    sql.one(query, &[])?.get("highest")
}

/// What counts together on a box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Actual orders.
    Actual,
    /// Drills and tests.
    Drill,
}

/// The highest number given to orders of this kind; 0 before the first one.
pub fn highest_of(sql: &mut dyn Sql, kind: Kind) -> Result<u64, StoreError> {
    let query = match kind {
        Kind::Actual => {
            "SELECT COALESCE(MAX(sequence), 0) AS highest FROM town_order WHERE mode = 'actual'"
        }
        Kind::Drill => {
            "SELECT COALESCE(MAX(sequence), 0) AS highest FROM town_order WHERE mode <> 'actual'"
        }
    };
    sql.one(query, &[])?.get("highest")
}

/// The areas named by each order that updates, lifts or cancels this one.
pub(crate) fn areas_of_references_to(
    sql: &mut dyn Sql,
    order_id: &str,
) -> Result<Vec<Vec<String>>, StoreError> {
    let query = "SELECT t.area_ids FROM order_reference r \
                 JOIN town_order t ON t.order_id = r.order_id WHERE r.refers_to = $1";
    let rows = sql.all(query, values![order_id])?;
    rows.iter().map(|row| words(row, "area_ids")).collect()
}

/// Keeps a published order.
pub(crate) fn insert(sql: &mut dyn Sql, order: &OrderRecord) -> Result<(), StoreError> {
    let sequence = i64::try_from(order.sequence).unwrap_or(i64::MAX);
    let states = order.shelters.iter().map(|(id, state)| format!("{id}={state}"));
    sql.execute(
        "INSERT INTO town_order (order_id, sequence, issued_at_ms, expires_at_ms, mode, act, \
         hazard, level, area_ids, shelters, reference_ids, reason, authority, author, confirmer, \
         signed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
        values![
            &order.order_id,
            sequence,
            order.issued_at_ms,
            order.expires_at_ms,
            &order.mode,
            &order.act,
            &order.hazard,
            order.level,
            order.area_ids.join(" "),
            states.collect::<Vec<_>>().join(" "),
            order.reference_ids.join(" "),
            order.reason.as_ref(),
            &order.authority,
            &order.author,
            order.confirmer.as_ref(),
            order.signed.clone(),
        ],
    )?;
    for reference in &order.reference_ids {
        let query = "INSERT INTO order_reference (order_id, refers_to) VALUES ($1, $2)";
        sql.execute(query, values![&order.order_id, reference])?;
    }
    Ok(())
}

/// Notes that `order_id` was replaced, lifted or cancelled by another order.
pub(crate) fn supersede(sql: &mut dyn Sql, order_id: &str, by: &str) -> Result<(), StoreError> {
    let query = "UPDATE town_order SET superseded_by = $2 WHERE order_id = $1";
    sql.execute(query, values![order_id, by]).map(drop)
}

/// Notes whether boxes refuse the order's signature.
pub(crate) fn note_disbelief(
    sql: &mut dyn Sql,
    order_id: &str,
    disbelieved: bool,
) -> Result<(), StoreError> {
    let query = "UPDATE town_order SET disbelieved = $2 WHERE order_id = $1";
    sql.execute(query, values![order_id, disbelieved]).map(drop)
}

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderEvent {
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// `published`, `superseded`, `answered`.
    pub kind: String,
    /// Home that answered.
    pub household_id: Option<String>,
    /// Staff id.
    pub actor: Option<String>,
    /// More, e.g. the answer.
    pub detail: Option<String>,
}

/// Adds to the order's log.
pub(crate) fn log(sql: &mut dyn Sql, order_id: &str, event: &OrderEvent) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO order_event (event_id, order_id, at_ms, kind, household_id, actor, detail) \
         SELECT COALESCE(MAX(event_id), 0) + 1, $1, $2, $3, $4, $5, $6 FROM order_event",
        values![
            order_id,
            event.at_ms,
            &event.kind,
            event.household_id.as_ref(),
            event.actor.as_ref(),
            event.detail.as_ref()
        ],
    )?;
    Ok(())
}

fn words(row: &Row, column: &'static str) -> Result<Vec<String>, StoreError> {
    Ok(row.get::<String>(column)?.split_whitespace().map(str::to_owned).collect())
}

fn record(row: &Row) -> Result<OrderRecord, StoreError> {
    let states = words(row, "shelters")?;
    let states = states.iter().filter_map(|state| state.rsplit_once('='));
    Ok(OrderRecord {
        order_id: row.get("order_id")?,
        sequence: row.get("sequence")?,
        issued_at_ms: row.get("issued_at_ms")?,
        expires_at_ms: row.get("expires_at_ms")?,
        mode: row.get("mode")?,
        act: row.get("act")?,
        hazard: row.get("hazard")?,
        level: row.get("level")?,
        area_ids: words(row, "area_ids")?,
        shelters: states.map(|(id, state)| (id.to_owned(), state.to_owned())).collect(),
        reference_ids: words(row, "reference_ids")?,
        reason: row.get("reason")?,
        authority: row.get("authority")?,
        author: row.get("author")?,
        confirmer: row.get("confirmer")?,
        superseded_by: row.get("superseded_by")?,
        signed: row.get("signed")?,
        disbelieved: row.get("disbelieved")?,
    })
}
