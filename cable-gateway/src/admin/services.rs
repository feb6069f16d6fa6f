//! Services that may ask who somebody is, and the keys with which they are answered.

use std::path::PathBuf;

use anyhow::bail;
use clap::Subcommand;

use crate::{
    clock::{Clock as _, SystemClock},
    config::Config,
    encoding::when,
    oidc::client,
    signing_keys::{self, KeyPurpose, KeyRing},
    statement,
    store::{Sql, Store, StoreError},
};

/// Commands about services.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Register a service, or replace its registration, from a TOML file
    RegisterService {
        /// The registration; docs/sign-in-for-services.md shows every key
        file: PathBuf,
    },
    /// List services
    ListServices,
    /// Stop a service; nothing that it holds counts any more
    DisableService {
        /// Its client_id
        client_id: String,
    },
    /// Print what stands behind a statement, for a service that asks about it
    ShowEvidence {
        /// Its id, from the statement
        evidence_id: String,
    },
    /// List the keys that sign id tokens, statements and checkpoints
    ListSigningKeys,
    /// Draw the next signing key before its time; it signs two days later
    RotateSigningKey {
        /// id-token, statement or audit
        #[arg(long, value_parser = purpose)]
        purpose: KeyPurpose,
    },
    /// Stop a signing key at once, e.g. because it was copied; another signs at once
    WithdrawSigningKey {
        /// Its id
        kid: String,
    },
}

fn purpose(code: &str) -> Result<KeyPurpose, String> {
    KeyPurpose::from_code(code).ok_or_else(|| "use id-token, statement or audit".to_owned())
}

/// Runs one command and returns what to print.
pub(super) async fn run(
    config: &Config,
    store: &Store,
    command: Command,
) -> anyhow::Result<String> {
    let (now_ms, ring) = (SystemClock.now_ms(), KeyRing::new(&config.keys.directory));
    match command {
        Command::RegisterService { file } => register(store, file, now_ms).await,
        Command::ListServices => list(store).await,
        Command::DisableService { client_id } => disable(store, client_id, now_ms).await,
        Command::ShowEvidence { evidence_id } => show_evidence(store, evidence_id).await,
        Command::ListSigningKeys => list_keys(store).await,
        Command::RotateSigningKey { purpose } => {
            store.write(move |sql| ring.rotate(sql, purpose, now_ms)).await?;
            Ok("the next key is published now and signs in two days".to_owned())
        }
        Command::WithdrawSigningKey { kid } => {
            let id = kid.clone();
            store.write(move |sql| ring.withdraw(sql, &id, now_ms)).await?;
            Ok(format!("{kid} signs nothing any more and is no longer published"))
        }
    }
}

async fn register(store: &Store, file: PathBuf, now_ms: i64) -> anyhow::Result<String> {
    let new = client::read(&file)?;
    let client_id = new.client_id.clone();
    store.write(move |sql| client::register(sql, &new, now_ms)).await?;
    Ok(format!("{client_id} is registered"))
}

async fn list(store: &Store) -> anyhow::Result<String> {
    let services = store.read::<_, StoreError, _>(client::all).await?;
    let lines = services
        .iter()
        .map(|service| format!("{} {} {}", service.client_id, service.state, service.name));
    Ok(lines.collect::<Vec<_>>().join("\n"))
}

async fn disable(store: &Store, client_id: String, now_ms: i64) -> anyhow::Result<String> {
    let id = client_id.clone();
    let disable = move |sql: &mut dyn Sql| client::disable(sql, &id, now_ms);
    if !store.write::<_, StoreError, _>(disable).await? {
        bail!("no active service {client_id}; see `admin list-services`");
    }
    Ok(format!("{client_id} is stopped; nothing that it holds counts any more"))
}

async fn show_evidence(store: &Store, evidence_id: String) -> anyhow::Result<String> {
    let id = evidence_id.clone();
    let find = move |sql: &mut dyn Sql| statement::find(sql, &id);
    let Some(found) = store.read::<_, StoreError, _>(find).await? else {
        bail!("no evidence {evidence_id}; copy the id exactly from the statement");
    };
    Ok(format!(
        "stated {} to {}, card used {}, level L{}, revocation {}\nform {}\nstatement {}",
        when(found.stated_at_ms),
        found.client_id,
        when(found.authenticated_at_ms),
        found.level,
        found.revocation,
        found.form,
        found.statement
    ))
}

async fn list_keys(store: &Store) -> anyhow::Result<String> {
    let keys = store.read::<_, StoreError, _>(signing_keys::all).await?;
    let lines = keys.iter().map(|key| {
        let end = key.withdrawn_at_ms.map(|at_ms| format!("withdrawn {}", when(at_ms)));
        let end = end.or_else(|| {
            key.published_until_ms.map(|at_ms| format!("published until {}", when(at_ms)))
        });
        let end = end.unwrap_or_else(|| "newest".to_owned());
        format!("{} {} signs from {}, {end}", key.kid, key.purpose, when(key.signs_from_ms))
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}
