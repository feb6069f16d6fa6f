//! Everything a box sends up by itself: applied exactly once, acknowledged after the disk has it
//! (invariant 6).

mod check_in;
mod order_reply;
mod telemetry;

use gateway_api::report::{Report, ReportContent};

use crate::{
    device::{self, Device},
    encoding::sha256,
    store::{Sql, StoreError},
    values,
};

/// Why a report is refused for good.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    /// Malformed, or another report has this id.
    #[error("{0}")]
    BadRequest(&'static str),
    /// The session is not of this box, was over, or too weak.
    #[error("the session is not of this box, or was not valid when it happened")]
    SessionRefused,
    /// It refers to something that does not exist.
    #[error("{0}")]
    Unknown(&'static str),
    /// The store failed; trying again helps.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A report with what the gateway knows about it.
pub(crate) struct Arrival<'a> {
    pub(crate) device: &'a Device,
    pub(crate) report_id: String,
    pub(crate) received_at_ms: i64,
    /// When it happened, as far as the gateway believes it: a box without a trustworthy clock is
    /// taken at the time of reception, and nothing happens in the future.
    pub(crate) happened_at_ms: i64,
    pub(crate) clock_trusted: bool,
}

/// Applies a report; one that was applied before changes nothing.
pub(crate) fn apply(
    sql: &mut dyn Sql,
    device: &Device,
    report: &Report,
    now_ms: i64,
) -> Result<(), ReportError> {
    let arrival = Arrival {
        device,
        report_id: report.report_id.to_string(),
        received_at_ms: now_ms,
        happened_at_ms: if report.clock_trusted {
            report.happened_at_ms.clamp(0, now_ms)
        } else {
            now_ms
        },
        clock_trusted: report.clock_trusted,
    };
    if !is_new(sql, &arrival, report)? {
        return Ok(());
    }
    device::seen(sql, &device.device_id, now_ms)?;
    match &report.content {
        ReportContent::CheckIn { session_id, condition, contact_wanted } => {
            check_in::answer(sql, &arrival, session_id, *condition, *contact_wanted)
        }
        ReportContent::CheckInWithdrawal { check_in, session_id } => {
            check_in::withdraw(sql, &arrival, session_id, &check_in.to_string())
        }
        ReportContent::OrderAnswer { order_id, answer } => {
            order_reply::answer(sql, &arrival, order_id, *answer)
        }
        ReportContent::OrderReceipt { order_id, stage } => {
            order_reply::receipt(sql, &arrival, order_id, *stage)
        }
        ReportContent::Telemetry { refused_orders, refused_reports } => {
            telemetry::count(sql, &arrival, refused_orders, refused_reports)
        }
    }
}

/// Claims the report's id. Two copies at the same moment: one inserts, the other finds it.
fn is_new(sql: &mut dyn Sql, arrival: &Arrival<'_>, report: &Report) -> Result<bool, ReportError> {
    let digest = digest(report)?;
    let device_id = &arrival.device.device_id;
    let inserted = sql.execute(
        "INSERT INTO report (report_id, device_id, kind, content_sha256, received_at_ms) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (report_id) DO NOTHING",
        values![
            &arrival.report_id,
            device_id,
            kind(&report.content),
            &digest,
            arrival.received_at_ms
        ],
    )?;
    if inserted == 1 {
        return Ok(true);
    }
    let query = "SELECT report_id FROM report \
                 WHERE report_id = $1 AND device_id = $2 AND content_sha256 = $3";
    let same = sql.optional(query, values![&arrival.report_id, device_id, &digest])?;
    match same {
        Some(_) => Ok(false),
        None => Err(ReportError::BadRequest("another report has this id; draw a new one")),
    }
}

fn digest(report: &Report) -> Result<[u8; 32], ReportError> {
    let json = serde_json::to_vec(report);
    json.map(|json| sha256(&json)).map_err(|_| ReportError::BadRequest("not a report"))
}

fn kind(content: &ReportContent) -> &'static str {
    match content {
        ReportContent::CheckIn { .. } => "check-in",
        ReportContent::CheckInWithdrawal { .. } => "check-in-withdrawal",
        ReportContent::OrderAnswer { .. } => "order-answer",
        ReportContent::OrderReceipt { .. } => "order-receipt",
        ReportContent::Telemetry { .. } => "telemetry",
    }
}

/// The day in Japan, `YYYY-MM-DD`.
pub(crate) fn business_date(at_ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(at_ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    // Japan keeps UTC+9 all year.
    jiff::tz::Offset::constant(9).to_datetime(at).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_begins_at_midnight_in_japan() {
        assert_eq!(business_date(1_795_186_799_000), "2026-11-20");
        assert_eq!(business_date(1_795_186_800_000), "2026-11-21");
    }
}
