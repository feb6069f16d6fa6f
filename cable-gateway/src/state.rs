//! What every request handler shares.

use std::sync::Arc;

use evacuation::id::{IdError, Issuer};
use tokio::{sync::Semaphore, task::JoinError};

use crate::{
    clock::Clock,
    config::Config,
    device_authority::{AuthorityError, DeviceAuthority},
    enrolment::CodeHash,
    limit::Limiter,
    login::{LoginDesk, LoginDeskError},
    metrics::Metrics,
    oidc::Provider,
    orders::OrderDesk,
    provisioning::Settings,
    push::PushHub,
    random::Random,
    signing_keys::KeyRing,
    store::Store,
    town_keys::{KeyCabinet, TownKeyError},
};

/// The parts of a running gateway; clones share them.
#[derive(Clone)]
pub struct AppState {
    /// Checked configuration.
    pub config: Arc<Config>,
    /// What must not be lost.
    pub store: Store,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Connected boxes.
    pub hub: PushHub,
    /// Where orders are signed and sent.
    pub orders: OrderDesk,
    /// Keys of orders and heartbeats.
    pub(crate) keys: Arc<KeyCabinet>,
    /// Issues device certificates.
    pub(crate) device_authority: Arc<DeviceAuthority>,
    /// Recognises cards.
    pub(crate) logins: Arc<LoginDesk>,
    /// How often somebody may try.
    pub(crate) limits: Arc<Limits>,
    /// What is counted for the operator.
    pub(crate) metrics: Arc<Metrics>,
    /// Keys of sign-ins, statements and checkpoints.
    pub(crate) signing_keys: Arc<KeyRing>,
    /// Lets services know who somebody is; none where the operator runs none.
    pub(crate) provider: Option<Arc<Provider>>,
}

/// How often somebody may try.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Enrolments by address.
    pub(crate) enrolment: Limiter,
    /// Challenges, proofs and touches by box.
    pub(crate) login: Limiter,
    /// Reports by box; an outbox that was full for days empties in minutes.
    pub(crate) report: Limiter,
    /// States by box: one at each change, and a few more.
    pub(crate) status: Limiter,
    /// Answers to the support by box: one for a question, and what a bad line repeats.
    pub(crate) diagnosis: Limiter,
    /// Renewals of certificates by box.
    pub(crate) renewal: Limiter,
    /// Enrolment codes hashed at the same time.
    pub(crate) hashing: Arc<Semaphore>,
}

/// A gateway cannot start.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    /// The municipality code is wrong; the configuration checks it first.
    #[error("town.municipality_code: {0}")]
    Issuer(#[from] IdError),
    /// The town's keys cannot be used.
    #[error(transparent)]
    Keys(#[from] TownKeyError),
    /// The device authority cannot be used.
    #[error(transparent)]
    Authority(#[from] AuthorityError),
    /// Trusted authorities or revocation sources cannot be used.
    #[error(transparent)]
    Logins(#[from] LoginDeskError),
}

impl AppState {
    /// Reads keys and authorities and puts everything together.
    pub fn assemble(
        config: Config,
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<Self, AssemblyError> {
        let issuer = Issuer::new(config.town.municipality_code.as_str())?;
        let keys = KeyCabinet::open(config.keys.directory.clone(), issuer.clone())?;
        let keys = Arc::new(keys);
        let hub = PushHub::new(config.push.queue);
        let orders = OrderDesk::new(
            store.clone(),
            Arc::clone(&clock),
            Arc::clone(&random),
            Arc::clone(&keys),
            issuer,
            hub.clone(),
        );
        let metrics = Arc::new(Metrics::default());
        Ok(Self {
            device_authority: Arc::new(DeviceAuthority::load(&config.box_api)?),
            logins: Arc::new(LoginDesk::open(&config, Arc::clone(&metrics))?),
            metrics,
            limits: Arc::default(),
            signing_keys: Arc::new(KeyRing::new(&config.keys.directory)),
            provider: config.oidc.as_ref().map(|oidc| Arc::new(Provider::new(&oidc.issuer))),
            config: Arc::new(config),
            store,
            clock,
            random,
            hub,
            orders,
            keys,
        })
    }

    /// What boxes get from the configuration and the keys.
    pub(crate) fn settings(&self) -> Settings {
        Settings::new(&self.config, self.keys.current().manifest())
    }

    /// The slow hash of a typed code; none when it is no code. A few at a time, off the async threads.
    pub(crate) async fn hash_code(&self, code: String) -> Result<Option<CodeHash>, JoinError> {
        // The semaphore is never closed.
        let permit = self.limits.hashing.clone().acquire_owned().await;
        let config = Arc::clone(&self.config);
        let hash = move || {
            let _permit = permit;
            CodeHash::of(&code, &config.gateway.id)
        };
        tokio::task::spawn_blocking(hash).await
    }

    /// Unix milliseconds by the gateway's clock.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            enrolment: Limiter::new(10),
            login: Limiter::new(30),
            report: Limiter::new(300),
            status: Limiter::new(20),
            diagnosis: Limiter::new(10),
            renewal: Limiter::new(4),
            hashing: Arc::new(Semaphore::new(2)),
        }
    }
}
