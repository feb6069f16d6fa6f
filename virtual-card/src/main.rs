//! Command line of the software My Number card.

mod agency;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, ensure};
use clap::{Args, Parser, Subcommand};
use virtual_card::{
    ca::{
        AUTH_PIN, TestHierarchy,
        person::{Person, Sex},
    },
    control::{ControlledReader, Request, listen},
    keys::FreshKeys,
    profile::CardProfile,
    vpcd::VirtualReader,
};

/// Software My Number card for development. Its CA is a test CA and its cards prove nothing: a
/// production gateway refuses them.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Creates a test CA with three generations.
    Ca {
        /// Folder for `ca.json` and the CA certificates.
        #[arg(long)]
        out: PathBuf,
    },
    /// Issues a card.
    Issue(IssueArgs),
    /// Presents cards to a virtual reader until it is stopped.
    Reader {
        /// Address of the virtual reader's driver.
        #[arg(long, default_value = "127.0.0.1:35963")]
        vpcd: SocketAddr,
        /// Socket at which `insert`, `remove`, `swap` and `status` reach it.
        #[arg(long)]
        control: PathBuf,
        /// Card to begin with.
        #[arg(long)]
        card: Option<PathBuf>,
    },
    /// A simulated J-LIS: register, daily lists, OCSP responder.
    #[command(subcommand)]
    JLis(agency::AgencyAction),
    /// Puts a card into a running reader.
    Insert {
        /// Card file.
        card: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// Takes the card out.
    Remove(Target),
    /// Replaces the card.
    Swap {
        /// Card file.
        card: PathBuf,
        #[command(flatten)]
        target: Target,
    },
    /// Says what lies in the reader.
    Status(Target),
}

#[derive(Args)]
struct Target {
    /// Socket of the running reader.
    #[arg(long)]
    control: PathBuf,
}

#[derive(Args)]
struct IssueArgs {
    /// Folder of the test CA.
    #[arg(long)]
    ca: PathBuf,
    /// How the card behaves.
    #[arg(long, value_enum, default_value = "normal")]
    profile: CardProfile,
    /// Name of the holder.
    #[arg(long, default_value = "試験　花子")]
    name: String,
    /// Address of the holder.
    #[arg(long, default_value = "徳島県海部郡美波町奥河内字試験１番地")]
    address: String,
    /// Gregorian birth date, YYYYMMDD.
    #[arg(long, default_value = "19410315")]
    birth: String,
    /// Sex.
    #[arg(long, value_enum, default_value = "female")]
    sex: Sex,
    /// PIN of the auth certificate, four digits.
    #[arg(long, default_value = AUTH_PIN)]
    pin: String,
    /// Card file; the auth certificate is written beside it as `FILE.auth.der`.
    #[arg(long)]
    out: PathBuf,
}

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    eprintln!("virtual-card is for development: test CA, published secrets, no legal effect.");
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("virtual-card: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(action: Action) -> anyhow::Result<()> {
    match action {
        Action::Ca { out } => create_ca(&out),
        Action::Issue(args) => issue(&args),
        Action::JLis(action) => agency::run(action),
        Action::Reader { vpcd, control, card } => run_reader(vpcd, &control, card),
        Action::Insert { card, target } => ask(&Request::Insert(absolute(&card)?), &target),
        Action::Remove(target) => ask(&Request::Remove, &target),
        Action::Swap { card, target } => ask(&Request::Swap(absolute(&card)?), &target),
        Action::Status(target) => ask(&Request::Status, &target),
    }
}

fn create_ca(out: &Path) -> anyhow::Result<()> {
    ensure!(
        !out.join("ca.json").exists(),
        "{} holds a CA already; cards of it would no longer be trusted",
        out.display()
    );
    TestHierarchy::create(&mut FreshKeys, now_unix_secs()?)?.save(out)?;
    println!("test CA in {}", out.display());
    Ok(())
}

fn issue(args: &IssueArgs) -> anyhow::Result<()> {
    ensure!(
        args.pin.len() == 4 && args.pin.bytes().all(|byte| byte.is_ascii_digit()),
        "the PIN must have four digits"
    );
    let mut hierarchy = TestHierarchy::load(&args.ca)?;
    let person = Person::new(&args.name, &args.address, &args.birth, args.sex);
    let mut card = hierarchy.issue(args.profile, &person, &mut FreshKeys, now_unix_secs()?)?;
    args.pin.clone_into(&mut card.auth.pin);
    // First the CA: a serial number may be lost, but never be given twice.
    hierarchy.save(&args.ca)?;
    card.save(&args.out)?;
    let certificate = certificate_path(&args.out);
    std::fs::write(&certificate, &card.auth.certificate.0)
        .with_context(|| certificate.display().to_string())?;
    println!("{:?} card of {} in {}", args.profile, args.name, args.out.display());
    Ok(())
}

/// `FILE.auth.der` beside `FILE.json` or `FILE`.
fn certificate_path(card: &Path) -> PathBuf {
    card.with_extension("auth.der")
}

fn run_reader(vpcd: SocketAddr, control: &Path, card: Option<PathBuf>) -> anyhow::Result<()> {
    let mut reader = ControlledReader::new(VirtualReader::new(vpcd));
    if let Some(card) = card {
        println!("{}", reader.handle(&Request::Insert(card))?);
    }
    let listener = listen(control).with_context(|| control.display().to_string())?;
    // Who reads this line may speak to the socket at once.
    println!("virtual reader for {vpcd}, control socket {}", control.display());
    reader.serve(&listener).context("the control socket failed")
}

fn ask(request: &Request, target: &Target) -> anyhow::Result<()> {
    println!("{}", request.send(&target.control)?);
    Ok(())
}

/// The reader runs elsewhere, in another folder.
fn absolute(path: &Path) -> anyhow::Result<PathBuf> {
    std::path::absolute(path).with_context(|| path.display().to_string())
}

fn now_unix_secs() -> anyhow::Result<i64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "certificates begin at the time of issue; this is the clock adapter of the tool"
    )]
    let now = std::time::SystemTime::now();
    let since_epoch = now.duration_since(std::time::UNIX_EPOCH)?;
    Ok(i64::try_from(since_epoch.as_secs())?)
}
