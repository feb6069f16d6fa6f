//! `POST /box/v1/card-touches`: a card was inserted and its auth certificate read without PIN.

use axum::{Json, extract::State};
use gateway_api::{
    Problem,
    login::{CardTouch, Session},
};

use super::{Refused, logins::occasion, problem::Body};
use crate::{device::Device, state::AppState};

/// Recognises a touched card of this household: level L1, enough for the greeting and the daily
/// check-in. A card of another household needs its PIN here.
#[utoipa::path(
    post, path = "/box/v1/card-touches", tag = "login", request_body = CardTouch,
    responses(
        (status = 200, description = "The resident is known at level L1", body = Session),
        (status = 400, description = "Malformed", body = Problem),
        (status = 401, description = "No active device", body = Problem),
        (status = 403, description = "Certificate or person refused, or a card of another household", body = Problem),
        (status = 429, description = "Too many touches at this box", body = Problem),
        (status = 503, description = "Nobody knows whether the certificate is revoked",
            body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
    Body(touch): Body<CardTouch>,
) -> Result<Json<Session>, Refused> {
    let occasion = occasion(&state, &device)?;
    Ok(Json(state.logins.touch(occasion, &device, &touch).await?))
}
