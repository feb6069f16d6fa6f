//! Updates, lifts and cancellations.

use super::*;

#[test]
fn an_update_replaces_what_it_names() {
    let mut here = TestBox::new();
    here.takes(&at(Level::Four, order(1)));
    here.takes(&at(Level::Three, act(2, Act::Update, 1)));
    here.shows(&[2]);
    here.takes(&act(3, Act::Lift, 2));
    here.shows(&[-3]);
}

#[test]
fn a_lift_that_a_later_order_for_others_overtook_still_lifts() {
    for end in [Act::Lift, Act::Cancel] {
        let mut here = TestBox::new();
        here.takes(&everywhere(order(1)));
        here.refuses(&on_the_hill(order(3)), Refusal::OtherArea);
        here.takes(&everywhere(act(2, end, 1)));
        here.shows(&[-2]);
        here.refuses(&everywhere(act(2, end, 1)), Refusal::Duplicate);
    }
}

#[test]
fn a_higher_update_of_an_order_unknown_here_is_shown() {
    let mut here = TestBox::new();
    here.takes(&at(Level::Three, order(1)));
    here.takes(&at(Level::Four, act(3, Act::Update, 2)));
    here.shows(&[3]);
}

#[test]
fn an_update_for_others_leaves_this_home_as_it_was() {
    let mut here = TestBox::new();
    here.takes(&everywhere(order(1)));
    here.refuses(&on_the_hill(act(2, Act::Update, 1)), Refusal::OtherArea);
    here.refuses(&on_the_hill(act(3, Act::Lift, 1)), Refusal::OtherArea);
    here.shows(&[1]);
}

#[test]
fn lift_and_cancellation_are_shown_until_acknowledged() {
    for end in [Act::Lift, Act::Cancel] {
        let mut here = TestBox::new();
        here.takes(&order(1));
        here.takes(&act(2, end, 1));
        here.shows(&[-2]);
        here.refuses(&act(2, end, 1), Refusal::Duplicate);
        assert!(!here.book.acknowledge(order_id(1)));
        assert!(here.book.acknowledge(order_id(2)));
        assert!(!here.book.acknowledge(order_id(2)));
        here.shows(&[]);
    }
}

#[test]
fn an_order_in_force_cannot_be_acknowledged_away() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    assert!(!here.book.acknowledge(order_id(1)));
    here.shows(&[1]);
}

#[test]
fn a_lift_of_what_was_never_here_shows_nothing() {
    let mut here = TestBox::new();
    assert_eq!(here.accept(&act(2, Act::Lift, 1)), Ok(Outcome::NothingToEnd));
    here.shows(&[]);
    here.takes(&order(3));
    assert_eq!(here.accept(&act(4, Act::Lift, 2)), Ok(Outcome::NothingToEnd));
    here.shows(&[3]);
}

#[test]
fn a_new_order_takes_the_place_of_the_notice() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    here.takes(&act(2, Act::Lift, 1));
    here.takes(&order(3));
    here.shows(&[3]);
}

#[test]
fn a_lift_ends_one_hazard_only() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    here.takes(&against(Hazard::Landslide, order(2)));
    here.takes(&act(3, Act::Lift, 1));
    here.shows(&[2, -3]);
    let wrong_hazard = against(Hazard::StormSurge, act(4, Act::Lift, 2));
    assert_eq!(here.accept(&wrong_hazard), Ok(Outcome::NothingToEnd));
    here.shows(&[2, -3]);
}

#[test]
fn a_drill_neither_replaces_nor_lifts_what_is_meant() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    here.takes(&drill(act(2, Act::Update, 1)));
    here.shows(&[1, 2]);
    assert_eq!(here.accept(&drill(act(3, Act::Lift, 1))), Ok(Outcome::NothingToEnd));
    here.shows(&[1, 2]);
    here.takes(&drill(act(4, Act::Lift, 2)));
    here.shows(&[1, -4]);
}

#[test]
fn a_lift_along_a_broken_chain_needs_the_heartbeat_too() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    assert_eq!(here.accept(&act(3, Act::Lift, 2)), Ok(Outcome::NothingToEnd));
    here.shows(&[1]);
    assert!(!here.hear(3, &[1]).expect("a heartbeat").changed);
    here.shows(&[1]);
    assert!(here.hear(3, &[]).expect("a heartbeat").changed);
    here.shows(&[-3]);
    assert!(!here.hear(3, &[]).expect("a heartbeat").changed);
}

#[test]
fn an_update_along_a_broken_chain_needs_the_heartbeat_too() {
    let mut here = TestBox::new();
    here.takes(&at(Level::Five, order(1)));
    here.takes(&at(Level::Three, act(3, Act::Update, 2)));
    here.shows(&[1]);
    assert!(here.hear(3, &[3]).expect("a heartbeat").changed);
    here.shows(&[3]);
}

#[test]
fn a_heartbeat_alone_ends_nothing() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    assert!(!here.hear(9, &[]).expect("a heartbeat").changed);
    here.shows(&[1]);
}

#[test]
fn a_full_heartbeat_ends_nothing() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    assert_eq!(here.accept(&act(3, Act::Lift, 2)), Ok(Outcome::NothingToEnd));
    let others: Vec<u64> = (100..132).collect();
    assert!(!here.hear(200, &others).expect("a heartbeat").changed);
    here.shows(&[1]);
}

#[test]
fn a_heartbeat_before_the_lift_ends_nothing() {
    let mut here = TestBox::new();
    here.hear(0, &[]).expect("a heartbeat");
    here.takes(&order(1));
    assert_eq!(here.accept(&act(3, Act::Lift, 2)), Ok(Outcome::NothingToEnd));
    assert!(!here.hear(2, &[2]).expect("a heartbeat").changed);
    here.shows(&[1]);
}

#[test]
fn an_older_word_and_a_heartbeat_end_nothing() {
    let mut here = TestBox::new();
    assert_eq!(here.accept(&act(2, Act::Lift, 1)), Ok(Outcome::NothingToEnd));
    here.takes(&order(3));
    assert!(!here.hear(3, &[]).expect("a heartbeat").changed);
    here.shows(&[3]);
}

#[test]
fn an_update_knows_what_it_changed_also_after_a_restart() {
    let mut here = TestBox::new();
    here.takes(&order(1));
    assert_eq!(here.book.active(here.now)[0].changes, None);
    let wider =
        Order { areas: vec![area_id("harbour"), area_id("hill")], ..act(2, Act::Update, 1) };
    here.takes(&wider);
    let expected = Changes { areas: true, ..Changes::default() };
    assert_eq!(here.book.active(here.now)[0].changes, Some(expected));
    here.restart(after(2_000));
    assert_eq!(here.book.active(here.now)[0].changes, Some(expected));
    here.takes(&act(9, Act::Update, 7));
    assert_eq!(here.book.active(here.now)[0].changes, None, "it replaced nothing that was here");
}
