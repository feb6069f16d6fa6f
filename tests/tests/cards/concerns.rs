//! The watch tells that a certificate changed or ended; the clerk asks, and the concern is over.

use anyhow::{Context as _, Result};
use gateway_api::ProblemCode;
use virtual_card::j_lis::{Event, LIST_LIFE_SECS};

use super::{HANA, SOON, clerk, letter, picture, town};

const EVENTS: &str = "SELECT COUNT(*) FROM card_event WHERE event = 'changed-or-ended'";
const NONE: &str = "確認が必要なカードはありません。";

#[test]
fn a_concern_comes_from_the_agency_and_ends_with_the_clerk_or_a_stop() -> Result<()> {
    let (runtime, town, tv) = town()?;
    let (hana, shigeru) = (town.cards.card("hana")?, town.cards.card("shigeru")?);
    let log_in = |card| runtime.block_on(tv.log_in(card));
    log_in(&hana)?.ok().context("a good card")?;
    let clerk = clerk(&town)?;
    clerk.open("/cards/concerns")?;
    clerk.browser.wait_for_words(NONE)?;

    for person in ["hana", "shigeru"] {
        town.agency.report(person, Event::Loss)?;
    }
    town.agency.publish(LIST_LIFE_SECS)?;
    town.wait_for_count(EVENTS, 2, SOON)?;
    clerk.open("/cards/concerns")?;
    clerk.browser.wait_for_words("中村 ハナ")?;
    clerk.browser.wait_for_words("中村 茂")?;
    picture(&clerk, "concerns.png")?;

    // One was asked.
    clerk.browser.click_path("//tr[contains(., '中村 茂')]//a[contains(., '確かめた')]")?;
    clerk.browser.wait_for_words("このカードを確かめましたか")?;
    picture(&clerk, "concern.png")?;
    clerk.browser.click("label:has(input[name='way'][value='counter'])")?;
    clerk.browser.click_path("//button[contains(., '確認済みにする')]")?;
    clerk.browser.wait_for_words("確認済みにしました。")?;
    anyhow::ensure!(!clerk.browser.source()?.contains("中村 茂"), "still listed");
    let refused = log_in(&shigeru)?.err();
    assert_eq!(refused, Some(ProblemCode::CertificateRevoked), "asking makes no card good");

    // The other one is stopped.
    town.admin(&["stop-card-by-code", &letter(&town, "create-stop-code", HANA)?])?;
    clerk.open("/cards/concerns")?;
    clerk.browser.wait_for_words(NONE)?;
    assert_eq!(log_in(&hana)?.err(), Some(ProblemCode::CertificateRevoked));
    let checked = "SELECT COUNT(*) FROM audit WHERE object = 'card-concern-checked' \
                   AND purpose = 'card-watch counter'";
    assert_eq!(town.count(checked)?, 1);
    town.admin(&["audit", "verify"])?;
    Ok(())
}
