//! A service asks who is there: the number, the question, the card, the answer, and every way out.

use evacuation::hazard::Level;
use gateway_api::{login::AssuranceLevel, problem::ProblemCode};
use stb_core::{
    effect::Effect,
    event::{Event, ReaderState},
    key::RemoteKey,
    phrase::Phrase,
    service::{ServiceAnswer, ServiceCall, ServiceFault},
    view::{Body, PageKind, TakeoverStage},
};

use crate::{card::Card, login::count, television::Television};

const NUMBER: &str = "40718293";

/// The page that says who asks for what.
pub fn asked() -> Television {
    let mut television = Television::at_home();
    ask(&mut television);
    television
}

pub fn ask(television: &mut Television) {
    television.choose("tile-services");
    television.sees(PageKind::ServiceNumber);
    television.type_digits(NUMBER);
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::ServiceRequest);
}

fn digits(television: &Television) -> String {
    match television.page().body {
        Body::Digits { digits, wanted: 8 } => digits,
        other => panic!("no number is asked for: {other:?}"),
    }
}

fn said_no(television: &Television) -> usize {
    let no = |call: &&ServiceCall| matches!(call, ServiceCall::Refuse { request_id } if request_id == "request-1");
    television.calls().iter().filter(no).count()
}

fn toast(television: &Television) -> Option<&'static str> {
    television.view().toast.map(|toast| toast.id)
}

#[test]
fn a_yes_is_what_the_card_signs_for_this_request_and_nothing_else() {
    let mut television = asked();
    let page = television.page();
    assert_eq!(page.items[page.focus].label.id, "service-no", "No has the focus");
    television.choose_here("service-yes");
    television.sees(PageKind::CardPrompt);
    television.sees_sentence("purpose-service");
    television.insert(Card::of_hana());
    television.sees_sentence("purpose-service");
    television.type_pin(b"7391");
    let logins: Vec<_> = television
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::OpenLogin(login) => Some((&*login.relying_party, &*login.purpose)),
            _ => None,
        })
        .collect();
    assert_eq!(logins, [("service:library", "request:request-1")]);
    assert!(matches!(
        &television.calls()[..],
        [
            ServiceCall::TakeRequest { user_code },
            ServiceCall::Approve { request_id, token, approval },
        ] if user_code == NUMBER && request_id == "request-1" && token == "secret-token"
            && approval.answers.is_empty()
    ));
    television.sees(PageKind::ServiceDone);
    television.sees_sentence("service-given-title");
    television.sees_sentence("service-given-detail");
    television.wait(700);
    television.press(RemoteKey::Confirm);
    assert!(television.has_item("tile-login"), "nobody is logged in by it");
}

#[test]
fn a_no_needs_no_card() {
    let mut television = asked();
    television.take_effects();
    television.wait(700);
    television.press(RemoteKey::Confirm);
    assert_eq!(said_no(&television), 1);
    television.sees_sentence("service-nothing-given");
    assert_eq!(count(&television, |effect| matches!(effect, Effect::OpenCard)), 0);
    television.press(RemoteKey::Back);
    television.sees(PageKind::Home);
    assert_eq!(said_no(&television), 1, "once is enough");
}

#[test]
fn a_press_too_many_answers_nothing() {
    let mut television = asked();
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::ServiceRequest);
    assert_eq!(said_no(&television), 0);
}

#[test]
fn every_key_that_leaves_says_no_and_tells_it() {
    for key in [RemoteKey::Back, RemoteKey::Exit, RemoteKey::Home] {
        let mut television = asked();
        television.press(key);
        assert_eq!(said_no(&television), 1, "{key:?}");
        assert_eq!(toast(&television), Some("toast-service-left"), "{key:?}");
        assert_ne!(television.view().page.map(|page| page.kind), Some(PageKind::ServiceRequest));
    }
    let mut television = asked();
    television.press(RemoteKey::Power);
    assert_eq!(said_no(&television), 1);
}

#[test]
fn leaving_at_the_pin_is_no_yes() {
    let mut television = asked();
    television.choose_here("service-yes");
    television.insert(Card::of_hana());
    television.type_pin(b"73");
    television.press(RemoteKey::Back);
    television.sees(PageKind::ServiceRequest);
    assert_eq!(television.page().focus, 0, "No has the focus again");
    television.choose_here("service-yes");
    television.sees(PageKind::Pin);
    television.press(RemoteKey::Exit);
    television.is_live_television();
    assert_eq!(said_no(&television), 1);
    assert_eq!(toast(&television), Some("toast-service-left"));
}

/// Invariant 1 on these pages: the order stands above, and nothing was given behind it.
#[test]
fn invariant_1_an_order_ends_every_page_of_a_request_with_a_no() {
    type Way = fn(&mut Television);
    let ways: [Way; 3] = [
        |_| {},
        |television| television.choose_here("service-yes"),
        |television| {
            television.choose_here("service-yes");
            television.insert(Card::of_hana());
            television.type_pin(b"739");
        },
    ];
    for way in ways {
        let mut television = asked();
        way(&mut television);
        let order = television.town.flood(Level::Four);
        let bytes = television.town.sign(&order);
        television.receive(bytes);
        assert!(television.stage().is_some_and(|stage| stage > TakeoverStage::Notice));
        assert_eq!(said_no(&television), 1);
        assert_eq!(toast(&television), None, "the order is not disturbed");
        television.wait(4_000);
        television.press(RemoteKey::Confirm);
        television.press(RemoteKey::Exit);
        television.is_live_television();
        assert_eq!(
            toast(&television),
            Some("toast-service-left"),
            "told when the order is answered"
        );
    }
}

#[track_caller]
fn check_number_fails(fault: ServiceFault, sentence: &str, digits_left: &str) {
    let mut television = Television::at_home();
    television.service_says = Some(ServiceAnswer::Failed(fault));
    television.choose("tile-services");
    television.type_digits(NUMBER);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::ServiceNumber);
    television.sees_sentence(sentence);
    assert_eq!(digits(&television), digits_left);
    // The next digit shows that the page goes on.
    television.press(RemoteKey::Digit(5));
    assert_eq!(television.page().detail.is_some(), !digits_left.is_empty());
}

#[test]
fn a_number_that_leads_nowhere_is_one_sentence() {
    let refused = ServiceFault::Refused;
    check_number_fails(refused(ProblemCode::Unknown), "service-number-unknown", "");
    check_number_fails(refused(ProblemCode::TooManyRequests), "service-number-too-many", "");
    check_number_fails(refused(ProblemCode::DeviceRefused), "service-number-box-refused", NUMBER);
    check_number_fails(ServiceFault::Unreachable, "service-number-unreachable", NUMBER);
}

#[test]
fn without_an_answer_the_same_number_is_tried_again_by_one_press() {
    let mut television = Television::at_home();
    television.choose("tile-services");
    television.gateway_answers = false;
    television.type_digits(NUMBER);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::ServiceBusy);
    television.wait(15_000);
    television.sees_sentence("service-number-unreachable");
    television.gateway_answers = true;
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::ServiceRequest);
}

#[test]
fn a_request_that_comes_after_the_page_was_left_gets_a_no() {
    let mut television = Television::at_home();
    television.choose("tile-services");
    television.gateway_answers = false;
    television.type_digits(NUMBER);
    television.press(RemoteKey::Confirm);
    let call_id = television.last_call_id();
    television.press(RemoteKey::Back);
    television.sees(PageKind::Home);
    let answer = ServiceAnswer::Request(Box::new(television.request.clone()));
    television.happens(Event::ServiceAnswered { call_id, answer: answer.clone() });
    assert_eq!(said_no(&television), 1);
    television.happens(Event::ServiceAnswered { call_id, answer });
    assert_eq!(said_no(&television), 1, "an answer counts once");
    television.sees(PageKind::Home);
}

#[test]
fn digits_are_spoken_and_deleted_singly_and_letters_of_the_remote_do_nothing() {
    let mut television = Television::at_home();
    television.choose("tile-services");
    television.wait(700);
    television.take_effects();
    television.press_all(&[RemoteKey::Digit(4), RemoteKey::Digit(0)]);
    let spoken: Vec<Phrase> = television
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Speak { sentences, .. } => Some(sentences.clone()),
            _ => None,
        })
        .flatten()
        .collect();
    let number = |phrase: &Phrase| phrase.args.clone();
    assert_eq!(spoken.iter().map(|phrase| phrase.id).collect::<Vec<_>>(), ["pad-digit"; 2]);
    assert_ne!(number(&spoken[0]), number(&spoken[1]));
    television.press(RemoteKey::Digit(11));
    assert_eq!(digits(&television), "40");
    television.choose_here("pad-delete");
    assert_eq!(digits(&television), "4");
    assert!(television.spoken().contains(&"digit-deleted"));
    television.choose_here("pad-submit");
    television.sees(PageKind::ServiceNumber);
}

#[test]
fn a_number_typed_into_an_order_chooses_no_channel_and_answers_nothing() {
    let mut television = Television::at_home();
    television.choose("tile-services");
    television.wait(700);
    television.press_all(&[RemoteKey::Digit(4), RemoteKey::Digit(0)]);
    let order = television.town.flood(Level::Three);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.take_effects();
    television.press(RemoteKey::Digit(1));
    television.wait(2_000);
    television.press(RemoteKey::Confirm);
    let tunes = |effect: &Effect| matches!(effect, Effect::Tune(_));
    assert!(!television.effects.iter().any(tunes));
    assert_eq!(television.view().banner, None, "no banner stands over the order");
    assert!(television.takeover().is_some_and(|takeover| takeover.answered.is_none()));
    television.wait(2_500);
    television.press(RemoteKey::Confirm);
    assert!(television.takeover().is_some_and(|takeover| takeover.answered.is_some()));
}

#[test]
fn the_whole_question_is_read_aloud() {
    let television = asked();
    let spoken = television.spoken();
    let rows = spoken.iter().filter(|id| **id == "row-spoken").count();
    assert_eq!(rows, 3, "what for, what, how");
    let at = |wanted: &str| spoken.iter().rposition(|id| *id == wanted);
    assert!(at("service-request-title") < at("service-request-lead"));
    assert!(at("row-spoken") < at("service-no"), "the answers come last");
}

#[test]
fn a_request_ends_with_its_time_even_at_the_pin() {
    for wall_trusted in [true, false] {
        let mut television = Television::at_home();
        television.now.wall_trusted = wall_trusted;
        ask(&mut television);
        television.choose_here("service-yes");
        television.insert(Card::of_hana());
        for _ in 0..10 {
            // A hand that types and clears keeps the PIN page open.
            television.type_pin(b"1");
            television.choose_here("pad-clear");
            television.wait(30_000);
        }
        television.sees(PageKind::ServiceDone);
        television.sees_sentence("service-expired");
        assert!(count(&television, |effect| matches!(effect, Effect::ResetCard)) > 0);
    }
}

#[track_caller]
fn check_approval(answer: Option<ServiceAnswer>, title: &str) {
    let mut television = asked();
    television.choose_here("service-yes");
    television.insert(Card::of_hana());
    let stays_silent = answer.is_none();
    television.service_says = answer;
    if stays_silent {
        television.type_pin(b"739");
        television.gateway_answers = false;
        television.press(RemoteKey::Digit(1));
        let session = television.session(AssuranceLevel::L2);
        television
            .happens(Event::LoginOpened(crate::television::challenge(television.now.wall_ms)));
        television.happens(session);
        television.wait(15_000);
    } else {
        television.type_pin(b"7391");
    }
    television.sees(PageKind::ServiceDone);
    television.sees_sentence(title);
}

#[test]
fn given_is_said_only_when_the_gateway_said_so() {
    let refused = |code| Some(ServiceAnswer::Failed(ServiceFault::Refused(code)));
    check_approval(Some(ServiceAnswer::Done), "service-given-title");
    check_approval(refused(ProblemCode::Unknown), "service-expired");
    check_approval(refused(ProblemCode::SessionRefused), "service-not-accepted");
    check_approval(refused(ProblemCode::Internal), "service-unknown-title");
    check_approval(None, "service-unknown-title");
}

#[test]
fn a_yes_on_its_way_when_the_page_is_left_is_told_later() {
    let mut television = asked();
    television.choose_here("service-yes");
    television.insert(Card::of_hana());
    television.type_pin(b"739");
    television.gateway_answers = false;
    television.press(RemoteKey::Digit(1));
    let session = television.session(AssuranceLevel::L2);
    television.happens(session);
    television.sees(PageKind::ServiceBusy);
    let call_id = television.last_call_id();
    television.press(RemoteKey::Exit);
    television.is_live_television();
    assert_eq!(said_no(&television), 0, "it may be given already");
    television.choose("tile-services");
    television.happens(Event::ServiceAnswered { call_id, answer: ServiceAnswer::Done });
    assert_eq!(toast(&television), Some("toast-service-given"));
}

#[test]
fn a_card_that_does_not_work_leads_back_to_the_question() {
    let mut television = asked();
    television.choose_here("service-yes");
    television.insert(Card { tries: 0, ..Card::of_hana() });
    television.sees_sentence("trouble-blocked");
    assert!(television.has_item("button-back"));
    television.choose_here("button-back");
    television.sees(PageKind::ServiceRequest);
    television.happens(Event::ReaderChanged(ReaderState::NoReader));
    television.choose_here("service-yes");
    television.sees_sentence("trouble-no-reader");
}

#[test]
fn where_a_touch_is_enough_no_pin_is_asked() {
    let mut television = Television::at_home();
    television.request.level = AssuranceLevel::L1;
    television.request.attributes.clear();
    ask(&mut television);
    television.choose_here("service-yes");
    television.insert(Card::of_hana());
    television.sees_sentence("service-given-title");
}

/// The focus stands on 決定, and a hand presses it first.
#[test]
fn a_number_that_is_not_complete_is_told_on_the_page_and_aloud_each_time() {
    let mut television = Television::at_home();
    television.choose("tile-services");
    for _ in 0..2 {
        television.wait(700);
        television.take_effects();
        television.press(RemoteKey::Confirm);
        television.sees_sentence("digits-missing");
        assert_eq!(television.spoken(), ["digits-missing"]);
    }
    television.take_effects();
    television.press(RemoteKey::Digit(4));
    assert_eq!(television.spoken(), ["pad-digit"]);
    assert_eq!(television.page().detail, None, "the digit takes it away");
    television.press(RemoteKey::Confirm);
    assert_eq!(television.page().detail, Some(stb_core::phrase::say::digits_missing(7)));
    assert_eq!(television.calls(), []);
}
