//! A body beyond its limit is told as such, also to a client that is still sending it.

use axum::{body::Body, extract::Request, http::header};
use futures_util::StreamExt as _;

/// What is taken, and thrown away, of a body that is too large: a client that gets its connection
/// closed while it sends does not read the answer.
const DRAINED_MAX: usize = 16 * 1024 * 1024;

/// Whether the request announces a body beyond `limit`; then as much of it is read as a browser
/// must send before it reads the answer. A body that announces nothing is cut off where it is read.
pub(super) async fn exceeds(request: Request, limit: usize) -> Result<Request, TooLarge> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_none_or(|length| length <= limit as u64) {
        return Ok(request);
    }
    drain(request.into_body()).await;
    Err(TooLarge)
}

/// The body is beyond its limit.
#[derive(Debug)]
pub(super) struct TooLarge;

async fn drain(body: Body) {
    let mut chunks = body.into_data_stream();
    let mut left = DRAINED_MAX;
    while let Some(Ok(chunk)) = chunks.next().await {
        left = left.saturating_sub(chunk.len());
        if left == 0 {
            return;
        }
    }
}
