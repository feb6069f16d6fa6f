//! When the box may be taken away for an update, and when a version of it is worth keeping.

use evacuation::hazard::Level;
use stb_core::{
    duty::Busy,
    event::{Event, PlayerState, ReaderState},
    key::RemoteKey,
    view::PageKind,
};

use crate::{card::Card, takeover::flooded, television::Television};

#[test]
fn a_box_that_has_not_read_its_store_is_not_taken_away() {
    let mut television = Television::cold();
    assert_eq!(television.machine.busy(), Some(Busy::Starting));
    television.start();
    assert_eq!(television.machine.busy(), None);
}

#[test]
fn an_order_keeps_the_box_until_it_is_over() {
    let mut television = flooded(Level::Four);
    assert_eq!(television.machine.busy(), Some(Busy::Order));
    television.press(RemoteKey::Confirm);
    television.wait(60_000);
    assert_eq!(television.machine.busy(), Some(Busy::Order), "answered, but in force");
    television.wait(13 * 3_600_000);
    assert_eq!(television.machine.busy(), None);
}

#[test]
fn an_order_keeps_the_box_after_a_power_cut_too() {
    let mut television = flooded(Level::Four);
    television.restart();
    assert_eq!(television.machine.busy(), Some(Busy::Order));
}

#[test]
fn nobody_is_interrupted_with_a_card_in_hand() {
    let mut television = Television::at_home();
    assert_eq!(television.machine.busy(), None);
    television.choose("tile-check-in");
    television.sees(PageKind::CardPrompt);
    assert_eq!(television.machine.busy(), Some(Busy::Conversation));
    television.press(RemoteKey::Exit);
    assert_eq!(television.machine.busy(), None);
    television.insert(Card::of_hana());
    television.sees(PageKind::CheckIn);
    assert_eq!(television.machine.busy(), Some(Busy::Conversation));
}

#[test]
fn a_page_that_was_left_standing_does_not_keep_the_box_for_days() {
    let mut television = Television::at_home();
    television.gateway_answers = true;
    television.insert(Card::of_hana());
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::CheckInDone);
    television.wait(29 * 60_000);
    assert_eq!(television.machine.busy(), Some(Busy::Conversation));
    television.wait(60_000);
    television.sees(PageKind::CheckInDone);
    assert_eq!(television.machine.busy(), None, "only the television set was switched off");
    television.press(RemoteKey::Down);
    assert_eq!(television.machine.busy(), Some(Busy::Conversation));
}

#[test]
fn an_answer_that_the_town_does_not_have_keeps_the_box() {
    let mut television = Television::at_home();
    television.gateway_answers = true;
    television.insert(Card::of_hana());
    television.gateway_answers = false;
    television.press(RemoteKey::Confirm);
    television.press(RemoteKey::Exit);
    television.pull_card();
    assert_eq!(television.machine.busy(), Some(Busy::Report));
    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    television.wait(120_000);
    assert_eq!(television.machine.busy(), None);
}

#[test]
fn a_version_is_kept_once_picture_gateway_and_reader_were_seen() {
    let mut television = Television::cold();
    television.disk.provisioning = Some(television.town.provisioning());
    television.start();
    television.happens(Event::LinkOpened);
    television.happens(Event::ReaderChanged(ReaderState::ServiceDown));
    for state in [PlayerState::Tuning, PlayerState::NoSignal, PlayerState::Recovering] {
        television.happens(Event::PlayerChanged { channel_id: "ch1".to_owned(), state });
    }
    assert!(!television.machine.is_proven());
    television.happens(Event::ReaderChanged(ReaderState::NoReader));
    assert!(!television.machine.is_proven(), "no picture");
    let channel_id = "ch1".to_owned();
    television.happens(Event::PlayerChanged { channel_id, state: PlayerState::FirstPicture });
    assert!(television.machine.is_proven());
    television.happens(Event::LinkLost);
    assert!(television.machine.is_proven(), "a night without the gateway is no fault of the box");
}
