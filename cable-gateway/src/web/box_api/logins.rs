//! `POST /box/v1/logins`: opens a login.

use axum::{Json, extract::State};
use gateway_api::{
    Problem, ProblemCode,
    login::{LoginChallenge, LoginRequest},
};

use super::{Refused, problem::Body};
use crate::{device::Device, login::Occasion, state::AppState};

/// Gives a single-use nonce, bound to this box, the service and the purpose.
#[utoipa::path(
    post, path = "/box/v1/logins", tag = "login", request_body = LoginRequest,
    responses(
        (status = 200, description = "The nonce", body = LoginChallenge),
        (status = 400, description = "A name beyond its limits", body = Problem),
        (status = 401, description = "No active device", body = Problem),
        (status = 429, description = "Too many logins at this box", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
    Body(request): Body<LoginRequest>,
) -> Result<Json<LoginChallenge>, Refused> {
    let occasion = occasion(&state, &device)?;
    Ok(Json(state.logins.challenge(occasion, &device, request).await?))
}

/// Moment and randomness of a login, unless this box tries too often.
pub(super) fn occasion<'a>(state: &'a AppState, device: &Device) -> Result<Occasion<'a>, Refused> {
    let now_ms = state.now_ms();
    if !state.limits.login.allow(&device.device_id, now_ms) {
        let detail = "too many logins at this box; wait a minute";
        return Err(Refused::new(ProblemCode::TooManyRequests, detail));
    }
    Ok(Occasion { store: &state.store, now_ms, random: state.random.clone() })
}
