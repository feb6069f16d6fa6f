//! Orders on this box: the book of what is in force, what this home answered, and the takeover that
//! stands above every other state (invariants 1, 2, 3).

mod advice;
mod ladder;
mod memory;
mod spoken;
mod takeover;
mod words;

use std::collections::BTreeSet;

use evacuation::{
    book::{Now as BookNow, OrderBook, Outcome, Refusal, Standing},
    guidance::{Guidance, Step, guide_all},
    order::{Changes, Mode, Order, OrderId, UnixMillis},
    trust::Trust,
};
use gateway_api::report::{Answer, Report};
use uuid::Uuid;

use crate::{Now, profile::Profile};
use advice::{Advice, Advised};
use memory::{Given, Memory, Under};
pub(crate) use takeover::{CallBefore, Takeover, TakeoverDeed};
pub(crate) use words::{CallLeft, answer_words, covers_picture, hazard as hazard_name};

/// A gap is not asked for again within this time: the answer may be on its way.
const FETCH_PAUSE_MS: u64 = 15_000;
/// Boxes that missed the same order do not ask together.
pub(crate) const FETCH_SPREAD_MS: u32 = 5_000;
/// So many refused records are remembered, to count repeats by multicast once.
const REMEMBERED_REFUSALS: usize = 16;

/// A heartbeat that says nothing new is stored again after this time: it must outlive a power cut,
/// but flash memory wears. As long as the book lets a heartbeat be late.
const KEEP_MS: u64 = 300_000;
/// So many orders are kept for a store that is read late.
const EARLY_MAX: usize = 16;

/// Orders of this box.
pub(crate) struct Emergency {
    trust: Trust,
    book: Option<OrderBook>,
    memory: Memory,
    orders: Vec<HomeOrder>,
    alerted: BTreeSet<OrderId>,
    advised: Advised,
    /// Orders shown whose advice turned and was not answered since.
    turned: BTreeSet<OrderId>,
    /// The memory changed by itself, and the store does not have it yet.
    is_unkept: bool,
    takeover: Option<Takeover>,
    refused: Vec<u64>,
    fetched: Option<(u64, u64)>,
    early: Early,
    /// When the book went to the store last.
    kept_at: Option<u64>,
    /// The household reads larger text.
    large_text: bool,
    /// When it was last reckoned what is shown.
    moment: u64,
}

/// Orders that came before the store was read: what it held is older, and comes below them.
#[derive(Debug)]
enum Early {
    Kept(Vec<Vec<u8>>),
    /// The store was read.
    Over,
}

/// One order or notice as it concerns this home.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct HomeOrder {
    pub(crate) guidance: Guidance,
    pub(crate) standing: Standing,
    /// Whether another order still holds here: then the end of this one sends nobody home.
    pub(crate) others_hold: bool,
    /// Orders that it updates or ends.
    references: Vec<OrderId>,
    /// What it changed of the order that it replaced here.
    pub(crate) changes: Option<Changes>,
    /// What this home answered to the order that it updates or ends.
    pub(crate) earlier: Option<Answer>,
    /// None for a notice.
    advice: Option<Advice>,
}

/// What became of signed bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Stored and shown: the gateway hears of it.
    News(OrderId),
    /// Nothing to show, the book changed all the same.
    Quiet,
    /// What the town signed, but too late or for others; counted under this reason. The book
    /// remembers it: its number tells later what is old.
    Unshown(&'static str),
    /// Refused; counted under this reason.
    Refused(&'static str),
    /// Refused, but nothing to count.
    Repeated,
}

/// What became of the book under other keys or for another home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Adoption {
    /// It is to be stored.
    pub(crate) is_changed: bool,
    /// Why stored orders are not believed any more; to be counted.
    pub(crate) refused: Vec<&'static str>,
}

/// What a heartbeat leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pulse {
    pub(crate) fetch_after: Option<u64>,
    pub(crate) refused: Option<&'static str>,
    /// The book is to be stored.
    pub(crate) is_to_be_kept: bool,
}

impl Emergency {
    pub(crate) fn new() -> Self {
        Self {
            trust: Trust::default(),
            book: None,
            memory: Memory::default(),
            orders: Vec::new(),
            alerted: BTreeSet::new(),
            advised: Advised::default(),
            turned: BTreeSet::new(),
            is_unkept: false,
            takeover: None,
            refused: Vec::new(),
            fetched: None,
            early: Early::Kept(Vec::new()),
            kept_at: None,
            large_text: false,
            moment: 0,
        }
    }

    pub(crate) fn set_large_text(&mut self, large: bool) {
        self.large_text = large;
    }

    pub(crate) fn trust_mut(&mut self) -> &mut Trust {
        &mut self.trust
    }

    /// Reads what [`Self::keep`] wrote. A damaged book is begun anew: the heartbeat asks for
    /// what is in force. Nothing of it is shown before [`Self::adopt`] verified it again. False
    /// when it was damaged.
    pub(crate) fn restore(&mut self, bytes: &[u8], now: Now) -> bool {
        let Some((book, memory)) = memory::read(bytes) else { return false };
        self.memory.remember_before(memory);
        let Ok(book) = OrderBook::restore(&book, book_now(now)) else { return false };
        self.book = Some(book);
        true
    }

    /// The store was read: what came before that is entered above it.
    pub(crate) fn catch_up(&mut self, profile: &Profile, now: Now) {
        let Early::Kept(early) = std::mem::replace(&mut self.early, Early::Over) else { return };
        let Some(book) = &mut self.book else { return };
        for bytes in early {
            // What the store held already is refused as a repetition.
            let _known = book.accept(&bytes, &self.trust, &profile.home, book_now(now));
        }
    }

    /// Everything for the store, which gets it now.
    pub(crate) fn keep(&mut self, now_ms: u64) -> Option<Vec<u8>> {
        let bytes = memory::write(&self.book.as_ref()?.snapshot(), &self.memory);
        self.kept_at = Some(now_ms);
        self.is_unkept = false;
        Some(bytes)
    }

    /// Whether an answer stopped counting that the store still takes for one.
    pub(crate) const fn is_unkept(&self) -> bool {
        self.is_unkept
    }

    /// The home, the town's tables or its keys are known anew: what is stored is verified by these
    /// keys again, and what does not pass is gone (invariant 3).
    pub(crate) fn adopt(&mut self, profile: &Profile) -> Adoption {
        let nothing = Adoption { is_changed: false, refused: Vec::new() };
        let Some(issuer) = profile.issuer.clone() else { return nothing };
        let before = self.book.clone();
        let book = self.book.take().filter(|book| *book.issuer() == issuer);
        let mut book = book.unwrap_or_else(|| OrderBook::new(issuer));
        book.home_changed(&profile.home);
        let refused = book.verify(&self.trust).into_iter().map(Refusal::code).collect();
        let is_changed = before.as_ref() != Some(&book);
        self.book = Some(book);
        Adoption { is_changed, refused }
    }

    /// Highest number of an actual order that was ever believed.
    pub(crate) fn highest_sequence(&self) -> Option<u64> {
        self.book.as_ref().map(OrderBook::highest_sequence)
    }

    /// Signed bytes came, by whatever way.
    pub(crate) fn order_arrived(&mut self, bytes: &[u8], profile: &Profile, now: Now) -> Arrival {
        let Some(book) = &mut self.book else { return Arrival::Repeated };
        let accepted = book.accept(bytes, &self.trust, &profile.home, book_now(now));
        if let (Ok(_), Early::Kept(early)) = (&accepted, &mut self.early)
            && early.len() < EARLY_MAX
        {
            early.push(bytes.to_vec());
        }
        match accepted {
            Ok(accepted) if accepted.outcome == Outcome::NothingToEnd => Arrival::Quiet,
            Ok(accepted) => Arrival::News(accepted.order.id),
            Err(refusal) => match self.count(refusal, bytes) {
                Arrival::Refused(reason) if !refusal.is_suspicious() => Arrival::Unshown(reason),
                other => other,
            },
        }
    }

    pub(crate) fn heartbeat_arrived(&mut self, bytes: &[u8], now: Now) -> Pulse {
        let nothing = Pulse { fetch_after: None, refused: None, is_to_be_kept: false };
        let Some(book) = &mut self.book else { return nothing };
        match book.accept_heartbeat(bytes, &self.trust, book_now(now)) {
            Ok(news) => {
                let fetch_after = news.fetch_after.filter(|_| self.may_fetch(now.monotonic_ms));
                if let Some(after) = fetch_after {
                    self.fetched = Some((after, now.monotonic_ms));
                }
                let is_long_ago = self.kept_at.is_none_or(|at| now.monotonic_ms >= at + KEEP_MS);
                let is_to_be_kept = news.changed || news.relisted || is_long_ago;
                Pulse { fetch_after, refused: None, is_to_be_kept }
            }
            Err(refusal) => match self.count(refusal, bytes) {
                Arrival::Refused(reason) => Pulse { refused: Some(reason), ..nothing },
                _ => nothing,
            },
        }
    }

    /// Reckons anew what is shown. True when an alert begins or begins again.
    pub(crate) fn refresh(&mut self, profile: Option<&Profile>, now: Now) -> bool {
        self.orders = self.active_orders(profile, now);
        for order in &self.orders {
            self.memory.carry_help(order.id(), &order.references);
        }
        let shown: BTreeSet<OrderId> = self.orders.iter().map(HomeOrder::id).collect();
        self.alerted.retain(|id| shown.contains(id));
        self.turned.retain(|id| shown.contains(id));
        self.note_advice();
        self.moment = now.monotonic_ms;
        self.choose(now.monotonic_ms)
    }

    pub(crate) fn next_end(&self, now: Now) -> Option<u64> {
        self.book.as_ref()?.next_end(book_now(now))
    }

    /// Whether something is in force for this home, answered or not.
    pub(crate) fn is_in_force(&self) -> bool {
        self.visible().any(|order| order.standing == Standing::InForce)
    }

    /// Whether something in force is meant, and no drill.
    pub(crate) fn is_meant(&self) -> bool {
        let mut orders = self.orders.iter();
        orders.any(|order| order.is_actual() && order.standing == Standing::InForce)
    }

    /// Orders that the resident may see: while one is meant, drills keep away.
    pub(crate) fn visible(&self) -> impl Iterator<Item = &HomeOrder> {
        let is_meant = self.is_meant();
        self.orders.iter().filter(move |order| order.is_actual() || !is_meant)
    }

    /// The first that waits for an answer or, being a notice, for an acknowledgement.
    fn pending(&self) -> Option<&HomeOrder> {
        self.visible().find(|order| self.is_pending(order))
    }

    /// Of orders that turned, one asks for all: they give the same advice.
    fn is_pending(&self, order: &HomeOrder) -> bool {
        let id = order.id();
        match order.standing {
            Standing::Notice => true,
            Standing::InForce if self.memory.is_outdated(id) => !self.is_advice_answered(),
            Standing::InForce => self.memory.answer(id).is_none(),
        }
    }

    fn order(&self, id: OrderId) -> Option<&HomeOrder> {
        self.orders.iter().find(|order| order.id() == id)
    }

    /// An answer of this home is kept with the order.
    pub(crate) fn answered(&mut self, id: OrderId, answer: Answer, report: Report) {
        let order = self.order(id);
        let is_drill = order.is_some_and(|order| !order.is_actual());
        let advice = order.and_then(|order| order.advice.clone());
        self.memory.set_answer(id, answer, report, Under { is_drill, advice });
        self.turned.remove(&id);
    }

    /// The answer to this order as its advice is now.
    pub(crate) fn answer_given(&self, id: OrderId) -> Option<Answer> {
        self.memory.answer(id).map(|given| given.answer)
    }

    /// Whether the answer to this order is on its way no more: the town has it, or refused it.
    pub(crate) fn is_answer_settled(&self, id: OrderId) -> bool {
        self.memory.answer(id).is_some_and(|given| given.waiting.is_none())
    }

    /// How a call for help stands that was made here before; none when the town refused it.
    pub(crate) fn call_before(&self, id: OrderId) -> Option<CallBefore> {
        let given = self.memory.answer(id).or(self.memory.help(id))?;
        match given {
            given if given.answer != Answer::NeedHelp || given.refused => None,
            given if given.dealt_with => Some(CallBefore::Seen),
            given if given.waiting.is_some() => Some(CallBefore::Accepted),
            _ => Some(CallBefore::Arrived),
        }
    }

    /// Orders that are over, under which a call for help still stands.
    pub(crate) fn calls_left(&self) -> Vec<OrderId> {
        self.calls_beyond_orders().into_iter().map(|(id, _)| id).collect()
    }

    fn calls_beyond_orders(&self) -> Vec<(OrderId, &Given)> {
        let shown = self.orders.iter().map(HomeOrder::id).collect();
        self.memory.calls_beyond(&shown)
    }

    /// What staff has dealt with; true when that is news.
    pub(crate) fn set_dealt_with(&mut self, reports: &[Uuid]) -> bool {
        self.memory.set_dealt_with(reports)
    }

    /// Somebody has read that staff dealt with the calls.
    pub(crate) fn read_dealt_with(&mut self) {
        self.memory.read_dealt_with();
    }

    /// Answers that the town does not have yet.
    pub(crate) fn waiting(&self) -> Vec<Report> {
        self.memory.waiting().cloned().collect()
    }

    /// The gateway has the report: true when it was an answer to an order.
    pub(crate) fn report_delivered(&mut self, report: Uuid) -> bool {
        self.memory.deliver(report)
    }

    /// Whether a call for help stands that was made under an order which this one replaced, or under
    /// this one before its advice turned.
    pub(super) fn help_stands(&self, id: OrderId) -> bool {
        self.memory.help(id).is_some()
    }

    /// The gateway refused the report: true when it was an answer to an order.
    pub(crate) fn report_refused(&mut self, report: Uuid) -> bool {
        self.memory.refuse(report)
    }

    /// True the first time: the receipt is due.
    pub(crate) fn note_received(&mut self, id: OrderId) -> bool {
        self.memory.note_received(id)
    }

    /// An order was painted: true the first time.
    pub(crate) fn note_painted(&mut self, id: OrderId) -> bool {
        self.memory.note_shown(id)
    }

    fn active_orders(&self, profile: Option<&Profile>, now: Now) -> Vec<HomeOrder> {
        let (Some(book), Some(profile)) = (&self.book, profile) else { return Vec::new() };
        let time = book.time(book_now(now)).unwrap_or(UnixMillis(now.wall_ms));
        let (household, areas, shelters) = (&profile.household, &profile.areas, &profile.shelters);
        let active = book.active(book_now(now));
        let orders: Vec<&Order> = active.iter().map(|active| active.order).collect();
        let guided = guide_all(&orders, household, areas, shelters);
        let orders = active.into_iter().zip(guided).map(|(active, guidance)| {
            let references = active.order.references.clone();
            let earlier = references.iter().find_map(|id| self.memory.last(*id));
            let earlier = earlier.map(|given| given.answer);
            let (standing, changes) = (active.standing, active.changes);
            let is_in_force = standing == Standing::InForce;
            let advice = is_in_force.then(|| Advice::of(&guidance));
            HomeOrder {
                // A time that has come is no other advice: that was taken before.
                guidance: guidance.at(time),
                standing,
                others_hold: false,
                references,
                changes,
                earlier,
                advice,
            }
        });
        with_others(orders.collect())
    }

    fn may_fetch(&self, now_ms: u64) -> bool {
        self.fetched.is_none_or(|(_, at)| now_ms >= at + FETCH_PAUSE_MS)
    }

    /// The usual repeats are no news to anybody; what is wrong is always counted.
    fn count(&mut self, refusal: Refusal, bytes: &[u8]) -> Arrival {
        if refusal == Refusal::Duplicate {
            return Arrival::Repeated;
        }
        let mark = fingerprint(bytes);
        if !refusal.is_suspicious() && self.refused.contains(&mark) {
            return Arrival::Repeated;
        }
        self.refused.push(mark);
        if self.refused.len() > REMEMBERED_REFUSALS {
            self.refused.remove(0);
        }
        Arrival::Refused(refusal.code())
    }
}

/// Lets each end of an order know whether another one, as serious as it, still holds.
fn with_others(mut orders: Vec<HomeOrder>) -> Vec<HomeOrder> {
    let in_force = |order: &HomeOrder| order.standing == Standing::InForce;
    let actual = orders.iter().any(|order| in_force(order) && order.is_actual());
    let any = orders.iter().any(in_force);
    for order in orders.iter_mut().filter(|order| order.standing == Standing::Notice) {
        order.others_hold = if order.is_actual() { actual } else { any };
        if order.others_hold {
            order.guidance = order.guidance.clone().while_others_hold();
        } else if order.earlier == Some(Answer::Leaving) {
            order.guidance.steps = [Step::ReturnCarefully, Step::TellOthers, Step::KeepWatching];
        }
    }
    orders
}

impl HomeOrder {
    pub(crate) const fn id(&self) -> OrderId {
        self.guidance.order
    }

    pub(crate) fn is_actual(&self) -> bool {
        self.guidance.mode == Mode::Actual
    }
}

const fn book_now(now: Now) -> BookNow {
    BookNow {
        monotonic_ms: now.monotonic_ms,
        wall: UnixMillis(now.wall_ms),
        wall_trusted: now.wall_trusted,
    }
}

/// Only to tell repeats apart; nothing depends on it being unforgeable.
fn fingerprint(bytes: &[u8]) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}
