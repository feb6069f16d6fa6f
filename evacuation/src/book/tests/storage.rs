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
