//! The operator's support and a home: a box that tells how it is once the home says yes, and a remote with fewer
//! keys. Every part is a process.

use std::{
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result};
use evacuation::order::UnixMillis;
use gateway_api::{diagnosis::Diagnosis, household::KeyLock, provisioning::Provisioning};
use hitokoe_tests::{
    console::{Desk, OrderEntry},
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
/// Long enough that the question comes to the box while the order stands; a hand must be still for ten seconds anyway.
const ORDER_MS: i64 = 15_000;

fn now_ms() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis())?)
}

/// Heartbeats are a minute apart: what a program is told sooner, it is told at once.
fn town() -> Result<Town> {
    let mut town = Town::found(Options { channels: false, ..Options::default() }, None)?;
    town.change_gateway(|text| text + "[push]\nheartbeat_seconds = 60\n")?;
    let code = town.enrolment_code(hitokoe_tests::town::HOME)?;
    town.start_box(Some(&code))?;
    town.wait_until_provisioned()?;
    Ok(town)
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

/// The support writes why on the page of the box.
fn write_reason(desk: &Desk) -> Result<()> {
    desk.open("/fleet")?;
    desk.browser.click("a.box-link")?;
    desk.browser.fill("#reason", "ときどき画面が止まるため")
}

/// The support asks, and the box hears of it at once: it tells its state, and the answer holds the question.
fn ask(town: &Town, desk: &Desk) -> Result<()> {
    desk.browser.click_path("//button[contains(., '家の人にたずねる')]")?;
    desk.browser.wait_for_words("家の人にたずねています")?;
    let told = "SELECT COUNT(*) FROM box_status s JOIN diagnosis d ON d.device_id = s.device_id \
                WHERE s.received_at_ms >= d.asked_at_ms";
    town.wait_for_count(told, 1, SOON)
}

/// An order for this home that ends by itself; gives until when it holds.
fn short_order(town: &Town) -> Result<i64> {
    let now_ms = now_ms()?;
    let mut order = forge::order(HERE, 1, now_ms)?;
    order.expires_at = UnixMillis(now_ms + ORDER_MS);
    let sent = now_us();
    forge::send(town, &forge::sign(town, &order, Key::Order)?)?;
    town.marks().wait("takeover-painted", sent, SOON)?;
    Ok(now_ms + ORDER_MS)
}

#[test]
fn a_home_is_asked_after_the_order_and_what_it_gives_holds_nothing_of_anybody() -> Result<()> {
    let mut town = town()?;
    evening_with_a_card(&town)?;
    let support = desk(&town, "unyou")?;
    write_reason(&support)?;
    let begun = now_us();
    let ends_at_ms = short_order(&town)?;
    ask(&town, &support)?;
    assert!(now_ms()? < ends_at_ms, "the order stands when the box has the question");
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

/// The box fetched something that is so, long before the next heartbeat.
fn holds(town: &Town, is_so: impl Fn(&Provisioning) -> bool) -> Result<()> {
    let store = town.path().join("box/store.sqlite3");
    watch::until("the box knows", SOON, || {
        let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
        let held: Vec<u8> = rusqlite::Connection::open_with_flags(&store, flags)?.query_row(
            "SELECT content FROM blob WHERE name = 'provisioning'",
            [],
            |row| row.get(0),
        )?;
        Ok(is_so(&serde_json::from_slice(&held)?).then_some(()))
    })
}

#[test]
fn a_home_that_called_sees_at_once_that_somebody_dealt_with_it() -> Result<()> {
    let mut town = town()?;
    let officer = desk(&town, "bousai1")?;
    let draft = officer.draft(&OrderEntry {
        areas: &[HERE],
        hazard: "landslide",
        level: Some(3),
        reason: "雨が強くなります。",
        drill: false,
    })?;
    let sent = now_us();
    officer.issue(&draft)?;
    town.marks().wait("takeover-painted", sent, SOON)?;
    officer.browser.wait_for_words("未回答")?;
    let board = officer.path()?;
    town.display.read();
    town.display.press("F2")?;
    town.wait_for_count("SELECT COUNT(*) FROM help_call", 1, SOON)?;
    picture("called.png", |file| town.display.picture(file))?;
    officer.open(&board)?;
    officer.browser.click("details.help-word summary")?;
    officer.browser.click("details.help-word button")?;
    town.wait_for_count("SELECT COUNT(*) FROM help_call WHERE closed_by IS NOT NULL", 1, SOON)?;
    holds(&town, |held| held.help_dealt_with.len() == 1)?;
    picture("dealt-with.png", |file| town.display.picture(file))?;
    town.ensure_well()
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
    holds(&town, |held| held.household.key_lock == KeyLock::Minimal)?;
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
