//! Cards and readers that do not do what they should: each is one sentence and one action.

use gateway_api::problem::ProblemCode;
use stb_core::{
    effect::Effect,
    event::{CardIo, Event, ReaderState},
    key::RemoteKey,
    view::PageKind,
};

use crate::{
    card::{Card, Command, Mishap},
    login::{at_pin_page, count, dots},
    television::Television,
};

#[track_caller]
fn check_pulled(at: Command, sentence: &str, after_pin: bool) {
    let mut television = Television::at_home();
    television.choose("tile-login");
    let mut card = Card::of_hana();
    if !after_pin {
        card.mishap = Some(Mishap::PulledAt(at));
    }
    television.insert(card);
    if after_pin {
        television.card.as_mut().expect("it is in").mishap = Some(Mishap::PulledAt(at));
        television.type_pin(b"7391");
    }
    television.sees(PageKind::CardTrouble);
    television.sees_sentence("trouble-removed");
    television.sees_sentence("action-insert-again");
    television.sees_sentence(sentence);
    // The reader tells it too, a moment later: the page stays.
    television.pull_card();
    television.sees_sentence("trouble-removed");
    television.sees_sentence(sentence);
    // Put in again, it goes on where the resident was going.
    television.insert(Card::of_hana());
    television.sees(PageKind::Pin);
}

#[test]
fn a_pulled_card_is_told_in_one_sentence_in_every_phase() {
    check_pulled(Command::Select, "tries-not-used", false);
    check_pulled(Command::Read, "tries-not-used", false);
    check_pulled(Command::AskTries, "tries-not-used", false);
    check_pulled(Command::Select, "tries-not-used", true);
    check_pulled(Command::Verify, "tries-unknown", true);
    check_pulled(Command::Sign, "tries-not-used", true);
}

#[test]
fn a_card_that_leaves_is_told_as_removed_however_the_reader_stammers() {
    for (io, states) in [
        (CardIo::Removed, vec![ReaderState::CardMute, ReaderState::Empty]),
        (CardIo::Removed, vec![ReaderState::Busy, ReaderState::Empty]),
        (CardIo::Transmission, vec![ReaderState::Empty]),
        (CardIo::ReaderGone, vec![ReaderState::Empty]),
        (CardIo::Busy, vec![ReaderState::Empty]),
    ] {
        let mut television = at_pin_page(Card::of_hana());
        television.card = None;
        television.happens(Event::CardFailed(io));
        for state in states {
            television.happens(Event::ReaderChanged(state));
        }
        television.sees_sentence("trouble-removed");
        // A card put in the wrong way round later is told as such.
        television.wait(5_000);
        television.happens(Event::ReaderChanged(ReaderState::CardMute));
        television.sees_sentence("trouble-card-mute");
    }
}

#[test]
fn a_session_ends_with_its_card_even_when_the_conversation_hears_of_it_first() {
    let mut television = Television::at_home();
    television.insert(Card::of_hana());
    television.press(RemoteKey::Home);
    television.choose("tile-access-log");
    television.card.as_mut().expect("it is in").mishap = Some(Mishap::PulledAt(Command::Sign));
    television.type_pin(b"7391");
    television.sees_sentence("trouble-removed");
    television.take_effects();
    television.pull_card();
    assert_eq!(count(&television, |effect| matches!(effect, Effect::CloseSession { .. })), 1);
    television.sees_sentence("trouble-removed");
}

#[test]
fn a_card_pulled_while_the_digits_are_typed_leaves_no_digit_behind() {
    let mut television = at_pin_page(Card::of_hana());
    television.type_pin(b"739");
    television.pull_card();
    television.sees_sentence("trouble-removed");
    television.insert(Card::of_hana());
    assert_eq!(dots(&television).0, 0);
}

#[track_caller]
fn check_reader(state: ReaderState, sentence: &str, action: &str) {
    let mut television = Television::at_home();
    television.happens(Event::ReaderChanged(state));
    television.choose("tile-login");
    television.sees(PageKind::CardTrouble);
    television.sees_sentence(sentence);
    television.sees_sentence(action);
    assert_eq!(television.page().items.len(), 1, "one action");
}

#[test]
fn reader_trouble_is_one_sentence_and_one_action() {
    check_reader(ReaderState::ServiceDown, "trouble-service-down", "action-call-operator");
    check_reader(ReaderState::NoReader, "trouble-no-reader", "action-plug-reader");
    check_reader(ReaderState::CardMute, "trouble-card-mute", "action-turn-card");
    check_reader(ReaderState::Busy, "trouble-busy", "action-wait-and-retry");
}

#[test]
fn trouble_that_goes_away_goes_on_by_itself() {
    let mut television = Television::at_home();
    television.happens(Event::ReaderChanged(ReaderState::NoReader));
    television.choose("tile-login");
    television.sees(PageKind::CardTrouble);
    television.happens(Event::ReaderChanged(ReaderState::Empty));
    television.sees(PageKind::CardPrompt);
    television.happens(Event::ReaderChanged(ReaderState::CardMute));
    television.sees_sentence("trouble-card-mute");
    television.insert(Card::of_hana());
    television.sees(PageKind::Pin);
}

#[test]
fn the_card_service_that_stops_in_the_middle_is_told() {
    let mut television = at_pin_page(Card::of_hana());
    television.happens(Event::CardFailed(CardIo::ServiceDown));
    television.sees_sentence("trouble-service-down");
    television.happens(Event::ReaderChanged(ReaderState::ServiceDown));
    television.sees_sentence("trouble-service-down");
}

#[test]
fn another_kind_of_card_is_told() {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.insert(Card { has_jpki: false, ..Card::of_hana() });
    television.sees_sentence("trouble-wrong-card");
    television.sees_sentence("action-insert-my-number-card");
    television.pull_card();
    television.insert(Card::of_hana());
    television.sees(PageKind::Pin);
}

#[test]
fn a_card_without_certificate_is_told() {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.insert(Card { has_certificate: false, ..Card::of_hana() });
    television.sees_sentence("trouble-no-certificate");
}

#[track_caller]
fn check_refused(code: ProblemCode, sentence: &str, action: &str) {
    let mut television = at_pin_page(Card::of_hana());
    television.gateway_answers = false;
    television.type_pin(b"7391");
    television.sees(PageKind::CardBusy);
    television.happens(Event::LoginRefused(code));
    television.sees(PageKind::CardTrouble);
    television.sees_sentence(sentence);
    television.sees_sentence(action);
    television.sees_sentence("tries-not-used");
}

#[test]
fn a_refusal_of_the_gateway_is_one_sentence_and_one_action() {
    check_refused(ProblemCode::CertificateExpired, "trouble-expired", "action-ask-town-office");
    check_refused(ProblemCode::CertificateRevoked, "trouble-revoked", "action-newer-card");
    check_refused(ProblemCode::SignatureRefused, "trouble-card-refused", "action-ask-town-office");
    check_refused(ProblemCode::PersonUnknown, "trouble-person-unknown", "action-register");
    let (sentence, action) = ("trouble-other-household", "action-log-in-with-pin");
    check_refused(ProblemCode::OtherHousehold, sentence, action);
    check_refused(ProblemCode::NonceRefused, "trouble-login-timed-out", "action-retry");
    let (sentence, action) = ("trouble-revocation-unknown", "action-retry-later");
    check_refused(ProblemCode::RevocationUnknown, sentence, action);
    check_refused(ProblemCode::TooManyRequests, "trouble-overloaded", "action-wait-and-retry");
    check_refused(ProblemCode::Internal, "trouble-gateway-failed", "action-wait-and-retry");
    check_refused(ProblemCode::DeviceRefused, "trouble-box-refused", "action-call-operator");
}

#[test]
fn a_gateway_that_does_not_answer_is_told_and_tried_again() {
    let mut television = Television::at_home();
    television.gateway_answers = false;
    television.choose("tile-login");
    television.insert(Card::of_hana());
    television.happens(Event::LoginUnreachable);
    television.sees_sentence("trouble-unreachable");
    television.gateway_answers = true;
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::Pin);
}

#[test]
fn silence_of_the_gateway_does_not_last_forever() {
    let mut television = Television::at_home();
    television.gateway_answers = false;
    television.choose("tile-login");
    television.insert(Card::of_hana());
    television.sees(PageKind::CardBusy);
    television.wait(15_000);
    television.sees_sentence("trouble-unreachable");
}

#[test]
fn a_challenge_that_is_no_challenge_is_not_signed() {
    let mut television = Television::at_home();
    television.gateway_answers = false;
    television.choose("tile-login");
    television.insert(Card::of_hana());
    television.take_effects();
    television.happens(Event::LoginOpened(gateway_api::login::LoginChallenge {
        login_id: "x".to_owned(),
        nonce: "c2hvcnQ=".to_owned(),
        issued_at_ms: 0,
        expires_at_ms: i64::MAX,
    }));
    television.sees_sentence("trouble-gateway-failed");
    assert_eq!(count(&television, |effect| *effect == Effect::OpenCard), 0);
}

#[track_caller]
fn check_card_put_in_without_a_word(code: ProblemCode, sentence: &str, action: &str) {
    for at_home in [false, true] {
        let mut television = Television::at_home();
        television.gateway_answers = false;
        if at_home {
            television.press(RemoteKey::Home);
        }
        television.insert(Card::of_hana());
        television.happens(Event::LoginRefused(code));
        television.sees(PageKind::CardTrouble);
        television.sees_sentence(sentence);
        television.sees_sentence(action);
        let page = television.page();
        let may_link = code == ProblemCode::PersonUnknown;
        assert_eq!(page.items.len(), if may_link { 2 } else { 1 }, "one action");
        assert_eq!(page.items[page.focus].label.id, "button-close");
        television.press(RemoteKey::Confirm);
        assert!(television.view().page.is_some(), "a press meant for what was there before");
        television.wait(700);
        television.press(RemoteKey::Confirm);
        assert_eq!(television.view().page.is_some(), at_home, "back to where it was");
    }
}

#[test]
fn a_card_that_cannot_work_is_explained_even_when_nobody_asked_for_it() {
    let unknown = ProblemCode::PersonUnknown;
    check_card_put_in_without_a_word(unknown, "trouble-person-unknown", "action-register");
    let expired = ProblemCode::CertificateExpired;
    check_card_put_in_without_a_word(expired, "trouble-expired", "action-ask-town-office");
}

#[test]
fn another_card_put_in_on_the_explaining_page_is_greeted() {
    let mut television = Television::at_home();
    television.gateway_answers = false;
    television.insert(Card::of_hana());
    television.happens(Event::LoginRefused(ProblemCode::PersonUnknown));
    television.sees(PageKind::CardTrouble);
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    television.is_live_television();
    television.pull_card();
    television.gateway_answers = true;
    television.insert(Card::of_hana());
    television.sees(PageKind::CheckIn);
}
