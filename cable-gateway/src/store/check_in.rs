//! Daily check-ins as staff see them; every look is audited in the same transaction.

use super::{Row, Sql, StoreError};
use crate::{
    audit::{self, Object, Viewer},
    values,
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

/// One person of the day's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonToday {
    /// Random id of the person.
    pub person_id: String,
    /// Name as written.
    pub name: String,
    /// Reading in katakana; may be empty.
    pub kana: String,
    /// Area of the home.
    pub area_name: String,
    /// Today's newest answer that was not taken back.
    pub answer: Option<CheckIn>,
    /// Whether an answer was taken back today.
    pub withdrawn: bool,
    /// The newest answer of any day, Unix milliseconds.
    pub last_answer_ms: Option<i64>,
}

/// Those who take part and for whom `shown` says so, with the answer of `business_date`
/// (`YYYY-MM-DD`), by reading. `shown` sees everybody once; who is not shown was not looked at.
pub fn today(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    business_date: &str,
    shown: &mut dyn FnMut(&PersonToday) -> bool,
) -> Result<Vec<PersonToday>, StoreError> {
    let rows = sql.all(TODAY, values![business_date])?;
    let mut people = rows.iter().map(person_today).collect::<Result<Vec<_>, _>>()?;
    people.retain(|person| shown(person));
    let ids: Vec<String> = people.iter().map(|person| person.person_id.clone()).collect();
    audit::view(sql, viewer, now_ms, Object::CheckInToday, &ids)?;
    Ok(people)
}

const TODAY: &str = "\
    WITH newest AS (\
      SELECT person_id, MAX(happened_at_ms) AS at_ms FROM check_in \
      WHERE business_date = $1 AND withdrawn_at_ms IS NULL GROUP BY person_id), \
    last AS (\
      SELECT person_id, MAX(happened_at_ms) AS at_ms FROM check_in GROUP BY person_id) \
    SELECT p.person_id, p.name, p.kana, a.name AS area_name, c.happened_at_ms, \
      c.received_at_ms, c.condition, c.contact_wanted, c.withdrawn_at_ms, \
      l.at_ms AS last_answer_ms, \
      EXISTS (SELECT 1 FROM check_in w WHERE w.person_id = p.person_id \
        AND w.business_date = $1 AND w.withdrawn_at_ms IS NOT NULL) AS withdrawn \
    FROM person p \
    JOIN household_resident r ON r.person_id = p.person_id \
    JOIN household h ON h.household_id = r.household_id \
    JOIN area a ON a.area_id = h.area_id \
    LEFT JOIN newest n ON n.person_id = p.person_id \
    LEFT JOIN check_in c ON c.report_id = (\
      SELECT MAX(report_id) FROM check_in s WHERE s.person_id = n.person_id \
      AND s.happened_at_ms = n.at_ms AND s.business_date = $1 AND s.withdrawn_at_ms IS NULL) \
    LEFT JOIN last l ON l.person_id = p.person_id \
    WHERE h.check_in_enabled = 1 \
    ORDER BY p.kana, p.person_id";

/// One person with the answers of the last days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonHistory {
    /// Name as written.
    pub name: String,
    /// Reading in katakana; may be empty.
    pub kana: String,
    /// Area of the home.
    pub area_name: String,
    /// The answers, newest first; taken-back ones are marked.
    pub answers: Vec<CheckIn>,
}

/// A person who takes part, with the answers since `since_ms`; none when nobody has this id.
pub fn history(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    person_id: &str,
    since_ms: i64,
) -> Result<Option<PersonHistory>, StoreError> {
    let head = sql.optional(
        "SELECT p.name, p.kana, a.name AS area_name FROM person p \
         JOIN household_resident r ON r.person_id = p.person_id \
         JOIN household h ON h.household_id = r.household_id \
         JOIN area a ON a.area_id = h.area_id \
         WHERE p.person_id = $1 AND h.check_in_enabled = 1",
        values![person_id],
    )?;
    let Some(head) = head else { return Ok(None) };
    audit::view(sql, viewer, now_ms, Object::CheckInHistory, &[person_id.to_owned()])?;
    let rows = sql.all(
        "SELECT happened_at_ms, received_at_ms, condition, contact_wanted, withdrawn_at_ms \
         FROM check_in WHERE person_id = $1 AND happened_at_ms >= $2 \
         ORDER BY happened_at_ms DESC",
        values![person_id, since_ms],
    )?;
    Ok(Some(PersonHistory {
        name: head.get("name")?,
        kana: head.get("kana")?,
        area_name: head.get("area_name")?,
        answers: rows.iter().map(check_in).collect::<Result<_, _>>()?,
    }))
}

fn person_today(row: &Row) -> Result<PersonToday, StoreError> {
    let answered = row.get::<Option<i64>>("happened_at_ms")?.is_some();
    Ok(PersonToday {
        person_id: row.get("person_id")?,
        name: row.get("name")?,
        kana: row.get("kana")?,
        area_name: row.get("area_name")?,
        answer: if answered { Some(check_in(row)?) } else { None },
        withdrawn: row.get("withdrawn")?,
        last_answer_ms: row.get("last_answer_ms")?,
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
