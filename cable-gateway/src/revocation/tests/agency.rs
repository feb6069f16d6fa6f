//! The simulated agency with one card, and a line to it.

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use jpki::{
    revocation::{CertificateId, RevocationQuestion, RevocationSource as _, inquiry::Finding},
    trust::TrustStore,
    verify::{LibraryVerifier, verify_touch},
};
use tempfile::TempDir;
use tokio::{net::TcpListener, time::Instant};
use virtual_card::{
    ca::{
        Purpose,
        person::{Person, Town},
        revocation_list::CrlDraft,
    },
    card_file::CardFile,
    j_lis::{self, Agency, Event},
    keys::{KeySource as _, TestOnlyKeys},
    profile::CardProfile,
};

use crate::{
    clock::{Clock as _, SystemClock},
    config::RevocationConfig,
    encoding::{hex, sha256},
    metrics::Metrics,
    random::SeededRandom,
    revocation::{
        RevocationDesk,
        fetch::{Fetcher, Round},
    },
};

const ID: &str = "hana";
/// The list of the authority that issues cards today, for the town of [`ID`].
const LIST: &str = "auth-03.Tokushima-ken.Minami-cho.crl";

/// An agency that serves its responder, and a server of its list that counts.
pub(super) struct Office {
    folder: TempDir,
    ocsp: String,
    lists: String,
    sent: Arc<AtomicUsize>,
    card: Mutex<PathBuf>,
}

impl Office {
    pub(super) async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut agency = Agency::found(folder.path(), true, now()).expect("founded");
        let person = Person::invented().in_town(Town::minami());
        let card = agency.enrol(ID, &person, CardProfile::Normal, now()).expect("a card");
        agency.publish(now()).expect("published");
        drop(agency);
        let (ready, address) = tokio::sync::oneshot::channel();
        let served = folder.path().to_owned();
        tokio::spawn(async move {
            let told = |address| {
                let _ = ready.send(address);
            };
            let free = "127.0.0.1:0".parse().expect("an address");
            j_lis::serve(&served, free, now, told).await
        });
        let ocsp = format!("http://{}/ocsp", address.await.expect("serving"));
        let sent = Arc::new(AtomicUsize::new(0));
        let lists = serve_list(folder.path().join("lists").join(LIST), Arc::clone(&sent)).await;
        Self { folder, ocsp, lists, sent, card: Mutex::new(card) }
    }

    pub(super) fn ocsp_url(&self) -> String {
        self.ocsp.clone()
    }

    pub(super) fn list_url(&self) -> String {
        self.lists.clone()
    }

    pub(super) fn lists_folder(&self) -> String {
        self.folder.path().join("lists").display().to_string()
    }

    /// Answers of the list's server that held the list.
    pub(super) fn sent_lists(&self) -> usize {
        self.sent.load(Ordering::SeqCst)
    }

    fn agency(&self) -> Agency {
        Agency::open(self.folder.path()).expect("opened")
    }

    pub(super) fn lose_card_without_publishing(&self) {
        self.agency().report(ID, Event::Loss, now()).expect("noted");
    }

    pub(super) fn lose_card(&self) {
        self.lose_card_without_publishing();
        self.agency().publish(now()).expect("published");
    }

    /// A new card.
    pub(super) fn issue_again(&self) {
        let mut agency = self.agency();
        *self.card.lock().expect("one user") = agency.renew(ID, now()).expect("a card");
        agency.publish(now()).expect("published");
    }

    pub(super) fn question(&self) -> RevocationQuestion {
        let card = CardFile::load(&self.card.lock().expect("one user")).expect("a card");
        let (der, trust) = (card.auth.certificate.0, self.trust());
        verify_touch(&der, &trust, now(), &LibraryVerifier).expect("a good card").question()
    }

    pub(super) fn trust(&self) -> Arc<TrustStore> {
        let agency = self.agency();
        let mut trust = agency.hierarchy().trust_store().expect("a store");
        let next = agency.hierarchy().next_generation();
        for ca in [&next.auth, &next.sign] {
            trust.add_anchor(&ca.certificate_der, &LibraryVerifier).expect("an anchor");
        }
        Arc::new(trust)
    }

    pub(super) fn line(&self, config: &RevocationConfig) -> Line {
        let (trust, metrics) = (self.trust(), Arc::new(Metrics::default()));
        let desk = RevocationDesk::new(config, trust, metrics.clone()).expect("a desk");
        let fetcher = desk.fetcher(config).expect("a fetcher");
        Line { desk, fetcher, metrics, at: Instant::now() }
    }

    pub(super) fn replace_list(&self, der: &[u8]) {
        let path = self.folder.path().join("lists").join(LIST);
        std::fs::write(path, der).expect("written");
    }

    fn list(&self, number: u64) -> CrlDraft {
        let ca = self.agency().hierarchy().newest().auth.clone();
        let names = ca.partition(Purpose::Auth, &Town::minami()).expect("names");
        CrlDraft::new(&ca, &names, number, now())
    }

    pub(super) fn older_list(&self) -> Vec<u8> {
        let ca = self.agency().hierarchy().newest().auth.clone();
        self.list(0).sign(ca.key()).expect("signed")
    }

    pub(super) fn list_signed_by_another_key(&self) -> Vec<u8> {
        let key = TestOnlyKeys::starting_at(11).next_key().expect("a key");
        self.list(99).sign(&key).expect("signed")
    }

    /// Signed by an authority that nobody here believes.
    pub(super) fn list_of_another_authority(&self) -> Vec<u8> {
        let key = TestOnlyKeys::starting_at(11).next_key().expect("a key");
        let mut list = self.list(99);
        list.authority_key_id = Some(vec![7; 20]);
        list.sign(&key).expect("signed")
    }
}

pub(super) fn now() -> i64 {
    SystemClock.now_ms().div_euclid(1000)
}

/// A desk with the task that feeds it.
pub(super) struct Line {
    pub(super) desk: RevocationDesk,
    pub(super) fetcher: Fetcher,
    pub(super) metrics: Arc<Metrics>,
    /// Each round is a day after the one before.
    at: Instant,
}

impl Line {
    /// Looks at every list. Answers the certificates revoked since, and whether all went well.
    pub(super) async fn round(&mut self) -> (Vec<CertificateId>, bool) {
        self.at += Duration::from_hours(24);
        let (mut revoked, mut all_well) = (Vec::new(), true);
        let mut round = Round::of(self.fetcher.due(self.at).await);
        while let Some(found) = self.fetcher.next(&mut round, now()).await {
            all_well &= found.is_some();
            revoked.extend(found.unwrap_or_default());
        }
        (revoked, all_well)
    }

    pub(super) async fn ask(&self, office: &Office) -> Finding {
        self.desk.ask(&office.question(), now(), &SeededRandom::new(5)).await
    }

    /// What the lists alone say.
    pub(super) fn status(&self, office: &Office) -> &'static str {
        self.status_at(office, now())
    }

    pub(super) fn status_at(&self, office: &Office, at: i64) -> &'static str {
        let lists = self.desk.shared_lists().expect("lists");
        super::word(lists.status(&office.question(), at))
    }
}

type Listed = (PathBuf, Arc<AtomicUsize>);

async fn serve_list(path: PathBuf, sent: Arc<AtomicUsize>) -> String {
    let router = Router::new().route("/list.crl", get(list)).with_state((path, sent));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/list.crl")
}

async fn list(State((path, sent)): State<Listed>, headers: HeaderMap) -> Response {
    let der = std::fs::read(path).expect("a list");
    let mark = format!("\"{}\"", hex(&sha256(&der)));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|asked| *asked == *mark) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    sent.fetch_add(1, Ordering::SeqCst);
    ([(header::ETAG, mark)], der).into_response()
}

/// Takes connections and says nothing.
pub(super) struct SilentServer {
    listener: TcpListener,
}

impl SilentServer {
    pub(super) async fn start() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.expect("a free port") }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.listener.local_addr().expect("bound"))
    }
}
