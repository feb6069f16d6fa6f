//! Orders and heartbeats by IP multicast: the server's work does not depend on how many boxes
//! listen. One datagram is one signed record behind a byte that says which kind.

use std::{collections::BTreeMap, io, net::SocketAddrV4, time::Duration};

use axum::body::Bytes;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{net::UdpSocket, sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    config::MulticastConfig,
    state::AppState,
    store::order::{self, OrderRecord},
};

const ORDER: u8 = 0x01;
const HEARTBEAT: u8 = 0x02;

/// The sending socket.
#[derive(Debug)]
pub struct Multicast {
    socket: UdpSocket,
    group: SocketAddrV4,
}

impl Multicast {
    /// Opens a socket on the configured interface.
    pub fn open(config: &MulticastConfig) -> io::Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
        socket.set_multicast_if_v4(&config.interface)?;
        socket.set_multicast_ttl_v4(config.ttl)?;
        socket.set_multicast_loop_v4(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&SocketAddrV4::new(config.interface, 0).into())?;
        let socket = UdpSocket::from_std(socket.into())?;
        Ok(Self { socket, group: config.group })
    }

    async fn send(&self, kind: u8, signed: &[u8]) {
        let datagram = [&[kind], signed].concat();
        // A lost datagram is repaired by the next repetition; a dead interface must not stop us.
        if let Err(error) = self.socket.send_to(&datagram, self.group).await {
            tracing::warn!(%error, "multicast datagram not sent");
        }
    }
}

/// Sends every order in force on its schedule, and each new heartbeat, until shutdown.
pub async fn run(
    state: AppState,
    multicast: Multicast,
    mut heartbeats: watch::Receiver<Bytes>,
    shutdown: CancellationToken,
) {
    let mut published = state.orders.watch();
    let mut repetitions = BTreeMap::new();
    refresh(&state, &mut repetitions).await;
    loop {
        let next = repetitions.values().map(Repetition::due).min();
        // Without an order there is nothing to wait for but the other two.
        let due = next.unwrap_or_else(|| Instant::now() + Duration::from_hours(1));
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = published.changed() => {
                if changed.is_err() { return }
                refresh(&state, &mut repetitions).await;
            }
            changed = heartbeats.changed() => {
                if changed.is_err() { return }
                let heartbeat = heartbeats.borrow_and_update().clone();
                multicast.send(HEARTBEAT, &heartbeat).await;
            }
            () = tokio::time::sleep_until(due) => {
                send_due(&multicast, &mut repetitions, state.now_ms()).await;
            }
        }
    }
}

/// One order on its schedule.
#[derive(Debug)]
struct Repetition {
    signed: Vec<u8>,
    expires_at_ms: i64,
    started: Instant,
    sent: u32,
}

impl Repetition {
    fn due(&self) -> Instant {
        self.started + offset(self.sent)
    }
}

/// When the `n`-th copy is due after the first: close together at first, against single losses,
/// then spread, against bursts, then steadily, for boxes that wake up.
fn offset(n: u32) -> Duration {
    const FIRST_MS: [u64; 7] = [0, 100, 300, 1_000, 2_000, 4_000, 8_000];
    match FIRST_MS.get(n as usize) {
        Some(ms) => Duration::from_millis(*ms),
        None => Duration::from_millis(8_000 + 5_000 * u64::from(n - 6)),
    }
}

async fn send_due(multicast: &Multicast, repetitions: &mut BTreeMap<u64, Repetition>, now_ms: i64) {
    repetitions.retain(|_, repetition| repetition.expires_at_ms > now_ms);
    let now = Instant::now();
    for repetition in repetitions.values_mut().filter(|repetition| repetition.due() <= now) {
        multicast.send(ORDER, &repetition.signed).await;
        repetition.sent += 1;
    }
}

async fn refresh(state: &AppState, repetitions: &mut BTreeMap<u64, Repetition>) {
    let now_ms = state.now_ms();
    match state.store.read(move |sql| order::in_force(sql, now_ms)).await {
        Ok(mut standing) => {
            standing.retain(|order| !order.disbelieved);
            repetitions.retain(|sequence, _| standing.iter().any(|o| o.sequence == *sequence));
            for order in standing {
                repetitions.entry(order.sequence).or_insert_with(|| starting(order));
            }
        }
        Err(error) => tracing::error!(%error, "multicast goes on with the orders it knows"),
    }
}

fn starting(order: OrderRecord) -> Repetition {
    let OrderRecord { signed, expires_at_ms, .. } = order;
    Repetition { signed, expires_at_ms, started: Instant::now(), sent: 0 }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use evacuation::{
        heartbeat::open_heartbeat,
        trust::{Trust, open_manifest},
    };

    use super::*;
    use crate::testing::{TestGateway, flood};

    /// A socket that hears the group on the loopback interface.
    fn listener(group: Ipv4Addr) -> UdpSocket {
        let socket = std::net::UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("bound");
        socket.join_multicast_v4(&group, &Ipv4Addr::LOCALHOST).expect("joined");
        socket.set_nonblocking(true).expect("set");
        UdpSocket::from_std(socket).expect("a runtime")
    }

    async fn next(socket: &UdpSocket, kind: u8) -> Vec<u8> {
        let mut buffer = [0; 2_000];
        loop {
            let received = socket.recv_from(&mut buffer);
            let received = tokio::time::timeout(Duration::from_secs(30), received).await;
            let (length, _) = received.expect("before the deadline").expect("a datagram");
            if buffer[0] == kind {
                return buffer[1..length].to_vec();
            }
        }
    }

    #[tokio::test]
    async fn an_order_goes_out_again_and_again_in_the_same_bytes_as_on_the_stream() {
        let group = Ipv4Addr::new(239, 255, 36, 201);
        let socket = listener(group);
        let port = socket.local_addr().expect("bound").port();
        let section =
            format!("[multicast]\ngroup = \"{group}:{port}\"\ninterface = \"127.0.0.1\"\nttl = 0");
        let gateway = TestGateway::start_with(&section).await;
        let order = gateway.publish(flood()).await;
        for copy in 0..3 {
            assert_eq!(next(&socket, ORDER).await, order.signed, "copy {copy}");
        }
        let heartbeat = next(&socket, HEARTBEAT).await;
        let keys = gateway.state.keys.current();
        let manifest = open_manifest(keys.manifest(), &keys.manifest_root()).expect("signed");
        let heartbeat = open_heartbeat(&heartbeat, &Trust::new(manifest)).expect("believed");
        assert_eq!(heartbeat.issuer.as_str(), "363871");
        gateway.stop().await;
    }

    #[test]
    fn copies_are_close_at_first_and_steady_later() {
        let due: Vec<u128> = (0..10).map(|n| offset(n).as_millis()).collect();
        assert_eq!(due, [0, 100, 300, 1_000, 2_000, 4_000, 8_000, 13_000, 18_000, 23_000]);
    }
}
