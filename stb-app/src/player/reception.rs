//! The channels received at present.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::{MutexGuard, mpsc},
    time::Duration,
};

use gateway_api::provisioning::Channel;

use super::{
    PlayerConfig, PlayerError,
    feed::Feed,
    joins::{Joins, Moves},
    media::Message,
    receiver::{Receiver, Source},
};

/// Joined channels by id.
pub(super) struct Reception {
    joins: Joins,
    receivers: HashMap<String, (Channel, Receiver)>,
    interface: Ipv4Addr,
    ring_bytes: usize,
    sender: mpsc::Sender<Message>,
}

impl Reception {
    /// Nothing received yet.
    pub(super) fn new(config: &PlayerConfig, sender: mpsc::Sender<Message>) -> Self {
        Self {
            joins: Joins::new(config.joined_channels, config.linger),
            receivers: HashMap::new(),
            interface: config.interface,
            ring_bytes: config.ring_bytes,
            sender,
        }
    }

    /// Joins what is wanted, most important first, and leaves what is not wanted any more. Gives
    /// the ids that are received from another address than before.
    pub(super) fn want(&mut self, now: Duration, wanted: Vec<Channel>) -> Vec<String> {
        let moved = self.forget_moved(&wanted);
        let ids = wanted.iter().map(|channel| channel.channel_id.as_str());
        let Moves { join, leave } = self.joins.want(now, ids);
        for id in leave {
            self.receivers.remove(&id);
        }
        for channel in wanted {
            if join.contains(&channel.channel_id) || moved.contains(&channel.channel_id) {
                self.join(channel);
            }
        }
        moved
    }

    /// Leaves channels that were not wanted for long enough.
    pub(super) fn leave_late(&mut self, now: Duration) {
        for id in self.joins.leave_late(now) {
            self.receivers.remove(&id);
        }
    }

    /// State of a channel.
    pub(super) fn feed(&self, id: &str) -> Option<MutexGuard<'_, Feed>> {
        self.receivers.get(id).map(|(_, receiver)| receiver.feed())
    }

    /// Arrival of a channel's last datagram.
    pub(super) fn last_packet(&self, id: &str) -> Option<Duration> {
        self.receivers.get(id)?.1.last_packet()
    }

    /// Leaves the group of a channel and joins it again.
    pub(super) fn rejoin(&self, id: &str) {
        if let Some((_, receiver)) = self.receivers.get(id) {
            receiver.rejoin();
        }
    }

    /// A channel whose address changed has nothing to do with what is received under its id.
    fn forget_moved(&mut self, wanted: &[Channel]) -> Vec<String> {
        let mut moved = Vec::new();
        for channel in wanted {
            let known = self.receivers.get(&channel.channel_id);
            if known.is_some_and(|(known, _)| known.source != channel.source) {
                self.receivers.remove(&channel.channel_id);
                moved.push(channel.channel_id.clone());
            }
        }
        moved
    }

    fn join(&mut self, channel: Channel) {
        let (sender, id) = (self.sender.clone(), channel.channel_id.clone());
        let joined = channel.source.parse::<Source>().and_then(|source| {
            let changed = move || {
                // After the media thread has ended nobody needs to know.
                let _ = sender.send(Message::CompositionChanged(id.clone()));
            };
            Ok::<_, PlayerError>(Receiver::join(source, self.interface, self.ring_bytes, changed)?)
        });
        match joined {
            Ok(receiver) => {
                self.receivers.insert(channel.channel_id.clone(), (channel, receiver));
            }
            Err(error) => tracing::warn!(channel = %channel.channel_id, %error, "cannot receive"),
        }
    }
}
