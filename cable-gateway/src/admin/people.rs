//! Cards of residents: letters, proposals, lost cards, cards of the town's own.

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand, value_parser};

use crate::{
    audit::Viewer,
    card::{
        code::{self, CodePurpose},
        link::{self, TownCard},
        stop, watch,
    },
    clock::{Clock as _, SystemClock},
    config::Config,
    encoding::when,
    enrolment::{self, CodeHash},
    random::{self, SystemRandom},
    store::{Sql, Store, StoreError},
};

const DAY_MS: i64 = 86_400_000;
/// A letter to stop a lost card lies in a drawer for years.
const STOP_DAYS: u16 = 3_650;

/// Commands about residents' cards.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a one-time code for a letter, with which a resident links a card at home
    CreateCardCode {
        #[command(flatten)]
        who: Who,
        /// Days for which the code can be used
        #[arg(long, default_value_t = 30, value_parser = value_parser!(u16).range(1..=super::DAYS_MAX))]
        days: u16,
    },
    /// Print a code for a letter, with which a resident stops a lost card at any box or by phone
    CreateStopCode {
        #[command(flatten)]
        who: Who,
    },
    /// List cards that were shown at home and wait for the town's word
    ListCardProposals,
    /// Let a proposed card count; an earlier card of that resident ends
    ApproveCard {
        /// Id from `list-card-proposals`
        link_id: String,
    },
    /// Refuse a proposed card
    RejectCard {
        /// Id from `list-card-proposals`
        link_id: String,
    },
    /// List residents whose card's certificate changed, ended or expired
    ListCardConcerns,
    /// Stop every card of a resident at once: lost or stolen
    StopCard {
        #[command(flatten)]
        who: Who,
    },
    /// Stop cards by the code that somebody reads out on the phone
    StopCardByCode {
        /// 12 digits
        code: String,
    },
    /// Link a card of the town's own beside the My Number card
    LinkTownCard {
        #[command(flatten)]
        who: Who,
        /// Which kind of card, e.g. library
        #[arg(long)]
        system: String,
        /// What stands on it
        #[arg(long)]
        number: String,
    },
}

/// A resident of a home.
#[derive(Debug, Args)]
pub struct Who {
    /// The home
    #[arg(long)]
    household: String,
    /// The resident's id in that home
    #[arg(long)]
    resident: String,
}

impl Who {
    async fn person(&self, store: &Store) -> anyhow::Result<String> {
        let (household, resident) = (self.household.clone(), self.resident.clone());
        let find = move |sql: &mut dyn Sql| link::person_of(sql, &household, &resident);
        let found = store.read::<_, StoreError, _>(find).await?;
        found.with_context(|| {
            let Self { household, resident } = self;
            format!("household {household} has no resident {resident}; copy both ids exactly")
        })
    }
}

/// Runs one command and returns what to print.
pub(super) async fn run(
    config: &Config,
    store: &Store,
    command: Command,
) -> anyhow::Result<String> {
    match command {
        Command::CreateCardCode { who, days } => {
            create_code(config, store, &who, CodePurpose::Link, days).await
        }
        Command::CreateStopCode { who } => {
            create_code(config, store, &who, CodePurpose::Stop, STOP_DAYS).await
        }
        Command::ListCardProposals => list_proposals(store).await,
        Command::ApproveCard { link_id } => decide(store, link_id, true).await,
        Command::RejectCard { link_id } => decide(store, link_id, false).await,
        Command::ListCardConcerns => list_concerns(store).await,
        Command::StopCard { who } => {
            let person_id = who.person(store).await?;
            stop_person(store, person_id).await
        }
        Command::StopCardByCode { code } => stop_by_code(config, store, &code).await,
        Command::LinkTownCard { who, system, number } => {
            link_town_card(store, &who, system, number).await
        }
    }
}

fn operator(purpose: &str) -> Viewer {
    Viewer {
        actor: "operator".to_owned(),
        office: "運用担当".to_owned(),
        purpose: purpose.to_owned(),
    }
}

async fn create_code(
    config: &Config,
    store: &Store,
    who: &Who,
    purpose: CodePurpose,
    days: u16,
) -> anyhow::Result<String> {
    let person_id = who.person(store).await?;
    let code = enrolment::draw_code(&SystemRandom);
    let hash = CodeHash::of(&code, &config.gateway.id).context("a drawn code hashes")?;
    let now_ms = SystemClock.now_ms();
    let ends = now_ms + i64::from(days) * DAY_MS;
    let keep = move |sql: &mut dyn Sql| code::insert(sql, hash, &person_id, purpose, now_ms, ends);
    store.write::<_, StoreError, _>(keep).await?;
    Ok(code)
}

async fn list_proposals(store: &Store) -> anyhow::Result<String> {
    let now_ms = SystemClock.now_ms();
    let list = move |sql: &mut dyn Sql| link::proposals(sql, &operator("card-approval"), now_ms);
    let proposals = store.write::<_, StoreError, _>(list).await?;
    let lines = proposals.iter().map(|proposal| {
        let renewal = if proposal.has_card { "has a card already" } else { "first card" };
        format!(
            "{} {} household {} resident {} shown {}, {renewal}",
            proposal.link_id,
            proposal.identity.name,
            proposal.household_id,
            proposal.resident_id,
            when(proposal.shown_at_ms)
        )
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

async fn list_concerns(store: &Store) -> anyhow::Result<String> {
    let now_ms = SystemClock.now_ms();
    let list = move |sql: &mut dyn Sql| watch::concerns(sql, &operator("card-watch"), now_ms);
    let concerns = store.write::<_, StoreError, _>(list).await?;
    let lines = concerns.iter().map(|concern| {
        format!("{} {} {}", when(concern.checked_at_ms), concern.identity.name, concern.text)
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

async fn decide(store: &Store, link_id: String, yes: bool) -> anyhow::Result<String> {
    let (id, now_ms) = (link_id.clone(), SystemClock.now_ms());
    let decide = move |sql: &mut dyn Sql| {
        let viewer = operator("card-approval");
        let decide = if yes { link::approve } else { link::reject };
        decide(sql, &viewer, &id, now_ms)
    };
    if !store.write::<_, StoreError, _>(decide).await? {
        bail!("no card waits under {link_id}; see `admin list-card-proposals`");
    }
    Ok(if yes { "the card counts from now on" } else { "the card is refused" }.to_owned())
}

async fn stop_person(store: &Store, person_id: String) -> anyhow::Result<String> {
    let now_ms = SystemClock.now_ms();
    let stop = move |sql: &mut dyn Sql| stop::stop(sql, &operator("card-lost"), &person_id, now_ms);
    let count = store.write::<_, StoreError, _>(stop).await?;
    Ok(stopped(count))
}

fn stopped(count: u64) -> String {
    format!("stopped {count} cards; sessions and tokens are over")
}

async fn stop_by_code(config: &Config, store: &Store, code: &str) -> anyhow::Result<String> {
    let hash = CodeHash::of(code, &config.gateway.id).context("a code has 12 digits")?;
    let now_ms = SystemClock.now_ms();
    let stop =
        move |sql: &mut dyn Sql| stop::stop_by_code(sql, &operator("card-lost"), hash, now_ms);
    let count = store.write::<_, StoreError, _>(stop).await?;
    Ok(stopped(count.context("the code is unknown, used or expired")?))
}

async fn link_town_card(
    store: &Store,
    who: &Who,
    system: String,
    number: String,
) -> anyhow::Result<String> {
    if [&system, &number].into_iter().any(|text| text.is_empty() || text.len() > 100) {
        bail!("system and number have 1 to 100 bytes");
    }
    let (person_id, now_ms) = (who.person(store).await?, SystemClock.now_ms());
    let link = move |sql: &mut dyn Sql| {
        let link_id = random::id(&SystemRandom);
        let card = TownCard { link_id: &link_id, system: &system, number: &number };
        link::link_town_card(sql, &operator("card-registration"), &person_id, &card, now_ms)
    };
    if !store.write::<_, StoreError, _>(link).await? {
        bail!("this card is linked already; stop it there first");
    }
    Ok("the card is linked".to_owned())
}
