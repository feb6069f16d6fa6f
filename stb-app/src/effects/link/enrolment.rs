//! A box becomes known: once in its life, before anything is shown.

use std::{path::Path, time::Duration};

use gateway_api::enrolment::EnrolmentRequest;

use super::{
    identity::{Folder, Identity, IdentityError},
    requests::{Failure, Requests},
    tls::TlsError,
};
use crate::{
    config::Gateway,
    effects::clock::{Clock, instant},
};

/// How long a gateway that does not answer is asked again.
const PATIENCE: Duration = Duration::from_mins(1);

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
    /// The gateway refused.
    #[error("the gateway refused the enrolment: {0}; ask the operator for a new code")]
    Refused(String),
    /// The gateway did not answer.
    #[error("the gateway did not answer: {0}; check gateway.url and the network, then try again")]
    Unreachable(String),
}

/// Enrols with a one-time code, or says who the box is when it is enrolled already.
pub fn enrol(
    data_dir: &Path,
    config: &Gateway,
    clock: &Clock,
    code: &str,
) -> Result<Identity, EnrolmentError> {
    if let Some(identity) = Identity::load(data_dir)? {
        tracing::info!(device = identity.device_id, "enrolled already; the code is not used");
        return Ok(identity);
    }
    let folder = Folder::below(data_dir);
    let request = EnrolmentRequest {
        code: code.chars().filter(char::is_ascii_digit).collect(),
        certificate_request_pem: folder.certificate_request()?,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let requests = Requests::new(config, None, clock.clone())?;
    let answer = runtime.block_on(ask(&requests, config, &request))?;
    let identity = folder.keep(answer)?;
    tracing::info!(device = identity.device_id, gateway = identity.gateway_id, "enrolled");
    Ok(identity)
}

async fn ask(
    requests: &Requests,
    config: &Gateway,
    request: &EnrolmentRequest,
) -> Result<gateway_api::enrolment::EnrolmentAnswer, EnrolmentError> {
    let started = instant();
    let mut backoff = super::backoff::Backoff::new(config);
    loop {
        match requests.enrol(request).await {
            Ok(answer) => return Ok(answer),
            Err(Failure::Refused(problem)) => {
                return Err(EnrolmentError::Refused(problem.detail));
            }
            Err(Failure::Unreachable(cause)) if started.elapsed() > PATIENCE => {
                return Err(EnrolmentError::Unreachable(cause));
            }
            Err(Failure::Unreachable(cause)) => {
                tracing::warn!(cause, "gateway not reachable for the enrolment; trying again");
            }
        }
        tokio::time::sleep(backoff.next_delay()).await;
    }
}
