//! The agency's line: lists and OCSP over HTTP, on loopback.
//!
//! `GET /lists` names every list and what it covers, `GET /lists/NAME` is one, `POST /ocsp` answers
//! one question. The register is read anew for each question, so an event reported meanwhile counts.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path as UrlPath, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Serialize;
use tokio::net::TcpListener;

use super::{Agency, AgencyError, authorities, list_file, register::Register};
use crate::ca::{
    Ca, TestHierarchy,
    status_answer::{OcspDraft, OcspRequest, Responder, unsuccessful},
};

/// Most bytes of a question.
const QUESTION_LEN_MAX: usize = 16 * 1024;
/// How often the server looks whether a publication is due.
const DUE_INTERVAL: Duration = Duration::from_mins(1);
const MALFORMED_REQUEST: u8 = 1;
const INTERNAL_ERROR: u8 = 2;
const UNAUTHORIZED: u8 = 6;

/// One list, as `GET /lists` names it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ListEntry {
    /// Address below the server's root.
    path: String,
    /// Key id of the CA generation, hexadecimal.
    issuer_key_id: String,
    /// Names of the distribution point, each a GeneralName in base64.
    names: Vec<String>,
}

struct Desk {
    folder: PathBuf,
    authorities: Vec<(Ca, Responder)>,
    clock: fn() -> i64,
}

/// Serves until the process ends; `ready` gets the address.
pub async fn serve(
    folder: &Path,
    listen: SocketAddr,
    clock: fn() -> i64,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), AgencyError> {
    let desk = Arc::new(Desk::open(folder, clock)?);
    let listener = TcpListener::bind(listen).await.map_err(super::file_error(folder))?;
    let address = listener.local_addr().map_err(super::file_error(folder))?;
    let router = Router::new()
        .route("/lists", get(index))
        .route("/lists/{name}", get(list))
        .route("/ocsp", post(ocsp))
        .layer(DefaultBodyLimit::max(QUESTION_LEN_MAX))
        .with_state(Arc::clone(&desk));
    tokio::spawn(publish_daily(desk));
    ready(address);
    axum::serve(listener, router).await.map_err(super::file_error(folder))
}

impl Desk {
    fn open(folder: &Path, clock: fn() -> i64) -> Result<Self, AgencyError> {
        let mut agency = Agency::open(folder)?;
        agency.publish_if_due(clock())?;
        let key = agency.register.responder_key()?;
        let mut desks = Vec::new();
        for (_, _, ca) in authorities(&agency.hierarchy) {
            let responder = agency.hierarchy.responder(&ca, key.clone(), clock())?;
            desks.push((ca, responder));
        }
        agency.save()?;
        Ok(Self { folder: folder.to_owned(), authorities: desks, clock })
    }

    fn answer(&self, question: &[u8]) -> Result<Vec<u8>, AgencyError> {
        let Some(request) = OcspRequest::parse(question) else {
            return Ok(unsuccessful(MALFORMED_REQUEST));
        };
        let Some((ca, responder)) = self.authorities.iter().find(|(ca, _)| request.is_for(ca))
        else {
            return Ok(unsuccessful(UNAUTHORIZED));
        };
        let state = Register::load(&self.folder)?.state(&ca.key_id, &request.serial);
        let draft = OcspDraft::answering(&request, state, (self.clock)());
        Ok(draft.sign(responder)?)
    }

    fn lists(&self) -> Result<Vec<ListEntry>, AgencyError> {
        let hierarchy = TestHierarchy::load(&self.folder)?;
        let towns = Register::load(&self.folder)?.towns();
        let mut entries = Vec::new();
        for (name, purpose, ca) in authorities(&hierarchy) {
            for town in &towns {
                let names = ca.partition(purpose, town)?;
                entries.push(ListEntry {
                    path: format!("/lists/{}", list_file(&name, town)),
                    issuer_key_id: hexadecimal(&ca.key_id),
                    names: names.iter().map(|name| STANDARD.encode(name.as_der())).collect(),
                });
            }
        }
        Ok(entries)
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xF]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

async fn publish_daily(desk: Arc<Desk>) {
    let mut due = tokio::time::interval(DUE_INTERVAL);
    loop {
        due.tick().await;
        let desk = Arc::clone(&desk);
        let published = tokio::task::spawn_blocking(move || {
            Agency::open(&desk.folder)?.publish_if_due((desk.clock)())
        });
        match published.await {
            Ok(Ok(true)) => tracing::info!("the lists of the day are published"),
            Ok(Ok(false)) => {}
            Ok(Err(error)) => tracing::error!(%error, "the lists cannot be published"),
            Err(error) => tracing::error!(%error, "publishing broke off"),
        }
    }
}

async fn index(State(desk): State<Arc<Desk>>) -> Response {
    match blocking(move || desk.lists()).await {
        Ok(entries) => Json(entries).into_response(),
        Err(status) => status.into_response(),
    }
}

async fn list(State(desk): State<Arc<Desk>>, UrlPath(name): UrlPath<String>) -> Response {
    let is_plain = Path::new(&name).extension().is_some_and(|ending| ending == "crl")
        && !name.contains(['/', '\\'])
        && !name.contains("..");
    if !is_plain {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read(desk.folder.join("lists").join(name)).await {
        Ok(der) => ([(header::CONTENT_TYPE, "application/pkix-crl")], der).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn ocsp(State(desk): State<Arc<Desk>>, question: Bytes) -> Response {
    let answer = blocking(move || desk.answer(&question)).await;
    let answer = answer.unwrap_or_else(|_| unsuccessful(INTERNAL_ERROR));
    ([(header::CONTENT_TYPE, "application/ocsp-response")], answer).into_response()
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AgencyError> + Send + 'static,
) -> Result<T, StatusCode> {
    let done = tokio::task::spawn_blocking(work).await;
    match done {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            tracing::error!(%error, "a request cannot be answered");
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        }
        Err(error) => {
            tracing::error!(%error, "a request broke off");
            Err(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}
