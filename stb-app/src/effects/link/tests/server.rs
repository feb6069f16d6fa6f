//! A gateway of a few lines: TLS with client certificates, HTTP/1.1, answers by script.

use std::{
    io,
    net::SocketAddr,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, CertifiedIssuer, IsCa,
    KeyPair,
};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};
use tokio_rustls::TlsAcceptor;

use crate::config::Gateway;

/// What the box asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Method and path.
    pub(super) line: String,
    /// Header lines in lower case.
    pub(super) headers: Vec<String>,
    pub(super) body: String,
    /// Whether the box showed a certificate.
    pub(super) known: bool,
    /// The certificate, DER; empty without one.
    pub(super) shown: Vec<u8>,
}

/// What the gateway answers.
pub(super) enum Answer {
    /// Status and JSON.
    Json(u16, String),
    /// The beginning of an event stream; then it stays open, or ends.
    Stream { events: String, stays_open: bool },
}

type Script = dyn Fn(&Asked) -> Answer + Send + Sync;

/// A running gateway.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    authority: Arc<Authority>,
    folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

/// The operator's test authority.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Ok(Self(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?))
    }

    /// Signs what the box asked for, as enrolment does.
    pub(super) fn device_certificate(&self, request_pem: &str) -> Result<String, rcgen::Error> {
        let request = CertificateSigningRequestParams::from_pem(request_pem)?;
        Ok(request.signed_by(&self.0)?.pem())
    }

    fn server(&self, years: (i32, i32)) -> Result<ServerConfig, Box<dyn std::error::Error>> {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()])?;
        params.not_before = rcgen::date_time_ymd(years.0, 1, 1);
        params.not_after = rcgen::date_time_ymd(years.1, 1, 1);
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.0)?;
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone())?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
                .allow_unauthenticated()
                .build()?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Ok(ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![certificate.der().clone()], key)?)
    }
}

impl Server {
    pub(super) fn start(
        script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        Self::start_valid((2_000, 2_100), Arc::new(Authority::new()?), script)
    }

    /// With a certificate that is valid in these years.
    pub(super) fn start_valid(
        years: (i32, i32),
        authority: Arc<Authority>,
        script: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let asked = Arc::new(Mutex::new(Vec::new()));
        let acceptor = TlsAcceptor::from(Arc::new(authority.server(years)?));
        let (script, log): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&asked));
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
                let log = Arc::clone(&log);
                tokio::spawn(async move {
                    let Ok(tls) = acceptor.accept(stream).await else { return };
                    // Ends with the connection, whichever side closes it.
                    let _ = converse(tls, &*script, &log).await;
                });
            }
        });
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("ca.pem"), authority.0.pem())?;
        Ok(Self { address, asked, authority, folder, _runtime: runtime })
    }

    pub(super) fn config(&self) -> Gateway {
        Gateway {
            url: format!("https://{}", self.address),
            ca_file: self.folder.path().join("ca.pem"),
            reconnect_base_ms: 10,
            reconnect_cap_ms: 40,
            silence_ms: 60_000,
            request_timeout_ms: 10_000,
            fetch_spread_ms: 0,
        }
    }

    pub(super) fn data_dir(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    pub(super) fn authority(&self) -> Arc<Authority> {
        Arc::clone(&self.authority)
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn converse(
    tls: tokio_rustls::server::TlsStream<tokio::net::TcpStream>,
    script: &Script,
    log: &Mutex<Vec<Asked>>,
) -> io::Result<()> {
    let certificates = tls.get_ref().1.peer_certificates();
    let shown = certificates.and_then(<[_]>::first).map_or(Vec::new(), |leaf| leaf.to_vec());
    let mut connection = BufReader::new(tls);
    loop {
        let asked = read(&mut connection, &shown).await?;
        let answer = script(&asked);
        log.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        match answer {
            Answer::Json(status, body) => {
                let head = format!(
                    "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\n\
                     content-length: {}\r\n\r\n{body}",
                    body.len()
                );
                connection.write_all(head.as_bytes()).await?;
                connection.flush().await?;
            }
            Answer::Stream { events, stays_open } => {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\
                            connection: close\r\n\r\n";
                connection.write_all(format!("{head}{events}").as_bytes()).await?;
                connection.flush().await?;
                if stays_open {
                    std::future::pending::<()>().await;
                }
                return connection.shutdown().await;
            }
        }
    }
}

async fn read<T: tokio::io::AsyncRead + Unpin>(
    connection: &mut BufReader<T>,
    shown: &[u8],
) -> io::Result<Asked> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if connection.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == "\r\n" {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let headers: Vec<_> = lines.iter().skip(1).map(|line| line.to_lowercase()).collect();
    let length =
        headers.iter().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    connection.read_exact(&mut body).await?;
    let line = lines.first().map_or("", |line| line.trim_end_matches(" HTTP/1.1")).to_owned();
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Asked { line, headers, body, known: !shown.is_empty(), shown: shown.to_vec() })
}
