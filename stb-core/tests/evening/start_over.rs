//! A box that its gateway does not know any more goes back to its carton, and no other box does.

use evacuation::hazard::Level;
use stb_core::{effect::Effect, event::Event, key::RemoteKey, view::PageKind};

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
fn a_stopped_box_says_whom_to_call() {
    let mut television = refused();
    let spoken = |television: &mut Television| {
        let effects = television.take_effects();
        let spoken = effects.iter().filter(|effect| match effect {
            Effect::Speak { sentences, .. } => {
                sentences.iter().any(|one| one.id == "refused-call-phone")
            }
            _ => false,
        });
        spoken.count()
    };
    assert_eq!(spoken(&mut television), 1);
    television.happens(Event::DeviceRefused { is_stopped: true });
    assert_eq!(spoken(&mut television), 0, "once");
    television.press(RemoteKey::Home);
    assert_eq!(television.page().lead.map(|lead| lead.id), Some("refused-call-phone"));
}

#[test]
fn a_wish_that_fails_ends_with_whom_to_call() {
    let failures: [fn(&mut Television); 2] =
        [|television| television.happens(Event::StartOverFailed), |tv| tv.wait(120_000)];
    for fail in failures {
        let mut television = refused();
        television.choose("tile-settings");
        television.choose_here("start-over-tile");
        television.choose_here("start-over-yes");
        assert_eq!(television.page().title.id, "start-over-begun-title");
        fail(&mut television);
        let page = television.page();
        assert_eq!(page.title.id, "start-over-failed-title");
        assert_eq!(page.lead.map(|lead| lead.id), Some("call-operator-phone"));
        television.choose_here("button-close");
        television.sees(PageKind::Settings);
    }
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
    television.press(RemoteKey::Confirm);
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
