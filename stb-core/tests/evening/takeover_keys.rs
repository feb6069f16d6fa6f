//! What the keys of the remote do while an order is on the screen.

use evacuation::hazard::{Hazard, Level};
use gateway_api::report::Answer;
use stb_core::{event::Event, key::RemoteKey, view::TakeoverStage};

use crate::{
    takeover::{answers, flooded},
    television::Television,
};

/// Invariant 7 with an order: 戻る and 終了 give the picture back for a while, never for good, and
/// the order is never out of sight.
#[test]
fn back_and_exit_lower_an_unanswered_order_for_a_while() {
    for key in [RemoteKey::Back, RemoteKey::Exit] {
        let mut television = flooded(Level::Four);
        television.wait(40_000);
        assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
        television.press(key);
        assert_eq!(television.stage(), Some(TakeoverStage::Band));
        television.press(RemoteKey::ChannelUp);
        assert!(television.view().banner.is_some(), "channels work below the band");
        television.press(key);
        assert_eq!(television.stage(), Some(TakeoverStage::Band));
        television.wait(30_000);
        assert_eq!(television.stage(), Some(TakeoverStage::Large));
        television.wait(30_000);
        assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
    }
}

/// Invariant 1: what waits for an answer is not put into the dark, whatever its stage.
#[test]
fn invariant_1_power_darkens_no_order_that_waits_for_an_answer() {
    let tsunami = |television: &mut Television| television.town.order(Hazard::Tsunami, None);
    let three = |television: &mut Television| television.town.flood(Level::Three);
    let four = |television: &mut Television| television.town.flood(Level::Four);
    let orders: [fn(&mut Television) -> evacuation::order::Order; 3] = [tsunami, three, four];
    for order in orders {
        for lowered in [false, true] {
            let mut television = Television::at_home();
            let order = order(&mut television);
            let bytes = television.town.sign(&order);
            television.receive(bytes);
            if lowered {
                television.press(RemoteKey::Back);
            }
            for _ in 0..4 {
                television.press(RemoteKey::Power);
                assert!(television.stage() >= Some(TakeoverStage::Band), "{order:?}");
                television.wait(20_000);
            }
            television.wait(60_000);
            assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
        }
    }
}

/// 電源 before the order came, and after it was answered, is meant; a change lights the screen again.
#[test]
fn an_answered_order_leaves_the_screen_dark_until_it_changes() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Blue, RemoteKey::Back, RemoteKey::Power]);
    assert_eq!(television.takeover(), None);
    television.wait(120_000);
    assert_eq!(television.takeover(), None, "nothing waits");
    let update = television.town.about(&order, evacuation::order::Act::Update);
    let bytes = television.town.sign(&update);
    television.receive(bytes);
    assert!(television.stage() >= Some(TakeoverStage::Band));
}

/// The keys of the picture go on below the band; those that would open something under it do not.
#[test]
fn nothing_is_opened_under_the_band() {
    let mut television = flooded(Level::Three);
    television.press_all(&[RemoteKey::Guide, RemoteKey::Power, RemoteKey::Home]);
    assert_eq!(television.stage(), Some(TakeoverStage::Band));
    television.press_all(&[RemoteKey::Blue, RemoteKey::Back]);
    television.is_live_television();
}

/// ヘルプ on the band shows the whole order, and it can be answered there.
#[test]
fn help_on_the_band_shows_the_whole_order() {
    let mut television = flooded(Level::Three);
    television.wait(1_000);
    television.take_effects();
    television.press(RemoteKey::Help);
    assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
    assert!(television.spoken().contains(&"spoken-call"));
    television.press(RemoteKey::Confirm);
    assert_eq!(answers(&television), [Answer::Leaving]);
}

#[test]
fn a_lowered_tsunami_returns_after_ten_seconds() {
    let mut television = Television::at_home();
    let order = television.town.order(Hazard::Tsunami, None);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.press(RemoteKey::Exit);
    assert_eq!(television.stage(), Some(TakeoverStage::Band));
    television.wait(10_000);
    assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
}

#[test]
fn after_the_answer_all_keys_work_and_the_order_can_be_opened_again() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Confirm, RemoteKey::Back]);
    television.is_live_television();
    television.press(RemoteKey::Digit(3));
    television.press(RemoteKey::Home);
    assert_eq!(television.focused(), "tile-order");
    assert!(television.page().items.len() <= 6);
    assert!(television.has_item("tile-plan"), "where to flee is asked most while an order stands");
    television.press(RemoteKey::Confirm);
    assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
    television.press_all(&[RemoteKey::Right, RemoteKey::Confirm]);
    assert_eq!(answers(&television), [Answer::Leaving, Answer::NeedHelp]);
    television.press(RemoteKey::Exit);
    television.is_live_television();
}

#[test]
fn colour_keys_answer_too() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press(RemoteKey::Green);
    assert_eq!(answers(&television), [Answer::Staying]);
}

#[test]
fn a_press_meant_for_the_screen_before_does_not_answer() {
    let mut television = flooded(Level::Four);
    television
        .happens(Event::Key { key: RemoteKey::Confirm, action: stb_core::key::KeyAction::Pressed });
    assert_eq!(answers(&television), []);
    television.wait(700);
    television.press(RemoteKey::Confirm);
    assert_eq!(answers(&television), [Answer::Leaving]);
}

#[test]
fn the_same_answer_again_is_not_sent_again() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Confirm, RemoteKey::Back, RemoteKey::Help]);
    television.press(RemoteKey::Confirm);
    assert_eq!(answers(&television), [Answer::Leaving]);
}
