//! A resident becomes known: the good way, and every way in which it goes wrong.

use gateway_api::login::AssuranceLevel;
use stb_core::{
    effect::Effect,
    event::Event,
    key::RemoteKey,
    view::{Body, PageKind},
};

use crate::{card::Card, television::Television};

pub fn at_pin_page(card: Card) -> Television {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.sees(PageKind::CardPrompt);
    television.insert(card);
    television.sees(PageKind::Pin);
    television
}

pub fn dots(television: &Television) -> (u8, u8) {
    match television.page().body {
        Body::PinDots { entered, tries_left, .. } => (entered, tries_left),
        other => panic!("no digits are asked for: {other:?}"),
    }
}

pub fn count(television: &Television, wanted: impl Fn(&Effect) -> bool) -> usize {
    television.effects.iter().filter(|effect| wanted(effect)).count()
}

#[test]
fn what_for_is_said_before_the_pin_and_the_greeting_bears_the_name() {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.sees_sentence("purpose-login");
    television.insert(Card::of_hana());
    television.sees_sentence("purpose-login");
    television.type_pin(b"73");
    assert_eq!(dots(&television), (2, 3));
    television.type_pin(b"91");
    television.sees(PageKind::Welcome);
    television.sees_sentence("greeting");
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::Home);
    assert!(television.has_item("tile-logout"));
    assert_eq!(television.page().focus, 0, "not on the tile that logs out");
    assert_eq!(television.page().status.map(|status| status.id), Some("status-greeting"));
}

#[test]
fn the_card_is_reset_as_soon_as_it_has_signed() {
    let mut television = at_pin_page(Card::of_hana());
    television.gateway_answers = false;
    television.take_effects();
    television.type_pin(b"7391");
    let order: Vec<_> = television
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::ResetCard | Effect::SendProof { .. }))
        .collect();
    assert!(matches!(order[..], [Effect::ResetCard, Effect::SendProof { .. }]), "{order:?}");
    assert!(television.card.as_ref().is_some_and(|card| !card.is_open()));
}

#[test]
fn the_greeting_goes_on_by_itself_because_it_holds_nothing_essential() {
    let mut television = at_pin_page(Card::of_hana());
    television.type_pin(b"7391");
    television.wait(8_000);
    television.sees(PageKind::Home);
}

#[test]
fn an_empty_name_is_greeted_without_a_name() {
    let mut television = at_pin_page(Card::of_hana());
    television.gateway_answers = false;
    television.type_pin(b"7391");
    let Event::SessionOpened(mut session) = television.session(AssuranceLevel::L2) else {
        unreachable!("the harness opens a session");
    };
    session.display_name = "  ".to_owned();
    television.happens(Event::SessionOpened(session));
    television.sees_sentence("greeting-unnamed");
    assert_eq!(television.page().status, None);
}

#[test]
fn digits_of_a_hand_that_goes_on_typing_do_not_begin_the_next_try() {
    let mut television = at_pin_page(Card::of_hana());
    television.type_pin(b"0000");
    television.sees_sentence("pin-wrong");
    for digit in [1, 2, 3] {
        television.press(RemoteKey::Digit(digit));
    }
    assert_eq!(dots(&television), (0, 2));
    television.wait(500);
    television.press(RemoteKey::Digit(7));
    assert_eq!(dots(&television), (1, 2), "after a pause a digit counts");
}

#[test]
fn the_pad_begins_where_a_press_too_many_enters_nothing() {
    let mut television = at_pin_page(Card::of_hana());
    television.wait(1_000);
    let page = television.page();
    assert_eq!(page.items[page.focus].label.id, "pad-submit");
    television.press(RemoteKey::Confirm);
    assert_eq!(dots(&television), (0, 3));
}

#[test]
fn the_pad_on_the_screen_does_what_the_number_keys_do() {
    let mut television = at_pin_page(Card::of_hana());
    television.wait(700);
    let digits = [7, 3, 9];
    for digit in digits {
        let page = television.page();
        let position = if digit == 0 { 10 } else { digit - 1 };
        walk_to(&mut television, page.focus, position);
        television.press(RemoteKey::Confirm);
    }
    assert_eq!(dots(&television).0, 3);
    television.choose_here("pad-clear");
    assert_eq!(dots(&television).0, 0);
    television.type_pin(b"739");
    television.choose_here("pad-submit");
    assert_eq!(dots(&television).0, 3, "three digits are no PIN");
}

fn walk_to(television: &mut Television, from: usize, to: usize) {
    let (mut row, mut column) = (from / 3, from % 3);
    while row != to / 3 {
        let down = row < to / 3;
        television.press(if down { RemoteKey::Down } else { RemoteKey::Up });
        row = if down { row + 1 } else { row - 1 };
    }
    while column != to % 3 {
        let right = column < to % 3;
        television.press(if right { RemoteKey::Right } else { RemoteKey::Left });
        column = if right { column + 1 } else { column - 1 };
    }
}

#[test]
fn a_wrong_pin_is_told_with_the_tries_left() {
    let mut television = at_pin_page(Card::of_hana());
    television.type_pin(b"0000");
    television.sees(PageKind::Pin);
    television.sees_sentence("pin-wrong");
    assert_eq!(dots(&television), (0, 2));
    television.type_pin(b"7391");
    television.sees(PageKind::Welcome);
}

#[test]
fn two_wrong_pins_end_the_sitting_before_the_card_is_blocked() {
    let mut television = at_pin_page(Card::of_hana());
    television.type_pin(b"0000");
    television.type_pin(b"1111");
    television.sees(PageKind::CardTrouble);
    television.sees_sentence("trouble-wrong-pins");
    television.sees_sentence("tries-left");
    assert_eq!(television.card.as_ref().map(|card| card.tries), Some(1));

    television.press(RemoteKey::Confirm);
    television.choose("tile-login");
    television.sees_sentence("trouble-wrong-pins");
    assert!(
        television.page().detail.as_ref().is_none_or(|detail| detail.id != "tries-not-used"),
        "two tries are gone"
    );

    let card = television.pull_card().expect("it was in");
    television.press(RemoteKey::Back);
    television.choose("tile-login");
    television.insert(card);
    television.sees(PageKind::LastTry);
}

#[test]
fn one_wrong_pin_in_each_of_two_attempts_also_makes_two() {
    let mut television = at_pin_page(Card::of_hana());
    television.type_pin(b"0000");
    television.press(RemoteKey::Back);
    television.choose("tile-login");
    television.type_pin(b"1111");
    television.sees_sentence("trouble-wrong-pins");
    assert_eq!(television.card.as_ref().map(|card| card.tries), Some(1));
}

fn card_with_one_try() -> Card {
    Card { tries: 1, ..Card::of_hana() }
}

#[test]
fn before_the_last_try_the_safe_choice_has_the_focus() {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.insert(card_with_one_try());
    television.sees(PageKind::LastTry);
    assert_eq!(television.page().items[television.page().focus].label.id, "last-try-stop");
    television.wait(700);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::Home);
    assert_eq!(television.card.as_ref().map(|card| card.tries), Some(1));
}

#[test]
fn the_last_try_is_sent_by_ok_on_purpose_not_by_the_fourth_digit() {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.insert(card_with_one_try());
    television.choose_here("last-try-go-on");
    television.type_pin(b"7391");
    television.sees(PageKind::Pin);
    assert_eq!(dots(&television), (4, 1));
    // 決定 means what the hand expects: the focus has moved to it.
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::Welcome);
}

#[test]
fn a_lost_last_try_is_told_with_the_way_to_the_town_office() {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.insert(card_with_one_try());
    television.choose_here("last-try-go-on");
    television.type_pin(b"0000");
    television.choose_here("pad-submit");
    television.sees_sentence("trouble-blocked");
    television.sees_sentence("action-blocked");
    television.sees_sentence("tries-none-left");
}

#[test]
fn a_blocked_card_or_one_for_face_authentication_is_explained_before_any_digit() {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.insert(Card { tries: 0, ..Card::of_hana() });
    television.sees(PageKind::CardTrouble);
    television.sees_sentence("trouble-blocked");
    television.sees_sentence("action-blocked");
}

#[test]
fn digits_nobody_sends_are_wiped_after_a_minute() {
    let mut television = at_pin_page(Card::of_hana());
    television.type_pin(b"739");
    television.wait(59_000);
    television.sees(PageKind::Pin);
    television.take_effects();
    television.wait(2_000);
    television.sees_sentence("trouble-entry-timed-out");
    television.sees_sentence("tries-not-used");
    assert_eq!(count(&television, |effect| *effect == Effect::ResetCard), 1);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::Pin);
    assert_eq!(dots(&television).0, 0);
}

#[test]
fn a_challenge_that_ran_out_costs_no_try() {
    let mut television = at_pin_page(Card::of_hana());
    for _ in 0..3 {
        television.wait(50_000);
        television.press(RemoteKey::Digit(7));
    }
    television.press(RemoteKey::Digit(1));
    television.sees_sentence("trouble-login-timed-out");
    television.sees_sentence("tries-not-used");
    assert_eq!(television.card.as_ref().map(|card| card.tries), Some(3));
}

#[test]
fn back_and_exit_end_the_login_wipe_the_digits_and_reset_the_card() {
    for (key, on_home) in [(RemoteKey::Back, true), (RemoteKey::Exit, false)] {
        let mut television = at_pin_page(Card::of_hana());
        television.type_pin(b"739");
        television.take_effects();
        television.press(key);
        assert_eq!(television.view().page.is_some(), on_home);
        assert_eq!(count(&television, |effect| *effect == Effect::ResetCard), 1, "{key:?}");
        television.choose("tile-login");
        assert_eq!(dots(&television).0, 0);
    }
}

#[test]
fn an_impatient_press_neither_ends_the_login_nor_types_a_digit() {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::CardPrompt);
    television.wait(700);
    television.insert(Card::of_hana());
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::Pin);
    television.wait(700);
    television.press(RemoteKey::Confirm);
    assert_eq!(dots(&television).0, 0, "the focus begins on no digit");
}

#[test]
fn digits_typed_too_early_do_not_press_buttons() {
    let mut television = Television::at_home();
    television.gateway_answers = false;
    television.choose("tile-login");
    television.insert(Card::of_hana());
    television.sees(PageKind::CardBusy);
    television.type_pin(b"1");
    television.sees(PageKind::CardBusy);
}

#[test]
fn an_answer_to_a_login_that_was_left_makes_nobody_known() {
    let mut television = at_pin_page(Card::of_hana());
    television.gateway_answers = false;
    television.type_pin(b"7391");
    television.press(RemoteKey::Back);
    television.take_effects();
    let session = television.session(AssuranceLevel::L2);
    television.happens(session);
    assert!(television.has_item("tile-login"));
    assert_eq!(count(&television, |effect| matches!(effect, Effect::CloseSession { .. })), 1);
}

#[test]
fn taking_the_card_out_ends_the_session() {
    let mut television = at_pin_page(Card::of_hana());
    television.type_pin(b"7391");
    television.take_effects();
    television.pull_card();
    assert_eq!(count(&television, |effect| matches!(effect, Effect::CloseSession { .. })), 1);
    assert_eq!(television.view().toast.map(|toast| toast.id), Some("toast-session-ended"));
    television.wait(6_000);
    assert_eq!(television.view().toast, None);
    television.press(RemoteKey::Home);
    assert!(television.has_item("tile-login"));
}

#[test]
fn a_session_ends_by_itself_even_when_the_clock_is_wrong() {
    for wall_trusted in [true, false] {
        let mut television = Television::at_home();
        television.now.wall_trusted = wall_trusted;
        television.choose("tile-login");
        television.insert(Card::of_hana());
        television.type_pin(b"7391");
        television.wait(10_000);
        assert!(television.has_item("tile-logout"));
        television.wait(31 * 60_000);
        assert!(television.has_item("tile-login"), "trusted: {wall_trusted}");
    }
}

#[test]
fn logging_out_is_one_press_and_says_not_to_forget_the_card() {
    let mut television = at_pin_page(Card::of_hana());
    television.type_pin(b"7391");
    television.choose("tile-logout");
    assert!(television.has_item("tile-login"));
    assert_eq!(television.view().toast.map(|toast| toast.id), Some("toast-session-ended"));
}

/// Invariant 4: whatever digits are typed, screen, speech and every effect look the same.
#[test]
fn invariant_4_the_pin_reaches_the_card_and_nothing_else() {
    let log = |pin: [u8; 4]| {
        let mut television = at_pin_page(Card { pin, ..Card::of_hana() });
        television.type_pin(&pin);
        television.sees(PageKind::Welcome);
        television.log
    };
    let log_of_hana = log(*b"7391");
    assert!(!log_of_hana.contains("7391"));
    assert!(!log_of_hana.contains("55, 51, 57, 49"), "digits as bytes");
    assert_eq!(log_of_hana, log(*b"2846"));
}
