//! The boxes' API, `/box/v1`: one file for each endpoint.
//!
//! Every path but enrolment needs the certificate of an active device; the rule is laid over the
//! whole router once, so that no endpoint can forget it.

mod access_log;
mod card_links;
mod card_stops;
mod card_touches;
mod certificate;
mod diagnoses;
pub mod document;
mod enrolments;
mod events;
mod login_proof;
mod login_signature;
mod logins;
mod orders;
mod peer;
mod problem;
mod provisioning;
mod reports;
mod service_consents;
mod service_requests;
mod session;
mod status;
mod updates;

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
    routing::{delete, get, post},
};
use gateway_api::{diagnosis::DIAGNOSIS_BYTES_MAX, path};
use tower_http::timeout::TimeoutLayer;

pub use problem::Refused;

use super::body_limit;
use crate::state::AppState;

/// Largest body of a request.
const BODY_LIMIT: usize = 64 * 1024;
/// An answer that takes longer helps nobody; the event stream begins at once.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The box API's routes.
pub fn router(state: AppState) -> Router {
    let for_devices = Router::new()
        .route(path::EVENTS, get(events::handler))
        .route(path::PROVISIONING, get(provisioning::handler))
        .route(path::ORDERS, get(orders::handler))
        .route(path::LOGINS, post(logins::handler))
        .route(path::LOGIN_PROOF, post(login_proof::handler))
        .route(path::LOGIN_SIGNATURE, post(login_signature::handler))
        .route(path::CARD_TOUCHES, post(card_touches::handler))
        .route(path::CARD_LINKS, post(card_links::handler))
        .route(path::CARD_STOPS, post(card_stops::handler))
        .route(path::REPORTS, post(reports::handler))
        .route(path::STATUS, post(status::handler))
        .route(path::CERTIFICATE, post(certificate::handler))
        .route(
            path::DIAGNOSIS,
            post(diagnoses::give).layer(DefaultBodyLimit::max(DIAGNOSIS_BYTES_MAX)),
        )
        .route(path::DIAGNOSIS_REFUSAL, post(diagnoses::refuse))
        .route(path::UPDATE, get(updates::handler))
        .route(path::ACCESS_LOG, get(access_log::handler))
        .route(path::SESSION, delete(session::handler))
        .route(path::SERVICE_REQUESTS, post(service_requests::claim))
        .route(path::SERVICE_APPROVAL, post(service_requests::approve))
        .route(path::SERVICE_REFUSAL, post(service_requests::refuse))
        .route(path::SERVICE_CONSENTS, get(service_consents::list))
        .route(path::SERVICE_CONSENT, delete(service_consents::withdraw))
        .route_layer(middleware::from_fn_with_state(state.clone(), peer::require_device));
    Router::new()
        .route(path::ENROLMENTS, post(enrolments::handler))
        .route("/box/v1/openapi.json", get(document::handler))
        .merge(for_devices)
        .fallback(problem::nothing_here)
        .method_not_allowed_fallback(problem::nothing_here)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(limit_body))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .with_state(state)
}

async fn limit_body(request: Request, next: Next) -> Result<Response, Refused> {
    let limit = limit_of(request.uri().path());
    match body_limit::exceeds(request, limit).await {
        Ok(request) => Ok(next.run(request).await),
        Err(body_limit::TooLarge) => Err(Refused::too_large(limit)),
    }
}

/// Only a diagnosis, which carries a log, may be larger.
fn limit_of(path: &str) -> usize {
    let (diagnoses, _) = path::DIAGNOSIS.split_once('{').unwrap_or((path::DIAGNOSIS, ""));
    if path.starts_with(diagnoses) { DIAGNOSIS_BYTES_MAX } else { BODY_LIMIT }
}

#[cfg(test)]
mod tests;
