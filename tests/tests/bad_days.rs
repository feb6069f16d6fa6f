//! Days on which something breaks: power, network, clock, card service, and people who forge.
//!
//! Every part is real; a town is founded for each day.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use evacuation::order::{Mode, UnixMillis};
use hitokoe_tests::{
    forge::{self, HOUR_MS, Key},
    marks::now_us,
    town::{HOME, Options, Town, cards::PIN},
};

/// District of the demo home, and one in which nobody of it lives.
const HERE: &str = "A14";
const ELSEWHERE: &str = "A03";

/// Everything the box does by itself is done within this.
const SOON: Duration = Duration::from_secs(20);

/// Counts of refused orders leave the box within a minute after the first refusal.
const COUNTS: Duration = Duration::from_secs(90);

/// An order on the screen again after a power cut, from the box's own store.
const BACK_AGAIN_US: i64 = 3_000_000;

fn without_channels() -> Options {
    Options { channels: false, ..Options::default() }
}

fn now_ms() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

/// Inserts the card of the house and opens the daily question by remote.
fn open_check_in(town: &Town) -> Result<()> {
    let marks = town.marks();
    let inserted = now_us();
    town.cards.insert("hana")?;
    marks.wait_page("CheckIn", inserted, SOON)
}

/// Walks to the login by remote and waits for the page that follows; gives when it began.
fn ask_for_login(town: &Town, page: &str) -> Result<i64> {
    let marks = town.marks();
    let pressed = now_us();
    town.display.press("Home")?;
    marks.wait_page("Home", pressed, SOON)?;
    town.display.press("Right")?;
    town.display.press("Return")?;
    marks.wait_page(page, pressed, SOON)?;
    Ok(pressed)
}

#[test]
fn invariant_6_a_check_in_answered_while_the_gateway_is_dead_arrives_once() -> Result<()> {
    let mut town = Town::start(without_channels(), None)?;
    open_check_in(&town)?;
    town.kill_gateway()?;
    let pressed = now_us();
    town.display.press("Return")?;
    town.marks().wait_page("CheckInDone", pressed, SOON)?;
    // The box loses power too, before anything was delivered.
    town.kill_box()?;
    town.start_box(None)?;
    town.start_gateway()?;
    town.wait_for_count("SELECT COUNT(*) FROM check_in", 1, SOON)?;
    // And again: nothing is sent twice after another start.
    town.kill_box()?;
    let begun = town.start_box(None)?;
    town.marks().wait("restored", begun, SOON)?;
    town.wait_for_count("SELECT COUNT(*) FROM check_in", 1, SOON)?;
    town.wait_for_count("SELECT COUNT(*) FROM report WHERE kind = 'check-in'", 1, SOON)
}

#[test]
fn invariant_1_an_order_is_back_after_a_power_cut_without_gateway() -> Result<()> {
    let mut town = Town::start(without_channels(), None)?;
    let sent = now_us();
    let order = forge::order(HERE, 1, now_ms()?)?;
    forge::send(&town, &forge::sign(&town, &order, Key::Order)?)?;
    town.marks().wait("takeover-painted", sent, SOON)?;
    town.kill_gateway()?;
    town.kill_box()?;
    let begun = town.start_box(None)?;
    let painted = town.marks().wait("takeover-painted", begun, SOON)?;
    assert_eq!(painted.detail, Some(order.id.to_string()));
    assert!(
        painted.at_us - begun <= BACK_AGAIN_US,
        "the order was back only after {} ms",
        (painted.at_us - begun) / 1_000
    );
    Ok(())
}

#[test]
fn invariant_3_forged_replayed_expired_and_foreign_orders_are_counted_and_never_shown() -> Result<()>
{
    let town = Town::start(without_channels(), None)?;
    let now = now_ms()?;
    let begun = now_us();
    let forge_and_send =
        |sequence: u64, key: Key, change: &dyn Fn(&mut evacuation::order::Order)| {
            let mut order = forge::order(HERE, sequence, now)?;
            change(&mut order);
            let bytes = forge::sign(&town, &order, key)?;
            forge::send(&town, &bytes)?;
            Ok::<_, anyhow::Error>(bytes)
        };
    forge_and_send(10, Key::Stranger, &|_| ())?;
    forge_and_send(11, Key::Drill, &|_| ())?;
    forge_and_send(12, Key::Order, &|order| {
        order.issued_at = UnixMillis(now - 2 * HOUR_MS);
        order.expires_at = UnixMillis(now - HOUR_MS);
    })?;
    forge_and_send(13, Key::Order, &|order| {
        order.areas = vec![evacuation::area::AreaId::new(ELSEWHERE).expect("an id")];
    })?;
    // The order before was genuine, so this one is older than what the box has seen.
    forge_and_send(5, Key::Order, &|_| ())?;
    let mut broken = forge::sign(&town, &forge::order(HERE, 14, now)?, Key::Order)?;
    let last = broken.len() - 1;
    broken[last] ^= 1;
    forge::send(&town, &broken)?;
    forge::send(&town, b"not an order at all")?;
    for reason in [
        "unknown-key",
        "wrong-key-usage",
        "expired",
        "other-area",
        "replayed",
        "bad-signature",
        "malformed",
    ] {
        let query =
            format!("SELECT COALESCE(SUM(total), 0) FROM refused_count WHERE reason = '{reason}'");
        town.wait_for_count(&query, 1, COUNTS)?;
    }
    let shown = town.marks().first_after("takeover-painted", begun)?;
    assert!(shown.is_none(), "something was shown: {shown:?}");
    // The same box still shows what is genuine and newer.
    let sent = now_us();
    forge_and_send(20, Key::Order, &|_| ())?;
    town.marks().wait("takeover-painted", sent, SOON)?;
    Ok(())
}

#[test]
fn a_drill_is_shown_and_a_genuine_order_goes_before_it() -> Result<()> {
    let town = Town::start(without_channels(), None)?;
    let now = now_ms()?;
    let sent = now_us();
    let mut drill = forge::order(HERE, 1, now)?;
    drill.mode = Mode::Drill;
    forge::send(&town, &forge::sign(&town, &drill, Key::Drill)?)?;
    let shown = town.marks().wait("takeover-painted", sent, SOON)?;
    assert_eq!(shown.detail, Some(drill.id.to_string()));
    let sent = now_us();
    let order = forge::order(HERE, 2, now)?;
    forge::send(&town, &forge::sign(&town, &order, Key::Order)?)?;
    let shown = town.marks().wait("takeover-painted", sent, SOON)?;
    assert_eq!(shown.detail, Some(order.id.to_string()));
    Ok(())
}

#[test]
fn invariant_1_an_order_stands_above_the_pin_page_and_the_pin_is_gone() -> Result<()> {
    let town = Town::start(without_channels(), None)?;
    let marks = town.marks();
    let pressed = ask_for_login(&town, "CardPrompt")?;
    town.cards.insert("hana")?;
    marks.wait_page("Pin", pressed, SOON)?;
    for digit in PIN.chars().take(3) {
        town.display.press(&digit.to_string())?;
    }
    let sent = now_us();
    let order = forge::order(HERE, 1, now_ms()?)?;
    forge::send(&town, &forge::sign(&town, &order, Key::Order)?)?;
    marks.wait("takeover-painted", sent, SOON)?;
    // The order is answered; the digit that was still missing completes nothing.
    town.display.look_up();
    town.display.press("Return")?;
    town.wait_for_count("SELECT COUNT(*) FROM order_answer", 1, SOON)?;
    town.display.press("Escape")?;
    for digit in PIN.chars().skip(3) {
        town.display.press(&digit.to_string())?;
    }
    let pressed = now_us();
    town.display.press("Home")?;
    marks.wait_page("Home", pressed, SOON)?;
    assert!(marks.first_after("pin-last-digit", 0)?.is_none(), "a PIN was completed");
    Ok(())
}

#[test]
fn a_card_pulled_before_its_signature_is_told_and_leaves_no_session() -> Result<()> {
    let town = Town::start(without_channels(), None)?;
    let marks = town.marks();
    let pressed = ask_for_login(&town, "CardPrompt")?;
    // This card leaves the reader when it is asked to sign.
    town.cards.insert("pulled")?;
    marks.wait_page("Pin", pressed, SOON)?;
    let entered = now_us();
    for digit in PIN.chars() {
        town.display.press(&digit.to_string())?;
    }
    marks.wait_page("CardTrouble", entered, SOON)?;
    assert_eq!(town.count("SELECT COUNT(*) FROM session WHERE level >= 2")?, 0);
    // The reader's own word about the empty slot does not take the explanation away: it stays until
    // somebody has read it and puts a card in again.
    town.display.read();
    town.cards.insert("hana")?;
    marks.wait_page("Pin", entered, SOON)?;
    let painted = marks.all()?.into_iter().filter(|mark| mark.mark == "page-painted");
    let prompts = painted.filter(|mark| mark.at_us >= entered).filter_map(|mark| mark.detail);
    assert!(!prompts.into_iter().any(|page| page == "CardPrompt"), "the explanation was lost");
    Ok(())
}

#[test]
fn a_dead_card_service_is_told_and_comes_back() -> Result<()> {
    let mut town = Town::start(without_channels(), None)?;
    let marks = town.marks();
    town.cards.service.stop();
    ask_for_login(&town, "CardTrouble")?;
    town.cards.service.restart()?;
    let inserted = now_us();
    town.display.press("Escape")?;
    town.cards.insert("hana")?;
    marks.wait_page("CheckIn", inserted, SOON)
}

#[test]
fn invariant_1_an_order_is_shown_although_the_clock_is_a_year_behind() -> Result<()> {
    an_order_is_shown_with_the_clock_at("-365d")
}

#[test]
fn invariant_1_an_order_is_shown_although_the_clock_is_a_year_ahead() -> Result<()> {
    an_order_is_shown_with_the_clock_at("+365d")
}

fn an_order_is_shown_with_the_clock_at(offset: &str) -> Result<()> {
    let mut town = Town::start(without_channels(), None)?;
    town.kill_box()?;
    town.box_environment = vec![
        ("LD_PRELOAD".into(), "libfaketime.so.1".into()),
        ("FAKETIME".into(), offset.into()),
        ("FAKETIME_DONT_FAKE_MONOTONIC".into(), "1".into()),
    ];
    town.start_box(None)?;
    let sent = now_us();
    let order = forge::order(HERE, 1, now_ms()?)?;
    forge::send(&town, &forge::sign(&town, &order, Key::Order)?)?;
    town.marks().wait("takeover-painted", sent, SOON)?;
    // What is answered at such a box still arrives.
    town.display.read();
    town.display.press("Return")?;
    town.wait_for_count("SELECT COUNT(*) FROM order_answer", 1, SOON)
}

#[test]
fn hard_names_are_shown_and_answered() -> Result<()> {
    for household in hard_households()? {
        let (id, area) = household;
        let town = Town::start_in(&id, without_channels(), None)?;
        let sent = now_us();
        let order = forge::order(&area, 1, now_ms()?)?;
        forge::send(&town, &forge::sign(&town, &order, Key::Order)?)?;
        town.marks().wait("takeover-painted", sent, SOON)?;
        town.display.read();
        town.display.press("Return")?;
        town.wait_for_count("SELECT COUNT(*) FROM order_answer", 1, SOON)?;
    }
    Ok(())
}

/// Households of the demonstration data whose names are long, empty, rare or in half-width kana.
fn hard_households() -> Result<Vec<(String, String)>> {
    let file = hitokoe_tests::place::minami().join("households.json");
    let data: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let households = data["households"].as_array().cloned().unwrap_or_default();
    let hard = households.iter().filter(|household| {
        household["household_id"] != HOME
            && household["residents"].as_array().is_some_and(|residents| {
                residents
                    .iter()
                    .any(|resident| is_hard(resident["name"].as_str(), resident["kana"].as_str()))
            })
    });
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let found: Vec<_> = hard
        .map(|household| (text(&household["household_id"]), text(&household["area_id"])))
        .collect();
    assert!(found.len() >= 3, "the data holds hard names");
    Ok(found)
}

fn is_hard(name: Option<&str>, kana: Option<&str>) -> bool {
    let (name, kana) = (name.unwrap_or_default(), kana.unwrap_or_default());
    name.trim().is_empty()
        || name.len() > 200
        || name.chars().any(|c| u32::from(c) > 0xFFFF)
        || kana.chars().any(|c| ('\u{FF61}'..='\u{FF9F}').contains(&c))
}
