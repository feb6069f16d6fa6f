//! Several orders give one advice. When it turns, what was answered before answers nothing any more.

use evacuation::{
    hazard::{Hazard, Level},
    order::{Act, Mode, Order},
    shelter::ShelterState,
};
use gateway_api::{household::EvacuationPlan, provisioning::Provisioning, report::Answer};
use stb_core::{
    effect::{Cue, Effect},
    event::Event,
    key::RemoteKey,
    view::{Reached, TakeoverStage},
};

use crate::{
    takeover::{answers, title},
    television::Television,
};

const MINUTE_MS: u64 = 60_000;

fn receive(television: &mut Television, order: &Order) {
    let bytes = television.town.sign(order);
    television.receive(bytes);
}

/// It came, was answered with this key, and the confirmation was closed.
fn answered(television: &mut Television, order: &Order, key: RemoteKey) {
    receive(television, order);
    television.wait(1_000);
    television.press_all(&[key, RemoteKey::Exit]);
}

fn ended(television: &mut Television, order: &Order, act: Act) {
    let end = television.town.about(order, act);
    receive(television, &end);
}

/// Somebody fled to high ground, or said so, and a flood order of level 5 said nothing else.
fn before_the_wave() -> (Television, Order) {
    before_a_wave_of(12)
}

/// The tsunami order holds so many hours.
fn before_a_wave_of(hours: i64) -> (Television, Order) {
    let mut television = Television::at_home();
    let mut tsunami = television.town.order(Hazard::Tsunami, None);
    tsunami.expires_at.0 = tsunami.issued_at.0 + hours * 3_600_000;
    let flood = television.town.flood(Level::Five);
    answered(&mut television, &tsunami, RemoteKey::Blue);
    answered(&mut television, &flood, RemoteKey::Blue);
    assert_eq!(television.stage(), Some(TakeoverStage::Notice));
    television.take_effects();
    (television, tsunami)
}

/// The flood order stands alone now: it says "up, not out", aloud, and nothing is answered.
#[track_caller]
fn asks_anew(television: &Television) {
    let takeover = television.takeover().expect("the order that remains comes up");
    assert_eq!(takeover.title.id, "order-level-five");
    assert_eq!(takeover.stage, TakeoverStage::FullScreen);
    assert_eq!(takeover.action.id, "action-secure-life-here");
    assert_eq!(takeover.place.id, "order-place-changed");
    assert_eq!((takeover.destination, takeover.answered), (None, None));
    assert!(takeover.answers.iter().all(|item| item.note.is_none()), "the old answer has no mark");
    assert_eq!(takeover.answers[takeover.focus].label.id, "answer-staying");
}

#[track_caller]
fn was_an_alert(television: &Television) {
    assert!(television.effects.contains(&Effect::Cue(Cue::Alert)));
    assert!(television.effects.contains(&Effect::WakeTelevision));
    let spoken = television.spoken();
    assert_eq!(spoken.iter().filter(|id| **id == "spoken-call").count(), 2);
    assert!(spoken.contains(&"spoken-changed") && spoken.contains(&"action-secure-life-here"));
}

#[test]
fn the_end_of_the_graver_order_brings_up_the_one_that_remains() {
    for act in [Act::Lift, Act::Cancel] {
        let (mut television, tsunami) = before_the_wave();
        ended(&mut television, &tsunami, act);
        asks_anew(&television);
        was_an_alert(&television);
        television.wait(MINUTE_MS);
        asks_anew(&television);
        television.press(RemoteKey::Confirm);
        assert_eq!(answers(&television), [Answer::Leaving, Answer::Leaving, Answer::Staying]);
        let told = television.takeover().expect("the confirmation stands");
        assert_eq!(told.answered.map(|answered| answered.reached), Some(Reached::Town));
        assert_eq!(told.place.id, "order-place", "nothing changed since this answer");
        // The confirmation, then the end of the other order.
        television.press_all(&[RemoteKey::Exit, RemoteKey::Exit]);
        television.take_effects();
        television.wait(60 * MINUTE_MS);
        assert_eq!(television.stage(), Some(TakeoverStage::Notice), "asked once, not again");
        assert_eq!(television.spoken(), Vec::<&str>::new());
        television.choose("tile-order");
        let takeover = television.takeover().expect("opened again");
        let marked: Vec<_> = takeover.answers.iter().filter(|item| item.note.is_some()).collect();
        assert_eq!(marked.len(), 1);
        assert_eq!(marked[0].label.id, "answer-staying");
    }
}

#[test]
fn the_same_answer_to_other_advice_is_news_to_the_town() {
    let (mut television, tsunami) = before_the_wave();
    ended(&mut television, &tsunami, Act::Lift);
    television.wait(1_000);
    television.press(RemoteKey::Blue);
    assert_eq!(answers(&television), [Answer::Leaving; 3]);
}

#[test]
fn an_order_that_expires_turns_the_advice_too() {
    let (mut television, _tsunami) = before_a_wave_of(2);
    television.wait(2 * 60 * MINUTE_MS);
    asks_anew(&television);
    was_an_alert(&television);
}

#[test]
fn what_ended_while_the_power_was_off_turns_the_advice_too() {
    let (mut television, _tsunami) = before_a_wave_of(2);
    television.restart();
    assert_eq!(television.stage(), Some(TakeoverStage::Notice), "a restart turns nothing");
    television.now.wall_ms += 3 * 3_600_000;
    television.restart();
    asks_anew(&television);
    television.restart();
    asks_anew(&television);
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    television.restart();
    assert_eq!(television.stage(), Some(TakeoverStage::Notice));
}

#[test]
fn an_order_that_is_just_being_answered_is_told_anew() {
    let mut television = Television::at_home();
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let flood = television.town.flood(Level::Five);
    answered(&mut television, &tsunami, RemoteKey::Blue);
    receive(&mut television, &flood);
    television.wait(5_000);
    television.take_effects();
    ended(&mut television, &tsunami, Act::Lift);
    asks_anew(&television);
    was_an_alert(&television);
    // The press was meant for the other advice.
    television.press(RemoteKey::Confirm);
    assert_eq!(answers(&television), [Answer::Leaving]);
}

#[test]
fn no_confirmation_of_an_answer_to_other_advice_stands_before_it() {
    let mut television = Television::at_home();
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let flood = television.town.flood(Level::Five);
    answered(&mut television, &tsunami, RemoteKey::Blue);
    receive(&mut television, &flood);
    television.wait(1_000);
    television.press(RemoteKey::Blue);
    television.take_effects();
    ended(&mut television, &tsunami, Act::Lift);
    asks_anew(&television);
    was_an_alert(&television);
}

#[test]
fn a_call_for_help_stands_when_the_advice_turns() {
    let mut television = Television::at_home();
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let flood = television.town.flood(Level::Five);
    answered(&mut television, &tsunami, RemoteKey::Blue);
    answered(&mut television, &flood, RemoteKey::Red);
    ended(&mut television, &tsunami, Act::Lift);
    for _ in 0..2 {
        let takeover = television.takeover().expect("it comes up all the same");
        assert_eq!(takeover.stage, TakeoverStage::FullScreen);
        let told = takeover.answered.expect("the call is still told");
        assert_eq!((told.answer, told.text.id), (Answer::NeedHelp, "help-stands"));
        assert_eq!(takeover.answers[takeover.focus].label.id, "answer-need-help");
        assert!(takeover.answers[1].note.is_some());
        television.restart();
        television.happens(Event::LinkOpened);
    }
    television.wait(1_000);
    television.press(RemoteKey::Green);
    let takeover = television.takeover().expect("asked first");
    assert_eq!(takeover.action.id, "answer-replace");
    television.press_all(&[RemoteKey::Right, RemoteKey::Confirm]);
    assert_eq!(answers(&television), [Answer::Leaving, Answer::NeedHelp, Answer::Staying]);
}

/// Two orders against one hazard: the lower one is not even listed while the higher one stands.
#[test]
fn the_lower_order_against_the_same_hazard_asks_anew_when_the_higher_one_ends() {
    let mut television = Television::at_home();
    let four = television.town.flood(Level::Four);
    let five = television.town.flood(Level::Five);
    answered(&mut television, &four, RemoteKey::Blue);
    answered(&mut television, &five, RemoteKey::Green);
    television.restart();
    television.happens(Event::LinkOpened);
    television.take_effects();
    ended(&mut television, &five, Act::Lift);
    let takeover = television.takeover().expect("the lower one comes up");
    assert_eq!((takeover.title.id, takeover.stage), ("order-level-four", TakeoverStage::Band));
    assert_eq!((takeover.action.id, takeover.answered), ("action-leave-now", None));
    assert!(television.spoken().contains(&"spoken-call"));
}

/// One question for one advice: whoever answered the update is not asked for each other order.
#[test]
fn of_several_orders_whose_advice_turned_one_asks() {
    let mut television = Television::at_home();
    let tsunami = television.town.order(Hazard::Tsunami, None);
    let flood = television.town.flood(Level::Five);
    let slope = television.town.order(Hazard::Landslide, Some(Level::Four));
    for order in [&tsunami, &flood, &slope] {
        answered(&mut television, order, RemoteKey::Blue);
    }
    ended(&mut television, &tsunami, Act::Lift);
    assert_eq!(title(&television), Some("order-level-five"));
    television.wait(1_000);
    television.press_all(&[RemoteKey::Green, RemoteKey::Exit, RemoteKey::Exit]);
    assert_eq!(television.stage(), Some(TakeoverStage::Notice));
    television.choose("tile-order");
    television.press(RemoteKey::Yellow);
    let takeover = television.takeover().expect("the other one");
    assert_eq!(takeover.title.id, "order-level-four");
    assert_eq!(takeover.answered, None);
    assert!(takeover.answers.iter().all(|item| item.note.is_none()), "no mark of other advice");
}

#[test]
fn an_update_that_names_another_place_takes_the_marks_of_the_other_orders() {
    let (mut television, tsunami) = before_the_wave();
    let mut update = television.town.about(&tsunami, Act::Update);
    let temple = evacuation::shelter::ShelterId::new("temple").expect("a short id");
    update.shelters = vec![(temple, ShelterState::Closed)];
    receive(&mut television, &update);
    assert_eq!(title(&television), Some("order-tsunami"));
    television.wait(1_000);
    television.press_all(&[RemoteKey::Red, RemoteKey::Exit]);
    assert_eq!(television.stage(), Some(TakeoverStage::Notice), "one question");
    television.choose("tile-order");
    television.press(RemoteKey::Yellow);
    let takeover = television.takeover().expect("the flood");
    assert_eq!((takeover.title.id, takeover.answered), ("order-level-five", None));
}

#[test]
fn a_change_that_leaves_the_advice_disturbs_nobody() {
    let mut television = Television::at_home();
    let flood = television.town.flood(Level::Five);
    let slope = television.town.order(Hazard::Landslide, Some(Level::Five));
    let three = television.town.order(Hazard::StormSurge, Some(Level::Three));
    for order in [&flood, &slope, &three] {
        answered(&mut television, order, RemoteKey::Green);
    }
    for order in [&slope, &three] {
        television.take_effects();
        ended(&mut television, order, Act::Lift);
        let takeover = television.takeover().expect("the end is told");
        assert_eq!((takeover.act, takeover.stage), (Act::Lift, TakeoverStage::Large));
        television.press(RemoteKey::Exit);
        assert_eq!(television.stage(), Some(TakeoverStage::Notice));
        let told = television.takeover().and_then(|takeover| takeover.answered);
        assert_eq!(told.map(|told| told.answer), Some(Answer::Staying));
    }
}

#[test]
fn a_time_of_departure_that_passes_turns_nothing() {
    let mut television = Television::at_home();
    let three = television.town.flood(Level::Three);
    answered(&mut television, &three, RemoteKey::Blue);
    for _ in 0..90 {
        television.wait(MINUTE_MS);
        television.receive(Vec::new());
        assert_eq!(television.stage(), Some(TakeoverStage::Notice));
    }
    television.restart();
    assert_eq!(television.stage(), Some(TakeoverStage::Notice));
}

#[test]
fn the_advice_of_a_drill_turns_by_drills_only() {
    let mut television = Television::at_home();
    let drill = |television: &mut Television, hazard, level| {
        let mut order = television.town.order(hazard, level);
        order.mode = Mode::Drill;
        answered(television, &order, RemoteKey::Blue);
        order
    };
    let tsunami = drill(&mut television, Hazard::Tsunami, None);
    let _flood = drill(&mut television, Hazard::Flood, Some(Level::Five));
    let meant = television.town.order(Hazard::Landslide, Some(Level::Four));
    answered(&mut television, &meant, RemoteKey::Blue);
    ended(&mut television, &meant, Act::Lift);
    television.press(RemoteKey::Exit);
    assert_eq!(television.stage(), Some(TakeoverStage::Notice), "the drills are as they were");
    assert_eq!(title(&television), Some("order-tsunami"));
    television.take_effects();
    ended(&mut television, &tsunami, Act::Lift);
    asks_anew(&television);
    assert_eq!(television.takeover().map(|takeover| takeover.mode), Some(Mode::Drill));
    assert!(television.spoken().contains(&"spoken-drill"));
}

#[test]
fn who_helps_and_what_a_place_asks_for_turn_no_advice() {
    let mut television = Television::at_home();
    let mut provisioning = television.town.provisioning();
    provisioning.household.residents[0].plans.clear();
    let given = |television: &mut Television, provisioning: &Provisioning| {
        television.happens(Event::Provisioned(Box::new(provisioning.clone())));
    };
    given(&mut television, &provisioning);
    let flood = television.town.flood(Level::Four);
    answered(&mut television, &flood, RemoteKey::Blue);
    let plan = EvacuationPlan {
        hazard: None,
        destination: "hall".to_owned(),
        fallback: None,
        departure_level: 3,
        supporter: Some("佐藤 正".to_owned()),
    };
    provisioning.household.residents[0].plans = vec![plan];
    given(&mut television, &provisioning);
    let helped = television.takeover().and_then(|takeover| takeover.supporters);
    assert!(helped.is_some(), "somebody helps now");
    provisioning.shelters[0].condition = Some("３階以上に避難".to_owned());
    given(&mut television, &provisioning);
    assert_eq!(television.stage(), Some(TakeoverStage::Notice), "nothing is asked anew");
    let answered = television.takeover().and_then(|takeover| takeover.answered);
    assert_eq!(answered.map(|answered| answered.answer), Some(Answer::Leaving));
}
