//! `DELETE /box/v1/residents/me/session`: the resident leaves.

use axum::{extract::State, http::StatusCode};
use gateway_api::Problem;

use super::{Refused, peer::Resident};
use crate::{session, state::AppState};

/// Ends the session.
#[utoipa::path(
    delete, path = "/box/v1/residents/me/session", tag = "residents",
    params(("Authorization" = String, Header, description = "`Bearer` and the session's token")),
    responses(
        (status = 204, description = "The session is over"),
        (status = 401, description = "No active device or session", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    Resident(session): Resident,
) -> Result<StatusCode, Refused> {
    let now_ms = state.now_ms();
    state.store.write(move |sql| session::end(sql, &session.session_id, now_ms)).await?;
    Ok(StatusCode::NO_CONTENT)
}
