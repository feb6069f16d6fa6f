//! How are you today?

use gateway_api::report::{Condition, ReportContent};
use stb_core::{effect::Effect, event::Event, key::RemoteKey, phrase::Arg, view::PageKind};

use crate::{card::Card, television::Television};

fn conditions(television: &Television) -> Vec<(Condition, bool)> {
    let check_ins =
        television.delivered_contents().into_iter().filter_map(|content| match content {
            ReportContent::CheckIn { condition, contact_wanted, .. } => {
                Some((condition, contact_wanted))
            }
            _ => None,
        });
    check_ins.collect()
}

/// A card in the reader, the question on the screen.
fn asked() -> Television {
    let mut television = Television::at_home();
    television.insert(Card::of_hana());
    television.sees(PageKind::CheckIn);
    television
}

#[test]
fn a_card_put_in_while_watching_brings_a_greeting_and_the_question() {
    let mut television = asked();
    television.sees_sentence("greeting");
    television.sees_sentence("check-in-title");
    television.press(RemoteKey::Confirm);
    television.sees_sentence("check-in-done");
    assert_eq!(conditions(&television), [(Condition::Good, false)]);
    television.press(RemoteKey::Confirm);
    television.is_live_television();
}

#[test]
fn the_question_comes_once_a_day() {
    let mut television = asked();
    television.press(RemoteKey::Confirm);
    television.press(RemoteKey::Exit);
    television.pull_card();
    television.insert(Card::of_hana());
    television.is_live_television();
    assert_eq!(television.view().toast.map(|toast| toast.id), Some("greeting"));

    television.pull_card();
    television.wait(12 * 3_600_000);
    television.insert(Card::of_hana());
    television.sees(PageKind::CheckIn);
}

#[test]
fn the_tile_asks_for_the_card_and_no_pin() {
    let mut television = Television::at_home();
    television.choose("tile-check-in");
    television.sees(PageKind::CardPrompt);
    television.sees_sentence("purpose-check-in");
    television.insert(Card::of_hana());
    television.sees(PageKind::CheckIn);
    television.choose_here("condition-normal");
    assert_eq!(conditions(&television), [(Condition::Normal, false)]);
}

#[test]
fn colours_are_shortcuts_to_the_faces() {
    let mut television = asked();
    television.press(RemoteKey::Green);
    assert_eq!(conditions(&television), [(Condition::Normal, false)]);
}

#[test]
fn a_channel_number_pressed_under_the_question_is_no_answer() {
    let mut television = asked();
    television.press(RemoteKey::Digit(3));
    television.sees(PageKind::CheckIn);
    assert_eq!(conditions(&television), []);
}

#[test]
fn not_well_asks_whether_a_call_is_wanted() {
    let mut television = asked();
    television.choose_here("condition-bad");
    television.sees_sentence("contact-title");
    television.sees_sentence("contact-kept");
    assert_eq!(conditions(&television), [(Condition::Bad, false)], "a power cut takes nothing");
    television.choose_here("contact-yes");
    assert_eq!(arguments(&television, "answered-contact"), ["condition-bad", "contact-yes"]);
    assert_eq!(conditions(&television), [(Condition::Bad, false), (Condition::Bad, true)]);
}

/// What the sentence with this id tells of.
#[track_caller]
fn arguments(television: &Television, id: &str) -> Vec<&'static str> {
    let page = television.page();
    let mut sentences = [page.lead, page.detail].into_iter().flatten();
    let found = sentences.find(|sentence| sentence.id == id).expect("the sentence is there");
    let name = |argument: &(&str, Arg)| match &argument.1 {
        Arg::Phrase(phrase) => phrase.id,
        Arg::Text(_) | Arg::Number(_) => "",
    };
    found.args.iter().map(name).collect()
}

#[test]
fn back_from_the_second_question_says_what_stands_and_lets_it_be_taken_back() {
    let mut television = asked();
    television.choose_here("condition-bad");
    television.press(RemoteKey::Back);
    television.sees(PageKind::CheckInDone);
    assert_eq!(arguments(&television, "answered-contact"), ["condition-bad", "contact-no"]);
    assert_eq!(conditions(&television), [(Condition::Bad, false)]);
    television.choose_here("check-in-undo");
    television.sees_sentence("check-in-withdrawn-empty");
}

#[test]
fn not_well_is_reported_even_when_the_second_question_stays_open() {
    type Leave = fn(&mut Television);
    let leave: [(Leave, bool); 4] = [
        (|television| television.wait(60_000), false),
        (|television| television.press(RemoteKey::Exit), true),
        (|television| television.press(RemoteKey::Home), true),
        (
            |television| {
                television.pull_card();
            },
            true,
        ),
    ];
    for (leave, is_left) in leave {
        let mut television = asked();
        television.choose_here("condition-bad");
        leave(&mut television);
        assert_eq!(conditions(&television), [(Condition::Bad, false)]);
        let toast = television.view().toast.map(|toast| toast.id);
        assert_eq!(toast == Some("toast-no-call"), is_left, "no call is told: {toast:?}");
    }
}

#[test]
fn the_wish_for_a_call_is_taken_back_together_with_the_answer() {
    let mut television = asked();
    television.choose_here("condition-bad");
    television.wait(50_000);
    television.choose_here("contact-yes");
    television.choose_here("check-in-undo");
    television.sees_sentence("check-in-withdrawn-empty");
    let given: Vec<_> = television.delivered[..2].iter().map(|report| report.report_id).collect();
    let withdrawn: Vec<_> = television
        .delivered_contents()
        .into_iter()
        .filter_map(|content| match content {
            ReportContent::CheckInWithdrawal { check_in, .. } => Some(check_in),
            _ => None,
        })
        .collect();
    assert_eq!(withdrawn, given);
}

#[test]
fn whoever_was_welcomed_is_not_welcomed_again_by_the_question() {
    let mut television = asked();
    television.press(RemoteKey::Exit);
    television.choose("tile-check-in");
    television.sees(PageKind::CheckIn);
    assert_eq!(television.page().lead, None);
}

/// Invariant 6, on the screen: "done" is said after the disk has it, not before.
#[test]
fn invariant_6_done_is_said_only_after_the_store_has_it() {
    let mut television = asked();
    television.disk_works = false;
    television.gateway_answers = false;
    television.press(RemoteKey::Confirm);
    television.sees_sentence("check-in-sending");
    assert!(!television.has_item("check-in-undo"));

    let mut television = asked();
    television.press(RemoteKey::Confirm);
    let stored = television.effects.iter().position(|effect| matches!(effect, Effect::Store(_)));
    let sent = television.effects.iter().position(|effect| matches!(effect, Effect::SendReport(_)));
    assert!(stored < sent, "stored {stored:?}, sent {sent:?}");
    television.sees_sentence("check-in-done");
}

#[test]
fn what_the_disk_refused_is_done_once_the_town_has_it() {
    let mut television = asked();
    television.disk_works = false;
    television.press(RemoteKey::Confirm);
    television.sees_sentence("check-in-done");
    assert_eq!(conditions(&television), [(Condition::Good, false)]);
}

#[test]
fn an_answer_is_taken_back_within_the_time_that_the_town_gives() {
    let mut television = asked();
    television.press(RemoteKey::Confirm);
    television.choose_here("check-in-undo");
    television.sees_sentence("check-in-withdrawn");
    let contents = television.delivered_contents();
    let [ReportContent::CheckIn { .. }, ReportContent::CheckInWithdrawal { check_in, .. }] =
        &contents[..]
    else {
        panic!("an answer and its withdrawal: {contents:?}");
    };
    assert_eq!(*check_in, television.delivered[0].report_id);
    television.choose_here("check-in-answer-again");
    television.sees_sentence("check-in-title");
    assert_eq!(television.page().detail, None, "today's answer was taken back");
}

#[test]
fn taking_a_second_answer_back_leaves_the_first_one_standing_and_says_so() {
    let mut television = asked();
    television.press(RemoteKey::Confirm);
    television.press(RemoteKey::Exit);
    television.choose("tile-check-in");
    television.sees_sentence("check-in-again");
    for _ in 0..2 {
        television.choose_here("condition-normal");
        television.choose_here("check-in-undo");
        assert_eq!(arguments(&television, "check-in-withdrawn-standing"), ["condition-good"]);
        television.choose_here("check-in-answer-again");
        television.sees_sentence("check-in-again");
    }

    let mut television = asked();
    television.press(RemoteKey::Confirm);
    television.choose_here("check-in-undo");
    television.sees_sentence("check-in-withdrawn-empty");
}

#[test]
fn an_answer_given_at_another_box_stands_too() {
    let mut television = Television::at_home();
    television.answered_elsewhere = true;
    television.insert(Card::of_hana());
    television.is_live_television();
    television.choose("tile-check-in");
    television.sees_sentence("check-in-again");
    television.choose_here("condition-normal");
    television.choose_here("check-in-undo");
    television.sees_sentence("check-in-withdrawn-earlier");
}

#[test]
fn the_undo_goes_when_its_time_is_over_and_the_focus_stays_somewhere() {
    let mut television = asked();
    television.press(RemoteKey::Confirm);
    television.press(RemoteKey::Right);
    assert_eq!(television.page().focus, 1);
    television.wait(30_000);
    assert!(!television.has_item("check-in-undo"));
    assert_eq!(television.page().focus, 0);
    television.press(RemoteKey::Yellow);
    assert_eq!(television.delivered.len(), 1);
}

#[test]
fn without_the_gateway_the_answer_is_kept_and_said_to_go_later() {
    let mut television = asked();
    television.gateway_answers = false;
    television.happens(Event::LinkLost);
    television.press(RemoteKey::Confirm);
    television.sees_sentence("check-in-done");
    television.sees_sentence("check-in-sent-later");
    television.wait(600_000);
    assert_eq!(television.delivered.len(), 0);

    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    assert_eq!(conditions(&television), [(Condition::Good, false)]);
    assert!(television.disk.outbox.is_empty());
}

#[test]
fn an_answer_the_gateway_will_never_take_is_told_and_not_sent_again() {
    let mut television = asked();
    television.gateway_answers = false;
    television.press(RemoteKey::Confirm);
    let id = television.disk.outbox[0].report_id;
    television.happens(Event::ReportRefused {
        report_id: id,
        code: gateway_api::problem::ProblemCode::SessionRefused,
    });
    television.sees_sentence("check-in-refused");
    assert_eq!(television.view().toast.map(|toast| toast.id), Some("toast-report-refused-phone"));
    assert!(television.disk.outbox.is_empty());
    television.gateway_answers = true;
    television.wait(120_000);
    let [ReportContent::Telemetry { refused_reports, .. }] = &television.delivered_contents()[..]
    else {
        panic!("only the count is sent: {:?}", television.delivered);
    };
    assert_eq!(refused_reports[0].count, 1);
}

#[test]
fn a_home_that_does_not_take_part_is_not_asked() {
    let mut television = Television::cold();
    let mut provisioning = television.town.provisioning();
    provisioning.check_in.enabled = false;
    television.disk.provisioning = Some(provisioning);
    television.start();
    television.insert(Card::of_hana());
    television.is_live_television();
    television.press(RemoteKey::Home);
    assert!(!television.has_item("tile-check-in"));
}
