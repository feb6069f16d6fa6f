//! A box as the gateway sees it: real TLS, real HTTP, one connection for each request.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Method, Request, Response, StatusCode, header},
};
use futures_util::StreamExt as _;
use gateway_api::{
    Problem, ProblemCode,
    enrolment::{EnrolmentAnswer, EnrolmentRequest},
    login::{
        CardTouch, LoginChallenge, LoginProof, LoginRequest, SIGNATURE_DOCUMENT, Session,
        SignatureProof,
    },
    path,
    report::{Report, ReportContent},
};
use hyper_util::rt::TokioIo;
use jpki::tbs::{DocumentTbs, LoginParts, LoginTbs};
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject as _};
use serde::{Serialize, de::DeserializeOwned};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use uuid::Uuid;

use super::TestCard;
use crate::encoding::{base64, from_base64};

/// A stream that is silent for longer is broken: heartbeats come every second.
const DEADLINE: Duration = Duration::from_secs(30);

/// One box.
#[derive(Clone)]
pub(crate) struct BoxClient {
    address: SocketAddr,
    roots: Arc<RootCertStore>,
    tls: Arc<ClientConfig>,
    /// What the gateway answered to the enrolment.
    pub(crate) enrolment: Option<EnrolmentAnswer>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub(crate) fn ok<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{}", String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).expect("the promised shape")
    }

    #[track_caller]
    pub(crate) fn refused(&self, code: ProblemCode) {
        let problem: Problem = serde_json::from_slice(&self.body).expect("a problem");
        assert_eq!(problem.code, code, "{} {}", self.status, problem.detail);
        assert!(self.status.is_client_error(), "{}", self.status);
    }

    #[track_caller]
    pub(crate) fn done(&self) {
        assert_eq!(self.status, StatusCode::NO_CONTENT, "{}", String::from_utf8_lossy(&self.body));
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.body
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

impl BoxClient {
    pub(super) fn new(address: SocketAddr, server_ca: &Path) -> Self {
        let mut roots = RootCertStore::empty();
        let pem = std::fs::read(server_ca).expect("the server's authority");
        roots.add(CertificateDer::from_pem_slice(&pem).expect("PEM")).expect("an authority");
        let roots = Arc::new(roots);
        let tls = Arc::new(client_builder(&roots).with_no_client_auth());
        Self { address, roots, tls, enrolment: None }
    }

    /// Draws a key and exchanges the code for a certificate.
    pub(crate) async fn enrol(&mut self, code: &str) {
        let key = rcgen::KeyPair::generate().expect("a key");
        let answer: EnrolmentAnswer = self.try_enrol(code, &key).await.ok();
        self.take_identity(&answer, &key);
    }

    pub(crate) async fn try_enrol(&self, code: &str, key: &rcgen::KeyPair) -> Answer {
        let params = rcgen::CertificateParams::new(["ignored".to_owned()]).expect("a name");
        let request = params.serialize_request(key).expect("a request").pem().expect("PEM");
        let body = EnrolmentRequest { code: code.to_owned(), certificate_request_pem: request };
        self.post(path::ENROLMENTS, &body).await
    }

    pub(crate) fn take_identity(&mut self, answer: &EnrolmentAnswer, key: &rcgen::KeyPair) {
        let pem = answer.certificate_chain_pem.as_bytes();
        let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
        let key = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS#8");
        let tls = client_builder(&self.roots)
            .with_client_auth_cert(chain.expect("PEM"), key)
            .expect("certificate and key belong together");
        self.tls = Arc::new(tls);
        self.enrolment = Some(answer.clone());
    }

    pub(crate) fn device_id(&self) -> &str {
        &self.enrolment.as_ref().expect("enrolled").device_id
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, Body::empty()).await
    }

    /// A part of what is there.
    pub(crate) async fn get_range(&self, path: &str, range: &str) -> Answer {
        let request = Request::builder()
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::RANGE, range)
            .body(Body::empty());
        answer(self.exchange(request.expect("a request")).await).await
    }

    /// Whether the gateway ends the connection because of this certificate.
    pub(crate) async fn is_refused(&self) -> bool {
        let stream = TcpStream::connect(self.address).await.expect("the gateway listens");
        let name = ServerName::try_from("localhost").expect("a name");
        let Ok(stream) = TlsConnector::from(self.tls.clone()).connect(name, stream).await else {
            return true;
        };
        // With TLS 1.3 the client learns it with the first answer.
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.expect("HTTP");
        tokio::spawn(connection);
        let request = Request::builder().uri(path::PROVISIONING).header(header::HOST, "localhost");
        sender.send_request(request.body(Body::empty()).expect("a request")).await.is_err()
    }

    pub(crate) async fn get_as(&self, path: &str, token: &str) -> Answer {
        self.send(Method::GET, path, Some(token), Body::empty()).await
    }

    pub(crate) async fn delete_as(&self, path: &str, token: &str) -> Answer {
        self.send(Method::DELETE, path, Some(token), Body::empty()).await
    }

    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Answer {
        let json = serde_json::to_vec(body).expect("serialises");
        self.send(Method::POST, path, None, Body::from(json)).await
    }

    pub(crate) async fn post_as(&self, path: &str, token: &str, body: &impl Serialize) -> Answer {
        let json = serde_json::to_vec(body).expect("serialises");
        self.send(Method::POST, path, Some(token), Body::from(json)).await
    }

    pub(crate) async fn post_raw(&self, path: &str, body: &str) -> Answer {
        self.send(Method::POST, path, None, Body::from(body.to_owned())).await
    }

    async fn send(&self, method: Method, path: &str, token: Option<&str>, body: Body) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        answer(self.exchange(request.body(body).expect("a request")).await).await
    }

    async fn exchange(&self, request: Request<Body>) -> Response<Body> {
        let stream = TcpStream::connect(self.address).await.expect("the gateway listens");
        let name = ServerName::try_from("localhost").expect("a name");
        let stream = TlsConnector::from(self.tls.clone()).connect(name, stream).await;
        let io = TokioIo::new(stream.expect("the handshake succeeds"));
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(io).await.expect("HTTP");
        tokio::spawn(connection);
        sender.send_request(request).await.expect("an answer").map(Body::new)
    }

    /// Opens the event stream.
    pub(crate) async fn events(&self, last_event_id: Option<u64>) -> Events {
        let mut request = Request::builder().uri(path::EVENTS).header(header::HOST, "localhost");
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let response = self.exchange(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(response.status(), StatusCode::OK);
        let kind = response.headers().get(header::CONTENT_TYPE).expect("a content type");
        assert_eq!(kind, "text/event-stream");
        Events { body: response.into_body().into_data_stream(), text: String::new() }
    }

    pub(crate) async fn challenge(&self) -> LoginChallenge {
        self.challenge_for("town-services").await
    }

    pub(crate) async fn challenge_for(&self, relying_party: &str) -> LoginChallenge {
        let relying_party = relying_party.to_owned();
        let request = LoginRequest { relying_party, purpose: "login".to_owned() };
        self.post(path::LOGINS, &request).await.ok()
    }

    /// Signs a challenge as this box would.
    pub(crate) fn sign(&self, card: &TestCard, challenge: &LoginChallenge) -> LoginProof {
        self.sign_for(card, challenge, "town-services")
    }

    pub(crate) fn sign_for(
        &self,
        card: &TestCard,
        challenge: &LoginChallenge,
        relying_party: &str,
    ) -> LoginProof {
        self.sign_as(card, challenge, relying_party, "login")
    }

    pub(crate) fn sign_as(
        &self,
        card: &TestCard,
        challenge: &LoginChallenge,
        relying_party: &str,
        purpose: &str,
    ) -> LoginProof {
        let tbs = LoginTbs::new(self.parts(challenge, relying_party, purpose));
        let signature = card.sign(tbs.expect("no separator").digest());
        LoginProof { certificate: base64(&card.certificate()), signature: base64(&signature) }
    }

    /// Opens a login and answers it with the card's signature certificate.
    pub(crate) async fn sign_session(
        &self,
        card: &TestCard,
        relying_party: &str,
        purpose: &str,
    ) -> Answer {
        let request =
            LoginRequest { relying_party: relying_party.to_owned(), purpose: purpose.to_owned() };
        let challenge: LoginChallenge = self.post(path::LOGINS, &request).await.ok();
        let proof = self.signature(card, &challenge, relying_party, purpose);
        self.post(&path::LOGIN_SIGNATURE.replace("{login_id}", &challenge.login_id), &proof).await
    }

    /// What the card's signature certificate says to a challenge.
    pub(crate) fn signature(
        &self,
        card: &TestCard,
        challenge: &LoginChallenge,
        relying_party: &str,
        purpose: &str,
    ) -> SignatureProof {
        let parts = self.parts(challenge, relying_party, purpose);
        let tbs = DocumentTbs::new(parts, SIGNATURE_DOCUMENT).expect("no separator");
        let (certificate, signature) = card.sign_document(&tbs.bytes());
        SignatureProof {
            certificate: base64(&certificate),
            signature: base64(&signature),
            consent_version: "2026-11".to_owned(),
        }
    }

    fn parts<'a>(
        &'a self,
        challenge: &LoginChallenge,
        relying_party: &'a str,
        purpose: &'a str,
    ) -> LoginParts<'a> {
        let nonce = from_base64(&challenge.nonce, 32).expect("base64");
        LoginParts {
            gateway_id: &self.enrolment.as_ref().expect("enrolled").gateway_id,
            relying_party,
            purpose,
            device_id: self.device_id(),
            nonce: nonce.try_into().expect("32 bytes"),
            issued_at_ms: challenge.issued_at_ms.unsigned_abs(),
        }
    }

    /// Opens a session by a card that signs this service and this purpose.
    pub(crate) async fn sign_in_for(
        &self,
        card: &TestCard,
        relying_party: &str,
        purpose: &str,
    ) -> Session {
        let request =
            LoginRequest { relying_party: relying_party.to_owned(), purpose: purpose.to_owned() };
        let challenge: LoginChallenge = self.post(path::LOGINS, &request).await.ok();
        let proof = self.sign_as(card, &challenge, relying_party, purpose);
        self.prove(&challenge, &proof).await.ok()
    }

    pub(crate) async fn prove(&self, challenge: &LoginChallenge, proof: &LoginProof) -> Answer {
        self.post(&path::LOGIN_PROOF.replace("{login_id}", &challenge.login_id), proof).await
    }

    pub(crate) async fn touch(&self, card: &TestCard) -> Session {
        self.post(path::CARD_TOUCHES, &CardTouch { certificate: base64(&card.certificate()) })
            .await
            .ok()
    }

    /// A session of level L2: card and PIN.
    pub(crate) async fn log_in(&self, card: &TestCard) -> Session {
        let challenge = self.challenge().await;
        let proof = self.sign(card, &challenge);
        self.prove(&challenge, &proof).await.ok()
    }

    pub(crate) async fn report(&self, report: &Report) -> Answer {
        self.post(path::REPORTS, report).await
    }
}

/// A report of something that happened now.
pub(crate) fn report(happened_at_ms: i64, content: ReportContent) -> Report {
    Report { report_id: Uuid::now_v7(), happened_at_ms, clock_trusted: true, content }
}

async fn answer(response: Response<Body>) -> Answer {
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.expect("a whole answer");
    Answer { status: head.status, body: body.to_vec() }
}

fn client_builder(
    roots: &Arc<RootCertStore>,
) -> rustls::ConfigBuilder<ClientConfig, rustls::client::WantsClientCert> {
    ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("default versions")
        .with_root_certificates(roots.clone())
}

/// An open event stream.
pub(crate) struct Events {
    body: axum::body::BodyDataStream,
    text: String,
}

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) id: Option<u64>,
    pub(crate) name: String,
    pub(crate) data: String,
}

impl Events {
    /// The next event; none when the stream ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let event = parse(block);
                self.text = rest.to_owned();
                if event.is_some() {
                    return event;
                }
                continue;
            }
            let bytes = tokio::time::timeout(DEADLINE, self.body.next()).await;
            let bytes = bytes.expect("something comes before the deadline")?.ok()?;
            self.text.push_str(std::str::from_utf8(&bytes).expect("UTF-8"));
        }
    }

    /// The next order's number and bytes.
    pub(crate) async fn next_order(&mut self) -> (u64, Vec<u8>) {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if event.name == "order" {
                let bytes = from_base64(&event.data, 2_000).expect("base64");
                return (event.id.expect("orders carry an id"), bytes);
            }
        }
    }

    /// Whether the stream has ended, after whatever was still under way.
    pub(crate) async fn ends(&mut self) -> bool {
        while self.next().await.is_some() {}
        true
    }
}

fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim_start().to_owned())
    };
    Some(Event {
        name: field("event:")?,
        data: field("data:")?,
        id: field("id:").and_then(|id| id.parse().ok()),
    })
}
