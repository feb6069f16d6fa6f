//! `/box/v1/residents/me/service-consents`: what I allow to services. Which services somebody uses
//! is told after the PIN only: a touched card can be a copy.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use gateway_api::{Problem, ProblemCode, service::ServiceConsents};

use super::{Refused, peer::Proven};
use crate::{
    oidc::consent,
    state::AppState,
    store::{Sql, StoreError},
};

/// Gives the consents in force of the person of this session, newest first.
#[utoipa::path(
    get, path = "/box/v1/residents/me/service-consents", tag = "services",
    operation_id = "service_consents_list",
    params(("Authorization" = String, Header, description = "`Bearer` and the session's token")),
    responses(
        (status = 200, description = "The consents", body = ServiceConsents),
        (status = 401, description = "No active device or session, or a session below L2", body = Problem),
    )
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Proven(session): Proven,
) -> Result<Json<ServiceConsents>, Refused> {
    let read = move |sql: &mut dyn Sql| consent::of(sql, &session.person_id);
    let consents = state.store.read::<_, StoreError, _>(read).await?;
    Ok(Json(ServiceConsents { consents }))
}

/// Takes a consent back; the service knows nothing more from then on.
#[utoipa::path(
    delete, path = "/box/v1/residents/me/service-consents/{consent_id}", tag = "services",
    operation_id = "service_consents_withdraw",
    params(
        ("consent_id" = String, Path, description = "Id of the consent"),
        ("Authorization" = String, Header, description = "`Bearer` and the session's token"),
    ),
    responses(
        (status = 204, description = "The consent is withdrawn"),
        (status = 401, description = "No active device or session, or a session below L2", body = Problem),
        (status = 404, description = "No such consent of this person in force", body = Problem),
    )
)]
pub(super) async fn withdraw(
    State(state): State<AppState>,
    Proven(session): Proven,
    Path(consent_id): Path<String>,
) -> Result<StatusCode, Refused> {
    let now_ms = state.now_ms();
    let withdraw =
        move |sql: &mut dyn Sql| consent::withdraw(sql, &session.person_id, &consent_id, now_ms);
    if state.store.write::<_, StoreError, _>(withdraw).await? {
        return Ok(StatusCode::NO_CONTENT);
    }
    Err(Refused::new(ProblemCode::Unknown, "no such consent is in force"))
}
