//! `POST /box/v1/status`: how a box is, and what it may do next.

use axum::{Json, extract::State};
use gateway_api::{
    Problem, ProblemCode,
    status::{BoxStatus, StatusAnswer},
};

use super::{Refused, problem::Body};
use crate::{
    device::Device,
    fleet::status::{self, StatusError},
    state::AppState,
};

impl From<StatusError> for Refused {
    fn from(error: StatusError) -> Self {
        match error {
            StatusError::Sequence => Self::new(ProblemCode::BadRequest, error),
            StatusError::Store(error) => error.into(),
        }
    }
}

/// Keeps the latest state of a box; nothing of the home is in it.
#[utoipa::path(
    post, path = "/box/v1/status", tag = "device", request_body = BoxStatus,
    responses(
        (status = 200, description = "Kept", body = StatusAnswer),
        (status = 400, description = "Malformed", body = Problem),
        (status = 401, description = "No active device", body = Problem),
        (status = 429, description = "Too many states from this box", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
    Body(status): Body<BoxStatus>,
) -> Result<Json<StatusAnswer>, Refused> {
    let now_ms = state.now_ms();
    if !state.limits.status.allow(&device.device_id, now_ms) {
        let detail = "too many states from this box; wait a minute";
        return Err(Refused::new(ProblemCode::TooManyRequests, detail));
    }
    let take = move |sql: &mut dyn crate::store::Sql| status::take(sql, &device, &status, now_ms);
    Ok(Json(state.store.write(take).await?))
}
