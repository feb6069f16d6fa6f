//! `GET /box/v1/residents/me/access-log`: who looked at my data (invariant 8).

use axum::{Json, extract::State};
use gateway_api::{Problem, resident::AccessLog};

use super::{Refused, peer::Proven};
use crate::{audit, state::AppState};

/// Gives who looked at the data of the person of this session, newest first. Needs level L2: the
/// card's PIN was entered.
#[utoipa::path(
    get, path = "/box/v1/residents/me/access-log", tag = "residents",
    params(("Authorization" = String, Header, description = "`Bearer` and the token \
        of a session of level L2")),
    responses(
        (status = 200, description = "The views", body = AccessLog),
        (status = 401, description = "No active device or session, or a session below L2", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    Proven(session): Proven,
) -> Result<Json<AccessLog>, Refused> {
    let views = state.store.read(move |sql| audit::views_of(sql, &session.person_id)).await?;
    Ok(Json(AccessLog { views }))
}
