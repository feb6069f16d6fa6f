//! The password of the signature certificate: typed with arrows, seen for a second, known to the
//! card alone.

use gateway_api::{ProblemCode, login::AssuranceLevel};
use stb_core::{
    effect::Effect,
    event::Event,
    key::RemoteKey,
    phrase::Phrase,
    view::{Body, Glimpse, PageKind},
};

use crate::{
    card::{Card, Command, Mishap, PHONE_LABEL},
    login::count,
    services::ask,
    television::Television,
};

/// Rows of ten keys, as they stand on the screen.
const KEYS: &str = "1234567890ABCDEFGHIJKLMNOPQRSTUVWXYZ";

fn at_password(card: Card) -> Television {
    let mut television = Television::at_home();
    television.request.level = AssuranceLevel::L3;
    television.proven_level = AssuranceLevel::L3;
    ask(&mut television);
    television.choose_here("service-yes");
    television.insert(card);
    television
}

/// Walks over the keyboard and presses.
fn type_password(television: &mut Television, password: &str) {
    television.wait(700);
    for character in password.chars() {
        let wanted = KEYS.find(character).expect("a key of the keyboard");
        walk(television, wanted);
        television.press(RemoteKey::Confirm);
    }
}

fn walk(television: &mut Television, wanted: usize) {
    for _ in 0..40 {
        let focus = television.page().focus;
        let key = match (focus / 10).cmp(&(wanted / 10)) {
            std::cmp::Ordering::Less => RemoteKey::Down,
            std::cmp::Ordering::Greater => RemoteKey::Up,
            std::cmp::Ordering::Equal if focus < wanted => RemoteKey::Right,
            std::cmp::Ordering::Equal if focus > wanted => RemoteKey::Left,
            std::cmp::Ordering::Equal => return,
        };
        television.press(key);
    }
    panic!("the key {wanted} is not reached");
}

fn submit(television: &mut Television) {
    walk(television, 37);
    television.press(RemoteKey::Confirm);
}

fn entered(television: &Television) -> (u8, Option<Glimpse>, u8) {
    match television.page().body {
        Body::Password { entered, glimpse, tries_left, .. } => (entered, glimpse, tries_left),
        other => panic!("no password is asked for: {other:?}"),
    }
}

#[test]
fn a_service_that_asks_for_a_signature_gets_it_by_password() {
    let mut television = at_password(Card::of_hana());
    television.sees(PageKind::Password);
    television.sees_sentence("purpose-service");
    type_password(&mut television, "HANA1944");
    assert_eq!((entered(&television).0, entered(&television).2), (8, 5));
    submit(&mut television);
    television.sees_sentence("service-given-title");
    assert!(television.card.as_ref().is_some_and(|card| !card.is_open()));
    let sent = |wanted: fn(&Effect) -> bool| count(&television, wanted);
    assert_eq!(sent(|effect| matches!(effect, Effect::SendSignature { .. })), 1);
    assert_eq!(sent(|effect| matches!(effect, Effect::SendProof { .. })), 0);
    // The words are others than those to which somebody agrees who links a card.
    let version = |effect: &Effect| match effect {
        Effect::SendSignature { proof, .. } => Some(proof.consent_version.clone()),
        _ => None,
    };
    let versions: Vec<_> = television.effects.iter().filter_map(version).collect();
    assert_eq!(versions, ["tv-signature-2026-11"]);
}

#[test]
fn number_keys_enter_digits_and_five_characters_are_too_few() {
    let mut television = at_password(Card { password: b"123456".to_vec(), ..Card::of_hana() });
    television.type_digits("12345");
    submit(&mut television);
    television.sees(PageKind::Password);
    television.press(RemoteKey::Digit(6));
    television.press(RemoteKey::Confirm);
    television.sees_sentence("service-given-title");
}

#[test]
fn the_last_character_is_seen_for_a_second_and_nothing_else() {
    let mut television = at_password(Card::of_hana());
    type_password(&mut television, "H");
    assert_eq!(entered(&television), (1, Some(Glimpse('H')), 5));
    television.wait(999);
    assert_eq!(entered(&television).1, Some(Glimpse('H')));
    television.wait(1);
    assert_eq!(entered(&television).1, None);
    type_password(&mut television, "AN");
    television.choose_here("pad-delete");
    assert_eq!(
        (entered(&television).0, entered(&television).1),
        (2, None),
        "what is left stays hidden"
    );
}

/// What was spoken since the last look, with all that it names.
fn heard(television: &mut Television) -> Vec<Phrase> {
    let effects = television.take_effects().into_iter();
    let spoken = effects.filter_map(|effect| match effect {
        Effect::Speak { sentences, .. } => Some(sentences),
        _ => None,
    });
    spoken.flatten().collect()
}

/// Somebody else is in the room.
#[test]
fn the_voice_names_no_key_with_which_something_secret_is_typed() {
    let mut television = at_password(Card::of_hana());
    type_password(&mut television, "HANA19");
    walk(&mut television, 36);
    television.press(RemoteKey::Confirm);
    walk(&mut television, 37);
    let words = heard(&mut television);
    let counted: Vec<_> =
        words.iter().filter(|word| word.id == "password-characters-spoken").collect();
    assert_eq!(counted.len(), 6, "each sign is counted");
    for word in ["password-title", "digit-deleted", "pad-delete", "pad-submit"] {
        assert!(words.iter().any(|spoken| spoken.id == word), "{word} in {words:?}");
    }
    assert!(!words.iter().any(|word| word.id == "keyboard-key"), "{words:?}");

    let mut television = Television::at_home();
    television.choose("tile-login");
    television.insert(Card::of_hana());
    television.sees(PageKind::Pin);
    heard(&mut television);
    television.wait(700);
    for key in [RemoteKey::Up, RemoteKey::Confirm, RemoteKey::Up, RemoteKey::Confirm] {
        television.press(key);
    }
    television.press(RemoteKey::Digit(3));
    let words: Vec<&str> = heard(&mut television).iter().map(|word| word.id).collect();
    assert_eq!(words, ["pin-digits-spoken"; 3]);
    television.press_all(&[RemoteKey::Left, RemoteKey::Right]);
    let words: Vec<&str> = heard(&mut television).iter().map(|word| word.id).collect();
    assert_eq!(words, ["pad-submit"]);
}

#[test]
fn the_wrong_password_costs_a_try_and_two_end_the_sitting() {
    let mut television = at_password(Card::of_hana());
    type_password(&mut television, "WRONG1");
    submit(&mut television);
    television.sees_sentence("password-wrong");
    assert_eq!(entered(&television).2, 4);
    television.wait(1_500);
    type_password(&mut television, "WRONG2");
    submit(&mut television);
    television.sees_sentence("trouble-wrong-passwords");
    television.sees_sentence("password-tries-left");
    television.press(RemoteKey::Back);
    television.sees(PageKind::ServiceRequest);
}

#[test]
fn the_last_try_is_asked_for_first() {
    let mut television = at_password(Card { password_tries: 1, ..Card::of_hana() });
    television.sees(PageKind::LastTry);
    television.sees_sentence("last-password-lead");
    assert_eq!(television.page().focus, 0);
    television.choose_here("last-try-go-on");
    television.sees(PageKind::Password);
    type_password(&mut television, "HANA1944");
    submit(&mut television);
    television.sees_sentence("service-given-title");
}

#[test]
fn a_blocked_password_and_a_childs_card_are_told_before_anybody_types() {
    let blocked = at_password(Card { password_tries: 0, ..Card::of_hana() });
    blocked.sees_sentence("trouble-password-blocked");
    let child = at_password(Card { has_signature: false, ..Card::of_hana() });
    child.sees_sentence("trouble-no-signature");
}

#[test]
fn a_certificate_that_fits_no_record_leads_to_the_office_and_to_no_linking() {
    let mut television = at_password(Card::of_hana());
    television.gateway_answers = false;
    type_password(&mut television, "HANA1944");
    submit(&mut television);
    television.sees(PageKind::CardBusy);
    television.happens(Event::LoginRefused(ProblemCode::PersonUnknown));
    television.sees_sentence("trouble-record-differs");
    television.sees_sentence("action-ask-town-office");
    television.sees_sentence("password-tries-not-used");
    let items = &television.page().items;
    assert_eq!(items.len(), 1, "linking would change nothing: {items:?}");
    assert_eq!(items[0].label.id, "button-back");
}

#[test]
fn a_card_pulled_while_it_checks_may_have_counted() {
    let mut television = at_password(Card::of_hana());
    television.card.as_mut().expect("it is in").mishap = Some(Mishap::PulledAt(Command::Verify));
    type_password(&mut television, "HANA1944");
    submit(&mut television);
    television.sees_sentence("trouble-removed");
    television.sees_sentence("password-tries-unknown");
}

#[test]
fn nobody_typing_for_a_minute_wipes_the_password() {
    let mut television = at_password(Card::of_hana());
    type_password(&mut television, "HANA");
    television.wait(60_000);
    television.sees_sentence("trouble-password-timed-out");
    television.choose_here("button-retry");
    assert_eq!(entered(&television).0, 0);
}

/// Invariant 4: the card hears the password, and no trace of anything else does.
#[test]
fn invariant_4_a_password_is_in_no_trace() {
    let mut television = at_password(Card::of_hana());
    type_password(&mut television, "HANA1944");
    submit(&mut television);
    television.sees_sentence("service-given-title");
    let sent = television.effects.iter().any(|effect| {
        matches!(effect, Effect::TransmitToCard(command) if command.0.ends_with(b"HANA1944"))
    });
    assert!(sent, "the card got it");
    for trace in
        ["HANA1944", "72, 65, 78, 65", "48414e41", "48414E41", "Glimpse('", "glimpse: Some('"]
    {
        assert!(!television.log.contains(trace), "{trace}");
    }
}

#[test]
fn a_phone_is_asked_for_the_pin_of_its_own_certificate() {
    let mut television = Television::at_home();
    television.choose("tile-login");
    television.insert(Card { label: PHONE_LABEL, ..Card::of_hana() });
    television.sees_sentence("pin-title-phone");
}
