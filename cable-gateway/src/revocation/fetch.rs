//! Looks at the configured lists from time to time, in the background.
//!
//! A list is read in parts, verified, compared with the one in use, swapped in as a whole, and kept
//! on disk. What is refused changes nothing and is told with cause and remedy.

use std::{
    collections::HashMap,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use jpki::{
    revocation::{
        CertificateId,
        crl::{Crl, CrlLimits, CrlReader, CrlRefusal, Expected, UnverifiedCrl},
        store::{OfferRefusal, Offered},
        table::Change,
    },
    trust::TrustStore,
    verify::LibraryVerifier,
};
use reqwest::{
    StatusCode,
    header::{ETAG, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED},
};
use tokio_util::sync::CancellationToken;

use super::{SharedLists, kept, line};
use crate::{
    config::{ListConfig, ListPlace, RevocationConfig},
    metrics::Metrics,
    state::AppState,
};

/// After a fault the lists are looked at again this soon, or sooner if that is configured.
const AGAIN: Duration = Duration::from_mins(1);
/// Parts of a file.
const PART_LEN: usize = 256 * 1024;
/// Newly revoked certificates of one list that are looked up among the linked ones.
const CHANGES_MAX: usize = 200_000;
/// Most files of one folder.
const FILES_MAX: usize = 10_000;

/// A list was not taken.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("it cannot be read: {0}; check the path and its mode")]
    File(#[from] io::Error),
    #[error("it cannot be fetched: {0}; check the line and the address")]
    Line(#[from] reqwest::Error),
    #[error("its server answers {0}; check the address")]
    Status(StatusCode),
    #[error("it takes longer than revocation.fetch_timeout_seconds; check the line, or allow more")]
    TimedOut,
    #[error("{0}; ask the issuer for the right list, or correct what the configuration expects")]
    Refused(#[from] CrlRefusal),
    #[error("no authority in login.auth_issuers signed it; remove the list, or add its authority")]
    NoIssuer,
    #[error(
        "{0}: somebody may be replaying an old list, or the issuer restored a backup; the list in \
         use stays"
    )]
    Offer(#[from] OfferRefusal),
    #[error("reading it broke off")]
    BrokeOff,
}

/// What came of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Look {
    /// Nothing new.
    Unchanged,
    /// A newer list is in use; these certificates were revoked since the one before.
    Taken(Vec<CertificateId>),
}

/// Remembers what was seen, so that unchanged lists are not read again.
#[derive(Debug, Default)]
struct Memory {
    /// Headers for a conditional request, by address.
    marks: HashMap<String, (Option<HeaderValue>, Option<HeaderValue>)>,
    files: HashMap<PathBuf, (SystemTime, u64)>,
}

/// What fetching needs; a value of its own, so that tests can run one round.
pub(crate) struct Fetcher {
    client: reqwest::Client,
    config: RevocationConfig,
    trust: Arc<TrustStore>,
    lists: Arc<SharedLists>,
    metrics: Arc<Metrics>,
    memory: Memory,
}

impl Fetcher {
    pub(crate) fn new(
        config: &RevocationConfig,
        trust: Arc<TrustStore>,
        lists: Arc<SharedLists>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, line::LineError> {
        let (client, config) = (line::client(config)?, config.clone());
        Ok(Self { client, config, trust, lists, metrics, memory: Memory::default() })
    }

    /// Takes what an earlier run kept. Lists have millions of entries: another thread reads them.
    pub(crate) async fn load_kept(&self) {
        let (folder, trust) = (self.config.kept.clone(), Arc::clone(&self.trust));
        let lists = Arc::clone(&self.lists);
        let load = move || kept::load(&folder, &trust, &lists);
        let taken = tokio::task::spawn_blocking(load).await.unwrap_or_else(|error| {
            tracing::error!(%error, "kept revocation lists are not in use; they are fetched anew");
            0
        });
        if taken > 0 {
            tracing::info!(lists = taken, "revocation lists of the last run are in use");
        }
    }

    /// Looks at every list once. Answers the certificates revoked since, and whether all went well.
    pub(crate) async fn round(&mut self, now: i64) -> (Vec<CertificateId>, bool) {
        let (mut revoked, mut all_well) = (Vec::new(), true);
        for list in self.config.lists.clone() {
            for (source, look) in self.look(&list, now).await {
                let word = match look {
                    Ok(Look::Unchanged) => "unchanged",
                    Ok(Look::Taken(changes)) => {
                        revoked.extend(changes);
                        "taken"
                    }
                    Err(fault) => {
                        all_well = false;
                        tracing::error!(source, cause = %fault, "a revocation list is not taken");
                        "refused"
                    }
                };
                self.metrics.list_fetches.count([word]);
            }
        }
        (revoked, all_well)
    }

    async fn look(&mut self, list: &ListConfig, now: i64) -> Vec<(String, Result<Look, Fault>)> {
        match &list.place {
            ListPlace::Url(url) => {
                let limit = self.config.fetch_timeout;
                let look = tokio::time::timeout(limit, self.look_at_url(url, list, now)).await;
                vec![(url.clone(), look.unwrap_or(Err(Fault::TimedOut)))]
            }
            ListPlace::Path(path) => {
                let mut looks = Vec::new();
                match files(path) {
                    Ok(files) => {
                        for file in files {
                            let look = self.look_at_file(&file, list, now).await;
                            looks.push((file.display().to_string(), look));
                        }
                    }
                    Err(error) => looks.push((path.display().to_string(), Err(error.into()))),
                }
                looks
            }
        }
    }

    async fn look_at_url(&mut self, url: &str, list: &ListConfig, now: i64) -> Result<Look, Fault> {
        let mut request = self.client.get(url);
        if let Some((etag, modified)) = self.memory.marks.get(url).cloned() {
            if let Some(etag) = etag {
                request = request.header(IF_NONE_MATCH, etag);
            }
            if let Some(modified) = modified {
                request = request.header(IF_MODIFIED_SINCE, modified);
            }
        }
        let mut answer = request.send().await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED => return Ok(Look::Unchanged),
            status => return Err(Fault::Status(status)),
        }
        let mark = |name| answer.headers().get(name).cloned();
        let marks = (mark(ETAG), mark(LAST_MODIFIED));
        let mut reader = CrlReader::new(self.limits());
        // A part is hashed and read in less than a millisecond; the rest goes to another thread.
        while let Some(part) = answer.chunk().await? {
            reader.feed(&part)?;
        }
        let look = self.conclude(move || Ok(reader.finish()?), list, now).await?;
        self.memory.marks.insert(url.to_owned(), marks);
        Ok(look)
    }

    async fn look_at_file(
        &mut self,
        path: &Path,
        list: &ListConfig,
        now: i64,
    ) -> Result<Look, Fault> {
        let about = std::fs::metadata(path)?;
        let seen = (about.modified()?, about.len());
        if self.memory.files.get(path) == Some(&seen) {
            return Ok(Look::Unchanged);
        }
        let (file, limits) = (path.to_owned(), self.limits());
        let look = self.conclude(move || read_file(&file, limits), list, now).await?;
        self.memory.files.insert(path.to_owned(), seen);
        Ok(look)
    }

    fn limits(&self) -> CrlLimits {
        CrlLimits { len_max: self.config.list_max_bytes, ..CrlLimits::default() }
    }

    /// Sorts, verifies, offers and keeps a list on a thread where it may take its time.
    async fn conclude(
        &self,
        read: impl FnOnce() -> Result<UnverifiedCrl, Fault> + Send + 'static,
        list: &ListConfig,
        now: i64,
    ) -> Result<Look, Fault> {
        let (trust, lists) = (Arc::clone(&self.trust), Arc::clone(&self.lists));
        let (list, folder) = (list.clone(), self.config.kept.clone());
        let work = move || take(read()?, &list, &trust, &lists, &folder, now);
        tokio::task::spawn_blocking(work).await.map_err(|_| Fault::BrokeOff)?
    }
}

/// A file, or every `*.crl` of a folder in order of names.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !std::fs::metadata(path)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)?.take(FILES_MAX) {
        let file = entry?.path();
        if file.extension().is_some_and(|ending| ending == "crl") {
            files.push(file);
        }
    }
    files.sort_unstable();
    Ok(files)
}

fn read_file(path: &Path, limits: CrlLimits) -> Result<UnverifiedCrl, Fault> {
    let mut file = std::fs::File::open(path)?;
    let mut reader = CrlReader::new(limits);
    let mut part = vec![0; PART_LEN];
    loop {
        match file.read(&mut part)? {
            0 => return Ok(reader.finish()?),
            length => reader.feed(&part[..length])?,
        }
    }
}

fn take(
    unverified: UnverifiedCrl,
    config: &ListConfig,
    trust: &TrustStore,
    lists: &SharedLists,
    folder: &Path,
    now: i64,
) -> Result<Look, Fault> {
    let named = unverified.authority_key_id().or(config.issuer_key_id.as_deref());
    let issuer = named.and_then(|id| trust.issuer(id)).ok_or(Fault::NoIssuer)?;
    if config.issuer_key_id.as_deref().is_some_and(|id| id != issuer.key_id()) {
        return Err(CrlRefusal::WrongIssuer.into());
    }
    let expected = config.point.as_ref().map_or(Expected::AsNamed, Expected::Partition);
    let list = Arc::new(unverified.verify(issuer, expected, now, &LibraryVerifier)?);
    let before = match lists.offer(&list)? {
        Offered::Unchanged => return Ok(Look::Unchanged),
        Offered::Taken { before } => before,
    };
    if let Err(error) = kept::keep(folder, &list) {
        tracing::error!(
            folder = %folder.display(),
            %error,
            "a revocation list is in use but cannot be kept; a restart would fetch it anew: check \
             the folder of revocation.kept"
        );
    }
    Ok(Look::Taken(newly_revoked(before.as_deref(), &list)))
}

/// Compares a list with the one before it; the first one changes nothing.
fn newly_revoked(before: Option<&Crl>, list: &Crl) -> Vec<CertificateId> {
    let Some(before) = before else {
        tracing::info!(entries = list.table().len(), "a first revocation list is in use");
        return Vec::new();
    };
    let (mut revoked, mut released, mut altered) = (Vec::new(), 0u64, 0u64);
    let mut count = 0u64;
    for change in before.table().changes(list.table()) {
        match change {
            Change::Altered { .. } => altered += 1,
            Change::Released { .. } => released += 1,
            Change::Revoked { serial, .. } => {
                count += 1;
                if revoked.len() < CHANGES_MAX {
                    revoked.push(CertificateId {
                        issuer_key_id: list.issuer_key_id().to_vec(),
                        serial: serial.as_bytes().to_vec(),
                    });
                }
            }
        }
    }
    tracing::info!(revoked = count, released, altered, "a newer revocation list is in use");
    revoked
}

/// Runs until `shutdown`.
pub(crate) async fn run(state: AppState, mut fetcher: Fetcher, shutdown: CancellationToken) {
    loop {
        let now = state.now_ms().div_euclid(1000);
        let (revoked, all_well) = tokio::select! {
            () = shutdown.cancelled() => return,
            done = fetcher.round(now) => done,
        };
        if !revoked.is_empty() {
            tell(&state, revoked).await;
        }
        let every = state.config.revocation.fetch_every;
        let pause = if all_well { every } else { every.min(AGAIN) };
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Linked certificates among them are looked at now instead of tomorrow.
async fn tell(state: &AppState, revoked: Vec<CertificateId>) {
    let revoked: Vec<_> = revoked.into_iter().flat_map(spellings).collect();
    state.logins.revocation().forget(&revoked);
    let due =
        move |sql: &mut dyn crate::store::Sql| crate::card::watch::bring_forward(sql, &revoked);
    let told = match state.store.write::<_, crate::store::StoreError, _>(due).await {
        Ok(0) => return,
        Ok(_) => crate::lifecycle::watch_cards(state, state.now_ms()).await,
        Err(error) => Err(error),
    };
    if let Err(error) = told {
        tracing::error!(%error, "linked certificates were not looked at; the daily watch does it");
    }
}

/// Certificates write a number whose first bit is set with a zero before it; lists are read without.
fn spellings(certificate: CertificateId) -> Vec<CertificateId> {
    if certificate.serial.first().is_none_or(|first| first & 0x80 == 0) {
        return vec![certificate];
    }
    let signed = CertificateId {
        issuer_key_id: certificate.issuer_key_id.clone(),
        serial: [&[0], certificate.serial.as_slice()].concat(),
    };
    vec![certificate, signed]
}
