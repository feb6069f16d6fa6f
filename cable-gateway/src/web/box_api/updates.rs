//! `GET /box/v1/updates/{bundle}`: images, whole or in ranges, so that a box fetches only the blocks that it
//! does not have.

use axum::{
    extract::{Path, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use gateway_api::{Problem, ProblemCode, update::BundleId};
use tower_http::services::ServeFile;

use super::Refused;
use crate::{
    device::Device,
    metrics::Metrics,
    state::AppState,
    update::shelf::{file_of, is_here},
};

/// Gives a bundle that is being rolled out to an enrolled box.
#[utoipa::path(
    get, path = "/box/v1/updates/{bundle}", tag = "device",
    params(
        ("bundle" = String, Path, description = "SHA-256 of the bundle, from the offer"),
        ("Range" = Option<String>, Header, description = "One range of bytes"),
    ),
    responses(
        (status = 200, description = "The whole bundle", content_type = "application/octet-stream",
            body = Vec<u8>),
        (status = 206, description = "The range asked for", content_type = "application/octet-stream",
            body = Vec<u8>),
        (status = 401, description = "No active device", body = Problem),
        (status = 404, description = "No such bundle", body = Problem),
        (status = 416, description = "The range is outside the bundle"),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    _device: Device,
    Path(bundle): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let unknown = || Refused::new(ProblemCode::Unknown, "no such bundle is rolled out");
    let id = BundleId::parse(&bundle).map_err(|_| unknown())?;
    if !state.store.read(move |sql| is_here(sql, id)).await? {
        return Err(unknown());
    }
    let file = file_of(&state.config.updates.directory, id);
    let served = ServeFile::new(file).try_call(request).await;
    let mut response = served.map_err(|error| {
        tracing::error!(%error, %id, "a bundle cannot be read");
        Refused::new(ProblemCode::Internal, "the bundle cannot be read")
    })?;
    let kind = HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    count(&state.metrics, &response);
    Ok(response.map(axum::body::Body::new).into_response())
}

/// What updates cost the network.
fn count<B>(metrics: &Metrics, response: &axum::http::Response<B>) {
    let part = match response.status() {
        StatusCode::OK => "whole",
        StatusCode::PARTIAL_CONTENT => "range",
        _ => "none",
    };
    let length = response.headers().get(header::CONTENT_LENGTH);
    let bytes = length.and_then(|length| length.to_str().ok()?.parse().ok()).unwrap_or(0);
    metrics.update_answers.count([part]);
    metrics.update_bytes.add([part], bytes);
}
