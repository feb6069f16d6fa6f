//! Receives one channel from the network on a thread of its own.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV4, UdpSocket},
    str::FromStr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use socket2::{Domain, Protocol, Socket, Type};

use super::{PlayerError, clock, feed::Feed};

/// How long a read waits before the thread looks for orders.
const READ_WAIT: Duration = Duration::from_millis(200);
/// Room for bursts while the machine is busy: half a second at 30 Mbit/s.
const SOCKET_BUFFER: usize = 2_000_000;
/// Largest datagram; more than any sender uses.
const DATAGRAM: usize = 65_536;

/// Where a channel comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Source {
    address: SocketAddrV4,
}

impl FromStr for Source {
    type Err = PlayerError;

    fn from_str(text: &str) -> Result<Self, PlayerError> {
        let address = text.strip_prefix("udp://").unwrap_or(text);
        let address = address.strip_prefix('@').unwrap_or(address);
        match address.parse() {
            Ok(SocketAddr::V4(address)) if address.port() != 0 => Ok(Self { address }),
            _ => Err(PlayerError::UnknownSource(text.chars().take(80).collect())),
        }
    }
}

/// What the thread and its owner share.
struct Line {
    feed: Mutex<Feed>,
    /// Arrival of the last datagram in nanoseconds, 0 for none.
    last_packet: AtomicU64,
    rejoins: AtomicU32,
    closed: AtomicBool,
}

/// A joined channel. Leaves when dropped.
pub(crate) struct Receiver {
    line: Arc<Line>,
}

impl Receiver {
    /// Joins. `composition_changed` is called on the receiver's thread.
    pub(crate) fn join(
        source: Source,
        interface: Ipv4Addr,
        ring_limit: usize,
        composition_changed: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let line = Arc::new(Line {
            feed: Mutex::new(Feed::new(ring_limit)),
            last_packet: AtomicU64::new(0),
            rejoins: AtomicU32::new(0),
            closed: AtomicBool::new(false),
        });
        let shared = line.clone();
        thread::Builder::new().name(format!("udp {}", source.address)).spawn(move || {
            receive(&shared, source, interface, &composition_changed);
        })?;
        Ok(Self { line })
    }

    /// The channel's state; held only for moments by both sides.
    pub(crate) fn feed(&self) -> MutexGuard<'_, Feed> {
        lock(&self.line.feed)
    }

    /// Arrival of the last datagram.
    pub(crate) fn last_packet(&self) -> Option<Duration> {
        let nanos = self.line.last_packet.load(Ordering::Relaxed);
        (nanos > 0).then(|| Duration::from_nanos(nanos))
    }

    /// Leaves the group and joins it again.
    pub(crate) fn rejoin(&self) {
        self.line.rejoins.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.line.closed.store(true, Ordering::Relaxed);
        self.feed().detach();
    }
}

/// A panic elsewhere leaves the state usable: every change of it is complete by itself.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn receive(line: &Line, source: Source, interface: Ipv4Addr, composition_changed: &impl Fn()) {
    while !line.closed.load(Ordering::Relaxed) {
        let round = line.rejoins.load(Ordering::Relaxed);
        let ended =
            || line.closed.load(Ordering::Relaxed) || line.rejoins.load(Ordering::Relaxed) != round;
        match open(source, interface) {
            Ok(socket) => read(line, &socket, &ended, composition_changed),
            Err(error) => {
                tracing::warn!(source = %source.address, %error, "cannot join the channel");
                while !ended() {
                    thread::park_timeout(READ_WAIT);
                }
            }
        }
    }
}

fn read(
    line: &Line,
    socket: &UdpSocket,
    ended: &impl Fn() -> bool,
    composition_changed: &impl Fn(),
) {
    let mut datagram = vec![0; DATAGRAM];
    while !ended() {
        // A timeout, or an error that ICMP reported: either way the silence is noticed by time.
        let Ok(length) = socket.recv(&mut datagram) else { continue };
        let arrived = clock::now();
        let nanos = u64::try_from(arrived.as_nanos()).unwrap_or(u64::MAX);
        line.last_packet.store(nanos, Ordering::Relaxed);
        if lock(&line.feed).push(&datagram[..length], arrived) {
            composition_changed();
        }
    }
}

fn open(source: Source, interface: Ipv4Addr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.set_recv_buffer_size(SOCKET_BUFFER)?;
    socket.set_read_timeout(Some(READ_WAIT))?;
    // Bound to the group itself, so that another group on the same port is not mixed in.
    socket.bind(&SocketAddr::V4(source.address).into())?;
    if IpAddr::V4(*source.address.ip()).is_multicast() {
        socket.join_multicast_v4(source.address.ip(), &interface)?;
    }
    Ok(socket.into())
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;
    use crate::player::ts::sample;

    fn check(text: &str, wanted: Option<&str>) {
        let source = text.parse::<Source>().ok().map(|source| source.address.to_string());
        assert_eq!(source.as_deref(), wanted);
    }

    #[test]
    fn sources_are_addresses() {
        check("239.255.36.1:5000", Some("239.255.36.1:5000"));
        check("udp://239.255.36.1:5000", Some("239.255.36.1:5000"));
        check("udp://@127.0.0.1:5000", Some("127.0.0.1:5000"));
        check("239.255.36.1", None);
        check("239.255.36.1:0", None);
        check("http://example.jp/", None);
        check("", None);
    }

    /// A free port for this test.
    fn port() -> u16 {
        let probe = UdpSocket::bind("127.0.0.1:0").expect("loopback");
        probe.local_addr().expect("bound").port()
    }

    /// Sends tables to `source` until the receiver has understood them.
    fn tables_arrive(source: SocketAddrV4) {
        let (known, changes) = mpsc::channel();
        let source = Source { address: source };
        let _receiver = Receiver::join(source, Ipv4Addr::LOCALHOST, 1 << 20, move || {
            let _ = known.send(());
        })
        .expect("a thread");
        let sender = Socket::new(Domain::IPV4, Type::DGRAM, None).expect("a socket");
        sender.set_multicast_if_v4(&Ipv4Addr::LOCALHOST).expect("loopback");
        sender.set_multicast_ttl_v4(0).expect("a time to live");
        let answer = (0..100).find_map(|_| {
            sender.send_to(&sample::tables(), &SocketAddr::V4(source.address).into()).ok();
            changes.recv_timeout(Duration::from_millis(100)).ok()
        });
        assert!(answer.is_some(), "tables sent to {} did not arrive", source.address);
    }

    #[test]
    fn receives_unicast() {
        tables_arrive(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port()));
    }

    #[test]
    fn receives_multicast() {
        tables_arrive(SocketAddrV4::new(Ipv4Addr::new(239, 255, 36, 201), port()));
    }
}
