//! `POST /box/v1/reports`: the box's outbox, one report at a time.

use axum::{extract::State, http::StatusCode};
use gateway_api::{Problem, ProblemCode, report::Report};

use super::{Refused, problem::Body};
use crate::{device::Device, report, state::AppState};

/// Applies a report exactly once; answers only after it is on the disk.
#[utoipa::path(
    post, path = "/box/v1/reports", tag = "reports", request_body = Report,
    responses(
        (status = 204, description = "Applied, now or before; it will not be lost"),
        (status = 400, description = "Malformed, or another report has this id", body = Problem),
        (status = 401, description = "No active device, or the session did not hold when it \
            happened", body = Problem),
        (status = 404, description = "It refers to something that does not exist", body = Problem),
        (status = 429, description = "Too many reports from this box", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
    Body(report): Body<Report>,
) -> Result<StatusCode, Refused> {
    let now_ms = state.now_ms();
    if !state.limits.report.allow(&device.device_id, now_ms) {
        let detail = "too many reports from this box; wait a minute";
        return Err(Refused::new(ProblemCode::TooManyRequests, detail));
    }
    state.store.write(move |sql| report::apply(sql, &device, &report, now_ms)).await?;
    Ok(StatusCode::NO_CONTENT)
}
