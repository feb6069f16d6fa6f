//! How many connections one network and one device have.
//!
//! Where devices show certificates, a connection is a stranger's until it has shown one: strangers
//! of one network have a small share of their own, so that nobody needs the places of devices.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

use super::Limits;
use crate::network::Network;

/// SHA-256 of a device's certificate.
type DeviceKey = [u8; 32];

/// Counts of one listener.
#[derive(Debug)]
pub(super) struct Admission {
    per_network: usize,
    /// Of strangers, where they are told from devices.
    strangers_per_network: Option<usize>,
    per_device: usize,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    next: u64,
    by_network: HashMap<Network, Counts>,
    by_device: HashMap<DeviceKey, VecDeque<(u64, CancellationToken)>>,
}

#[derive(Debug, Default)]
struct Counts {
    strangers: usize,
    known: usize,
}

/// One connection's place; given back when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    admission: Arc<Admission>,
    network: Network,
    device: Option<(DeviceKey, u64)>,
}

impl Admission {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            per_network: limits.per_address,
            strangers_per_network: limits.strangers.map(|strangers| strangers.per_address),
            per_device: limits.per_device,
            places: Mutex::default(),
        }
    }

    /// A place for one more connection of this address, unless its network has its share.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let network = Network::of(address);
        let mut places = self.lock();
        let counts = places.by_network.entry(network).or_default();
        if counts.strangers >= self.strangers_per_network.unwrap_or(self.per_network) {
            return None;
        }
        counts.strangers += 1;
        drop(places);
        Some(Seat { admission: self.clone(), network, device: None })
    }

    fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// The connection is this device's, unless the devices of its network have their share. The
    /// newest wins: beyond its own share the device's oldest connection is told to end, so that a
    /// box that was restarted never waits for the places of connections that are dead. The token is
    /// cancelled when this one has to go.
    pub(super) fn take_place_of(&mut self, device: DeviceKey) -> Option<CancellationToken> {
        let evicted = CancellationToken::new();
        let mut places = self.admission.lock();
        let counts = places.by_network.entry(self.network).or_default();
        if counts.known >= self.admission.per_network {
            return None;
        }
        (counts.strangers, counts.known) = (counts.strangers - 1, counts.known + 1);
        places.next += 1;
        let number = places.next;
        let connections = places.by_device.entry(device).or_default();
        connections.push_back((number, evicted.clone()));
        while connections.len() > self.admission.per_device.max(1) {
            if let Some((_, oldest)) = connections.pop_front() {
                oldest.cancel();
            }
        }
        self.device = Some((device, number));
        Some(evicted)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut places = self.admission.lock();
        if let Some(counts) = places.by_network.get_mut(&self.network) {
            match self.device {
                Some(_) => counts.known -= 1,
                None => counts.strangers -= 1,
            }
            if counts.strangers + counts.known == 0 {
                places.by_network.remove(&self.network);
            }
        }
        let Some((device, number)) = self.device else { return };
        if let Some(connections) = places.by_device.get_mut(&device) {
            connections.retain(|(found, _)| *found != number);
            if connections.is_empty() {
                places.by_device.remove(&device);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const THERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    fn admission(per_address: usize, per_device: usize) -> Arc<Admission> {
        Arc::new(Admission::new(&Limits { per_device, ..Limits::new(99, per_address) }))
    }

    #[test]
    fn an_address_has_its_share_and_gets_it_back() {
        let admission = admission(2, 2);
        let (first, second) = (admission.enter(HERE), admission.enter(HERE));
        assert!(first.is_some() && second.is_some());
        assert!(admission.enter(HERE).is_none());
        assert!(admission.enter(THERE).is_some(), "another address has its own share");
        drop(first);
        assert!(admission.enter(HERE).is_some());
        drop(second);
        assert!(admission.lock().by_network.is_empty(), "nothing is kept of who left");
    }

    #[test]
    fn a_whole_ipv6_network_has_one_share() {
        let admission = admission(2, 2);
        let enter = |text: &str| admission.enter(text.parse().expect("an address"));
        let seats = [enter("2001:db8::1"), enter("2001:db8::2")];
        assert!(seats.iter().all(Option::is_some));
        assert!(enter("2001:db8::3").is_none(), "the same /64");
        assert!(enter("2001:db8:0:1::1").is_some(), "another one");
    }

    #[test]
    fn strangers_take_nothing_from_devices() {
        let limits = Limits::new(99, 3).for_devices();
        let strangers = limits.strangers.expect("told from devices").per_address;
        let admission = Arc::new(Admission::new(&limits));
        let mut home = admission.enter(HERE).expect("a place");
        assert!(home.take_place_of([1; 32]).is_some());
        let seats: Vec<_> = (0..strangers).map(|_| admission.enter(HERE)).collect();
        assert!(seats.iter().all(Option::is_some), "a device is no stranger any more");
        assert!(admission.enter(HERE).is_none());
        drop(seats);
        for device in [2, 3] {
            let mut seat = admission.enter(HERE).expect("a place");
            assert!(seat.take_place_of([device; 32]).is_some());
            std::mem::forget(seat);
        }
        let mut fourth = admission.enter(HERE).expect("to show its certificate");
        assert!(fourth.take_place_of([4; 32]).is_none(), "the share of devices is three");
    }

    #[test]
    fn the_newest_connection_of_a_device_wins() {
        let admission = admission(9, 2);
        let mut seats: Vec<Seat> = (0..3).filter_map(|_| admission.enter(HERE)).collect();
        let tokens: Vec<_> =
            seats.iter_mut().filter_map(|seat| seat.take_place_of([1; 32])).collect();
        let ended: Vec<bool> = tokens.iter().map(CancellationToken::is_cancelled).collect();
        assert_eq!(ended, [true, false, false]);
        let mut other = admission.enter(HERE).expect("a place");
        assert!(other.take_place_of([2; 32]).is_some_and(|token| !token.is_cancelled()));
        assert!(!tokens[1].is_cancelled(), "another device takes nothing from this one");
        drop((seats, other));
        let places = admission.lock();
        assert!(places.by_device.is_empty() && places.by_network.is_empty());
    }
}
