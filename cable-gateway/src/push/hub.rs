//! The connected boxes and their queues.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::body::Bytes;
use gateway_api::event_name;
use tokio::sync::{Notify, mpsc};

use crate::encoding::base64;

/// Streams of one box at the same time: the one it uses, and the one it is about to use.
const STREAMS_PER_BOX: usize = 2;

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

    /// The same, told to so few boxes that each may fetch it now.
    pub fn provisioning_changed_at_once(version: i64) -> Self {
        let data = format!("{version} {}", event_name::AT_ONCE);
        Self::without_id(event_name::PROVISIONING_CHANGED, &data)
    }

    /// The answer to the box's next state holds something that shall not wait.
    pub fn status_wanted() -> Self {
        Self::without_id(event_name::STATUS_WANTED, "1")
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
    news: Arc<Notify>,
    queue: usize,
}

#[derive(Debug, Default)]
struct Connections {
    next: u64,
    open: HashMap<u64, Connection>,
    /// Keys of each box's connections, oldest first.
    of_device: HashMap<String, VecDeque<u64>>,
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
        Self { connections: Arc::default(), heartbeat: Arc::default(), news: Arc::default(), queue }
    }

    /// Somebody here changed what the boxes of a home hold: they are told now, not with the next beat.
    pub fn homes_changed(&self) {
        self.news.notify_one();
    }

    /// Waits until somebody said so; what was said meanwhile is one piece of news.
    pub(super) async fn news(&self) {
        self.news.notified().await;
    }

    /// Takes a box in; it gets every frame sent from now on. Beyond [`STREAMS_PER_BOX`] its oldest
    /// stream ends: the newest wins.
    pub fn subscribe(&self, device_id: &str) -> Subscription {
        let (sender, frames) = mpsc::channel(self.queue);
        let key = self.lock().add(device_id, sender);
        Subscription { hub: self.clone(), key, frames }
    }

    /// Sends a frame to every connected box; returns how many were too slow and were dropped.
    pub fn broadcast(&self, frame: &Frame) -> usize {
        let mut connections = self.lock();
        let sent = |connection: &Connection| connection.frames.try_send(frame.clone()).is_ok();
        let slow = connections.open.iter().filter(|(_, connection)| !sent(connection));
        let slow: Vec<u64> = slow.map(|(key, _)| *key).collect();
        for key in &slow {
            connections.remove(*key);
        }
        slow.len()
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
        let mut connections = self.lock();
        for key in connections.keys_of(device_id) {
            let connection = connections.open.get(&key);
            if connection.is_some_and(|open| open.frames.try_send(frame.clone()).is_err()) {
                connections.remove(key);
            }
        }
    }

    /// Ends the connections of one box, e.g. because it was revoked.
    pub fn disconnect(&self, device_id: &str) {
        let mut connections = self.lock();
        for key in connections.keys_of(device_id) {
            connections.remove(key);
        }
    }

    /// Ends every connection.
    pub fn disconnect_all(&self) {
        let mut connections = self.lock();
        connections.open.clear();
        connections.of_device.clear();
    }

    /// Ids of the connected boxes.
    pub fn connected(&self) -> Vec<String> {
        self.lock().of_device.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    fn add(&mut self, device_id: &str, frames: mpsc::Sender<Frame>) -> u64 {
        self.next += 1;
        let key = self.next;
        let of_device = self.of_device.entry(device_id.to_owned()).or_default();
        of_device.push_back(key);
        let oldest = (of_device.len() > STREAMS_PER_BOX).then(|| of_device[0]);
        self.open.insert(key, Connection { device_id: device_id.to_owned(), frames });
        if let Some(oldest) = oldest {
            self.remove(oldest);
        }
        key
    }

    fn remove(&mut self, key: u64) {
        let Some(connection) = self.open.remove(&key) else { return };
        let Some(keys) = self.of_device.get_mut(&connection.device_id) else { return };
        keys.retain(|found| *found != key);
        if keys.is_empty() {
            self.of_device.remove(&connection.device_id);
        }
    }

    fn keys_of(&self, device_id: &str) -> Vec<u64> {
        self.of_device.get(device_id).map_or(Vec::new(), |keys| keys.iter().copied().collect())
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
        self.hub.lock().remove(self.key);
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

    #[tokio::test]
    async fn the_newest_streams_of_a_box_win() {
        let hub = PushHub::new(2);
        let other = hub.subscribe("other");
        let mut streams: Vec<Subscription> = (0..3).map(|_| hub.subscribe("box")).collect();
        assert!(streams[0].next().await.is_none(), "the oldest ends");
        hub.send("box", &Frame::order(1, b"order"));
        for stream in &mut streams[1..] {
            assert_eq!(stream.next().await.and_then(|frame| frame.id), Some(1));
        }
        drop((streams, other));
        assert!(hub.connected().is_empty() && hub.lock().of_device.is_empty());
    }

    #[test]
    fn a_frame_is_what_the_event_stream_format_says() {
        let frame = Frame::order(7, &[1, 2, 3]);
        assert_eq!(&frame.bytes[..], b"id: 7\nevent: order\ndata: AQID\n\n");
        let frame = Frame::provisioning_changed(12);
        assert_eq!(&frame.bytes[..], b"event: provisioning-changed\ndata: 12\n\n");
        let frame = Frame::provisioning_changed_at_once(12);
        assert_eq!(&frame.bytes[..], b"event: provisioning-changed\ndata: 12 at-once\n\n");
        let frame = Frame::status_wanted();
        assert_eq!(&frame.bytes[..], b"event: status-wanted\ndata: 1\n\n");
    }
}
