//! The listener as it ships: over TLS, HTTP/1.1 and HTTP/2, devices and strangers.

use axum::http::StatusCode;
use hyper::client::conn::http2;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::*;
use crate::{
    clock::{Clock as _, SystemClock},
    device_authority::{NewAuthority, create_authority, create_server_certificate},
    random::SystemRandom,
    secret_file,
    tls::ServerIdentity,
};

const H1: &[u8] = b"http/1.1";
const H2: &[u8] = b"h2";
/// Longer than every deadline of [`patience`] but one handshake.
const LONG: Duration = Duration::from_secs(4);

/// Short enough for a test, long enough for a busy machine.
fn patience() -> Limits {
    let second = Duration::from_secs(1);
    Limits { head: second, stalled: second, ..Limits::new(64, 32).for_devices() }
}

/// A listener for devices, and what clients need to speak to it.
struct Office {
    open: Open,
    roots: RootCertStore,
    devices: NewAuthority,
    servers: NewAuthority,
    identity: Arc<ServerIdentity>,
    paths: [std::path::PathBuf; 2],
    _folder: tempfile::TempDir,
}

type Client = TlsStream<TcpStream>;

impl Office {
    async fn new(limits: Limits, router: Router) -> Self {
        let (folder, now_ms) = (tempfile::tempdir().expect("a folder"), SystemClock.now_ms());
        let [servers, devices] = ["servers", "devices"]
            .map(|name| create_authority(name, now_ms, &SystemRandom).expect("an authority"));
        let names = ["localhost".to_owned()];
        let server = create_server_certificate(&names, &servers.issuer, now_ms, &SystemRandom);
        let server = server.expect("a certificate");
        let paths = ["server.pem", "server.key"].map(|name| folder.path().join(name));
        secret_file::write_public(&paths[0], server.certificate_pem.as_bytes()).expect("written");
        secret_file::write_text(&paths[1], &server.key_pem).expect("written");
        let identity = ServerIdentity::open(&paths[0], &paths[1]).expect("a pair");
        let tls = crate::tls::box_config(&identity, &certificate(&devices));
        let address = "127.0.0.1:0".parse().expect("an address");
        let listener = Listener::bind(address, Some(tls.expect("a pair")), limits).await;
        let listener = listener.expect("a free port");
        let (shutdown, tasks) = (CancellationToken::new(), TaskTracker::new());
        let address = listener.address();
        tasks.spawn(listener.serve(router, tasks.clone(), shutdown.clone()));
        let mut roots = RootCertStore::empty();
        roots.add(certificate(&servers)).expect("an authority");
        let open = Open { address, shutdown, tasks };
        Self { open, roots, devices, servers, identity, paths, _folder: folder }
    }

    /// A new server certificate with a new key lies on the disk.
    fn renew(&self) {
        let (names, now_ms) = (["localhost".to_owned()], SystemClock.now_ms());
        let new = create_server_certificate(&names, &self.servers.issuer, now_ms, &SystemRandom);
        let new = new.expect("a certificate");
        for path in &self.paths {
            std::fs::remove_file(path).expect("there");
        }
        secret_file::write_text(&self.paths[1], &new.key_pem).expect("written");
        let pem = new.certificate_pem.as_bytes();
        secret_file::write_public(&self.paths[0], pem).expect("written");
    }

    /// A device's key and certificate.
    fn device(&self) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let key = rcgen::KeyPair::generate().expect("a key");
        let mut params = rcgen::CertificateParams::default();
        params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
        let signed = params.signed_by(&key, &self.devices.issuer).expect("signed");
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS#8");
        (vec![signed.der().clone()], key)
    }

    fn tls(&self, device: bool, alpn: &[u8]) -> TlsConnector {
        let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("default versions")
            .with_root_certificates(self.roots.clone());
        let mut tls = if device {
            let (chain, key) = self.device();
            builder.with_client_auth_cert(chain, key).expect("a pair")
        } else {
            builder.with_no_client_auth()
        };
        tls.alpn_protocols = vec![alpn.to_vec()];
        TlsConnector::from(Arc::new(tls))
    }

    async fn connect(&self, tls: &TlsConnector) -> Client {
        let name = ServerName::try_from("localhost").expect("a name");
        tls.connect(name, self.open.connect().await).await.expect("the handshake succeeds")
    }

    async fn close(self) {
        self.open.close().await;
    }
}

/// The certificate that the other end showed.
fn shown(client: &Client) -> CertificateDer<'static> {
    let (_, session) = client.get_ref();
    session.peer_certificates().expect("shown")[0].clone().into_owned()
}

fn certificate(authority: &NewAuthority) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(authority.certificate_pem.as_bytes()).expect("PEM")
}

/// One request over HTTP/1.1 that keeps the connection; whether it was answered.
async fn asks(client: &mut Client) -> bool {
    let request = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n";
    if client.write_all(request).await.is_err() {
        return false;
    }
    let mut answer = Vec::new();
    while !answer.ends_with(b"hello") {
        let read = tokio::time::timeout(DEADLINE, client.read_buf(&mut answer)).await;
        if !matches!(read, Ok(Ok(bytes)) if bytes > 0) {
            return false;
        }
    }
    true
}

/// Whether the other end closes this before the deadline.
async fn ends(mut client: Client) -> bool {
    let mut rest = Vec::new();
    tokio::time::timeout(DEADLINE, client.read_to_end(&mut rest)).await.is_ok()
}

/// An HTTP/2 connection: a way to ask, and its end.
async fn http2(client: Client) -> (http2::SendRequest<Body>, JoinHandle<()>) {
    let io = TokioIo::new(client);
    let (sender, connection) =
        http2::handshake(TokioExecutor::new(), io).await.expect("HTTP/2 begins");
    let ended = tokio::spawn(async move {
        let _ = connection.await;
    });
    (sender, ended)
}

async fn status(sender: &mut http2::SendRequest<Body>, path: &str) -> StatusCode {
    let request = Request::get(format!("https://localhost{path}")).body(Body::empty());
    let answer = sender.send_request(request.expect("a request")).await.expect("an answer");
    let (head, body) = answer.into_parts();
    axum::body::to_bytes(Body::new(body), 1_000).await.expect("a whole answer");
    head.status
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_without_a_restart() {
    let office = Office::new(Limits { head: DEADLINE, ..patience() }, hello()).await;
    let tls = office.tls(true, H1);
    let mut before = office.connect(&tls).await;
    let old = shown(&before);
    let (end, identities) = (CancellationToken::new(), vec![office.identity.clone()]);
    let every = Duration::from_millis(5);
    let looking = tokio::spawn(crate::tls::keep_fresh(identities, every, end.clone()));
    office.renew();
    let renewed = async {
        loop {
            // A fresh configuration: a resumed session shows no certificate.
            let new = shown(&office.connect(&office.tls(true, H1)).await);
            if new != old {
                return new;
            }
        }
    };
    let new = tokio::time::timeout(DEADLINE, renewed).await.expect("taken over");
    assert!(asks(&mut before).await, "an open connection goes on");

    std::fs::write(&office.paths[0], "no certificate").expect("written");
    assert!(office.identity.take_over().is_err());
    let mut after = office.connect(&office.tls(true, H1)).await;
    assert!(shown(&after) == new && asks(&mut after).await, "what is broken changes nothing");
    end.cancel();
    looking.await.expect("ended");
    drop((before, after));
    office.close().await;
}

#[tokio::test]
async fn a_handshake_that_does_not_begin_is_cut_off() {
    let limits = Limits { handshake: Duration::from_secs(1), ..patience() };
    let office = Office::new(limits, hello()).await;
    let mut silent = office.open.connect().await;
    let mut slow = office.open.connect().await;
    slow.write_all(&[0x16, 0x03, 0x01]).await.expect("sent");
    assert!(is_closed(&mut silent).await && is_closed(&mut slow).await);
    office.close().await;
}

#[tokio::test]
async fn the_newest_connections_of_a_device_win() {
    let limits = Limits { per_device: 2, head: DEADLINE, ..patience() };
    let office = Office::new(limits, hello()).await;
    let (tls, other) = (office.tls(true, H1), office.tls(true, H1));
    let mut neighbour = office.connect(&other).await;
    assert!(asks(&mut neighbour).await);
    let mut all = Vec::new();
    for _ in 0..3 {
        let mut client = office.connect(&tls).await;
        assert!(asks(&mut client).await, "a new connection is served");
        all.push(client);
    }
    assert!(ends(all.remove(0)).await, "the oldest is closed");
    assert!(asks(&mut all[0]).await && asks(&mut all[1]).await && asks(&mut neighbour).await);
    drop((all, neighbour));
    office.close().await;
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    let office = Office::new(patience(), hello()).await;
    for alpn in [H1, H2] {
        assert!(ends(office.connect(&office.tls(true, alpn)).await).await);
    }
    // HTTP/2 that begins and then says nothing.
    let (_sender, ended) = http2(office.connect(&office.tls(true, H2)).await).await;
    tokio::time::timeout(DEADLINE, ended).await.expect("in time").expect("ended");
    // HTTP/1.1 after its first answer.
    let mut client = office.connect(&office.tls(true, H1)).await;
    assert!(asks(&mut client).await);
    assert!(ends(client).await);
    office.close().await;
}

#[tokio::test]
async fn over_http2_only_a_device_rests_between_two_requests() {
    let mut limits = patience();
    limits.strangers = limits.strangers.map(|some| Strangers { life: DEADLINE * 2, ..some });
    let office = Office::new(limits, hello()).await;
    let (mut device, mut device_ended) = http2(office.connect(&office.tls(true, H2)).await).await;
    let (mut stranger, ended) = http2(office.connect(&office.tls(false, H2)).await).await;
    assert_eq!(status(&mut device, "/").await, StatusCode::OK);
    assert_eq!(status(&mut stranger, "/nothing").await, StatusCode::NOT_FOUND);
    tokio::time::timeout(DEADLINE, ended).await.expect("in time").expect("ended");
    assert!(tokio::time::timeout(LONG, &mut device_ended).await.is_err(), "the device rests");
    assert_eq!(status(&mut device, "/").await, StatusCode::OK);
    drop((device, stranger));
    office.close().await;
}

#[tokio::test]
async fn a_client_without_a_certificate_has_few_places_and_little_time() {
    let strangers = Strangers { total: 1, per_address: 8, life: Duration::from_secs(2) };
    let limits = Limits { strangers: Some(strangers), ..patience() };
    let office = Office::new(limits, hello()).await;
    let stranger = office.tls(false, H1);
    let mut first = office.connect(&stranger).await;
    assert!(asks(&mut first).await);
    assert!(ends(office.connect(&stranger).await).await, "there is one place");
    assert!(asks(&mut office.connect(&office.tls(true, H1)).await).await, "and those of devices");
    let busy = async {
        let mut ticks = tokio::time::interval(Duration::from_millis(100));
        while asks(&mut first).await {
            ticks.tick().await;
        }
    };
    tokio::time::timeout(DEADLINE, busy).await.expect("its time is over, whatever it does");
    assert!(asks(&mut office.connect(&stranger).await).await, "the next one has the place");
    office.close().await;
}

#[tokio::test]
async fn a_silent_event_stream_stays() {
    let news = Arc::new(Notify::new());
    let told = news.clone();
    let events = move || {
        let news = told.clone();
        async move {
            Body::from_stream(stream::unfold(0, move |count| {
                let news = news.clone();
                async move {
                    match count {
                        0 => {}
                        1 => news.notified().await,
                        _ => return None,
                    }
                    Some((Ok::<_, io::Error>(Bytes::from_static(b"news\n\n")), count + 1))
                }
            }))
        }
    };
    let office = Office::new(patience(), Router::new().route("/events", get(events))).await;
    let mut client = office.connect(&office.tls(true, H1)).await;
    client.write_all(b"GET /events HTTP/1.1\r\nHost: here\r\n\r\n").await.expect("sent");
    let mut read = Vec::new();
    while !read.windows(6).any(|part| part == b"news\n\n") {
        assert!(client.read_buf(&mut read).await.expect("read") > 0);
    }
    read.clear();
    let silent = tokio::time::timeout(LONG, client.read_buf(&mut read)).await;
    assert!(silent.is_err(), "nothing comes, and nothing ends: {silent:?}");
    news.notify_one();
    let woken = tokio::time::timeout(DEADLINE, client.read_buf(&mut read)).await;
    assert!(woken.expect("in time").expect("read") > 0);
    drop(client);
    office.close().await;
}

/// What the log says.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        io::Write::write(&mut *self.0.lock().expect("not poisoned"), bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_names_a_network_beyond_its_share_once() {
    let (log, limits) = (Log::default(), Limits { per_address: 1, head: DEADLINE, ..patience() });
    let writer = log.clone();
    let lines = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(lines.finish());
    let office = Office::new(limits, hello()).await;
    let mut first = office.connect(&office.tls(true, H1)).await;
    assert!(asks(&mut first).await);
    for _ in 0..3 {
        assert!(ends(office.connect(&office.tls(true, H1)).await).await);
    }
    let said = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("UTF-8");
    let warnings: Vec<_> = said.lines().filter(|line| line.contains("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{said}");
    for part in ["network=127.0.0.1", "raise max_connections_per_address"] {
        assert!(warnings[0].contains(part), "{part} is missing in {said}");
    }
    drop(first);
    office.close().await;
}
