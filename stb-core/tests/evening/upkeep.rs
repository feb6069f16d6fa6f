//! What the box says of itself: to the home about an update, to the operator about how it is.

use evacuation::hazard::Level;
use gateway_api::status::{Reader, Signal};
use stb_core::{
    event::{Event, PlayerState, ReaderState, UpdateNotice},
    view::PageKind,
};

use crate::television::Television;

fn line(television: &Television) -> Option<&'static str> {
    television.view().hint.map(|hint| hint.id)
}

#[test]
fn a_state_that_is_wanted_at_once_is_news_each_time() {
    let mut television = Television::at_home();
    let mut seen = television.machine.vitals();
    for _ in 0..2 {
        television.happens(Event::StatusWanted);
        let now = television.machine.vitals();
        assert_ne!(now, seen);
        seen = now;
        television.happens(Event::DeadlineReached);
        assert_eq!(television.machine.vitals(), seen);
    }
}

#[test]
fn an_update_is_told_in_one_line_for_a_while_and_on_the_page_of_the_settings() {
    let mut television = Television::at_home();
    television.wait(60_000);
    television.happens(Event::UpdateChanged(Some(UpdateNotice::Tonight)));
    assert_eq!(line(&television), Some("update-tonight"));
    television.wait(29_000);
    assert_eq!(line(&television), Some("update-tonight"));
    television.wait(2_000);
    assert_eq!(line(&television), None);
    television.happens(Event::UpdateChanged(Some(UpdateNotice::Tonight)));
    assert_eq!(line(&television), None, "once");
    television.choose("tile-settings");
    television.sees(PageKind::Settings);
    assert_eq!(television.page().detail.map(|detail| detail.id), Some("update-tonight"));
    television.happens(Event::UpdateChanged(None));
    assert_eq!(television.page().detail, None);
}

#[test]
fn an_order_is_above_the_line() {
    let mut television = Television::at_home();
    television.happens(Event::UpdateChanged(Some(UpdateNotice::WentBack)));
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert_eq!(line(&television), None);
    assert!(television.takeover().is_some());
}

#[test]
fn the_operator_hears_of_reader_picture_and_newest_order_and_of_nothing_else() {
    let mut television = Television::at_home();
    television.happens(Event::ReaderChanged(ReaderState::NoReader));
    assert_eq!(television.machine.vitals().reader, Reader::Missing);
    television.happens(Event::ReaderChanged(ReaderState::CardPresent));
    assert_eq!(
        television.machine.vitals().reader,
        Reader::Ready,
        "whose card is no business of theirs"
    );
    let channel_id = "ch1".to_owned();
    television.happens(Event::PlayerChanged { channel_id, state: PlayerState::NoSignal });
    assert_eq!(television.machine.vitals().signal, Signal::Missing);
    assert_eq!(television.machine.vitals().last_order, None);
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes.clone());
    let heard = television.machine.vitals().last_order.expect("an order came");
    assert_eq!(heard.sequence, order.sequence);
    television.wait(60_000);
    television.receive(bytes);
    assert_eq!(television.machine.vitals().last_order, Some(heard), "the same again is no news");
    let forged = crate::town::Town::sign_with_foreign_key(&television.town.flood(Level::Five));
    television.receive(forged);
    assert_eq!(television.machine.vitals().last_order, Some(heard), "only what was believed");
}
