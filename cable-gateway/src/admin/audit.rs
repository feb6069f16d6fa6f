//! `admin audit`: the log of who looked and who acted, as evidence.

use std::{
    fs::OpenOptions,
    io::{BufWriter, ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context as _, anyhow, bail};
use clap::Subcommand;

use crate::{
    audit::chain,
    clock::{Clock as _, SystemClock},
    config::Config,
    signing_keys::{KeyError, KeyRing},
    statement,
    store::{Sql, Store, StoreError},
};

const DAY_MS: i64 = 86_400_000;
/// A town keeps its log longer than the longest audit period.
const KEEP_DAYS_MIN: u16 = 365;

/// Commands about the audit log.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check the whole log; fails and says where when an entry was changed, moved, removed or cut
    /// off
    Verify {
        /// A checkpoint that was kept elsewhere
        #[arg(long)]
        anchor: Option<PathBuf>,
    },
    /// Seal the log now and print the newest checkpoint, for keeping it elsewhere
    Checkpoint,
    /// Write the log as JSON Lines into a new file
    Export {
        /// The file
        #[arg(long)]
        output: PathBuf,
    },
    /// Remove old entries from the beginning; the chain survives it
    Prune {
        /// Age from which entries go, in days
        #[arg(long, value_parser = clap::value_parser!(u16).range(i64::from(KEEP_DAYS_MIN)..))]
        older_than_days: u16,
    },
}

/// Runs one command and returns what to print.
pub(super) async fn run(
    config: &Config,
    store: &Store,
    command: Command,
) -> anyhow::Result<String> {
    let (ring, now_ms) = (Arc::new(KeyRing::new(&config.keys.directory)), SystemClock.now_ms());
    match command {
        Command::Verify { anchor } => verify(store, ring, anchor).await,
        Command::Checkpoint => checkpoint(store, ring, now_ms).await,
        Command::Export { output } => export(store, ring, output).await,
        Command::Prune { older_than_days } => {
            let before_ms = now_ms - i64::from(older_than_days) * DAY_MS;
            let prune = move |sql: &mut dyn Sql| chain::prune(sql, &ring, before_ms, now_ms);
            let count = store.write(prune).await?;
            Ok(format!("removed {count} entries; the chain goes on"))
        }
    }
}

async fn verify(
    store: &Store,
    ring: Arc<KeyRing>,
    anchor: Option<PathBuf>,
) -> anyhow::Result<String> {
    let anchor = anchor.as_deref().map(read_anchor).transpose()?;
    let check = move |sql: &mut dyn Sql| {
        Ok((chain::check(sql, &ring, anchor.as_deref())?, statement::changed(sql, &ring)?))
    };
    let (outcome, evidence) = store.read::<_, StoreError, _>(check).await?;
    if outcome.findings.is_empty() && evidence.is_empty() {
        let (entries, checkpoints) = (outcome.entries, outcome.checkpoints);
        return Ok(format!("the log fits: {entries} entries, {checkpoints} checkpoints"));
    }
    let mut lines: Vec<String> = outcome.findings.iter().map(ToString::to_string).collect();
    lines.extend(evidence.iter().map(|id| format!("evidence {id} is not what was stated")));
    bail!("the audit log was tampered with, or damaged:\n  {}", lines.join("\n  "));
}

fn read_anchor(path: &Path) -> anyhow::Result<String> {
    let length = std::fs::metadata(path).with_context(|| path.display().to_string())?.len();
    if length > 16 * 1024 {
        bail!("{} is too large for a checkpoint", path.display());
    }
    std::fs::read_to_string(path).with_context(|| path.display().to_string())
}

async fn checkpoint(store: &Store, ring: Arc<KeyRing>, now_ms: i64) -> anyhow::Result<String> {
    let seal = move |sql: &mut dyn Sql| {
        ring.keep_fresh(sql, now_ms)?;
        chain::seal(sql, &ring, now_ms)?;
        Ok::<_, KeyError>(chain::newest(sql)?)
    };
    store.write(seal).await?.context("the log is empty; there is nothing to seal")
}

async fn export(store: &Store, ring: Arc<KeyRing>, output: PathBuf) -> anyhow::Result<String> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&output);
    let file = file.map_err(|cause| {
        let remedy = match cause.kind() {
            ErrorKind::AlreadyExists => "an export replaces nothing: name another file",
            _ => "check that its folder exists and is writable",
        };
        anyhow!("cannot create {}: {cause}; {remedy}", output.display())
    })?;
    let work = move |sql: &mut dyn Sql| {
        let mut out = BufWriter::new(file);
        let count = chain::export(sql, &ring, &mut out)?;
        out.flush()?;
        Ok::<_, chain::ExportError>(count)
    };
    let written = store.read(work).await;
    let count = written.with_context(|| format!("{} is not complete", output.display()))?;
    Ok(format!("wrote {count} entries into {}", output.display()))
}
