//! A box becomes known: once in its life, while the screen tells how far it is.

use std::{
    path::PathBuf,
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    time::{Duration, Instant},
};

use gateway_api::{
    enrolment::{EnrolmentAnswer, EnrolmentRequest},
    problem::{Problem, ProblemCode},
};
use stb_core::{config::Enrolled, event::Event, first_start::EnrolmentNews, service::LetterCode};

use super::{
    backoff::Backoff,
    identity::{Folder, Identity, IdentityError},
    requests::{Failure, Requests},
    tls::{self, TlsError},
};
use crate::{
    config::Gateway,
    effects::{
        Ended, Events,
        clock::{Clock, instant},
        supervise,
    },
};

/// A network that is not there yet when the box starts is no news.
const PATIENCE: Duration = Duration::from_secs(10);
/// Somebody sits before the screen: the longest wait between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Why the box is not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolmentError {
    /// Key or files.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The connection cannot be prepared.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// No runtime.
    #[error("enrolment not started: {0}")]
    Runtime(#[from] std::io::Error),
    /// The gateway refused; its own words hold the remedy.
    #[error("the gateway refused the enrolment: {}", .0.detail)]
    Refused(Problem),
    /// The gateway did not answer.
    #[error("the gateway did not answer: {0}; {remedy}", remedy = tls::remedy(.0))]
    Unreachable(String),
}

/// Where an identity comes from and where it is kept.
pub struct Registry {
    /// Folder of the identity.
    pub data_dir: PathBuf,
    /// The gateway.
    pub gateway: Gateway,
    /// Clock.
    pub clock: Clock,
}

impl Registry {
    /// One try with a one-time code.
    pub fn enrol(&self, code: &LetterCode) -> Result<Identity, EnrolmentError> {
        let folder = Folder::below(&self.data_dir);
        let request = EnrolmentRequest {
            code: code.digits().to_owned(),
            certificate_request_pem: folder.certificate_request()?,
        };
        let identity = folder.keep(self.ask(&request)?)?;
        let (device, gateway) = (&identity.device_id, &identity.gateway_id);
        tracing::info!(device, gateway, "enrolled");
        Ok(identity)
    }

    fn ask(&self, request: &EnrolmentRequest) -> Result<EnrolmentAnswer, EnrolmentError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let requests = Requests::new(&self.gateway, None, self.clock.clone())?;
        runtime.block_on(requests.enrol(request)).map_err(|failure| match failure {
            Failure::Refused(problem) => EnrolmentError::Refused(problem),
            Failure::Unreachable(cause) => EnrolmentError::Unreachable(cause),
        })
    }
}

/// Tries the codes that it is given on a thread of its own, the newest one until it is answered.
pub struct Enroller {
    codes: Sender<LetterCode>,
}

impl Enroller {
    /// Calls `enrolled` with the new identity, once, before the event says so.
    pub fn start(
        registry: Registry,
        events: Events,
        enrolled: impl Fn(Identity) + Send + 'static,
    ) -> std::io::Result<Self> {
        let (codes, queue) = channel();
        let mut present = None;
        supervise("enroller", move || {
            let done = work(&registry, &events, &queue, &mut present);
            done.map_or(Ended::Finished, |identity| {
                let news = EnrolmentNews::Enrolled(Enrolled::from(&identity));
                enrolled(identity);
                // Fails only when the box is stopping.
                let _ = events.send_blocking(Event::EnrolmentTold(news));
                Ended::Finished
            })
        })?;
        Ok(Self { codes })
    }

    /// From now on with this code.
    pub fn enrol(&self, code: LetterCode) {
        if self.codes.send(code).is_err() {
            tracing::error!("a code was lost: the enroller's thread is gone");
        }
    }
}

/// One code on its way.
struct Attempt {
    code: LetterCode,
    begun: Instant,
    backoff: Backoff,
}

impl Attempt {
    fn new(code: LetterCode, gateway: &Gateway) -> Self {
        Self { code, begun: instant(), backoff: Backoff::new(gateway) }
    }

    /// What the screen hears of a failure.
    fn news(&self, error: &EnrolmentError) -> Option<EnrolmentNews> {
        let is_early = self.begun.elapsed() < PATIENCE;
        match error {
            EnrolmentError::Identity(_) | EnrolmentError::Tls(_) | EnrolmentError::Runtime(_) => {
                Some(EnrolmentNews::Faulty)
            }
            EnrolmentError::Unreachable(cause) if tls::is_setting(cause) => {
                Some(EnrolmentNews::Faulty)
            }
            EnrolmentError::Unreachable(_) => (!is_early).then_some(EnrolmentNews::Unreachable),
            EnrolmentError::Refused(problem) => Some(match problem.code {
                ProblemCode::CodeRefused => EnrolmentNews::CodeRefused(self.code.clone()),
                ProblemCode::TooManyRequests | ProblemCode::Internal => EnrolmentNews::Crowded,
                _ => EnrolmentNews::Faulty,
            }),
        }
    }

    fn pause(&mut self) -> Duration {
        self.backoff.next_delay().min(LONGEST_PAUSE)
    }
}

/// Until the gateway knows the box; none when nobody waits for that any more. `present` outlives a panic.
fn work(
    registry: &Registry,
    events: &Events,
    codes: &Receiver<LetterCode>,
    present: &mut Option<Attempt>,
) -> Option<Identity> {
    loop {
        let attempt = match present {
            Some(attempt) => attempt,
            None => present.insert(Attempt::new(codes.recv().ok()?, &registry.gateway)),
        };
        let error = match registry.enrol(&attempt.code) {
            Ok(identity) => return Some(identity),
            Err(error) => error,
        };
        tracing::warn!(%error, "not enrolled");
        let news = attempt.news(&error);
        let is_final = matches!(news, Some(EnrolmentNews::CodeRefused(_)));
        if let Some(news) = news {
            events.send_blocking(Event::EnrolmentTold(news)).ok()?;
        }
        if is_final {
            *present = None;
            continue;
        }
        match codes.recv_timeout(attempt.pause()) {
            Ok(newer) => *present = Some(Attempt::new(newer, &registry.gateway)),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}
