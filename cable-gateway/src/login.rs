//! A resident is recognised by card (invariants 4 and 5).
//!
//! Certificates, serials and revocation data stay inside this module: what leaves it is a session
//! or a refusal. A nonce is used up by the first proof in one conditional update, before anything
//! of the proof is looked at; the bytes to be signed are rebuilt from what was stored.

mod conclusion;
mod credential;
mod nonce;
mod refusal;
mod registration;
mod signature;
mod trust;

use std::sync::Arc;

use gateway_api::login::{
    AssuranceLevel, CardTouch, LoginChallenge, LoginProof, LoginRequest, Session,
};
use jpki::{
    revocation::{
        CertificateId, Decision, RevocationQuestion, RevocationRefusal, RevocationSource,
        RevocationStatus, inquiry::Finding,
    },
    tbs::{LoginParts, LoginTbs},
    trust::TrustStore,
    verify::{
        LibraryVerifier, RememberingVerifier, VerifiedCertificate as VerifiedLogin, verify_login,
        verify_touch,
    },
};

pub use credential::{LinkError, read_certificate};
pub(crate) use nonce::forget as forget_nonces;
pub use refusal::LoginError;
pub(crate) use registration::{Registration, RegistrationError};
pub use trust::TrustFolderError;

use crate::{
    card::watch::{Observation, Watched},
    config::{Config, LoginConfig, RevocationConfig},
    device::Device,
    encoding::from_base64,
    metrics::Metrics,
    random::Random,
    revocation::{LineError, RevocationDesk, Standing, fetch::Fetcher},
    store::{Store, StoreError},
};

const CERTIFICATE_MAX_LEN: usize = 8 * 1024;
const SIGNATURE_MAX_LEN: usize = 512;
const NAME_MAX_LEN: usize = 100;

/// Recognises cards.
pub struct LoginDesk {
    gateway_id: String,
    trust: Arc<TrustStore>,
    verifier: RememberingVerifier<LibraryVerifier>,
    revocation: RevocationDesk,
    config: LoginConfig,
    metrics: Arc<Metrics>,
}

/// Nobody can be recognised.
#[derive(Debug, thiserror::Error)]
pub enum LoginDeskError {
    /// The folder of trusted authorities cannot be used.
    #[error(transparent)]
    Trust(#[from] TrustFolderError),
    /// The sources of revocation data cannot be used.
    #[error(transparent)]
    Line(#[from] LineError),
}

/// A certificate that counts, and what is known about its revocation.
type Accepted = (VerifiedLogin, Standing);

/// Moment and randomness of one request.
pub(crate) struct Occasion<'a> {
    pub(crate) store: &'a Store,
    pub(crate) now_ms: i64,
    pub(crate) random: Arc<dyn Random>,
}

impl LoginDesk {
    /// Reads the folder of trusted authorities. Without a source of revocation data every card is
    /// refused.
    pub fn new(gateway_id: &str, config: &LoginConfig) -> Result<Self, TrustFolderError> {
        let trust = trust::load(&config.auth_issuers, config.hierarchy.clone(), &LibraryVerifier)?;
        let trust = Arc::new(trust);
        Ok(Self {
            gateway_id: gateway_id.to_owned(),
            revocation: RevocationDesk::closed(Arc::clone(&trust)),
            trust,
            verifier: RememberingVerifier::default(),
            config: config.clone(),
            metrics: Arc::default(),
        })
    }

    /// The same with the configured sources of revocation data, and policies for them.
    pub fn open(config: &Config, metrics: Arc<Metrics>) -> Result<Self, LoginDeskError> {
        let desk = Self::new(&config.gateway.id, &config.login)?;
        let trust = Arc::clone(&desk.trust);
        let revocation = RevocationDesk::new(&config.revocation, trust, Arc::clone(&metrics))?;
        Ok(Self { revocation, metrics, ..desk })
    }

    /// Takes revocation data from this source in place of lists.
    #[must_use]
    pub fn with_revocation(self, source: Arc<dyn RevocationSource + Send + Sync>) -> Self {
        Self { revocation: self.revocation.with_source(source), ..self }
    }

    /// Whom it asks about revocation.
    pub(crate) fn revocation(&self) -> &RevocationDesk {
        &self.revocation
    }

    /// Fetches the configured lists; none when there are none. Lists of the last run are in use
    /// from here on.
    pub(crate) async fn fetcher(&self, config: &RevocationConfig) -> Option<Fetcher> {
        if config.lists.is_empty() {
            return None;
        }
        let fetcher = self.revocation.fetcher(config)?;
        fetcher.load_kept().await;
        Some(fetcher)
    }

    /// Opens a login: a single-use nonce bound to box, service and purpose.
    pub(crate) async fn challenge(
        &self,
        occasion: Occasion<'_>,
        device: &Device,
        request: LoginRequest,
    ) -> Result<LoginChallenge, LoginError> {
        check_name(&request.relying_party)?;
        check_name(&request.purpose)?;
        if request.relying_party.contains('|') {
            return Err(LoginError::BadRequest("the relying party's id must not contain '|'"));
        }
        let ttl_ms = i64::try_from(self.config.nonce.as_millis()).unwrap_or(i64::MAX);
        let new = nonce::draw(device, request, occasion.now_ms, ttl_ms, &*occasion.random);
        let challenge = new.challenge();
        occasion.store.write(move |sql| nonce::insert(sql, &new)).await?;
        Ok(challenge)
    }

    /// Checks a proof; the nonce is gone whatever comes out.
    pub(crate) async fn prove(
        &self,
        occasion: Occasion<'_>,
        device: &Device,
        login_id: String,
        proof: &LoginProof,
    ) -> Result<Session, LoginError> {
        let nonce = self.use_up(&occasion, device, login_id).await?;
        let bound = nonce.as_ref().map(nonce::Nonce::bound);
        let outcome = match nonce {
            None => Err(LoginError::NonceRefused),
            Some(nonce) => self.verify_proof(&nonce, device, proof, &occasion).await,
        };
        let find = credential::person;
        self.conclude(occasion, device, AssuranceLevel::L2, bound, outcome, find).await
    }

    /// The nonce of a login, which is gone from here on.
    async fn use_up(
        &self,
        occasion: &Occasion<'_>,
        device: &Device,
        login_id: String,
    ) -> Result<Option<nonce::Nonce>, StoreError> {
        let (now_ms, device_id) = (occasion.now_ms, device.device_id.clone());
        let consume = move |sql: &mut dyn crate::store::Sql| {
            nonce::consume(sql, &login_id, &device_id, now_ms)
        };
        occasion.store.write(consume).await
    }

    /// Recognises a touched card of this household: enough for the greeting and the daily check-in,
    /// no more.
    pub(crate) async fn touch(
        &self,
        occasion: Occasion<'_>,
        device: &Device,
        touch: &CardTouch,
    ) -> Result<Session, LoginError> {
        let outcome = self.verify_certificate(&touch.certificate, &occasion).await;
        let find = credential::person;
        self.conclude(occasion, device, AssuranceLevel::L1, None, outcome, find).await
    }

    /// Links an auth certificate (DER) to a resident of a home, if it is one of a believed
    /// authority, and writes down that the resident agreed to it at the office.
    pub async fn link_card(
        &self,
        store: &Store,
        certificate: &[u8],
        (household_id, resident_id): (&str, &str),
        consent_version: &str,
        now_ms: i64,
        random: Arc<dyn Random>,
    ) -> Result<(), LinkError> {
        let now = now_ms.div_euclid(1000);
        let verified = verify_touch(certificate, &self.trust, now, &self.verifier)?;
        let (household, resident) = (household_id.to_owned(), resident_id.to_owned());
        let consent = consent_version.to_owned();
        let link = move |sql: &mut dyn crate::store::Sql| {
            credential::link(sql, &verified, (&household, &resident), &consent, now_ms, &*random)
        };
        store.write(link).await
    }

    /// Asks the source about a linked certificate, for the daily watch; the reason stays behind.
    pub(crate) async fn observe(
        &self,
        link: &Watched,
        now_ms: i64,
        random: &dyn Random,
    ) -> Observation {
        let (issuer_key_id, serial) = (link.issuer_key_id.clone(), link.serial.clone());
        let question = RevocationQuestion {
            certificate: CertificateId { issuer_key_id, serial },
            distribution_points: link.distribution_points.clone(),
        };
        let now = now_ms.div_euclid(1000);
        match self.revocation.ask(&question, now, random).await.status {
            RevocationStatus::Good { source_updated_at } => {
                Observation::Good { source_updated_at_ms: source_updated_at.saturating_mul(1000) }
            }
            RevocationStatus::Revoked { source_updated_at, .. } => {
                Observation::Ended { source_updated_at_ms: source_updated_at.saturating_mul(1000) }
            }
            RevocationStatus::Stale { .. } | RevocationStatus::Unknown => Observation::Unknown,
        }
    }

    async fn verify_proof(
        &self,
        nonce: &nonce::Nonce,
        device: &Device,
        proof: &LoginProof,
        occasion: &Occasion<'_>,
    ) -> Result<Accepted, LoginError> {
        let now = occasion.now_ms.div_euclid(1000);
        let verified = self.verify_signature(nonce, device, proof, now);
        let party = Some(nonce.relying_party.as_str());
        self.accept("card-pin", verified, party, occasion).await
    }

    fn verify_signature(
        &self,
        nonce: &nonce::Nonce,
        device: &Device,
        proof: &LoginProof,
        now: i64,
    ) -> Result<VerifiedLogin, LoginError> {
        let certificate = certificate(&proof.certificate)?;
        let signature = signature(&proof.signature)?;
        let tbs = LoginTbs::new(self.parts(nonce, device));
        let tbs = tbs.map_err(|_| LoginError::BadRequest("the relying party's id is refused"))?;
        let tbs = tbs.bytes();
        let trust = &self.trust;
        Ok(verify_login(&certificate, &tbs, &signature, trust, now, &self.verifier)?)
    }

    /// What the card was asked to sign, from what was stored.
    fn parts<'a>(&'a self, nonce: &'a nonce::Nonce, device: &'a Device) -> LoginParts<'a> {
        LoginParts {
            gateway_id: &self.gateway_id,
            relying_party: &nonce.relying_party,
            purpose: &nonce.purpose,
            device_id: &device.device_id,
            nonce: nonce.bytes,
            issued_at_ms: nonce.issued_at_ms.unsigned_abs(),
        }
    }

    async fn verify_certificate(
        &self,
        base64: &str,
        occasion: &Occasion<'_>,
    ) -> Result<Accepted, LoginError> {
        let now = occasion.now_ms.div_euclid(1000);
        let verified = certificate(base64).and_then(|certificate| {
            Ok(verify_touch(&certificate, &self.trust, now, &self.verifier)?)
        });
        self.accept("card-touch", verified, None, occasion).await
    }

    /// Asks about revocation and lets the policy of the relying party decide.
    async fn accept(
        &self,
        way: &'static str,
        verified: Result<VerifiedLogin, LoginError>,
        relying_party: Option<&str>,
        occasion: &Occasion<'_>,
    ) -> Result<Accepted, LoginError> {
        let accepted = match verified {
            Ok(verified) => {
                let (now, random) = (occasion.now_ms.div_euclid(1000), &*occasion.random);
                let found = self.revocation.ask(&verified.question(), now, random).await;
                self.decide(found, relying_party).map(|standing| (verified, standing))
            }
            Err(refusal) => Err(refusal),
        };
        let result = accepted.as_ref().map_or_else(LoginError::outcome, |_| "valid");
        self.metrics.verifications.count([way, result]);
        accepted
    }

    fn decide(&self, found: Finding, relying_party: Option<&str>) -> Result<Standing, LoginError> {
        let refusal = match self.revocation.policy(relying_party).decide(found.status) {
            Decision::Accept => return Ok(Standing::of(found.status)),
            Decision::AcceptWithFlag(flag) => {
                tracing::info!(?flag, "a certificate is accepted in doubt, by the policy");
                return Ok(Standing::of(found.status));
            }
            Decision::Refuse(RevocationRefusal::Revoked) => return Err(LoginError::Revoked),
            Decision::Refuse(RevocationRefusal::Stale) => LoginError::RevocationStale,
            Decision::Refuse(RevocationRefusal::Unknown) => LoginError::RevocationUnknown,
        };
        // Certificates, serial numbers and reasons stay out of the log.
        tracing::warn!(cause = %refusal, "a valid card is refused");
        Err(refusal)
    }
}

fn check_name(name: &str) -> Result<(), LoginError> {
    let fits = !name.is_empty() && name.len() <= NAME_MAX_LEN;
    if fits && !name.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(LoginError::BadRequest("relying party and purpose have 1 to 100 printable bytes"))
    }
}

fn certificate(base64: &str) -> Result<Vec<u8>, LoginError> {
    from_base64(base64, CERTIFICATE_MAX_LEN)
        .ok_or(LoginError::BadRequest("the certificate is no base64 of at most 8 KiB"))
}

fn signature(base64: &str) -> Result<Vec<u8>, LoginError> {
    from_base64(base64, SIGNATURE_MAX_LEN)
        .ok_or(LoginError::BadRequest("the signature is no base64 of at most 512 bytes"))
}
