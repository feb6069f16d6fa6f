//! A service that asks for the signature certificate: its password is typed with the arrows.

use anyhow::{Context as _, Result};
use hitokoe_tests::{
    marks::now_us,
    service::Library,
    town::{
        Town,
        cards::{PASSWORD, PIN},
    },
};

use super::{SOON, ask, enter_pin, picture, press_and_see, secrets, town};

/// Rows of ten, as they stand on the screen; the last row is not needed here.
const KEYS: &str = "1234567890ABCDEFGHIJKLMNOPQRST";
const COLUMNS: usize = 10;

/// Walks over the keyboard, first to the row, then to the key.
fn type_with_arrows(town: &Town, password: &str) -> Result<()> {
    // The focus begins on 決定; above it lies S.
    town.display.press("Up")?;
    let mut focus = KEYS.find('S').context("a key of the first three rows")?;
    for character in password.chars() {
        let wanted = KEYS.find(character).context("a key of the first three rows")?;
        walk(town, focus / COLUMNS, wanted / COLUMNS, ["Down", "Up"])?;
        walk(town, focus % COLUMNS, wanted % COLUMNS, ["Right", "Left"])?;
        town.display.press("Return")?;
        focus = wanted;
    }
    // 決定 lies below the end of the third row.
    walk(town, focus / COLUMNS, 2, ["Down", "Up"])?;
    walk(town, focus % COLUMNS, COLUMNS - 1, ["Right", "Left"])?;
    town.display.press("Down")
}

fn walk(town: &Town, from: usize, to: usize, [forth, back]: [&str; 2]) -> Result<()> {
    let key = if to > from { forth } else { back };
    (0..to.abs_diff(from)).try_for_each(|_| town.display.press(key))
}

#[test]
fn a_password_typed_with_the_arrows_proves_level_3_and_is_in_no_log() -> Result<()> {
    let mut town = town()?;
    let library = Library::open_for(&town, "L3")?;
    // The PIN first, so that both secrets went through the box.
    press_and_see(&town, "Home", "Home")?;
    town.display.press("Right")?;
    press_and_see(&town, "Return", "CardPrompt")?;
    let typed = enter_pin(&town)?;
    town.marks().wait("greeting-painted", typed, SOON)?;
    town.cards.remove()?;
    town.display.press("Escape")?;
    let browser = ask(&town, &library)?;
    town.display.press("Right")?;
    press_and_see(&town, "Return", "CardPrompt")?;
    let inserted = now_us();
    town.cards.insert("hana")?;
    town.marks().wait_page("Password", inserted, SOON)?;
    town.display.read();
    type_with_arrows(&town, PASSWORD)?;
    picture(&town, "password.png")?;
    let given = now_us();
    town.display.press("Return")?;
    town.marks().wait_page("ServiceDone", given, SOON)?;
    browser.wait_for_words("ハナさん、おかえりなさい（urn:hitokoe:acr:l3）")?;
    let links = "SELECT COUNT(*) FROM credential_link WHERE linked_by = 'signature'";
    assert_eq!(town.count(links)?, 1);
    assert_eq!(town.count("SELECT COUNT(*) FROM session WHERE level = 3")?, 1);
    secrets::are_in_no_log(&town, &[PIN, PASSWORD])?;
    town.ensure_well()
}
