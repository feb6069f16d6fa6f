//! Requests up: short, with a time limit, on connections of their own.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use gateway_api::{
    diagnosis::Diagnosis,
    enrolment::{CertificateRenewal, EnrolmentAnswer, EnrolmentRequest, RenewedCertificate},
    login::{CardTouch, LoginChallenge, LoginProof, LoginRequest, Session, SignatureProof},
    order::OrderList,
    path,
    problem::Problem,
    provisioning::Provisioning,
    report::Report,
    resident::AccessLog,
    status::{BoxStatus, StatusAnswer},
};
use reqwest::{Method, RequestBuilder, Response, header};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    identity::Identity,
    tls::{self, Http, TlsError},
};
use crate::{config::Gateway, effects::clock::Clock};

/// A town's provisioning has some hundred kilobytes.
const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A signed order has at most 1,150 bytes.
pub(super) const ORDER_BYTES_MAX: usize = 1_500;

const KEEP_ALIVE_INTERVAL: Duration = Duration::from_secs(30);
const KEEP_ALIVE_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The gateway said no.
    #[error("refused: {:?}: {}", .0.code, .0.detail)]
    Refused(Problem),
    /// No answer, or none that is the gateway's.
    #[error("not answered: {0}")]
    Unreachable(String),
}

/// The client for requests.
#[derive(Debug, Clone)]
pub(super) struct Requests {
    /// Another one once the certificate was renewed; clones share it.
    client: Arc<Mutex<reqwest::Client>>,
    url: String,
    clock: Clock,
}

impl Requests {
    pub(super) fn new(
        config: &Gateway,
        identity: Option<&Identity>,
        clock: Clock,
    ) -> Result<Self, TlsError> {
        let client = Arc::new(Mutex::new(build(config, identity, &clock)?));
        Ok(Self { client, url: config.url.trim_end_matches('/').to_owned(), clock })
    }

    /// A client that shows this identity.
    pub(super) fn client_as(
        &self,
        config: &Gateway,
        identity: &Identity,
    ) -> Result<reqwest::Client, TlsError> {
        build(config, Some(identity), &self.clock)
    }

    /// Every later request goes through this client.
    pub(super) fn use_client(&self, client: reqwest::Client) {
        *self.client() = client;
    }

    fn client(&self) -> MutexGuard<'_, reqwest::Client> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) async fn send_status(&self, status: &BoxStatus) -> Result<StatusAnswer, Failure> {
        self.post(path::STATUS, status).await
    }

    pub(super) async fn give_diagnosis(
        &self,
        request_id: uuid::Uuid,
        diagnosis: &Diagnosis,
    ) -> Result<(), Failure> {
        let path = path::DIAGNOSIS.replace("{request_id}", &request_id.to_string());
        self.send(self.request(Method::POST, &path).json(diagnosis)).await.map(drop)
    }

    pub(super) async fn refuse_diagnosis(&self, request_id: uuid::Uuid) -> Result<(), Failure> {
        let path = path::DIAGNOSIS_REFUSAL.replace("{request_id}", &request_id.to_string());
        self.send(self.request(Method::POST, &path)).await.map(drop)
    }

    pub(super) async fn renew(
        &self,
        request: &CertificateRenewal,
    ) -> Result<RenewedCertificate, Failure> {
        self.post(path::CERTIFICATE, request).await
    }

    pub(super) async fn enrol(
        &self,
        request: &EnrolmentRequest,
    ) -> Result<EnrolmentAnswer, Failure> {
        self.post(path::ENROLMENTS, request).await
    }

    pub(super) async fn open_login(
        &self,
        request: &LoginRequest,
    ) -> Result<LoginChallenge, Failure> {
        self.post(path::LOGINS, request).await
    }

    pub(super) async fn send_proof(
        &self,
        login_id: &str,
        proof: &LoginProof,
    ) -> Result<Session, Failure> {
        let path = path::LOGIN_PROOF.replace("{login_id}", &path_segment(login_id));
        self.post(&path, proof).await
    }

    pub(super) async fn send_signature(
        &self,
        login_id: &str,
        proof: &SignatureProof,
    ) -> Result<Session, Failure> {
        let path = path::LOGIN_SIGNATURE.replace("{login_id}", &path_segment(login_id));
        self.post(&path, proof).await
    }

    pub(super) async fn send_touch(&self, touch: &CardTouch) -> Result<Session, Failure> {
        self.post(path::CARD_TOUCHES, touch).await
    }

    pub(super) async fn access_log(&self, token: &str) -> Result<AccessLog, Failure> {
        let request = self.request(Method::GET, path::ACCESS_LOG).bearer_auth(token);
        parse(&self.send(request).await?)
    }

    pub(super) async fn close_session(&self, token: &str) -> Result<(), Failure> {
        let request = self.request(Method::DELETE, path::SESSION).bearer_auth(token);
        self.send(request).await.map(drop)
    }

    pub(super) async fn provisioning(&self) -> Result<Provisioning, Failure> {
        parse(&self.send(self.request(Method::GET, path::PROVISIONING)).await?)
    }

    pub(super) async fn orders(&self, after_sequence: u64) -> Result<Vec<Vec<u8>>, Failure> {
        let request =
            self.request(Method::GET, &format!("{}?after_sequence={after_sequence}", path::ORDERS));
        let list: OrderList = parse(&self.send(request).await?)?;
        let decoded = list.orders.iter().filter_map(|text| signed_bytes(text));
        Ok(decoded.collect())
    }

    pub(super) async fn send_report(&self, report: &Report) -> Result<(), Failure> {
        self.send(self.request(Method::POST, path::REPORTS).json(report)).await.map(drop)
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        parse(&self.send(self.request(Method::POST, path).json(body)).await?)
    }

    pub(super) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client().request(method, format!("{}{path}", self.url))
    }

    /// The body of a good answer.
    pub(super) async fn send(&self, request: RequestBuilder) -> Result<Vec<u8>, Failure> {
        let response = request.send().await.map_err(|error| {
            if tls::is_certificate_time(&error) {
                self.clock.certificate_time_failed();
            }
            unreachable(&error)
        })?;
        note_time(&response, &self.clock);
        let status = response.status();
        let body = body(response).await?;
        if status.is_success() {
            return Ok(body);
        }
        // Only the gateway's own words are a refusal; anything between here and there may fail too.
        Err(serde_json::from_slice(&body)
            .map_or_else(|_| Failure::Unreachable(format!("status {status}")), Failure::Refused))
    }
}

fn build(
    config: &Gateway,
    identity: Option<&Identity>,
    clock: &Clock,
) -> Result<reqwest::Client, TlsError> {
    // A connection kept warm saves the resident a handshake at the login.
    let client = tls::client(config, identity, clock, Http::Two)?
        .timeout(config.request_timeout())
        .pool_idle_timeout(None)
        .pool_max_idle_per_host(2)
        .http2_keep_alive_interval(KEEP_ALIVE_INTERVAL)
        .http2_keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .http2_keep_alive_while_idle(true)
        .build()?;
    Ok(client)
}

/// The gateway's time, when the answer carries it.
pub(super) fn note_time(response: &Response, clock: &Clock) {
    if let Some(date) = response.headers().get(header::DATE).and_then(|date| date.to_str().ok()) {
        clock.gateway_said(date);
    }
}

/// Bytes of an order or heartbeat as the wire carries them; none when they cannot be any.
pub(super) fn signed_bytes(text: &str) -> Option<Vec<u8>> {
    if text.len() > ORDER_BYTES_MAX * 2 {
        return None;
    }
    STANDARD.decode(text).ok().filter(|bytes| bytes.len() <= ORDER_BYTES_MAX)
}

async fn body(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
        if body.len() + chunk.len() > BODY_BYTES_MAX {
            return Err(Failure::Unreachable(format!("answer beyond {BODY_BYTES_MAX} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body)
        .map_err(|error| Failure::Unreachable(format!("answer unreadable: {error}")))
}

/// The whole chain of causes: the outermost one alone says only that sending failed.
pub(super) fn unreachable(error: &reqwest::Error) -> Failure {
    // The address would tell what somebody did here; the causes say what is wrong.
    let address = error.url().map(|url| format!(" for url ({url})"));
    let mut text = error.to_string().replace(address.as_deref().unwrap_or("\0"), "");
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    Failure::Unreachable(text)
}

/// An id from outside may not change the path.
pub(super) fn path_segment(id: &str) -> String {
    id.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_place_in_the_path() {
        assert_eq!(path_segment("0192-ab_C"), "0192-ab_C");
        assert_eq!(path_segment("../x?y#é"), "%2E%2E%2Fx%3Fy%23%C3%A9");
    }

    #[test]
    fn only_bytes_that_can_be_an_order_are_taken() {
        assert_eq!(signed_bytes(&STANDARD.encode([1, 2])), Some(vec![1, 2]));
        assert_eq!(signed_bytes("no base64!"), None);
        assert_eq!(signed_bytes(&STANDARD.encode([0; 1_501])), None);
        assert_eq!(signed_bytes(&"A".repeat(1_000_000)), None);
    }
}
