//! `GET /metrics` for the operator's monitoring, on a listener of its own.

use axum::{
    Router,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
    routing::get,
};

use crate::state::AppState;

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The one page.
pub fn router(state: AppState) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(state)
}

async fn metrics(State(state): State<AppState>) -> Response {
    let ages = state.logins.revocation().ages(state.now_ms().div_euclid(1000));
    ([(header::CONTENT_TYPE, TEXT)], state.metrics.text(&ages)).into_response()
}
