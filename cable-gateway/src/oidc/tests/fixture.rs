//! A library that lets people sign in, its visitor's browser, and a television with a card.

use std::{net::SocketAddr, path::Path, sync::Arc};

use axum::{
    body::Body,
    http::{Method, Request, Response, StatusCode, header},
};
use gateway_api::{
    login::{AssuranceLevel, Session},
    path,
    service::{ServiceApproval, ServiceRequest, ServiceRequestLookup},
};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::{
    encoding::{query_value, sha256},
    jws::{SigningKey, base64url},
    oidc::{
        attribute,
        client::{self, Client},
    },
    store::StoreError,
    testing::{BoxClient, TestGateway},
};

pub(super) const ISSUER: &str = "https://id.minami.example";
pub(super) const CALLBACK: &str = "https://library.example/callback";
/// What the code challenge of [`Town::query`] is made of.
pub(super) const VERIFIER: &str = "a-verifier-of-the-library-with-enough-characters";

const CONFIG: &str = r#"
[oidc]
issuer = "https://id.minami.example"
listen = "127.0.0.1:0"
certificate = "keys/server.cert.pem"
private_key = "keys/server.key.pem"
"#;

/// A gateway with a registered library and a television at the first home.
pub(super) struct Town {
    pub(super) gateway: TestGateway,
    pub(super) tv: BoxClient,
    pub(super) web: Web,
    pub(super) library: Service,
}

/// A service with its key.
pub(super) struct Service {
    pub(super) client_id: String,
    pub(super) key: SigningKey,
}

impl Town {
    pub(super) async fn new() -> Self {
        let gateway = TestGateway::start_with(CONFIG).await;
        let tv = gateway.home_box().await;
        let (address, ca) = gateway.services();
        let web = Web::new(address, &ca);
        let library = register(&gateway, "library", "library.example").await;
        Self { gateway, tv, web, library }
    }

    pub(super) fn now(&self) -> i64 {
        self.gateway.state.now_ms() / 1000
    }

    /// Another service of another or the same sector.
    pub(super) async fn service(&self, client_id: &str, sector: &str) -> Service {
        register(&self.gateway, client_id, sector).await
    }

    /// A service for which a touched card is enough.
    pub(super) async fn simple_service(&self) -> Service {
        register_with(&self.gateway, "kiosk", "kiosk.example", AssuranceLevel::L1, "").await
    }

    /// A correct authorization request, with some parameters replaced, added, or removed by an
    /// empty value.
    pub(super) fn query(&self, changes: &[(&str, &str)]) -> String {
        Self::query_of(&self.library, changes)
    }

    pub(super) fn query_of(service: &Service, changes: &[(&str, &str)]) -> String {
        let challenge = base64url(&sha256(VERIFIER.as_bytes()));
        let usual = [
            ("response_type", "code"),
            ("client_id", service.client_id.as_str()),
            ("redirect_uri", CALLBACK),
            ("scope", "openid name"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        let kept = usual.iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
        let pairs: Vec<_> = kept.chain(changes).filter(|(_, value)| !value.is_empty()).collect();
        form(&pairs)
    }

    /// Opens a request in a browser.
    pub(super) async fn open(&self, query: &str) -> Visit {
        let answer = self.web.get(&format!("/authorize?{query}"), &[]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let cookie = answer.header("set-cookie");
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        Visit { path: answer.header("location"), cookie }
    }

    /// The number on the page of a visit.
    pub(super) async fn number(&self, visit: &Visit) -> String {
        let page = self.web.get(&visit.path, &[("cookie", &visit.cookie)]).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let code = page.body.split_once("class=\"code\"").expect("a number").1;
        let code = code.split_once("</p>").expect("its end").0;
        let text = code.split('>').filter_map(|part| part.split('<').next());
        text.flat_map(str::chars).filter(char::is_ascii_digit).collect()
    }

    pub(super) async fn claim(&self, number: &str) -> ServiceRequest {
        let lookup = ServiceRequestLookup { user_code: number.to_owned() };
        self.tv.post(path::SERVICE_REQUESTS, &lookup).await.ok()
    }

    /// Hana's card signs the request, and she says yes.
    pub(super) async fn approve(&self, request: &ServiceRequest) {
        let session = self.session_for(request).await;
        let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
        self.tv.post_as(&at, &session.token, &ServiceApproval::default()).await.done();
    }

    pub(super) async fn session_for(&self, request: &ServiceRequest) -> Session {
        let (party, purpose) = (&request.login_relying_party, &request.login_purpose);
        self.tv.sign_in_for(&self.gateway.hana, party, purpose).await
    }

    /// Hana, signed in for the town's own services.
    pub(super) async fn at_the_television(&self) -> Session {
        self.tv.sign_in_for(&self.gateway.hana, "town-services", "login").await
    }

    /// Where the browser of a visit goes after the answer.
    pub(super) async fn way_back(&self, visit: &Visit) -> String {
        let answer = self.web.get(&visit.path, &[("cookie", &visit.cookie)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        answer.header("location")
    }

    /// From the visit to the code.
    pub(super) async fn code(&self, query: &str) -> String {
        let visit = self.open(query).await;
        let request = self.claim(&self.number(&visit).await).await;
        self.approve(&request).await;
        parameter(&self.way_back(&visit).await, "code").expect("a code")
    }

    /// A token request by code, with some parameters replaced.
    pub(super) async fn redeem(&self, code: &str, changes: &[(&str, &str)]) -> Answer {
        self.redeem_as(&self.library, code, changes).await
    }

    pub(super) async fn redeem_as(
        &self,
        service: &Service,
        code: &str,
        changes: &[(&str, &str)],
    ) -> Answer {
        let usual = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        let kept = usual.iter().filter(|(name, _)| changes.iter().all(|(other, _)| other != name));
        let pairs: Vec<_> = kept.chain(changes).copied().collect();
        self.post_as(service, "/token", &pairs).await
    }

    /// A request of a service with a fresh assertion.
    pub(super) async fn post_as(
        &self,
        service: &Service,
        path: &str,
        pairs: &[(&str, &str)],
    ) -> Answer {
        let assertion = service.assertion(self.now(), &json!({}));
        self.post_with(path, &assertion, pairs).await
    }

    pub(super) async fn post_with(
        &self,
        path: &str,
        assertion: &str,
        pairs: &[(&str, &str)],
    ) -> Answer {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let mut all = vec![("client_assertion_type", kind), ("client_assertion", assertion)];
        all.extend(pairs);
        self.web.post(path, &form(&all.iter().collect::<Vec<_>>()), &[]).await
    }

    pub(super) async fn userinfo(&self, token: &str) -> Answer {
        self.web.get("/userinfo", &[("authorization", &format!("Bearer {token}"))]).await
    }
}

impl Service {
    /// An assertion with some claims replaced; `null` removes one.
    pub(super) fn assertion(&self, now: i64, changes: &Value) -> String {
        let jti = SigningKey::generate().expect("drawn").0.kid().to_owned();
        let mut claims = json!({
            "iss": self.client_id, "sub": self.client_id, "aud": ISSUER,
            "iat": now, "exp": now + 60, "jti": jti,
        });
        for (name, value) in changes.as_object().expect("an object") {
            claims[name.as_str()] = value.clone();
        }
        claims.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
        self.key.sign("JWT", &claims)
    }
}

/// A browser that waits.
pub(super) struct Visit {
    pub(super) path: String,
    pub(super) cookie: String,
}

async fn register(gateway: &TestGateway, client_id: &str, sector: &str) -> Service {
    register_with(gateway, client_id, sector, AssuranceLevel::L2, "name municipality").await
}

async fn register_with(
    gateway: &TestGateway,
    client_id: &str,
    sector: &str,
    minimum_level: AssuranceLevel,
    attributes: &str,
) -> Service {
    let key = SigningKey::generate().expect("drawn").0;
    let client = Client {
        client_id: client_id.to_owned(),
        name: "町立図書館".to_owned(),
        kana: "チョウリツトショカン".to_owned(),
        purpose: "本の予約のため".to_owned(),
        sector: sector.to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
        post_logout_redirect_uris: vec!["https://library.example/bye".to_owned()],
        attributes: attribute::from_scope(attributes),
        statement_purposes: vec!["living-status-confirmation".to_owned()],
        minimum_level,
        keys: vec![key.public().to_jwk(key.kid())],
    };
    let now_ms = gateway.state.now_ms();
    gateway
        .write(move |sql| {
            client::register(sql, &client, now_ms)
                .map_err(|error| StoreError::Engine(error.to_string()))
        })
        .await;
    Service { client_id: client_id.to_owned(), key }
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: header::HeaderMap,
    pub(super) body: String,
}

impl Answer {
    #[track_caller]
    pub(super) fn header(&self, name: &str) -> String {
        let value = self.headers.get(name).expect("the header is there");
        value.to_str().expect("text").to_owned()
    }

    pub(super) fn goes_nowhere(&self) -> bool {
        self.status.is_client_error() && !self.headers.contains_key(header::LOCATION)
    }

    #[track_caller]
    pub(super) fn json(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        serde_json::from_str(&self.body).expect("JSON")
    }

    #[track_caller]
    pub(super) fn refused(&self, error: &str) {
        assert!(self.status.is_client_error(), "{} {}", self.status, self.body);
        let body: Value = serde_json::from_str(&self.body).expect("JSON");
        assert_eq!(body["error"], error, "{}", self.body);
        assert_eq!(self.header("cache-control"), "no-store");
    }
}

/// Browsers and services: TLS to the real listener, whatever the address says.
#[derive(Clone)]
pub(super) struct Web {
    address: SocketAddr,
    tls: Arc<ClientConfig>,
}

impl Web {
    fn new(address: SocketAddr, server_ca: &Path) -> Self {
        let mut roots = RootCertStore::empty();
        let pem = std::fs::read(server_ca).expect("the server's authority");
        roots.add(CertificateDer::from_pem_slice(&pem).expect("PEM")).expect("an authority");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("default versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self { address, tls: Arc::new(tls) }
    }

    pub(super) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(Method::GET, path, headers, Vec::new()).await
    }

    pub(super) async fn post(&self, path: &str, form: &str, headers: &[(&str, &str)]) -> Answer {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        let headers: Vec<_> = headers.iter().copied().chain([kind]).collect();
        self.send(Method::POST, path, &headers, form.as_bytes().to_vec()).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::HOST, "id.minami.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.exchange(request.body(body).expect("a request")).await;
        let (head, body) = response.into_parts();
        let body = String::from_utf8(body).expect("UTF-8");
        Answer { status: head.status, headers: head.headers, body }
    }

    /// One request on a connection of its own.
    pub(super) async fn exchange(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        let stream = TcpStream::connect(self.address).await.expect("the gateway listens");
        let name = ServerName::try_from("localhost").expect("a name");
        let stream = TlsConnector::from(self.tls.clone()).connect(name, stream).await;
        let io = TokioIo::new(stream.expect("the handshake succeeds"));
        let (mut sender, connection) =
            hyper::client::conn::http1::handshake(io).await.expect("HTTP");
        tokio::spawn(connection);
        let answer = sender.send_request(request.map(Body::from)).await.expect("an answer");
        let (head, body) = answer.into_parts();
        let body = axum::body::to_bytes(Body::new(body), 1 << 20).await.expect("a whole answer");
        Response::from_parts(head, body.to_vec())
    }
}

/// Claims of a token, as anybody can read them.
pub(super) fn claims_of(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a payload");
    let bytes = crate::jws::from_base64url(payload, 4096).expect("base64url");
    serde_json::from_slice(&bytes).expect("JSON")
}

/// The value of a parameter in an address.
pub(super) fn parameter(address: &str, name: &str) -> Option<String> {
    let query = address.split_once('?')?.1;
    let pair = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    pair.map(unescaped)
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        if let (b'%', [high, low, after @ ..]) = (first, more) {
            let digits = [*high, *low];
            let digits = std::str::from_utf8(&digits).expect("ASCII");
            bytes.push(u8::from_str_radix(digits, 16).expect("an escape"));
            rest = after;
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

fn form(pairs: &[&(&str, &str)]) -> String {
    let pairs =
        pairs.iter().map(|(name, value)| format!("{}={}", query_value(name), query_value(value)));
    pairs.collect::<Vec<_>>().join("&")
}
