//! Orders that change, end, or come together.

use evacuation::{
    hazard::{Hazard, Level},
    order::{Act, Mode},
};
use stb_core::{key::RemoteKey, view::TakeoverStage};

use crate::{
    takeover::{answers, flooded, title},
    television::Television,
};

#[test]
fn an_update_alerts_again() {
    let mut television = Television::at_home();
    let three = television.town.flood(Level::Three);
    let mut four = television.town.about(&three, Act::Update);
    four.level = Some(Level::Four);
    for order in [&three, &four] {
        let bytes = television.town.sign(order);
        television.receive(bytes);
        assert_eq!(television.stage(), Some(TakeoverStage::Band));
        television.wait(1_000);
        television.press(RemoteKey::Confirm);
    }
    assert_eq!(title(&television), Some("order-level-four"));
    assert_eq!(answers(&television).len(), 2);
}

#[test]
fn a_lift_is_an_all_clear_with_one_button() {
    for (act, title_id) in [(Act::Lift, "order-lifted"), (Act::Cancel, "order-cancelled")] {
        let mut television = Television::at_home();
        let order = television.town.flood(Level::Four);
        let lift = television.town.about(&order, act);
        let bytes = television.town.sign(&order);
        television.receive(bytes);
        television.wait(1_000);
        television.press_all(&[RemoteKey::Confirm, RemoteKey::Exit]);
        let bytes = television.town.sign(&lift);
        television.receive(bytes);
        let takeover = television.takeover().expect("the all-clear is shown");
        assert_eq!(takeover.title.id, title_id);
        let labels: Vec<_> = takeover.answers.iter().map(|item| item.label.id).collect();
        assert_eq!(labels, ["button-close"]);
        television.wait(120_000);
        assert_eq!(television.stage(), Some(TakeoverStage::Large), "it waits, but does not grow");
        television.press(RemoteKey::Confirm);
        assert_eq!(television.takeover(), None);
        television.restart();
        assert_eq!(television.takeover(), None, "closed is closed");
    }
}

#[test]
fn the_end_of_one_order_sends_nobody_home_while_another_holds() {
    for (act, action) in
        [(Act::Lift, "action-all-clear-others"), (Act::Cancel, "action-disregard-others")]
    {
        let mut television = Television::at_home();
        let tsunami = television.town.order(Hazard::Tsunami, None);
        let flood = television.town.flood(Level::Four);
        let end = television.town.about(&flood, act);
        for order in [&tsunami, &flood] {
            let bytes = television.town.sign(order);
            television.receive(bytes);
            television.wait(1_000);
            television.press(RemoteKey::Confirm);
        }
        let bytes = television.town.sign(&end);
        television.receive(bytes);
        television.wait(30_000);
        let takeover = television.takeover().expect("the end is shown");
        assert_eq!(takeover.act, act);
        assert_eq!(takeover.action.id, action);
        let steps: Vec<_> = takeover.steps.iter().map(|step| step.text.id).collect();
        assert!(!steps.contains(&"step-return-carefully"), "{steps:?}");
    }
}

#[test]
fn a_hand_that_goes_on_pressing_does_not_answer() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Five);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    for _ in 0..20 {
        television.press(RemoteKey::Confirm);
    }
    assert!(television.takeover().is_some_and(|takeover| takeover.answered.is_none()));
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    assert!(television.takeover().is_some_and(|takeover| takeover.answered.is_some()));
}

#[test]
fn of_several_orders_the_most_urgent_comes_first_and_all_are_reached() {
    let mut television = flooded(Level::Three);
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let bytes = television.town.sign(&tsunami);
    television.receive(bytes);
    assert_eq!(title(&television), Some("order-tsunami"));
    assert_eq!(television.takeover().map(|takeover| takeover.others), Some(1));
    television.press(RemoteKey::Yellow);
    television.wait(1_000);
    television.press(RemoteKey::Yellow);
    assert_eq!(title(&television), Some("order-level-three"));
    television.press(RemoteKey::Yellow);
    assert_eq!(title(&television), Some("order-tsunami"));
    television.press(RemoteKey::Confirm);
    television.wait(6_000);
    assert_eq!(title(&television), Some("order-level-three"), "the other still waits");
    assert_eq!(television.stage(), Some(TakeoverStage::Band));
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    television.wait(20_000);
    assert_eq!(television.stage(), Some(TakeoverStage::Notice));
    assert_eq!(answers(&television).len(), 2);
}

#[test]
fn whoever_looks_at_an_answered_order_is_led_back_to_the_one_that_waits() {
    let mut television = flooded(Level::Three);
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let bytes = television.town.sign(&tsunami);
    television.receive(bytes);
    television.wait(1_000);
    television.press(RemoteKey::Yellow);
    assert_eq!(title(&television), Some("order-level-three"));
    television.press(RemoteKey::Back);
    assert_eq!(title(&television), Some("order-tsunami"));
    television.press(RemoteKey::Yellow);
    television.wait(10_000);
    assert_eq!(title(&television), Some("order-tsunami"));
    assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
}

#[test]
fn a_less_urgent_order_waits_its_turn() {
    let mut television = Television::at_home();
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let flood = television.town.flood(Level::Three);
    for order in [&tsunami, &flood] {
        let bytes = television.town.sign(order);
        television.receive(bytes);
        assert_eq!(title(&television), Some("order-tsunami"));
    }
}

#[test]
fn a_drill_is_marked_everywhere_and_never_stands_over_an_actual_order() {
    let mut television = Television::at_home();
    let mut drill = television.town.order(Hazard::Tsunami, None);
    drill.mode = Mode::Drill;
    let bytes = television.town.sign(&drill);
    television.receive(bytes);
    assert_eq!(television.takeover().map(|takeover| takeover.mode), Some(Mode::Drill));
    let spoken = television.spoken();
    assert_eq!(spoken.iter().filter(|id| **id == "spoken-drill").count(), 4);

    let flood = television.town.flood(Level::Three);
    let bytes = television.town.sign(&flood);
    television.receive(bytes);
    let takeover = television.takeover().expect("the actual order is shown");
    assert_eq!((takeover.mode, takeover.others), (Mode::Actual, 0));

    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    television.wait(60_000);
    assert_eq!(television.takeover().map(|takeover| takeover.mode), Some(Mode::Actual));
    let lift = television.town.about(&flood, Act::Lift);
    let bytes = television.town.sign(&lift);
    television.receive(bytes);
    television.press(RemoteKey::Exit);
    assert_eq!(television.takeover().map(|takeover| takeover.mode), Some(Mode::Drill));
}
