//! Connections: who may have how many, and how long anybody may keep one without getting on.
//!
//! Both listeners, the boxes' and the console's, take connections here. A client that sends its
//! head byte by byte, reads its answer byte by byte, or opens more connections than its share
//! costs one bounded place and is closed; the others do not notice. Clients without a device
//! certificate have few places and little time where boxes connect. What a request means is decided
//! elsewhere.

mod admission;
mod open_files;
mod refusals;
mod stream;
mod traffic;

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
};
use rustls::ServerConfig;
use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep},
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use admission::{Admission, Seat};
pub use open_files::raise_open_files;
use refusals::{Refusal, Refusals};
use stream::Patient;
use traffic::Traffic;

use crate::tls::{Peer, TlsError};

/// Handshakes at the same time, and no more than half of all places; more wait in the kernel's queue.
const HANDSHAKES: usize = 1024;
/// Clients without a device certificate at the same time, and no more than a quarter of all places.
const STRANGERS: usize = 256;
/// Of one network; its boxes come one after the other through here when they all start at once.
const STRANGERS_OF_ONE_NETWORK: usize = 64;
/// An enrolment takes a second.
const STRANGERS_LIFE: Duration = Duration::from_mins(1);
/// Silence after which the kernel asks whether the other end still lives; seconds at least.
const SILENT: Duration = Duration::from_secs(30);
/// Bytes that the kernel may keep for a client that does not read.
const SEND_BUFFER: usize = 128 * 1024;
/// Requests of one HTTP/2 connection at the same time.
const STREAMS: u32 = 32;
/// Bytes of a request's head.
const HEAD_MAX: usize = 32 * 1024;

/// How many connections there may be, and how patient the listener is with them.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections at the same time; more wait in the kernel's queue.
    pub total: usize,
    /// Connections of one address, or of one IPv6 network, at the same time; more are closed at
    /// once. Where devices show certificates, this counts devices only.
    pub per_address: usize,
    /// Connections of one device at the same time; the newest wins.
    pub per_device: usize,
    /// From the first byte of a handshake to its end.
    pub handshake: Duration,
    /// From the connection, or the answer before, to the end of the next request's head. A device
    /// may keep an HTTP/2 connection open without a request after its first one: it has few of them,
    /// and pings tell that it lives.
    pub head: Duration,
    /// Without the client taking any byte of what waits for it.
    pub stalled: Duration,
    /// Clients without a device certificate, where devices show one.
    pub strangers: Option<Strangers>,
}

/// What clients without a device certificate get.
#[derive(Debug, Clone, Copy)]
pub struct Strangers {
    /// Connections at the same time; more are closed at once.
    pub total: usize,
    /// Connections of one network at the same time that have not shown a certificate, or not yet.
    pub per_address: usize,
    /// After which they are closed, whatever they do.
    pub life: Duration,
}

impl Limits {
    /// Limits with the usual patience.
    pub fn new(total: usize, per_address: usize) -> Self {
        Self {
            total,
            per_address,
            per_device: 16,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(15),
            stalled: Duration::from_secs(30),
            strangers: None,
        }
    }

    /// The same for a listener on which devices show certificates.
    #[must_use]
    pub fn for_devices(self) -> Self {
        let strangers = Strangers {
            total: STRANGERS.min(self.total / 4).max(1),
            per_address: STRANGERS_OF_ONE_NETWORK,
            life: STRANGERS_LIFE,
        };
        Self { strangers: Some(strangers), ..self }
    }
}

/// An open port.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<TlsAcceptor>,
    limits: Limits,
}

/// What all connections of one listener share.
struct Shared {
    router: Router,
    tls: Option<TlsAcceptor>,
    limits: Limits,
    admission: Arc<Admission>,
    strangers: Arc<Semaphore>,
    refusals: Refusals,
    shutdown: CancellationToken,
}

impl Listener {
    /// Listens; over TLS when `tls` is given.
    pub async fn bind(
        address: SocketAddr,
        tls: Option<ServerConfig>,
        limits: Limits,
    ) -> Result<Self, TlsError> {
        let listen = |cause| TlsError::Listen { address, cause };
        let socket = TcpListener::bind(address).await.map_err(listen)?;
        // Accepted connections inherit it.
        SockRef::from(&socket).set_send_buffer_size(SEND_BUFFER).map_err(listen)?;
        let local = socket.local_addr().map_err(listen)?;
        let tls = tls.map(|config| TlsAcceptor::from(Arc::new(config)));
        Ok(Self { socket, address: local, tls, limits })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`; the connections run as `tasks` and end after their open requests.
    pub async fn serve(mut self, router: Router, tasks: TaskTracker, shutdown: CancellationToken) {
        let queue = Queue {
            places: Arc::new(Semaphore::new(self.limits.total)),
            handshakes: Arc::new(Semaphore::new(HANDSHAKES.min(self.limits.total / 2).max(1))),
        };
        let strangers = self.limits.strangers.map_or(self.limits.total, |limit| limit.total);
        let shared = Arc::new(Shared {
            router,
            tls: self.tls.take(),
            limits: self.limits,
            admission: Arc::new(Admission::new(&self.limits)),
            strangers: Arc::new(Semaphore::new(strangers)),
            refusals: Refusals::default(),
            shutdown: shutdown.clone(),
        });
        loop {
            let (stream, address, turn) = tokio::select! {
                () = shutdown.cancelled() => return,
                next = queue.next(&mut self.socket) => next,
            };
            if let Some(seat) = shared.admission.enter(address.ip()) {
                tasks.spawn(shared.clone().converse(stream, address, seat, turn));
            } else {
                shared.refuse_share(address);
            }
        }
    }
}

/// Who may come in next.
struct Queue {
    places: Arc<Semaphore>,
    handshakes: Arc<Semaphore>,
}

/// What a connection holds: its place to the end, its handshake until that is over.
struct Turn {
    _place: Option<OwnedSemaphorePermit>,
    handshake: Option<OwnedSemaphorePermit>,
}

impl Queue {
    /// The next connection, as soon as there is a place for it and a handshake may begin.
    async fn next(&self, socket: &mut TcpListener) -> (TcpStream, SocketAddr, Turn) {
        // The semaphores are never closed.
        let turn = Turn {
            _place: Arc::clone(&self.places).acquire_owned().await.ok(),
            handshake: Arc::clone(&self.handshakes).acquire_owned().await.ok(),
        };
        // axum's own way to accept waits out errors such as too many open files.
        let (stream, address) = axum::serve::Listener::accept(socket).await;
        (stream, address, turn)
    }
}

/// Who is at the other end, as far as the connection's own limits depend on it.
struct Guest {
    peer: Peer,
    is_http2: bool,
    /// Cancelled when a newer connection of the same device takes the place.
    evicted: CancellationToken,
    /// How long it may stay, whatever it does.
    life: Option<Duration>,
    /// Held by clients without a device certificate.
    _stranger: Option<OwnedSemaphorePermit>,
}

impl Shared {
    async fn converse(
        self: Arc<Self>,
        stream: TcpStream,
        address: SocketAddr,
        mut seat: Seat,
        mut turn: Turn,
    ) {
        if let Err(error) = notice_dead_peers(&stream) {
            tracing::debug!(%address, %error, "the connection was gone at once");
            return;
        }
        let stream = Patient::new(stream, self.limits.stalled);
        let Some(tls) = &self.tls else {
            drop(turn.handshake.take());
            let peer = Peer { address, certificate_sha256: None };
            let evicted = CancellationToken::new();
            let guest = Guest { peer, is_http2: false, evicted, life: None, _stranger: None };
            return self.serve(stream, guest).await;
        };
        let shaken = tokio::time::timeout(self.limits.handshake, tls.accept(stream)).await;
        drop(turn.handshake.take());
        let stream = match shaken {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return tracing::debug!(%address, %error, "handshake failed"),
            Err(_) => return tracing::debug!(%address, "handshake took too long"),
        };
        let session = stream.get_ref().1;
        let is_http2 = session.alpn_protocol() == Some(b"h2");
        let leaf = session.peer_certificates().and_then(<[_]>::first);
        let certificate_sha256 = leaf.map(|leaf| crate::encoding::sha256(leaf));
        let peer = Peer { address, certificate_sha256 };
        if let Some(guest) = self.receive(peer, is_http2, &mut seat) {
            self.serve(stream, guest).await;
        }
    }

    /// The limits for who showed up, unless there is no place for them.
    fn receive(&self, peer: Peer, is_http2: bool, seat: &mut Seat) -> Option<Guest> {
        let evicted = CancellationToken::new();
        if let Some(device) = peer.certificate_sha256 {
            let Some(evicted) = seat.take_place_of(device) else {
                self.refusals.note(Refusal::Share, peer.address.ip(), self.limits.per_address);
                return None;
            };
            return Some(Guest { peer, is_http2, evicted, life: None, _stranger: None });
        }
        let Some(limit) = self.limits.strangers else {
            return Some(Guest { peer, is_http2, evicted, life: None, _stranger: None });
        };
        let Ok(permit) = Arc::clone(&self.strangers).try_acquire_owned() else {
            self.refusals.note(Refusal::Enrolment, peer.address.ip(), limit.total);
            return None;
        };
        Some(Guest { peer, is_http2, evicted, life: Some(limit.life), _stranger: Some(permit) })
    }

    fn refuse_share(&self, address: SocketAddr) {
        let (refusal, share) = match self.limits.strangers {
            Some(limit) => (Refusal::Strangers, limit.per_address),
            None => (Refusal::Share, self.limits.per_address),
        };
        self.refusals.note(refusal, address.ip(), share);
    }

    /// Answers the requests of one connection. The protocol is known beforehand, so that nothing
    /// waits for a first byte without a deadline.
    async fn serve<S>(&self, stream: S, guest: Guest)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let traffic = Arc::new(Traffic::default());
        let service = service_fn({
            let (router, traffic, peer) =
                (self.router.clone(), traffic.clone(), guest.peer.clone());
            move |mut request: Request<Incoming>| {
                let exchange = traffic.begin();
                request.extensions_mut().insert(ConnectInfo(peer.clone()));
                let answer = router.clone().oneshot(request.map(Body::new));
                async move { answer.await.map(|answer| answer.map(|body| exchange.with(body))) }
            }
        });
        let builder = self.protocol(guest.is_http2);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        // Between two requests, HTTP/1.1 has hyper's own deadline for a head.
        let may_rest = !guest.is_http2 || guest.peer.certificate_sha256.is_some();
        let mut silence = pin!(sleep(self.limits.head));
        let mut life = pin!(sleep(guest.life.unwrap_or_default()));
        let mut ending = false;
        loop {
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                () = guest.evicted.cancelled() => return,
                () = life.as_mut(), if guest.life.is_some() => return,
                () = self.shutdown.cancelled(), if !ending => {
                    ending = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = traffic.changed() => silence.as_mut().reset(Instant::now() + self.limits.head),
                () = silence.as_mut() => {
                    let mut patience = self.limits.head;
                    let rests = may_rest && traffic.was_asked() && !ending;
                    if !traffic.is_open() && !rests {
                        if ending || !traffic.was_asked() {
                            return;
                        }
                        // The client is told that it has to ask elsewhere, and may take what is
                        // still on its way.
                        ending = true;
                        connection.as_mut().graceful_shutdown();
                        patience = self.limits.stalled * 2;
                    }
                    silence.as_mut().reset(Instant::now() + patience);
                }
            }
        }
    }

    fn protocol(&self, is_http2: bool) -> auto::Builder<TokioExecutor> {
        let builder = auto::Builder::new(TokioExecutor::new());
        let mut builder = if is_http2 { builder.http2_only() } else { builder.http1_only() };
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .max_buf_size(HEAD_MAX)
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(self.limits.stalled)
            .keep_alive_timeout(self.limits.stalled)
            .max_concurrent_streams(STREAMS)
            .max_header_list_size(u32::try_from(HEAD_MAX).unwrap_or(u32::MAX));
        builder
    }
}

/// A box that lost its power is noticed by the kernel, not after hours.
fn notice_dead_peers(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(SILENT).with_interval(SILENT / 3);
    socket.set_tcp_keepalive(&keepalive.with_retries(3))?;
    socket.set_tcp_user_timeout(Some(SILENT * 2))
}

#[cfg(test)]
mod tests;
