//! A lost card stops at once, with everything that it opened.

use super::code::{self, CodePurpose};
use crate::{
    audit::{self, Viewer},
    enrolment::CodeHash,
    store::{Sql, StoreError},
    values,
};

/// Stops the cards of the person to whom a code was written, and uses the code up; nothing when
/// the code does not count.
pub fn stop_by_code(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    hash: CodeHash,
    now_ms: i64,
) -> Result<Option<u64>, StoreError> {
    match code::use_up(sql, hash, CodePurpose::Stop, now_ms)? {
        Some(person_id) => stop(sql, viewer, &person_id, now_ms).map(Some),
        None => Ok(None),
    }
}

/// Stops every card of a person: no card opens anything, sessions are over, open requests of
/// services are refused, and tokens stop counting. Answers how many cards were stopped.
pub fn stop(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    person_id: &str,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let query = "UPDATE credential_link SET state = 'lost', closed_at_ms = $2 \
                 WHERE person_id = $1 AND state IN ('active', 'proposed')";
    let stopped = sql.execute(query, values![person_id, now_ms])?;
    for query in [
        "UPDATE session SET ended_at_ms = $2 WHERE person_id = $1 AND ended_at_ms IS NULL",
        "UPDATE service_grant SET revoked_at_ms = $2 \
         WHERE person_id = $1 AND revoked_at_ms IS NULL",
    ] {
        sql.execute(query, values![person_id, now_ms])?;
    }
    let query = "UPDATE service_request SET stage = 'refused' \
                 WHERE person_id = $1 AND stage = 'approved'";
    sql.execute(query, values![person_id])?;
    audit::act(sql, viewer, now_ms, "card-stopped", &[person_id.to_owned()])?;
    Ok(stopped)
}
