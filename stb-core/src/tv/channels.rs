//! The operator's channels in the order of their numbers.

use gateway_api::provisioning::Channel;

/// Which way the channel key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Up,
    Down,
}

/// Channels sorted by number, each id once.
#[derive(Debug, Default)]
pub(crate) struct ChannelList {
    channels: Vec<Channel>,
}

impl ChannelList {
    pub(crate) fn new(mut channels: Vec<Channel>) -> Self {
        channels.sort_by(|a, b| (a.number, &a.channel_id).cmp(&(b.number, &b.channel_id)));
        channels.dedup_by(|a, b| a.channel_id == b.channel_id);
        Self { channels }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.channels.is_empty()
    }

    pub(crate) fn all(&self) -> &[Channel] {
        &self.channels
    }

    pub(crate) fn first(&self) -> Option<&Channel> {
        self.channels.first()
    }

    pub(crate) fn by_id(&self, channel_id: Option<&str>) -> Option<&Channel> {
        self.position(channel_id).map(|position| &self.channels[position])
    }

    pub(crate) fn by_number(&self, number: u16) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.number == number)
    }

    /// The next channel; after the last comes the first, as on every Japanese remote.
    pub(crate) fn beside(&self, channel_id: Option<&str>, step: Step) -> Option<&Channel> {
        let Some(position) = self.position(channel_id) else { return self.first() };
        let count = self.channels.len();
        let offset = match step {
            Step::Up => 1,
            Step::Down => count - 1,
        };
        self.channels.get((position + offset) % count)
    }

    /// Both neighbours and the previous channel, without the present one.
    pub(crate) fn worth_keeping_warm(
        &self,
        channel_id: &str,
        previous: Option<&str>,
    ) -> Vec<Channel> {
        let candidates = [
            self.beside(Some(channel_id), Step::Up),
            self.beside(Some(channel_id), Step::Down),
            self.by_id(previous),
        ];
        let mut warm: Vec<Channel> = Vec::new();
        for channel in candidates.into_iter().flatten() {
            if channel.channel_id != channel_id && !warm.contains(channel) {
                warm.push(channel.clone());
            }
        }
        warm
    }

    fn position(&self, channel_id: Option<&str>) -> Option<usize> {
        let channel_id = channel_id?;
        self.channels.iter().position(|channel| channel.channel_id == channel_id)
    }
}
