//! Reports on their way: entered, stored, sent, delivered or refused (invariant 6).

use gateway_api::{
    problem::ProblemCode,
    report::{Report, ReportContent},
};
use uuid::Uuid;

use crate::{
    check_in::Settled,
    effect::{Effect, StoreCommand},
    phone,
    phrase::say,
};

use super::Machine;

impl Machine {
    /// Enters a report; it is stored before anything is said to be done.
    pub(super) fn enter(&mut self, content: ReportContent) -> Report {
        self.enter_later(content, 0)
    }

    /// Enters a report that need not go before this moment.
    pub(super) fn enter_later(&mut self, content: ReportContent, not_before: u64) -> Report {
        let report: Report = self.context.report(content);
        self.send(report.clone(), not_before);
        report
    }

    fn send(&mut self, report: Report, not_before: u64) {
        if self.outbox.add(report.clone(), not_before) {
            self.context.push(Effect::Store(StoreCommand::AddReport(report)));
        }
    }

    /// The store was read: answers to orders that the town does not have go out again, where the
    /// store lost their reports. The same report twice is applied once.
    pub(super) fn send_what_was_lost(&mut self) {
        for report in self.emergency.waiting() {
            if !self.outbox.holds(report.report_id) {
                self.send(report, 0);
            }
        }
    }

    pub(super) fn report_stored(&mut self, report: Uuid) {
        self.outbox.settled_in_store(report);
        self.certain(report);
    }

    /// Not on disk, but still in memory: it is sent from there, and called done once delivered.
    pub(super) fn report_not_stored(&mut self, report: Uuid) {
        self.outbox.settled_in_store(report);
        self.check_in.store_failed(report);
    }

    pub(super) fn report_delivered(&mut self, report: Uuid) {
        if self.outbox.take_out(report).is_none() {
            return;
        }
        self.context.push(Effect::Store(StoreCommand::RemoveReport(report)));
        self.certain(report);
        self.check_in.delivered(report);
        if self.emergency.report_delivered(report) {
            self.answers_arrived();
            self.save_orders();
        }
    }

    /// The gateway will never take it: away with it, counted, and told to whom it concerns.
    pub(super) fn report_refused(&mut self, report: Uuid, code: ProblemCode) {
        let Some(refused) = self.outbox.take_out(report) else { return };
        self.context.push(Effect::Store(StoreCommand::RemoveReport(report)));
        self.telemetry.refused_report(code, self.context.now_ms());
        self.check_in.refused(report);
        if self.emergency.report_refused(report) {
            self.answers_refused();
            self.save_orders();
        }
        if is_from_a_person(&refused.content) {
            let phone = self.context.town_phone.as_ref();
            let (without, with) = (say::toast_report_refused, say::toast_report_refused_phone);
            self.show_toast(phone::named(phone, without, with));
        }
    }

    pub(super) fn reach_reports(&mut self) {
        let now_ms = self.context.now_ms();
        self.outbox.reach(now_ms, &mut self.context.random);
        let earlier_waits =
            self.outbox.holds_any(|content| matches!(content, ReportContent::Telemetry { .. }));
        if let Some(content) = self.telemetry.reach(now_ms, earlier_waits) {
            self.enter(content);
        }
    }

    pub(super) fn send_next_report(&mut self) {
        if let Some(report) = self.outbox.next(self.context.now_ms()) {
            self.context.push(Effect::SendReport(report));
        }
    }

    /// How long the town lets an answer be taken back.
    pub(super) fn undo_ms(&self) -> u64 {
        let profile = self.profile.as_ref();
        let seconds = profile.map_or(0, |profile| profile.provisioning.check_in.undo_seconds);
        u64::from(seconds) * 1_000
    }

    /// The store or the gateway has it.
    fn certain(&mut self, report: Uuid) {
        let undo_ms = self.undo_ms();
        match self.check_in.kept(report, self.context.now_ms(), undo_ms) {
            Some(Settled::Answered(asked, condition)) => self.note_check_in(&asked, condition),
            Some(Settled::Withdrawn(asked)) => self.forget_check_in(&asked),
            None => {}
        }
    }
}

pub(super) fn is_from_a_person(content: &ReportContent) -> bool {
    match content {
        ReportContent::CheckIn { .. }
        | ReportContent::CheckInWithdrawal { .. }
        | ReportContent::OrderAnswer { .. } => true,
        ReportContent::OrderReceipt { .. } | ReportContent::Telemetry { .. } => false,
    }
}
