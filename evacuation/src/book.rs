//! The box's order book: what is in force for this home, and what was already heard.
//!
//! State is kept per (hazard, drill or meant) among the orders that cover this home, never as one
//! level. An order touches exactly the areas that it names: an update or a lift that does not name
//! this home's area leaves what is in force here in force.
//!
//! Two rules decide about time and repetition. *Fail closed on authenticity*: nothing unsigned,
//! repeated or out of sequence gets in, and a sequence number once passed opens again only for an
//! id that a signed heartbeat lists as active. Numbers of actual orders are compared with those of
//! actual orders only. *Fail open on time*: a signed order that is news is shown even when this
//! box's clock contradicts it; it then ends by the time passed since it came. Where the heartbeat
//! and a trusted wall clock differ, the earlier one counts.

mod application;
mod count;
mod entry;
mod heard;
mod home;
mod lifetime;
mod refusal;
mod snapshot;

use std::collections::BTreeMap;

pub use entry::{Active, Standing};
pub use heard::HeartbeatNews;
pub use home::Home;
pub use lifetime::Now;
pub use refusal::Refusal;
pub use snapshot::CorruptBook;

use crate::{
    id::{Issuer, OrderId},
    order::{Mode, Order, UnixMillis},
    signing::{VerifiedOrder, open_order},
    trust::Trust,
};
use count::{Counts, is_drill};
use entry::{Entry, Fate, Known, Signed, Subject};
use heard::Heard;
use lifetime::{Clock, Reading};

/// Most ids remembered; the lowest sequence numbers are forgotten first, and stay closed by them.
/// More than a heartbeat can list: what is active is never forgotten.
const MAX_KNOWN: usize = 256;
/// Most orders and notices kept at once.
const MAX_ENTRIES: usize = 64;

/// The order book of one box.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderBook {
    issuer: Issuer,
    counts: Counts,
    known: BTreeMap<OrderId, Known>,
    entries: Vec<Entry>,
    /// The latest update, lift or cancellation for this home, by what it concerns.
    words: BTreeMap<Subject, Signed>,
    heard: Heard,
    /// Clock of the latest heartbeat; not stored.
    reading: Option<Reading>,
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

impl OrderBook {
    /// An empty book for orders of this town.
    pub fn new(issuer: Issuer) -> Self {
        Self {
            issuer,
            counts: Counts::default(),
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

    /// Highest number of an actual order taken so far.
    pub fn highest_sequence(&self) -> u64 {
        self.counts.of(false)
    }

    /// The best time known: of the town's heartbeat or of a trusted wall clock, the earlier where
    /// they differ; else that of the heartbeat heard before the restart.
    pub fn time(&self, now: Now) -> Option<UnixMillis> {
        self.clock(now).time()
    }

    fn clock(&self, now: Now) -> Clock {
        let wall = now.wall_trusted.then_some(now.wall);
        match (self.reading.map(|reading| reading.at(now)), wall, self.heard.time) {
            (Some(town), Some(wall), _) => Clock::Heartbeat(town.min(wall)),
            (Some(town), None, _) => Clock::Heartbeat(town),
            (None, Some(wall), _) => Clock::Wall(wall),
            (None, None, Some(heard)) => Clock::AtLeast(heard),
            (None, None, None) => Clock::Unknown,
        }
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
        self.counts.raise(order, verified.kid);
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
        let (vouched, highest) = (self.vouches_for(order), self.counts.of(is_drill(order)));
        match self.known.get(&order.id) {
            Some(known) if known.signature != verified.signature => Err(Refusal::Replayed),
            Some(Known { fate: Fate::Applied, .. }) => Err(Refusal::Duplicate),
            Some(known) if order.sequence < highest && !vouched => Err(known.fate.refusal()),
            // A lift or a cancellation can only end the older orders it names: one that was
            // overtaken by a later order still counts, and replaying it does nothing new.
            None if order.sequence <= highest && order.is_in_force() && !vouched => {
                Err(Refusal::Replayed)
            }
            Some(_) | None => Ok(()),
        }
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
        let VerifiedOrder { order, kid, signature } = verified;
        let (sequence, is_drill) = (order.sequence, is_drill(order));
        let known = Known { sequence, is_drill, signature: *signature, kid: Some(*kid), fate };
        self.known.insert(order.id, known);
        while self.known.len() > MAX_KNOWN {
            let idle = self.known.iter().filter(|(id, _)| !self.heard.active.contains(id));
            let oldest = idle.min_by_key(|(_, known)| known.sequence);
            let Some(id) = oldest.map(|(id, _)| *id) else { break };
            self.known.remove(&id);
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
            if entry.precedence() > best.precedence() {
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

    /// Verifies everything again by these keys, as after a restart or with a new manifest, and drops
    /// what is not believed any more: bytes that were changed in the store, keys that are unknown or
    /// revoked. Answers why, once for each order dropped from the screen.
    pub fn verify(&mut self, trust: &Trust) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let issuer = self.issuer.clone();
        self.entries.retain(|entry| match entry.signed.verify(trust, &issuer) {
            Ok(()) => true,
            Err(refusal) => {
                refusals.push(refusal);
                false
            }
        });
        self.words.retain(|_, word| word.verify(trust, &issuer).is_ok());
        self.counts.forget_revoked(trust, &self.known);
        if self.heard.is_revoked_by(trust) {
            self.heard = Heard::default();
            self.reading = None;
        }
        refusals
    }
}

#[cfg(test)]
mod tests;
