//! `POST /box/v1/logins/{login_id}/proof`: the card's signature.

use axum::{
    Json,
    extract::{Path, State},
};
use gateway_api::{
    Problem,
    login::{LoginProof, Session},
};

use super::{Refused, logins::occasion, problem::Body};
use crate::{device::Device, state::AppState};

/// Checks the card's signature; the nonce is used up whatever comes out.
#[utoipa::path(
    post, path = "/box/v1/logins/{login_id}/proof", tag = "login", request_body = LoginProof,
    params(("login_id" = String, Path, description = "Id from the challenge")),
    responses(
        (status = 200, description = "The resident is signed in at level L2", body = Session),
        (status = 400, description = "Malformed", body = Problem),
        (status = 401, description = "No active device", body = Problem),
        (status = 403, description = "Nonce, certificate, signature or person refused",
            body = Problem),
        (status = 429, description = "Too many logins at this box", body = Problem),
        (status = 503, description = "Nobody knows whether the certificate is revoked",
            body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
    Path(login_id): Path<String>,
    Body(proof): Body<LoginProof>,
) -> Result<Json<Session>, Refused> {
    let occasion = occasion(&state, &device)?;
    Ok(Json(state.logins.prove(occasion, &device, login_id, &proof).await?))
}
