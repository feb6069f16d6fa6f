//! The live board of an order: which homes it reached and what they answered.
//!
//! The counts name nobody. The list of homes does, and is audited in the same transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use evacuation::area::{AreaId, AreaTable};

use super::{
    Row, Sql, StoreError,
    help::{self, Call},
    order::{self, OrderRecord},
    town,
};
use crate::{
    audit::{self, Object, Viewer},
    orders::{coverage, standing},
    values,
};

/// The board in figures; homes, not boxes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Homes in the areas of the order.
    pub homes: u32,
    /// Homes of which at least one box verified and stored it.
    pub received: u32,
    /// Homes on whose television it was painted.
    pub shown: u32,
    /// Homes that it reached, as [`Reach`] says.
    pub reached: u32,
    /// Homes that show an actual order instead of this drill.
    pub kept_back: u32,
    /// Homes that answered before another order changed what they are told.
    pub before_change: u32,
    /// 避難します
    pub leaving: u32,
    /// 助けが必要, and nobody has dealt with it.
    pub need_help: u32,
    /// 助けが必要, dealt with by staff.
    pub helped: u32,
    /// 家にいます
    pub staying: u32,
    /// Homes without an answer.
    pub unanswered: u32,
}

/// How far an order came in a home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// No box of the home has it; or has shown it, if it is a drill.
    Not,
    /// Its television shows no drill, because an actual order holds there.
    KeptBack,
    /// A box has it; of a drill the screen showed it; or the home answered.
    Reached,
}

/// One home on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Random id of the household.
    pub household_id: String,
    /// Area of the home.
    pub area_name: String,
    /// Who lives there.
    pub residents: Vec<HomeResident>,
    /// First reception by one of its boxes, Unix milliseconds.
    pub received_at_ms: Option<i64>,
    /// First time on the television, Unix milliseconds.
    pub shown_at_ms: Option<i64>,
    /// How far the order came.
    pub reach: Reach,
    /// Answered, but another order began, changed or ended (by an officer or by its time) since: the
    /// television may be asking again.
    pub before_change: bool,
    /// `leaving`, `need-help` or `staying`; `helped` when staff has dealt with the call. A call
    /// under an order that this one replaced counts until the home takes it back.
    pub answer: Option<String>,
    /// When it was answered, Unix milliseconds.
    pub answered_at_ms: Option<i64>,
}

/// One person of a home on the board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeResident {
    /// Random id of the person.
    pub person_id: String,
    /// Name as written.
    pub name: String,
    /// Reading in katakana; may be empty.
    pub kana: String,
    /// What the person needs when leaving, as in `gateway_api::household::Need`.
    pub needs: Vec<gateway_api::household::Need>,
}

/// The figures of one order; all zero when the order is unknown.
pub fn counts(sql: &mut dyn Sql, order_id: &str, now_ms: i64) -> Result<Counts, StoreError> {
    Ok(counted(&reached(sql, order_id, now_ms)?))
}

fn counted(homes: &BTreeMap<String, Home>) -> Counts {
    let mut counts = Counts::default();
    for home in homes.values() {
        counts.homes += 1;
        counts.received += u32::from(home.received_at_ms.is_some());
        counts.shown += u32::from(home.shown_at_ms.is_some());
        counts.reached += u32::from(home.reach == Reach::Reached);
        counts.kept_back += u32::from(home.reach == Reach::KeptBack);
        counts.before_change += u32::from(home.before_change);
        match home.answer.as_deref() {
            Some("leaving") => counts.leaving += 1,
            Some(NEED_HELP) => counts.need_help += 1,
            Some(HELPED) => counts.helped += 1,
            Some(_) => counts.staying += 1,
            None => counts.unanswered += 1,
        }
    }
    counts
}

/// The figures of one order and its homes, at most `limit`: those that need help first, then those
/// without an answer (homes with somebody who needs support before the others), then the rest.
/// Somebody opened the board: that is a look of its own.
pub fn homes(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    order_id: &str,
    limit: usize,
) -> Result<(Counts, Vec<Home>), StoreError> {
    let (counts, homes) = by_urgency(sql, now_ms, order_id, limit)?;
    audit::view(sql, viewer, now_ms, Object::EvacuationBoard, &persons(&homes))?;
    Ok((counts, homes))
}

/// The same for a board that refreshes itself: persons seen within the hour are not written down
/// again.
pub fn homes_polled(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    order_id: &str,
    limit: usize,
) -> Result<(Counts, Vec<Home>), StoreError> {
    let (counts, homes) = by_urgency(sql, now_ms, order_id, limit)?;
    audit::view_polled(sql, viewer, now_ms, Object::EvacuationBoard, &persons(&homes))?;
    Ok((counts, homes))
}

/// The same for a snapshot that cannot be written to: none as long as a look at one of these
/// persons is not written down yet. A page that refreshes itself asks this first.
pub fn homes_seen_before(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    order_id: &str,
    limit: usize,
) -> Result<Option<(Counts, Vec<Home>)>, StoreError> {
    let (counts, homes) = by_urgency(sql, now_ms, order_id, limit)?;
    let fresh =
        audit::not_yet_seen(sql, viewer, now_ms, Object::EvacuationBoard, &persons(&homes))?;
    Ok(fresh.is_empty().then_some((counts, homes)))
}

fn persons(homes: &[Home]) -> Vec<String> {
    let residents = homes.iter().flat_map(|home| &home.residents);
    residents.map(|resident| resident.person_id.clone()).collect()
}

/// Counts every home, and reads the residents of those that are listed only.
fn by_urgency(
    sql: &mut dyn Sql,
    now_ms: i64,
    order_id: &str,
    limit: usize,
) -> Result<(Counts, Vec<Home>), StoreError> {
    let homes = reached(sql, order_id, now_ms)?;
    let counts = counted(&homes);
    let query = "SELECT DISTINCT household_id FROM household_resident WHERE needs <> '[]'";
    let rows = sql.all(query, &[])?;
    let supported = rows.iter().map(|row| row.get("household_id"));
    let supported = supported.collect::<Result<HashSet<String>, _>>()?;
    let mut homes: Vec<Home> = homes.into_values().collect();
    homes.sort_by_key(|home| {
        (urgency(home, supported.contains(&home.household_id)), home.answered_at_ms)
    });
    homes.truncate(limit);
    for home in &mut homes {
        home.residents = residents(sql, &home.household_id)?;
    }
    Ok((counts, homes))
}

pub(super) fn residents(
    sql: &mut dyn Sql,
    household_id: &str,
) -> Result<Vec<HomeResident>, StoreError> {
    let query = "SELECT r.needs, p.person_id, p.name, p.kana FROM household_resident r \
                 JOIN person p ON p.person_id = r.person_id \
                 WHERE r.household_id = $1 ORDER BY r.ordinal";
    let resident = |row: &Row| {
        Ok(HomeResident {
            person_id: row.get("person_id")?,
            name: row.get("name")?,
            kana: row.get("kana")?,
            needs: crate::provisioning::from_json(row, "needs")?,
        })
    };
    sql.all(query, values![household_id])?.iter().map(resident).collect()
}

fn urgency(home: &Home, needs_support: bool) -> u8 {
    match home.answer.as_deref() {
        Some(NEED_HELP) => 0,
        None if needs_support => 1,
        None => 2,
        Some("staying") => 3,
        Some(_) => 4,
    }
}

/// Answer of a home that called for help.
const NEED_HELP: &str = "need-help";
/// State of a home whose call staff has dealt with.
const HELPED: &str = "helped";

/// Homes in the areas of the order with reception and answer, without residents.
fn reached(
    sql: &mut dyn Sql,
    order_id: &str,
    now_ms: i64,
) -> Result<BTreeMap<String, Home>, StoreError> {
    let Some(order) = order::find(sql, order_id)? else { return Ok(BTreeMap::new()) };
    let is_drill = order.mode != "actual";
    let table = town::areas(sql)?;
    let keeping_back = areas_keeping_back(sql, &order, &table, now_ms)?;
    let changed = if order.in_force(now_ms) {
        standing::changed_beside(sql, &order, &table, now_ms)?
    } else {
        BTreeMap::new()
    };
    let concerned = concerned_areas(&order.area_ids, &table);
    let calls = help::of_order(sql, order_id)?;
    let receipts = receipts(sql, order_id)?;
    let rows = sql.all(HOMES, values![order_id])?;
    let mut homes = BTreeMap::new();
    for row in rows {
        let area = town::area_id(row.get("area_id")?)?;
        if concerned.as_ref().is_some_and(|areas| !areas.contains(&area)) {
            continue;
        }
        let household_id: String = row.get("household_id")?;
        let (received_at_ms, shown_at_ms) =
            receipts.get(&household_id).copied().unwrap_or_default();
        let mut home = Home {
            household_id: household_id.clone(),
            area_name: row.get("area_name")?,
            residents: Vec::new(),
            received_at_ms,
            shown_at_ms,
            reach: Reach::Not,
            before_change: false,
            answer: row.get("answer")?,
            answered_at_ms: row.get("answered_at_ms")?,
        };
        home.heed(calls.get(&household_id));
        home.reach = match (home.came(is_drill), keeping_back.contains(&area)) {
            (true, _) => Reach::Reached,
            (false, true) => Reach::KeptBack,
            (false, false) => Reach::Not,
        };
        home.before_change = home.answered_before(changed.get(&area).copied());
        homes.insert(household_id, home);
    }
    Ok(homes)
}

/// Where televisions show an actual order instead of this one: nowhere, unless it is a drill in force.
fn areas_keeping_back(
    sql: &mut dyn Sql,
    order: &OrderRecord,
    table: &AreaTable,
    now_ms: i64,
) -> Result<BTreeSet<AreaId>, StoreError> {
    if order.mode == "actual" || !order.in_force(now_ms) {
        return Ok(BTreeSet::new());
    }
    standing::where_meant(sql, table, now_ms)
}

impl Home {
    /// Whether the order came to the people there. A box takes a drill also while it may not show
    /// it, so that a receipt alone proves nothing of a drill.
    fn came(&self, is_drill: bool) -> bool {
        let has_it = self.received_at_ms.is_some() && !is_drill;
        has_it || self.shown_at_ms.is_some() || self.answer.is_some()
    }

    /// Whether the home said what it does before this moment; a call for help stands whatever changes.
    fn answered_before(&self, changed_ms: Option<i64>) -> bool {
        let is_plan = matches!(self.answer.as_deref(), Some("leaving" | "staying"));
        is_plan && self.answered_at_ms < changed_ms
    }

    /// A standing call for help comes before every answer.
    fn heed(&mut self, call: Option<&Call>) {
        // A home that called under the order before this one and has said nothing since was helped.
        let called = self.answer.as_deref().is_none_or(|answer| answer == NEED_HELP);
        match call {
            Some(Call::Open(at_ms)) => {
                self.answer = Some(NEED_HELP.to_owned());
                self.answered_at_ms = Some(*at_ms);
            }
            Some(Call::DealtWith(at_ms)) if called => {
                self.answer = Some(HELPED.to_owned());
                self.answered_at_ms = Some(*at_ms);
            }
            Some(Call::DealtWith(_)) | None => {}
        }
    }
}

const HOMES: &str = "\
    SELECT h.household_id, h.area_id, a.name AS area_name, o.answer, \
      o.happened_at_ms AS answered_at_ms \
    FROM household h JOIN area a ON a.area_id = h.area_id \
    LEFT JOIN order_answer o ON o.order_id = $1 AND o.household_id = h.household_id \
    ORDER BY h.ordinal";

/// First reception and first showing, Unix milliseconds.
type Receipt = (Option<i64>, Option<i64>);

/// The receipts of each home, in one walk over those of this order.
fn receipts(sql: &mut dyn Sql, order_id: &str) -> Result<HashMap<String, Receipt>, StoreError> {
    let rows = sql.all(
        "SELECT d.household_id, MIN(x.received_at_ms) AS received_at_ms, \
         MIN(x.shown_at_ms) AS shown_at_ms FROM order_receipt x \
         JOIN device d ON d.device_id = x.device_id WHERE x.order_id = $1 \
         GROUP BY d.household_id",
        values![order_id],
    )?;
    let receipt = |row: &Row| {
        let times = (row.get("received_at_ms")?, row.get("shown_at_ms")?);
        Ok((row.get("household_id")?, times))
    };
    rows.iter().map(receipt).collect()
}

/// Areas named and everything inside them; `None` for the whole town.
fn concerned_areas(named: &[String], table: &AreaTable) -> Option<BTreeSet<AreaId>> {
    (!named.is_empty()).then(|| coverage::concerned(named, table))
}
