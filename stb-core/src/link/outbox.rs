//! What must reach the gateway, in the order of entry, exactly once (invariant 6).
//!
//! A report goes to the store first; the screen says "done" after that. It leaves the store when
//! the gateway has it, or will never take it. At most one is on its way at any time.

use std::collections::VecDeque;

use gateway_api::report::{Report, ReportContent};
use uuid::Uuid;

use super::{backoff::Backoff, id::Generator};

/// A report without an answer from the shell for this long counts as not sent.
const LOST_AFTER_MS: u64 = 60_000;
/// Receipts and counters give way when so much waits; answers of people never do.
const CROWDED: usize = 500;

/// Reports that wait, and the one on its way.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    entries: VecDeque<Entry>,
    in_flight: Option<InFlight>,
    backoff: Backoff,
    retry_at: Option<u64>,
}

#[derive(Debug)]
struct Entry {
    report: Report,
    is_stored: bool,
    not_before: u64,
}

#[derive(Debug)]
struct InFlight {
    report_id: Uuid,
    lost_at: u64,
}

impl Outbox {
    /// What the store held at start, oldest first.
    pub(crate) fn restore(&mut self, reports: Vec<Report>) {
        for report in reports {
            if !self.holds(report.report_id) {
                self.entries.push_back(Entry { report, is_stored: true, not_before: 0 });
            }
        }
    }

    /// Takes a report; false when it has to give way.
    pub(crate) fn add(&mut self, report: Report, not_before: u64) -> bool {
        if self.entries.len() >= CROWDED && gives_way(&report.content) {
            return false;
        }
        self.entries.push_back(Entry { report, is_stored: false, not_before });
        true
    }

    /// The store has it, or never will: either way it may be sent from memory now.
    pub(crate) fn settled_in_store(&mut self, report_id: Uuid) {
        for entry in self.entries.iter_mut().filter(|entry| entry.report.report_id == report_id) {
            entry.is_stored = true;
        }
    }

    /// The report to send now, if any.
    pub(crate) fn next(&mut self, now_ms: u64) -> Option<Report> {
        if self.in_flight.is_some() || self.retry_at.is_some_and(|at| now_ms < at) {
            return None;
        }
        self.retry_at = None;
        let entry = self.entries.iter().find(|entry| entry.may_go(now_ms))?;
        let report_id = entry.report.report_id;
        self.in_flight = Some(InFlight { report_id, lost_at: now_ms + LOST_AFTER_MS });
        Some(entry.report.clone())
    }

    /// The gateway has it, or refused it for good: the report leaves the outbox.
    pub(crate) fn take_out(&mut self, report_id: Uuid) -> Option<Report> {
        self.land(report_id);
        self.backoff.reset();
        self.retry_at = None;
        let position = self.entries.iter().position(|entry| entry.report.report_id == report_id)?;
        self.entries.remove(position).map(|entry| entry.report)
    }

    pub(crate) fn not_sent(&mut self, report_id: Uuid, now_ms: u64, random: &mut Generator) {
        if self.land(report_id) {
            self.retry_at = Some(now_ms + self.backoff.next_delay_ms(random));
        }
    }

    /// The gateway is there again: no need to wait longer.
    pub(crate) fn link_opened(&mut self) {
        self.backoff.reset();
        self.retry_at = None;
    }

    pub(crate) fn reach(&mut self, now_ms: u64, random: &mut Generator) {
        let lost = self.in_flight.as_ref().filter(|flight| flight.lost_at <= now_ms);
        if let Some(report_id) = lost.map(|flight| flight.report_id) {
            self.not_sent(report_id, now_ms, random);
        }
    }

    pub(crate) fn deadline(&self) -> Option<u64> {
        if let Some(flight) = &self.in_flight {
            return Some(flight.lost_at);
        }
        let sendable = self.entries.iter().filter(|entry| entry.is_stored || entry.is_urgent());
        let earliest = sendable.map(|entry| entry.not_before).min()?;
        Some(earliest.max(self.retry_at.unwrap_or(0)))
    }

    pub(crate) fn holds(&self, report_id: Uuid) -> bool {
        self.entries.iter().any(|entry| entry.report.report_id == report_id)
    }

    /// Whether it waits and is on disk; none when it is not here any more.
    pub(crate) fn is_stored(&self, report_id: Uuid) -> Option<bool> {
        let entry = self.entries.iter().find(|entry| entry.report.report_id == report_id)?;
        Some(entry.is_stored)
    }

    /// Whether a report of this kind waits, or is on its way.
    pub(crate) fn holds_any(&self, is_meant: impl Fn(&ReportContent) -> bool) -> bool {
        self.entries.iter().any(|entry| is_meant(&entry.report.content))
    }

    fn land(&mut self, report_id: Uuid) -> bool {
        let is_it = self.in_flight.as_ref().is_some_and(|flight| flight.report_id == report_id);
        if is_it {
            self.in_flight = None;
        }
        is_it
    }
}

impl Entry {
    fn may_go(&self, now_ms: u64) -> bool {
        self.not_before <= now_ms && (self.is_stored || self.is_urgent())
    }

    /// "Help is needed" does not wait for a disk; sending twice has the effect of sending once.
    fn is_urgent(&self) -> bool {
        matches!(self.report.content, ReportContent::OrderAnswer { .. })
    }
}

fn gives_way(content: &ReportContent) -> bool {
    matches!(content, ReportContent::OrderReceipt { .. } | ReportContent::Telemetry { .. })
}

#[cfg(test)]
mod tests {
    use gateway_api::report::{Answer, Condition, ReceiptStage};

    use super::*;

    fn report(number: u128, content: ReportContent) -> Report {
        let report_id = Uuid::from_u128(number);
        Report { report_id, happened_at_ms: 0, clock_trusted: true, content }
    }

    fn check_in(number: u128) -> Report {
        let content = ReportContent::CheckIn {
            session_id: "s".into(),
            condition: Condition::Good,
            contact_wanted: false,
        };
        report(number, content)
    }

    fn receipt(number: u128) -> Report {
        let stage = ReceiptStage::Received;
        report(number, ReportContent::OrderReceipt { order_id: "00".into(), stage })
    }

    fn next_id(outbox: &mut Outbox, now_ms: u64) -> Option<u128> {
        outbox.next(now_ms).map(|report| report.report_id.as_u128())
    }

    #[test]
    fn reports_go_one_by_one_in_the_order_of_entry() {
        let mut outbox = Outbox::default();
        outbox.restore(vec![check_in(1), check_in(2)]);
        assert_eq!(next_id(&mut outbox, 0), Some(1));
        assert_eq!(next_id(&mut outbox, 0), None, "one is on its way");
        outbox.take_out(Uuid::from_u128(1));
        assert_eq!(next_id(&mut outbox, 0), Some(2));
        outbox.take_out(Uuid::from_u128(2));
        assert_eq!(next_id(&mut outbox, 0), None);
        assert_eq!(outbox.deadline(), None);
    }

    #[test]
    fn a_check_in_is_not_sent_before_it_is_on_disk_but_an_answer_to_an_order_is() {
        let mut outbox = Outbox::default();
        outbox.add(check_in(1), 0);
        assert_eq!(next_id(&mut outbox, 0), None);
        let answer = ReportContent::OrderAnswer { order_id: "0".into(), answer: Answer::NeedHelp };
        outbox.add(report(2, answer), 0);
        assert_eq!(next_id(&mut outbox, 0), Some(2));
        outbox.take_out(Uuid::from_u128(2));
        outbox.settled_in_store(Uuid::from_u128(1));
        assert_eq!(next_id(&mut outbox, 0), Some(1));
    }

    #[test]
    fn what_could_not_be_sent_waits_and_goes_first_again() {
        let mut random = Generator::new(1);
        let mut outbox = Outbox::default();
        outbox.restore(vec![check_in(1), check_in(2)]);
        assert_eq!(next_id(&mut outbox, 0), Some(1));
        outbox.not_sent(Uuid::from_u128(1), 10, &mut random);
        let retry_at = outbox.deadline().expect("a retry is due");
        assert_eq!(next_id(&mut outbox, retry_at - 1), None);
        assert_eq!(next_id(&mut outbox, retry_at), Some(1));
    }

    #[test]
    fn an_open_link_ends_the_waiting() {
        let mut random = Generator::new(1);
        let mut outbox = Outbox::default();
        outbox.restore(vec![check_in(1)]);
        next_id(&mut outbox, 0);
        outbox.not_sent(Uuid::from_u128(1), 0, &mut random);
        outbox.link_opened();
        assert_eq!(next_id(&mut outbox, 1), Some(1));
    }

    #[test]
    fn a_report_that_nobody_answers_for_is_sent_again() {
        let mut random = Generator::new(1);
        let mut outbox = Outbox::default();
        outbox.restore(vec![check_in(1)]);
        next_id(&mut outbox, 0);
        outbox.reach(LOST_AFTER_MS - 1, &mut random);
        assert!(outbox.in_flight.is_some());
        outbox.reach(LOST_AFTER_MS, &mut random);
        let retry_at = outbox.deadline().expect("a retry is due");
        assert_eq!(next_id(&mut outbox, retry_at), Some(1));
    }

    #[test]
    fn a_receipt_waits_for_its_slot_without_holding_up_people() {
        let mut outbox = Outbox::default();
        outbox.add(receipt(1), 2_000);
        outbox.settled_in_store(Uuid::from_u128(1));
        assert_eq!(next_id(&mut outbox, 0), None);
        assert_eq!(outbox.deadline(), Some(2_000));
        outbox.restore(vec![check_in(2)]);
        assert_eq!(next_id(&mut outbox, 0), Some(2));
    }

    #[test]
    fn a_crowded_outbox_still_takes_what_people_answer() {
        let mut outbox = Outbox::default();
        let crowd = u128::try_from(CROWDED).expect("a small number");
        outbox.restore((1..=crowd).map(check_in).collect());
        assert!(!outbox.add(receipt(9_001), 0));
        assert!(outbox.add(check_in(9_002), 0));
    }

    #[test]
    fn a_late_or_foreign_word_about_a_report_changes_nothing() {
        let mut random = Generator::new(1);
        let mut outbox = Outbox::default();
        outbox.restore(vec![check_in(1)]);
        outbox.not_sent(Uuid::from_u128(1), 0, &mut random);
        assert_eq!(outbox.take_out(Uuid::from_u128(7)), None);
        assert_eq!(next_id(&mut outbox, 0), Some(1));
    }
}
