//! Daily check-ins as staff see them. How people stand comes without names; names come only with
//! the record of the look, in the same transaction.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use gateway_api::household::KeyLock;

use super::{Row, Sql, StoreError};
use crate::{
    audit::{self, Object, Viewer},
    key_lock, values,
};

/// One answer to the daily question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckIn {
    /// When it was answered, Unix milliseconds.
    pub happened_at_ms: i64,
    /// When it reached the gateway, Unix milliseconds.
    pub received_at_ms: i64,
    /// `good`, `normal` or `bad`.
    pub condition: String,
    /// The person wants to be called.
    pub contact_wanted: bool,
    /// When it was taken back, Unix milliseconds.
    pub withdrawn_at_ms: Option<i64>,
}

/// Who takes part, in the order of the list, under random ids. It changes with an import only, so
/// that it is kept between two openings of the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roll {
    /// Changes of the tables behind it, so far.
    changes: i64,
    /// Ids of the persons, by reading, each with the number of the home.
    persons: Vec<(Arc<str>, usize)>,
    /// Places of the persons in the order by their id.
    places: HashMap<Arc<str>, usize>,
    /// Numbers of the homes by their id.
    homes: HashMap<String, usize>,
}

/// How one person who takes part stands; names nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonState {
    /// Random id of the person.
    pub person_id: Arc<str>,
    /// Number of the home among all of the list.
    pub home: usize,
    /// The newest answer of any day that was not taken back, with its day (`YYYY-MM-DD`).
    pub answer: Option<(String, CheckIn)>,
    /// Whether an answer was taken back today.
    pub withdrawn: bool,
    /// The boxes of the home; none when it has none.
    pub boxes: Option<BoxSignal>,
}

/// What is heard of the boxes of one home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxSignal {
    /// When the first one was enrolled, Unix milliseconds.
    pub enrolled_at_ms: i64,
    /// When one was last heard of, Unix milliseconds; none when never.
    pub last_seen_ms: Option<i64>,
    /// Whether one is connected now.
    pub connected: bool,
}

/// The roll of now: `known` itself while nothing changed.
pub fn roll(sql: &mut dyn Sql, known: Arc<Roll>) -> Result<Arc<Roll>, StoreError> {
    let changes = sql.one("SELECT changes FROM roll_change", &[])?.get("changes")?;
    if known.changes == changes && !known.persons.is_empty() {
        return Ok(known);
    }
    let mut roll = Roll { changes, ..Roll::default() };
    let query = "SELECT p.person_id, r.household_id FROM person p \
                 JOIN household_resident r ON r.person_id = p.person_id \
                 JOIN household h ON h.household_id = r.household_id \
                 WHERE h.check_in_enabled = 1 ORDER BY p.kana, p.person_id";
    for row in sql.all(query, &[])? {
        let next = roll.homes.len();
        let home = *roll.homes.entry(row.get("household_id")?).or_insert(next);
        let person: Arc<str> = row.text("person_id")?.into();
        roll.places.insert(person.clone(), roll.persons.len());
        roll.persons.push((person, home));
    }
    Ok(Arc::new(roll))
}

/// How everybody on the roll stands. `connected` are the ids of the boxes that are connected.
pub fn states(
    sql: &mut dyn Sql,
    roll: &Roll,
    business_date: &str,
    connected: &BTreeSet<String>,
) -> Result<Vec<PersonState>, StoreError> {
    let boxes = boxes(sql, roll, connected)?;
    let state = |(person_id, home): &(Arc<str>, usize)| PersonState {
        person_id: person_id.clone(),
        home: *home,
        answer: None,
        withdrawn: false,
        boxes: boxes[*home],
    };
    let mut states: Vec<PersonState> = roll.persons.iter().map(state).collect();
    for row in sql.all(STANDING_ANSWERS, &[])? {
        if let Some(place) = roll.places.get(row.text("person_id")?) {
            states[*place].answer = Some((row.get("business_date")?, check_in(&row)?));
        }
    }
    let query = "SELECT DISTINCT person_id FROM check_in \
                 WHERE business_date = $1 AND withdrawn_at_ms IS NOT NULL";
    for row in sql.all(query, values![business_date])? {
        if let Some(place) = roll.places.get(row.text("person_id")?) {
            states[*place].withdrawn = true;
        }
    }
    Ok(states)
}

/// What is heard of the boxes of each home, by the home's number.
fn boxes(
    sql: &mut dyn Sql,
    roll: &Roll,
    connected: &BTreeSet<String>,
) -> Result<Vec<Option<BoxSignal>>, StoreError> {
    let mut boxes: Vec<Option<BoxSignal>> = vec![None; roll.homes.len()];
    let query = "SELECT device_id, household_id, enrolled_at_ms, last_seen_ms FROM device \
                 WHERE state = 'active'";
    for row in sql.all(query, &[])? {
        let Some(home) = roll.homes.get(row.text("household_id")?) else { continue };
        let new = BoxSignal {
            enrolled_at_ms: row.get("enrolled_at_ms")?,
            last_seen_ms: row.get("last_seen_ms")?,
            connected: connected.contains(row.text("device_id")?),
        };
        let home = &mut boxes[*home];
        *home = Some(home.map_or(new, |other| other.with(new)));
    }
    Ok(boxes)
}

impl BoxSignal {
    fn with(self, other: Self) -> Self {
        Self {
            enrolled_at_ms: self.enrolled_at_ms.min(other.enrolled_at_ms),
            last_seen_ms: self.last_seen_ms.max(other.last_seen_ms),
            connected: self.connected || other.connected,
        }
    }
}

const STANDING_ANSWERS: &str = "\
    SELECT person_id, business_date, happened_at_ms, received_at_ms, condition, contact_wanted, \
      NULL AS withdrawn_at_ms FROM standing_answer";

/// Notes which answer of a person stands, after one was given or taken back.
pub(crate) fn settle(sql: &mut dyn Sql, person_id: &str) -> Result<(), StoreError> {
    sql.execute("DELETE FROM standing_answer WHERE person_id = $1", values![person_id])?;
    sql.execute(
        "INSERT INTO standing_answer (person_id, business_date, happened_at_ms, received_at_ms, \
         condition, contact_wanted) \
         SELECT person_id, business_date, happened_at_ms, received_at_ms, condition, \
         contact_wanted FROM check_in WHERE person_id = $1 AND withdrawn_at_ms IS NULL \
         ORDER BY happened_at_ms DESC, report_id DESC LIMIT 1",
        values![person_id],
    )?;
    Ok(())
}

/// Who a person is, as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Random id of the person.
    pub person_id: String,
    /// Name as written.
    pub name: String,
    /// Reading in katakana; may be empty.
    pub kana: String,
    /// Day of birth, `YYYY-MM-DD`, when the town said it.
    pub born_on: Option<String>,
    /// Area of the home; none for somebody who is in no home of the town's list any more.
    pub area_name: Option<String>,
}

const IDENTITY: &str = "\
    SELECT p.person_id, p.name, p.kana, p.born_on, a.name AS area_name FROM person p \
    JOIN household_resident r ON r.person_id = p.person_id \
    JOIN household h ON h.household_id = r.household_id \
    JOIN area a ON a.area_id = h.area_id \
    WHERE p.person_id = $1 AND h.check_in_enabled = 1";

/// Who these persons are, in this order: the list of the day shows them to `viewer`.
pub fn identities(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    person_ids: &[String],
) -> Result<Vec<Identity>, StoreError> {
    let mut found = Vec::new();
    for person_id in person_ids {
        found.extend(
            sql.optional(IDENTITY, values![person_id])?.as_ref().map(identity).transpose()?,
        );
    }
    let shown: Vec<String> = found.iter().map(|person| person.person_id.clone()).collect();
    if !shown.is_empty() {
        audit::view(sql, viewer, now_ms, Object::CheckInToday, &shown)?;
    }
    Ok(found)
}

/// One person with the answers of the last days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonHistory {
    /// Who it is.
    pub identity: Identity,
    /// The answers, newest first; taken-back ones are marked.
    pub answers: Vec<CheckIn>,
    /// Which keys of the remote the home uses; none for somebody who lives here no more.
    pub key_lock: Option<KeyLock>,
}

/// A person who takes part, with the answers since `since_ms`; none when nobody has this id.
pub fn history(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    person_id: &str,
    since_ms: i64,
) -> Result<Option<PersonHistory>, StoreError> {
    let head = sql.optional(IDENTITY, values![person_id])?;
    let Some(head) = head else { return Ok(None) };
    audit::view(sql, viewer, now_ms, Object::CheckInHistory, &[person_id.to_owned()])?;
    let rows = sql.all(
        "SELECT happened_at_ms, received_at_ms, condition, contact_wanted, withdrawn_at_ms \
         FROM check_in WHERE person_id = $1 AND happened_at_ms >= $2 \
         ORDER BY happened_at_ms DESC",
        values![person_id, since_ms],
    )?;
    Ok(Some(PersonHistory {
        identity: identity(&head)?,
        answers: rows.iter().map(check_in).collect::<Result<_, _>>()?,
        key_lock: key_lock::of_person(sql, person_id)?,
    }))
}

/// The person of a row that names them as [`Identity`] does.
pub(crate) fn identity(row: &Row) -> Result<Identity, StoreError> {
    Ok(Identity {
        person_id: row.get("person_id")?,
        name: row.get("name")?,
        kana: row.get("kana")?,
        born_on: row.get("born_on")?,
        area_name: row.get("area_name")?,
    })
}

fn check_in(row: &Row) -> Result<CheckIn, StoreError> {
    Ok(CheckIn {
        happened_at_ms: row.get("happened_at_ms")?,
        received_at_ms: row.get("received_at_ms")?,
        condition: row.get("condition")?,
        contact_wanted: row.get("contact_wanted")?,
        withdrawn_at_ms: row.get("withdrawn_at_ms")?,
    })
}
