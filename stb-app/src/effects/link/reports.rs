//! Reports leave in their order, on two lanes: what a person said never waits behind receipts.

use gateway_api::{
    problem::ProblemCode,
    report::{Report, ReportContent},
};
use stb_core::event::Event;
use tokio::sync::mpsc;

use super::requests::{Failure, Requests};
use crate::effects::Events;

/// The two lanes. Reports of one lane are sent one after the other, so that a taken-back answer
/// cannot overtake the answer.
pub(super) struct Lanes {
    people: mpsc::UnboundedSender<Report>,
    machine: mpsc::UnboundedSender<Report>,
    events: Events,
}

impl Lanes {
    pub(super) fn start(requests: &Requests, events: &Events) -> Self {
        let lane = || {
            let (lane, queue) = mpsc::unbounded_channel();
            tokio::spawn(deliver(requests.clone(), events.clone(), queue));
            lane
        };
        Self { people: lane(), machine: lane(), events: events.clone() }
    }

    pub(super) fn send(&self, report: Report) {
        let lane = match report.content {
            ReportContent::OrderReceipt { .. } | ReportContent::Telemetry { .. } => &self.machine,
            _ => &self.people,
        };
        let report_id = report.report_id;
        if lane.send(report).is_err() {
            tracing::error!(%report_id, "report not sent: its lane is gone");
            let events = self.events.clone();
            tokio::spawn(async move { events.send(Event::ReportNotSent(report_id)).await });
        }
    }
}

async fn deliver(requests: Requests, events: Events, mut queue: mpsc::UnboundedReceiver<Report>) {
    while let Some(report) = queue.recv().await {
        let report_id = report.report_id;
        let event = match requests.send_report(&report).await {
            Ok(()) => Event::ReportDelivered(report_id),
            Err(failure) => {
                tracing::warn!(%report_id, %failure, "report not delivered");
                match failure {
                    Failure::Refused(problem) if is_final(problem.code) => {
                        Event::ReportRefused { report_id, code: problem.code }
                    }
                    _ => Event::ReportNotSent(report_id),
                }
            }
        };
        if events.send(event).await.is_err() {
            return;
        }
    }
}

/// Whether sending the same report again can never succeed. What the operator can mend (a device
/// certificate, a failing gateway) is not final: the report waits.
pub(super) fn is_final(code: ProblemCode) -> bool {
    !matches!(
        code,
        ProblemCode::Internal
            | ProblemCode::TooManyRequests
            | ProblemCode::DeviceRefused
            | ProblemCode::DeviceStopped
    )
}
