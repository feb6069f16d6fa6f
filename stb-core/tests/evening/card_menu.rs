//! Cards and permissions: seen and taken back, a card linked at home, a lost one stopped.

use evacuation::hazard::Level;
use gateway_api::{problem::ProblemCode, provisioning::Provisioning};
use stb_core::{
    effect::Effect,
    event::Event,
    key::RemoteKey,
    service::{CardLink, LetterCode, ServiceAnswer, ServiceCall, ServiceFault},
    view::{Body, PageKind},
};

use crate::{card::Card, login::count, television::Television};

const CODE: &str = "123456789012";

/// The menu, as it is reached from the settings.
fn menu() -> Television {
    let mut television = Television::at_home();
    television.choose("tile-settings");
    television.choose_here("cards-title");
    television.sees(PageKind::CardMenu);
    television
}

fn consents() -> Television {
    let mut television = menu();
    television.choose_here("cards-consents");
    television.sees_sentence("purpose-consents");
    television.insert(Card::of_hana());
    television.type_pin(b"7391");
    television.sees(PageKind::Consents);
    television
}

fn open_first(television: &mut Television) {
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::Consent);
}

#[test]
fn a_permission_is_seen_and_taken_back_and_no_stands_first() {
    let mut television = consents();
    assert_eq!(television.page().items.len(), 5, "three permissions, next page, back");
    open_first(&mut television);
    let page = television.page();
    assert_eq!(page.items[page.focus].label.id, "button-back");
    television.choose_here("consent-withdraw");
    let page = television.page();
    assert_eq!(page.items[page.focus].label.id, "service-no");
    television.choose_here("consent-withdraw");
    let withdrawn = television.calls().into_iter().find_map(|call| match call {
        ServiceCall::WithdrawConsent { consent_id, token } => Some((consent_id, token)),
        _ => None,
    });
    assert_eq!(withdrawn, Some(("consent-1".to_owned(), "secret-token".to_owned())));
    television.sees_sentence("withdrawn-title");
    television.choose_here("button-back");
    television.sees(PageKind::Consents);
    assert_eq!(television.page().items.len(), 4, "three are left, and back");
}

#[test]
fn back_leads_from_the_question_to_the_settings_step_by_step() {
    let mut television = consents();
    open_first(&mut television);
    television.choose_here("consent-withdraw");
    for kind in [
        PageKind::Consent,
        PageKind::Consents,
        PageKind::CardMenu,
        PageKind::Settings,
        PageKind::Home,
    ] {
        television.press(RemoteKey::Back);
        television.sees(kind);
    }
    television.press(RemoteKey::Back);
    television.is_live_television();
}

#[test]
fn nothing_is_taken_back_that_the_gateway_did_not_take_back() {
    let mut television = consents();
    open_first(&mut television);
    television.choose_here("consent-withdraw");
    television.service_says = Some(ServiceAnswer::Failed(ServiceFault::Unreachable));
    television.choose_here("consent-withdraw");
    television.sees_sentence("not-withdrawn-title");
    television.choose_here("button-back");
    assert_eq!(television.page().items.len(), 5);
}

#[test]
fn a_list_that_does_not_come_is_one_sentence() {
    let mut television = menu();
    television.service_says = Some(ServiceAnswer::Failed(ServiceFault::Unreachable));
    television.choose_here("cards-consents");
    television.insert(Card::of_hana());
    television.type_pin(b"7391");
    television.sees_sentence("consents-failed");
    television.press(RemoteKey::Back);
    television.sees(PageKind::CardMenu);
}

#[test]
fn permissions_go_with_their_person() {
    let mut television = consents();
    television.pull_card();
    television.sees(PageKind::CardMenu);
    television.choose_here("cards-consents");
    television.sees(PageKind::CardPrompt);
}

fn links(television: &Television) -> Vec<CardLink> {
    let links = television.calls().into_iter().filter_map(|call| match call {
        ServiceCall::LinkCard(link) => Some(link),
        _ => None,
    });
    links.collect()
}

#[test]
fn a_card_is_linked_with_the_code_of_the_letter() {
    let mut television = menu();
    television.choose_here("cards-link");
    let page = television.page();
    assert_eq!(page.items[page.focus].label.id, "link-no");
    television.choose_here("link-yes");
    television.choose_here("link-person");
    television.choose_here("link-letter-yes");
    television.sees(PageKind::LetterCode);
    television.type_digits(CODE);
    television.press(RemoteKey::Confirm);
    television.sees_sentence("purpose-link-card");
    television.insert(Card::of_hana());
    television.type_pin(b"7391");
    let purposes: Vec<_> = television
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::OpenLogin(login) => Some(&*login.purpose),
            _ => None,
        })
        .collect();
    assert_eq!(purposes, ["link-card"]);
    let sent = links(&television);
    assert_eq!((sent.len(), &*sent[0].login_id, &*sent[0].resident_id), (1, "login-1", "hana"));
    assert_eq!(sent[0].code.as_ref().map(LetterCode::digits), Some(CODE));
    assert_eq!(count(&television, |effect| matches!(effect, Effect::SendProof { .. })), 0);
    television.sees_sentence("linked-title");
    assert!(!format!("{:?}", television.effects).contains(CODE), "the code is in no trace");
}

#[test]
fn without_a_letter_the_town_decides() {
    let mut television = menu();
    television.choose_here("cards-link");
    television.choose_here("link-yes");
    television.choose_here("link-person");
    television.insert(Card::of_hana());
    television.choose_here("link-letter-no");
    television.type_pin(b"7391");
    assert_eq!(links(&television)[0].code, None);
    television.sees_sentence("waits-title");
}

#[test]
fn a_letter_that_does_not_count_is_typed_again() {
    let mut television = menu();
    television.choose_here("cards-link");
    television.choose_here("link-yes");
    television.choose_here("link-person");
    television.choose_here("link-letter-yes");
    television.type_digits(CODE);
    television.press(RemoteKey::Confirm);
    let refused = ServiceFault::Refused(ProblemCode::CodeRefused);
    television.service_says = Some(ServiceAnswer::Failed(refused));
    television.insert(Card::of_hana());
    television.type_pin(b"7391");
    television.sees(PageKind::LetterCode);
    television.sees_sentence("letter-code-refused");
}

#[test]
fn a_card_that_may_not_be_linked_is_one_sentence_and_leads_back() {
    for (code, sentence) in [
        (ProblemCode::CertificateRefused, "trouble-link-refused"),
        (ProblemCode::CertificateExpired, "trouble-expired"),
        (ProblemCode::NonceRefused, "trouble-login-timed-out"),
    ] {
        let mut television = menu();
        television.choose_here("cards-link");
        television.choose_here("link-yes");
        television.choose_here("link-person");
        television.choose_here("link-letter-no");
        television.service_says = Some(ServiceAnswer::Failed(ServiceFault::Refused(code)));
        television.insert(Card::of_hana());
        television.type_pin(b"7391");
        television.sees_sentence(sentence);
        television.press(RemoteKey::Back);
        television.sees(PageKind::CardLink);
    }
}

#[test]
fn a_card_that_nobody_knows_leads_to_the_linking() {
    let mut television = Television::at_home();
    television.gateway_answers = false;
    television.insert(Card::of_hana());
    television.happens(Event::LoginRefused(ProblemCode::PersonUnknown));
    television.sees_sentence("trouble-person-unknown");
    television.choose_here("cards-link");
    television.sees(PageKind::CardLink);
    television.press(RemoteKey::Back);
    television.is_live_television();
}

#[test]
fn a_lost_card_is_stopped_without_a_card_and_no_stands_first() {
    let mut television = menu();
    television.choose_here("cards-stop");
    television.sees(PageKind::CardStop);
    assert_eq!(television.focused(), "service-no");
    television.choose_here("stop-yes");
    television.sees_sentence("letter-code-stop-detail");
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television.sees_sentence("digits-missing");
    television.type_digits(CODE);
    assert_eq!(television.calls(), []);
    television.press(RemoteKey::Confirm);
    assert!(matches!(
        &television.calls()[..],
        [ServiceCall::StopCards { code }] if code.digits() == CODE
    ));
    television.sees_sentence("stopped-title");
    assert_eq!(count(&television, |effect| matches!(effect, Effect::OpenCard)), 0);
}

#[test]
fn a_stop_that_did_not_work_is_told() {
    let refused = |code| ServiceAnswer::Failed(ServiceFault::Refused(code));
    for (answer, sentence) in [
        (refused(ProblemCode::CodeRefused), "letter-code-refused"),
        (refused(ProblemCode::TooManyRequests), "letter-code-too-many"),
        (refused(ProblemCode::Internal), "stop-unknown-title"),
        (ServiceAnswer::Failed(ServiceFault::Unreachable), "stop-unknown-title"),
    ] {
        let mut television = menu();
        television.choose_here("cards-stop");
        television.choose_here("stop-yes");
        television.service_says = Some(answer);
        television.type_digits(CODE);
        television.press(RemoteKey::Confirm);
        television.sees_sentence(sentence);
    }
}

/// The card is being stopped, and nothing was answered yet.
fn stopping() -> (Television, u64) {
    let mut television = menu();
    television.choose_here("cards-stop");
    television.choose_here("stop-yes");
    television.type_digits(CODE);
    television.gateway_answers = false;
    television.press(RemoteKey::Confirm);
    let call_id = television.last_call_id();
    (television, call_id)
}

#[test]
fn a_stop_whose_page_was_left_is_told_all_the_same() {
    let done = || ServiceAnswer::Done;
    let refused = || ServiceAnswer::Failed(ServiceFault::Refused(ProblemCode::CodeRefused));
    let (mut television, call_id) = stopping();
    television.press(RemoteKey::Back);
    television.sees_sentence("stop-unknown-title");
    television.sees_sentence("stop-unknown-lead-phone");
    assert_eq!(television.page().body, Body::Phone("0884-00-0000".to_owned()));
    television.happens(Event::ServiceAnswered { call_id, answer: done() });
    television.sees_sentence("stopped-title");
    for (answer, sentence) in [
        (done(), "toast-cards-stopped"),
        (refused(), "toast-cards-not-stopped"),
        (ServiceAnswer::Failed(ServiceFault::Unreachable), "toast-cards-unknown-phone"),
    ] {
        let (mut television, call_id) = stopping();
        television.press(RemoteKey::Exit);
        television.is_live_television();
        television.happens(Event::ServiceAnswered { call_id, answer });
        tells(&television, sentence);
        assert_eq!(television.spoken().last(), Some(&sentence), "who cannot read it hears it");
    }
}

#[test]
fn a_stop_that_an_order_interrupted_is_told_after_it() {
    let (mut television, call_id) = stopping();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.happens(Event::ServiceAnswered { call_id, answer: ServiceAnswer::Done });
    assert_eq!(television.view().toast, None, "first the order");
    television.wait(4_000);
    television.press(RemoteKey::Confirm);
    television.wait(1_000);
    television.press(RemoteKey::Exit);
    let toast = television.view().toast.map(|toast| toast.id);
    assert_eq!(toast, Some("toast-cards-stopped"));
}

#[track_caller]
fn tells(television: &Television, sentence: &str) {
    assert_eq!(television.view().toast.map(|toast| toast.id), Some(sentence));
}

#[test]
fn a_stop_whose_answer_comes_to_a_dark_screen_is_told_when_it_is_lit() {
    let (mut television, call_id) = stopping();
    television.press_all(&[RemoteKey::Exit, RemoteKey::Power]);
    television.happens(Event::ServiceAnswered { call_id, answer: ServiceAnswer::Done });
    television.wait(60_000);
    television.press(RemoteKey::Power);
    tells(&television, "toast-cards-stopped");
}

#[test]
fn of_two_stops_whose_pages_were_left_both_are_told_one_after_the_other() {
    let (mut television, first) = stopping();
    television.press(RemoteKey::Exit);
    television.choose("tile-settings");
    for item in ["cards-title", "cards-stop", "stop-yes"] {
        television.choose_here(item);
    }
    television.type_digits(CODE);
    television.press(RemoteKey::Confirm);
    let second = television.last_call_id();
    television.press_all(&[RemoteKey::Exit, RemoteKey::Power]);
    let refused = ServiceAnswer::Failed(ServiceFault::Refused(ProblemCode::CodeRefused));
    television.happens(Event::ServiceAnswered { call_id: second, answer: refused });
    television.happens(Event::ServiceAnswered { call_id: first, answer: ServiceAnswer::Done });
    television.press(RemoteKey::Power);
    tells(&television, "toast-cards-not-stopped");
    television.wait(5_000);
    tells(&television, "toast-cards-stopped");
    television.wait(5_000);
    assert_eq!(television.view().toast, None);
}

#[test]
fn the_page_of_one_stop_does_not_tell_the_result_of_another() {
    let (mut television, first) = stopping();
    television.press(RemoteKey::Back);
    for _ in 0..2 {
        television.press(RemoteKey::Back);
    }
    television.choose("tile-settings");
    for item in ["cards-title", "cards-stop", "stop-yes"] {
        television.choose_here(item);
    }
    television.type_digits(CODE);
    television.press_all(&[RemoteKey::Confirm, RemoteKey::Back]);
    television.happens(Event::ServiceAnswered { call_id: first, answer: ServiceAnswer::Done });
    television.sees_sentence("stop-unknown-title");
    tells(&television, "toast-cards-stopped");
}

/// A number that somebody made up never leads to a question whether a card shall be stopped.
#[test]
fn a_made_up_stop_number_is_told_at_once() {
    let mut television = menu();
    let refused = ServiceFault::Refused(ProblemCode::CodeRefused);
    television.service_says = Some(ServiceAnswer::Failed(refused));
    television.choose_here("cards-stop");
    television.choose_here("stop-yes");
    television.type_digits(CODE);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::LetterCode);
    television.sees_sentence("letter-code-refused");
    for kind in [PageKind::CardStop, PageKind::CardMenu] {
        television.press(RemoteKey::Back);
        television.sees(kind);
    }
}

#[test]
fn a_code_that_nobody_goes_on_with_is_wiped() {
    let mut television = menu();
    television.choose_here("cards-stop");
    television.choose_here("stop-yes");
    television.type_digits("1234");
    television.wait(3 * 60_000);
    television.sees(PageKind::CardStop);
    television.choose_here("stop-yes");
    assert!(matches!(television.page().body, Body::Digits { digits, .. } if digits.is_empty()));
}

/// Invariant 1 on these pages.
#[test]
fn invariant_1_an_order_stands_above_the_menu_and_ends_it() {
    let mut television = menu();
    television.choose_here("cards-stop");
    television.choose_here("stop-yes");
    television.type_digits("1234");
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.view().page.is_none());
    television.wait(4_000);
    television.press(RemoteKey::Confirm);
    television.press(RemoteKey::Exit);
    television.is_live_television();
    television.choose("tile-settings");
    television.choose_here("cards-title");
    television.sees(PageKind::CardMenu);
}

/// The tiles that give way on the home page have a second way, always.
#[test]
fn while_an_order_and_a_call_stand_log_and_services_are_found_here() {
    let mut television = menu();
    television.choose_here("tile-access-log");
    television.sees(PageKind::CardPrompt);
    let mut television = menu();
    television.choose_here("tile-services");
    television.sees(PageKind::ServiceNumber);
    television.type_digits("12345678");
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::ServiceRequest);
    television.choose_here("service-yes");
    television.sees(PageKind::CardPrompt);
    television.press(RemoteKey::Back);
    television.sees(PageKind::ServiceRequest);
}

#[test]
fn a_town_without_a_telephone_number_is_named_all_the_same() {
    let (mut television, call_id) = stopping();
    let provisioning = Provisioning { phone: None, ..television.town.provisioning() };
    television.happens(Event::Provisioned(Box::new(provisioning)));
    television.press(RemoteKey::Back);
    television.sees_sentence("stop-unknown-lead");
    television.press_all(&[RemoteKey::Back, RemoteKey::Exit]);
    let answer = ServiceAnswer::Failed(ServiceFault::Unreachable);
    television.happens(Event::ServiceAnswered { call_id, answer });
    tells(&television, "toast-cards-unknown");
    television.restart();
    television.choose("tile-settings");
    for item in ["cards-title", "cards-stop", "stop-yes"] {
        television.choose_here(item);
    }
    television.sees_sentence("letter-code-stop-lead");
}
