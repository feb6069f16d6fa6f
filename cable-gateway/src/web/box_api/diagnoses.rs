//! `/box/v1/diagnoses`: the home answered what the operator's support asked for.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use gateway_api::{Problem, ProblemCode, diagnosis::Diagnosis};
use uuid::Uuid;

use super::{Refused, problem::Body};
use crate::{
    device::Device,
    fleet::diagnosis::{self, DiagnosisError},
    state::AppState,
    store::Sql,
};

impl From<DiagnosisError> for Refused {
    fn from(error: DiagnosisError) -> Self {
        match error {
            DiagnosisError::Unknown => Self::new(ProblemCode::Unknown, error),
            DiagnosisError::Store(error) => error.into(),
        }
    }
}

/// The home said yes: how the box is, for whoever asked.
#[utoipa::path(
    post, path = "/box/v1/diagnoses/{request_id}", tag = "device", request_body = Diagnosis,
    operation_id = "diagnoses_give",
    params(("request_id" = Uuid, Path, description = "From the answer to the state")),
    responses(
        (status = 204, description = "Kept, also when it was kept before"),
        (status = 400, description = "Malformed, or a field beyond its limit", body = Problem),
        (status = 401, description = "No active device", body = Problem),
        (status = 404, description = "No such question is open for this box", body = Problem),
        (status = 413, description = "Larger than 640 KiB", body = Problem),
        (status = 429, description = "Too many tries of this box", body = Problem),
    )
)]
pub(super) async fn give(
    State(state): State<AppState>,
    device: Device,
    Path(request_id): Path<String>,
    Body(told): Body<Diagnosis>,
) -> Result<StatusCode, Refused> {
    let (request_id, now_ms) = (question(&state, &device, &request_id)?, state.now_ms());
    let give = move |sql: &mut dyn Sql| diagnosis::give(sql, &device, request_id, &told, now_ms);
    state.store.write(give).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The home said no.
#[utoipa::path(
    post, path = "/box/v1/diagnoses/{request_id}/refusal", tag = "device",
    operation_id = "diagnoses_refuse",
    params(("request_id" = Uuid, Path, description = "From the answer to the state")),
    responses(
        (status = 204, description = "Whoever asked reads that the answer is no"),
        (status = 401, description = "No active device", body = Problem),
        (status = 404, description = "No such question is open for this box", body = Problem),
        (status = 429, description = "Too many tries of this box", body = Problem),
    )
)]
pub(super) async fn refuse(
    State(state): State<AppState>,
    device: Device,
    Path(request_id): Path<String>,
) -> Result<StatusCode, Refused> {
    let (request_id, now_ms) = (question(&state, &device, &request_id)?, state.now_ms());
    let decline = move |sql: &mut dyn Sql| diagnosis::decline(sql, &device, request_id, now_ms);
    state.store.write(decline).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn question(state: &AppState, device: &Device, request_id: &str) -> Result<Uuid, Refused> {
    if !state.limits.diagnosis.allow(&device.device_id, state.now_ms()) {
        let detail = "too many answers from this box; wait a minute";
        return Err(Refused::new(ProblemCode::TooManyRequests, detail));
    }
    Uuid::parse_str(request_id).map_err(|_| DiagnosisError::Unknown.into())
}
