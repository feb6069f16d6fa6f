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
    assert_eq!(here.hear_of(5, &[5], 1), Err(Refusal::Replayed));
    here.takes(&order(7));
    here.refuses(&order(5), Refusal::Replayed);
}

#[test]
fn a_heartbeat_ahead_asks_for_the_rest() {
    let mut here = TestBox::new();
    here.takes(&order(5));
    let news = here.hear(8, &[5]).expect("a heartbeat");
    assert_eq!((news.fetch_after, news.missing.len(), news.changed), (Some(5), 0, false));
}

#[test]
fn heartbeats_of_others_are_refused() {
    let mut here = TestBox::new();
    let heartbeat = Heartbeat {
        issuer: issuer(),
        highest_sequence: 5,
        highest_drill: 0,
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
    assert_eq!(here.hear_of(5, &[5], 24 * HOUR), Err(Refusal::Replayed));
    here.refuses(&Order { sequence: 5, ..expired(order(5)) }, Refusal::Expired);
    here.shows(&[]);
}

/// Invariant 3 over restarts: a heartbeat recorded while an order stood vouches for nothing later,
/// neither where the clock is trusted nor where there is none.
#[test]
fn invariant_3_an_old_heartbeat_after_a_restart_brings_no_ended_order_back() {
    for clock in [after, after_without_clock] {
        let mut here = TestBox::new();
        here.refuses(&on_the_hill(order(5)), Refusal::OtherArea);
        here.now = after(HOUR);
        here.hear_at(5, &[4], ISSUED + HOUR).expect("the order at its time");
        here.now = after(8 * HOUR);
        here.hear_at(5, &[], ISSUED + 8 * HOUR).expect("the same numbers, but it is over");
        here.restart(clock(9 * HOUR));
        assert_eq!(here.hear_at(5, &[4], ISSUED + HOUR), Err(Refusal::Replayed));
        let refused = here.accept(&order(4)).expect_err("long over");
        assert!(matches!(refused, Refusal::Replayed | Refusal::Expired), "{refused}");
        here.shows(&[]);
    }
}

#[test]
fn a_heartbeat_a_little_late_changes_neither_time_nor_list() {
    let mut here = TestBox::new();
    here.hear(5, &[]).expect("a heartbeat");
    let before = here.book.clone();
    assert!(here.hear_of(5, &[4], MINUTE).is_ok());
    assert_eq!(here.book, before);
}

#[test]
fn after_a_restored_backup_of_the_town_a_lower_number_still_tells_the_time() {
    let mut here = TestBox::new();
    here.takes(&order(7));
    here.hear(7, &[7]).expect("a heartbeat");
    here.now = after(HOUR);
    let news = here.hear(3, &[]).expect("younger, whatever its number");
    assert_eq!((news.fetch_after, news.changed), (None, false));
    here.shows(&[7]);
}

/// Invariant 3: what a drill key signs, however high its number, closes nothing to what is meant.
#[test]
fn invariant_3_no_drill_makes_an_actual_order_look_old() {
    let mut here = TestBox::new();
    let highest = ISSUED.unsigned_abs() / 1_000 + Order::MAX_AHEAD_S;
    for mode in [Mode::Drill, Mode::Test] {
        let drill = Order { mode, ..against(Hazard::Landslide, order(highest)) };
        let _ = here.accept_bytes(&forged(&drill, &drill_key()));
        assert_eq!(here.book.highest_sequence(), 0);
    }
    here.takes(&order(5));
    here.restart(after(2_000));
    here.takes(&against(Hazard::StormSurge, order(6)));
    here.refuses(&drill(order(4)), Refusal::Replayed);
}

/// Invariant 3: a heartbeat raises nothing that actual orders are compared with.
#[test]
fn invariant_3_no_heartbeat_makes_an_actual_order_look_old() {
    let mut here = TestBox::new();
    here.hear(u64::MAX, &[]).expect("signed by the town's heartbeat key");
    here.takes(&order(5));
    here.restart(after(2_000));
    here.takes(&order(6));
}

/// A stolen order key can outrank the town until it is revoked, and no longer.
#[test]
fn a_revoked_key_gives_back_the_numbers_it_took() {
    let mut here = TestBox::new();
    here.takes(&order(5));
    let highest = ISSUED.unsigned_abs() / 1_000 + Order::MAX_AHEAD_S;
    let by_new = |order: &Order| forged(order, &unknown_key());
    let mut with_new = manifest();
    let public = unknown_key().public_key();
    with_new.keys.push(ManifestKey { public, ..with_new.keys[0].clone() });
    let thief = Trust::new(with_new.clone());
    let bytes = by_new(&on_the_hill(order(highest)));
    assert_eq!(here.book.accept(&bytes, &thief, &home(), here.now), Err(Refusal::OtherArea));
    here.refuses(&order(6), Refusal::Replayed);
    with_new.revoked.push(public.kid());
    here.restart(after(2_000));
    assert_eq!(here.book.verify(&Trust::new(with_new)), []);
    assert_eq!(here.book.highest_sequence(), 5);
    here.takes(&order(6));
}

#[test]
fn a_revoked_heartbeat_key_gives_back_the_time_it_set() {
    let mut here = TestBox::new();
    here.now = after_without_clock(0);
    here.hear_at(5, &[], ISSUED + YEAR - HOUR).expect("within the life of the key");
    here.refuses(&order(5), Refusal::Expired);
    let mut manifest = manifest();
    manifest.revoked.push(heartbeat_key().kid());
    assert_eq!(here.book.verify(&Trust::new(manifest)), []);
    here.takes(&order(6));
}

/// A gateway whose clock once ran ahead does not silence a box until that date: what fits a trusted
/// clock counts again, and from then on also without one.
#[test]
fn a_trusted_clock_gives_back_the_time_of_a_gateway_that_ran_ahead() {
    for restarts in [false, true] {
        let mut here = TestBox::new();
        here.now = after_without_clock(0);
        here.hear_at(5, &[5], ISSUED + YEAR - HOUR).expect("within the life of the key");
        if restarts {
            here.restart(after_without_clock(MINUTE));
        }
        here.now = after_without_clock(2 * MINUTE);
        assert_eq!(here.hear_at(5, &[], ISSUED + 2 * MINUTE), Err(Refusal::Replayed));
        here.now = after(3 * MINUTE);
        assert_eq!(here.hear_at(5, &[], ISSUED - HOUR), Err(Refusal::Replayed), "fits nothing");
        here.hear_at(4, &[], ISSUED + 3 * MINUTE).expect("fits, whatever its number");
        here.restart(after_without_clock(4 * MINUTE));
        here.hear_at(5, &[], ISSUED + 4 * MINUTE).expect("later than the one that fitted");
        here.takes(&order(6));
    }
}

#[test]
fn no_time_beyond_a_trusted_clock_is_stored() {
    let mut here = TestBox::new();
    here.now = after(0);
    here.hear_at(5, &[], ISSUED + YEAR - HOUR).expect("within the life of the key");
    here.restart(after_without_clock(MINUTE));
    here.hear_at(5, &[], ISSUED + MINUTE).expect("later than the trusted clock of then");
    here.takes(&order(6));
}

#[test]
fn a_heartbeat_ahead_of_a_trusted_clock_ends_nothing_early() {
    let mut here = TestBox::new();
    here.hear_at(5, &[], ISSUED + YEAR - HOUR).expect("within the life of the key");
    here.takes(&order(6));
    here.shows(&[6]);
}

#[test]
fn a_missed_drill_is_fetched_from_its_own_count() {
    let mut here = TestBox::new();
    here.takes(&order(8));
    here.takes(&drill(order(3)));
    let heartbeat = Heartbeat {
        issuer: issuer(),
        highest_sequence: 8,
        highest_drill: 9,
        active: vec![order_id(8)],
        time: UnixMillis(ISSUED + 2_000),
    };
    let bytes = sign_heartbeat(&heartbeat, &heartbeat_key()).expect("few orders");
    let news = here.book.accept_heartbeat(&bytes, &trust(), here.now).expect("a heartbeat");
    assert_eq!(news.fetch_after, Some(3));
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
