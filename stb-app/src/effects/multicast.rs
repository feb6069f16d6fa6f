//! Orders and heartbeats by IP multicast: the same signed bytes, without any connection.

use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4, UdpSocket},
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    time::{Duration, Instant},
};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use stb_core::event::{Event, OrderPath};

use super::{Ended, Events, clock::instant, supervise};

/// An order has at most 1,150 bytes; with room for a later version, within one Ethernet frame.
const DATAGRAM_BYTES_MAX: usize = 1_500;

/// How often the thread looks whether another group is wanted.
const LOOK_INTERVAL: Duration = Duration::from_millis(500);

/// Heartbeats come every 10 s; after this silence the group is joined anew, should the network have
/// forgotten the membership.
const SILENCE_MAX: Duration = Duration::from_mins(1);

/// Pause before a group that cannot be joined is tried again.
const REJOIN_PAUSE: Duration = Duration::from_secs(5);

/// Beyond these, datagrams are thrown away: somebody floods the group, and each costs a signature
/// check. A carousel of orders needs a few per second.
const DATAGRAMS_PER_SECOND: f64 = 100.0;
const DATAGRAM_BURST: f64 = 300.0;

/// The first byte of a datagram.
const KIND_ORDER: u8 = 0x01;
const KIND_HEARTBEAT: u8 = 0x02;

/// The multicast end of the box.
#[derive(Debug, Clone)]
pub struct OrderMulticast {
    groups: Sender<Option<SocketAddrV4>>,
}

impl OrderMulticast {
    /// Starts without a group; the provisioning names it.
    pub fn start(interface: Option<Ipv4Addr>, events: Events) -> io::Result<Self> {
        let (groups, wanted) = channel();
        let mut group = None;
        supervise("multicast", move || listen(interface, &wanted, &mut group, &events))?;
        Ok(Self { groups })
    }

    /// Listens to this address, or to none. Anything that is no multicast address is refused.
    pub fn listen_to(&self, address: Option<&str>) {
        let group = address.and_then(|text| {
            let parsed = text.parse().ok().filter(|group: &SocketAddrV4| group.ip().is_multicast());
            if parsed.is_none() {
                tracing::error!(address = text, "no multicast address, e.g. 239.255.36.87:5900");
            }
            parsed
        });
        if self.groups.send(group).is_err() {
            tracing::error!("multicast group not joined: its thread is gone");
        }
    }
}

fn listen(
    interface: Option<Ipv4Addr>,
    wanted: &Receiver<Option<SocketAddrV4>>,
    group: &mut Option<SocketAddrV4>,
    events: &Events,
) -> Ended {
    loop {
        let Some(address) = *group else {
            match wanted.recv() {
                Ok(next) => *group = next,
                Err(_) => return Ended::Finished,
            }
            continue;
        };
        match join(address, interface) {
            Ok(socket) => match receive(&socket, address, wanted, events) {
                Next::Listen(next) => *group = next,
                Next::Stop => return Ended::Finished,
            },
            Err(error) => {
                tracing::warn!(%address, %error, "multicast group not joined; trying again");
                match wanted.recv_timeout(REJOIN_PAUSE) {
                    Ok(next) => *group = next,
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => return Ended::Finished,
                }
            }
        }
    }
}

/// Bound to the group's own address, so that nothing sent to this machine directly gets in.
fn join(group: SocketAddrV4, interface: Option<Ipv4Addr>) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.bind(&SockAddr::from(group))?;
    socket.join_multicast_v4(group.ip(), &interface.unwrap_or(Ipv4Addr::UNSPECIFIED))?;
    socket.set_read_timeout(Some(LOOK_INTERVAL))?;
    Ok(socket.into())
}

/// What to do after a group.
enum Next {
    /// Listen to this group (perhaps the same one, joined anew), or to none.
    Listen(Option<SocketAddrV4>),
    /// Nobody listens any more.
    Stop,
}

fn receive(
    socket: &UdpSocket,
    group: SocketAddrV4,
    wanted: &Receiver<Option<SocketAddrV4>>,
    events: &Events,
) -> Next {
    let mut allowance = Allowance::new(instant());
    let mut heard = instant();
    // One byte more than allowed shows that a datagram was too long.
    let mut buffer = [0; DATAGRAM_BYTES_MAX + 1];
    loop {
        match wanted.try_recv() {
            Ok(next) if next != Some(group) => return Next::Listen(next),
            Ok(_) | Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => return Next::Stop,
        }
        match socket.recv(&mut buffer) {
            Ok(length) => {
                heard = instant();
                if let Some(event) = event_of(&buffer[..length])
                    && allowance.take(heard)
                    && events.send_blocking(event).is_err()
                {
                    return Next::Stop;
                }
            }
            Err(error) if would_block(&error) && heard.elapsed() < SILENCE_MAX => {}
            Err(error) if would_block(&error) => return Next::Listen(Some(group)),
            Err(error) => {
                tracing::warn!(%error, "multicast not received; joining anew");
                std::thread::park_timeout(LOOK_INTERVAL);
                return Next::Listen(Some(group));
            }
        }
    }
}

fn would_block(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut | io::ErrorKind::Interrupted
    )
}

fn event_of(datagram: &[u8]) -> Option<Event> {
    if datagram.len() > DATAGRAM_BYTES_MAX {
        return None;
    }
    match datagram.split_first()? {
        (_, []) => None,
        (&KIND_ORDER, bytes) => {
            Some(Event::OrderArrived { bytes: bytes.to_vec(), path: OrderPath::Multicast })
        }
        (&KIND_HEARTBEAT, bytes) => Some(Event::HeartbeatArrived(bytes.to_vec())),
        _ => None,
    }
}

/// A bucket that refills with time.
struct Allowance {
    left: f64,
    at: Instant,
}

impl Allowance {
    fn new(at: Instant) -> Self {
        Self { left: DATAGRAM_BURST, at }
    }

    fn take(&mut self, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        self.at = now;
        self.left = (self.left + passed * DATAGRAMS_PER_SECOND).min(DATAGRAM_BURST);
        let allowed = self.left >= 1.0;
        if allowed {
            self.left -= 1.0;
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LOOPBACK: Ipv4Addr = Ipv4Addr::LOCALHOST;

    fn sender() -> io::Result<UdpSocket> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_multicast_if_v4(&LOOPBACK)?;
        socket.set_multicast_ttl_v4(0)?;
        socket.bind(&SockAddr::from(SocketAddrV4::new(LOOPBACK, 0)))?;
        Ok(socket.into())
    }

    #[test]
    fn orders_and_heartbeats_come_in_and_nothing_else() -> Result<(), Box<dyn std::error::Error>> {
        let group: SocketAddrV4 = "239.255.36.201:45901".parse()?;
        let (events, happened) = async_channel::bounded(16);
        let multicast = OrderMulticast::start(Some(LOOPBACK), events)?;
        multicast.listen_to(Some("127.0.0.1:45901"));
        multicast.listen_to(Some(&group.to_string()));
        let sender = sender()?;
        let mut order = vec![KIND_ORDER];
        order.extend([7; 1_150]);
        // The join happens on the other thread: repeat, as the gateway's carousel does.
        let first = loop {
            sender.send_to(&order, group)?;
            if let Ok(event) = happened.try_recv() {
                break event;
            }
            std::thread::yield_now();
        };
        let expected = Event::OrderArrived { bytes: vec![7; 1_150], path: OrderPath::Multicast };
        assert_eq!(first, expected);
        for wrong in [vec![], vec![KIND_ORDER], vec![9, 1], vec![KIND_ORDER; 1_501]] {
            sender.send_to(&wrong, group)?;
        }
        sender.send_to(&[KIND_HEARTBEAT, 1, 2], group)?;
        loop {
            match happened.recv_blocking()? {
                Event::HeartbeatArrived(bytes) => break assert_eq!(bytes, [1, 2]),
                event => assert_eq!(event, expected),
            }
        }
        Ok(())
    }

    #[test]
    fn a_flood_is_thinned_out() {
        let start = instant();
        let mut allowance = Allowance::new(start);
        let passed = (0..10_000_u32)
            .filter(|step| allowance.take(start + Duration::from_micros(u64::from(step * 100))))
            .count();
        assert!((390..=410).contains(&passed), "{passed} in one second");
    }

    proptest! {
        #[test]
        fn no_datagram_breaks_the_receiver(datagram in prop::collection::vec(any::<u8>(), 0..1_600)) {
            let taken = event_of(&datagram).is_some();
            let kind = datagram.first().is_some_and(|kind| matches!(kind, 1 | 2));
            prop_assert_eq!(taken, kind && (2..=1_500).contains(&datagram.len()));
        }
    }
}
