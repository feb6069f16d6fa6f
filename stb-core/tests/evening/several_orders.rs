//! Orders that change, end, or come together.

use evacuation::{
    hazard::{Hazard, Level},
    order::{Act, Mode},
};
use gateway_api::report::Answer;
use stb_core::{event::Event, key::RemoteKey, view::TakeoverStage};

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
        assert_eq!(labels, ["button-close", "button-details"]);
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
    assert_eq!(title(&television), Some("order-tsunami"), "the line is that of the gravest");
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

#[test]
fn the_home_page_tells_a_drill_from_what_is_meant() {
    for (mode, note) in [(Mode::Drill, "tile-drill-note"), (Mode::Actual, "tile-order-note")] {
        let mut television = Television::at_home();
        let mut order = television.town.order(Hazard::Landslide, Some(Level::Four));
        order.mode = mode;
        let bytes = television.town.sign(&order);
        television.receive(bytes);
        television.wait(4_000);
        television.press_all(&[RemoteKey::Blue, RemoteKey::Exit, RemoteKey::Home]);
        let page = television.page();
        let tile = page.items.iter().find(|item| item.label.id == "tile-order");
        let told = tile.and_then(|tile| tile.note.as_ref()).map(|note| note.id);
        assert_eq!(told, Some(note));
    }
}

/// Where somebody fled to high ground, a flood order does not call them upstairs.
#[test]
fn a_level_five_flood_after_an_answered_tsunami_changes_no_advice() {
    let mut television = Television::at_home();
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let bytes = television.town.sign(&tsunami);
    television.receive(bytes);
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    let before = television.takeover().expect("answered");
    television.take_effects();
    let flood = television.town.flood(Level::Five);
    let bytes = television.town.sign(&flood);
    television.receive(bytes);
    let after = television.takeover().expect("the flood is told");
    assert_eq!(after.title.id, "order-level-five");
    assert_eq!(after.action.id, "action-led");
    assert_eq!((after.destination, after.steps), (before.destination, before.steps));
    let spoken = television.spoken();
    assert!(spoken.contains(&"action-led") && spoken.contains(&"spoken-destination"));
    assert!(!spoken.contains(&"action-secure-life-here"));
    assert_eq!(after.answers[after.focus].label.id, "answer-leaving");
    let lift = television.town.about(&tsunami, Act::Lift);
    let bytes = television.town.sign(&lift);
    television.receive(bytes);
    television.wait(1_000);
    // The answer to the flood, its confirmation, then the lift.
    television.press_all(&[RemoteKey::Confirm, RemoteKey::Exit, RemoteKey::Exit]);
    let takeover = television.takeover().expect("the flood still holds");
    assert_eq!(takeover.action.id, "action-secure-life-here", "now its own advice counts");
}

#[test]
fn the_end_of_an_order_speaks_to_what_the_home_answered() {
    let cases = [
        (Some(RemoteKey::Blue), "action-all-clear-left", true),
        (Some(RemoteKey::Green), "action-all-clear-stayed", false),
        (Some(RemoteKey::Red), "action-all-clear", false),
        (None, "action-all-clear", false),
    ];
    for (key, action, returns) in cases {
        let mut television = flooded(Level::Four);
        television.wait(1_000);
        if let Some(key) = key {
            television.press(key);
        }
        let order = television.town.flood(Level::Four);
        let mut first = order.clone();
        (first.sequence, first.id.0[7]) = (1, 1);
        let lift = television.town.about(&first, Act::Lift);
        let bytes = television.town.sign(&lift);
        television.receive(bytes);
        let takeover = television.takeover().expect("the all-clear is shown");
        assert_eq!(takeover.action.id, action);
        let steps: Vec<_> = takeover.steps.iter().map(|step| step.text.id).collect();
        assert_eq!(steps.contains(&"step-return-carefully"), returns, "{steps:?}");
    }
}

#[test]
fn an_update_says_what_changed() {
    let mut television = Television::at_home();
    let first = television.town.flood(Level::Four);
    let mut wider = television.town.about(&first, Act::Update);
    wider.areas.push(crate::town::area_id("kiki"));
    let mut longer = television.town.about(&wider, Act::Update);
    longer.areas.clone_from(&wider.areas);
    longer.expires_at.0 += 3_600_000;
    let mut graver = television.town.about(&longer, Act::Update);
    graver.level = Some(Level::Five);
    for (order, what) in [
        (&first, None),
        (&wider, Some("changed-areas")),
        (&longer, Some("changed-period")),
        (&graver, Some("changed-both")),
    ] {
        television.take_effects();
        let bytes = television.town.sign(order);
        television.receive(bytes);
        let place = television.takeover().expect("shown").place;
        let told = format!("{place:?}");
        assert_eq!(place.id == "order-place-changed", what.is_some(), "{told}");
        assert!(what.is_none_or(|what| told.contains(what)), "{told}");
        assert_eq!(television.spoken().contains(&"spoken-changed"), what.is_some());
    }
}

#[test]
fn a_call_for_help_stands_through_an_update() {
    let mut television = Television::at_home();
    let first = television.town.flood(Level::Four);
    let bytes = television.town.sign(&first);
    television.receive(bytes);
    television.wait(1_000);
    television.press(RemoteKey::Red);
    let update = television.town.about(&first, Act::Update);
    let bytes = television.town.sign(&update);
    television.receive(bytes);
    for _ in 0..2 {
        let takeover = television.takeover().expect("the update alerts");
        assert!(takeover.stage > TakeoverStage::Notice);
        let told = takeover.answered.expect("the call is still told");
        assert_eq!((told.answer, told.text.id), (Answer::NeedHelp, "help-stands"));
        assert_eq!(takeover.answers[takeover.focus].label.id, "answer-need-help");
        assert!(takeover.answers[1].note.is_some(), "marked as chosen");
        television.restart();
        television.happens(Event::LinkOpened);
    }
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    assert_eq!(answers(&television), [Answer::NeedHelp, Answer::NeedHelp]);
}

#[test]
fn a_call_for_help_is_taken_back_by_another_answer_only() {
    let mut television = Television::at_home();
    let first = television.town.flood(Level::Four);
    let bytes = television.town.sign(&first);
    television.receive(bytes);
    television.wait(1_000);
    television.press(RemoteKey::Red);
    let update = television.town.about(&first, Act::Update);
    let bytes = television.town.sign(&update);
    television.receive(bytes);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Blue, RemoteKey::Right, RemoteKey::Confirm]);
    let told = television.takeover().and_then(|view| view.answered).expect("answered");
    assert_eq!((told.answer, told.text.id), (Answer::Leaving, "answer-told"));
}

/// Staff may have dealt with the first call: a second one goes out.
#[test]
fn a_second_call_for_help_is_sent_again() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press(RemoteKey::Red);
    television.press(RemoteKey::Exit);
    let replace = [RemoteKey::Blue, RemoteKey::Right, RemoteKey::Confirm];
    for keys in [&[RemoteKey::Red][..], &replace, &[RemoteKey::Blue]] {
        television.choose("tile-order");
        television.press_all(keys);
        television.press(RemoteKey::Exit);
    }
    assert_eq!(answers(&television), [Answer::NeedHelp, Answer::NeedHelp, Answer::Leaving]);
}

/// The gravest first, then as they came; what is being read is not pushed away by its equal.
#[test]
fn when_several_orders_end_their_ends_are_told_in_one_order() {
    let mut television = Television::at_home();
    let three = television.town.order(Hazard::StormSurge, Some(Level::Three));
    let flood = television.town.flood(Level::Four);
    let slope = television.town.order(Hazard::Landslide, Some(Level::Four));
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let orders = [three, flood, slope, tsunami];
    for order in &orders {
        let bytes = television.town.sign(order);
        television.receive(bytes);
    }
    television.wait(1_000);
    for order in &orders {
        let end = television.town.about(order, Act::Lift);
        let bytes = television.town.sign(&end);
        television.receive(bytes);
    }
    let mut told = Vec::new();
    while let Some(takeover) = television.takeover() {
        told.push(takeover.hazard);
        television.wait(1_000);
        television.press(RemoteKey::Confirm);
    }
    assert_eq!(told, [Hazard::Tsunami, Hazard::Flood, Hazard::Landslide, Hazard::StormSurge]);
}
