//! A small town with two officers and a nurse, at 10:30 in the morning.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use zeroize::Zeroizing;

mod fleet;
mod seed;

pub(super) use seed::CODE;
use seed::{STAFF, cards, device, office, person, seed};

use super::browser::Browser;
use crate::{
    admin::create_keys,
    clock::{Clock as _, MockClock},
    config,
    orders::{Authority, OrderDraft},
    push::{Subscription, heartbeat},
    random::SystemRandom,
    staff::{
        Role, StaffMember,
        account::{self, NewStaff},
        credential::{PasswordHashing, SecondFactor},
        draft::{self, Way},
        seal::Seal,
    },
    state::AppState,
    store::{Sql, Store, StoreError, check_in},
    values,
    web::staff::{Console, router},
};

pub(super) const PASSWORD: &str = "あさがおの種を三つまきました";

/// A script, nothing, about 300 bytes, characters outside the basic plane, half-width kana.
pub(super) const STRANGE_NAMES: [&str; 5] = [
    "<script>alert(1)</script><img src=x>",
    "",
    "寿限無寿限無五劫の擦り切れ海砂利水魚の水行末雲来末風来末食う寝る処に住む処藪ら柑子の藪柑子パイポパイポパイポのシューリンガンシューリンガンのグーリングーリンダイのポンポコピーのポンポコナーの長久命の長助さん",
    "髙﨑 𠮷郎",
    "ﾔﾏﾀﾞ ﾀﾛｳ",
];

/// 10:30 on 20 November 2026 in Japan.
const NOW_MS: i64 = 1_795_138_200_000;

pub(super) struct Town {
    pub(super) clock: MockClock,
    console: Console,
    store: Store,
    factors: Vec<(&'static str, SecondFactor)>,
    orders_before: AtomicU64,
    _folder: tempfile::TempDir,
}

impl Town {
    /// Reached over TLS.
    pub(super) async fn new() -> Self {
        Self::start(true).await
    }

    /// Reached without TLS, on the loopback address.
    pub(super) async fn plain() -> Self {
        Self::start(false).await
    }

    /// What this box hears from now on.
    pub(super) fn hears(&self, device_id: &str) -> Subscription {
        self.console.app.hub.subscribe(device_id)
    }

    /// Ends what boxes hear.
    pub(super) fn hang_up(&self) {
        self.console.app.hub.disconnect_all();
    }

    /// Beats as a gateway does, every ten seconds, until the test is over.
    pub(super) fn beats(&self) {
        let (beats, _) = tokio::sync::watch::channel(axum::body::Bytes::new());
        let state = self.console.app.clone();
        tokio::spawn(heartbeat::run(state, beats, tokio_util::sync::CancellationToken::new()));
    }

    async fn start(secure_cookie: bool) -> Self {
        let clock = MockClock::at(NOW_MS);
        let folder = tempfile::tempdir().expect("a temporary folder");
        let app = gateway(folder.path(), clock.clone()).await;
        let store = app.store.clone();
        store.write(|sql| seed(sql)).await.expect("the town is written");
        let (hashing, seal) = (PasswordHashing::cheap(), Seal::new(&[9; 32]));
        let mut factors = Vec::new();
        for (login, name, role) in STAFF {
            let new = NewStaff {
                login: login.to_owned(),
                name: name.to_owned(),
                office: office(role).to_owned(),
                role,
                password: Zeroizing::new(PASSWORD.to_owned()),
            };
            let created = account::create(&store, &clock, &SystemRandom, &hashing, &seal, new);
            factors.push((login, created.await.expect("an account")));
        }
        let console = Console::new(app, hashing, seal, secure_cookie);
        let orders_before = AtomicU64::new(0);
        Self { clock, console, store, factors, orders_before, _folder: folder }
    }

    /// Nobody yet.
    pub(super) fn browser(&self) -> Browser {
        Browser::new(router(self.console.clone()))
    }

    pub(super) async fn officer(&self, login: &'static str) -> Browser {
        self.signed_in(login).await
    }

    pub(super) async fn nurse(&self) -> Browser {
        self.signed_in("hayashi").await
    }

    /// A new step of the clock each time, because a code works once.
    async fn signed_in(&self, login: &'static str) -> Browser {
        self.clock.advance(30_000);
        let mut browser = self.browser();
        let code = self.code(login);
        let fields = [("login", login), ("password", PASSWORD), ("code", code.as_str())];
        browser.post("/sign-in", &fields).await.has_status(303);
        browser
    }

    /// What the authenticator of this person shows now.
    pub(super) fn code(&self, login: &str) -> String {
        let (_, factor) = self.factors.iter().find(|(name, _)| *name == login).expect("staff");
        factor.code_at(self.clock.now_ms())
    }

    /// A level-4 order against flood for 日和佐浦, by both officers.
    pub(super) async fn order_in_force(&self) -> String {
        let draft =
            OrderDraft { reason: None, valid_for_ms: 24 * 3_600_000, ..crate::testing::flood() };
        let (author, confirmer) = (self.staff_id("saito").await, self.staff_id("mori").await);
        let authority = Authority::TwoOfficers { author, confirmer };
        let order = self.console.app.orders.publish(draft, authority).await.expect("published");
        order.id.to_string()
    }

    /// saito presses, and the gateway dies between the claim and the publication, or right after.
    pub(super) async fn press_and_die(&self, draft_path: &str, published: bool) {
        let id = draft_path.trim_start_matches("/drafts/").to_owned();
        let saito = StaffMember {
            staff_id: self.staff_id("saito").await,
            name: String::new(),
            office: String::new(),
            role: Role::DisasterOfficer,
        };
        let now_ms = self.clock.now_ms();
        let claim = move |sql: &mut dyn Sql| draft::claim(sql, &id, &saito, Way::Regular, now_ms);
        let (content, authority) = self.store.write(claim).await.expect("claimed");
        if published {
            self.console.app.orders.publish(content, authority).await.expect("published");
        }
    }

    async fn staff_id(&self, login: &'static str) -> String {
        self.text("SELECT staff_id AS found FROM staff WHERE login = $1", login).await
    }

    /// Orders published since the last [`forget_orders`](Self::forget_orders).
    pub(super) async fn orders(&self) -> u64 {
        self.all_orders().await - self.orders_before.load(Ordering::SeqCst)
    }

    pub(super) async fn forget_orders(&self) {
        self.orders_before.store(self.all_orders().await, Ordering::SeqCst);
    }

    async fn all_orders(&self) -> u64 {
        self.number("SELECT COUNT(*) AS found FROM town_order WHERE $1 = ''", "").await
    }

    /// How many looks at persons are written down for this object.
    pub(super) async fn looks(&self, object: &'static str) -> u64 {
        let query = "SELECT COUNT(*) AS found FROM audit a JOIN audit_subject s \
                     ON s.audit_id = a.audit_id WHERE a.kind = 'view' AND a.object = $1";
        self.number(query, object).await
    }

    /// Persons at whom somebody looked, once for each look.
    pub(super) async fn looked_at(&self) -> Vec<String> {
        let read = |sql: &mut dyn Sql| {
            let query = "SELECT s.person_id FROM audit a JOIN audit_subject s \
                         ON s.audit_id = a.audit_id WHERE a.kind = 'view'";
            sql.all(query, &[])?.iter().map(|row| row.get("person_id")).collect()
        };
        self.store.read::<_, StoreError, _>(read).await.expect("the audit log")
    }

    pub(super) async fn taking_part(&self) -> u64 {
        self.number("SELECT COUNT(*) AS found FROM household_resident WHERE $1 = ''", "").await
    }

    /// Deeds in the audit log with their purpose.
    pub(super) async fn audit_acts(&self) -> Vec<(String, String)> {
        let read = |sql: &mut dyn Sql| {
            let rows = sql.all("SELECT object, purpose FROM audit WHERE kind = 'act'", &[])?;
            rows.iter().map(|row| Ok((row.get("object")?, row.get("purpose")?))).collect()
        };
        self.store.read::<_, StoreError, _>(read).await.expect("the audit log")
    }

    /// Deeds about calls for help, with the number of persons that each names.
    pub(super) async fn help_acts(&self) -> Vec<(String, u64)> {
        let read = |sql: &mut dyn Sql| {
            let query = "SELECT a.object, (SELECT COUNT(*) FROM audit_subject s \
                         WHERE s.audit_id = a.audit_id) AS persons FROM audit a \
                         WHERE a.kind = 'act' AND a.object LIKE 'help-%' ORDER BY a.audit_id";
            let rows = sql.all(query, &[])?;
            rows.iter().map(|row| Ok((row.get("object")?, row.get("persons")?))).collect()
        };
        self.store.read::<_, StoreError, _>(read).await.expect("the audit log")
    }

    /// ハナ has a card whose certificate changed and a letter to stop it; 茂 showed a card at home.
    pub(super) async fn has_cards(&self) {
        let hash = self.console.app.hash_code(CODE.to_owned()).await.expect("a thread");
        let hash = hash.expect("twelve digits");
        let write = move |sql: &mut dyn Sql| cards(sql, hash, NOW_MS);
        self.store.write::<_, StoreError, _>(write).await.expect("kept");
    }

    /// The certificate of ハナ's card was good for a day, and changed once more.
    pub(super) async fn card_changes_again(&self) {
        let write = |sql: &mut dyn Sql| {
            sql.script(
                "INSERT INTO card_event (event_id, link_id, person_id, event, checked_at_ms) \
                   VALUES (2, 'l-hana', 'p-hana', 'unchanged', 1795052000000); \
                 INSERT INTO card_event (event_id, link_id, person_id, event, checked_at_ms) \
                   VALUES (3, 'l-hana', 'p-hana', 'changed-or-ended', 1795053000000);",
            )
        };
        self.store.write::<_, StoreError, _>(write).await.expect("kept");
    }

    /// State of a card by the id of its link.
    pub(super) async fn card(&self, link: &'static str) -> String {
        self.text("SELECT state AS found FROM credential_link WHERE link_id = $1", link).await
    }

    /// The keys of all orders were revoked.
    pub(super) async fn loses_its_orders(&self) {
        let lose = |sql: &mut dyn Sql| sql.execute("UPDATE town_order SET disbelieved = 1", &[]);
        self.store.write::<_, StoreError, _>(lose).await.expect("kept");
    }

    /// The administrator ends the waiting of a login.
    pub(super) async fn unlocks(&self, login: &str) {
        account::unlock(&self.store, &Seal::new(&[9; 32]), login).await.expect("a login");
    }

    /// Under what failed sign-ins are counted.
    pub(super) async fn delay_subjects(&self) -> Vec<String> {
        let read = |sql: &mut dyn Sql| {
            let rows = sql.all("SELECT subject FROM sign_in_delay", &[])?;
            rows.iter().map(|row| row.get("subject")).collect()
        };
        self.store.read::<_, StoreError, _>(read).await.expect("the counters")
    }

    /// A home answers an order.
    pub(super) async fn answer(&self, order: &str, household: &'static str, answer: &'static str) {
        let order = order.to_owned();
        let write = move |sql: &mut dyn Sql| {
            sql.execute(
                "INSERT INTO report VALUES ('r-answer', 'd-nakamura', 'order-answer', x'00', $1)",
                values![NOW_MS],
            )?;
            if answer == "need-help" {
                let call = "INSERT INTO help_call (order_id, household_id, called_at_ms) \
                            VALUES ($1, $2, $3)";
                sql.execute(call, values![&order, household, NOW_MS])?;
            }
            sql.execute(
                "INSERT INTO order_answer (order_id, household_id, answer, happened_at_ms, \
                 received_at_ms, report_id) VALUES ($1, $2, $3, $4, $4, 'r-answer')",
                values![order, household, answer, NOW_MS],
            )
        };
        self.store.write::<_, StoreError, _>(write).await.expect("the answer is kept");
    }

    /// A box takes an order and perhaps shows it.
    pub(super) async fn takes(&self, order: &str, device: &'static str, shown_ms: Option<i64>) {
        let (order, now_ms) = (order.to_owned(), self.clock.now_ms());
        let write = move |sql: &mut dyn Sql| {
            sql.execute(
                "INSERT INTO order_receipt (order_id, device_id, received_at_ms, shown_at_ms) \
                 VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (order_id, device_id) DO UPDATE SET shown_at_ms = $4",
                values![order, device, now_ms, shown_ms],
            )
        };
        self.store.write::<_, StoreError, _>(write).await.expect("the receipt is kept");
    }

    /// A home has a box, enrolled ten days ago and last heard of at `seen_ms`.
    pub(super) async fn has_box(&self, household: &'static str, seen_ms: i64) {
        let write = move |sql: &mut dyn Sql| {
            sql.execute("DELETE FROM device WHERE device_id = $1", values![household])?;
            device(sql, household, seen_ms - 10 * 86_400_000, seen_ms)
        };
        self.store.write::<_, StoreError, _>(write).await.expect("the box is kept");
    }

    /// Every home has a box that was heard of now.
    pub(super) async fn everybody_has_a_box(&self) {
        for home in ["h-west", "h-names"] {
            self.has_box(home, self.clock.now_ms()).await;
        }
    }

    /// Somebody said at the box of the home that all is well.
    pub(super) async fn is_well(&self, person: &'static str, at_ms: i64) {
        let date = crate::report::business_date(at_ms);
        let write = move |sql: &mut dyn Sql| {
            let id = format!("{person}-{at_ms}");
            sql.execute(
                "INSERT INTO report VALUES ($1, 'd-nakamura', 'check-in', x'00', $2)",
                values![&id, at_ms],
            )?;
            sql.execute(
                "INSERT INTO check_in (report_id, person_id, device_id, business_date, \
                 happened_at_ms, received_at_ms, clock_trusted, level, condition, \
                 contact_wanted) VALUES ($1, $2, 'd-nakamura', $3, $4, $4, 1, 1, 'good', 0)",
                values![id, person, date, at_ms],
            )?;
            check_in::settle(sql, person)
        };
        self.store.write::<_, StoreError, _>(write).await.expect("the answer is kept");
    }

    /// Somebody takes back every answer so far.
    pub(super) async fn takes_back(&self, person: &'static str, at_ms: i64) {
        let write = move |sql: &mut dyn Sql| {
            let query = "UPDATE check_in SET withdrawn_at_ms = $2 WHERE person_id = $1";
            sql.execute(query, values![person, at_ms])?;
            check_in::settle(sql, person)
        };
        self.store.write::<_, StoreError, _>(write).await.expect("kept");
    }

    /// The town says when somebody was born.
    pub(super) async fn was_born(&self, person: &'static str, day: &'static str) {
        let write = move |sql: &mut dyn Sql| {
            let query = "UPDATE person SET born_on = $2 WHERE person_id = $1";
            sql.execute(query, values![person, day])
        };
        self.store.write::<_, StoreError, _>(write).await.expect("kept");
    }

    /// So many more homes of one person, with a box that was last heard of at `seen_ms`.
    pub(super) async fn grows_by_homes(&self, homes: u32, seen_ms: i64) {
        let write = move |sql: &mut dyn Sql| {
            for number in 0..homes {
                let home = format!("h-more-{number}");
                sql.execute(
                    "INSERT INTO household (household_id, ordinal, area_id, language, \
                     speak_names, check_in_enabled, version) VALUES ($1, 9, 'A13', 'ja', 1, 1, 1)",
                    values![&home],
                )?;
                person(sql, &home, &home, "東 次郎", "[]")?;
                device(sql, &home, seen_ms, seen_ms)?;
            }
            Ok(())
        };
        self.store.write::<_, StoreError, _>(write).await.expect("kept");
    }

    /// Nobody knows when something was heard of the box of the 中村.
    pub(super) async fn never_heard_of_nakamura(&self) {
        let write = |sql: &mut dyn Sql| {
            let query = "UPDATE device SET last_seen_ms = NULL WHERE device_id = 'd-nakamura'";
            sql.execute(query, &[])
        };
        self.store.write::<_, StoreError, _>(write).await.expect("kept");
    }

    /// So many more people in a home without a box.
    pub(super) async fn grows_by(&self, people: usize) {
        let write = move |sql: &mut dyn Sql| {
            for number in 0..people {
                person(sql, "h-west", &format!("p-more-{number}"), "西 はな", "[]")?;
            }
            Ok(())
        };
        self.store.write::<_, StoreError, _>(write).await.expect("kept");
    }

    /// Something was heard of the box of the 中村.
    pub(super) async fn hears_of_nakamura(&self) {
        let now_ms = self.clock.now_ms();
        let write = move |sql: &mut dyn Sql| {
            let query = "UPDATE device SET last_seen_ms = $1 WHERE device_id = 'd-nakamura'";
            sql.execute(query, values![now_ms])
        };
        self.store.write::<_, StoreError, _>(write).await.expect("kept");
    }

    async fn number(&self, query: &'static str, with: &'static str) -> u64 {
        let read = move |sql: &mut dyn Sql| sql.one(query, values![with])?.get("found");
        self.store.read::<u64, StoreError, _>(read).await.expect("a number")
    }

    async fn text(&self, query: &'static str, with: &'static str) -> String {
        let read = move |sql: &mut dyn Sql| sql.one(query, values![with])?.get("found");
        self.store.read::<String, StoreError, _>(read).await.expect("a text")
    }
}

/// A gateway as the example configures it, with keys of its own.
async fn gateway(folder: &Path, clock: MockClock) -> AppState {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("gateway.example.toml");
    let path = folder.join("gateway.toml");
    std::fs::copy(example, &path).expect("the example is there");
    let config = config::load(&path).expect("the example is valid");
    std::fs::create_dir_all(&config.login.auth_issuers).expect("a folder");
    let names = ["localhost".to_owned()];
    create_keys(&config, &names, clock.now_ms(), &SystemRandom).expect("new keys");
    let store = Store::open(&config.database.path).expect("a new database");
    store.migrate(clock.now_ms()).await.expect("the schema is applied");
    let random = Arc::new(SystemRandom);
    AppState::assemble(config, store, Arc::new(clock), random).expect("a whole gateway")
}
