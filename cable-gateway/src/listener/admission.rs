//! How many connections one address and one device have.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio_util::sync::CancellationToken;

/// SHA-256 of a device's certificate.
type DeviceKey = [u8; 32];

/// Counts of one listener.
#[derive(Debug)]
pub(super) struct Admission {
    per_address: usize,
    per_device: usize,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    next: u64,
    by_address: HashMap<IpAddr, usize>,
    by_device: HashMap<DeviceKey, VecDeque<(u64, CancellationToken)>>,
}

/// One connection's place; given back when dropped.
#[derive(Debug)]
pub(super) struct Seat {
    admission: Arc<Admission>,
    address: IpAddr,
    device: Option<(DeviceKey, u64)>,
}

impl Admission {
    pub(super) fn new(per_address: usize, per_device: usize) -> Self {
        Self { per_address, per_device, places: Mutex::default() }
    }

    /// A place for one more connection of this address, unless it has its share.
    pub(super) fn enter(self: &Arc<Self>, address: IpAddr) -> Option<Seat> {
        let mut places = self.lock();
        let count = places.by_address.entry(address).or_default();
        if *count >= self.per_address {
            return None;
        }
        *count += 1;
        drop(places);
        Some(Seat { admission: self.clone(), address, device: None })
    }

    fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// The connection is this device's. The newest wins: beyond its share the device's oldest
    /// connection is told to end, so that a box that was restarted never waits for the places of
    /// connections that are dead. The token is cancelled when this one has to go.
    pub(super) fn take_place_of(&mut self, device: DeviceKey) -> CancellationToken {
        let evicted = CancellationToken::new();
        let mut places = self.admission.lock();
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
        evicted
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut places = self.admission.lock();
        if let Some(count) = places.by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                places.by_address.remove(&self.address);
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

    #[test]
    fn an_address_has_its_share_and_gets_it_back() {
        let admission = Arc::new(Admission::new(2, 2));
        let (first, second) = (admission.enter(HERE), admission.enter(HERE));
        assert!(first.is_some() && second.is_some());
        assert!(admission.enter(HERE).is_none());
        assert!(admission.enter(THERE).is_some(), "another address has its own share");
        drop(first);
        assert!(admission.enter(HERE).is_some());
        drop(second);
        assert!(admission.lock().by_address.is_empty(), "nothing is kept of who left");
    }

    #[test]
    fn the_newest_connection_of_a_device_wins() {
        let admission = Arc::new(Admission::new(9, 2));
        let mut seats: Vec<Seat> = (0..3).filter_map(|_| admission.enter(HERE)).collect();
        let tokens: Vec<_> = seats.iter_mut().map(|seat| seat.take_place_of([1; 32])).collect();
        let ended: Vec<bool> = tokens.iter().map(CancellationToken::is_cancelled).collect();
        assert_eq!(ended, [true, false, false]);
        let mut other = admission.enter(HERE).expect("a place");
        assert!(!other.take_place_of([2; 32]).is_cancelled());
        assert!(!tokens[1].is_cancelled(), "another device takes nothing from this one");
        drop((seats, other));
        assert!(admission.lock().by_device.is_empty());
    }
}
