//! `GET /metrics` for the operator's monitoring, on a listener of its own.

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

use crate::{fleet::gauges, state::AppState};

const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The one page.
pub fn router(state: AppState) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(state)
}

async fn metrics(State(state): State<AppState>) -> Response {
    let now_ms = state.now_ms();
    let ages = state.logins.revocation().ages(now_ms.div_euclid(1000));
    let connected = state.hub.connected().len();
    // Half a page would look like a fleet that is gone.
    match state.store.read(move |sql| gauges::text(sql, connected, now_ms)).await {
        Ok(boxes) => {
            ([(header::CONTENT_TYPE, TEXT)], state.metrics.text(&ages) + &boxes).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the fleet cannot be counted for monitoring");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
