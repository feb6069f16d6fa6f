//! What this home said about each order, and which receipts went out; stored beside the book.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use base64::{Engine, engine::general_purpose::STANDARD};
use evacuation::order::OrderId;
use gateway_api::report::{Answer, Report};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::advice::Advice;

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
        given.any(|given| given.waiting.is_some() || given.is_waited_for())
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
    /// The town's staff has dealt with this call.
    #[serde(default)]
    pub(super) dealt_with: bool,
    /// The people here have read so, and it is not told any more.
    #[serde(default)]
    read: bool,
    /// The report itself until the town has it or refused it. That the outbox does not hold it says
    /// nothing: a disk may have lost it.
    #[serde(default)]
    pub(super) waiting: Option<Report>,
    /// The advice that it answers; none where an earlier version stored it.
    #[serde(default)]
    advice: Option<Advice>,
    /// The advice turned since: it stays what was said, but answers nothing any more.
    #[serde(default)]
    outdated: bool,
}

/// Under what an answer is given.
#[derive(Debug, Default)]
pub(super) struct Under {
    pub(super) is_drill: bool,
    pub(super) advice: Option<Advice>,
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

impl Given {
    /// A call that is meant, and that nobody has dealt with.
    const fn is_waited_for(&self) -> bool {
        self.stands && !self.drill && !self.dealt_with
    }

    /// A call that stands is told beyond its order, until somebody has read that staff dealt with it.
    const fn is_told_by_itself(&self) -> bool {
        self.stands && !self.drill && !self.read
    }
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

    /// What answers this order now.
    pub(super) fn answer(&self, id: OrderId) -> Option<&Given> {
        self.last(id).filter(|given| !given.outdated)
    }

    /// What was answered last, also where the advice turned since.
    pub(super) fn last(&self, id: OrderId) -> Option<&Given> {
        self.known(id)?.answer.as_ref()
    }

    /// Whether it was answered, but under other advice.
    pub(super) fn is_outdated(&self, id: OrderId) -> bool {
        self.last(id).is_some_and(|given| given.outdated)
    }

    fn known(&self, id: OrderId) -> Option<&Remembered> {
        let order_id = id.to_string();
        self.orders.iter().find(|order| order.order_id == order_id)
    }

    /// This is the advice now, of drills or of what is meant: answers under another one are outdated,
    /// and stay so. True when one became it.
    pub(super) fn advise(&mut self, advice: &Advice, drill: bool) -> bool {
        let given = self.orders.iter_mut().filter_map(|order| order.answer.as_mut());
        let mut became = false;
        for given in given.filter(|given| given.drill == drill && !given.outdated) {
            given.outdated = given.advice.get_or_insert_with(|| advice.clone()) != advice;
            became |= given.outdated;
        }
        became
    }

    pub(super) fn set_answer(&mut self, id: OrderId, answer: Answer, report: Report, under: Under) {
        let given = Given {
            answer,
            report: report.report_id,
            refused: false,
            stands: answer == Answer::NeedHelp,
            drill: under.is_drill,
            dealt_with: false,
            read: false,
            waiting: Some(report),
            advice: under.advice,
            outdated: false,
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
            let given = order.answer.as_ref().filter(|given| given.is_told_by_itself())?;
            Some((order.order_id.parse().ok()?, given))
        });
        calls.filter(|(_, given)| !told.contains(&given.report)).collect()
    }

    /// Answers that the town does not have yet.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Report> {
        let answers = self.orders.iter().filter_map(|order| order.answer.as_ref());
        answers.filter_map(|given| given.waiting.as_ref())
    }

    /// The call for help that stands from before this order, or from before its advice turned.
    pub(super) fn help(&self, id: OrderId) -> Option<&Given> {
        let known = self.known(id)?;
        let from_before = known.answer.as_ref().filter(|given| given.outdated && given.stands);
        from_before.or(known.help.as_ref())
    }

    /// An update asks anew, but whoever called for help still needs it.
    pub(super) fn carry_help(&mut self, id: OrderId, replaced: &[OrderId]) {
        if self.last(id).is_some() || self.help(id).is_some() {
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

    /// Staff has dealt with the calls that these reports brought, and with no other ones. True when
    /// that is news.
    pub(super) fn set_dealt_with(&mut self, reports: &[Uuid]) -> bool {
        let kept = self.orders.iter_mut();
        let given = kept.flat_map(|order| order.answer.iter_mut().chain(&mut order.help));
        let is_news = |given: &mut Given| {
            let dealt_with = given.stands && reports.contains(&given.report);
            let is_news = given.dealt_with != dealt_with;
            given.dealt_with = dealt_with;
            given.read &= dealt_with;
            is_news
        };
        given.map(is_news).fold(false, |news, one| news | one)
    }

    /// The people here have read that staff dealt with their calls.
    pub(super) fn read_dealt_with(&mut self) {
        let given = self.orders.iter_mut().filter_map(|order| order.answer.as_mut());
        given.filter(|given| given.dealt_with).for_each(|given| given.read = true);
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
