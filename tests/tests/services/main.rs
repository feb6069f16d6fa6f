//! A service on the web asks, a browser shows the number, the remote types it, the card answers.
//!
//! Every part is real; box and gateway write their most verbose trace meanwhile.

mod secrets;
mod signature;

use std::time::Duration;

use anyhow::Result;
use hitokoe_tests::{
    browser::Browser,
    marks::now_us,
    service::Library,
    town::{Options, Town, cards::PIN},
};

/// Everything the box does by itself is done within this.
const SOON: Duration = Duration::from_secs(20);

/// Right presses from the first tile of the home page to the services.
const TO_SERVICES: [&str; 2] = ["Down", "Right"];

fn town() -> Result<Town> {
    let options = Options { channels: false, ..Options::default() };
    let mut town = Town::found(options, None)?;
    town.change_gateway(|text| text + "[log]\nfilter = \"trace\"\n")?;
    town.box_environment.push(("RUST_LOG".to_owned(), "trace".to_owned()));
    let code = town.enrolment_code(hitokoe_tests::town::HOME)?;
    town.start_box(Some(&code))?;
    town.wait_until_provisioned()?;
    Ok(town)
}

/// Presses a key and waits until the page that follows is painted.
fn press_and_see(town: &Town, key: &str, page: &str) -> Result<()> {
    let pressed = now_us();
    town.display.press(key)?;
    town.marks().wait_page(page, pressed, SOON)
}

/// Opens the library in a browser and types the number that it shows on the television.
fn ask(town: &Town, library: &Library) -> Result<Browser> {
    let (browser, number) = library.visit(town)?;
    press_and_see(town, "Home", "Home")?;
    for key in TO_SERVICES {
        town.display.press(key)?;
    }
    press_and_see(town, "Return", "ServiceNumber")?;
    for digit in number.chars() {
        town.display.press(&digit.to_string())?;
    }
    town.display.read();
    press_and_see(town, "Return", "ServiceRequest")?;
    browser.wait_for_words("テレビに確認の画面が出ています")?;
    town.display.read();
    Ok(browser)
}

/// Puts the card in and types its PIN; gives when the typing began.
fn enter_pin(town: &Town) -> Result<i64> {
    let inserted = now_us();
    town.cards.insert("hana")?;
    town.marks().wait_page("Pin", inserted, SOON)?;
    let typed = now_us();
    for digit in PIN.chars() {
        town.display.press(&digit.to_string())?;
    }
    Ok(typed)
}

/// Saves the screen where somebody asked for pictures.
fn picture(town: &Town, name: &str) -> Result<()> {
    match std::env::var_os("HITOKOE_PICTURES") {
        Some(folder) => town.display.picture(&std::path::Path::new(&folder).join(name)),
        None => Ok(()),
    }
}

#[test]
fn a_yes_with_the_card_brings_the_browser_back_signed_in_and_no_trace_holds_the_pin() -> Result<()>
{
    let mut town = town()?;
    let library = Library::open(&town)?;
    let browser = ask(&town, &library)?;
    picture(&town, "request.png")?;
    town.display.press("Right")?;
    press_and_see(&town, "Return", "CardPrompt")?;
    let last = enter_pin(&town)?;
    town.marks().wait_page("ServiceDone", last, SOON)?;
    picture(&town, "given.png")?;
    browser.wait_for_words("さん、おかえりなさい")?;
    browser.wait_for_words("ハナ")?;
    town.wait_for_count(
        "SELECT COUNT(*) FROM service_consent WHERE withdrawn_at_ms IS NULL",
        1,
        SOON,
    )?;
    secrets::are_in_no_log(&town, &[PIN])?;
    town.ensure_well()
}

#[test]
fn a_no_needs_no_card_and_tells_the_service_nothing() -> Result<()> {
    let town = town()?;
    let library = Library::open(&town)?;
    let browser = ask(&town, &library)?;
    press_and_see(&town, "Return", "ServiceDone")?;
    picture(&town, "nothing-given.png")?;
    browser.wait_for_words("サインインしませんでした")?;
    assert_eq!(town.count("SELECT COUNT(*) FROM service_consent")?, 0);
    Ok(())
}
