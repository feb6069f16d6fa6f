//! Connections: who may have how many, and how long anybody may keep one without getting on.
//!
//! Both listeners, the boxes' and the console's, take connections here. A client that sends its
//! head byte by byte, reads its answer byte by byte, or opens more connections than its share
//! costs one bounded place and is closed; the others do not notice. What a request means is
//! decided elsewhere.

mod admission;
mod open_files;
mod stream;

use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

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
};
use tokio_rustls::TlsAcceptor;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt as _;

use admission::{Admission, Seat};
pub use open_files::raise_open_files;
use stream::Patient;

use crate::tls::{Peer, TlsError};

/// Handshakes at the same time; more wait.
const HANDSHAKES: usize = 256;
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
    /// Connections of one address at the same time; more are closed at once.
    pub per_address: usize,
    /// Connections of one device at the same time; the newest wins.
    pub per_device: usize,
    /// From the first byte of a handshake to its end.
    pub handshake: Duration,
    /// From the connection, or the answer before, to the end of the next request's head.
    pub head: Duration,
    /// Without the client taking any byte of what waits for it.
    pub stalled: Duration,
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
        }
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
    handshakes: Semaphore,
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
        let places = Arc::new(Semaphore::new(self.limits.total));
        let shared = Arc::new(Shared {
            router,
            tls: self.tls.take(),
            limits: self.limits,
            admission: Arc::new(Admission::new(self.limits.per_address, self.limits.per_device)),
            handshakes: Semaphore::new(HANDSHAKES),
            shutdown: shutdown.clone(),
        });
        loop {
            let (stream, address, place) = tokio::select! {
                () = shutdown.cancelled() => return,
                next = next(&mut self.socket, &places) => next,
            };
            if let Some(seat) = shared.admission.enter(address.ip()) {
                tasks.spawn(shared.clone().converse(stream, address, seat, place));
            } else {
                tracing::debug!(%address, "too many connections of this address");
            }
        }
    }
}

/// The next connection, as soon as there is a place for it.
async fn next(
    socket: &mut TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
    // The semaphore is never closed.
    let place = Arc::clone(places).acquire_owned().await.ok();
    // axum's own way to accept waits out errors such as too many open files.
    let (stream, address) = axum::serve::Listener::accept(socket).await;
    (stream, address, place)
}

impl Shared {
    async fn converse(
        self: Arc<Self>,
        stream: TcpStream,
        address: SocketAddr,
        mut seat: Seat,
        _place: Option<OwnedSemaphorePermit>,
    ) {
        if let Err(error) = notice_dead_peers(&stream) {
            tracing::debug!(%address, %error, "the connection was gone at once");
            return;
        }
        let stream = Patient::new(stream, self.limits.stalled);
        let Some(tls) = &self.tls else {
            let peer = Peer { address, certificate_sha256: None };
            return self.serve(stream, peer, false, CancellationToken::new()).await;
        };
        let shaken = tokio::time::timeout(self.limits.handshake, self.shake(tls, stream)).await;
        let stream = match shaken {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return tracing::debug!(%address, %error, "handshake failed"),
            Err(_) => return tracing::debug!(%address, "handshake took too long"),
        };
        let session = stream.get_ref().1;
        let is_http2 = session.alpn_protocol() == Some(b"h2");
        let leaf = session.peer_certificates().and_then(<[_]>::first);
        let certificate_sha256 = leaf.map(|leaf| crate::encoding::sha256(leaf));
        let evicted = match certificate_sha256 {
            Some(device) => seat.take_place_of(device),
            None => CancellationToken::new(),
        };
        self.serve(stream, Peer { address, certificate_sha256 }, is_http2, evicted).await;
    }

    async fn shake(
        &self,
        tls: &TlsAcceptor,
        stream: Patient<TcpStream>,
    ) -> io::Result<tokio_rustls::server::TlsStream<Patient<TcpStream>>> {
        let _turn = self.handshakes.acquire().await.map_err(io::Error::other)?;
        tls.accept(stream).await
    }

    /// Answers the requests of one connection. The protocol is known beforehand, so that nothing
    /// waits for a first byte without a deadline.
    async fn serve<S>(&self, stream: S, peer: Peer, is_http2: bool, evicted: CancellationToken)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let asked = Arc::new(AtomicBool::new(false));
        let service = service_fn({
            let (router, asked) = (self.router.clone(), asked.clone());
            move |mut request: Request<Incoming>| {
                asked.store(true, Ordering::Relaxed);
                request.extensions_mut().insert(ConnectInfo(peer.clone()));
                router.clone().oneshot(request.map(Body::new))
            }
        });
        let builder = self.protocol(is_http2);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut first_request = pin!(tokio::time::sleep(self.limits.head));
        let (mut ending, mut waiting) = (false, true);
        loop {
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "a connection ended early");
                    }
                    return;
                }
                () = evicted.cancelled() => return,
                () = self.shutdown.cancelled(), if !ending => {
                    ending = true;
                    connection.as_mut().graceful_shutdown();
                }
                () = first_request.as_mut(), if waiting => {
                    waiting = false;
                    if !asked.load(Ordering::Relaxed) {
                        return;
                    }
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
