//! Right clocks, wrong clocks and none.

use super::*;

#[test]
fn an_expired_order_is_not_shown() {
    let mut here = TestBox::new();
    here.now = after(6 * HOUR);
    here.refuses(&order(1), Refusal::Expired);
    here.now = after(6 * HOUR - 1);
    here.takes(&order(1));
}

#[test]
fn an_order_ends_with_its_time() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    here.now = after(6 * HOUR - 1);
    here.shows(&[1]);
    assert_eq!(here.book.next_end(here.now), Some(here.now.monotonic_ms + 1));
    here.now = after(6 * HOUR);
    here.shows(&[]);
    assert_eq!(here.book.next_end(here.now), None);
}

#[test]
fn without_a_clock_the_time_since_it_came_counts() {
    let mut here = TestBox::new();
    here.now = after_without_clock(HOUR);
    here.takes(&order(1));
    here.now = after_without_clock(7 * HOUR - 1);
    here.shows(&[1]);
    here.now = after_without_clock(7 * HOUR);
    here.shows(&[]);
}

#[test]
fn a_clock_found_later_ends_it_in_time() {
    let mut here = TestBox::new();
    here.now = after_without_clock(HOUR);
    here.takes(&order(1));
    here.now = after(6 * HOUR - 1);
    here.shows(&[1]);
    here.now = after(6 * HOUR);
    here.shows(&[]);
}

#[test]
fn a_clock_that_jumps_does_not_end_an_order_received_in_time() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    here.now.wall = UnixMillis(ISSUED + YEAR);
    here.shows(&[1]);
}

#[track_caller]
fn check_wrong_clock(wall: i64, trusted: bool, skew: Option<i64>) {
    let mut here = TestBox::new();
    here.now = Now { wall: UnixMillis(wall), wall_trusted: trusted, ..after(0) };
    let accepted = here.book.accept(&signed(&order(1)), &trust(), &home(), here.now);
    assert_eq!(accepted.map(|accepted| accepted.skew_ms), Ok(skew));
    here.shows(&[1]);
    here.now.monotonic_ms += (6 * HOUR + 5 * MINUTE).unsigned_abs();
    here.shows(&[]);
}

#[test]
fn a_clock_wrong_by_a_year_hides_no_order() {
    check_wrong_clock(ISSUED - YEAR, false, Some(-YEAR));
    check_wrong_clock(ISSUED - YEAR, true, Some(-YEAR));
    check_wrong_clock(ISSUED + YEAR, false, Some(YEAR));
    check_wrong_clock(0, false, Some(-ISSUED));
    check_wrong_clock(i64::MAX, false, Some(i64::MAX - ISSUED));
    check_wrong_clock(ISSUED, true, None);
    check_wrong_clock(ISSUED - MINUTE, true, None);
}

#[test]
fn the_heartbeat_is_a_better_clock() {
    let mut here = TestBox::new();
    here.now = Now { wall: UnixMillis(ISSUED + YEAR), ..after(HOUR) };
    assert_eq!(here.hear_of(1, &[1], 0).expect("a heartbeat").skew_ms, YEAR - HOUR);
    here.takes(&order(1));
    here.now = Now { wall: UnixMillis(ISSUED + YEAR), ..after(6 * HOUR - 1) };
    here.shows(&[1]);
    assert_eq!(here.book.time(here.now), Some(UnixMillis(ISSUED + 6 * HOUR - 1)));
    here.now = Now { wall: UnixMillis(ISSUED + YEAR), ..after(6 * HOUR) };
    here.shows(&[]);
}

#[test]
fn an_order_refused_by_a_wrong_clock_is_taken_by_a_right_one() {
    let mut here = TestBox::new();
    here.now = Now { wall: UnixMillis(ISSUED + YEAR), ..after(0) };
    here.refuses(&order(1), Refusal::Expired);
    here.refuses(&order(1), Refusal::Expired);
    here.now = after(1_000);
    here.takes(&order(1));
}

#[test]
fn an_expired_order_that_is_no_longer_news_stays_out() {
    let mut here = TestBox::new();
    here.now = Now { wall: UnixMillis(ISSUED + YEAR), ..after(0) };
    here.refuses(&order(1), Refusal::Expired);
    here.now = after(1_000);
    here.takes(&against(Hazard::Landslide, order(2)));
    here.refuses(&order(1), Refusal::Expired);
    here.hear(2, &[1, 2]).expect("a heartbeat");
    here.takes(&order(1));
}

#[test]
fn a_late_lift_still_lifts_and_is_seen() {
    let mut here = TestBox::new();
    here.takes(&Order { expires_at: UnixMillis(ISSUED + 48 * HOUR), ..order(1) });
    here.now = after(10 * HOUR);
    here.takes(&act(2, Act::Lift, 1));
    here.shows(&[-2]);
    here.now = after(11 * HOUR);
    here.shows(&[]);
}

#[test]
fn after_a_restart_without_a_clock_there_is_a_bounded_grace() {
    let long = |sequence| Order { expires_at: UnixMillis(ISSUED + 90 * HOUR), ..order(sequence) };
    let mut here = TestBox::new();
    here.takes(&long(1));
    here.restart(after_without_clock(0));
    here.shows(&[1]);
    here.now = after_without_clock(12 * HOUR - 1);
    here.shows(&[1]);
    here.now = after_without_clock(12 * HOUR);
    here.shows(&[]);
}

#[test]
fn after_a_restart_with_a_clock_the_signed_time_counts() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    here.restart(after(6 * HOUR - 1));
    here.shows(&[1]);
    here.restart(after(6 * HOUR));
    here.shows(&[]);
}
