//! What a town's gateway makes of the agency: a revoked card, an agency that is away and comes back,
//! what is told about linked certificates, and what the television says. Everything is a process.

mod television;

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use gateway_api::ProblemCode;
use hitokoe_tests::{
    bare_box::BareBox,
    town::{Options, Town},
    watch,
};
use virtual_card::j_lis::{Event, LIST_LIFE_SECS};

const SOON: Duration = Duration::from_secs(20);
const EVENTS: &str = "SELECT COUNT(*) FROM card_event WHERE event = 'changed-or-ended'";

fn accepted_as(town: &Town, word: &str) -> Result<i64> {
    town.count(&format!("SELECT COUNT(*) FROM session WHERE revocation = '{word}'"))
}

#[test]
fn the_gateway_follows_the_agency_through_loss_silence_and_return() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut town = Town::found(Options { channels: false, ..Options::default() }, None)?;
    let tv = runtime.block_on(BareBox::enrol(&town))?;
    let (hana, shigeru) = (town.cards.card("hana")?, town.cards.card("shigeru")?);
    let log_in = |card| runtime.block_on(tv.log_in(card));

    log_in(&hana)?.ok().context("a good card opens a session")?;
    assert_eq!(accepted_as(&town, "good")?, 1);

    town.agency.report("hana", Event::Loss)?;
    let refused = log_in(&hana)?.err();
    assert_eq!(refused, Some(ProblemCode::CertificateRevoked), "the responder tells at once");
    assert_eq!(town.count(EVENTS)?, 0);
    town.agency.publish(LIST_LIFE_SECS)?;
    town.wait_for_count(EVENTS, 1, SOON)?;

    town.agency.publish(1)?;
    let stale = "hitokoe_revocation_lists_stale{certificate=\"auth\"}";
    watch::until(stale, SOON, || Ok((town.counter(stale)? == 3).then_some(())))?;
    log_in(&shigeru)?.ok().context("the responder is asked first")?;
    town.agency.stop()?;
    let refused = log_in(&shigeru)?.err();
    assert_eq!(refused, Some(ProblemCode::RevocationUnknown), "nobody knows now");

    let lenient = "[revocation.services.town-services]\nstale = \"allow-with-flag\"\n";
    town.change_gateway(|text| text + lenient)?;
    log_in(&shigeru)?.ok().context("the service accepts what is stale")?;
    assert_eq!(accepted_as(&town, "stale")?, 1, "the lists survived the restart");
    let refused = log_in(&hana)?.err();
    assert_eq!(refused, Some(ProblemCode::CertificateRevoked), "an old list still counts");

    town.agency.start()?;
    log_in(&shigeru)?.ok().context("the agency is back")?;
    assert_eq!(accepted_as(&town, "good")?, 3);
    let asked = "hitokoe_revocation_queries_total{source=\"ocsp\",certificate=\"auth\"}";
    ensure!(town.counter(asked)? >= 1);
    let opened = "hitokoe_logins_total{way=\"card-pin\",outcome=\"opened\"}";
    assert_eq!(town.counter(opened)?, 2);

    let production = |text: String| text.replace("\"hitokoe-test\"", "\"japan\"");
    let refused = town.check_config(production).err().context("refused")?.to_string();
    ensure!(refused.contains("another hierarchy"), "{refused}");
    Ok(())
}
