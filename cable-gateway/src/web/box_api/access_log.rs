//! `GET /box/v1/residents/me/access-log`: who looked at my data (invariant 8).

use axum::{Json, extract::State};
use gateway_api::{Problem, resident::AccessLog};

use super::{Refused, peer::Resident};
use crate::{audit, state::AppState};

/// Gives who looked at the data of the person of this session, newest first.
#[utoipa::path(
    get, path = "/box/v1/residents/me/access-log", tag = "residents",
    params(("Authorization" = String, Header, description = "`Bearer` and the session's token")),
    responses(
        (status = 200, description = "The views", body = AccessLog),
        (status = 401, description = "No active device or session", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    Resident(session): Resident,
) -> Result<Json<AccessLog>, Refused> {
    let views = state.store.read(move |sql| audit::views_of(sql, &session.person_id)).await?;
    Ok(Json(AccessLog { views }))
}
