//! How an order that got in changes what is in force.

use super::{
    Entry, MAX_ENTRIES, Now, OrderBook, Outcome, Signed, Standing, Subject, count::is_drill,
    lifetime::Lifetime,
};
use crate::{
    id::OrderId,
    order::{Act, Changes, Order},
};

impl OrderBook {
    pub(super) fn apply(&mut self, signed: Signed, now: Now) -> Outcome {
        self.drop_ended(now);
        if signed.order.act != Act::Issue {
            self.keep_word(&signed);
        }
        if signed.ends_something() {
            return self.end_referenced(signed, now);
        }
        let (references, subject) = (signed.order.references.clone(), Subject::of(&signed.order));
        let changes = self.changes_of(&signed.order);
        self.entries.retain(|entry| {
            !(entry.subject() == subject
                && (entry.is_notice() || references.contains(&entry.signed.order.id)))
        });
        let lifetime = Lifetime::of_order(&signed.order, self.clock(now), now);
        let (standing, received_at) = (Standing::InForce, now.wall);
        self.add(Entry { signed, standing, lifetime, received_at, changes });
        Outcome::InForce
    }

    /// What an update changes of the latest order that it replaces here.
    fn changes_of(&self, order: &Order) -> Option<Changes> {
        let replaced = self.entries.iter().filter(|entry| {
            !entry.is_notice()
                && entry.subject() == Subject::of(order)
                && order.references.contains(&entry.signed.order.id)
        });
        let latest = replaced.max_by_key(|entry| entry.signed.order.sequence)?;
        Some(Changes::between(&latest.signed.order, order))
    }

    fn drop_ended(&mut self, now: Now) {
        let time = self.time(now);
        self.entries.retain(|entry| !entry.has_ended(now, time));
    }

    /// Remembers the latest update, lift or cancellation of its subject.
    fn keep_word(&mut self, signed: &Signed) {
        let word = self.words.entry(Subject::of(&signed.order)).or_insert_with(|| signed.clone());
        if word.order.sequence < signed.order.sequence {
            *word = signed.clone();
        }
    }

    /// A lift ends what it names and nothing else: a second order against the same hazard goes on.
    fn end_referenced(&mut self, signed: Signed, now: Now) -> Outcome {
        let subject = Subject::of(&signed.order);
        let named = |order: &Order| signed.order.references.contains(&order.id);
        let before = self.entries.len();
        self.entries.retain(|entry| {
            entry.is_notice() || entry.subject() != subject || !named(&entry.signed.order)
        });
        if self.entries.len() == before {
            return Outcome::NothingToEnd;
        }
        self.add_notice(signed, now);
        Outcome::Ended
    }

    fn add_notice(&mut self, signed: Signed, now: Now) {
        let lifetime = Lifetime::of_notice(&signed.order, self.clock(now), now);
        let (standing, received_at) = (Standing::Notice, now.wall);
        self.add(Entry { signed, standing, lifetime, received_at, changes: None });
    }

    fn add(&mut self, entry: Entry) {
        self.entries.push(entry);
        if self.entries.len() > MAX_ENTRIES {
            self.entries.sort_by_key(|entry| std::cmp::Reverse(entry.urgency()));
            self.entries.truncate(MAX_ENTRIES);
        }
    }

    /// An order that the town no longer lists, and about whose subject a later update, lift or
    /// cancellation came to this home, is over even when that one named an order between the two
    /// that this box never got. Neither the heartbeat nor the later word alone would end it.
    pub(super) fn end_what_is_no_longer_active(&mut self, now: Now) -> bool {
        let over: Vec<(OrderId, Signed)> =
            self.entries.iter().filter_map(|entry| self.outlived(entry)).collect();
        for (id, word) in &over {
            self.entries.retain(|entry| entry.is_notice() || entry.signed.order.id != *id);
            let noticed = self.entries.iter().any(|entry| entry.signed.order.id == word.order.id);
            if word.ends_something() && !noticed {
                self.add_notice(word.clone(), now);
            }
        }
        !over.is_empty()
    }

    fn outlived(&self, entry: &Entry) -> Option<(OrderId, Signed)> {
        let order = &entry.signed.order;
        let word = self.words.get(&entry.subject())?;
        let unlisted = self.has_heard_all(is_drill(order)) && self.heard.leaves_out(order.id);
        let later = word.order.sequence > order.sequence;
        (!entry.is_notice() && unlisted && later).then(|| (order.id, word.clone()))
    }
}
