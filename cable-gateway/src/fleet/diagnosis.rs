//! The support asks how a box is in detail, the home answers on its television, and the support takes the answer
//! away as a file. One question for each box; what is long over is forgotten.

use gateway_api::diagnosis::{Diagnosis, DiagnosisRequest};
use uuid::Uuid;

use crate::{
    audit::{self, Viewer},
    device::Device,
    store::{Row, Sql, StoreError},
    values,
};

/// So long a home may answer.
pub const ANSWER_MS: i64 = 24 * 60 * 60 * 1_000;
/// So long an answer is kept.
pub const KEPT_MS: i64 = 14 * ANSWER_MS;

/// Why an answer is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DiagnosisError {
    /// Nobody asked this box, or it is too late.
    #[error("no such question is open for this box")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far a question is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The home has not answered.
    Asked,
    /// It said yes, and the answer is here.
    Given,
    /// It said no.
    Declined,
    /// Nobody answered in time.
    Expired,
}

/// The last question to a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Why.
    pub reason: String,
    /// When it was asked, Unix milliseconds.
    pub asked_at_ms: i64,
    /// Until when the home may answer, Unix milliseconds.
    pub expires_at_ms: i64,
    /// How far it is.
    pub state: State,
    /// When it came to its end, Unix milliseconds.
    pub settled_at_ms: Option<i64>,
}

impl State {
    const ALL: [Self; 4] = [Self::Asked, Self::Given, Self::Declined, Self::Expired];

    /// Stable word, as stored and counted.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Given => "given",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }
}

/// Asks; false when a question is open already, or the box is stopped or unknown.
pub fn ask(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    device_id: &str,
    (reason, request_id): (&str, Uuid),
    now_ms: i64,
) -> Result<bool, StoreError> {
    let active = "SELECT device_id FROM device WHERE device_id = $1 AND state = 'active'";
    let is_active = sql.optional(active, values![device_id])?.is_some();
    let open = of_box(sql, device_id, now_ms)?.is_some_and(|record| record.state == State::Asked);
    if !is_active || open {
        return Ok(false);
    }
    sql.execute("DELETE FROM diagnosis WHERE device_id = $1", values![device_id])?;
    sql.execute(
        "INSERT INTO diagnosis (device_id, request_id, reason, asked_at_ms, expires_at_ms, state) \
         VALUES ($1, $2, $3, $4, $5, 'asked')",
        values![device_id, request_id.to_string(), reason, now_ms, now_ms + ANSWER_MS],
    )?;
    let viewer = Viewer { purpose: format!("{device_id} {reason}"), ..viewer.clone() };
    audit::act(sql, &viewer, now_ms, "diagnosis-asked", &[])?;
    Ok(true)
}

/// What a box shall ask its home.
pub(crate) fn open_for(
    sql: &mut dyn Sql,
    device_id: &str,
    now_ms: i64,
) -> Result<Option<DiagnosisRequest>, StoreError> {
    let query = "SELECT request_id, reason, expires_at_ms FROM diagnosis \
                 WHERE device_id = $1 AND state = 'asked' AND expires_at_ms > $2";
    let Some(row) = sql.optional(query, values![device_id, now_ms])? else { return Ok(None) };
    let request_id: String = row.get("request_id")?;
    let left_ms = row.get::<i64>("expires_at_ms")? - now_ms;
    Ok(Some(DiagnosisRequest {
        request_id: request_id.parse().map_err(|_| StoreError::Column { column: "request_id" })?,
        reason: row.get("reason")?,
        expires_in_seconds: u32::try_from(left_ms.div_euclid(1_000)).unwrap_or(u32::MAX),
    }))
}

/// The home said yes, and the box told how it is. The same again changes nothing.
pub(crate) fn give(
    sql: &mut dyn Sql,
    device: &Device,
    request_id: Uuid,
    diagnosis: &Diagnosis,
    now_ms: i64,
) -> Result<(), DiagnosisError> {
    let text = serde_json::to_string_pretty(diagnosis).map_err(|_| DiagnosisError::Unknown)?;
    settle(sql, device, request_id, (State::Given, Some(text)), now_ms)
}

/// The home said no.
pub(crate) fn decline(
    sql: &mut dyn Sql,
    device: &Device,
    request_id: Uuid,
    now_ms: i64,
) -> Result<(), DiagnosisError> {
    settle(sql, device, request_id, (State::Declined, None), now_ms)
}

fn settle(
    sql: &mut dyn Sql,
    device: &Device,
    request_id: Uuid,
    (state, content): (State, Option<String>),
    now_ms: i64,
) -> Result<(), DiagnosisError> {
    let (device_id, request_id) = (&device.device_id, request_id.to_string());
    let query = "UPDATE diagnosis SET state = $3, content = $4, settled_at_ms = $5 \
                 WHERE device_id = $1 AND request_id = $2 AND state = 'asked' \
                 AND expires_at_ms > $5";
    let word = state.code();
    if sql.execute(query, values![device_id, &request_id, word, content, now_ms])? > 0 {
        let action = format!("diagnosis-{word}");
        return Ok(audit::act(sql, &Viewer::resident(device_id), now_ms, &action, &[])?);
    }
    // The answer to it may have been lost on the way.
    let query = "SELECT state FROM diagnosis \
                 WHERE device_id = $1 AND request_id = $2 AND state = $3";
    let is_known = sql.optional(query, values![device_id, &request_id, word])?.is_some();
    if is_known { Ok(()) } else { Err(DiagnosisError::Unknown) }
}

/// The last question to a box.
pub fn of_box(
    sql: &mut dyn Sql,
    device_id: &str,
    now_ms: i64,
) -> Result<Option<Record>, StoreError> {
    let query = "SELECT reason, asked_at_ms, expires_at_ms, state, settled_at_ms FROM diagnosis \
                 WHERE device_id = $1";
    let row = sql.optional(query, values![device_id])?;
    row.as_ref().map(|row| record(row, now_ms)).transpose()
}

fn record(row: &Row, now_ms: i64) -> Result<Record, StoreError> {
    let expires_at_ms = row.get("expires_at_ms")?;
    let code: String = row.get("state")?;
    let stored = State::ALL.into_iter().find(|state| state.code() == code);
    let stored = stored.ok_or(StoreError::Column { column: "state" })?;
    let is_over = stored == State::Asked && expires_at_ms <= now_ms;
    Ok(Record {
        reason: row.get("reason")?,
        asked_at_ms: row.get("asked_at_ms")?,
        expires_at_ms,
        state: if is_over { State::Expired } else { stored },
        settled_at_ms: row.get("settled_at_ms")?,
    })
}

/// What a box told, as JSON, for the member of staff who takes it away; written down each time.
pub fn take_away(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    device_id: &str,
    now_ms: i64,
) -> Result<Option<String>, StoreError> {
    let query = "SELECT content FROM diagnosis WHERE device_id = $1 AND state = 'given' \
                 AND settled_at_ms > $2";
    let row = sql.optional(query, values![device_id, now_ms - KEPT_MS])?;
    let content = row.map(|row| row.get::<Option<String>>("content")).transpose()?.flatten();
    if content.is_some() {
        let viewer = Viewer { purpose: device_id.to_owned(), ..viewer.clone() };
        audit::act(sql, &viewer, now_ms, "diagnosis-downloaded", &[])?;
    }
    Ok(content)
}

/// Ends what nobody answered in time, and forgets what is long over.
pub(crate) fn forget(sql: &mut dyn Sql, now_ms: i64) -> Result<(), StoreError> {
    let query = "SELECT device_id FROM diagnosis WHERE state = 'asked' AND expires_at_ms <= $1";
    for row in sql.all(query, values![now_ms])? {
        let device_id: String = row.get("device_id")?;
        let query = "UPDATE diagnosis SET state = 'expired', settled_at_ms = expires_at_ms \
                     WHERE device_id = $1";
        sql.execute(query, values![&device_id])?;
        let viewer = Viewer {
            actor: "gateway".to_owned(),
            office: "gateway".to_owned(),
            purpose: device_id,
        };
        audit::act(sql, &viewer, now_ms, "diagnosis-expired", &[])?;
    }
    sql.execute("DELETE FROM diagnosis WHERE settled_at_ms <= $1", values![now_ms - KEPT_MS])?;
    Ok(())
}

/// How many questions are in each state.
pub(crate) fn counts(sql: &mut dyn Sql) -> Result<[(&'static str, u32); 4], StoreError> {
    let query = "SELECT COUNT(*) AS found FROM diagnosis WHERE state = $1";
    let mut counts = State::ALL.map(|state| (state.code(), 0));
    for (code, count) in &mut counts {
        *count = sql.one(query, values![&**code])?.get("found")?;
    }
    Ok(counts)
}
