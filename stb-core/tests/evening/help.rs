//! A call for help outlives its order: it stays in sight, and can be taken back.

use evacuation::{
    hazard::Level,
    order::{Act, Mode, Order},
};
use gateway_api::report::{Answer, Report, ReportContent};
use stb_core::{event::Event, key::RemoteKey, view::PageKind};

use uuid::Uuid;

use crate::{takeover::answers, television::Television};

const DAY_MS: u64 = 86_400_000;

/// Somebody called for help under this order.
fn called(television: &mut Television, order: &Order) {
    let bytes = television.town.sign(order);
    television.receive(bytes);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Red, RemoteKey::Exit]);
}

fn told(television: &Television) -> Option<&'static str> {
    television.view().hint.map(|hint| hint.id).filter(|id| *id != "hint-begin")
}

fn last_answer(television: &Television) -> Option<(String, Answer)> {
    television.delivered_contents().into_iter().rev().find_map(|content| match content {
        ReportContent::OrderAnswer { order_id, answer } => Some((order_id, answer)),
        _ => None,
    })
}

#[track_caller]
fn takes_it_back(television: &mut Television, order: &Order) {
    assert_eq!(television.takeover(), None);
    assert_eq!(told(television), Some("help-remains"));
    television.press(RemoteKey::Confirm);
    assert_eq!(television.focused(), "tile-help");
    assert!(television.page().items.len() <= 6);
    television.press(RemoteKey::Confirm);
    television.sees(PageKind::Notice);
    television.sees_sentence("answer-delivered");
    assert_eq!(television.page().items[0].label.id, "help-keep", "a second press ends nothing");
    television.choose_here("help-end");
    assert_eq!(last_answer(television), Some((order.id.to_string(), Answer::Staying)));
    assert!(!television.has_item("tile-help"));
    television.press(RemoteKey::Exit);
    assert_eq!(told(television), None);
    television.restart();
    television.wait(10_000);
    assert_eq!(told(television), None);
}

#[test]
fn a_call_for_help_stays_in_sight_when_its_order_has_expired() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    called(&mut television, &order);
    assert_eq!(told(&television), None, "the line of the order tells it");
    television.wait(DAY_MS);
    takes_it_back(&mut television, &order);
}

#[test]
fn a_call_for_help_stays_in_sight_when_its_order_was_lifted_and_after_a_power_cut() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    called(&mut television, &order);
    let lift = television.town.about(&order, Act::Lift);
    let bytes = television.town.sign(&lift);
    television.receive(bytes);
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    television.restart();
    television.happens(Event::LinkOpened);
    // The name of the channel has left the screen.
    television.wait(10_000);
    takes_it_back(&mut television, &order);
}

#[test]
fn a_call_for_help_outlives_the_update_that_carried_it() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    called(&mut television, &order);
    let update = television.town.about(&order, Act::Update);
    let bytes = television.town.sign(&update);
    television.receive(bytes);
    television.wait(DAY_MS);
    takes_it_back(&mut television, &order);
}

#[test]
fn a_call_that_was_answered_otherwise_is_over() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    called(&mut television, &order);
    let update = television.town.about(&order, Act::Update);
    let bytes = television.town.sign(&update);
    television.receive(bytes);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Blue, RemoteKey::Right, RemoteKey::Confirm, RemoteKey::Exit]);
    television.wait(DAY_MS);
    assert_eq!((television.takeover(), told(&television)), (None, None));
}

#[test]
fn the_call_of_a_drill_ends_with_the_drill() {
    let mut television = Television::at_home();
    let mut order = television.town.flood(Level::Four);
    order.mode = Mode::Drill;
    called(&mut television, &order);
    assert_eq!(answers(&television), [Answer::NeedHelp]);
    television.wait(DAY_MS);
    assert_eq!((television.takeover(), told(&television)), (None, None));
}

#[test]
fn all_calls_are_taken_back_at_once_also_beside_another_order() {
    let mut television = Television::at_home();
    for _ in 0..2 {
        let order = television.town.flood(Level::Four);
        called(&mut television, &order);
        let lift = television.town.about(&order, Act::Lift);
        let bytes = television.town.sign(&lift);
        television.receive(bytes);
        television.press(RemoteKey::Exit);
    }
    let other = television.town.flood(Level::Four);
    let bytes = television.town.sign(&other);
    television.receive(bytes);
    television.wait(1_000);
    television.press_all(&[RemoteKey::Blue, RemoteKey::Exit]);
    television.press(RemoteKey::Home);
    assert!(television.has_item("tile-settings") && television.has_item("tile-plan"));
    television.choose("tile-help");
    television.choose_here("help-end");
    assert!(television.page().items.len() <= 6);
    let given = answers(&television);
    assert_eq!(given.iter().filter(|answer| **answer == Answer::Staying).count(), 2, "{given:?}");
    assert!(!television.has_item("tile-help"));
}

#[test]
fn a_call_that_has_not_arrived_yet_says_whom_to_ring() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    television.gateway_answers = false;
    television.happens(Event::LinkLost);
    called(&mut television, &order);
    television.wait(DAY_MS);
    assert_eq!(told(&television), Some("help-remains-unsent"));
    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    assert_eq!(told(&television), Some("help-remains"));
}

/// The gateway tells which of this home's calls staff has dealt with.
fn staff_deals_with(television: &mut Television, reports: &[Uuid]) {
    let mut provisioning = television.town.provisioning();
    provisioning.version += 1;
    provisioning.help_dealt_with = reports.to_vec();
    television.happens(Event::Provisioned(Box::new(provisioning)));
}

/// Ids of the calls for help that reached the town.
fn calls(television: &Television) -> Vec<Uuid> {
    let is_call = |report: &&Report| {
        matches!(report.content, ReportContent::OrderAnswer { answer: Answer::NeedHelp, .. })
    };
    television.delivered.iter().filter(is_call).map(|report| report.report_id).collect()
}

#[test]
fn a_call_that_staff_dealt_with_is_told_calmly_until_somebody_has_read_it() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    called(&mut television, &order);
    let call = calls(&television);
    staff_deals_with(&mut television, &call);
    let answered = television.takeover().and_then(|takeover| takeover.answered);
    assert_eq!(answered.map(|answered| answered.text.id), Some("answer-seen"));
    television.wait(DAY_MS);
    assert_eq!(told(&television), Some("help-seen"));
    television.restart();
    television.wait(10_000);
    assert_eq!(told(&television), Some("help-seen"), "kept through a power cut");
    television.press_all(&[RemoteKey::Confirm, RemoteKey::Confirm]);
    television.sees(PageKind::Notice);
    television.sees_sentence("help-seen");
    assert_eq!(television.page().items[0].label.id, "button-close");
    television.press(RemoteKey::Confirm);
    assert_eq!((television.takeover(), told(&television)), (None, None));
    television.restart();
    television.wait(10_000);
    assert_eq!(told(&television), None);
    assert_eq!(answers(&television), [Answer::NeedHelp], "nothing was taken back");
    // That was a mistake in the console.
    staff_deals_with(&mut television, &[]);
    assert_eq!(told(&television), Some("help-remains"));
}

#[test]
fn whoever_still_needs_help_calls_again() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    called(&mut television, &order);
    television.wait(DAY_MS);
    let first = calls(&television);
    staff_deals_with(&mut television, &first);
    television.press_all(&[RemoteKey::Confirm, RemoteKey::Confirm]);
    television.choose_here("help-again");
    assert_eq!(last_answer(&television), Some((order.id.to_string(), Answer::NeedHelp)));
    assert_eq!(calls(&television).len(), 2);
    television.press(RemoteKey::Exit);
    assert_eq!(told(&television), Some("help-remains"));
    // What was said of the call before says nothing of this one.
    staff_deals_with(&mut television, &first);
    assert_eq!(told(&television), Some("help-remains"));
}
