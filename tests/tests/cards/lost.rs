//! A lost card is stopped: by the clerk who finds the person, by the code read out on the phone, at any
//! box by the same code. Afterwards it opens nothing, and what it had opened is over.

use anyhow::{Context as _, Result};
use gateway_api::{ProblemCode, card::CardStop, path};
use hitokoe_tests::bare_box::BareBox;

use super::{HANA, NEXT_DOOR, SHIGERU, clerk, letter, picture, town};

const STOPPED: &str = "SELECT COUNT(*) FROM credential_link WHERE state = 'lost'";

#[test]
fn the_clerk_stops_a_card_by_name_and_another_by_the_code_on_the_phone() -> Result<()> {
    let (runtime, town, tv) = town()?;
    let (hana, shigeru) = (town.cards.card("hana")?, town.cards.card("shigeru")?);
    let log_in = |card| runtime.block_on(tv.log_in(card));
    let session = log_in(&hana)?.ok().context("before it was lost")?;
    let access_log = || runtime.block_on(tv.get_as(path::ACCESS_LOG, &session));
    access_log()?.error_for_status()?;
    let code = letter(&town, "create-stop-code", SHIGERU)?;

    let clerk = clerk(&town)?;
    clerk.open("/cards/lost")?;
    clerk.browser.fill("#words", "なかむらはな")?;
    clerk.browser.click_path("//button[contains(., '探す')]")?;
    clerk.browser.click_path("//a[contains(., '止める確認へ')]")?;
    clerk.browser.click_path("//button[contains(., 'カードをすぐに止める')]")?;
    clerk.browser.wait_for_words("カードは止まっています")?;
    picture(&clerk, "stopped.png")?;
    assert_eq!(log_in(&hana)?.err(), Some(ProblemCode::PersonUnknown));
    assert_eq!(access_log()?.status(), 401, "the session is over too");
    log_in(&shigeru)?.ok().context("the other card of the home goes on")?;

    clerk.open("/cards/lost")?;
    for _ in 0..3 {
        clerk.browser.fill("#code", "000000000000")?;
        clerk.browser.click_path("//button[contains(., 'すぐに止める')]")?;
        clerk.browser.wait_for_words("番号")?;
    }
    clerk.browser.wait_for_words("番号のまちがいが続いたため")?;
    picture(&clerk, "slowed-down.png")?;
    assert_eq!(town.count(STOPPED)?, 1);
    // The guesses of the clerk lock nobody else out: whoever answers the operator's phone goes on.
    town.admin(&["stop-card-by-code", &code])?;
    assert_eq!(log_in(&shigeru)?.err(), Some(ProblemCode::PersonUnknown));
    assert_eq!(town.count(STOPPED)?, 2);
    let refused = "SELECT COUNT(*) FROM audit WHERE object = 'card-stop-code-refused'";
    assert_eq!(town.count(refused)?, 3);
    Ok(())
}

#[test]
fn the_code_read_out_stops_a_card_in_the_console_and_at_any_box() -> Result<()> {
    let (runtime, town, tv) = town()?;
    let next_door = runtime.block_on(BareBox::enrol_in(&town, NEXT_DOOR))?;
    let (hana, shigeru) = (town.cards.card("hana")?, town.cards.card("shigeru")?);
    let log_in = |card| runtime.block_on(tv.log_in(card));
    let clerk = clerk(&town)?;
    clerk.open("/cards/lost")?;
    clerk.browser.fill("#code", &letter(&town, "create-stop-code", HANA)?)?;
    clerk.browser.click_path("//button[contains(., 'すぐに止める')]")?;
    clerk.browser.wait_for_words("カードを止めました（1件）。")?;
    assert_eq!(log_in(&hana)?.err(), Some(ProblemCode::PersonUnknown));

    let code = letter(&town, "create-stop-code", SHIGERU)?;
    let stop = CardStop { code };
    let stopped = runtime.block_on(next_door.post(path::CARD_STOPS, &stop))?;
    assert_eq!(stopped.status(), 204);
    assert_eq!(log_in(&shigeru)?.err(), Some(ProblemCode::PersonUnknown));
    let again = runtime.block_on(next_door.post(path::CARD_STOPS, &stop))?;
    assert_eq!(again.status(), 403, "a letter works once");
    Ok(())
}
