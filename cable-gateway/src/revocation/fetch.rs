//! Looks at the configured lists from time to time, in the background.
//!
//! A list is read in parts, verified, compared with the one in use, swapped in as a whole, and kept
//! on disk. What is refused changes nothing and is told with cause and remedy.

mod pauses;
mod place;

use std::{
    collections::HashMap,
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
    vec,
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
use tokio::{
    task::{self, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use self::{pauses::Pauses, place::ListFile};
use super::{SharedLists, kept};
use crate::{
    config::{ListConfig, ListPlace, RevocationConfig},
    metrics::Metrics,
    state::AppState,
};

/// Newly revoked certificates of one list that are looked up among the linked ones.
const CHANGES_MAX: usize = 200_000;

/// Lists that are looked at at the same time: as long as fewer servers hang, the others are asked.
const AT_ONCE: usize = 4;

/// Why a list was not taken.
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
    /// By address.
    marks: HashMap<String, Marks>,
    files: HashMap<PathBuf, place::Seen>,
}

/// Headers for a conditional request.
type Marks = (Option<HeaderValue>, Option<HeaderValue>);

/// A list to look at.
#[derive(Debug)]
pub(crate) struct Candidate {
    /// Its address, or its path.
    pub(super) source: String,
    place: Place,
    list: ListConfig,
}

#[derive(Debug)]
enum Place {
    File(ListFile),
    Unreadable(io::Error),
    Url,
}

/// What fetching needs; a value of its own, so that tests can look step by step.
pub(crate) struct Fetcher {
    looker: Arc<Looker>,
    metrics: Arc<Metrics>,
    pauses: Pauses,
}

/// What the looks at several lists share.
struct Looker {
    client: reqwest::Client,
    config: RevocationConfig,
    trust: Arc<TrustStore>,
    lists: Arc<SharedLists>,
    memory: Mutex<Memory>,
    /// Held while a list is offered and kept: of two for the same place, the one in use is on disk.
    keeping: Mutex<()>,
}

/// Lists that are due together, some of them under way.
#[derive(Debug)]
pub(crate) struct Round {
    waiting: vec::IntoIter<Candidate>,
    looks: JoinSet<Result<Look, Fault>>,
    sources: HashMap<task::Id, String>,
}

impl Round {
    pub(crate) fn of(due: Vec<Candidate>) -> Self {
        Self { waiting: due.into_iter(), looks: JoinSet::new(), sources: HashMap::new() }
    }
}

impl Fetcher {
    pub(crate) fn new(
        client: reqwest::Client,
        config: &RevocationConfig,
        trust: Arc<TrustStore>,
        lists: Arc<SharedLists>,
        metrics: Arc<Metrics>,
    ) -> Self {
        let pauses = Pauses::new(config.fetch_every);
        let (memory, keeping) = (Mutex::default(), Mutex::default());
        let config = config.clone();
        let looker = Arc::new(Looker { client, config, trust, lists, memory, keeping });
        Self { looker, metrics, pauses }
    }

    /// Takes what an earlier run kept. Lists have millions of entries: another thread reads them.
    pub(crate) async fn load_kept(&self) {
        let looker = Arc::clone(&self.looker);
        let load = move || kept::load(&looker.config.kept, &looker.trust, &looker.lists);
        let taken = tokio::task::spawn_blocking(load).await.unwrap_or_else(|error| {
            tracing::error!(%error, "kept revocation lists are not in use; they are fetched anew");
            0
        });
        if taken > 0 {
            tracing::info!(lists = taken, "revocation lists of the last run are in use");
        }
    }

    /// The lists to look at now: all from time to time, in between those that had a fault.
    pub(crate) async fn due(&mut self, at: Instant) -> Vec<Candidate> {
        let all = self.pauses.begin(at);
        let mut due = Vec::new();
        for list in &self.looker.config.lists {
            match &list.place {
                ListPlace::Url(url) => {
                    if all || self.pauses.is_due(url, at) {
                        let (source, list) = (url.clone(), list.clone());
                        due.push(Candidate { source, place: Place::Url, list });
                    }
                }
                ListPlace::Path(path) => {
                    let source = path.display().to_string();
                    if !all && !self.pauses.is_due_in(&source, at) {
                        continue;
                    }
                    // A folder that could not be read comes back with all of its lists.
                    let whole = all || self.pauses.is_due(&source, at);
                    let found = candidates(path, list).await;
                    let is_due = |one: &Candidate| whole || self.pauses.is_due(&one.source, at);
                    due.extend(found.into_iter().filter(is_due));
                }
            }
        }
        due
    }

    /// How long nothing is due, when everything that was due was looked at.
    pub(crate) fn pause(&mut self, at: Instant) -> Duration {
        self.pauses.end(at)
    }

    /// Goes on with a round, a few lists at once, until one of them is through: the certificates
    /// revoked since the list before it, or nothing when there was a fault. No answer: all are.
    pub(crate) async fn next(
        &mut self,
        round: &mut Round,
        now: i64,
    ) -> Option<Option<Vec<CertificateId>>> {
        while round.looks.len() < AT_ONCE {
            let Some(candidate) = round.waiting.next() else { break };
            let (looker, source) = (Arc::clone(&self.looker), candidate.source.clone());
            let task = round.looks.spawn(async move { looker.look(candidate, now).await });
            round.sources.insert(task.id(), source);
        }
        let (task, look) = match round.looks.join_next_with_id().await? {
            Ok((task, look)) => (task, look),
            Err(broken) => (broken.id(), Err(Fault::BrokeOff)),
        };
        let source = round.sources.remove(&task).unwrap_or_default();
        Some(self.note(&source, look))
    }

    fn note(&mut self, source: &str, look: Result<Look, Fault>) -> Option<Vec<CertificateId>> {
        self.pauses.note(source, look.is_ok(), Instant::now());
        let (word, revoked) = match look {
            Ok(Look::Unchanged) => ("unchanged", Some(Vec::new())),
            Ok(Look::Taken(changes)) => ("taken", Some(changes)),
            Err(fault) => {
                tracing::error!(source, cause = %fault, "a revocation list is not taken");
                ("refused", None)
            }
        };
        self.metrics.list_fetches.count([word]);
        revoked
    }
}

impl Looker {
    async fn look(self: Arc<Self>, candidate: Candidate, now: i64) -> Result<Look, Fault> {
        let Candidate { source, place, list } = candidate;
        match place {
            Place::File(file) => self.look_at_file(file, list, now).await,
            Place::Unreadable(error) => Err(error.into()),
            Place::Url => self.look_at_url(&source, list, now).await,
        }
    }

    /// Never held while something is waited for.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn look_at_url(
        self: &Arc<Self>,
        url: &str,
        list: ListConfig,
        now: i64,
    ) -> Result<Look, Fault> {
        // For the line only: what is being swapped in has to be told, however long it takes.
        let limit = self.config.fetch_timeout;
        let sent = tokio::time::timeout(limit, self.download(url)).await;
        let Some((reader, marks)) = sent.map_err(|_| Fault::TimedOut)?? else {
            return Ok(Look::Unchanged);
        };
        let look = self.conclude(move || Ok(reader.finish()?), list, now).await?;
        self.memory().marks.insert(url.to_owned(), marks);
        Ok(look)
    }

    /// Nothing when the server says that the list is the one of last time.
    async fn download(&self, url: &str) -> Result<Option<(CrlReader, Marks)>, Fault> {
        let mut request = self.client.get(url);
        let marks = self.memory().marks.get(url).cloned();
        if let Some((etag, modified)) = marks {
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
            StatusCode::NOT_MODIFIED => return Ok(None),
            status => return Err(Fault::Status(status)),
        }
        let mark = |name| answer.headers().get(name).cloned();
        let marks = (mark(ETAG), mark(LAST_MODIFIED));
        let mut reader = CrlReader::new(self.limits());
        // A part is hashed and read in less than a millisecond; the rest goes to another thread.
        while let Some(part) = answer.chunk().await? {
            reader.feed(&part)?;
        }
        Ok(Some((reader, marks)))
    }

    async fn look_at_file(
        self: &Arc<Self>,
        file: ListFile,
        list: ListConfig,
        now: i64,
    ) -> Result<Look, Fault> {
        if self.memory().files.get(&file.path) == Some(&file.seen) {
            return Ok(Look::Unchanged);
        }
        let (path, limits) = (file.path.clone(), self.limits());
        let look = self.conclude(move || read_file(&path, limits), list, now).await?;
        self.memory().files.insert(file.path, file.seen);
        Ok(look)
    }

    fn limits(&self) -> CrlLimits {
        CrlLimits { len_max: self.config.list_max_bytes, ..CrlLimits::default() }
    }

    /// Sorts, verifies, offers and keeps a list on a thread where it may take its time.
    async fn conclude(
        self: &Arc<Self>,
        read: impl FnOnce() -> Result<UnverifiedCrl, Fault> + Send + 'static,
        list: ListConfig,
        now: i64,
    ) -> Result<Look, Fault> {
        let looker = Arc::clone(self);
        let work = move || looker.take(read()?, &list, now);
        tokio::task::spawn_blocking(work).await.map_err(|_| Fault::BrokeOff)?
    }

    fn take(
        &self,
        unverified: UnverifiedCrl,
        config: &ListConfig,
        now: i64,
    ) -> Result<Look, Fault> {
        let named = unverified.authority_key_id().or(config.issuer_key_id.as_deref());
        let issuer = named.and_then(|id| self.trust.issuer(id)).ok_or(Fault::NoIssuer)?;
        if config.issuer_key_id.as_deref().is_some_and(|id| id != issuer.key_id()) {
            return Err(CrlRefusal::WrongIssuer.into());
        }
        let expected = config.point.as_ref().map_or(Expected::AsNamed, Expected::Partition);
        let list = Arc::new(unverified.verify(issuer, expected, now, &LibraryVerifier)?);
        let _kept_in_order = self.keeping.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match self.lists.offer(&list)? {
            Offered::Unchanged => return Ok(Look::Unchanged),
            Offered::Taken { before } => before,
        };
        let folder = &self.config.kept;
        if let Err(error) = kept::keep(folder, &list) {
            tracing::error!(
                folder = %folder.display(),
                %error,
                "a revocation list is in use but cannot be kept; a restart would fetch it anew: \
                 check the folder of revocation.kept"
            );
        }
        Ok(Look::Taken(newly_revoked(before.as_deref(), &list)))
    }
}

/// The lists of a file or folder. Thousands of files are looked at: on a thread of its own.
async fn candidates(path: &Path, list: &ListConfig) -> Vec<Candidate> {
    let here = path.to_owned();
    let files = tokio::task::spawn_blocking(move || place::files(&here)).await;
    let files = files.unwrap_or_else(|broken| Err(io::Error::other(broken)));
    let files = files.unwrap_or_else(|error| vec![Err((path.to_owned(), error))]);
    let named = files.into_iter().map(|file| match file {
        Ok(file) => (file.path.display().to_string(), Place::File(file)),
        Err((path, error)) => (path.display().to_string(), Place::Unreadable(error)),
    });
    named.map(|(source, place)| Candidate { source, place, list: list.clone() }).collect()
}

fn read_file(path: &Path, limits: CrlLimits) -> Result<UnverifiedCrl, Fault> {
    let mut file = std::fs::File::open(path)?;
    let mut reader = CrlReader::new(limits);
    reader.feed_from(|part| Ok::<_, Fault>(file.read(part)?))?;
    Ok(reader.finish()?)
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
        let due = tokio::select! {
            () = shutdown.cancelled() => return,
            due = fetcher.due(Instant::now()) => due,
        };
        let mut round = Round::of(due);
        loop {
            let now = state.now_ms().div_euclid(1000);
            let revoked = tokio::select! {
                () = shutdown.cancelled() => return,
                looked = fetcher.next(&mut round, now) => match looked {
                    None => break,
                    Some(revoked) => revoked.unwrap_or_default(),
                },
            };
            // At once: the lists after this one may be many, and slow.
            if !revoked.is_empty() {
                tell(&state, revoked).await;
            }
        }
        let pause = fetcher.pause(Instant::now());
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Linked certificates among them are looked at now instead of tomorrow.
async fn tell(state: &AppState, revoked: Vec<CertificateId>) {
    let revoked: Vec<_> = revoked.into_iter().flat_map(spellings).collect();
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
