//! Repeats, replays and repairs.

use super::*;

#[test]
fn the_same_bytes_again_are_no_attack() {
    let mut here = TestBox::new();
    here.takes(&order(5));
    here.refuses(&order(5), Refusal::Duplicate);
    here.refuses(&order(5), Refusal::Duplicate);
    assert!(!Refusal::Duplicate.is_suspicious());
    here.shows(&[5]);
}

#[test]
fn an_older_number_is_refused() {
    let mut here = TestBox::new();
    here.takes(&order(5));
    here.refuses(&order(4), Refusal::Replayed);
    assert!(Refusal::Replayed.is_suspicious());
    here.shows(&[5]);
}

#[test]
fn other_content_under_a_known_id_or_number_is_refused() {
    let mut here = TestBox::new();
    here.takes(&order(5));
    here.refuses(&Order { sequence: 6, ..order(5) }, Refusal::Replayed);
    here.refuses(&Order { id: order_id(99), ..order(5) }, Refusal::Replayed);
}

#[test]
fn a_lifted_order_does_not_come_back() {
    let mut here = TestBox::new();
    here.takes(&order(5));
    here.takes(&act(6, Act::Lift, 5));
    here.refuses(&order(5), Refusal::Duplicate);
    here.hear(6, &[5]).expect("a heartbeat");
    here.refuses(&order(5), Refusal::Duplicate);
    here.shows(&[-6]);
}

#[test]
fn a_heartbeat_shows_what_is_missing_and_lets_it_in() {
    let mut here = TestBox::new();
    here.takes(&against(Hazard::Landslide, order(7)));
    here.refuses(&order(6), Refusal::Replayed);
    let news = here.hear(7, &[6, 7]).expect("a heartbeat");
    assert_eq!(news.missing, [order_id(6)]);
    assert_eq!(news.fetch_after, Some(0));
    here.takes(&order(6));
    assert_eq!(here.hear(7, &[6, 7]).expect("a heartbeat").fetch_after, None);
    here.shows(&[7, 6]);
}

#[test]
fn only_what_the_heartbeat_lists_is_let_in() {
    let mut here = TestBox::new();
    here.takes(&order(7));
    here.hear(7, &[6, 7]).expect("a heartbeat");
    here.refuses(&order(5), Refusal::Replayed);
}

#[test]
fn a_heartbeat_older_than_the_book_lets_nothing_in() {
    let mut here = TestBox::new();
    here.hear(6, &[5, 6]).expect("a heartbeat");
    here.takes(&order(7));
    here.refuses(&order(5), Refusal::Replayed);
}

#[test]
fn an_older_heartbeat_is_refused() {
    let mut here = TestBox::new();
    here.hear(6, &[6]).expect("a heartbeat");
    assert_eq!(here.hear(5, &[5]), Err(Refusal::Replayed));
    here.takes(&order(7));
    here.refuses(&order(5), Refusal::Replayed);
}

#[test]
fn a_heartbeat_ahead_asks_for_the_rest() {
    let mut here = TestBox::new();
    here.takes(&order(5));
    let news = here.hear(8, &[5]).expect("a heartbeat");
    assert_eq!((news.fetch_after, news.missing.len(), news.changed), (Some(5), 0, false));
    assert_eq!(news.highest_sequence, 8);
}

#[test]
fn heartbeats_of_others_are_refused() {
    let mut here = TestBox::new();
    let heartbeat = Heartbeat {
        issuer: issuer(),
        highest_sequence: 5,
        active: Vec::new(),
        time: UnixMillis(ISSUED),
    };
    let bytes = sign_heartbeat(&heartbeat, &order_key()).expect("few orders");
    let heard = here.book.accept_heartbeat(&bytes, &trust(), here.now);
    assert_eq!(heard, Err(Refusal::WrongKeyUsage));
    assert_eq!(here.book, OrderBook::new(issuer()));
}

#[test]
fn an_old_heartbeat_of_a_quiet_town_brings_nothing_back() {
    let mut here = TestBox::new();
    assert!(here.hear_of(5, &[], 0).is_ok());
    assert!(here.hear_of(5, &[], 60_000).is_ok(), "a minute late on another way");
    assert_eq!(here.hear_of(5, &[5], 24 * 3_600_000), Err(Refusal::Replayed));
    here.refuses(&Order { sequence: 5, ..expired(order(5)) }, Refusal::Expired);
    here.shows(&[]);
}

/// Issued two hours ago and over for an hour.
fn expired(order: Order) -> Order {
    let hour_ms = 3_600_000;
    Order {
        issued_at: UnixMillis(order.issued_at.0 - 2 * hour_ms),
        expires_at: UnixMillis(order.issued_at.0 - hour_ms),
        ..order
    }
}
