//! The box's order book: what is in force for this home, and what was already heard.
//!
//! State is kept per (hazard, drill or meant) among the orders that cover this home, never as one
//! level. An order touches exactly the areas that it names: an update or a lift that does not name
//! this home's area leaves what is in force here in force.
//!
//! Two rules decide about time and repetition. *Fail closed on authenticity*: nothing unsigned,
//! repeated or out of sequence gets in, and a sequence number once passed opens again only for an
//! id that a signed heartbeat lists as active. *Fail open on time*: a signed order that is news is
//! shown even when this box's clock contradicts it; it then ends by the time passed since it came.

mod application;
mod home;
mod lifetime;
mod refusal;
mod snapshot;

use std::collections::{BTreeMap, BTreeSet};

pub use home::Home;
pub use lifetime::Now;
pub use refusal::Refusal;
pub use snapshot::CorruptBook;

use crate::{
    hazard::{Hazard, Level},
    heartbeat::{Heartbeat, open_heartbeat},
    id::{Issuer, OrderId},
    order::{Act, Mode, Order, UnixMillis},
    signing::{SIGNATURE_LEN, VerifiedOrder, open_order},
    trust::Trust,
};
use lifetime::{Lifetime, Reading, TOLERANCE_MS};

/// Most ids remembered; the lowest sequence numbers are forgotten first, and stay closed by them.
/// More than a heartbeat can list: what is active is never forgotten.
const MAX_KNOWN: usize = 256;
/// Most orders and notices kept at once.
const MAX_ENTRIES: usize = 64;

/// The order book of one box.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderBook {
    issuer: Issuer,
    highest: u64,
    known: BTreeMap<OrderId, Known>,
    entries: Vec<Entry>,
    /// The latest update, lift or cancellation for this home, by what it concerns.
    words: BTreeMap<Subject, Signed>,
    heard: Heard,
    /// Clock of the latest heartbeat; not stored.
    reading: Option<Reading>,
}

/// What an order concerns, next to where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Subject {
    drill: bool,
    hazard: Hazard,
}

/// An order with the bytes it came in.
#[derive(Debug, Clone, PartialEq)]
struct Signed {
    order: Order,
    bytes: Vec<u8>,
}

/// One order in force or one notice.
#[derive(Debug, Clone, PartialEq)]
struct Entry {
    signed: Signed,
    standing: Standing,
    lifetime: Lifetime,
    received_at: UnixMillis,
}

/// An order heard before.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Known {
    sequence: u64,
    signature: [u8; SIGNATURE_LEN],
    fate: Fate,
}

/// What became of an order heard before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// Applied; nothing more to do.
    Applied,
    /// Not for this home.
    OtherArea,
    /// Too late by this box's clock.
    Expired,
}

/// What the latest heartbeat said.
#[derive(Debug, Clone, PartialEq, Default)]
struct Heard {
    highest: u64,
    active: BTreeSet<OrderId>,
}

/// Whether an entry orders something or says that it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// In force.
    InForce,
    /// A lift or a cancellation of what was in force here, until it is acknowledged.
    Notice,
}

/// An order that got in.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The order.
    pub order: Order,
    /// What it did.
    pub outcome: Outcome,
    /// How far this box's clock is ahead of the issue when clock and order contradict each other.
    pub skew_ms: Option<i64>,
}

/// What an accepted order did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is in force for this home.
    InForce,
    /// It ended what was in force here and is shown as a notice.
    Ended,
    /// It ends something that this box never had: nothing is shown.
    NothingToEnd,
}

/// What a heartbeat told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeartbeatNews {
    /// Highest sequence number issued by the town.
    pub highest_sequence: u64,
    /// Fetch orders after this number; none when nothing is missing.
    pub fetch_after: Option<u64>,
    /// Active orders that this box never heard.
    pub missing: Vec<OrderId>,
    /// Whether the shown orders changed.
    pub changed: bool,
    /// How far this box's clock is ahead of the town's.
    pub skew_ms: i64,
}

/// One order or notice for the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Active<'a> {
    /// The order; for a notice the lift or the cancellation.
    pub order: &'a Order,
    /// Which of the two it is.
    pub standing: Standing,
    /// When it came, by this box's clock of that time.
    pub received_at: UnixMillis,
}

impl OrderBook {
    /// An empty book for orders of this town.
    pub fn new(issuer: Issuer) -> Self {
        Self {
            issuer,
            highest: 0,
            known: BTreeMap::new(),
            entries: Vec::new(),
            words: BTreeMap::new(),
            heard: Heard::default(),
            reading: None,
        }
    }

    /// Town whose orders it takes.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }

    /// Highest sequence number taken so far.
    pub fn highest_sequence(&self) -> u64 {
        self.highest
    }

    /// The best time known: of the town's heartbeat, else of a trusted wall clock.
    pub fn time(&self, now: Now) -> Option<UnixMillis> {
        let heartbeat = self.reading.map(|reading| reading.at(now));
        heartbeat.or(now.wall_trusted.then_some(now.wall))
    }

    /// Takes signed bytes, whichever way and however often they came.
    pub fn accept(
        &mut self,
        bytes: &[u8],
        trust: &Trust,
        home: &Home,
        now: Now,
    ) -> Result<Accepted, Refusal> {
        let verified = open_order(bytes, trust)?;
        if verified.order.issuer != self.issuer {
            return Err(Refusal::OtherIssuer);
        }
        self.refuse_repetition(&verified)?;
        let order = &verified.order;
        self.highest = self.highest.max(order.sequence);
        let refusal = self.reason_to_stay_silent(order, home, now);
        self.remember(&verified, refusal);
        if let Some(refusal) = refusal {
            return Err(refusal);
        }
        let skew_ms = lifetime::contradiction(order, now);
        let signed = Signed { order: verified.order, bytes: bytes.to_vec() };
        let order = signed.order.clone();
        let outcome = self.apply(signed, now);
        Ok(Accepted { order, outcome, skew_ms })
    }

    /// Refuses what was heard before and what is out of sequence. An order that was silent for a
    /// reason that may be gone (home, clock) is looked at again while it is news or active.
    fn refuse_repetition(&self, verified: &VerifiedOrder) -> Result<(), Refusal> {
        let order = &verified.order;
        let vouched = self.vouches_for(order.id);
        match self.known.get(&order.id) {
            Some(known) if known.signature != verified.signature => Err(Refusal::Replayed),
            Some(Known { fate: Fate::Applied, .. }) => Err(Refusal::Duplicate),
            Some(known) if order.sequence < self.highest && !vouched => Err(known.fate.refusal()),
            // A lift or a cancellation can only end the older orders it names: one that was
            // overtaken by a later order still counts, and replaying it does nothing new.
            None if order.sequence <= self.highest && order.is_in_force() && !vouched => {
                Err(Refusal::Replayed)
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether the latest heartbeat, if it knows all that this box knows, lists the order.
    fn vouches_for(&self, id: OrderId) -> bool {
        self.heard.highest >= self.highest && self.heard.active.contains(&id)
    }

    fn reason_to_stay_silent(&self, order: &Order, home: &Home, now: Now) -> Option<Refusal> {
        if order.mode == Mode::Test {
            return Some(Refusal::TestOnly);
        }
        if !home.is_covered_by(order) {
            return Some(Refusal::OtherArea);
        }
        // A lift that comes late still lifts.
        let late = self.time(now).is_some_and(|time| time >= order.expires_at);
        (order.is_in_force() && late).then_some(Refusal::Expired)
    }

    fn remember(&mut self, verified: &VerifiedOrder, refusal: Option<Refusal>) {
        let fate = match refusal {
            Some(Refusal::OtherArea) => Fate::OtherArea,
            Some(Refusal::Expired) => Fate::Expired,
            _ => Fate::Applied,
        };
        let (sequence, signature) = (verified.order.sequence, verified.signature);
        self.known.insert(verified.order.id, Known { sequence, signature, fate });
        while self.known.len() > MAX_KNOWN {
            let idle = self.known.iter().filter(|(id, _)| !self.heard.active.contains(id));
            let oldest = idle.min_by_key(|(_, known)| known.sequence);
            let Some(id) = oldest.map(|(id, _)| *id) else { break };
            self.known.remove(&id);
        }
    }

    /// Takes a signed heartbeat: it shows what was missed and gives the time.
    pub fn accept_heartbeat(
        &mut self,
        bytes: &[u8],
        trust: &Trust,
        now: Now,
    ) -> Result<HeartbeatNews, Refusal> {
        let heartbeat = open_heartbeat(bytes, trust)?;
        if heartbeat.issuer != self.issuer {
            return Err(Refusal::OtherIssuer);
        }
        // In a quiet town the number stays the same for months: the time tells an old one.
        let is_old = self.reading.is_some_and(|reading| {
            heartbeat.time.0.saturating_add(TOLERANCE_MS) < reading.at(now).0
        });
        if heartbeat.highest_sequence < self.heard.highest || is_old {
            return Err(Refusal::Replayed);
        }
        self.reading = Some(Reading::new(heartbeat.time, now));
        let active = heartbeat.active.iter().copied().collect();
        self.heard = Heard { highest: heartbeat.highest_sequence, active };
        let changed = self.end_what_is_no_longer_active(now);
        Ok(self.news(&heartbeat.active, now.wall.0.saturating_sub(heartbeat.time.0), changed))
    }

    fn news(&self, active: &[OrderId], skew_ms: i64, changed: bool) -> HeartbeatNews {
        let unheard = active.iter().filter(|id| !self.known.contains_key(id));
        let missing: Vec<OrderId> = unheard.copied().collect();
        let behind = self.heard.highest > self.highest;
        let fetch_after = match (missing.is_empty(), behind) {
            (true, false) => None,
            (true, true) => Some(self.highest),
            // Its number is not known: it may lie below what this box already has.
            (false, _) => Some(0),
        };
        HeartbeatNews {
            highest_sequence: self.heard.highest,
            fetch_after,
            missing,
            changed,
            skew_ms,
        }
    }

    /// What is shown now, most urgent first: meant before drill, in force before notices, tsunami
    /// before level 5 before 4 before 3, then the latest. One for each hazard and mode: the highest
    /// level in force, or the latest notice when nothing is in force.
    pub fn active(&self, now: Now) -> Vec<Active<'_>> {
        let time = self.time(now);
        let mut shown: BTreeMap<Subject, &Entry> = BTreeMap::new();
        for entry in self.entries.iter().filter(|entry| !entry.has_ended(now, time)) {
            let best = shown.entry(entry.subject()).or_insert(entry);
            if entry.urgency() > best.urgency() {
                *best = entry;
            }
        }
        let mut shown: Vec<&Entry> = shown.into_values().collect();
        shown.sort_by_key(|entry| std::cmp::Reverse(entry.urgency()));
        shown.into_iter().map(Entry::shown).collect()
    }

    /// Monotonic time at which what is shown changes by itself next, if nothing comes.
    pub fn next_end(&self, now: Now) -> Option<u64> {
        let ends = self.entries.iter().map(|entry| entry.lifetime.ends_at(self.time(now), now));
        ends.filter(|ends| *ends > now.monotonic_ms).min()
    }

    /// Takes a notice off the screen, with older ones on the same subject; answers whether there
    /// was one. An order in force cannot be taken off.
    pub fn acknowledge(&mut self, notice: OrderId) -> bool {
        let of_id = |entry: &&Entry| entry.is_notice() && entry.signed.order.id == notice;
        let Some((subject, sequence)) = self.entries.iter().find(of_id).map(Entry::place) else {
            return false;
        };
        self.entries.retain(|entry| {
            !entry.is_notice() || entry.subject() != subject || entry.place().1 > sequence
        });
        true
    }

    /// The household moved, or the town's area table changed: forgets what was for others, so that
    /// the next heartbeat asks for it again, and drops what no longer covers this home.
    pub fn home_changed(&mut self, home: &Home) {
        self.known.retain(|_, known| known.fate != Fate::OtherArea);
        let gone = self.entries.iter().map(|entry| &entry.signed.order);
        for id in gone.filter(|order| !home.is_covered_by(order)).map(|order| order.id) {
            self.known.remove(&id);
        }
        self.entries.retain(|entry| home.is_covered_by(&entry.signed.order));
        self.words.retain(|_, word| home.is_covered_by(&word.order));
    }

    /// The manifest changed: drops what a key signed that is revoked now. Answers how many.
    pub fn drop_revoked(&mut self, trust: &Trust) -> usize {
        let before = self.entries.len();
        self.entries.retain(|entry| !trust.revokes(&entry.signed.bytes));
        self.words.retain(|_, word| !trust.revokes(&word.bytes));
        before - self.entries.len()
    }
}

impl Subject {
    fn of(order: &Order) -> Self {
        Self { drill: order.mode != Mode::Actual, hazard: order.hazard }
    }
}

impl Entry {
    fn subject(&self) -> Subject {
        Subject::of(&self.signed.order)
    }

    fn place(&self) -> (Subject, u64) {
        (self.subject(), self.signed.order.sequence)
    }

    fn is_notice(&self) -> bool {
        self.standing == Standing::Notice
    }

    fn has_ended(&self, now: Now, time: Option<UnixMillis>) -> bool {
        self.lifetime.ends_at(time, now) <= now.monotonic_ms
    }

    /// Greater is more urgent.
    fn urgency(&self) -> (bool, bool, u8, u64) {
        let order = &self.signed.order;
        let rank =
            if order.hazard == Hazard::Tsunami { 6 } else { order.level.map_or(0, Level::number) };
        (order.mode == Mode::Actual, !self.is_notice(), rank, order.sequence)
    }

    fn shown(&self) -> Active<'_> {
        let Self { signed, standing, received_at, .. } = self;
        Active { order: &signed.order, standing: *standing, received_at: *received_at }
    }
}

impl Fate {
    fn refusal(self) -> Refusal {
        match self {
            Self::Applied => Refusal::Duplicate,
            Self::OtherArea => Refusal::OtherArea,
            Self::Expired => Refusal::Expired,
        }
    }
}

impl Heard {
    /// Whether the order is not in force any more. A full list may have had no room for it.
    fn leaves_out(&self, id: OrderId) -> bool {
        self.active.len() < Heartbeat::MAX_ACTIVE && !self.active.contains(&id)
    }
}

impl Signed {
    fn ends_something(&self) -> bool {
        matches!(self.order.act, Act::Lift | Act::Cancel)
    }
}

#[cfg(test)]
mod tests;
