//! The book as a box uses it, day by day.

mod clock;
mod model;
mod repetition;
mod storage;
mod succession;

use std::collections::BTreeSet;

use super::*;
use crate::{
    hazard::{Hazard, Level},
    heartbeat::{Heartbeat, sign_heartbeat},
    order::{Act, Changes, Order},
    signing::OrderSigningKey,
    testing::*,
    trust::ManifestKey,
};

/// A box in the harbour at one moment.
struct TestBox {
    book: OrderBook,
    now: Now,
}

impl TestBox {
    fn new() -> Self {
        Self { book: OrderBook::new(issuer()), now: after(1_000) }
    }

    fn accept_bytes(&mut self, bytes: &[u8]) -> Result<Outcome, Refusal> {
        let accepted = self.book.accept(bytes, &trust(), &home(), self.now);
        accepted.map(|accepted| accepted.outcome)
    }

    fn accept(&mut self, order: &Order) -> Result<Outcome, Refusal> {
        self.accept_bytes(&signed(order))
    }

    #[track_caller]
    fn takes(&mut self, order: &Order) {
        let outcome = if order.is_in_force() { Outcome::InForce } else { Outcome::Ended };
        assert_eq!(self.accept(order), Ok(outcome));
    }

    #[track_caller]
    fn refuses(&mut self, order: &Order, refusal: Refusal) {
        let before = self.shown();
        assert_eq!(self.accept(order), Err(refusal));
        assert_eq!(self.shown(), before, "a refused order changes nothing on the screen");
    }

    /// A heartbeat that was just made, a moment after everything before.
    fn hear(&mut self, highest: u64, active: &[u64]) -> Result<HeartbeatNews, Refusal> {
        self.now.monotonic_ms += 1;
        self.hear_of(highest, active, 0)
    }

    /// A heartbeat that was made some time ago.
    fn hear_of(
        &mut self,
        highest: u64,
        active: &[u64],
        ago_ms: i64,
    ) -> Result<HeartbeatNews, Refusal> {
        let passed = i64::try_from(self.now.monotonic_ms).unwrap() - 1_000_000;
        self.hear_at(highest, active, ISSUED + passed - ago_ms)
    }

    /// A heartbeat that was signed at this moment.
    fn hear_at(
        &mut self,
        highest: u64,
        active: &[u64],
        time: i64,
    ) -> Result<HeartbeatNews, Refusal> {
        let heartbeat = Heartbeat {
            issuer: issuer(),
            highest_sequence: highest,
            highest_drill: 0,
            active: active.iter().map(|number| order_id(*number)).collect(),
            time: UnixMillis(time),
        };
        let bytes = sign_heartbeat(&heartbeat, &heartbeat_key()).expect("few orders");
        self.book.accept_heartbeat(&bytes, &trust(), self.now)
    }

    /// Sequence numbers of what is shown, a notice as a negative number.
    fn shown(&self) -> Vec<i64> {
        let sign = |active: &Active<'_>| if active.standing == Standing::Notice { -1 } else { 1 };
        let number = |active: &Active<'_>| i64::try_from(active.order.sequence).unwrap_or(i64::MAX);
        self.book.active(self.now).iter().map(|active| sign(active) * number(active)).collect()
    }

    #[track_caller]
    fn shows(&self, expected: &[i64]) {
        assert_eq!(self.shown(), expected);
    }

    fn restart(&mut self, now: Now) {
        let stored = self.book.snapshot();
        self.now = now;
        self.book = OrderBook::restore(&stored, now).expect("just stored");
        assert_eq!(self.book.verify(&trust()), [], "what was believed is believed again");
    }
}

fn everywhere(order: Order) -> Order {
    Order { areas: Vec::new(), ..order }
}

fn on_the_hill(order: Order) -> Order {
    Order { areas: vec![area_id("hill")], ..order }
}

fn drill(order: Order) -> Order {
    Order { mode: Mode::Drill, ..order }
}

fn at(level: Level, order: Order) -> Order {
    Order { level: Some(level), ..order }
}

fn against(hazard: Hazard, order: Order) -> Order {
    Order { hazard, ..order }
}

fn forged(order: &Order, key: &OrderSigningKey) -> Vec<u8> {
    crate::signing::sign_order(order, key).expect("a valid order that fits")
}

#[test]
fn an_order_for_the_home_its_parent_or_the_town_is_shown() {
    let parent = Order { areas: vec![area_id("hill"), area_id("north")], ..order(1) };
    for order in [order(1), parent, everywhere(order(1))] {
        let mut here = TestBox::new();
        here.takes(&order);
        here.shows(&[1]);
    }
}

#[test]
fn an_order_for_others_is_not_shown_but_counts() {
    let mut here = TestBox::new();
    here.refuses(&on_the_hill(order(5)), Refusal::OtherArea);
    here.shows(&[]);
    assert_eq!(here.book.highest_sequence(), 5);
    here.refuses(&order(4), Refusal::Replayed);
}

#[test]
fn a_test_is_never_shown_but_counts() {
    let mut here = TestBox::new();
    here.refuses(&Order { mode: Mode::Test, ..order(5) }, Refusal::TestOnly);
    here.refuses(&order(5), Refusal::Replayed);
    here.refuses(&drill(order(4)), Refusal::Replayed);
    here.shows(&[]);
}

#[test]
fn what_does_not_verify_is_not_shown_and_does_not_count() {
    let mut here = TestBox::new();
    let cases = [
        (forged(&order(9), &drill_key()), Refusal::WrongKeyUsage),
        (forged(&order(9), &heartbeat_key()), Refusal::WrongKeyUsage),
        (forged(&order(9), &unknown_key()), Refusal::UnknownKey),
        (forged(&order(9), &stolen_key()), Refusal::RevokedKey),
        (forged(&order(9), &other_town_key()), Refusal::KeyOutOfScope),
        (
            forged(&Order { issuer: other_issuer(), ..order(9) }, &other_town_key()),
            Refusal::OtherIssuer,
        ),
        (vec![0; 10], Refusal::Malformed),
        (Vec::new(), Refusal::Malformed),
        (vec![0; 1_151], Refusal::TooLarge),
    ];
    for (bytes, refusal) in cases {
        assert_eq!(here.accept_bytes(&bytes), Err(refusal));
        assert_eq!(here.book, OrderBook::new(issuer()));
    }
    here.takes(&order(1));
}

#[test]
fn codes_of_refusals_are_distinct() {
    let codes: BTreeSet<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    assert_eq!(codes.len(), Refusal::ALL.len());
}

#[test]
fn meant_comes_before_drill_and_the_worst_first() {
    let mut here = TestBox::new();
    here.takes(&drill(tsunami(1)));
    here.takes(&drill(at(Level::Five, order(2))));
    here.shows(&[1, 2]);
    here.takes(&against(Hazard::StormSurge, at(Level::Three, order(3))));
    here.shows(&[3, 1, 2]);
    here.takes(&against(Hazard::Landslide, at(Level::Five, order(4))));
    here.takes(&against(Hazard::InlandFlood, order(5)));
    here.shows(&[4, 5, 3, 1, 2]);
    here.takes(&tsunami(6));
    here.shows(&[6, 4, 5, 3, 1, 2]);
}

#[test]
fn of_two_orders_against_one_hazard_the_higher_level_is_shown() {
    let mut here = TestBox::new();
    here.takes(&at(Level::Four, order(1)));
    here.takes(&everywhere(at(Level::Three, order(2))));
    here.shows(&[1]);
    here.takes(&everywhere(at(Level::Five, order(3))));
    here.shows(&[3]);
    here.takes(&act(4, Act::Lift, 3));
    here.shows(&[1]);
}

/// Whatever level was lifted: the latest word is the one that counts.
#[test]
fn of_two_notices_against_one_hazard_the_later_is_shown() {
    let mut here = TestBox::new();
    here.takes(&at(Level::Five, order(1)));
    here.takes(&at(Level::Three, order(2)));
    here.takes(&at(Level::Five, act(3, Act::Lift, 1)));
    here.takes(&at(Level::Three, act(4, Act::Lift, 2)));
    here.shows(&[-4]);
    assert!(here.book.acknowledge(order_id(4)));
    here.shows(&[]);
}

#[test]
fn a_moved_home_sees_what_is_for_it() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    here.refuses(&on_the_hill(order(2)), Refusal::OtherArea);
    let household = crate::household::Household { area: area_id("hill"), ..household(Vec::new()) };
    let hill = Home::new(&household, &areas());
    here.book.home_changed(&hill);
    here.shows(&[]);
    let news = here.hear(2, &[1, 2]).expect("a heartbeat");
    assert_eq!((news.missing.len(), news.fetch_after), (2, Some(0)));
    let accept = here.book.accept(&signed(&on_the_hill(order(2))), &trust(), &hill, here.now);
    assert_eq!(accept.map(|accepted| accepted.outcome), Ok(Outcome::InForce));
    here.shows(&[2]);
}

#[test]
fn a_revoked_key_takes_its_orders_along() {
    let mut here = TestBox::new();
    here.takes(&drill(order(1)));
    let by_drill_key = drill(against(Hazard::Landslide, order(2)));
    assert_eq!(here.accept_bytes(&forged(&by_drill_key, &drill_key())), Ok(Outcome::InForce));
    assert_eq!(here.book.verify(&trust()), []);
    let mut manifest = manifest();
    manifest.revoked.push(drill_key().kid());
    assert_eq!(here.book.verify(&Trust::new(manifest)), [Refusal::RevokedKey]);
    here.shows(&[1]);
}

#[test]
fn the_book_stays_small() {
    let mut here = TestBox::new();
    for sequence in 1..=400 {
        here.takes(&order(sequence));
    }
    assert_eq!((here.book.known.len(), here.book.entries.len()), (MAX_KNOWN, MAX_ENTRIES));
    here.shows(&[400]);
    here.refuses(&order(1), Refusal::Replayed);
    here.restart(after(2_000));
    here.shows(&[400]);
}
