//! A box out of its carton and a remote: language, size of text, the number of the letter. Every part is a
//! process.

use std::{path::Path, time::Duration};

use anyhow::Result;
use hitokoe_tests::{
    marks::now_us,
    town::{HOME, Options, Town},
    watch,
};

const SOON: Duration = Duration::from_secs(30);
const WRONG: &str = "000000000000";

fn town() -> Result<Town> {
    Town::found(Options { channels: false, ..Options::default() }, None)
}

/// Presses a key and waits until the page that follows is painted.
fn press_and_see(town: &Town, key: &str, page: &str) -> Result<()> {
    let pressed = now_us();
    town.display.press(key)?;
    town.marks().wait_page(page, pressed, SOON)
}

fn type_number(town: &Town, number: &str) -> Result<()> {
    for digit in number.chars() {
        town.display.press(&digit.to_string())?;
    }
    town.display.read();
    press_and_see(town, "Return", "Enrolling")
}

/// Saves pictures where somebody asked for them.
fn picture(town: &Town, name: &str) -> Result<()> {
    match std::env::var_os("HITOKOE_PICTURES") {
        Some(folder) => town.display.picture(&Path::new(&folder).join(name)),
        None => Ok(()),
    }
}

fn log(town: &Town) -> Result<String> {
    Ok(std::fs::read_to_string(town.logs().join("stb-app.log"))?)
}

/// What the box says aloud, once it said something with this in it.
fn hears(town: &Town, part: &str) -> Result<()> {
    watch::until(&format!("the words {part}"), SOON, || {
        Ok(town.spoken().contains(part).then_some(()))
    })
}

#[test]
fn a_box_is_set_up_with_the_remote_alone() -> Result<()> {
    let mut town = town()?;
    let code = town.enrolment_code(HOME)?;
    town.kill_gateway()?;
    let begun = town.start_box(None)?;
    town.marks().wait_page("FirstChoice", begun, SOON)?;
    hears(&town, "ことばを選んでください")?;
    town.display.read();
    town.display.press("Return")?;
    hears(&town, "文字の大きさを選んでください")?;
    town.display.read();
    town.display.press("Down")?;
    press_and_see(&town, "Return", "EnrolmentCode")?;
    type_number(&town, WRONG)?;
    hears(&town, "ケーブルテレビとつながりません")?;
    picture(&town, "unreachable.png")?;
    let refused = now_us();
    town.start_gateway()?;
    town.marks().wait_page("EnrolmentCode", refused, SOON)?;
    hears(&town, "この番号は使えません")?;
    picture(&town, "refused.png")?;
    type_number(&town, &code)?;
    town.wait_until_provisioned()?;
    hears(&town, "準備ができました")?;
    picture(&town, "done.png")?;
    press_and_see(&town, "Home", "Home")?;
    let said = log(&town)?;
    assert!(!said.contains(&code) && !said.contains(WRONG), "a number stands in the log: {said}");
    town.kill_box()?;
    let again = town.start_box(None)?;
    press_and_see(&town, "Home", "Home")?;
    let asked = town
        .marks()
        .all()?
        .into_iter()
        .any(|mark| mark.at_us >= again && mark.detail.as_deref() == Some("FirstChoice"));
    assert!(!asked, "a box that is known asks nothing");
    town.ensure_well()
}

#[test]
fn safe_mode_asks_for_the_number_too() -> Result<()> {
    let mut town = town()?;
    let code = town.enrolment_code(HOME)?;
    town.box_arguments.push("--safe".to_owned());
    let begun = town.start_box(None)?;
    town.marks().wait_page("FirstChoice", begun, SOON)?;
    town.display.read();
    town.display.press("Return")?;
    town.display.read();
    press_and_see(&town, "Return", "EnrolmentCode")?;
    type_number(&town, &code)?;
    town.wait_until_provisioned()?;
    town.ensure_well()
}
