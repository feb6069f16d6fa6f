//! `[push]` and `[multicast]`.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddrV4},
    time::Duration,
};

use serde::Deserialize;

use super::Faults;

/// Push over the boxes' event streams.
#[derive(Debug, Clone)]
pub struct PushConfig {
    /// Events that may wait for one box before it is dropped (and resumes by itself).
    pub queue: usize,
    /// Time between two signed heartbeats.
    pub heartbeat: Duration,
}

/// Push by IP multicast.
#[derive(Debug, Clone)]
pub struct MulticastConfig {
    /// Group and port.
    pub group: SocketAddrV4,
    /// Address of the interface to send from.
    pub interface: Ipv4Addr,
    /// Time to live.
    pub ttl: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RawPush {
    queue: u32,
    heartbeat_seconds: u32,
}

impl Default for RawPush {
    fn default() -> Self {
        Self { queue: 64, heartbeat_seconds: 10 }
    }
}

impl RawPush {
    pub(super) fn check(self, faults: &mut Faults) -> PushConfig {
        let queue = faults.within("push.queue", self.queue, 8..=4096);
        let beat = faults.within("push.heartbeat_seconds", self.heartbeat_seconds, 1..=60);
        PushConfig { queue: queue as usize, heartbeat: Duration::from_secs(beat.into()) }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMulticast {
    group: String,
    interface: String,
    #[serde(default = "one_hop")]
    ttl: u32,
}

const fn one_hop() -> u32 {
    1
}

impl RawMulticast {
    pub(super) fn check(self, faults: &mut Faults) -> Option<MulticastConfig> {
        let group = self.group.parse::<SocketAddrV4>().ok().filter(|at| at.ip().is_multicast());
        if group.is_none() {
            let cause = format!("`{}` is no IPv4 multicast address", self.group);
            faults.add("multicast.group", cause, "write group:port, e.g. 239.255.36.87:5900");
        }
        let interface = self.interface.parse::<IpAddr>().ok();
        let Some(IpAddr::V4(interface)) = interface else {
            let cause = format!("`{}` is no IPv4 address", self.interface);
            faults.add("multicast.interface", cause, "write the address of a network interface");
            return None;
        };
        let ttl = faults.within("multicast.ttl", self.ttl, 0..=255);
        Some(MulticastConfig { group: group?, interface, ttl })
    }
}
