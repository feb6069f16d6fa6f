//! A resident known to one box for a few minutes. The token is kept as a hash only.

use gateway_api::login::{AssuranceLevel, Session};

use crate::{
    encoding::{from_hex, hex, sha256},
    random::{self, Random},
    report::business_date,
    revocation::Standing,
    store::{Row, Sql, StoreError},
    values,
};

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SessionRecord {
    pub(crate) session_id: String,
    pub(crate) device_id: String,
    pub(crate) person_id: String,
    pub(crate) level: AssuranceLevel,
    pub(crate) created_at_ms: i64,
    pub(crate) expires_at_ms: i64,
    pub(crate) ended_at_ms: Option<i64>,
    /// What the card signed that the login is for; nothing for a touched card.
    pub(crate) relying_party: Option<String>,
    pub(crate) purpose: Option<String>,
    /// What was known about revocation.
    pub(crate) standing: Standing,
}

/// What a new session is made of.
#[derive(Debug, Clone)]
pub(crate) struct NewSession<'a> {
    pub(crate) device_id: &'a str,
    pub(crate) household_id: &'a str,
    pub(crate) person_id: &'a str,
    pub(crate) level: AssuranceLevel,
    pub(crate) now_ms: i64,
    pub(crate) expires_at_ms: i64,
    pub(crate) bound: Option<&'a Bound>,
    pub(crate) standing: Standing,
}

/// What a login was for, as the card signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bound {
    pub(crate) relying_party: String,
    pub(crate) purpose: String,
}

impl SessionRecord {
    /// Whether it was going on at `at_ms`, give or take `skew_ms` between two clocks.
    pub(crate) fn was_valid_at(&self, at_ms: i64, skew_ms: i64) -> bool {
        let end = self.ended_at_ms.map_or(self.expires_at_ms, |end| end.min(self.expires_at_ms));
        self.created_at_ms - skew_ms <= at_ms && at_ms < end + skew_ms
    }
}

/// Number of a level, as stored.
pub(crate) fn level_number(level: AssuranceLevel) -> i64 {
    match level {
        AssuranceLevel::L0 => 0,
        AssuranceLevel::L1 => 1,
        AssuranceLevel::L2 => 2,
        AssuranceLevel::L3 => 3,
    }
}

fn level(number: i64) -> Result<AssuranceLevel, StoreError> {
    [AssuranceLevel::L0, AssuranceLevel::L1, AssuranceLevel::L2, AssuranceLevel::L3]
        .into_iter()
        .find(|level| level_number(*level) == number)
        .ok_or(StoreError::Column { column: "level" })
}

/// Opens a session and returns what the box gets of it.
pub(crate) fn open(
    sql: &mut dyn Sql,
    new: &NewSession<'_>,
    random: &dyn Random,
) -> Result<Session, StoreError> {
    let token = random::bytes::<32>(random);
    let session_id = random::id(random);
    sql.execute(
        "INSERT INTO session (session_id, token_hash, device_id, person_id, level, \
         created_at_ms, expires_at_ms, relying_party, purpose, revocation, \
         revocation_source_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        values![
            &session_id,
            &sha256(&token),
            new.device_id,
            new.person_id,
            level_number(new.level),
            new.now_ms,
            new.expires_at_ms,
            new.bound.map(|bound| &bound.relying_party),
            new.bound.map(|bound| &bound.purpose),
            new.standing.code(),
            new.standing.source_at_ms()
        ],
    )?;
    let person = sql.one(
        "SELECT p.name, p.kana, r.resident_id FROM person p LEFT JOIN household_resident r \
         ON r.person_id = p.person_id AND r.household_id = $2 WHERE p.person_id = $1",
        values![new.person_id, new.household_id],
    )?;
    let standing = sql.optional(
        "SELECT report_id FROM check_in WHERE person_id = $1 AND business_date = $2 \
         AND withdrawn_at_ms IS NULL",
        values![new.person_id, business_date(new.now_ms)],
    )?;
    Ok(Session {
        token: hex(&token),
        session_id,
        level: new.level,
        display_name: person.get("name")?,
        display_kana: person.get("kana")?,
        resident_id: person.get("resident_id")?,
        expires_at_ms: new.expires_at_ms,
        answered_today: standing.is_some(),
    })
}

/// The session that goes on at this box under this token.
pub(crate) fn by_token(
    sql: &mut dyn Sql,
    device_id: &str,
    token: &str,
    now_ms: i64,
) -> Result<Option<SessionRecord>, StoreError> {
    let Some(token) = from_hex::<32>(token) else { return Ok(None) };
    let query = "SELECT * FROM session WHERE token_hash = $1 AND device_id = $2 \
                 AND ended_at_ms IS NULL AND expires_at_ms > $3";
    let row = sql.optional(query, values![&sha256(&token), device_id, now_ms])?;
    row.as_ref().map(record).transpose()
}

/// The session with this id, if it belongs to this box; also one that is over.
pub(crate) fn by_id(
    sql: &mut dyn Sql,
    device_id: &str,
    session_id: &str,
) -> Result<Option<SessionRecord>, StoreError> {
    let query = "SELECT * FROM session WHERE session_id = $1 AND device_id = $2";
    let row = sql.optional(query, values![session_id, device_id])?;
    row.as_ref().map(record).transpose()
}

/// Ends a session.
pub(crate) fn end(sql: &mut dyn Sql, session_id: &str, now_ms: i64) -> Result<(), StoreError> {
    let query = "UPDATE session SET ended_at_ms = $2 WHERE session_id = $1 AND ended_at_ms IS NULL";
    sql.execute(query, values![session_id, now_ms]).map(drop)
}

fn record(row: &Row) -> Result<SessionRecord, StoreError> {
    Ok(SessionRecord {
        session_id: row.get("session_id")?,
        device_id: row.get("device_id")?,
        person_id: row.get("person_id")?,
        level: level(row.get("level")?)?,
        created_at_ms: row.get("created_at_ms")?,
        expires_at_ms: row.get("expires_at_ms")?,
        ended_at_ms: row.get("ended_at_ms")?,
        relying_party: row.get("relying_party")?,
        purpose: row.get("purpose")?,
        standing: Standing::read(row)?,
    })
}
