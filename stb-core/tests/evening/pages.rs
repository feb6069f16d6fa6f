//! Pages that only show something: the plan of the home, who looked.

use evacuation::{
    hazard::{Hazard, Level},
    order::{Act, Order},
};
use gateway_api::resident::{AccessLog, View};
use stb_core::{
    event::Event,
    key::RemoteKey,
    phrase::{Arg, Phrase},
    view::{Body, PageKind, Row},
};

use crate::{card::Card, television::Television, town::EVENING};

fn rows(television: &Television) -> Vec<Row> {
    match television.page().body {
        Body::Rows { rows, .. } => rows,
        other => panic!("no table, but {other:?}"),
    }
}

fn text<'a>(phrase: &'a Phrase, name: &str) -> Option<&'a str> {
    phrase.args.iter().find_map(|(key, value)| match value {
        Arg::Text(text) if *key == name => Some(text.as_str()),
        _ => None,
    })
}

#[test]
fn the_plan_names_a_suitable_place_for_each_hazard_without_any_order() {
    let mut television = Television::at_home();
    television.choose("tile-plan");
    television.sees(PageKind::EvacuationPlan);
    let rows_shown = rows(&television);
    let place = |hazard: &str| {
        let row = rows_shown.iter().find(|row| row.label.id == hazard);
        row.and_then(|row| text(&row.value, "name")).map(str::to_owned)
    };
    assert_eq!(place("hazard-tsunami").as_deref(), Some("薬王寺"));
    assert_eq!(place("hazard-landslide").as_deref(), Some("日和佐公民館"));
    assert_eq!(place("hazard-storm-surge"), None);

    television.choose_here("button-next-page");
    let people = rows(&television);
    assert_eq!(text(&people[0].label, "name"), Some("中村 ハナ"));
    assert_eq!(text(&people[0].value, "supporter"), Some("佐藤 正"));
}

#[test]
fn without_provisioning_the_plan_says_so() {
    let mut television = Television::cold();
    television.start();
    television.choose("tile-plan");
    television.sees_sentence("plan-unknown");
}

fn log(count: usize) -> AccessLog {
    let view = |number: usize| View {
        at_ms: EVENING - i64::try_from(number).expect("few") * 86_400_000,
        viewer: "健康づくり課 保健師".to_owned(),
        object: format!("きょうの体調 {number}"),
        purpose: "きょうの様子を確認".to_owned(),
        looks: 1 + u32::try_from(number).expect("few"),
        last_at_ms: None,
    };
    AccessLog { views: (0..count).map(view).collect() }
}

#[test]
fn a_resident_sees_who_looked_at_their_data() {
    let mut television = Television::at_home();
    television.insert(Card::of_hana());
    television.press(RemoteKey::Back);
    television.choose("tile-access-log");
    television.sees(PageKind::Pin);
    television.type_pin(b"7391");
    television.sees_sentence("access-log-loading");
    television.happens(Event::AccessLogArrived(Some(log(7))));
    assert_eq!(rows(&television).len(), 5);
    let (once, again) = (&rows(&television)[0], &rows(&television)[1]);
    assert_eq!((once.label.id, once.value.id), ("access-log-time", "access-log-look"));
    assert_eq!(text(&once.label, "digits"), Some("00"), "18:00");
    assert_eq!(text(&once.value, "viewer"), Some("健康づくり課 保健師"));
    assert_eq!(text(&once.value, "purpose"), Some("きょうの様子を確認"));
    assert_eq!(again.value.id, "access-log-looks");
    television.choose_here("button-next-page");
    assert_eq!(rows(&television).len(), 2);
    television.pull_card();
    television.sees(PageKind::Home);
}

#[test]
fn a_log_that_cannot_be_read_offers_to_try_again() {
    let mut television = Television::at_home();
    television.insert(Card::of_hana());
    television.press(RemoteKey::Back);
    television.choose("tile-access-log");
    television.type_pin(b"7391");
    television.happens(Event::AccessLogArrived(None));
    television.sees_sentence("access-log-failed");
    television.choose_here("button-retry");
    television.happens(Event::AccessLogArrived(Some(log(0))));
    television.sees_sentence("access-log-empty");
}

fn tiles(television: &mut Television) -> Vec<&'static str> {
    television.press(RemoteKey::Home);
    let tiles = television.page().items.iter().map(|item| item.label.id).collect();
    television.press(RemoteKey::Exit);
    tiles
}

fn receive(television: &mut Television, order: &Order) {
    let bytes = television.town.sign(order);
    television.receive(bytes);
    television.wait(1_000);
}

/// Whatever comes, each tile that stays stands where the hand knows it.
#[test]
fn every_tile_of_the_home_page_keeps_its_place() {
    let mut television = Television::at_home();
    let usual = tiles(&mut television);
    assert_eq!(
        usual,
        [
            "tile-check-in",
            "tile-login",
            "tile-plan",
            "tile-access-log",
            "tile-services",
            "tile-settings"
        ]
    );
    let called = television.town.flood(Level::Four);
    receive(&mut television, &called);
    television.press_all(&[RemoteKey::Red, RemoteKey::Exit]);
    let mut expected = usual.clone();
    expected[3] = "tile-order";
    assert_eq!(tiles(&mut television), expected, "an order");
    let lift = television.town.about(&called, Act::Lift);
    receive(&mut television, &lift);
    television.press(RemoteKey::Exit);
    let other = television.town.order(Hazard::Landslide, Some(Level::Four));
    receive(&mut television, &other);
    television.press_all(&[RemoteKey::Blue, RemoteKey::Exit]);
    expected[4] = "tile-help";
    assert_eq!(tiles(&mut television), expected, "an order, and a call that outlived another");
    television.press(RemoteKey::Home);
    assert_eq!(television.focused(), "tile-order", "it begins on what is urgent");
    let lift = television.town.about(&other, Act::Lift);
    receive(&mut television, &lift);
    television.press(RemoteKey::Exit);
    expected[3] = "tile-access-log";
    assert_eq!(tiles(&mut television), expected, "a call that outlived its order");
    television.press(RemoteKey::Home);
    assert_eq!(television.focused(), "tile-help");
}

#[test]
fn a_touched_card_is_not_asked_to_log_in_but_for_its_pin() {
    let mut television = Television::at_home();
    television.insert(Card::of_hana());
    television.press(RemoteKey::Home);
    let page = television.page();
    assert_eq!(page.status.map(|status| status.id), Some("status-greeting"));
    assert_eq!(page.items[1].label.id, "tile-pin");
    television.choose_here("tile-pin");
    television.sees(PageKind::Pin);
}
