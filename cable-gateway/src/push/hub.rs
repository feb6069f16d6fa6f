//! The connected boxes and their queues.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;
use gateway_api::event_name;
use tokio::sync::mpsc;

use crate::encoding::base64;

/// One server-sent event as it goes over the wire, built once for all boxes.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Event id, for the events that a box may ask for again.
    pub id: Option<u64>,
    /// The bytes of the event stream.
    pub bytes: Bytes,
}

impl Frame {
    /// An order; its number is the event id, after which a box may resume.
    pub fn order(id: u64, signed: &[u8]) -> Self {
        let (name, data) = (event_name::ORDER, base64(signed));
        let text = format!("id: {id}\nevent: {name}\ndata: {data}\n\n");
        Self { id: Some(id), bytes: Bytes::from(text) }
    }

    /// A heartbeat.
    pub fn heartbeat(signed: &[u8]) -> Self {
        Self::without_id(event_name::HEARTBEAT, &base64(signed))
    }

    /// The box's provisioning has a new version.
    pub fn provisioning_changed(version: i64) -> Self {
        Self::without_id(event_name::PROVISIONING_CHANGED, &version.to_string())
    }

    fn without_id(name: &str, data: &str) -> Self {
        Self { id: None, bytes: Bytes::from(format!("event: {name}\ndata: {data}\n\n")) }
    }
}

/// The connected boxes; clones share them.
#[derive(Debug, Clone)]
pub struct PushHub {
    connections: Arc<Mutex<Connections>>,
    heartbeat: Arc<Mutex<Option<Frame>>>,
    queue: usize,
}

#[derive(Debug, Default)]
struct Connections {
    next: u64,
    open: HashMap<u64, Connection>,
}

#[derive(Debug)]
struct Connection {
    device_id: String,
    frames: mpsc::Sender<Frame>,
}

/// One box's queue; the box is forgotten when this is dropped.
#[derive(Debug)]
pub struct Subscription {
    hub: PushHub,
    key: u64,
    frames: mpsc::Receiver<Frame>,
}

impl PushHub {
    /// A hub whose connections may have `queue` frames waiting.
    pub fn new(queue: usize) -> Self {
        Self { connections: Arc::default(), heartbeat: Arc::default(), queue }
    }

    /// Takes a box in; it gets every frame sent from now on.
    pub fn subscribe(&self, device_id: &str) -> Subscription {
        let (sender, frames) = mpsc::channel(self.queue);
        let mut connections = self.lock();
        connections.next += 1;
        let key = connections.next;
        let connection = Connection { device_id: device_id.to_owned(), frames: sender };
        connections.open.insert(key, connection);
        Subscription { hub: self.clone(), key, frames }
    }

    /// Sends a frame to every connected box; returns how many were too slow and were dropped.
    pub fn broadcast(&self, frame: &Frame) -> usize {
        self.keep(|connection| connection.frames.try_send(frame.clone()).is_ok())
    }

    /// Sends a heartbeat to every connected box and keeps it for those that connect next.
    pub fn beat(&self, heartbeat: Frame) {
        self.broadcast(&heartbeat);
        *self.heartbeat.lock().unwrap_or_else(PoisonError::into_inner) = Some(heartbeat);
    }

    /// The latest heartbeat.
    pub fn latest_heartbeat(&self) -> Option<Frame> {
        self.heartbeat.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends a frame to the connections of one box.
    pub fn send(&self, device_id: &str, frame: &Frame) {
        self.keep(|connection| {
            connection.device_id != device_id || connection.frames.try_send(frame.clone()).is_ok()
        });
    }

    /// Ends the connections of one box, e.g. because it was revoked.
    pub fn disconnect(&self, device_id: &str) {
        self.keep(|connection| connection.device_id != device_id);
    }

    /// Ends every connection.
    pub fn disconnect_all(&self) {
        self.keep(|_| false);
    }

    /// Ids of the connected boxes, one for each connection.
    pub fn connected(&self) -> Vec<String> {
        self.lock().open.values().map(|connection| connection.device_id.clone()).collect()
    }

    fn keep(&self, keep: impl Fn(&Connection) -> bool) -> usize {
        let mut connections = self.lock();
        let before = connections.open.len();
        connections.open.retain(|_, connection| keep(connection));
        before - connections.open.len()
    }

    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Subscription {
    /// The next frame; `None` when the box was dropped.
    pub async fn next(&mut self) -> Option<Frame> {
        self.frames.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.lock().open.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_box_is_dropped_and_the_others_are_not() {
        let hub = PushHub::new(2);
        let (mut slow, mut quick) = (hub.subscribe("slow"), hub.subscribe("quick"));
        for id in 1..=3 {
            hub.broadcast(&Frame::order(id, b"order"));
            assert_eq!(quick.next().await.and_then(|frame| frame.id), Some(id));
        }
        assert_eq!(hub.connected(), ["quick"]);
        assert_eq!(slow.next().await.and_then(|frame| frame.id), Some(1));
        assert_eq!(slow.next().await.and_then(|frame| frame.id), Some(2));
        assert!(slow.next().await.is_none(), "the queue ends where frames were lost");
    }

    #[tokio::test]
    async fn a_box_that_left_is_forgotten() {
        let hub = PushHub::new(2);
        drop(hub.subscribe("box"));
        assert!(hub.connected().is_empty());
    }

    #[test]
    fn a_frame_is_what_the_event_stream_format_says() {
        let frame = Frame::order(7, &[1, 2, 3]);
        assert_eq!(&frame.bytes[..], b"id: 7\nevent: order\ndata: AQID\n\n");
        let frame = Frame::provisioning_changed(12);
        assert_eq!(&frame.bytes[..], b"event: provisioning-changed\ndata: 12\n\n");
    }
}
