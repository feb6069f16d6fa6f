//! A box that its gateway does not know any more goes back to its carton, and no other box does.

use evacuation::hazard::Level;
use stb_core::{effect::Effect, event::Event, view::PageKind};

use crate::television::Television;

fn refused() -> Television {
    let mut television = Television::at_home();
    television.happens(Event::LinkLost);
    television.happens(Event::DeviceRefused { is_stopped: true });
    television
}

fn has_begun(television: &mut Television) -> bool {
    television.take_effects().contains(&Effect::StartOver)
}

#[test]
fn a_box_that_is_known_offers_no_way_to_wipe_it() {
    let mut television = Television::at_home();
    television.choose("tile-settings");
    assert!(!television.has_item("start-over-tile"));
    let mut television = refused();
    television.happens(Event::LinkOpened);
    television.choose("tile-settings");
    assert!(!television.has_item("start-over-tile"), "it is known again");
}

#[test]
fn a_refused_box_says_so_and_is_wiped_after_a_yes() {
    let mut television = refused();
    television.choose("tile-settings");
    let status = television.page().status.map(|status| status.id);
    assert_eq!(status, Some("status-refused"));
    television.choose_here("start-over-tile");
    television.sees(PageKind::StartOver);
    assert_eq!(television.focused(), "start-over-no", "a stray press wipes nothing");
    television.choose_here("start-over-no");
    television.sees(PageKind::Settings);
    assert!(!has_begun(&mut television));
    television.choose_here("start-over-tile");
    television.choose_here("start-over-yes");
    assert!(has_begun(&mut television));
    television.sees(PageKind::StartOver);
    television.choose_here("button-close");
    assert!(!has_begun(&mut television), "once");
}

#[test]
fn an_order_in_force_is_not_wiped() {
    let mut television = refused();
    television.choose("tile-settings");
    television.choose_here("start-over-tile");
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.takeover().is_some());
    television.wait(2_000);
    television.press(stb_core::key::RemoteKey::Confirm);
    television.wait(10_000);
    television.choose("tile-settings");
    assert!(!television.has_item("start-over-tile"));
}

#[test]
fn a_gateway_that_lost_its_memory_does_not_make_homes_wipe_their_boxes() {
    let mut television = Television::at_home();
    television.happens(Event::LinkLost);
    for hour in 0..25 {
        television.happens(Event::DeviceRefused { is_stopped: false });
        television.choose("tile-settings");
        assert_eq!(television.has_item("start-over-tile"), hour == 24, "hour {hour}");
        television.wait(3_600_000);
    }
}
