//! The operator's support and a home: a box that tells how it is once the home says yes, and a remote with fewer
//! keys. Every part is a process.

use std::{
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use evacuation::order::UnixMillis;
use gateway_api::diagnosis::Diagnosis;
use hitokoe_tests::{
    console::Desk,
    forge::{self, Key},
    marks::now_us,
    town::{Options, Town, cards::PIN},
    watch,
};

/// Everything that a program does by itself is done within this.
const SOON: Duration = Duration::from_secs(20);
/// An order that ends by itself, and a hand that is still for a while.
const LATER: Duration = Duration::from_mins(2);
/// District of the demo home.
const HERE: &str = "A14";
const ORDER_MS: i64 = 40_000;

fn now_ms() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

fn town() -> Result<Town> {
    Town::start(Options { channels: false, ..Options::default() }, None)
}

fn desk(town: &Town, login: &str) -> Result<Desk> {
    let account = town.staff.iter().find(|account| account.login == login);
    Desk::sign_in(town, account.context("the town employs somebody")?)
}

/// Presses a key and waits until the page that follows is painted.
fn press_and_see(town: &Town, key: &str, page: &str) -> Result<()> {
    let pressed = now_us();
    town.display.press(key)?;
    town.marks().wait_page(page, pressed, SOON)
}

/// Saves pictures where somebody asked for them.
fn picture(name: &str, save: impl FnOnce(&Path) -> Result<()>) -> Result<()> {
    match std::env::var_os("HITOKOE_PICTURES") {
        Some(folder) => save(&Path::new(&folder).join(name)),
        None => Ok(()),
    }
}

fn scrolled(desk: &Desk, place: &str) -> Result<()> {
    let script = format!("document.getElementById('{place}').scrollIntoView(); return true");
    desk.browser.evaluate(&script).map(drop)
}

/// How somebody is, and a login with the PIN.
fn evening_with_a_card(town: &Town) -> Result<()> {
    let inserted = now_us();
    town.cards.insert("hana")?;
    town.marks().wait_page("CheckIn", inserted, SOON)?;
    press_and_see(town, "Return", "CheckInDone")?;
    press_and_see(town, "Home", "Home")?;
    town.display.press("Right")?;
    press_and_see(town, "Return", "Pin")?;
    let typed = now_us();
    for digit in PIN.chars() {
        town.display.press(&digit.to_string())?;
    }
    town.marks().wait_page("Welcome", typed, SOON)?;
    town.cards.remove()
}

/// The support asks from the page of the box.
fn ask(desk: &Desk) -> Result<()> {
    desk.open("/fleet")?;
    desk.browser.click("a.box-link")?;
    desk.browser.fill("#reason", "ときどき画面が止まるため")?;
    desk.browser.click_path("//button[contains(., '家の人にたずねる')]")?;
    desk.browser.wait_for_words("家の人にたずねています")
}

/// An order for this home that ends by itself; gives until when it holds.
fn short_order(town: &Town) -> Result<i64> {
    let now_ms = now_ms()?;
    let mut order = forge::order(HERE, 1, now_ms)?;
    order.expires_at = UnixMillis(now_ms + ORDER_MS);
    let sent = now_us();
    forge::send(town, &forge::sign(town, &order, Key::Order)?)?;
    town.marks().wait("takeover-painted", sent, SOON)?;
    // What is new is told at once, and the answer brings the question.
    town.wait_for_count("SELECT COUNT(*) FROM box_status WHERE order_sequence = 1", 1, LATER)?;
    Ok(now_ms + ORDER_MS)
}

#[test]
fn a_home_is_asked_after_the_order_and_what_it_gives_holds_nothing_of_anybody() -> Result<()> {
    let mut town = town()?;
    evening_with_a_card(&town)?;
    let support = desk(&town, "unyou")?;
    ask(&support)?;
    let begun = now_us();
    let ends_at_ms = short_order(&town)?;
    town.display.read();
    town.display.press("F1")?;
    town.marks().wait_page("Diagnosis", begun, LATER)?;
    let now_ms = now_ms()?;
    assert!(now_ms >= ends_at_ms, "never over an order");
    picture("question.png", |file| town.display.picture(file))?;
    town.display.read();
    town.display.press("Right")?;
    press_and_see(&town, "Return", "DiagnosisTold")?;
    town.wait_for_count("SELECT COUNT(*) FROM diagnosis WHERE state = 'given'", 1, SOON)?;
    picture("thanks.png", |file| town.display.picture(file))?;
    support.open(&support.path()?)?;
    support.browser.wait_for_words("届きました")?;
    scrolled(&support, "diagnosis-title")?;
    picture("box-page.png", |file| support.picture(file))?;
    holds_nothing_of_anybody(&town.text("SELECT content FROM diagnosis")?)?;
    town.ensure_well()
}

fn holds_nothing_of_anybody(text: &str) -> Result<()> {
    assert!(text.is_ascii(), "no name, no place and no sentence of this country");
    let diagnosis: Diagnosis = serde_json::from_str(text)?;
    let lines = diagnosis.log.lines().iter().map(|line| line.text.as_str());
    let lines: Vec<&str> = lines.collect();
    for expected in ["card reader state=CardPresent", "event stream open"] {
        assert!(lines.iter().any(|line| line.contains(expected)), "{expected} in {lines:#?}");
    }
    let said = ["Nakamura", "Hana", "normal", "good", "leaving", "staying", "need-help"];
    for secret in said.into_iter().chain([PIN, "Digit", "19440503"]) {
        let found = lines.iter().find(|line| line.contains(secret));
        assert!(found.is_none(), "{secret} in {found:?}");
    }
    assert!(diagnosis.is_linked && diagnosis.process.threads.is_some());
    Ok(())
}

#[test]
fn a_home_with_fewer_keys_keeps_the_call_for_what_to_do() -> Result<()> {
    let mut town = town()?;
    let nurse = desk(&town, "hokenshi")?;
    nurse.open("/check-ins")?;
    let home = town.text(&format!(
        "SELECT person_id FROM household_resident WHERE household_id = '{}'",
        hitokoe_tests::town::HOME
    ))?;
    nurse.open(&format!("/residents/{home}"))?;
    nurse.browser.click("label:has(input[name='keys'][value='minimal'])")?;
    nurse.browser.click_path("//button[contains(., 'この設定にする')]")?;
    nurse.browser.wait_for_words("リモコンのボタン")?;
    scrolled(&nurse, "keys")?;
    picture("resident-page.png", |file| nurse.picture(file))?;
    let store = town.path().join("box/store.sqlite3");
    watch::until("the box knows", LATER, || {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let held: Vec<u8> = rusqlite::Connection::open_with_flags(&store, flags)?.query_row(
            "SELECT content FROM blob WHERE name = 'provisioning'",
            [],
            |row| row.get(0),
        )?;
        Ok(String::from_utf8_lossy(&held).contains("\"key_lock\":\"minimal\"").then_some(()))
    })?;
    let begun = now_us();
    for key in ["Home", "Return", "g", "d", "F1"] {
        town.display.press(key)?;
    }
    press_and_see(&town, "F8", "EvacuationPlan")?;
    let painted = town
        .marks()
        .all()?
        .into_iter()
        .filter(|mark| mark.mark == "page-painted" && mark.at_us >= begun);
    let pages: Vec<_> = painted.filter_map(|mark| mark.detail).collect();
    assert_eq!(pages, ["EvacuationPlan"], "the other keys brought up nothing");
    town.ensure_well()
}
