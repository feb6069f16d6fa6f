//! Images for boxes: added, offered to more and more of them, paused, withdrawn.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use gateway_api::version::Version;

use crate::{
    clock::{Clock as _, SystemClock},
    config::{Config, UpdatesConfig},
    encoding::{megabytes, when},
    store::{Sql, Store},
    update::{
        intake::{self, Intake},
        rollout::{self, Tally},
        shelf::{self, Bundle, Pause, ShelfError},
        signature,
    },
};

/// Commands about images.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Take a bundle in, after its kind, version, content and (with updates.keyring) signature were
    /// checked; nobody is offered it yet
    Add {
        /// The bundle, as `rauc bundle` or the image build wrote it
        bundle: PathBuf,
        /// Its version, as its manifest says
        #[arg(long, value_parser = version)]
        version: Version,
    },
    /// List versions, who is offered them and what became of them
    List,
    /// Offer a version to so many of a hundred boxes; the share only grows
    RollOut {
        /// The version
        #[arg(value_parser = version)]
        version: Version,
        /// 1, 10 or 100
        #[arg(long, value_parser = percent)]
        percent: u32,
    },
    /// Offer a version to nobody for now; boxes that have begun come to an end
    Pause {
        /// The version
        #[arg(value_parser = version)]
        version: Version,
    },
    /// Go on with a version; failures so far do not pause it again
    Resume {
        /// The version
        #[arg(value_parser = version)]
        version: Version,
    },
    /// Take a version and its file away
    Withdraw {
        /// The version
        #[arg(value_parser = version)]
        version: Version,
    },
}

fn version(text: &str) -> Result<Version, String> {
    Version::parse(text).map_err(|error| error.to_string())
}

fn percent(text: &str) -> Result<u32, String> {
    rollout::step(text).ok_or_else(|| format!("use {}", rollout::steps()))
}

/// Runs one command and returns what to print.
pub(super) async fn run(
    config: &Config,
    store: &Store,
    command: Command,
) -> anyhow::Result<String> {
    let now_ms = SystemClock.now_ms();
    match command {
        Command::Add { bundle, version } => add(config, store, bundle, version, now_ms).await,
        Command::List => list(store).await,
        Command::RollOut { version, percent } => {
            let said = format!("version {version} is offered to {percent} % of the boxes");
            store.write(move |sql| shelf::widen(sql, &version, percent)).await?;
            Ok(said)
        }
        Command::Pause { version } => {
            let said = format!("version {version} is offered to nobody for now");
            store.write(move |sql| shelf::pause(sql, &version)).await?;
            Ok(said)
        }
        Command::Resume { version } => {
            let said = format!("version {version} goes on");
            store.write(move |sql| shelf::resume(sql, &version, now_ms)).await?;
            Ok(said)
        }
        Command::Withdraw { version } => withdraw(store, &config.updates.directory, version).await,
    }
}

/// Looks whether the configured keyring can be used.
pub(super) fn check_keyring(config: &UpdatesConfig) -> anyhow::Result<()> {
    Ok(config.keyring.as_deref().map_or(Ok(()), signature::check_keyring)?)
}

async fn add(
    config: &Config,
    store: &Store,
    source: PathBuf,
    version: Version,
    now_ms: i64,
) -> anyhow::Result<String> {
    let (said, updates) = (version.clone(), config.updates.clone());
    let copy = tokio::task::spawn_blocking(move || intake::bring_in(&updates, &source, &said));
    let Intake { id, size_bytes, signer } = copy.await??;
    let entered = {
        let version = version.clone();
        move |sql: &mut dyn Sql| {
            // Before it is refused as not newer: the same file once more changes nothing.
            if shelf::find(sql, &version).is_ok_and(|present| present.id == id) {
                return Ok(());
            }
            shelf::add(sql, id, &version, size_bytes, now_ms)
        }
    };
    let entered: Result<(), ShelfError> = store.write(entered).await;
    if let Err(error) = entered {
        remove_unless_known(store, &config.updates.directory, id).await;
        return Err(error.into());
    }
    let signed = match (signer, &config.updates.keyring) {
        (Some(signer), Some(keyring)) => {
            format!("signed by {signer}, verified against {}", keyring.display())
        }
        _ => "NOT verified: the signature, since no updates.keyring is configured; each box verifies it".to_owned(),
    };
    Ok(format!(
        "version {version} for {} is here ({}, {id})\nchecked: kind, version, content\n{signed}\nnobody is offered \
         it before `admin update roll-out {version} --percent 1`",
        config.updates.compatible,
        megabytes(size_bytes)
    ))
}

async fn remove_unless_known(store: &Store, directory: &Path, id: gateway_api::update::BundleId) {
    let known = store.read(|sql| shelf::all(sql)).await;
    if known.is_ok_and(|known| known.iter().all(|bundle| bundle.id != id)) {
        // What stays behind is only a file; the next `add` of it takes its place.
        let _ = shelf::remove_file(directory, id);
    }
}

async fn withdraw(store: &Store, directory: &Path, version: Version) -> anyhow::Result<String> {
    let said = format!("version {version} is gone");
    let id = store.write(move |sql| shelf::withdraw(sql, &version)).await?;
    match shelf::remove_file(directory, id) {
        Err(error) => Ok(format!("{said}; its file could not be removed: {error}")),
        Ok(()) => Ok(said),
    }
}

async fn list(store: &Store) -> anyhow::Result<String> {
    let bundles = store.read(|sql| shelf::all(sql)).await?;
    if bundles.is_empty() {
        return Ok(
            "no version is here; `admin update add BUNDLE --version V` takes one in".to_owned()
        );
    }
    Ok(bundles.iter().map(line).collect::<Vec<_>>().join("\n"))
}

fn line(bundle: &Bundle) -> String {
    let Bundle { version, percent, size_bytes, added_at_ms, tally, .. } = bundle;
    let Tally { going, good, failed } = tally;
    let pause = match bundle.pause {
        None => "",
        Some(Pause::ByHand) => ", paused by hand",
        Some(Pause::Failures) => ", paused because too many boxes failed",
    };
    format!(
        "{version}: offered to {percent} %{pause}; {good} good, {failed} failed, {going} under way; \
         {}, added {}",
        megabytes(*size_bytes),
        when(*added_at_ms)
    )
}
