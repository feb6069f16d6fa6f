//! The daily answer and its withdrawal.

use gateway_api::{login::AssuranceLevel, report::Condition};

use super::{Arrival, ReportError, business_date};
use crate::{
    session::{self, SessionRecord, level_number},
    store::{Sql, check_in as standing},
    values,
};

/// Clocks of box and gateway may differ by this much.
const SKEW_MS: i64 = 2 * 60 * 1_000;

pub(super) fn answer(
    sql: &mut dyn Sql,
    arrival: &Arrival<'_>,
    session_id: &str,
    condition: Condition,
    contact_wanted: bool,
) -> Result<(), ReportError> {
    let session = session_at(sql, arrival, session_id)?;
    sql.execute(
        "INSERT INTO check_in (report_id, person_id, device_id, business_date, happened_at_ms, \
         received_at_ms, clock_trusted, level, condition, contact_wanted) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        values![
            &arrival.report_id,
            &session.person_id,
            &arrival.device.device_id,
            business_date(arrival.happened_at_ms),
            arrival.happened_at_ms,
            arrival.received_at_ms,
            arrival.clock_trusted,
            level_number(session.level),
            code(condition),
            contact_wanted
        ],
    )?;
    Ok(standing::settle(sql, &session.person_id)?)
}

pub(super) fn withdraw(
    sql: &mut dyn Sql,
    arrival: &Arrival<'_>,
    session_id: &str,
    check_in: &str,
) -> Result<(), ReportError> {
    let session = session_at(sql, arrival, session_id)?;
    let found = sql.execute(
        "UPDATE check_in SET withdrawn_at_ms = COALESCE(withdrawn_at_ms, $3) \
         WHERE report_id = $1 AND person_id = $2 AND device_id = $4",
        values![check_in, &session.person_id, arrival.happened_at_ms, &arrival.device.device_id],
    )?;
    if found != 1 {
        return Err(ReportError::Unknown("no such check-in of this person"));
    }
    // What stood before the press stands again.
    Ok(standing::settle(sql, &session.person_id)?)
}

/// The session in which it happened. A box without a trustworthy clock cannot say when, so that its
/// session counts by the order in which things arrive: it was opened before this.
fn session_at(
    sql: &mut dyn Sql,
    arrival: &Arrival<'_>,
    session_id: &str,
) -> Result<SessionRecord, ReportError> {
    let session = session::by_id(sql, &arrival.device.device_id, session_id)?;
    let session = session.ok_or(ReportError::SessionRefused)?;
    let in_time = !arrival.clock_trusted || session.was_valid_at(arrival.happened_at_ms, SKEW_MS);
    let strong_enough = session.level >= AssuranceLevel::L1;
    if in_time && strong_enough { Ok(session) } else { Err(ReportError::SessionRefused) }
}

fn code(condition: Condition) -> &'static str {
    match condition {
        Condition::Good => "good",
        Condition::Normal => "normal",
        Condition::Bad => "bad",
    }
}
