//! `GET /box/v1/events`: orders and heartbeats as they happen, with resume.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use futures_util::stream::{self, Stream};

use super::Refused;
use crate::{
    device::Device,
    provisioning,
    push::{Frame, Subscription},
    state::AppState,
    store::{
        Sql, StoreError,
        order::{self, OrderRecord},
    },
};

/// Silence after which a comment is sent, so that both ends notice a dead connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Most orders sent to a box that resumes; one that missed more begins anew with those in force.
const RESUME_MAX: u32 = 200;

/// Streams events: first what the box missed, then everything new.
#[utoipa::path(
    get, path = "/box/v1/events", tag = "orders",
    params(("Last-Event-ID" = Option<String>, Header,
        description = "Number of the last order that this box got; it gets all later ones. \
                       Without it, it gets those in force")),
    responses(
        (status = 200, description = "Server-sent events `order` (id: sequence number; data: \
            base64 of the signed order), `heartbeat` (base64 of the signed heartbeat), \
            `provisioning-changed` (version in decimal)", content_type = "text/event-stream",
            body = String),
        (status = 401, description = "No active device", body = gateway_api::Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
    headers: HeaderMap,
) -> Result<Response, Refused> {
    // First the queue, then the store: an order between the two is in both, never in neither.
    let subscription = state.hub.subscribe(&device.device_id);
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<u64>().ok());
    let now_ms = state.now_ms();
    let household_id = device.household_id;
    let settings = state.settings.clone();
    let (missed, provisioning) = state
        .store
        .read(move |sql| {
            let provisioning = provisioning::of_household(sql, &household_id, &settings)?;
            Ok::<_, StoreError>((missed(sql, last, now_ms)?, provisioning))
        })
        .await?;
    let mut waiting: VecDeque<Frame> =
        missed.iter().map(|order| Frame::order(order.sequence, &order.signed)).collect();
    waiting.extend(provisioning.map(|now| Frame::provisioning_changed(now.version)));
    waiting.extend(state.hub.latest_heartbeat());
    let headers =
        [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-store")];
    let stream = Body::from_stream(frames(subscription, waiting));
    Ok((headers, stream).into_response())
}

fn missed(
    sql: &mut dyn Sql,
    last: Option<u64>,
    now_ms: i64,
) -> Result<Vec<OrderRecord>, StoreError> {
    let Some(last) = last.filter(|last| *last > 0) else { return order::in_force(sql, now_ms) };
    // A box that knows more than this store came from before a restored backup.
    let unknown = last > order::highest_sequence(sql)?;
    let later = if unknown { Vec::new() } else { order::after(sql, last, RESUME_MAX)? };
    let too_many = later.len() >= RESUME_MAX as usize;
    if unknown || too_many { order::in_force(sql, now_ms) } else { Ok(later) }
}

struct Connection {
    subscription: Subscription,
    waiting: VecDeque<Frame>,
    /// Highest number sent, so that an order in store and queue goes out once.
    highest: u64,
}

fn frames(
    subscription: Subscription,
    waiting: VecDeque<Frame>,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let connection = Connection { subscription, waiting, highest: 0 };
    let opening = Bytes::from_static(b"retry: 1000\n\n");
    let rest = stream::unfold(connection, |mut connection| async move {
        let bytes = connection.next().await?;
        Some((Ok(bytes), connection))
    });
    futures_util::StreamExt::chain(stream::iter([Ok(opening)]), rest)
}

impl Connection {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            let frame = match self.waiting.pop_front() {
                Some(frame) => frame,
                None => match tokio::time::timeout(KEEP_ALIVE, self.subscription.next()).await {
                    Ok(frame) => frame?,
                    Err(_) => return Some(Bytes::from_static(b": still here\n\n")),
                },
            };
            match frame.id {
                Some(id) if id <= self.highest => {}
                Some(id) => {
                    self.highest = id;
                    return Some(frame.bytes);
                }
                None => return Some(frame.bytes),
            }
        }
    }
}
