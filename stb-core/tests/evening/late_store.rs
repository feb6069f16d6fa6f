//! A slow disk: the store is read when the evening has already begun.

use evacuation::{hazard::Level, order::OrderId};
use stb_core::{
    event::Event,
    key::RemoteKey,
    view::{TakeoverStage, TextScale},
};

use crate::television::Television;

/// Provisioned and connected before the store said anything.
fn before_the_store() -> Television {
    let mut television = Television::cold();
    let provisioning = television.town.provisioning();
    television.happens(Event::LinkOpened);
    television.happens(Event::Provisioned(Box::new(provisioning)));
    television
}

#[test]
fn invariant_1_an_order_that_came_before_the_store_was_read_stays() {
    let mut yesterday = Television::at_home();
    yesterday.wait(3_000);
    let mut television = before_the_store();
    let order = television.town.flood(Level::Five);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
    television.disk = yesterday.disk;
    television.start();
    assert_eq!(television.stage(), Some(TakeoverStage::FullScreen));
    television.restart();
    assert_eq!(television.stage(), Some(TakeoverStage::FullScreen), "and it is on the disk");
}

#[test]
fn invariant_1_an_order_in_the_store_joins_the_one_that_came_before_it_was_read() {
    let mut yesterday = Television::at_home();
    let stored = yesterday.town.order(evacuation::hazard::Hazard::Landslide, Some(Level::Four));
    let bytes = yesterday.town.sign(&stored);
    yesterday.receive(bytes);
    let mut television = before_the_store();
    television.town = yesterday.town;
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    // The disk was read before anything was written to it.
    television.disk = yesterday.disk;
    television.start();
    let takeover = television.takeover().expect("both hold");
    assert_eq!(takeover.others, 1);
    let known: Vec<OrderId> = vec![stored.id, order.id];
    assert!(known.iter().any(|id| id.to_string() == takeover.order_id));
}

#[test]
fn what_the_gateway_sent_and_a_hand_chose_is_newer_than_the_store() {
    let mut old = Television::at_home();
    old.wait(3_000);
    let mut television = before_the_store();
    television.choose("tile-settings");
    television.choose_here("setting-scale");
    television.choose_here("scale-largest");
    let mut provisioning = television.town.provisioning();
    provisioning.version = 2;
    provisioning.household.municipality_name = "新しい町".to_owned();
    provisioning.channels.truncate(1);
    television.happens(Event::Provisioned(Box::new(provisioning)));
    television.disk = old.disk;
    television.start();
    assert_eq!(television.view().scale, TextScale::Largest);
    television.press_all(&[RemoteKey::Exit, RemoteKey::Digit(3)]);
    let banner = format!("{:?}", television.view().banner);
    assert!(banner.contains("no-such-channel"), "the channels of the store are older: {banner}");
}
