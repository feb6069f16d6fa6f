//! The order above everything: how it comes, grows, is answered, changed and lifted.

use evacuation::hazard::{Hazard, Level};
use gateway_api::report::{Answer, ReceiptStage, ReportContent};
use stb_core::{
    effect::{Cue, Effect},
    event::Event,
    key::RemoteKey,
    view::{AnsweredView, PageKind, Reached, TakeoverStage},
};

use crate::{card::Card, television::Television, town::area_id};

/// A flood order of this level is on the screen.
pub fn flooded(level: Level) -> Television {
    let mut television = Television::at_home();
    television.take_effects();
    let order = television.town.flood(level);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television
}

pub fn answers(television: &Television) -> Vec<Answer> {
    let answers = television.delivered_contents().into_iter().filter_map(|content| match content {
        ReportContent::OrderAnswer { answer, .. } => Some(answer),
        _ => None,
    });
    answers.collect()
}

pub fn title(television: &Television) -> Option<&'static str> {
    television.takeover().map(|takeover| takeover.title.id)
}

#[test]
fn an_order_says_whom_what_where_and_by_when() {
    let television = flooded(Level::Three);
    let takeover = television.takeover().expect("the order is on the screen");
    assert_eq!(takeover.title.id, "order-level-three");
    assert_eq!(takeover.names, ["中村 ハナさん"], "who needs time leaves at level 3");
    assert_eq!(takeover.place.id, "order-place");
    let place = takeover.destination.expect("there is a suitable shelter");
    assert_eq!(place.name, "日和佐公民館");
    assert_eq!(place.condition.as_deref(), Some("２階以上に避難"));
    assert_eq!(takeover.leave_by.map(|leave_by| leave_by.id), Some("leave-by"));
    assert_eq!(takeover.answers.len(), 3);
    assert_eq!(takeover.focus, 0);
    assert_eq!(takeover.others, 0);
}

/// 高齢者等避難: who needs time begins to leave, and no word says "at once" beside a time.
#[test]
fn level_three_never_says_at_once_beside_a_time() {
    let mut television = flooded(Level::Three);
    let takeover = television.takeover().expect("the order is on the screen");
    assert_eq!(takeover.action.id, "action-leave-in-time-if-slow");
    assert!(television.spoken().contains(&"action-leave-in-time-if-slow"));
    television.wait(3_600_000);
    television.receive(Vec::new());
    let takeover = television.takeover().expect("the order is on the screen");
    assert_eq!((takeover.action.id, takeover.leave_by), ("action-leave-if-slow", None));
}

#[test]
fn level_five_has_a_word_for_each_kind_of_danger() {
    for (hazard, action) in [
        (Hazard::Flood, "action-secure-life-here"),
        (Hazard::Landslide, "action-secure-life-here"),
        (Hazard::Earthquake, "action-secure-life-earthquake"),
        (Hazard::Volcano, "action-secure-life-volcano"),
        (Hazard::LargeFire, "action-leave-now"),
    ] {
        let mut television = Television::at_home();
        let order = television.town.order(hazard, Some(Level::Five));
        let bytes = television.town.sign(&order);
        television.receive(bytes);
        assert_eq!(television.takeover().map(|takeover| takeover.action.id), Some(action));
        let upstairs = television.spoken().contains(&"action-secure-life-here");
        assert_eq!(upstairs, action == "action-secure-life-here");
    }
}

#[test]
fn an_order_is_stored_wakes_the_television_and_is_spoken_twice() {
    let television = flooded(Level::Four);
    let position = |wanted: fn(&Effect) -> bool| television.effects.iter().position(wanted);
    let stored = position(|effect| format!("{effect:?}").starts_with("Store(SaveOrders"));
    let woken = position(|effect| *effect == Effect::WakeTelevision);
    let alert = position(|effect| *effect == Effect::Cue(Cue::Alert));
    assert!(stored.is_some() && stored < woken && woken < alert);
    let spoken = television.spoken();
    assert_eq!(spoken.iter().filter(|id| **id == "spoken-call").count(), 2);
    assert!(spoken.contains(&"spoken-name"));
    let place = |wanted: &str| spoken.iter().position(|id| *id == wanted);
    let (whither, why) = (place("spoken-destination-condition"), place("spoken-reason"));
    assert!(whither.is_some() && whither < why, "what to do comes before the town's words");
}

#[test]
fn names_are_spoken_only_where_the_household_agreed() {
    let mut television = Television::at_home();
    let mut provisioning = television.town.provisioning();
    provisioning.version = 2;
    provisioning.household.speak_names = false;
    television.happens(Event::Provisioned(Box::new(provisioning)));
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(!television.spoken().contains(&"spoken-name"));
    let takeover = television.takeover().expect("the order is on the screen");
    assert_eq!(takeover.names, ["中村 ハナさん", "中村 茂さん"]);
}

#[test]
fn an_order_is_spoken_even_where_speech_is_off() {
    let mut television = Television::at_home();
    television.choose("tile-settings");
    television.choose_here("setting-speech");
    television.choose_here("speech-off");
    television.take_effects();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.spoken().contains(&"spoken-call"));
}

#[track_caller]
fn check_growth(hazard: Hazard, level: Option<Level>, stages: &[(u64, TakeoverStage)]) {
    let mut television = Television::at_home();
    let order = television.town.order(hazard, level);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    let begin = television.now.monotonic_ms;
    let mut before = None;
    for (second, stage) in stages {
        let passed = television.now.monotonic_ms - begin;
        television.take_effects();
        television.wait(second * 1_000 - passed);
        assert_eq!(television.stage(), Some(*stage), "after {second} s");
        let grew = before.is_some_and(|before| before != *stage);
        let is_repeated = television.spoken().contains(&"spoken-call");
        assert_eq!(is_repeated, grew, "spoken again when it grows, after {second} s");
        before = Some(*stage);
    }
}

#[test]
fn an_unanswered_order_grows_and_is_spoken_again() {
    use TakeoverStage::{Band, FullScreen, Large};
    let three = [(0, Band), (29, Band), (30, Large), (59, Large), (60, FullScreen)];
    check_growth(Hazard::Flood, Some(Level::Three), &three);
    let four = [(0, Band), (9, Band), (10, Large), (29, Large), (30, FullScreen)];
    check_growth(Hazard::Flood, Some(Level::Four), &four);
    check_growth(Hazard::Flood, Some(Level::Five), &[(0, FullScreen), (50, FullScreen)]);
    check_growth(Hazard::Tsunami, None, &[(0, FullScreen), (50, FullScreen)]);
}

#[test]
fn on_the_full_screen_it_is_spoken_again_every_minute() {
    let mut television = flooded(Level::Five);
    television.take_effects();
    television.wait(180_000);
    let calls = television.spoken().iter().filter(|id| **id == "spoken-call").count();
    assert_eq!(calls, 3);
}

#[test]
fn the_full_screen_silences_the_picture_until_it_is_answered() {
    let mut television = flooded(Level::Five);
    assert!(television.view().picture.covered);
    let muted = |television: &Television| {
        television.effects.iter().rev().find_map(|effect| match effect {
            Effect::SetVolume { muted, .. } => Some(*muted),
            _ => None,
        })
    };
    assert_eq!(muted(&television), Some(true));
    television.wait(1_000);
    television.press_all(&[RemoteKey::Left, RemoteKey::Confirm]);
    assert_eq!(muted(&television), Some(false));
}

#[test]
fn at_level_five_the_focus_begins_on_staying_and_no_way_is_shown() {
    let television = flooded(Level::Five);
    let takeover = television.takeover().expect("the order is on the screen");
    assert_eq!(takeover.answers[takeover.focus].label.id, "answer-staying");
    assert_eq!(takeover.destination, None);
    assert_eq!(takeover.action.id, "action-secure-life-here");
}

#[test]
fn a_tsunami_bears_no_level_and_the_planned_place() {
    let mut television = Television::at_home();
    let order = television.town.order(Hazard::Tsunami, None);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    let takeover = television.takeover().expect("the order is on the screen");
    assert_eq!((takeover.title.id, takeover.level), ("order-tsunami", None));
    assert_eq!(takeover.destination.map(|place| place.name).as_deref(), Some("薬王寺"));
    assert_eq!(takeover.supporters.map(|words| words.id), Some("supporters"));
}

#[test]
fn an_answer_goes_to_the_town_is_confirmed_and_leaves_one_line() {
    let mut television = flooded(Level::Four);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Right, RemoteKey::Confirm]);
    let takeover = television.takeover().expect("the confirmation is shown");
    let AnsweredView { answer, text: sentence, .. } = takeover.answered.expect("it was answered");
    assert_eq!((answer, sentence.id), (Answer::NeedHelp, "answer-told"));
    assert_eq!(answers(&television), [Answer::NeedHelp]);
    television.wait(20_000);
    assert_eq!(television.stage(), Some(TakeoverStage::Notice));
    television.wait(600_000);
    assert_eq!(television.stage(), Some(TakeoverStage::Notice), "it stays in sight, quietly");
    assert_eq!(title(&television), Some("order-level-four"));
}

#[test]
fn without_the_gateway_help_is_said_to_be_on_its_way_with_the_number_to_call() {
    let mut television = flooded(Level::Four);
    television.gateway_answers = false;
    television.happens(Event::LinkLost);
    television.wait(1_000);
    television.press(RemoteKey::Red);
    let takeover = television.takeover().expect("the confirmation is shown");
    let answered = format!("{:?}", takeover.answered);
    assert!(answered.contains("answer-later-call"), "{answered}");
    assert_eq!(takeover.source.id, "order-issued-offline");

    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    assert_eq!(answers(&television), [Answer::NeedHelp]);
    let takeover = television.takeover().expect("the confirmation is shown");
    assert!(format!("{:?}", takeover.answered).contains("answer-delivered"));
}

/// Invariant 1: no card, no login, no page stands before an order.
#[test]
fn invariant_1_an_order_stands_above_every_page_and_wipes_the_pin() {
    let ways: [fn(&mut Television); 5] = [
        |television| television.choose("tile-settings"),
        |television| television.choose("tile-login"),
        |television| television.insert(Card::of_hana()),
        |television| {
            television.choose("tile-login");
            television.insert(Card::of_hana());
            television.type_pin(b"739");
            television.sees(PageKind::Pin);
        },
        |television| {
            television.choose("tile-login");
            television.happens(Event::LinkLost);
        },
    ];
    for way in ways {
        let mut television = Television::at_home();
        way(&mut television);
        television.take_effects();
        let order = television.town.flood(Level::Three);
        let bytes = television.town.sign(&order);
        television.receive(bytes);
        assert_eq!(television.stage(), Some(TakeoverStage::Band));
        assert!(television.view().page.is_none());
        assert!(television.card.as_ref().is_none_or(|card| !card.is_open()));
        television.wait(4_000);
        television.press_all(&[RemoteKey::Confirm, RemoteKey::Exit]);
        television.is_live_television();
    }
}

#[test]
fn a_card_cannot_push_an_order_aside() {
    let mut television = flooded(Level::Four);
    television.insert(Card::of_hana());
    assert_eq!(television.stage(), Some(TakeoverStage::Band));
    assert!(television.view().page.is_none());
    assert_eq!(television.view().toast.map(|toast| toast.id), Some("greeting"));
}

#[test]
fn receipts_tell_the_town_once_that_an_order_came_and_was_shown() {
    let mut television = flooded(Level::Four);
    let painted = painted(&television);
    television.happens(painted.clone());
    television.happens(painted.clone());
    let repeat = television.delivered.clone();
    assert_eq!(repeat.len(), 2);
    let stages: Vec<_> = television
        .delivered_contents()
        .into_iter()
        .filter_map(|content| match content {
            ReportContent::OrderReceipt { stage, .. } => Some(stage),
            _ => None,
        })
        .collect();
    assert_eq!(stages, [ReceiptStage::Received, ReceiptStage::Shown]);
    television.restart();
    television.happens(painted);
    assert_eq!(television.delivered.len(), 2);
}

fn painted(television: &Television) -> Event {
    let order_id = television.takeover().expect("an order is shown").order_id;
    Event::TakeoverPainted { order_id }
}

#[test]
fn the_receipt_names_the_order_that_was_painted_and_not_the_one_that_came_meanwhile() {
    let mut television = flooded(Level::Three);
    let first = painted(&television);
    let order = television.town.flood(Level::Five);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.happens(first.clone());
    let shown: Vec<_> = television
        .delivered_contents()
        .into_iter()
        .filter_map(|content| match content {
            ReportContent::OrderReceipt { order_id, stage: ReceiptStage::Shown } => {
                Some(Event::TakeoverPainted { order_id })
            }
            _ => None,
        })
        .collect();
    assert_eq!(shown, [first]);
}

#[test]
fn an_answer_looks_settled_only_when_the_town_has_it() {
    let mut television = flooded(Level::Four);
    television.gateway_answers = false;
    television.wait(1_000);
    television.press(RemoteKey::Red);
    let answered = television.takeover().and_then(|takeover| takeover.answered);
    assert_eq!(answered.map(|answered| answered.reached), Some(Reached::NotYet));
    television.wait(20_000);
    assert_eq!(television.stage(), Some(TakeoverStage::Notice));
    let answered = television.takeover().and_then(|takeover| takeover.answered);
    assert_eq!(answered.map(|a| (a.text.id, a.reached)), Some(("answer-not-yet", Reached::NotYet)));
    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    let answered = television.takeover().and_then(|takeover| takeover.answered);
    assert_eq!(answered.map(|a| (a.text.id, a.reached)), Some(("answer-need-help", Reached::Town)));
}

#[test]
fn with_larger_text_the_towns_words_have_their_own_page() {
    let mut television = Television::at_home();
    television.choose("tile-settings");
    television.choose_here("setting-scale");
    television.choose_here("scale-largest");
    let order = television.town.flood(Level::Five);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.wait(1_000);
    let labels = |television: &Television| {
        let takeover = television.takeover().expect("the order holds");
        let labels: Vec<_> = takeover.answers.iter().map(|item| item.label.id).collect();
        (takeover.reading, labels.last().copied())
    };
    assert_eq!(labels(&television), (false, Some("button-details")));
    for _ in 0..3 {
        television.press(RemoteKey::Right);
    }
    television.press(RemoteKey::Confirm);
    assert_eq!(labels(&television), (true, Some("button-back")));
    television.press(RemoteKey::Back);
    assert_eq!(labels(&television), (false, Some("button-details")));
    assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
    assert_eq!(television.delivered_contents().len(), 1, "nothing was answered");
}

#[test]
fn an_order_whose_name_bears_the_hazard_is_not_told_with_it_twice() {
    let mut television = Television::at_home();
    let order = television.town.order(Hazard::Tsunami, None);
    let bytes = television.town.sign(&order);
    television.take_effects();
    television.receive(bytes);
    assert!(television.spoken().contains(&"spoken-order"));
    assert!(!television.spoken().contains(&"spoken-place"));
}

/// Invariant 2, on the box: the order names an area, the names come from this home alone.
#[test]
fn invariant_2_the_names_on_the_screen_are_those_of_this_home() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(!text.contains("中村"));
    television.receive(bytes);
    let names = television.takeover().map(|takeover| takeover.names);
    assert_eq!(names, Some(vec!["中村 ハナさん".to_owned(), "中村 茂さん".to_owned()]));

    let mut elsewhere = Television::at_home();
    let mut order = elsewhere.town.flood(Level::Four);
    order.areas = vec![area_id("kiki")];
    let bytes = elsewhere.town.sign(&order);
    elsewhere.receive(bytes);
    assert_eq!(elsewhere.takeover(), None);
}
