//! The event stream down: orders, heartbeats, word of changed provisioning.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use eventsource_stream::Eventsource;
use futures_util::{StreamExt, stream};
use gateway_api::{
    event_name, path,
    problem::{Problem, ProblemCode},
};
use reqwest::{Response, StatusCode, header};
use stb_core::event::{Event, OrderPath};
use tokio::sync::Notify;

use super::{
    backoff::Backoff,
    identity::Identity,
    renewal::held,
    requests::{note_time, signed_bytes, unreachable},
    tls::{self, Http, TlsError},
};
use crate::{
    config::Gateway,
    effects::{
        Events,
        clock::{Clock, instant},
    },
};

/// One event holds one order in base64; a stream that sends more without a break is not ours.
const EVENT_BYTES_MAX: usize = 16 * 1024;

/// A connection that lived so long was a good one: the next attempt begins without delay steps.
const GOOD_CONNECTION: Duration = Duration::from_secs(10);

/// Ids of events are short; what is longer is not sent back.
const EVENT_ID_BYTES_MAX: usize = 128;

/// Follows the stream for ever.
pub(super) struct Stream {
    /// Who the box is now: a renewed certificate is shown with the next connection.
    identity: Arc<Mutex<Identity>>,
    config: Gateway,
    clock: Clock,
    events: Events,
    /// Told when the provisioning may be fetched without the spread.
    hurry: Arc<Notify>,
    /// Kept in memory only: after a restart the order book's own sequence number asks for what is
    /// missing, which cannot claim an order that the disk does not hold.
    last_event_id: Option<String>,
}

/// Why a stream ended.
#[derive(Debug, thiserror::Error)]
enum StreamEnd {
    #[error("closed by the gateway")]
    Closed,
    #[error("silent for too long")]
    Silent,
    #[error("an event without end")]
    Endless,
    #[error("{0}")]
    Broken(String),
    #[error("the gateway is busy")]
    Busy(Duration),
    #[error("the gateway does not know this box: {cause}; see its page on the fleet console")]
    Refused { is_stopped: bool, cause: String },
    #[error("the box is stopping")]
    Stopping,
}

impl Stream {
    pub(super) fn new(
        config: &Gateway,
        identity: Arc<Mutex<Identity>>,
        clock: Clock,
        (events, hurry): (Events, Arc<Notify>),
    ) -> Result<Self, TlsError> {
        let (config, last_event_id) = (config.clone(), None);
        let stream = Self { identity, config, clock, events, hurry, last_event_id };
        // What cannot be used is told at the start.
        stream.client()?;
        Ok(stream)
    }

    /// One client for one stream.
    fn client(&self) -> Result<reqwest::Client, TlsError> {
        let identity = held(&self.identity).clone();
        let client = tls::client(&self.config, Some(&identity), &self.clock, Http::One)?
            .pool_max_idle_per_host(0)
            .tcp_keepalive(Duration::from_secs(30))
            .build()?;
        Ok(client)
    }

    pub(super) async fn follow(mut self) {
        let mut backoff = Backoff::new(&self.config);
        loop {
            let started = instant();
            let end = self.follow_once().await;
            if matches!(end, StreamEnd::Stopping) {
                return;
            }
            if started.elapsed() > GOOD_CONNECTION {
                backoff.reset();
            }
            let delay = match end {
                StreamEnd::Busy(wait) => backoff.at_least(wait),
                _ => backoff.next_delay(),
            };
            tracing::warn!(reason = %end, ?delay, "event stream ended; connecting again");
            tokio::time::sleep(delay).await;
        }
    }

    async fn follow_once(&mut self) -> StreamEnd {
        let response = match self.open().await {
            Ok(response) => response,
            Err(end) => return self.told(end).await,
        };
        if self.events.send(Event::LinkOpened).await.is_err() {
            return StreamEnd::Stopping;
        }
        tracing::info!("event stream open");
        let end = self.read(response).await;
        if self.events.send(Event::LinkLost).await.is_err() {
            return StreamEnd::Stopping;
        }
        end
    }

    /// A gateway that is away comes back; one that refuses this box is told to the home.
    async fn told(&self, end: StreamEnd) -> StreamEnd {
        let StreamEnd::Refused { is_stopped, .. } = end else { return end };
        let told = self.events.send(Event::DeviceRefused { is_stopped }).await;
        if told.is_ok() { end } else { StreamEnd::Stopping }
    }

    async fn open(&self) -> Result<Response, StreamEnd> {
        let url = format!("{}{}", self.config.url.trim_end_matches('/'), path::EVENTS);
        let client = self.client().map_err(|error| StreamEnd::Broken(error.to_string()))?;
        let mut request = client.get(url).header(header::ACCEPT, "text/event-stream");
        if let Some(id) = &self.last_event_id {
            request = request.header("last-event-id", id);
        }
        let answer = tokio::time::timeout(self.config.request_timeout(), request.send());
        let response = answer.await.map_err(|_| StreamEnd::Silent)?.map_err(|error| {
            if tls::is_certificate_time(&error) {
                self.clock.certificate_time_failed();
            }
            let cause = unreachable(&error).to_string();
            if tls::is_own_certificate_over(&cause) {
                StreamEnd::Refused { is_stopped: false, cause }
            } else {
                StreamEnd::Broken(cause)
            }
        })?;
        note_time(&response, &self.clock);
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        Err(refusal(response).await)
    }

    async fn read(&mut self, response: Response) -> StreamEnd {
        let bytes = bytes_of(response, self.config.silence());
        let mut events = std::pin::pin!(bytes.eventsource());
        while let Some(next) = events.next().await {
            let event = match next {
                Ok(event) => event,
                Err(eventsource_stream::EventStreamError::Transport(end)) => return end,
                Err(error) => return StreamEnd::Broken(error.to_string()),
            };
            if is_for_few(&event.event, &event.data) {
                self.hurry.notify_one();
            }
            if let Some(happened) = event_of(&event.event, &event.data)
                && self.events.send(happened).await.is_err()
            {
                return StreamEnd::Stopping;
            }
            // Only now: an event that did not reach the driver is asked for again.
            if !event.id.is_empty() && event.id.len() <= EVENT_ID_BYTES_MAX {
                self.last_event_id = Some(event.id);
            }
        }
        StreamEnd::Closed
    }
}

async fn refusal(response: Response) -> StreamEnd {
    let status = response.status();
    let wait = response
        .headers()
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    if let Some(wait) = wait {
        return StreamEnd::Busy(wait);
    }
    let problem: Option<Problem> = response.json().await.ok();
    match problem {
        None => StreamEnd::Broken(format!("status {status}")),
        Some(Problem { code: ProblemCode::DeviceStopped, detail }) => {
            StreamEnd::Refused { is_stopped: true, cause: detail }
        }
        Some(Problem { code: ProblemCode::DeviceRefused, detail }) => {
            StreamEnd::Refused { is_stopped: false, cause: detail }
        }
        Some(problem) => StreamEnd::Broken(format!("{:?}: {}", problem.code, problem.detail)),
    }
}

/// The bytes of the stream, with an error when they stop coming or never end an event. Comments of
/// the gateway count as life.
fn bytes_of(
    response: Response,
    silence: Duration,
) -> impl futures_util::Stream<Item = Result<Vec<u8>, StreamEnd>> {
    let start = (Some(response), EventLength::default());
    stream::unfold(start, move |(response, mut length)| async move {
        let mut response = response?;
        let chunk = match tokio::time::timeout(silence, response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => return None,
            Ok(Err(error)) => {
                let end = StreamEnd::Broken(unreachable(&error).to_string());
                return Some((Err(end), (None, length)));
            }
            Err(_) => return Some((Err(StreamEnd::Silent), (None, length))),
        };
        if !length.accept(&chunk) {
            return Some((Err(StreamEnd::Endless), (None, length)));
        }
        Some((Ok(chunk.to_vec()), (Some(response), length)))
    })
}

/// Counts bytes since the last blank line, which ends an event.
#[derive(Debug, Default)]
struct EventLength {
    bytes: usize,
    at_line_start: bool,
}

impl EventLength {
    fn accept(&mut self, chunk: &[u8]) -> bool {
        for byte in chunk {
            match byte {
                b'\r' => continue,
                b'\n' if self.at_line_start => self.bytes = 0,
                b'\n' => self.at_line_start = true,
                _ => self.at_line_start = false,
            }
            self.bytes += 1;
            if self.bytes > EVENT_BYTES_MAX {
                return false;
            }
        }
        true
    }
}

/// Whether so few boxes are told of their provisioning that this one need not wait.
fn is_for_few(name: &str, data: &str) -> bool {
    name == event_name::PROVISIONING_CHANGED && data.split(' ').nth(1) == Some(event_name::AT_ONCE)
}

fn event_of(name: &str, data: &str) -> Option<Event> {
    match name {
        event_name::ORDER => {
            let bytes = signed_bytes(data)?;
            Some(Event::OrderArrived { bytes, path: OrderPath::Stream })
        }
        event_name::HEARTBEAT => signed_bytes(data).map(Event::HeartbeatArrived),
        event_name::PROVISIONING_CHANGED => Some(Event::ProvisioningChanged),
        event_name::STATUS_WANTED => Some(Event::StatusWanted),
        // A newer gateway may say more than this box understands.
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::*;

    #[test]
    fn events_of_the_stream_become_events_of_the_box() {
        let data = STANDARD.encode([1, 2, 3]);
        let order = Event::OrderArrived { bytes: vec![1, 2, 3], path: OrderPath::Stream };
        assert_eq!(event_of("order", &data), Some(order));
        assert_eq!(event_of("heartbeat", &data), Some(Event::HeartbeatArrived(vec![1, 2, 3])));
        assert_eq!(event_of("provisioning-changed", "7"), Some(Event::ProvisioningChanged));
        assert_eq!(event_of("provisioning-changed", "7 at-once"), Some(Event::ProvisioningChanged));
        assert_eq!(event_of("status-wanted", "1"), Some(Event::StatusWanted));
        assert_eq!(event_of("order", "no base64!"), None);
        assert_eq!(event_of("news", &data), None);
    }

    #[test]
    fn only_what_few_boxes_are_told_is_fetched_at_once() {
        assert!(is_for_few("provisioning-changed", "7 at-once"));
        for (name, data) in [
            ("provisioning-changed", "7"),
            ("provisioning-changed", "at-once"),
            ("order", "7 at-once"),
        ] {
            assert!(!is_for_few(name, data), "{name} {data}");
        }
    }

    #[test]
    fn an_event_without_end_is_cut_off_and_many_short_ones_are_not() {
        let mut length = EventLength::default();
        for _ in 0..10_000 {
            assert!(length.accept(b"event: heartbeat\r\ndata: abc\r\n\r\n"));
        }
        let mut length = EventLength::default();
        assert!(length.accept(&vec![b'x'; EVENT_BYTES_MAX]));
        assert!(!length.accept(b"x"));
    }
}
