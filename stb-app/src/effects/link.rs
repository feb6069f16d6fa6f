//! The gateway: one event stream down, requests up, both over mutual TLS.
//!
//! Everything runs on one thread with its own small runtime; the screen never waits for it. Stream
//! and requests use connections of their own, so that a stuck request cannot hold an order back.
//! Tokens and bodies are never logged.

mod backoff;
pub mod enrolment;
pub mod identity;
mod renewal;
mod reports;
mod requests;
mod services;
mod stream;
#[cfg(test)]
mod tests;
mod tls;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use gateway_api::{
    diagnosis::Diagnosis,
    login::{CardTouch, LoginProof, LoginRequest, SignatureProof},
    problem::ProblemCode,
    report::Report,
    status::{BoxStatus, StatusAnswer},
};
use stb_core::{diagnosis::DiagnosisOutcome, event::Event, service::ServiceCall};
use tokio::sync::{Notify, mpsc};

use super::{Ended, Events, clock::Clock, supervise};
use crate::config::Gateway;
pub use enrolment::Enroller;
pub use identity::{Identity, IdentityError};
use requests::{Failure, Requests};

/// What the box asks of its gateway.
pub enum Request {
    /// Open a login.
    OpenLogin(LoginRequest),
    /// Send the card's signature.
    SendProof {
        /// Login.
        login_id: String,
        /// Proof.
        proof: LoginProof,
    },
    /// Send the signature of the signature certificate.
    SendSignature {
        /// Login.
        login_id: String,
        /// Proof.
        proof: SignatureProof,
    },
    /// Send a touched card.
    SendTouch(CardTouch),
    /// End the session.
    CloseSession {
        /// Bearer token.
        token: String,
    },
    /// Fetch who looked at my data.
    FetchAccessLog {
        /// Bearer token.
        token: String,
    },
    /// Ask for a service, a permission or a card.
    Service {
        /// Id, returned with the answer.
        call_id: u64,
        /// What.
        call: ServiceCall,
    },
    /// Fetch the provisioning.
    FetchProvisioning,
    /// Fetch orders after a sequence number, after a random delay.
    FetchOrders {
        /// Highest sequence number known.
        after_sequence: u64,
        /// Upper bound of the delay.
        spread_ms: u32,
    },
    /// Send one report.
    SendReport(Report),
    /// Tell how the box is; none comes back when the gateway did not take it.
    SendStatus {
        /// How it is.
        status: Box<BoxStatus>,
        /// Who asks.
        answers: std::sync::mpsc::Sender<Option<StatusAnswer>>,
    },
    /// Ask for the next device certificate.
    RenewCertificate,
    /// The home said yes to a diagnosis.
    GiveDiagnosis {
        /// To which question.
        request_id: uuid::Uuid,
        /// How the box is.
        diagnosis: Box<Diagnosis>,
    },
    /// The home said no.
    RefuseDiagnosis {
        /// To which question.
        request_id: uuid::Uuid,
    },
}

/// The box's end of the link.
#[derive(Clone)]
pub struct Link {
    requests: mpsc::UnboundedSender<Request>,
    identity: Arc<Mutex<Identity>>,
}

/// A link that does not connect yet; what it is asked waits.
pub struct Connection {
    config: Gateway,
    identity: Arc<Mutex<Identity>>,
    clock: Clock,
    events: Events,
    queue: mpsc::UnboundedReceiver<Request>,
}

impl Connection {
    /// Connects as the enrolled device and stays connected.
    pub fn open(self) -> std::io::Result<()> {
        let Self { config, identity, clock, events, queue } = self;
        let queue = Arc::new(Mutex::new(queue));
        supervise("link", move || run(&config, &identity, &clock, &events, &queue)).map(drop)
    }
}

impl Link {
    /// A link of the enrolled device, and how to open it.
    pub fn prepare(
        config: Gateway,
        identity: Identity,
        clock: Clock,
        events: Events,
    ) -> (Self, Connection) {
        let (requests, queue) = mpsc::unbounded_channel();
        let identity = Arc::new(Mutex::new(identity));
        let link = Self { requests, identity: Arc::clone(&identity) };
        (link, Connection { config, identity, clock, events, queue })
    }

    /// The present device certificate with its issuer, PEM.
    pub fn certificate_chain(&self) -> String {
        renewal::held(&self.identity).certificate_chain_pem.clone()
    }

    /// Asks; the answer comes as an event.
    pub fn ask(&self, request: Request) {
        if self.requests.send(request).is_err() {
            tracing::error!("request lost: the link's thread is gone");
        }
    }
}

fn run(
    config: &Gateway,
    identity: &Arc<Mutex<Identity>>,
    clock: &Clock,
    events: &Events,
    queue: &Mutex<mpsc::UnboundedReceiver<Request>>,
) -> Ended {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime for the link");
            return Ended::Broken;
        }
    };
    // The queue outlives a panic of this function; only one thread ever takes it.
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    match runtime.block_on(serve(config, identity, clock, events, &mut queue)) {
        Ok(()) => Ended::Finished,
        Err(error) => {
            tracing::error!(%error, "link not started");
            Ended::Broken
        }
    }
}

/// Until nobody asks any more.
async fn serve(
    config: &Gateway,
    identity: &Arc<Mutex<Identity>>,
    clock: &Clock,
    events: &Events,
    queue: &mut mpsc::UnboundedReceiver<Request>,
) -> Result<(), tls::TlsError> {
    let present = renewal::held(identity).clone();
    let requests = Requests::new(config, Some(&present), clock.clone())?;
    let (provisioning, hurry) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let upward = (events.clone(), Arc::clone(&hurry));
    let stream = stream::Stream::new(config, Arc::clone(identity), clock.clone(), upward)?;
    let streaming = tokio::spawn(stream.follow());
    tokio::spawn(keep_provisioned(
        requests.clone(),
        events.clone(),
        (Arc::clone(&provisioning), hurry),
        config.clone(),
    ));
    let lanes = reports::Lanes::start(&requests, events);
    let mut renewing: Option<tokio::task::JoinHandle<()>> = None;
    while let Some(request) = queue.recv().await {
        match request {
            Request::SendReport(report) => lanes.send(report),
            Request::FetchProvisioning => provisioning.notify_one(),
            Request::SendStatus { status, answers } => {
                tokio::spawn(tell_status(requests.clone(), status, answers));
            }
            Request::RenewCertificate => {
                if renewing.as_ref().is_none_or(tokio::task::JoinHandle::is_finished) {
                    let renewal =
                        renewal::renew(requests.clone(), Arc::clone(identity), config.clone());
                    renewing = Some(tokio::spawn(renewal));
                }
            }
            other => {
                tokio::spawn(answer(requests.clone(), events.clone(), other));
            }
        }
    }
    streaming.abort();
    Ok(())
}

/// One request of a resident or of the order book, on a task of its own.
async fn answer(requests: Requests, events: Events, request: Request) {
    let event = match request {
        Request::OpenLogin(request) => {
            requests.open_login(&request).await.map_or_else(not_logged_in, Event::LoginOpened)
        }
        Request::SendProof { login_id, proof } => requests
            .send_proof(&login_id, &proof)
            .await
            .map_or_else(not_logged_in, |session| Event::SessionOpened(Box::new(session))),
        Request::SendSignature { login_id, proof } => requests
            .send_signature(&login_id, &proof)
            .await
            .map_or_else(not_logged_in, |session| Event::SessionOpened(Box::new(session))),
        Request::SendTouch(touch) => requests
            .send_touch(&touch)
            .await
            .map_or_else(not_logged_in, |session| Event::SessionOpened(Box::new(session))),
        Request::FetchAccessLog { token } => {
            Event::AccessLogArrived(requests.access_log(&token).await.ok())
        }
        Request::Service { call_id, call } => {
            let answer = services::answer(&requests, call).await;
            Event::ServiceAnswered { call_id, answer }
        }
        Request::GiveDiagnosis { request_id, diagnosis } => {
            let taken = requests.give_diagnosis(request_id, &diagnosis).await;
            Event::DiagnosisSettled { request_id, outcome: outcome(taken) }
        }
        Request::RefuseDiagnosis { request_id } => {
            let taken = requests.refuse_diagnosis(request_id).await;
            Event::DiagnosisSettled { request_id, outcome: outcome(taken) }
        }
        Request::CloseSession { token } => {
            // The token expires by itself; the screen has moved on.
            if let Err(failure) = requests.close_session(&token).await {
                tracing::info!(%failure, "session not closed at the gateway");
            }
            return;
        }
        Request::FetchOrders { after_sequence, spread_ms } => {
            let delay_ms = backoff::random_below(u64::from(spread_ms));
            tokio::time::sleep(Duration::from_millis(delay_ms)).await;
            return fetch_orders(&requests, &events, after_sequence).await;
        }
        Request::FetchProvisioning
        | Request::SendReport(_)
        | Request::SendStatus { .. }
        | Request::RenewCertificate => return,
    };
    // Fails only when the box is stopping.
    let _ = events.send(event).await;
}

async fn tell_status(
    requests: Requests,
    status: Box<BoxStatus>,
    answers: std::sync::mpsc::Sender<Option<StatusAnswer>>,
) {
    let answer = requests.send_status(&status).await;
    let answer = answer.map_err(|failure| tracing::warn!(%failure, "state of the box not told"));
    // Nobody waits any more when the box is stopping.
    let _ = answers.send(answer.ok());
}

fn outcome(taken: Result<(), Failure>) -> DiagnosisOutcome {
    let Err(failure) = taken else { return DiagnosisOutcome::Taken };
    tracing::warn!(%failure, "answer to the support not sent");
    match failure {
        Failure::Refused(problem) if reports::is_final(problem.code) => DiagnosisOutcome::Refused,
        Failure::Refused(_) | Failure::Unreachable(_) => DiagnosisOutcome::NotYet,
    }
}

fn not_logged_in(failure: Failure) -> Event {
    tracing::info!(%failure, "login not opened");
    match failure {
        Failure::Unreachable(_) => Event::LoginUnreachable,
        Failure::Refused(problem) if problem.code == ProblemCode::Internal => {
            Event::LoginUnreachable
        }
        Failure::Refused(problem) => Event::LoginRefused(problem.code),
    }
}

/// A failed fetch is not repeated here: the next heartbeat shows the gap again.
async fn fetch_orders(requests: &Requests, events: &Events, after_sequence: u64) {
    match requests.orders(after_sequence).await {
        Ok(orders) => {
            for bytes in orders {
                let path = stb_core::event::OrderPath::Fetched;
                if events.send(Event::OrderArrived { bytes, path }).await.is_err() {
                    return;
                }
            }
        }
        Err(failure) => tracing::warn!(%failure, "orders not fetched"),
    }
}

/// Fetches whenever asked, many questions being one; the first time at once, later after a random
/// part of the spread, because all boxes of a town are asked together, unless the gateway said that they are few.
/// Goes on until it succeeds.
async fn keep_provisioned(
    requests: Requests,
    events: Events,
    (wanted, hurry): (Arc<Notify>, Arc<Notify>),
    config: Gateway,
) {
    let mut spread_ms = 0;
    loop {
        wanted.notified().await;
        tokio::select! {
            () = hurry.notified() => {}
            () = tokio::time::sleep(Duration::from_millis(backoff::random_below(spread_ms))) => {}
        }
        let mut backoff = backoff::Backoff::new(&config);
        let provisioning = loop {
            match requests.provisioning().await {
                Ok(provisioning) => break provisioning,
                Err(failure) => tracing::warn!(%failure, "provisioning not fetched"),
            }
            tokio::time::sleep(backoff.next_delay()).await;
        };
        spread_ms = config.fetch_spread_ms;
        if events.send(Event::Provisioned(Box::new(provisioning))).await.is_err() {
            return;
        }
    }
}
