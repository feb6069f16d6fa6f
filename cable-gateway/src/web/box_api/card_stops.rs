//! `POST /box/v1/card-stops`: a lost card is stopped by the code from the town's letter.

use axum::{extract::State, http::StatusCode};
use gateway_api::{Problem, ProblemCode, card::CardStop};

use super::{Refused, enrolments::hash, logins::occasion, problem::Body};
use crate::{
    audit::Viewer,
    card::stop,
    device::Device,
    state::AppState,
    store::{Sql, StoreError},
};

/// Stops every card of the person to whom the code was written; works at any box, without a card.
#[utoipa::path(
    post, path = "/box/v1/card-stops", tag = "cards", request_body = CardStop,
    operation_id = "card_stops",
    responses(
        (status = 204, description = "The cards open nothing any more"),
        (status = 401, description = "No active device", body = Problem),
        (status = 403, description = "The code does not count", body = Problem),
        (status = 429, description = "Too many tries at this box", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
    Body(request): Body<CardStop>,
) -> Result<StatusCode, Refused> {
    let now_ms = occasion(&state, &device)?.now_ms;
    let hash = hash(&state, request.code).await?;
    let stop = move |sql: &mut dyn Sql| {
        stop::stop_by_code(sql, &Viewer::resident("card-lost"), hash, now_ms)
    };
    if state.store.write::<_, StoreError, _>(stop).await?.is_some() {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Refused::new(ProblemCode::CodeRefused, "the code is unknown, used or expired"))
}
