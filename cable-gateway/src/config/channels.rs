//! `[[channels]]`: the operator's live channels.

use serde::Deserialize;

use super::Faults;

/// One live channel.
#[derive(Debug, Clone)]
pub struct ChannelConfig {
    /// Stable id.
    pub id: String,
    /// Number on the remote.
    pub number: u16,
    /// Name shown in the banner.
    pub name: String,
    /// MPEG-TS over UDP, `group:port`.
    pub source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawChannel {
    id: String,
    number: u16,
    name: String,
    source: String,
}

pub(super) fn check(raw: Vec<RawChannel>, faults: &mut Faults) -> Vec<ChannelConfig> {
    let mut channels: Vec<ChannelConfig> = Vec::new();
    for channel in raw {
        if channels.iter().any(|seen| seen.id == channel.id || seen.number == channel.number) {
            let cause = format!("channel {} ({}) appears twice", channel.number, channel.id);
            faults.add("channels", cause, "give each channel its own id and number");
        }
        if channel.source.parse::<std::net::SocketAddr>().is_err() {
            let cause = format!("`{}` is no address", channel.source);
            faults.add("channels.source", cause, "write group:port, e.g. 239.255.36.1:5000");
        }
        channels.push(ChannelConfig {
            id: faults.text("channels.id", channel.id, 64),
            number: channel.number,
            name: faults.text("channels.name", channel.name, 300),
            source: channel.source,
        });
    }
    channels
}
