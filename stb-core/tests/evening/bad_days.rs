//! Bad days: what is not believed, power cuts, lost links, wrong clocks, odd names.

use base64::{Engine, engine::general_purpose::STANDARD};
use evacuation::{
    hazard::Level,
    order::{Act, Order},
};
use gateway_api::{
    provisioning::Provisioning,
    report::{Condition, Report, ReportContent},
};
use stb_core::{
    effect::Effect,
    event::Event,
    key::RemoteKey,
    view::{PageKind, Reached, TakeoverStage},
};

use crate::{
    card::Card,
    television::Television,
    town::{EVENING, Town, area_id},
};

const YEAR_MS: i64 = 365 * 86_400_000;

pub fn counted(television: &Television) -> Vec<(String, u32)> {
    let telemetry =
        television.delivered_contents().into_iter().filter_map(|content| match content {
            ReportContent::Telemetry { refused_orders, .. } => Some(refused_orders),
            _ => None,
        });
    telemetry.flatten().map(|entry| (entry.reason, entry.count)).collect()
}

#[track_caller]
fn check_refused(reason: &str, make: impl Fn(&mut Town) -> Vec<u8>) {
    let mut television = Television::at_home();
    let bytes = make(&mut television.town);
    television.receive(bytes);
    assert_eq!(television.takeover(), None, "{reason}");
    assert!(!television.spoken().contains(&"spoken-call"));
    television.wait(61_000);
    assert_eq!(counted(&television), [(reason.to_owned(), 1)]);
}

/// Invariant 3: nothing is shown that the town did not sign for this purpose; all is counted.
#[test]
fn invariant_3_only_the_town_orders() {
    check_refused("unknown-key", |town| Town::sign_with_foreign_key(&town.flood(Level::Four)));
    check_refused("wrong-key-usage", |town| {
        let order = town.flood(Level::Four);
        town.sign_with_drill_key(&order)
    });
    check_refused("bad-signature", |town| {
        let order = town.flood(Level::Four);
        let mut bytes = town.sign(&order);
        *bytes.last_mut().expect("signed") ^= 1;
        bytes
    });
    check_refused("malformed", |_| b"\x01not an order".to_vec());
    check_refused("too-large", |_| vec![0; 70_000]);
    check_refused("other-area", |town| {
        let mut order = town.flood(Level::Four);
        order.areas = vec![area_id("kiki")];
        town.sign(&order)
    });
    check_refused("expired", |town| {
        let mut order = town.flood(Level::Four);
        order.issued_at.0 -= 2 * 86_400_000;
        order.expires_at.0 -= 2 * 86_400_000;
        town.sign(&order)
    });
}

#[test]
fn a_replayed_or_older_order_shows_nothing_and_is_counted() {
    let mut television = Television::at_home();
    let old = television.town.flood(Level::Five);
    let order = television.town.flood(Level::Four);
    let lift = television.town.about(&order, Act::Lift);
    for order in [&order, &lift] {
        let bytes = television.town.sign(order);
        television.receive(bytes);
    }
    television.press(RemoteKey::Exit);
    assert_eq!(television.takeover(), None);
    for order in [&order, &old] {
        let bytes = television.town.sign(order);
        television.receive(bytes);
        assert_eq!(television.takeover(), None);
    }
    television.wait(61_000);
    assert_eq!(counted(&television), [("replayed".to_owned(), 1)]);
}

#[test]
fn repeats_by_multicast_are_counted_once_and_show_nothing_new() {
    let mut television = Television::at_home();
    let mut order = television.town.flood(Level::Four);
    order.areas = vec![area_id("kiki")];
    let bytes = television.town.sign(&order);
    for _ in 0..20 {
        television.receive(bytes.clone());
    }
    television.wait(61_000);
    assert_eq!(counted(&television), [("other-area".to_owned(), 1)]);
}

#[test]
fn a_revoked_key_orders_nothing_any_more_and_an_old_manifest_does_not_bring_it_back() {
    let mut television = Television::at_home();
    let manifest = |television: &Television, version, revoked| Provisioning {
        version: 9,
        key_manifest: television.town.manifest(version, revoked),
        ..television.town.provisioning()
    };
    let revoking = manifest(&television, 2, true);
    television.happens(Event::Provisioned(Box::new(revoking)));
    let replayed = manifest(&television, 1, false);
    television.happens(Event::Provisioned(Box::new(replayed)));
    television.restart();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert_eq!(television.takeover(), None);
}

#[test]
fn provisioning_signed_by_another_root_changes_nobodys_keys() {
    let mut television = Television::at_home();
    let mut provisioning = television.town.provisioning();
    provisioning.version = 2;
    provisioning.key_manifest = "AAAA".to_owned();
    television.happens(Event::Provisioned(Box::new(provisioning)));
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.takeover().is_some());
}

#[test]
fn a_power_cut_during_an_order_brings_it_back_without_the_gateway() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.gateway_answers = false;
    television.restart();
    assert_eq!(television.stage(), Some(TakeoverStage::Band));
    assert!(television.spoken().contains(&"spoken-call"));
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    television.restart();
    assert_eq!(television.stage(), Some(TakeoverStage::Notice), "the answer is remembered too");
}

/// The stored book, with its checksum, as somebody would write it who has the disk but no key.
fn tampered(stored: &[u8], change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut json: serde_json::Value = serde_json::from_slice(stored).expect("a stored book");
    let book = STANDARD.decode(json["book"].as_str().expect("text")).expect("base64");
    let mut content = book[..book.len() - 4].to_vec();
    change(&mut content);
    content.extend(crc32(&content).to_be_bytes());
    json["book"] = STANDARD.encode(content).into();
    serde_json::to_vec(&json).expect("plain data")
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 }
        })
    })
}

fn position(content: &[u8], wanted: &[u8]) -> usize {
    let mut windows = content.windows(wanted.len());
    windows.position(|window| window == wanted).expect("it is stored")
}

/// Invariant 3 over a restart: an order whose bytes were changed on the box's disk is not shown,
/// though the checksum fits and the gateway is away; and it is counted.
#[test]
fn invariant_3_a_stored_order_is_verified_again_at_the_start() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Three);
    let bytes = television.town.sign(&order);
    television.receive(bytes.clone());
    let stored = television.disk.orders.clone().expect("it is stored");
    television.gateway_answers = false;

    television.disk.orders = Some(tampered(&stored, |_| {}));
    television.restart();
    assert!(television.takeover().is_some(), "what the town signed is shown again");

    let forged = tampered(&stored, |content| {
        let at = position(content, &bytes);
        let reason = "水位".as_bytes();
        let at = at + position(&bytes, reason);
        content[at..at + 3].copy_from_slice("火".as_bytes());
    });
    television.disk.orders = Some(forged);
    television.restart();
    assert_eq!(television.takeover(), None);
    assert!(!television.spoken().contains(&"spoken-call"));
    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    television.wait(61_000);
    assert_eq!(counted(&television), [("bad-signature".to_owned(), 1)]);
}

/// Invariant 3: keys that were stored with the order are believed only under the root.
#[test]
fn invariant_3_stored_keys_of_another_root_show_nothing() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    let provisioning = television.disk.provisioning.as_mut().expect("it is stored");
    provisioning.key_manifest = Town::manifest_of_another_root();
    television.gateway_answers = false;
    television.restart();
    assert_eq!(television.takeover(), None);
}

#[test]
fn a_damaged_order_book_does_not_stop_the_box() {
    let mut television = Television::at_home();
    television.disk.orders = Some(b"\x00\xff".to_vec());
    television.restart();
    television.happens(Event::LinkOpened);
    television.wait(61_000);
    assert_eq!(counted(&television), [("damaged-book".to_owned(), 1)]);
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.takeover().is_some());
}

/// Invariant 6: kill -9 of the box and a gateway that comes back late lose nothing and double
/// nothing.
#[test]
fn invariant_6_a_check_in_survives_power_cuts_and_arrives_once() {
    let mut television = Television::at_home();
    television.insert(Card::of_hana());
    television.gateway_answers = false;
    television.press(RemoteKey::Confirm);
    television.sees_sentence("check-in-done");
    for _ in 0..3 {
        television.card = None;
        television.restart();
        television.wait(10_000);
    }
    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    television.wait(300_000);
    let contents = television.delivered_contents();
    assert!(
        matches!(contents[..], [ReportContent::CheckIn { condition: Condition::Good, .. }]),
        "{contents:?}"
    );
    assert!(television.disk.outbox.is_empty());
    assert_eq!(television.delivered[0].happened_at_ms / 60_000, EVENING / 60_000);
}

/// Invariant 6: an answer stands in the store, but the report of it does not: the power was cut
/// between the two, or the disk refused one. The screen claims nothing, and the town hears of it.
#[test]
fn invariant_6_an_answer_to_an_order_whose_report_was_lost_is_sent_again() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.wait(1_000);
    television.gateway_answers = false;
    television.happens(Event::LinkLost);
    television.press(RemoteKey::Red);
    television.disk.outbox.clear();
    television.restart();
    let reached = |television: &Television| {
        let answered = television.takeover().and_then(|takeover| takeover.answered);
        answered.map(|answered| answered.reached)
    };
    assert_eq!(reached(&television), Some(Reached::NotYet));
    television.gateway_answers = true;
    let before = television.disk.clone();
    television.happens(Event::LinkOpened);
    assert_eq!(reached(&television), Some(Reached::Town));
    television.restart();
    assert_eq!(reached(&television), Some(Reached::Town));
    // The power was cut once more, before the box kept that the town has it.
    television.disk = before;
    television.gateway_answers = false;
    television.restart();
    assert_eq!(reached(&television), Some(Reached::NotYet));
    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    assert_eq!(reached(&television), Some(Reached::Town));
    let answer = |report: &&Report| matches!(report.content, ReportContent::OrderAnswer { .. });
    let answers: Vec<&Report> = television.delivered.iter().filter(answer).collect();
    let again = television.effects.iter().rev().find_map(|effect| match effect {
        Effect::SendReport(report) => Some(report).filter(answer),
        _ => None,
    });
    assert_eq!(answers.len(), 1);
    assert_eq!(again, Some(answers[0]), "the very same report: the town applies it once");
}

#[test]
fn reports_keep_their_order_and_one_is_on_its_way_at_a_time() {
    let mut television = Television::at_home();
    television.insert(Card::of_hana());
    television.gateway_answers = false;
    television.press(RemoteKey::Confirm);
    television.choose_here("check-in-undo");
    television.wait(120_000);
    let sent: Vec<_> = television
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::SendReport(report) => Some(report.report_id),
            _ => None,
        })
        .collect();
    assert!(sent.len() > 2 && sent.iter().all(|id| *id == sent[0]), "the first goes first");
    television.gateway_answers = true;
    television.happens(Event::LinkOpened);
    let contents = television.delivered_contents();
    assert!(matches!(
        contents[..],
        [ReportContent::CheckIn { .. }, ReportContent::CheckInWithdrawal { .. }]
    ));
}

#[track_caller]
fn check_clock(offset_ms: i64, trusted: bool, shown: bool) {
    let mut television = Television::cold();
    television.now.wall_ms += offset_ms;
    television.now.wall_trusted = trusted;
    television.disk.provisioning = Some(television.town.provisioning());
    television.start();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert_eq!(television.takeover().is_some(), shown, "{offset_ms} ms off, trusted {trusted}");
    if shown {
        television.wait(1_000);
        television.press(RemoteKey::Confirm);
        television.wait(3_600_000);
        assert_eq!(television.stage(), Some(TakeoverStage::Notice), "it stays in force");
    }
}

#[test]
fn a_clock_wrong_by_a_year_hides_no_order() {
    check_clock(0, true, true);
    check_clock(YEAR_MS, false, true);
    check_clock(-YEAR_MS, false, true);
    check_clock(-YEAR_MS, true, true);
}

#[test]
fn an_order_ends_by_itself_when_its_time_is_over() {
    let mut television = Television::at_home();
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.wait(12 * 3_600_000 - 1_000);
    assert!(television.takeover().is_some());
    television.wait(2_000);
    assert_eq!(television.takeover(), None);
    television.is_live_television();
}

#[test]
fn answers_bear_the_time_of_the_press_and_whether_the_clock_was_right() {
    let mut television = Television::at_home();
    television.now.wall_ms -= YEAR_MS;
    television.now.wall_trusted = false;
    let order = television.town.flood(Level::Four);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    television.wait(1_000);
    television.press(RemoteKey::Confirm);
    let answer = television.delivered.last().expect("the answer was sent");
    assert!(matches!(answer.content, ReportContent::OrderAnswer { .. }));
    assert_eq!((answer.happened_at_ms, answer.clock_trusted), (television.now.wall_ms, false));
}

#[test]
fn odd_names_pass_through_unbroken() {
    for name in ["", "　", &"あ".repeat(100), "𠮷野 髙﨑", "ﾅｶﾑﾗ ﾊﾅ", "a\u{202E}b\n\0"]
    {
        let mut television = Television::cold();
        let mut provisioning = television.town.provisioning();
        provisioning.household.residents[0].name = name.to_owned();
        provisioning.household.residents[0].kana = "ﾅｶﾑﾗ ﾊﾅ".to_owned();
        television.disk.provisioning = Some(provisioning);
        television.start();
        television.choose("tile-plan");
        television.sees(PageKind::EvacuationPlan);
        let order = television.town.flood(Level::Four);
        let bytes = television.town.sign(&order);
        television.receive(bytes);
        assert!(television.takeover().is_some(), "{name:?}");
    }
}

#[test]
fn a_broken_line_in_the_tables_does_not_keep_orders_away() {
    let mut television = Television::cold();
    let mut provisioning = television.town.provisioning();
    provisioning.household.area_id = "a very long id that no table has".to_owned();
    provisioning.shelters[0].shelter_id = String::new();
    provisioning.areas[1].area_id = "日本語".to_owned();
    television.disk.provisioning = Some(provisioning);
    television.start();
    let mut order: Order = television.town.flood(Level::Four);
    order.areas.clear();
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert!(television.takeover().is_some(), "the whole town is meant");
}

#[test]
fn a_box_that_was_never_provisioned_is_a_television_without_channels() {
    let mut television = Television::cold();
    television.start();
    assert_eq!(television.view().picture.notice.map(|notice| notice.id), Some("no-channels"));
    let order = television.town.flood(Level::Five);
    let bytes = television.town.sign(&order);
    television.receive(bytes);
    assert_eq!(television.takeover(), None, "no key is known, nothing is believed");
}
