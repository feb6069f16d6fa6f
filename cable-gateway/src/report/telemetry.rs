//! Counters of boxes: what they refused, and what was refused to them.

use gateway_api::report::{RefusedOrders, RefusedReports};

use super::{Arrival, ReportError, business_date};
use crate::{store::Sql, values};

const REASONS_MAX: usize = 32;
const REASON_MAX_LEN: usize = 64;

pub(super) fn count(
    sql: &mut dyn Sql,
    arrival: &Arrival<'_>,
    orders: &[RefusedOrders],
    reports: &[RefusedReports],
) -> Result<(), ReportError> {
    if orders.len() > REASONS_MAX || reports.len() > REASONS_MAX {
        return Err(ReportError::BadRequest("more than 32 reasons"));
    }
    for RefusedOrders { reason, count } in orders {
        add(sql, arrival, "order", reason, *count)?;
    }
    for RefusedReports { code, count } in reports {
        let reason = serde_json::to_value(code).ok();
        let reason = reason.as_ref().and_then(serde_json::Value::as_str).unwrap_or("unknown");
        add(sql, arrival, "report", reason, *count)?;
    }
    Ok(())
}

fn add(
    sql: &mut dyn Sql,
    arrival: &Arrival<'_>,
    kind: &str,
    reason: &str,
    count: u32,
) -> Result<(), ReportError> {
    let is_code = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    if reason.is_empty() || reason.len() > REASON_MAX_LEN || !reason.bytes().all(is_code) {
        return Err(ReportError::BadRequest("a reason is a code of small letters and hyphens"));
    }
    sql.execute(
        "INSERT INTO refused_count (device_id, business_date, kind, reason, total) \
         VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (device_id, business_date, kind, reason) \
         DO UPDATE SET total = refused_count.total + $5",
        values![
            &arrival.device.device_id,
            business_date(arrival.happened_at_ms),
            kind,
            reason,
            count
        ],
    )?;
    Ok(())
}
