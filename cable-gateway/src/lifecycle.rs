//! From a configuration to a running gateway, and to a clean end.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use axum::{Router, body::Bytes};
use futures_util::StreamExt as _;
use rustls::ServerConfig;
use tokio::{sync::watch, time::MissedTickBehavior};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    audit, card,
    clock::SystemClock,
    config::Config,
    expiry, file_modes, fleet,
    listener::{Limits, Listener, raise_open_files},
    login, oidc,
    push::{heartbeat, multicast, multicast::Multicast, presence},
    random::SystemRandom,
    revocation,
    staff::{credential::PasswordHashing, seal::Seal},
    state::AppState,
    store::{Store, StoreError},
    tls::{self, ServerIdentity},
    values,
    web::{box_api, metrics, oidc as services, staff},
};

/// Time that open requests get at the end.
const LAST_REQUESTS: Duration = Duration::from_secs(10);
const HOUSEKEEPING: Duration = Duration::from_hours(1);
/// How often renewed certificates are looked for.
const CERTIFICATES_SEEN: Duration = Duration::from_secs(10);
/// What ends soon is told at the start and then this often.
const EXPIRY_TOLD: Duration = Duration::from_hours(24);
const DAY_MS: i64 = 86_400_000;
/// Connections of the monitoring at the same time.
const MONITORS: usize = 16;
/// Linked certificates asked about at the same time.
const ASKED_AT_ONCE: usize = 8;
/// Ended sessions are kept this long, for questions about a login.
const KEEP_SESSIONS_MS: i64 = 30 * DAY_MS;

/// Runs until SIGTERM or SIGINT. Writes both addresses as JSON into `address_file`, when named,
/// for whoever started it on port 0.
pub async fn serve(config: Config, address_file: Option<&Path>) -> anyhow::Result<()> {
    let services = config.oidc.as_ref().map_or(0, |oidc| oidc.limits().total);
    let connections = config.box_api.connections.total + config.staff.connections.total;
    raise_open_files(connections as usize + services);
    for open in file_modes::too_open(&config) {
        tracing::warn!("{open}");
    }
    let store = Store::open(&config.database.path)?;
    store.check_schema().await?;
    let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
    let state = AppState::assemble(config, store, clock, random)?;
    let running = Running::start(state, PasswordHashing::default()).await?;
    tracing::info!(boxes = %running.box_address, staff = %running.staff_address, "listening");
    if let Some(path) = address_file {
        let json = serde_json::json!({
            "box_api": running.box_address.to_string(),
            "staff": running.staff_address.to_string(),
            "oidc": running.oidc_address.map(|address| address.to_string()),
            "metrics": running.metrics_address.map(|address| address.to_string()),
        });
        write_at_once(path, &json.to_string())?;
    }
    // Without a service manager this does nothing.
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
    asked_to_end().await?;
    let _ = sd_notify::notify(&[sd_notify::NotifyState::Stopping]);
    running.stop().await;
    Ok(())
}

/// A running gateway.
#[derive(Debug)]
pub struct Running {
    /// Where boxes connect.
    pub box_address: SocketAddr,
    /// Where browsers connect.
    pub staff_address: SocketAddr,
    /// Where services connect, if they may.
    pub oidc_address: Option<SocketAddr>,
    /// Where monitoring reads counters, if it may.
    pub metrics_address: Option<SocketAddr>,
    hub: crate::push::PushHub,
    shutdown: CancellationToken,
    tasks: TaskTracker,
}

impl Running {
    /// Binds both listeners and starts every task.
    pub async fn start(state: AppState, hashing: PasswordHashing) -> anyhow::Result<Self> {
        heartbeat::note_keys(&state).await?;
        let (keys, now_ms) = (state.signing_keys.clone(), state.now_ms());
        state.store.write(move |sql| keys.keep_fresh(sql, now_ms)).await?;
        // Before the first card comes, the lists of the last run are in use.
        let fetcher = state.logins.fetcher(&state.config.revocation).await;
        let (shutdown, tasks) = (CancellationToken::new(), TaskTracker::new());
        let (their_tasks, end) = (tasks.clone(), shutdown.clone());
        let mut doors = Doors { tasks: their_tasks, shutdown: end, identities: Vec::new() };
        let box_address = doors.start_boxes(&state).await?;
        let staff_address = doors.start_staff(&state, hashing).await?;
        let oidc_address = doors.start_oidc(&state).await?;
        let metrics_address = doors.start_metrics(&state).await?;
        tasks.spawn(tls::keep_fresh(doors.identities, CERTIFICATES_SEEN, shutdown.clone()));
        start_push(&state, &tasks, &shutdown)?;
        if let Some(fetcher) = fetcher {
            tasks.spawn(revocation::fetch::run(state.clone(), fetcher, shutdown.clone()));
        }
        tasks.spawn(keep_house(state.clone(), shutdown.clone()));
        tasks.spawn(tell_expiry(state.clone(), shutdown.clone()));
        tasks.close();
        let hub = state.hub;
        Ok(Self { box_address, staff_address, oidc_address, metrics_address, hub, shutdown, tasks })
    }

    /// Stops taking connections, ends the event streams, and waits for open requests.
    pub async fn stop(self) {
        self.shutdown.cancel();
        self.hub.disconnect_all();
        if tokio::time::timeout(LAST_REQUESTS, self.tasks.wait()).await.is_err() {
            tracing::warn!("some requests were still open and were cut off");
        }
    }
}

/// What every listener is started with.
struct Doors {
    tasks: TaskTracker,
    shutdown: CancellationToken,
    /// Certificates that may be renewed while they serve.
    identities: Vec<Arc<ServerIdentity>>,
}

impl Doors {
    async fn start_boxes(&mut self, state: &AppState) -> anyhow::Result<SocketAddr> {
        let boxes = &state.config.box_api;
        let identity = self.identity(&boxes.certificate, &boxes.private_key)?;
        let config = tls::box_config(&identity, state.device_authority.certificate())?;
        let limits = boxes.connections.limits().for_devices();
        self.open(boxes.listen, Some(config), limits, box_api::router(state.clone())).await
    }

    async fn start_staff(
        &mut self,
        state: &AppState,
        hashing: PasswordHashing,
    ) -> anyhow::Result<SocketAddr> {
        let config = &state.config.staff;
        let seal = Seal::load(&config.secret)?;
        let console = staff::Console::new(state.clone(), hashing, seal, config.tls.is_some());
        let tls = self.browser_config(config.tls.as_ref())?;
        self.open(config.listen, tls, config.limits(), staff::router(console)).await
    }

    async fn start_oidc(&mut self, state: &AppState) -> anyhow::Result<Option<SocketAddr>> {
        let Some(config) = &state.config.oidc else { return Ok(None) };
        let Some(router) = services::router(state.clone()) else { return Ok(None) };
        let tls = self.browser_config(config.tls.as_ref())?;
        self.open(config.listen, tls, config.limits(), router).await.map(Some)
    }

    async fn start_metrics(&self, state: &AppState) -> anyhow::Result<Option<SocketAddr>> {
        let Some(config) = &state.config.metrics else { return Ok(None) };
        let limits = Limits::new(MONITORS, MONITORS);
        self.open(config.listen, None, limits, metrics::router(state.clone())).await.map(Some)
    }

    fn browser_config(
        &mut self,
        files: Option<&(PathBuf, PathBuf)>,
    ) -> anyhow::Result<Option<ServerConfig>> {
        let Some((certificate, key)) = files else { return Ok(None) };
        let identity = self.identity(certificate, key)?;
        Ok(Some(tls::staff_config(&identity)?))
    }

    fn identity(&mut self, certificate: &Path, key: &Path) -> anyhow::Result<Arc<ServerIdentity>> {
        let identity = ServerIdentity::open(certificate, key)?;
        self.identities.push(identity.clone());
        Ok(identity)
    }

    async fn open(
        &self,
        address: SocketAddr,
        tls: Option<ServerConfig>,
        limits: Limits,
        router: Router,
    ) -> anyhow::Result<SocketAddr> {
        let listener = Listener::bind(address, tls, limits).await?;
        let address = listener.address();
        self.tasks.spawn(listener.serve(router, self.tasks.clone(), self.shutdown.clone()));
        Ok(address)
    }
}

fn start_push(
    state: &AppState,
    tasks: &TaskTracker,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    let (beats, heartbeats) = watch::channel(Bytes::new());
    if let Some(config) = &state.config.multicast {
        let sender = Multicast::open(config).with_context(|| {
            let interface = config.interface;
            format!("multicast.interface = {interface}: no such interface or no multicast on it")
        })?;
        tasks.spawn(multicast::run(state.clone(), sender, heartbeats, shutdown.clone()));
    }
    tasks.spawn(presence::run(state.clone(), shutdown.clone()));
    tasks.spawn(heartbeat::run(state.clone(), beats, shutdown.clone()));
    Ok(())
}

/// Tells the operator what ends soon.
async fn tell_expiry(state: AppState, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(EXPIRY_TOLD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => {}
        }
        expiry::warn(&state.config, &state.keys.current(), state.now_ms());
    }
}

/// Forgets nonces, sessions and diagnoses that are long over.
async fn keep_house(state: AppState, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(HOUSEKEEPING);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let now_ms = state.now_ms();
        let clean = move |sql: &mut dyn crate::store::Sql| {
            login::forget_nonces(sql, now_ms - DAY_MS)?;
            oidc::forget(sql, now_ms)?;
            fleet::diagnosis::forget(sql, now_ms)?;
            let query = "DELETE FROM session WHERE expires_at_ms < $1";
            sql.execute(query, values![now_ms - KEEP_SESSIONS_MS])
        };
        if let Err(error) = state.store.write(clean).await {
            tracing::error!(%error, "housekeeping failed; it is tried again in an hour");
        }
        match watch_cards(&state, now_ms).await {
            Ok(0) => {}
            Ok(events) => tracing::info!(events, "linked certificates were looked at"),
            Err(error) => tracing::error!(%error, "linked certificates were not looked at"),
        }
        let keys = state.signing_keys.clone();
        let look_after = move |sql: &mut dyn crate::store::Sql| {
            keys.keep_fresh(sql, now_ms)?;
            audit::chain::seal(sql, &keys, now_ms)
        };
        if let Err(error) = state.store.write(look_after).await {
            tracing::error!(%error, "keys and audit log were not looked after; tried again later");
        }
    }
}

/// Looks at linked certificates that nobody looked at for a day.
pub(crate) async fn watch_cards(state: &AppState, now_ms: i64) -> Result<u64, StoreError> {
    let due = state.store.read(move |sql| card::watch::due(sql, now_ms)).await?;
    let desk = &state.logins;
    let observe = |link: card::watch::Watched| async move {
        let observation = desk.observe(&link, now_ms, &*state.random).await;
        (link, observation)
    };
    let seen = futures_util::stream::iter(due).map(observe).buffered(ASKED_AT_ONCE);
    let seen: Vec<_> = seen.collect().await;
    state.store.write(move |sql| card::watch::note(sql, &seen, now_ms)).await
}

async fn asked_to_end() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        result = tokio::signal::ctrl_c() => result?,
    }
    tracing::info!("ending");
    Ok(())
}

/// Whoever waits for the file never reads half of it.
fn write_at_once(path: &Path, text: &str) -> anyhow::Result<()> {
    let beside = path.with_extension("new");
    std::fs::write(&beside, text).with_context(|| format!("cannot write {}", beside.display()))?;
    std::fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
}
