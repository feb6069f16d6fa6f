//! A card is linked at home by the town's letter: the home's own box, the card with its PIN, the code.

use anyhow::{Context as _, Result};
use gateway_api::{
    ProblemCode,
    card::{CardLinkAnswer, CardLinkRequest, CardLinkState, LINK_PURPOSE},
    path,
};
use hitokoe_tests::bare_box::{BareBox, told};
use virtual_card::card_file::CardFile;

use super::{NEXT_DOOR, SHIGERU, letter, town};

/// Shows a card at a box as a resident's, with the code of a letter.
async fn link(
    tv: &BareBox,
    card: &CardFile,
    code: &str,
) -> Result<Result<CardLinkState, ProblemCode>> {
    let (login_id, proof) = tv.signed(card, "town-services", LINK_PURPOSE).await?;
    let request = CardLinkRequest {
        login_id,
        proof,
        resident_id: SHIGERU.to_owned(),
        code: Some(code.to_owned()),
        consent_version: "tv-2026-11".to_owned(),
    };
    let answer = told::<CardLinkAnswer>(tv.post(path::CARD_LINKS, &request).await?).await?;
    Ok(answer.map(|answer| answer.state))
}

#[test]
fn a_letter_links_a_new_card_once_at_the_home_that_it_was_written_to() -> Result<()> {
    let (runtime, town, tv) = town()?;
    let next_door = runtime.block_on(BareBox::enrol_in(&town, NEXT_DOOR))?;
    let (old, new) = (town.cards.card("shigeru")?, town.cards.card("stranger")?);
    let other = town.cards.card("pulled")?;
    let log_in = |card| runtime.block_on(tv.log_in(card));
    let link = |tv, card, code: &str| runtime.block_on(link(tv, card, code));

    log_in(&old)?.ok().context("the card of before")?;
    assert_eq!(log_in(&new)?.err(), Some(ProblemCode::PersonUnknown));
    let first = letter(&town, "create-card-code", SHIGERU)?;
    let code = letter(&town, "create-card-code", SHIGERU)?;
    assert_eq!(link(&tv, &new, &first)?, Err(ProblemCode::CodeRefused), "a newer letter came");
    let elsewhere = link(&next_door, &new, &code)?;
    assert_eq!(elsewhere, Err(ProblemCode::PersonUnknown), "nobody of that name lives there");
    assert_eq!(log_in(&new)?.err(), Some(ProblemCode::PersonUnknown), "nothing is linked yet");
    log_in(&old)?.ok().context("and the card of before still counts")?;

    assert_eq!(link(&tv, &new, &code)?, Ok(CardLinkState::Linked));
    let session = log_in(&new)?.ok().context("the new card counts")?;
    assert_eq!(session.display_name, "中村 茂");
    assert_eq!(log_in(&old)?.err(), Some(ProblemCode::PersonUnknown), "the old one does not");
    assert_eq!(link(&tv, &other, &code)?, Err(ProblemCode::CodeRefused), "a letter works once");
    let agreed =
        "SELECT COUNT(*) FROM card_consent WHERE way = 'tv' AND text_version = 'tv-2026-11'";
    assert_eq!(town.count(agreed)?, 1);
    Ok(())
}
