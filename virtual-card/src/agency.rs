//! `virtual-card j-lis ...`: the simulated agency from the command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};
use virtual_card::{
    ca::person::{Person, Sex, Town},
    j_lis::{self, Agency, Event},
    profile::CardProfile,
};

use crate::now_unix_secs;

/// What the agency does.
#[derive(Subcommand)]
pub(crate) enum AgencyAction {
    /// Founds an agency: CAs, register, responder.
    Found {
        #[command(flatten)]
        state: Folder,
        /// Use the published keys of the repository instead of drawing fresh ones.
        #[arg(long)]
        published_keys: bool,
    },
    /// Registers a person and issues the first card.
    Enrol(EnrolArgs),
    /// Issues a new card to the same person; the old certificates are superseded.
    Renew(Who),
    /// Reports a move: the signature certificate ends, the login lives.
    Move {
        #[command(flatten)]
        who: Who,
        /// New address.
        #[arg(long)]
        address: String,
        #[command(flatten)]
        town: TownArgs,
    },
    /// Reports a death: every certificate ends.
    Death(Who),
    /// Reports a lost card: every certificate is stopped.
    Lose(Who),
    /// Publishes the lists now instead of at the end of the day.
    Publish {
        #[command(flatten)]
        state: Folder,
        /// How long they are good, e.g. to see what a gateway does with lists that are too old.
        #[arg(long, default_value_t = j_lis::LIST_LIFE_SECS)]
        life_seconds: i64,
    },
    /// Says what became of every certificate.
    Show(Folder),
    /// Serves lists and OCSP until it is stopped.
    Serve {
        #[command(flatten)]
        state: Folder,
        /// Address; port 0 takes a free one and says which.
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
    },
}

#[derive(Args)]
pub(crate) struct Folder {
    /// Folder of the agency.
    #[arg(long)]
    state: PathBuf,
}

#[derive(Args)]
pub(crate) struct Who {
    #[command(flatten)]
    state: Folder,
    /// Short id of the person, e.g. `hana`.
    #[arg(long)]
    id: String,
}

#[derive(Args)]
pub(crate) struct TownArgs {
    /// Prefecture as certificates write it.
    #[arg(long, default_value = "Tokushima-ken")]
    prefecture: String,
    /// Town as certificates write it.
    #[arg(long, default_value = "Minami-cho")]
    city: String,
}

#[derive(Args)]
pub(crate) struct EnrolArgs {
    #[command(flatten)]
    who: Who,
    /// Name of the person.
    #[arg(long, default_value = "試験　花子")]
    name: String,
    /// Address of the person.
    #[arg(long, default_value = "徳島県海部郡美波町奥河内字試験１番地")]
    address: String,
    /// Gregorian birth date, YYYYMMDD.
    #[arg(long, default_value = "19410315")]
    birth: String,
    /// Sex.
    #[arg(long, value_enum, default_value = "female")]
    sex: Sex,
    #[command(flatten)]
    town: TownArgs,
    /// How the card behaves.
    #[arg(long, value_enum, default_value = "normal")]
    profile: CardProfile,
}

impl TownArgs {
    fn town(&self) -> Town {
        Town::new(&self.prefecture, &self.city)
    }
}

pub(crate) fn run(action: AgencyAction) -> anyhow::Result<()> {
    let now = now_unix_secs()?;
    match action {
        AgencyAction::Found { state, published_keys } => {
            Agency::found(&state.state, published_keys, now)?;
            println!("agency in {}", state.state.display());
        }
        AgencyAction::Enrol(args) => enrol(&args, now)?,
        AgencyAction::Renew(who) => {
            let card = Agency::open(&who.state.state)?.renew(&who.id, now)?;
            println!("new card {}", card.display());
        }
        AgencyAction::Move { who, address, town } => {
            report(&who, Event::Move { address, town: town.town() }, now)?;
        }
        AgencyAction::Death(who) => report(&who, Event::Death, now)?,
        AgencyAction::Lose(who) => report(&who, Event::Loss, now)?,
        AgencyAction::Publish { state, life_seconds } => {
            let count = Agency::open(&state.state)?.publish_for(now, life_seconds)?;
            println!("{count} lists published");
        }
        AgencyAction::Show(state) => {
            for line in Agency::open(&state.state)?.show() {
                println!("{line}");
            }
        }
        AgencyAction::Serve { state, listen } => serve(&state, listen)?,
    }
    Ok(())
}

fn enrol(args: &EnrolArgs, now: i64) -> anyhow::Result<()> {
    let person = Person::new(&args.name, &args.address, &args.birth, args.sex);
    let person = person.in_town(args.town.town());
    let mut agency = Agency::open(&args.who.state.state)?;
    let card = agency.enrol(&args.who.id, &person, args.profile, now)?;
    println!("card {}", card.display());
    Ok(())
}

fn report(who: &Who, event: Event, now: i64) -> anyhow::Result<()> {
    Agency::open(&who.state.state)?.report(&who.id, event, now)?;
    println!("noted; the responder tells it now, the lists from their next publication on");
    Ok(())
}

fn serve(state: &Folder, listen: SocketAddr) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let clock = || now_unix_secs().unwrap_or_default();
    runtime.block_on(j_lis::serve(&state.state, listen, clock, |address| {
        println!("agency at http://{address}");
    }))?;
    Ok(())
}
