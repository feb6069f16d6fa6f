//! Programmes and orders into the machine: multicast on this host's loopback becomes Ethernet frames on the
//! machine's second network, as a cable network would deliver them.

use std::{
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use anyhow::{Context, Result};

/// Where the frames seem to come from.
const SOURCE: Ipv4Addr = Ipv4Addr::new(192, 168, 87, 1);
const SOURCE_MAC: [u8; 6] = [0x52, 0x54, 0x00, 0x48, 0x4b, 0x01];
/// Larger datagrams do not fit into one frame.
const DATAGRAM_MAX: usize = 1_472;
const HEADERS: usize = 14 + 20 + 8;
/// How soon a forwarder notices that it shall end.
const LOOK_UP: Duration = Duration::from_millis(200);

/// Forwards until dropped.
#[derive(Debug)]
pub struct Programmes {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Programmes {
    /// Forwards these groups to the machine's network socket.
    pub fn forward(
        groups: &[SocketAddrV4],
        machine: SocketAddrV4,
        own: SocketAddrV4,
    ) -> Result<Self> {
        let out = UdpSocket::bind(own).context("the cable's end")?;
        out.connect(machine)?;
        let stop = Arc::new(AtomicBool::new(false));
        let mut threads = Vec::new();
        for &group in groups {
            // Bound to the group itself, so that the neighbour's programmes stay away.
            let socket = UdpSocket::bind(group).with_context(|| format!("group {group}"))?;
            socket.join_multicast_v4(group.ip(), &Ipv4Addr::LOCALHOST)?;
            socket.set_read_timeout(Some(LOOK_UP))?;
            let (out, stop) = (out.try_clone()?, Arc::clone(&stop));
            threads.push(std::thread::spawn(move || carry(&socket, group, &out, &stop)));
        }
        Ok(Self { stop, threads })
    }
}

impl Drop for Programmes {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            // A forwarder that panicked has ended too.
            drop(thread.join());
        }
    }
}

fn carry(socket: &UdpSocket, group: SocketAddrV4, out: &UdpSocket, stop: &AtomicBool) {
    let mut datagram = [0; 2_048];
    let mut number = 0_u16;
    while !stop.load(Ordering::Relaxed) {
        let Ok(length) = socket.recv(&mut datagram) else { continue };
        if let Some(frame) = frame(group, &datagram[..length], number) {
            // Nobody may be listening while the machine starts.
            drop(out.send(&frame));
            number = number.wrapping_add(1);
        }
    }
}

/// Ethernet, IPv4 and UDP around a datagram.
fn frame(group: SocketAddrV4, datagram: &[u8], number: u16) -> Option<Vec<u8>> {
    if datagram.len() > DATAGRAM_MAX {
        return None;
    }
    let [_, second, third, fourth] = group.ip().octets();
    let udp_length = u16::try_from(8 + datagram.len()).ok()?;
    let mut frame = Vec::with_capacity(HEADERS + datagram.len());
    frame.extend([0x01, 0x00, 0x5e, second & 0x7f, third, fourth]);
    frame.extend(SOURCE_MAC);
    frame.extend([0x08, 0x00]);
    let mut ip = [0_u8; 20];
    ip[0] = 0x45;
    ip[2..4].copy_from_slice(&(20 + udp_length).to_be_bytes());
    ip[4..6].copy_from_slice(&number.to_be_bytes());
    // Lives for eight networks; UDP.
    ip[8] = 8;
    ip[9] = 17;
    ip[12..16].copy_from_slice(&SOURCE.octets());
    ip[16..20].copy_from_slice(&group.ip().octets());
    let sum = checksum(&ip);
    ip[10..12].copy_from_slice(&sum.to_be_bytes());
    frame.extend(ip);
    for word in [group.port(), group.port(), udp_length, 0] {
        frame.extend(word.to_be_bytes());
    }
    frame.extend(datagram);
    Some(frame)
}

/// RFC 1071.
fn checksum(header: &[u8; 20]) -> u16 {
    let words = header.as_chunks::<2>().0.iter().map(|word| u32::from(u16::from_be_bytes(*word)));
    let sum: u32 = words.sum();
    let folded = (sum & 0xffff) + (sum >> 16);
    let folded = (folded & 0xffff) + (folded >> 16);
    !u16::try_from(folded).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_has_the_groups_addresses_and_a_valid_header() {
        let group = SocketAddrV4::new(Ipv4Addr::new(239, 255, 36, 1), 15_000);
        let frame = frame(group, b"abc", 7).expect("small");
        assert_eq!(frame.len(), HEADERS + 3);
        assert_eq!(frame[..6], [0x01, 0x00, 0x5e, 0x7f, 0x24, 0x01]);
        let header: [u8; 20] = frame[14..34].try_into().expect("twenty bytes");
        assert_eq!(checksum(&header), 0, "the sum over a valid header is nothing");
        assert_eq!(frame[36..38], 15_000_u16.to_be_bytes());
        assert!(frame.ends_with(b"abc"));
    }

    #[test]
    fn what_does_not_fit_is_not_sent() {
        let group = SocketAddrV4::new(Ipv4Addr::new(239, 0, 0, 1), 1);
        assert!(frame(group, &[0; DATAGRAM_MAX], 0).is_some());
        assert!(frame(group, &[0; DATAGRAM_MAX + 1], 0).is_none());
    }
}
