//! What this home said about each order, and which receipts went out; stored beside the book.

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use evacuation::order::OrderId;
use gateway_api::report::{Answer, Report};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// So many orders are remembered; the oldest is forgotten first, one with a call for help or an answer that the
/// town does not have only when there is no other.
const MOST: usize = 64;

/// Answers and receipts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Memory {
    orders: Vec<Remembered>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Remembered {
    order_id: String,
    #[serde(default)]
    answer: Option<Given>,
    /// A call for help made under an order that this one replaced; it stands until this one is
    /// answered otherwise.
    #[serde(default)]
    help: Option<Given>,
    #[serde(default)]
    received_told: bool,
    #[serde(default)]
    shown_told: bool,
}

impl Remembered {
    /// Somebody still waits for what became of it.
    fn is_open(&self) -> bool {
        let mut given = self.answer.iter().chain(&self.help);
        given.any(|given| given.waiting.is_some() || given.stands)
    }
}

/// One answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Given {
    pub(super) answer: Answer,
    pub(super) report: Uuid,
    #[serde(default)]
    pub(super) refused: bool,
    /// A call for help that was not answered otherwise since.
    #[serde(default)]
    stands: bool,
    /// Under a drill; such a call ends with its order.
    #[serde(default)]
    drill: bool,
    /// The report itself until the town has it or refused it. That the outbox does not hold it says
    /// nothing: a disk may have lost it.
    #[serde(default)]
    pub(super) waiting: Option<Report>,
}

/// The stored form: the book's own bytes, and the memory.
#[derive(Serialize, Deserialize)]
struct Stored {
    book: String,
    memory: Memory,
}

pub(super) fn write(book: &[u8], memory: &Memory) -> Vec<u8> {
    let stored = Stored { book: STANDARD.encode(book), memory: memory.clone() };
    serde_json::to_vec(&stored).expect("strings, flags and ids only")
}

pub(super) fn read(bytes: &[u8]) -> Option<(Vec<u8>, Memory)> {
    let stored: Stored = serde_json::from_slice(bytes).ok()?;
    Some((STANDARD.decode(stored.book).ok()?, stored.memory))
}

impl Memory {
    /// What was known earlier, where nothing newer is known.
    pub(super) fn remember_before(&mut self, earlier: Self) {
        let newer = std::mem::replace(self, earlier);
        for known in newer.orders {
            self.orders.retain(|order| order.order_id != known.order_id);
            self.orders.push(known);
        }
        while self.orders.len() > MOST {
            self.forget_one();
        }
    }

    fn forget_one(&mut self) {
        let settled = self.orders.iter().position(|order| !order.is_open());
        self.orders.remove(settled.unwrap_or(0));
    }

    pub(super) fn answer(&self, id: OrderId) -> Option<&Given> {
        let order_id = id.to_string();
        self.orders.iter().find(|order| order.order_id == order_id)?.answer.as_ref()
    }

    pub(super) fn set_answer(&mut self, id: OrderId, answer: Answer, report: Report, drill: bool) {
        let given = Given {
            answer,
            report: report.report_id,
            refused: false,
            stands: answer == Answer::NeedHelp,
            drill,
            waiting: Some(report),
        };
        let remembered = self.of(id);
        let before = remembered.answer.replace(given).into_iter().chain(remembered.help.take());
        for call in before.filter(|before| before.stands).collect::<Vec<_>>() {
            self.supersede(call.report);
        }
    }

    /// A call for help gave way to a later answer: sent after that one it would be a new call.
    fn supersede(&mut self, report: Uuid) {
        self.of_report(report).for_each(|given| {
            given.waiting = None;
            given.stands = false;
        });
        for order in &mut self.orders {
            order.help.take_if(|help| help.report == report);
        }
    }

    /// Calls for help that stand and that none of the orders shown tells, oldest first, with the
    /// order under which each was made.
    pub(super) fn calls_beyond(&self, shown: &BTreeSet<OrderId>) -> Vec<(OrderId, &Given)> {
        let told: BTreeSet<Uuid> = shown
            .iter()
            .filter_map(|id| self.answer(*id).or(self.help(*id)))
            .map(|given| given.report)
            .collect();
        let calls = self.orders.iter().filter_map(|order| {
            let given = order.answer.as_ref().filter(|given| given.stands && !given.drill)?;
            Some((order.order_id.parse().ok()?, given))
        });
        calls.filter(|(_, given)| !told.contains(&given.report)).collect()
    }

    /// Answers that the town does not have yet.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Report> {
        let answers = self.orders.iter().filter_map(|order| order.answer.as_ref());
        answers.filter_map(|given| given.waiting.as_ref())
    }

    /// The call for help that stands from before this order.
    pub(super) fn help(&self, id: OrderId) -> Option<&Given> {
        let order_id = id.to_string();
        self.orders.iter().find(|order| order.order_id == order_id)?.help.as_ref()
    }

    /// An update asks anew, but whoever called for help still needs it.
    pub(super) fn carry_help(&mut self, id: OrderId, replaced: &[OrderId]) {
        if self.answer(id).is_some() || self.help(id).is_some() {
            return;
        }
        let called = |id: &OrderId| {
            let answer = self.answer(*id).filter(|given| given.stands);
            answer.or(self.help(*id)).cloned()
        };
        if let Some(help) = replaced.iter().find_map(called) {
            self.of(id).help = Some(help);
        }
    }

    pub(super) fn refuse(&mut self, report: Uuid) -> bool {
        let settle = |given: &mut Given| {
            given.refused = true;
            given.waiting = None;
        };
        self.of_report(report).map(settle).count() > 0
    }

    /// The town has it.
    pub(super) fn deliver(&mut self, report: Uuid) -> bool {
        self.of_report(report).map(|given| given.waiting = None).count() > 0
    }

    /// The answer that went with this report, wherever it stands.
    fn of_report(&mut self, report: Uuid) -> impl Iterator<Item = &mut Given> {
        let kept = self.orders.iter_mut();
        let given = kept.flat_map(|order| order.answer.iter_mut().chain(&mut order.help));
        given.filter(move |given| given.report == report)
    }

    pub(super) fn note_received(&mut self, id: OrderId) -> bool {
        !std::mem::replace(&mut self.of(id).received_told, true)
    }

    pub(super) fn note_shown(&mut self, id: OrderId) -> bool {
        !std::mem::replace(&mut self.of(id).shown_told, true)
    }

    fn of(&mut self, id: OrderId) -> &mut Remembered {
        let order_id = id.to_string();
        let position = self.orders.iter().position(|order| order.order_id == order_id);
        let position = position.unwrap_or_else(|| self.begin(order_id));
        &mut self.orders[position]
    }

    fn begin(&mut self, order_id: String) -> usize {
        if self.orders.len() >= MOST {
            self.forget_one();
        }
        let remembered = Remembered {
            order_id,
            answer: None,
            help: None,
            received_told: false,
            shown_told: false,
        };
        self.orders.push(remembered);
        self.orders.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use gateway_api::report::ReportContent;

    use super::*;

    fn id(number: u8) -> OrderId {
        OrderId([number; 16])
    }

    fn report(number: u128, order: u8, answer: Answer) -> Report {
        let content = ReportContent::OrderAnswer { order_id: id(order).to_string(), answer };
        let report_id = Uuid::from_u128(number);
        Report { report_id, happened_at_ms: 0, clock_trusted: true, content }
    }

    fn waiting(memory: &Memory) -> Vec<u128> {
        memory.waiting().map(|report| report.report_id.as_u128()).collect()
    }

    #[test]
    fn an_answer_waits_until_the_town_has_it_or_refuses_it() {
        let mut memory = Memory::default();
        memory.set_answer(id(1), Answer::Leaving, report(5, 1, Answer::Leaving), false);
        memory.set_answer(id(2), Answer::Staying, report(6, 2, Answer::Staying), false);
        let (_, mut memory) = read(&write(b"book", &memory)).expect("it was just written");
        assert_eq!(waiting(&memory), [5, 6]);
        assert!(memory.deliver(Uuid::from_u128(5)));
        assert!(memory.refuse(Uuid::from_u128(6)));
        assert!(!memory.deliver(Uuid::from_u128(7)));
        assert_eq!(waiting(&memory), []);
    }

    #[test]
    fn a_call_that_a_later_answer_took_back_is_not_sent_after_it() {
        let mut memory = Memory::default();
        memory.set_answer(id(1), Answer::NeedHelp, report(5, 1, Answer::NeedHelp), false);
        memory.carry_help(id(2), &[id(1)]);
        memory.set_answer(id(2), Answer::Leaving, report(6, 2, Answer::Leaving), false);
        assert_eq!(waiting(&memory), [6]);
    }

    #[test]
    fn answers_and_receipts_survive_the_store() {
        let mut memory = Memory::default();
        memory.set_answer(id(1), Answer::NeedHelp, report(5, 1, Answer::NeedHelp), false);
        assert!(memory.note_received(id(2)));
        assert!(!memory.note_received(id(2)));
        let (book, restored) = read(&write(b"book", &memory)).expect("it was just written");
        assert_eq!(book, b"book");
        assert_eq!(restored, memory);
    }

    #[test]
    fn a_call_for_help_stands_through_updates_until_it_is_answered_otherwise() {
        let mut memory = Memory::default();
        memory.set_answer(id(1), Answer::NeedHelp, report(5, 1, Answer::NeedHelp), false);
        memory.carry_help(id(2), &[id(1)]);
        let (_, mut memory) = read(&write(b"book", &memory)).expect("it was just written");
        memory.carry_help(id(3), &[id(2)]);
        assert_eq!(memory.help(id(3)).map(|given| given.report), Some(Uuid::from_u128(5)));
        memory.set_answer(id(3), Answer::Leaving, report(6, 3, Answer::Leaving), false);
        memory.carry_help(id(3), &[id(2)]);
        memory.carry_help(id(4), &[id(3)]);
        memory.carry_help(id(5), &[id(1), id(2)]);
        let helps = [3, 4, 5].map(|number| memory.help(id(number)));
        assert_eq!(helps, [None, None, None], "also where an older order is updated");
    }

    #[test]
    fn damaged_bytes_are_told() {
        assert_eq!(read(b""), None);
        assert_eq!(read(br#"{"book":"!","memory":{"orders":[]}}"#), None);
    }

    #[test]
    fn a_call_for_help_is_not_forgotten_for_newer_orders() {
        let mut memory = Memory::default();
        memory.set_answer(id(0), Answer::NeedHelp, report(5, 0, Answer::NeedHelp), false);
        memory.deliver(Uuid::from_u128(5));
        for number in 1..=255 {
            memory.note_shown(id(number));
        }
        assert_eq!(memory.orders.len(), MOST);
        assert_eq!(memory.calls_beyond(&BTreeSet::new()).len(), 1);
        let mut newer = Memory::default();
        (100..=200).for_each(|number| drop(newer.note_shown(id(number))));
        newer.remember_before(memory);
        assert_eq!(newer.orders.len(), MOST);
        assert_eq!(newer.calls_beyond(&BTreeSet::new()).len(), 1);
    }

    #[test]
    fn the_memory_is_bounded() {
        let mut memory = Memory::default();
        for number in 0..=255 {
            memory.note_shown(id(number));
        }
        assert_eq!(memory.orders.len(), MOST);
        assert!(!memory.note_shown(id(255)));
        assert!(memory.note_shown(id(0)), "the oldest was forgotten");
    }
}
