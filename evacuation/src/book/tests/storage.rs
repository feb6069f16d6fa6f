//! The book over restarts.

use proptest::prelude::*;

use super::*;

/// A book that has everything in it.
fn full() -> TestBox {
    let mut here = TestBox::new();
    here.takes(&order(1));
    here.takes(&against(Hazard::Landslide, order(2)));
    here.takes(&drill(tsunami(3)));
    here.takes(&act(4, Act::Lift, 1));
    here.refuses(&on_the_hill(order(5)), Refusal::OtherArea);
    here.hear(6, &[2, 3]).expect("a heartbeat");
    here
}

#[test]
fn a_restart_shows_the_same_and_forgets_nothing() {
    let mut here = full();
    here.shows(&[2, -4, 3]);
    here.restart(after_without_clock(0));
    here.shows(&[2, -4, 3]);
    here.refuses(&order(1), Refusal::Duplicate);
    here.refuses(&on_the_hill(order(5)), Refusal::OtherArea);
    assert_eq!(here.hear(5, &[]), Err(Refusal::Replayed));
    assert_eq!((here.book.highest_sequence(), here.book.issuer()), (5, &issuer()));
    assert_eq!(here.book.active(here.now)[0].received_at, UnixMillis(ISSUED + 1_000));
}

#[test]
fn an_acknowledged_notice_stays_away() {
    let mut here = full();
    assert!(here.book.acknowledge(order_id(4)));
    here.restart(after(2_000));
    here.shows(&[2, 3]);
}

#[test]
fn a_broken_chain_is_mended_after_a_restart() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    assert_eq!(here.accept(&act(3, Act::Lift, 2)), Ok(Outcome::NothingToEnd));
    here.restart(after(2_000));
    assert!(here.hear(3, &[]).expect("a heartbeat").changed);
    here.shows(&[-3]);
}

#[test]
fn a_damaged_store_is_an_error() {
    let stored = full().book.snapshot();
    for damaged in [&stored[..0], &stored[..3], &stored[1..], &stored[..stored.len() - 1]] {
        assert_eq!(OrderBook::restore(damaged, after(0)), Err(CorruptBook));
    }
    assert_eq!(OrderBook::restore(&vec![0; 300 * 1024], after(0)), Err(CorruptBook));
}

/// The form before drills had a count of their own: still read, never forgotten.
#[test]
fn a_book_of_the_older_form_is_read() {
    let mut map = crate::codec::fields::Writer::new(1);
    map.issuer(1, &issuer());
    map.number(2, 5);
    let known = {
        let mut known = crate::codec::fields::Writer::new(1);
        known.bytes(1, &order_id(5).0);
        known.number(2, 5);
        known.bytes(3, &[7; 64]);
        known.number(4, 0);
        known.into_value()
    };
    map.list(3, [known].into_iter());
    let entry = {
        let mut entry = crate::codec::fields::Writer::new(1);
        entry.bytes(1, &signed(&order(5)));
        entry.number(2, 0);
        entry.time(3, UnixMillis(ISSUED));
        entry.into_value()
    };
    map.list(4, [entry].into_iter());
    map.number(6, 5);
    let mut here = TestBox::new();
    let stored = super::super::snapshot::with_checksum(map.finish());
    here.book = OrderBook::restore(&stored, here.now).expect("readable");
    assert_eq!(here.book.verify(&trust()), []);
    here.shows(&[5]);
    here.refuses(&against(Hazard::Landslide, order(4)), Refusal::Replayed);
    here.refuses(&drill(order(4)), Refusal::Replayed);
}

/// Whoever can write to the box's disk can reckon a checksum, but not sign an order.
#[test]
fn invariant_3_a_store_that_was_tampered_with_shows_nothing() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    let stored = here.book.snapshot();
    let at = stored.windows(64).position(|window| *window == signed(&order(1))[..64]);
    let at = at.expect("the order's bytes");
    let mut content = stored[..stored.len() - 4].to_vec();
    let mut dropped = 0;
    for offset in 0..signed(&order(1)).len() {
        content[at + offset] ^= 1;
        let tampered = super::super::snapshot::with_checksum(content.clone());
        if let Ok(book) = OrderBook::restore(&tampered, here.now) {
            here.book = book;
            dropped += here.book.verify(&trust()).len();
            here.shows(&[]);
        }
        content[at + offset] ^= 1;
    }
    assert!(dropped > 30, "{dropped}: most are read, and none is believed");
}

#[test]
fn a_lift_that_stands_as_an_order_is_no_book() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    here.takes(&act(2, Act::Lift, 1));
    here.book.entries[0].standing = Standing::InForce;
    assert_eq!(OrderBook::restore(&here.book.snapshot(), here.now), Err(CorruptBook));
}

#[test]
fn an_order_of_a_key_that_is_unknown_by_now_is_dropped() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    let stored = here.book.snapshot();
    here.book = OrderBook::restore(&stored, here.now).expect("just stored");
    assert_eq!(here.book.verify(&Trust::default()), [Refusal::UnknownKey]);
    here.shows(&[]);
}

proptest! {
    #[test]
    fn a_changed_byte_is_noticed(at: usize, change in 1..=u8::MAX) {
        let mut stored = full().book.snapshot();
        let at = at % stored.len();
        stored[at] ^= change;
        prop_assert_eq!(OrderBook::restore(&stored, after(0)), Err(CorruptBook));
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(OrderBook::restore(&bytes, after(0)).is_err());
    }
}
