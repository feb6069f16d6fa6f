//! The same seen from the sofa: what a resident reads when the card is refused.

use anyhow::Result;
use hitokoe_tests::{
    marks::now_us,
    town::{Options, Town, cards::PIN},
    watch,
};
use virtual_card::j_lis::Event;

use super::SOON;

fn log_in(town: &Town, card: &str) -> Result<i64> {
    let begun = now_us();
    town.display.press("Home")?;
    town.marks().wait_page("Home", begun, SOON)?;
    town.display.press("Right")?;
    town.display.press("Return")?;
    town.marks().wait_page("CardPrompt", begun, SOON)?;
    town.cards.insert(card)?;
    town.marks().wait_page("Pin", begun, SOON)?;
    let typed = now_us();
    for digit in PIN.chars() {
        town.display.press(&digit.to_string())?;
    }
    Ok(typed)
}

/// The page is there, said aloud, and no more than it says.
fn refused(town: &Town, typed: i64, words: &[&str], picture: &str) -> Result<()> {
    town.marks().wait_page("CardTrouble", typed, SOON)?;
    if let Some(folder) = std::env::var_os("HITOKOE_PICTURES") {
        town.display.picture(&std::path::Path::new(&folder).join(picture))?;
    }
    for said in words {
        watch::until(said, SOON, || Ok(town.spoken().contains(said).then_some(())))?;
    }
    for reason in ["失効", "紛失", "盗", "死"] {
        assert!(!town.spoken().contains(reason), "{reason}");
    }
    town.cards.remove()?;
    town.display.press("Escape")
}

#[test]
fn a_lost_card_and_an_agency_that_is_away_are_told_in_neutral_words() -> Result<()> {
    let mut town = Town::start(Options { channels: false, ..Options::default() }, None)?;
    town.agency.report("hana", Event::Loss)?;
    let typed = log_in(&town, "hana")?;
    let words =
        ["このカードの電子証明書は、いま使えません。", "新しいカードがあれば入れかえてください。"];
    refused(&town, typed, &words, "revoked.png")?;
    assert_eq!(town.count("SELECT COUNT(*) FROM session WHERE level = 2")?, 0);

    town.agency.publish(1)?;
    let stale = "hitokoe_revocation_lists_stale{certificate=\"auth\"}";
    watch::until(stale, SOON, || Ok((town.counter(stale)? == 3).then_some(())))?;
    town.agency.stop()?;
    let typed = log_in(&town, "shigeru")?;
    let words = [
        "カードが使えるかどうか、いま確かめられません。",
        "時間をおいて「もう一度」を押してください。",
    ];
    refused(&town, typed, &words, "unchecked.png")?;
    town.ensure_well()
}
