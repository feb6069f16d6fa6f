//! The whole gateway with real listeners on a throw-away database, with a clock that tests turn
//! and seeded randomness; and a box that speaks real TLS to it.

mod card;
mod client;

use std::{path::PathBuf, sync::Arc};

use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    order::{Act, Mode, OrderId},
};
use tempfile::TempDir;

pub(crate) use card::TestCard;
pub(crate) use client::{Answer, BoxClient, report};

use crate::{
    admin::create_keys,
    clock::{Clock as _, MockClock, SystemClock},
    config::{self, Config},
    enrolment::{self, CodeHash},
    lifecycle::Running,
    orders::{Authority, OrderDraft, PublishedOrder},
    provisioning::Settings,
    random::SeededRandom,
    staff::credential::PasswordHashing,
    state::AppState,
    store::{Sql, Store, StoreError},
    town_import::TownFiles,
};

/// The first home of the demonstration town: 中村 ハナ and 中村 茂 in 日和佐浦 (A14).
pub(crate) const HOME: &str = "2f12470c-6ac4-54d1-8aa2-d570001a0ee9";
/// 中村 ハナ.
pub(crate) const HANA: &str = "a9eb974a-f41d-5405-8abb-4885c2daec97";

/// The demonstration town's files.
pub(crate) fn minami() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/minami")
}

/// An empty store with the current schema.
pub(crate) async fn store() -> (Store, TempDir) {
    let folder = tempfile::tempdir().expect("temporary folder");
    let store = Store::open(&folder.path().join("gateway.sqlite")).expect("opened");
    store.migrate(1).await.expect("migrated");
    (store, folder)
}

/// Settings of the example configuration.
pub(crate) fn settings() -> Settings {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("gateway.example.toml");
    Settings::new(&config::load(&path).expect("the example is valid"), b"manifest")
}

/// A running gateway of Minami with one card for 中村 ハナ and one for nobody.
pub(crate) struct TestGateway {
    pub(crate) state: AppState,
    /// Starts at the machine's time, because TLS certificates are checked by it.
    pub(crate) clock: MockClock,
    pub(crate) hana: TestCard,
    pub(crate) stranger: TestCard,
    running: Running,
    folder: TempDir,
}

impl TestGateway {
    pub(crate) async fn start() -> Self {
        Self::start_with("").await
    }

    /// Starts with more lines of configuration.
    pub(crate) async fn start_with(more: &str) -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        let now_ms = SystemClock.now_ms();
        let [hana, stranger] = card::issue(&folder.path().join("auth-issuers"), now_ms / 1000);
        let config = write_config(&folder, more);
        let names = ["localhost".to_owned()];
        create_keys(&config, &names, now_ms, &SeededRandom::new(11)).expect("keys");
        let store = Store::open(&config.database.path).expect("opened");
        store.migrate(now_ms).await.expect("migrated");
        let clock = MockClock::at(now_ms);
        let random = Arc::new(SeededRandom::new(12));
        let state = AppState::assemble(config, store, Arc::new(clock.clone()), random);
        let state = state.expect("assembled");
        import(&state, now_ms).await;
        let running = Running::start(state.clone(), PasswordHashing::cheap());
        let running = running.await.expect("listening");
        let gateway = Self { state, clock, hana, stranger, running, folder };
        gateway.link(&gateway.hana, HOME, HANA).await;
        gateway
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }

    pub(crate) async fn link(&self, card: &TestCard, household: &str, resident: &str) {
        let random = self.state.random.clone();
        let (logins, now_ms) = (&self.state.logins, self.state.now_ms());
        let (store, certificate) = (&self.state.store, card.certificate());
        logins
            .link_card(store, &certificate, (household, resident), "office-1", now_ms, random)
            .await
            .expect("linked");
    }

    /// Where services connect, and the authority that they trust.
    pub(crate) fn services(&self) -> (std::net::SocketAddr, PathBuf) {
        let address = self.running.oidc_address.expect("the configuration has [oidc]");
        (address, self.folder.path().join("keys/server-ca.cert.pem"))
    }

    /// A code for a home, valid for a day.
    pub(crate) async fn code(&self, household: &'static str) -> String {
        let code = enrolment::draw_code(&*self.state.random);
        let hash = CodeHash::of(&code, &self.state.config.gateway.id).expect("twelve digits");
        let now_ms = self.state.now_ms();
        self.write(move |sql| {
            enrolment::insert_code(sql, hash, household, now_ms, now_ms + 86_400_000)
        })
        .await;
        code
    }

    /// A client without a device certificate.
    pub(crate) fn stranger_box(&self) -> BoxClient {
        let ca = self.folder.path().join("keys/server-ca.cert.pem");
        BoxClient::new(self.running.box_address, &ca)
    }

    /// A box enrolled for the first home.
    pub(crate) async fn home_box(&self) -> BoxClient {
        self.enrolled_box(HOME).await
    }

    /// A box enrolled for a home.
    pub(crate) async fn enrolled_box(&self, household: &'static str) -> BoxClient {
        let code = self.code(household).await;
        let mut client = self.stranger_box();
        client.enrol(&code).await;
        client
    }

    /// Publishes an order by two officers who let stand what stands.
    pub(crate) async fn publish(&self, draft: OrderDraft) -> PublishedOrder {
        let draft = OrderDraft { beside: self.standing().await, ..draft };
        let authority =
            Authority::TwoOfficers { author: "sato".to_owned(), confirmer: "mori".to_owned() };
        self.state.orders.publish(draft, authority).await.expect("published")
    }

    async fn standing(&self) -> Vec<OrderId> {
        let now_ms = self.state.now_ms();
        let orders = self.write(move |sql| crate::store::order::in_force(sql, now_ms)).await;
        orders.iter().filter_map(|order| order.order_id.parse().ok()).collect()
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Sql) -> Result<T, StoreError> + Send + 'static,
    ) -> T {
        self.state.store.write(work).await.expect("written")
    }

    /// One number from the store.
    pub(crate) async fn number(&self, query: &'static str) -> i64 {
        let read = |sql: &mut dyn Sql| sql.one(query, &[])?.get("n");
        self.state.store.read::<_, StoreError, _>(read).await.expect("a number")
    }
}

/// A level 4 flood order for 日和佐浦, the district of the first home, valid for an hour.
pub(crate) fn flood() -> OrderDraft {
    OrderDraft {
        mode: Mode::Actual,
        act: Act::Issue,
        references: Vec::new(),
        beside: Vec::new(),
        hazard: Hazard::Flood,
        level: Some(Level::Four),
        areas: vec![AreaId::new("A14").expect("an id")],
        shelters: Vec::new(),
        reason: Some("日和佐川の水位が上がっています".to_owned()),
        valid_for_ms: 3_600_000,
    }
}

fn write_config(folder: &TempDir, more: &str) -> Config {
    let text = include_str!("../gateway.example.toml")
        .replace("0.0.0.0:8443", "127.0.0.1:0")
        .replace("127.0.0.1:8080", "127.0.0.1:0")
        .replace("# heartbeat_seconds = 10", "heartbeat_seconds = 1");
    let path = folder.path().join("gateway.toml");
    std::fs::write(&path, format!("{text}\n{more}\n")).expect("written");
    config::load(&path).expect("a valid configuration")
}

async fn import(state: &AppState, now_ms: i64) {
    let code = &state.config.town.municipality_code;
    let files = TownFiles::read(&minami(), code).expect("the demonstration town");
    let (settings, random) = (state.settings(), state.random.clone());
    let apply = move |sql: &mut dyn Sql| files.apply(sql, &settings, now_ms, &*random);
    state.store.write(apply).await.expect("imported");
}
