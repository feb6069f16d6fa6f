//! `GET /box/v1/events`: orders and heartbeats as they happen, with resume.

use std::{collections::VecDeque, convert::Infallible, pin::Pin, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use futures_util::stream::{self, Stream};
use tokio::time::{Instant, Sleep};

use super::Refused;
use crate::{
    device::Device,
    fleet::diagnosis,
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
            `provisioning-changed` (version in decimal; behind it `at-once` where the box shall not \
            wait before it asks), `status-wanted` (the box shall tell its state now)", content_type = "text/event-stream",
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
    let (missed, version, is_asked) = state
        .store
        .read(move |sql| {
            let version = provisioning::version_of(sql, &device.household_id)?;
            let asked = diagnosis::open_for(sql, &device.device_id, now_ms)?;
            Ok::<_, StoreError>((missed(sql, last, now_ms)?, version, asked.is_some()))
        })
        .await?;
    let believed = missed.iter().filter(|order| !order.disbelieved);
    let mut waiting: VecDeque<Frame> =
        believed.map(|order| Frame::order(order.sequence, &order.signed)).collect();
    waiting.extend(version.map(Frame::provisioning_changed));
    waiting.extend(is_asked.then(Frame::status_wanted));
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
    /// Silence after which a comment is sent.
    keep_alive: Duration,
    /// When something was sent last.
    sent: Instant,
    /// One timer for the life of the connection: it looks at `sent` when it rings, because setting
    /// it anew for every frame of every box costs more than the frame.
    rings: Pin<Box<Sleep>>,
}

fn frames(
    subscription: Subscription,
    waiting: VecDeque<Frame>,
) -> impl Stream<Item = Result<Bytes, Infallible>> {
    let connection = Connection::new(subscription, waiting, KEEP_ALIVE);
    let opening = Bytes::from_static(b"retry: 1000\n\n");
    let rest = stream::unfold(connection, |mut connection| async move {
        let bytes = connection.next().await?;
        Some((Ok(bytes), connection))
    });
    futures_util::StreamExt::chain(stream::iter([Ok(opening)]), rest)
}

impl Connection {
    fn new(subscription: Subscription, waiting: VecDeque<Frame>, keep_alive: Duration) -> Self {
        let (sent, rings) = (Instant::now(), Box::pin(tokio::time::sleep(keep_alive)));
        Self { subscription, waiting, highest: 0, keep_alive, sent, rings }
    }

    async fn next(&mut self) -> Option<Bytes> {
        let bytes = loop {
            if let Some(frame) = self.waiting.pop_front() {
                match self.fresh(frame) {
                    Some(bytes) => break bytes,
                    None => continue,
                }
            }
            tokio::select! {
                biased;
                frame = self.subscription.next() => self.waiting.push_back(frame?),
                () = self.rings.as_mut() => if let Some(comment) = self.rung() {
                    break comment;
                },
            }
        };
        self.sent = Instant::now();
        Some(bytes)
    }

    /// The bytes, unless this order went out before.
    fn fresh(&mut self, frame: Frame) -> Option<Bytes> {
        if let Some(id) = frame.id {
            if id <= self.highest {
                return None;
            }
            self.highest = id;
        }
        Some(frame.bytes)
    }

    /// The timer rang: a comment, when nothing was sent for long enough.
    fn rung(&mut self) -> Option<Bytes> {
        let (now, due) = (Instant::now(), self.sent + self.keep_alive);
        let is_due = now >= due;
        self.rings.as_mut().reset(if is_due { now + self.keep_alive } else { due });
        is_due.then(|| Bytes::from_static(b": still here\n\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::push::PushHub;

    #[tokio::test]
    async fn an_order_that_is_in_the_store_and_in_the_queue_goes_out_once() {
        let hub = PushHub::new(8);
        let subscription = hub.subscribe("box");
        let order = |id| Frame::order(id, &[7]);
        for id in [2, 3] {
            hub.broadcast(&order(id));
        }
        let waiting = VecDeque::from([order(1), order(2)]);
        let mut connection = Connection::new(subscription, waiting, KEEP_ALIVE);
        for id in 1..=3 {
            assert_eq!(connection.next().await, Some(order(id).bytes), "order {id}");
        }
        hub.disconnect_all();
        assert_eq!(connection.next().await, None);
    }

    #[tokio::test]
    async fn silence_is_broken_by_comments() {
        let hub = PushHub::new(8);
        let subscription = hub.subscribe("box");
        let soon = Duration::from_millis(1);
        let mut connection = Connection::new(subscription, VecDeque::new(), soon);
        let comment = connection.next().await.expect("the stream goes on");
        assert!(comment.starts_with(b":"), "{comment:?}");
    }
}
