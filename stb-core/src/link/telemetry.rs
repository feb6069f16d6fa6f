//! What was refused, counted by reason, without personal data; reported in batches.

use gateway_api::{
    problem::ProblemCode,
    report::{RefusedOrders, RefusedReports, ReportContent},
};

/// Counts are gathered for this long before they are reported.
const BATCH_MS: u64 = 60_000;

/// Counts since the last report.
#[derive(Debug, Default)]
pub(crate) struct Telemetry {
    orders: Vec<RefusedOrders>,
    reports: Vec<RefusedReports>,
    due: Option<u64>,
}

impl Telemetry {
    pub(crate) fn refused_order(&mut self, reason: &str, now_ms: u64) {
        self.due.get_or_insert(now_ms + BATCH_MS);
        match self.orders.iter_mut().find(|entry| entry.reason == reason) {
            Some(entry) => entry.count = entry.count.saturating_add(1),
            None => self.orders.push(RefusedOrders { reason: reason.to_owned(), count: 1 }),
        }
    }

    pub(crate) fn refused_report(&mut self, code: ProblemCode, now_ms: u64) {
        self.due.get_or_insert(now_ms + BATCH_MS);
        match self.reports.iter_mut().find(|entry| entry.code == code) {
            Some(entry) => entry.count = entry.count.saturating_add(1),
            None => self.reports.push(RefusedReports { code, count: 1 }),
        }
    }

    pub(crate) const fn deadline(&self) -> Option<u64> {
        self.due
    }

    /// The report when its time has come. While an earlier one still waits, counting goes on.
    pub(crate) fn reach(&mut self, now_ms: u64, earlier_waits: bool) -> Option<ReportContent> {
        if self.due.is_none_or(|due| now_ms < due) {
            return None;
        }
        if earlier_waits {
            self.due = Some(now_ms + BATCH_MS);
            return None;
        }
        self.due = None;
        Some(ReportContent::Telemetry {
            refused_orders: std::mem::take(&mut self.orders),
            refused_reports: std::mem::take(&mut self.reports),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_counted_by_reason_and_reported_once() {
        let mut telemetry = Telemetry::default();
        telemetry.refused_order("replayed", 1_000);
        telemetry.refused_order("bad-signature", 2_000);
        telemetry.refused_order("replayed", 3_000);
        telemetry.refused_report(ProblemCode::BadRequest, 3_000);
        assert_eq!(telemetry.reach(60_999, false), None);
        assert_eq!(telemetry.reach(61_000, true), None, "an earlier report still waits");
        let due = telemetry.deadline().expect("it is put off");
        let content = telemetry.reach(due, false).expect("the counts are due");
        let expected = serde_json::json!({
            "kind": "telemetry",
            "refused_orders": [
                {"reason": "replayed", "count": 2},
                {"reason": "bad-signature", "count": 1},
            ],
            "refused_reports": [{"code": "bad-request", "count": 1}],
        });
        assert_eq!(serde_json::to_value(content).expect("it is plain data"), expected);
        assert_eq!(telemetry.deadline(), None);
    }
}
