//! The list of boxes: one page of it, or all of it, and how many there are of each kind.
//!
//! Made for 50,000 boxes: the store filters, searches and pages; what is read of a box stands in one index and
//! one small table.

use crate::{
    store::{Row, Sql, StoreError},
    values,
};

/// Boxes in one portion of the export.
const PORTION: usize = 5_000;

/// Which boxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Every box that is not stopped.
    All,
    /// Nothing was heard of it for a quarter of an hour.
    Silent,
    /// Its card reader is missing or its card service does not run.
    Reader,
    /// No picture.
    Signal,
    /// An update failed.
    Failed,
    /// An update is on its way.
    Updating,
    /// It has never told its state.
    Unreported,
    /// It was stopped by the operator.
    Stopped,
}

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Which boxes.
    pub kind: Kind,
    /// Beginning of a box's or a home's id; empty for any.
    pub search: String,
    /// A district's id; empty for any.
    pub area_id: String,
    /// A version; empty for any.
    pub version: String,
    /// Nothing heard since then is silence, Unix milliseconds.
    pub quiet_since_ms: i64,
}

/// One box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoxRow {
    /// Random id.
    pub device_id: String,
    /// The home it stands in.
    pub household_id: String,
    /// Name of the district.
    pub area: String,
    /// `active` or `revoked`.
    pub state: String,
    /// When it was enrolled, Unix milliseconds.
    pub enrolled_at_ms: i64,
    /// When something was heard of it last, Unix milliseconds.
    pub last_seen_ms: Option<i64>,
    /// What it told of itself; none before it did.
    pub told: Option<Told>,
}

/// What a box told of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// When, Unix milliseconds.
    pub received_at_ms: i64,
    /// Version that runs.
    pub version: String,
    /// Slot it runs from.
    pub slot: Option<String>,
    /// State of the card reader.
    pub reader: String,
    /// How the channel comes in.
    pub signal: String,
    /// Newest order: its number and when it was heard, Unix milliseconds.
    pub last_order: Option<(i64, i64)>,
    /// How far an update is.
    pub update_state: String,
    /// Why it does not go on.
    pub update_reason: Option<String>,
    /// Version that the update is about.
    pub update_version: Option<String>,
    /// Seconds since its start.
    pub uptime_seconds: i64,
    /// Main memory: all and what is left, KiB.
    pub memory_kib: Option<(i64, i64)>,
}

/// How many boxes there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    numbers: [u32; Kind::ALL.len()],
}

impl Counts {
    /// The boxes of one kind.
    pub fn of(&self, kind: Kind) -> u32 {
        self.numbers[kind as usize]
    }
}

impl Kind {
    /// In the order of the page.
    pub const ALL: [Self; 8] = [
        Self::All,
        Self::Silent,
        Self::Reader,
        Self::Signal,
        Self::Failed,
        Self::Updating,
        Self::Unreported,
        Self::Stopped,
    ];

    /// Word in an address.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Silent => "silent",
            Self::Reader => "reader",
            Self::Signal => "signal",
            Self::Failed => "failed",
            Self::Updating => "updating",
            Self::Unreported => "unreported",
            Self::Stopped => "stopped",
        }
    }

    /// Reads a [`code`](Self::code); all of them for anything else.
    pub fn from_code(code: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.code() == code).unwrap_or(Self::All)
    }
}

/// Conditions of the kinds, written once for lists and counts. `$1` is the moment of silence.
macro_rules! condition {
    (silent) => {
        "COALESCE(d.last_seen_ms, d.enrolled_at_ms) < $1"
    };
    (reader) => {
        "s.reader IN ('missing', 'service-down')"
    };
    (signal) => {
        "s.signal IN ('missing', 'disturbed')"
    };
    (failed) => {
        "s.update_state IN ('refused', 'fell-back')"
    };
    (updating) => {
        "s.update_state IN ('waiting', 'writing', 'written', 'on-trial')"
    };
    (unreported) => {
        "s.device_id IS NULL"
    };
}

macro_rules! narrowed {
    ($state:literal, $condition:expr) => {
        concat!(
            " FROM device d LEFT JOIN box_status s ON s.device_id = d.device_id WHERE d.state = '",
            $state,
            "' AND $1 > 0 AND ($2 = '' OR substr(d.device_id, 1, length($2)) = $2 \
             OR substr(d.household_id, 1, length($2)) = $2) \
             AND ($3 = '' OR d.household_id IN \
             (SELECT household_id FROM household WHERE area_id = $3)) \
             AND ($4 = '' OR s.version = $4) AND ",
            $condition
        )
    };
}

/// What a [`BoxRow`] is read from, of a box `d` and its state `s`.
macro_rules! columns {
    () => {
        "SELECT d.device_id, d.household_id, d.state, d.enrolled_at_ms, d.last_seen_ms, \
         (SELECT a.name FROM household h JOIN area a ON a.area_id = h.area_id \
         WHERE h.household_id = d.household_id) AS area, s.received_at_ms, s.version, s.slot, \
         s.reader, s.signal, s.order_sequence, s.order_heard_at_ms, s.update_state, \
         s.update_reason, s.update_version, s.uptime_seconds, s.memory_total_kib, \
         s.memory_free_kib"
    };
}

/// Query of one page and query of the number of all.
macro_rules! queries {
    ($state:literal, $condition:expr) => {
        (
            concat!(
                columns!(),
                narrowed!($state, $condition),
                " ORDER BY d.household_id, d.device_id LIMIT $5 OFFSET $6"
            ),
            concat!("SELECT COUNT(*) AS found", narrowed!($state, $condition)),
        )
    };
}

const fn queries(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::All => queries!("active", "1 = 1"),
        Kind::Silent => queries!("active", condition!(silent)),
        Kind::Reader => queries!("active", condition!(reader)),
        Kind::Signal => queries!("active", condition!(signal)),
        Kind::Failed => queries!("active", condition!(failed)),
        Kind::Updating => queries!("active", condition!(updating)),
        Kind::Unreported => queries!("active", condition!(unreported)),
        Kind::Stopped => queries!("revoked", "1 = 1"),
    }
}

/// Boxes that are not stopped, and those of them that are silent: out of one index.
const HEARD: &str = concat!(
    "SELECT COUNT(*) AS whole, COALESCE(SUM(CASE WHEN ",
    condition!(silent),
    " THEN 1 ELSE 0 END), 0) AS silent FROM device d WHERE d.state = 'active'"
);

/// Boxes with one trouble. Not joined: SQLite would begin with every box that is not stopped; so it looks at the
/// few with the trouble and then at their boxes.
macro_rules! troubled {
    ($condition:ident) => {
        concat!(
            "SELECT COUNT(*) AS found FROM box_status s WHERE EXISTS (SELECT 1 FROM device d \
             WHERE d.device_id = s.device_id AND d.state = 'active') AND ",
            condition!($condition)
        )
    };
}

/// Boxes that are not stopped and told their state.
const REPORTED: &str = "SELECT (SELECT COUNT(*) FROM box_status) - \
    (SELECT COUNT(*) FROM device d JOIN box_status s ON s.device_id = d.device_id \
    WHERE d.state = 'revoked') AS found";
const STOPPED: &str = "SELECT COUNT(*) AS found FROM device WHERE state = 'revoked'";

/// Rows of one page, from `offset` on.
pub fn page(
    sql: &mut dyn Sql,
    question: &Question,
    limit: usize,
    offset: usize,
) -> Result<Vec<BoxRow>, StoreError> {
    let (query, _) = queries(question.kind);
    let (limit, offset) = (whole(limit), whole(offset));
    let rows = sql.all(
        query,
        values![
            question.quiet_since_ms,
            &question.search,
            &question.area_id,
            &question.version,
            limit,
            offset
        ],
    )?;
    rows.iter().map(box_row).collect()
}

/// How many boxes fit the question.
pub fn found(sql: &mut dyn Sql, question: &Question) -> Result<usize, StoreError> {
    let (_, query) = queries(question.kind);
    let row = sql.one(
        query,
        values![question.quiet_since_ms, &question.search, &question.area_id, &question.version],
    )?;
    Ok(row.get::<u32>("found")? as usize)
}

/// Every box that fits the question, in portions.
pub fn each(
    sql: &mut dyn Sql,
    question: &Question,
    mut take: impl FnMut(&BoxRow),
) -> Result<(), StoreError> {
    for offset in (0..).step_by(PORTION) {
        let rows = page(sql, question, PORTION, offset)?;
        rows.iter().for_each(&mut take);
        if rows.len() < PORTION {
            break;
        }
    }
    Ok(())
}

/// How many boxes there are of each kind.
pub fn counts(sql: &mut dyn Sql, quiet_since_ms: i64) -> Result<Counts, StoreError> {
    let heard = sql.one(HEARD, values![quiet_since_ms])?;
    let whole: u32 = heard.get("whole")?;
    let mut number = |query| sql.one(query, &[])?.get::<u32>("found");
    Ok(Counts {
        numbers: [
            whole,
            heard.get("silent")?,
            number(troubled!(reader))?,
            number(troubled!(signal))?,
            number(troubled!(failed))?,
            number(troubled!(updating))?,
            whole.saturating_sub(number(REPORTED)?),
            number(STOPPED)?,
        ],
    })
}

/// Versions that boxes told, with the number of boxes of each, stopped ones among them.
pub fn versions(sql: &mut dyn Sql) -> Result<Vec<(String, u32)>, StoreError> {
    let query = "SELECT version, COUNT(*) AS boxes FROM box_status GROUP BY version \
                 ORDER BY boxes DESC, version LIMIT 50";
    sql.all(query, &[])?.iter().map(|row| Ok((row.get("version")?, row.get("boxes")?))).collect()
}

/// One box.
pub fn one(sql: &mut dyn Sql, device_id: &str) -> Result<Option<BoxRow>, StoreError> {
    let query = concat!(
        columns!(),
        " FROM device d LEFT JOIN box_status s ON s.device_id = d.device_id WHERE d.device_id = $1"
    );
    sql.optional(query, values![device_id])?.as_ref().map(box_row).transpose()
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn box_row(row: &Row) -> Result<BoxRow, StoreError> {
    Ok(BoxRow {
        device_id: row.get("device_id")?,
        household_id: row.get("household_id")?,
        area: row.get::<Option<String>>("area")?.unwrap_or_default(),
        state: row.get("state")?,
        enrolled_at_ms: row.get("enrolled_at_ms")?,
        last_seen_ms: row.get("last_seen_ms")?,
        told: match row.get::<Option<i64>>("received_at_ms")? {
            Some(received_at_ms) => Some(told(row, received_at_ms)?),
            None => None,
        },
    })
}

fn told(row: &Row, received_at_ms: i64) -> Result<Told, StoreError> {
    let order: Option<i64> = row.get("order_sequence")?;
    let heard: Option<i64> = row.get("order_heard_at_ms")?;
    let total: Option<i64> = row.get("memory_total_kib")?;
    let free: Option<i64> = row.get("memory_free_kib")?;
    Ok(Told {
        received_at_ms,
        version: row.get("version")?,
        slot: row.get("slot")?,
        reader: row.get("reader")?,
        signal: row.get("signal")?,
        last_order: order.zip(heard),
        update_state: row.get("update_state")?,
        update_reason: row.get("update_reason")?,
        update_version: row.get("update_version")?,
        uptime_seconds: row.get("uptime_seconds")?,
        memory_kib: total.zip(free),
    })
}
