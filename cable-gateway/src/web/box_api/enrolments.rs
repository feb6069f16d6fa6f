//! `POST /box/v1/enrolments`: the only path open without a device certificate.

use axum::{
    Json,
    extract::{ConnectInfo, State},
};
use gateway_api::{
    Problem, ProblemCode,
    enrolment::{EnrolmentAnswer, EnrolmentRequest},
};

use super::{Refused, problem::Body};
use crate::{
    device_authority::DeviceRequest,
    encoding::base64,
    enrolment::{self, CodeHash, EnrolmentError},
    state::AppState,
    tls::Peer,
};

impl From<EnrolmentError> for Refused {
    fn from(error: EnrolmentError) -> Self {
        match error {
            EnrolmentError::CodeRefused => Self::new(ProblemCode::CodeRefused, error),
            EnrolmentError::Issue(cause) => {
                tracing::error!(%cause, "device certificate not issued");
                Self::new(ProblemCode::Internal, "the device certificate could not be issued")
            }
            EnrolmentError::Store(error) => error.into(),
        }
    }
}

/// Exchanges a one-time code for a device certificate.
#[utoipa::path(
    post, path = "/box/v1/enrolments", tag = "device", request_body = EnrolmentRequest,
    responses(
        (status = 200, description = "The box is enrolled", body = EnrolmentAnswer),
        (status = 400, description = "The certificate request is refused", body = Problem),
        (status = 403, description = "The code is refused", body = Problem),
        (status = 429, description = "Too many tries from this address", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Body(request): Body<EnrolmentRequest>,
) -> Result<Json<EnrolmentAnswer>, Refused> {
    let now_ms = state.now_ms();
    if !state.limits.enrolment.allow(&peer.address.ip().to_string(), now_ms) {
        let detail = "too many enrolments from this address; wait a minute";
        return Err(Refused::new(ProblemCode::TooManyRequests, detail));
    }
    let device = DeviceRequest::from_pem(&request.certificate_request_pem)
        .map_err(|cause| Refused::new(ProblemCode::BadRequest, cause))?;
    let code = hash(&state, request.code).await?;
    let (authority, random) = (state.device_authority.clone(), state.random.clone());
    let enrol = move |sql: &mut dyn crate::store::Sql| {
        enrolment::enrol(sql, code, &device, &authority, now_ms, &*random)
    };
    let enrolled = state.store.write(enrol).await?;
    tracing::info!(device_id = %enrolled.device_id, "box enrolled");
    Ok(Json(EnrolmentAnswer {
        certificate_chain_pem: state.device_authority.chain_pem(&enrolled.certificate),
        device_id: enrolled.device_id,
        gateway_id: state.config.gateway.id.clone(),
        manifest_root_key: base64(&state.keys.current().manifest_root().0),
    }))
}

/// Hashes the code off the async threads, a few at a time: the hash is slow on purpose.
pub(super) async fn hash(state: &AppState, code: String) -> Result<CodeHash, Refused> {
    let hashed = state.hash_code(code).await;
    let hashed = hashed.map_err(|_| Refused::new(ProblemCode::Internal, "hash failed"))?;
    hashed.ok_or_else(|| EnrolmentError::CodeRefused.into())
}
