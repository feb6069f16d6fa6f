//! The town's heartbeat on the whole box: what was missed, what time it is, and what is kept of it.

use evacuation::hazard::Level;
use stb_core::{
    effect::{Effect, StoreCommand},
    event::Event,
};

use crate::{
    bad_days::counted,
    television::Television,
    town::{EVENING, area_id},
};

const HOUR_MS: i64 = 3_600_000;
const YEAR_MS: i64 = 365 * 24 * HOUR_MS;

#[test]
fn a_gap_seen_by_the_heartbeat_is_fetched_with_a_spread() {
    let mut television = Television::at_home();
    let missed = television.town.flood(Level::Four);
    let heartbeat = television.town.heartbeat(&[missed.id], television.now.wall_ms);
    television.take_effects();
    television.happens(Event::HeartbeatArrived(heartbeat.clone()));
    let fetches = |television: &Television| {
        let fetch = |effect: &&Effect| matches!(effect, Effect::FetchOrders { .. });
        television.effects.iter().filter(fetch).cloned().collect::<Vec<_>>()
    };
    let expected = Effect::FetchOrders { after_sequence: 0, spread_ms: 5_000 };
    assert_eq!(fetches(&television), std::slice::from_ref(&expected));
    television.wait(10_000);
    television.happens(Event::HeartbeatArrived(heartbeat.clone()));
    assert_eq!(fetches(&television).len(), 1, "the answer may be on its way");
    television.wait(10_000);
    television.happens(Event::HeartbeatArrived(heartbeat));
    assert_eq!(fetches(&television), [expected.clone(), expected]);
    let bytes = television.town.sign(&missed);
    television.receive(bytes);
    assert!(television.takeover().is_some());
}

#[test]
fn a_heartbeat_tells_a_wrong_clock_that_an_order_is_over() {
    let mut television = Television::at_home();
    television.now.wall_ms -= YEAR_MS;
    television.now.wall_trusted = false;
    let order = television.town.flood(Level::Four);
    let late = EVENING + 13 * 3_600_000;
    let heartbeat = television.town.heartbeat(&[], late);
    television.happens(Event::HeartbeatArrived(heartbeat));
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert_eq!(television.takeover(), None);
}

fn stored_books(television: &Television) -> usize {
    let is_book = |effect: &&Effect| matches!(effect, Effect::Store(StoreCommand::SaveOrders(_)));
    television.effects.iter().filter(is_book).count()
}

/// Invariant 3 over a power cut, on the whole box with its own store and without a clock: what was
/// heard last counts, also where it changed nothing on the screen.
#[test]
fn invariant_3_an_old_heartbeat_after_a_restart_brings_no_ended_order_back() {
    let mut television = Television::at_home();
    television.now.wall_ms = 0;
    television.now.wall_trusted = false;
    let missed = television.town.flood(Level::Four);
    let mut elsewhere = television.town.flood(Level::Four);
    elsewhere.areas = vec![area_id("kiki")];
    let bytes = television.town.sign(&elsewhere);
    television.receive(bytes);
    let recorded = television.town.heartbeat(&[missed.id], EVENING + HOUR_MS);
    television.happens(Event::HeartbeatArrived(recorded.clone()));
    let over = television.town.heartbeat(&[], EVENING + 13 * HOUR_MS);
    television.happens(Event::HeartbeatArrived(over));
    television.restart();
    television.happens(Event::HeartbeatArrived(recorded));
    let bytes = television.town.sign(&missed);
    television.receive(bytes);
    assert_eq!(television.takeover(), None);
}

/// An order for others raises the count that replays are compared with: it must survive, too.
#[test]
fn invariant_3_an_order_for_others_is_remembered_over_a_restart() {
    let mut television = Television::at_home();
    let old = television.town.flood(Level::Four);
    let mut elsewhere = television.town.flood(Level::Four);
    elsewhere.areas = vec![area_id("kiki")];
    let bytes = television.town.sign(&elsewhere);
    television.receive(bytes);
    television.restart();
    let bytes = television.town.sign(&old);
    television.receive(bytes);
    assert_eq!(television.takeover(), None);
}

/// Flash memory wears: the time of a heartbeat that says nothing new is kept every few minutes.
#[test]
fn a_heartbeat_without_news_is_stored_every_few_minutes_only() {
    let mut television = Television::at_home();
    television.take_effects();
    let recorded = television.town.heartbeat(&[], television.now.wall_ms);
    for _ in 0..360 {
        television.wait(10_000);
        let heartbeat = television.town.heartbeat(&[], television.now.wall_ms);
        television.happens(Event::HeartbeatArrived(heartbeat));
    }
    let stored = stored_books(&television);
    assert!((10..=13).contains(&stored), "{stored} times in an hour");
    television.take_effects();
    television.wait(10_000);
    let news = television.town.flood(Level::Four);
    let heartbeat = television.town.heartbeat(&[news.id], television.now.wall_ms);
    television.happens(Event::HeartbeatArrived(heartbeat));
    assert_eq!(stored_books(&television), 1, "another list is kept at once");
    television.restart();
    television.happens(Event::LinkOpened);
    television.happens(Event::HeartbeatArrived(recorded));
    television.wait(61_000);
    assert_eq!(counted(&television), [("replayed".to_owned(), 1)]);
}
