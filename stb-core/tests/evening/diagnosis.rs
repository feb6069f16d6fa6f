//! The operator's support asks how the box is: when the question comes, and what becomes of each answer.

use evacuation::hazard::Level;
use gateway_api::diagnosis::{DiagnosisRequest, Playback};
use stb_core::{
    diagnosis::DiagnosisOutcome,
    effect::Effect,
    event::{Event, PlayerState},
    key::RemoteKey,
    view::{PageKind, TakeoverStage},
};
use uuid::Uuid;

use crate::{card::Card, television::Television};

const DAY_SECONDS: u32 = 24 * 3_600;
const MINUTE_MS: u64 = 60_000;

pub fn request(number: u128) -> DiagnosisRequest {
    DiagnosisRequest {
        request_id: Uuid::from_u128(number),
        reason: "ときどき画面が止まるため".to_owned(),
        expires_in_seconds: DAY_SECONDS,
    }
}

fn hears(television: &mut Television, number: u128) {
    television.happens(Event::DiagnosisAsked(Some(request(number))));
}

/// What somebody is in the middle of, and how it came to that.
type Way = (&'static str, fn(&mut Television));

/// A quiet evening on which the support asks.
fn asked() -> Television {
    let mut television = Television::at_home();
    television.wait(60_000);
    hears(&mut television, 1);
    television.sees(PageKind::Diagnosis);
    television
}

/// What went to the gateway since the last look: yes or no to which question.
fn answered(television: &mut Television) -> Vec<(u128, bool)> {
    let effects = television.take_effects();
    let answers = effects.iter().filter_map(|effect| match effect {
        Effect::GiveDiagnosis { request_id, .. } => Some((request_id.as_u128(), true)),
        Effect::RefuseDiagnosis { request_id } => Some((request_id.as_u128(), false)),
        _ => None,
    });
    answers.collect()
}

fn settled(television: &mut Television, number: u128, is_taken: bool) {
    let request_id = Uuid::from_u128(number);
    let outcome = if is_taken { DiagnosisOutcome::Taken } else { DiagnosisOutcome::NotYet };
    television.happens(Event::DiagnosisSettled { request_id, outcome });
}

#[test]
fn the_question_says_what_is_sent_and_begins_at_no() {
    let mut television = asked();
    assert_eq!(television.focused(), "diagnosis-no");
    television.sees_sentence("diagnosis-title");
    let body = format!("{:?}", television.page().body);
    for part in ["ときどき画面が止まるため", "diagnosis-sent-text", "diagnosis-kept-text"]
    {
        assert!(body.contains(part), "{part}");
    }
    // A press that was meant for the picture answers nothing.
    television.press(RemoteKey::Confirm);
    assert_eq!(answered(&mut television), []);
    television.sees(PageKind::Diagnosis);
}

#[test]
fn a_yes_is_collected_sent_and_thanked_for() {
    let mut television = asked();
    television.choose_here("diagnosis-yes");
    assert_eq!(answered(&mut television), [(1, true)]);
    television.sees_sentence("diagnosis-sending");
    settled(&mut television, 1, true);
    television.sees_sentence("diagnosis-thanks");
    television.wait(61_000);
    television.is_live_television();
    hears(&mut television, 1);
    television.is_live_television();
    assert_eq!(answered(&mut television), [], "the gateway has it");
}

#[test]
fn a_no_and_the_way_back_send_nothing_and_are_not_asked_about_again() {
    for key in [RemoteKey::Confirm, RemoteKey::Back] {
        let mut television = asked();
        television.wait(700);
        television.press(key);
        assert_eq!(answered(&mut television), [(1, false)]);
        television.is_live_television();
        assert_eq!(television.view().toast.map(|toast| toast.id), Some("toast-diagnosis-no"));
        television.wait(MINUTE_MS);
        hears(&mut television, 1);
        television.is_live_television();
        assert_eq!(answered(&mut television), [], "it is on its way");
        settled(&mut television, 1, false);
        hears(&mut television, 1);
        assert_eq!(answered(&mut television), [(1, false)], "it was lost, and goes again");
        settled(&mut television, 1, true);
        hears(&mut television, 2);
        television.press(RemoteKey::Mute);
        television.wait(10_000);
        television.sees(PageKind::Diagnosis);
    }
}

#[test]
fn what_cannot_be_sent_goes_when_the_gateway_is_back() {
    let mut television = asked();
    television.choose_here("diagnosis-yes");
    settled(&mut television, 1, false);
    television.sees_sentence("diagnosis-later");
    assert_eq!(answered(&mut television), [(1, true)]);
    television.press(RemoteKey::Exit);
    hears(&mut television, 1);
    television.is_live_television();
    assert_eq!(answered(&mut television), [(1, true)]);
    // Nobody ever says what became of it.
    let mut television = asked();
    television.choose_here("diagnosis-yes");
    television.wait(61_000);
    television.sees_sentence("diagnosis-later");
}

#[test]
fn nobody_is_asked_in_the_middle_of_anything() {
    let ways: [Way; 5] = [
        ("a page", |television| television.press(RemoteKey::Home)),
        ("a dark screen", |television| television.press(RemoteKey::Power)),
        ("a card", |television| television.insert(Card::of_hana())),
        ("an order", |television| {
            let order = television.town.flood(Level::Four);
            let bytes = television.town.sign(&order);
            television.receive(bytes);
        }),
        ("an answered order", |television| {
            let order = television.town.flood(Level::Four);
            let bytes = television.town.sign(&order);
            television.receive(bytes);
            television.wait(6_000);
            television.press(RemoteKey::Blue);
            television.wait(60_000);
            assert_eq!(television.stage(), Some(TakeoverStage::Notice));
        }),
    ];
    for (what, way) in ways {
        let mut television = Television::at_home();
        way(&mut television);
        television.wait(20_000);
        hears(&mut television, 1);
        television.wait(20_000);
        let kind = television.view().page.map(|page| page.kind);
        assert_ne!(kind, Some(PageKind::Diagnosis), "{what}");
    }
    let mut television = Television::at_home();
    television.press(RemoteKey::ChannelUp);
    hears(&mut television, 1);
    television.is_live_television();
    television.wait(5_000);
    television.press(RemoteKey::ChannelUp);
    television.wait(9_000);
    television.is_live_television();
    television.wait(2_000);
    television.sees(PageKind::Diagnosis);
}

/// Invariant 1: the order takes the screen; the question waits until all is over.
#[test]
fn an_order_takes_the_question_away_and_it_comes_again_afterwards() {
    let mut television = asked();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.stage() > Some(TakeoverStage::Notice));
    assert!(television.view().page.is_none());
    television.wait(6_000);
    television.press(RemoteKey::Blue);
    television.wait(30 * MINUTE_MS);
    assert!(television.view().page.is_none(), "the order is still in force");
    television.wait(13 * 60 * MINUTE_MS);
    hears(&mut television, 1);
    if television.view().page.is_none() {
        television.press(RemoteKey::Mute);
        television.wait(10_000);
    }
    television.sees(PageKind::Diagnosis);
    assert_eq!(answered(&mut television), []);
}

#[test]
fn a_card_goes_before_the_question() {
    let mut television = asked();
    television.insert(Card::of_hana());
    television.sees(PageKind::CheckIn);
    assert_eq!(answered(&mut television), []);
    television.press(RemoteKey::Exit);
    television.pull_card();
    television.wait(11 * MINUTE_MS);
    television.sees(PageKind::Diagnosis);
}

#[test]
fn a_question_that_nobody_sees_goes_away_and_waits_for_somebody() {
    let mut television = asked();
    television.wait(5 * MINUTE_MS);
    television.is_live_television();
    television.wait(60 * MINUTE_MS);
    hears(&mut television, 1);
    television.is_live_television();
    television.press(RemoteKey::VolumeUp);
    television.wait(10_000);
    television.sees(PageKind::Diagnosis);
    // 終了 and ホーム are no answer.
    television.press(RemoteKey::Exit);
    television.is_live_television();
    assert_eq!(answered(&mut television), []);
    television.wait(11 * MINUTE_MS);
    television.is_live_television();
    television.press(RemoteKey::VolumeUp);
    television.wait(10_000);
    television.sees(PageKind::Diagnosis);
}

#[test]
fn a_request_ends_with_its_day_and_when_the_support_takes_it_back() {
    let mut television = asked();
    television.happens(Event::DiagnosisAsked(None));
    television.is_live_television();
    let mut television = Television::at_home();
    television.press(RemoteKey::Home);
    let short = DiagnosisRequest { expires_in_seconds: 60, ..request(1) };
    television.happens(Event::DiagnosisAsked(Some(short.clone())));
    television.wait(60_000);
    television.press(RemoteKey::Exit);
    television.wait(20_000);
    television.is_live_television();
    television
        .happens(Event::DiagnosisAsked(Some(DiagnosisRequest { expires_in_seconds: 0, ..short })));
    television.is_live_television();
}

/// Nothing is kept on the box: the gateway repeats what is open.
#[test]
fn after_a_power_cut_the_gateway_asks_again() {
    let mut television = asked();
    television.restart();
    television.wait(MINUTE_MS);
    television.is_live_television();
    hears(&mut television, 1);
    television.sees(PageKind::Diagnosis);
}

#[test]
fn what_became_of_channels_is_counted_without_their_names() {
    let mut television = asked();
    for state in [PlayerState::NoSignal, PlayerState::Recovering, PlayerState::FirstPicture] {
        television.happens(Event::PlayerChanged { channel_id: "ch1".to_owned(), state });
    }
    television.choose_here("diagnosis-yes");
    let effects = television.take_effects();
    let given = effects.iter().find_map(|effect| match effect {
        Effect::GiveDiagnosis { playback, .. } => Some(*playback),
        _ => None,
    });
    let expected = Playback { tuned: 1, pictures: 1, silent: 1, disturbed: 1, unsupported: 0 };
    assert_eq!(given, Some(expected));
}

#[test]
fn what_the_gateway_took_is_thanked_for_although_it_asks_no_more() {
    let mut television = asked();
    television.choose_here("diagnosis-yes");
    assert_eq!(answered(&mut television), [(1, true)]);
    television.happens(Event::DiagnosisAsked(None));
    settled(&mut television, 1, true);
    television.sees_sentence("diagnosis-thanks");
}

#[test]
fn what_the_gateway_takes_no_more_is_not_promised_again() {
    let mut television = asked();
    television.choose_here("diagnosis-yes");
    assert_eq!(answered(&mut television), [(1, true)]);
    let request_id = Uuid::from_u128(1);
    let outcome = DiagnosisOutcome::Refused;
    television.happens(Event::DiagnosisSettled { request_id, outcome });
    television.sees_sentence("diagnosis-over");
    television.happens(Event::DiagnosisAsked(Some(request(1))));
    assert_eq!(answered(&mut television), [], "it is not sent again");

    let mut television = asked();
    television.choose_here("diagnosis-yes");
    assert_eq!(answered(&mut television), [(1, true)]);
    television.happens(Event::DiagnosisAsked(None));
    settled(&mut television, 1, false);
    television.sees_sentence("diagnosis-over");
}
