//! `/box/v1/service-requests`: the person answers a service on the television.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use gateway_api::{
    Problem, ProblemCode,
    service::{ServiceApproval, ServiceRequest, ServiceRequestLookup},
};

use super::{Refused, peer::Resident, problem::Body};
use crate::{
    device::Device,
    oidc::request::{self, AnswerError, ClaimError, USER_CODE_DIGITS},
    state::AppState,
    store::Sql,
};

impl From<ClaimError> for Refused {
    fn from(error: ClaimError) -> Self {
        match error {
            ClaimError::Unknown => Self::new(ProblemCode::Unknown, error),
            ClaimError::TooMany => Self::new(ProblemCode::TooManyRequests, error),
            ClaimError::Store(error) => error.into(),
        }
    }
}

impl From<AnswerError> for Refused {
    fn from(error: AnswerError) -> Self {
        match error {
            AnswerError::Unknown => Self::new(ProblemCode::Unknown, error),
            AnswerError::SessionRefused => Self::new(ProblemCode::SessionRefused, error),
            AnswerError::Answers => Self::new(ProblemCode::BadRequest, error),
            AnswerError::Store(error) => error.into(),
        }
    }
}

/// Takes the request behind a number; from now on this box alone can answer it.
#[utoipa::path(
    post, path = "/box/v1/service-requests", tag = "services",
    request_body = ServiceRequestLookup, operation_id = "service_requests_claim",
    responses(
        (status = 200, description = "Who asks for what", body = ServiceRequest),
        (status = 400, description = "Not eight digits", body = Problem),
        (status = 401, description = "No active device", body = Problem),
        (status = 404, description = "No request waits under this number", body = Problem),
        (status = 429, description = "Too many numbers that led nowhere", body = Problem),
    )
)]
pub(super) async fn claim(
    State(state): State<AppState>,
    device: Device,
    Body(lookup): Body<ServiceRequestLookup>,
) -> Result<Json<ServiceRequest>, Refused> {
    let code = lookup.user_code;
    if code.len() != USER_CODE_DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refused::new(ProblemCode::BadRequest, "a number has eight digits"));
    }
    if state.provider.is_none() {
        return Err(ClaimError::Unknown.into());
    }
    let now_ms = state.now_ms();
    let claim = move |sql: &mut dyn Sql| request::claim(sql, &device.device_id, &code, now_ms);
    let claimed: Result<_, ClaimError> = state.store.write(claim).await?;
    Ok(Json(claimed?))
}

/// The person says yes, in a session that was opened for this request.
#[utoipa::path(
    post, path = "/box/v1/service-requests/{request_id}/approval", tag = "services",
    request_body = ServiceApproval, operation_id = "service_requests_approve",
    params(
        ("request_id" = String, Path, description = "Id of the request"),
        ("Authorization" = String, Header, description = "`Bearer` and the session's token"),
    ),
    responses(
        (status = 204, description = "The service learns it; the session is over"),
        (status = 400, description = "Answers that the form does not have", body = Problem),
        (status = 401, description = "No active device, or a session for something else",
            body = Problem),
        (status = 404, description = "No such request at this box", body = Problem),
    )
)]
pub(super) async fn approve(
    State(state): State<AppState>,
    device: Device,
    Resident(session): Resident,
    Path(request_id): Path<String>,
    Body(approval): Body<ServiceApproval>,
) -> Result<StatusCode, Refused> {
    let (now_ms, random) = (state.now_ms(), state.random.clone());
    let approve = move |sql: &mut dyn Sql| {
        let answers = &approval.answers;
        request::approve(sql, &device, &request_id, &session, answers, now_ms, &*random)
    };
    state.store.write(approve).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The person says no; needs no card.
#[utoipa::path(
    post, path = "/box/v1/service-requests/{request_id}/refusal", tag = "services",
    operation_id = "service_requests_refuse",
    params(("request_id" = String, Path, description = "Id of the request")),
    responses(
        (status = 204, description = "The service learns that the answer is no"),
        (status = 401, description = "No active device", body = Problem),
        (status = 404, description = "No such request at this box", body = Problem),
    )
)]
pub(super) async fn refuse(
    State(state): State<AppState>,
    device: Device,
    Path(request_id): Path<String>,
) -> Result<StatusCode, Refused> {
    let now_ms = state.now_ms();
    let refuse = move |sql: &mut dyn Sql| request::refuse(sql, &device, &request_id, now_ms);
    state.store.write(refuse).await?;
    Ok(StatusCode::NO_CONTENT)
}
