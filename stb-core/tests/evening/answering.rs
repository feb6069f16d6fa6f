//! What an answer from the sofa leads to: it is confirmed, told once, and nothing is taken back by
//! one press.

use evacuation::{
    hazard::{Hazard, Level},
    order::{Act, Order},
};
use gateway_api::report::Answer;
use stb_core::{
    effect::Effect,
    event::Event,
    key::RemoteKey,
    phrase::{Arg, Phrase},
    view::{Reached, TakeoverStage},
};

use crate::{
    takeover::{answers, flooded, title},
    television::Television,
};

fn receive(television: &mut Television, order: &Order) {
    let bytes = television.town.sign(order);
    television.receive(bytes);
    television.wait(1_000);
}

fn labels(television: &Television) -> Vec<&'static str> {
    let takeover = television.takeover().expect("an order is shown");
    takeover.answers.iter().map(|item| item.label.id).collect()
}

fn is_reading(television: &Television) -> bool {
    television.takeover().is_some_and(|takeover| takeover.reading)
}

/// How often something with this id was said, also inside another sentence.
fn said(television: &Television, id: &str) -> usize {
    let speeches = television.effects.iter().filter_map(|effect| match effect {
        Effect::Speak { sentences, .. } => Some(sentences),
        _ => None,
    });
    speeches.flatten().filter(|sentence| tells(sentence, id)).count()
}

fn tells(sentence: &Phrase, id: &str) -> bool {
    sentence.id == id
        || sentence.args.iter().any(|(_, argument)| match argument {
            Arg::Phrase(inner) => tells(inner, id),
            Arg::Text(_) | Arg::Number(_) => false,
        })
}

#[test]
fn after_an_answer_the_towns_words_are_one_press_away() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    assert_eq!(labels(&television), ["button-close", "button-details"]);
    television.press_all(&[RemoteKey::Right, RemoteKey::Confirm]);
    assert!(is_reading(&television));
    assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
    television.wait(300_000);
    assert!(is_reading(&television), "nobody is interrupted while reading");
    television.press_all(&[RemoteKey::Back, RemoteKey::Back]);
    television.is_live_television();

    television.choose("tile-order");
    assert_eq!(labels(&television).last(), Some(&"button-details"), "also when opened again");
}

#[test]
fn an_unanswered_order_shows_the_towns_words_without_a_press() {
    let television = flooded(Level::Five);
    assert_eq!(labels(&television), ["answer-leaving", "answer-need-help", "answer-staying"]);
}

#[test]
fn the_towns_words_with_the_end_of_an_order_can_be_read() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    receive(&mut television, &order);
    television.press_all(&[RemoteKey::Confirm, RemoteKey::Exit]);
    let lift = television.town.about(&order, Act::Lift);
    receive(&mut television, &lift);
    assert_eq!(television.stage(), Some(TakeoverStage::Large));
    television.press_all(&[RemoteKey::Right, RemoteKey::Confirm]);
    assert!(is_reading(&television));
    let takeover = television.takeover().expect("the words fill the screen");
    assert_eq!(takeover.stage, TakeoverStage::FullScreen);
    assert_eq!(takeover.answers[takeover.focus].label.id, "button-back");
    television.press(RemoteKey::Back);
    assert_eq!(television.stage(), Some(TakeoverStage::Large));
    television.press_all(&[RemoteKey::Left, RemoteKey::Confirm]);
    assert_eq!(television.takeover(), None);
}

#[test]
fn an_answer_is_confirmed_before_the_next_order_comes() {
    let mut television = Television::at_home();
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let flood = television.town.flood(Level::Four);
    receive(&mut television, &tsunami);
    receive(&mut television, &flood);
    assert_eq!(title(&television), Some("order-tsunami"));
    television.take_effects();
    television.press(RemoteKey::Confirm);
    for _ in 0..5 {
        let takeover = television.takeover().expect("the confirmation stands");
        assert_eq!(takeover.title.id, "order-tsunami");
        assert_eq!(takeover.answered.map(|answered| answered.reached), Some(Reached::Town));
        assert_eq!(said(&television, "spoken-call"), 0);
        television.wait(1_000);
    }
    television.wait(1_000);
    assert_eq!(title(&television), Some("order-level-four"));
    assert!(said(&television, "spoken-call") > 0);
}

#[test]
fn a_new_order_does_not_wait_for_a_confirmation() {
    let mut television = flooded(Level::Three);
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    let tsunami = television.town.order(Hazard::Tsunami, None);
    receive(&mut television, &tsunami);
    assert_eq!(title(&television), Some("order-tsunami"));
}

#[test]
fn one_press_takes_no_call_for_help_back() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Red, RemoteKey::Exit]);
    for key in [RemoteKey::Blue, RemoteKey::Green] {
        television.choose("tile-order");
        television.take_effects();
        television.press(key);
        assert_eq!(labels(&television), ["help-keep", "answer-replace-yes"]);
        let takeover = television.takeover().expect("the question stands");
        assert_eq!((takeover.action.id, takeover.focus), ("answer-replace", 0));
        assert_eq!(said(&television, "answer-replace"), 1);
        television.press(RemoteKey::Confirm);
        assert_eq!(television.takeover().map(|view| view.focus), Some(1), "on the call");
        television.press_all(&[key, RemoteKey::Back]);
        assert_eq!(
            labels(&television)[..3],
            ["answer-leaving", "answer-need-help", "answer-staying"]
        );
        television.press(RemoteKey::Exit);
    }
    assert_eq!(answers(&television), [Answer::NeedHelp]);
    television.choose("tile-order");
    television.press_all(&[RemoteKey::Green, RemoteKey::Right, RemoteKey::Confirm]);
    assert_eq!(answers(&television), [Answer::NeedHelp, Answer::Staying]);
}

#[test]
fn that_an_answer_has_not_arrived_is_said_once_and_its_arrival_once() {
    let mut television = flooded(Level::Four);
    television.gateway_answers = false;
    television.happens(Event::LinkLost);
    television.wait(1_000);
    television.take_effects();
    television.press_all(&[RemoteKey::Blue, RemoteKey::Exit]);
    for _ in 0..5 {
        television.choose("tile-order");
        television.press_all(&[RemoteKey::Blue, RemoteKey::Exit]);
    }
    television.wait(120_000);
    assert_eq!(said(&television, "answer-later"), 1);
    assert_eq!(said(&television, "answer-delivered"), 0);
    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    television.wait(60_000);
    assert_eq!(said(&television, "answer-delivered"), 1);
    assert_eq!(answers(&television), [Answer::Leaving]);
}

#[test]
fn the_arrival_waits_until_an_order_was_spoken() {
    let mut television = flooded(Level::Four);
    television.gateway_answers = false;
    television.wait(1_000);
    television.press(RemoteKey::Blue);
    let tsunami = television.town.order(Hazard::Tsunami, None);
    television.take_effects();
    receive(&mut television, &tsunami);
    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    assert_eq!(said(&television, "answer-delivered"), 0);
    let speech = television.effects.iter().rev().find_map(|effect| match effect {
        Effect::Speak { speech_id, .. } => Some(*speech_id),
        _ => None,
    });
    television.happens(Event::SpeechEnded(speech.expect("the order is being spoken")));
    assert_eq!(said(&television, "answer-delivered"), 1);
}

#[test]
fn whoever_leaves_at_level_five_is_told_to_take_care() {
    for (hazard, care) in [
        (Hazard::Flood, "care-higher-floor"),
        (Hazard::Landslide, "care-higher-floor"),
        (Hazard::Earthquake, "care-earthquake"),
        (Hazard::Volcano, "care-volcano"),
    ] {
        let mut television = Television::at_home();
        let order = television.town.order(hazard, Some(Level::Five));
        receive(&mut television, &order);
        television.take_effects();
        television.press(RemoteKey::Blue);
        let takeover = television.takeover().expect("the confirmation stands");
        assert_eq!(takeover.action.id, care);
        assert_eq!(takeover.answered.map(|answered| answered.answer), Some(Answer::Leaving));
        assert!(said(&television, care) > 0, "{:?}", television.spoken());
        assert_eq!(answers(&television), [Answer::Leaving]);
    }
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press(RemoteKey::Blue);
    assert_eq!(television.takeover().map(|view| view.action.id), Some("action-leave-now"));
}

#[test]
fn an_answer_on_its_way_leaves_the_towns_words_one_press_away() {
    let mut television = flooded(Level::Four);
    television.gateway_answers = false;
    television.happens(Event::LinkLost);
    television.wait(1_000);
    television.press(RemoteKey::Blue);
    assert_eq!(labels(&television), ["button-close", "button-details"]);
    television.press(RemoteKey::Exit);
    television.choose("tile-order");
    let told = television.takeover().and_then(|takeover| takeover.answered);
    assert_eq!(told.map(|told| told.reached), Some(Reached::NotYet));
    assert_eq!(labels(&television).last(), Some(&"button-details"));
}

/// Whichever key opens an order that was answered: the focus is on the answer.
#[test]
fn the_focus_is_on_the_present_answer() {
    let mut television = Television::at_home();
    for hazard in [Hazard::Flood, Hazard::Landslide] {
        let order = television.town.order(hazard, Some(Level::Four));
        receive(&mut television, &order);
        television.press_all(&[RemoteKey::Green, RemoteKey::Exit]);
    }
    television.press(RemoteKey::Help);
    for _ in 0..3 {
        let takeover = television.takeover().expect("opened");
        assert_eq!(takeover.answers[takeover.focus].label.id, "answer-staying");
        television.press(RemoteKey::Yellow);
    }
}

/// What the confirmation tells about the answer, word by word.
fn told(television: &Television) -> Vec<&'static str> {
    let takeover = television.takeover().expect("the confirmation stands");
    let text = takeover.answered.expect("it was answered").text;
    let parts = text.args.iter().filter_map(|(_, argument)| match argument {
        Arg::Phrase(inner) => Some(inner.id),
        Arg::Text(_) | Arg::Number(_) => None,
    });
    [text.id].into_iter().chain(parts).collect()
}

#[test]
fn a_second_call_for_help_is_told_as_the_second() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press(RemoteKey::Red);
    assert_eq!(told(&television), ["answer-told", "answer-need-help", "answer-delivered"]);
    television.press(RemoteKey::Exit);
    television.choose("tile-order");
    television.take_effects();
    television.press(RemoteKey::Red);
    let arrived = ["help-repeated", "help-before-arrived", "help-again-arrived"];
    assert_eq!(told(&television), arrived);
    assert_eq!(said(&television, "help-before-arrived"), 1);
    assert_eq!(answers(&television).len(), 2, "the town hears it twice");
    television.press(RemoteKey::Exit);
    let line = television.takeover().and_then(|takeover| takeover.answered);
    assert_eq!(line.map(|answered| answered.text.id), Some("answer-need-help"));

    // Without a connection, and pressed once more meanwhile.
    television.gateway_answers = false;
    television.choose("tile-order");
    television.press(RemoteKey::Red);
    assert_eq!(told(&television), ["help-repeated", "help-before-arrived", "help-again-sending"]);
    television.press(RemoteKey::Exit);
    television.choose("tile-order");
    television.press(RemoteKey::Red);
    assert_eq!(told(&television), ["help-repeated", "help-before-accepted", "answer-sending"]);
}

#[test]
fn a_second_call_without_a_line_names_the_telephone() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Red, RemoteKey::Exit]);
    television.gateway_answers = false;
    television.happens(Event::LinkLost);
    for before in ["help-before-arrived", "help-before-accepted"] {
        television.choose("tile-order");
        television.take_effects();
        television.press(RemoteKey::Red);
        assert_eq!(told(&television), ["help-repeated", before, "answer-later-call"]);
        assert_eq!(said(&television, "answer-later-call"), 1, "{before}");
        television.press(RemoteKey::Exit);
    }
}

#[test]
fn a_call_after_the_staff_dealt_with_the_first_is_told_as_such() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Red, RemoteKey::Exit]);
    let mut provisioning = television.town.provisioning();
    provisioning.help_dealt_with =
        television.delivered.iter().map(|report| report.report_id).collect();
    television.happens(Event::Provisioned(Box::new(provisioning)));
    television.choose("tile-order");
    television.press(RemoteKey::Red);
    assert_eq!(told(&television), ["help-repeated", "help-before-seen", "help-again-arrived"]);
}
