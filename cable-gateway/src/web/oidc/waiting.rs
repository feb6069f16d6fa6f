//! The page that shows the number and waits for the answer on the television.

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::json;

use super::{Desk, page};
use crate::{
    oidc::{
        PICK_UP_MS,
        client::{self, Client},
        fault::{Code, Fault},
        grant,
        request::{self, Kind, Request, Stage},
    },
    random::Random,
    store::{Sql, StoreError},
};

/// Where a browser is with its request.
enum Progress {
    /// Still waiting; the page is shown.
    Waits(Box<Request>, Box<Client>),
    /// Away to the service.
    Goes(String),
    /// Unknown here, or already over.
    Over,
}

/// Path of the page.
pub(super) fn address(request_id: &str) -> String {
    super::path::WAITING.replace("{request_id}", request_id)
}

/// The cookie that makes a browser the one that waits.
pub(super) fn cookie(request_id: &str, holder: &str) -> String {
    let path = address(request_id);
    format!(
        "{}={holder}; Path={path}; Max-Age=600; HttpOnly; Secure; SameSite=Lax",
        cookie_name(request_id)
    )
}

fn cookie_name(request_id: &str) -> String {
    format!("__Secure-hitokoe-{request_id}")
}

/// `GET /authorize/{request_id}`: the page, or the way back to the service.
pub(super) async fn show(
    State(desk): State<Desk>,
    Path(request_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    match look(&desk, &request_id, &headers, true).await {
        Ok(Progress::Waits(request, client)) => page::waiting(&request, &client),
        Ok(Progress::Goes(address)) => Redirect::to(&address).into_response(),
        Ok(Progress::Over) => page::over(),
        Err(_) => page::refusal(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// `GET /authorize/{request_id}/progress`: whether the page has something new.
pub(super) async fn progress(
    State(desk): State<Desk>,
    Path(request_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let stage = match look(&desk, &request_id, &headers, false).await {
        Ok(Progress::Waits(request, _)) if request.stage == Stage::Waiting => "waiting",
        Ok(Progress::Waits(request, _)) if request.stage == Stage::Claimed => "claimed",
        Ok(_) => "answered",
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    Json(json!({ "stage": stage })).into_response()
}

/// `POST /authorize/{request_id}/cancel`: the person goes back without an answer.
pub(super) async fn cancel(
    State(desk): State<Desk>,
    Path(request_id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(holder) = holder(&headers, &request_id) else { return page::over() };
    let id = request_id.clone();
    let end = move |sql: &mut dyn Sql| match request::by_holder(sql, &holder)? {
        Some(request) if request.request_id == id => request::cancel(sql, &id),
        _ => Ok(()),
    };
    match desk.app.store.write::<_, StoreError, _>(end).await {
        Ok(()) => Redirect::to(&address(&request_id)).into_response(),
        Err(_) => page::refusal(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn look(
    desk: &Desk,
    request_id: &str,
    headers: &HeaderMap,
    take: bool,
) -> Result<Progress, Fault> {
    let Some(holder) = holder(headers, request_id) else { return Ok(Progress::Over) };
    let (now_ms, random) = (desk.app.now_ms(), desk.app.random.clone());
    let (issuer, id) = (desk.provider.issuer().to_owned(), request_id.to_owned());
    let work = move |sql: &mut dyn Sql| {
        let found = request::by_holder(sql, &holder)?;
        let Some(request) = found.filter(|request| request.request_id == id) else {
            return Ok(Progress::Over);
        };
        let Some(client) = client::active(sql, &request.client_id)? else {
            return Ok(Progress::Over);
        };
        if take {
            move_on(sql, request, client, &issuer, now_ms, &*random)
        } else {
            Ok(waits(request, client, now_ms))
        }
    };
    desk.app.store.write::<_, StoreError, _>(work).await.map_err(Into::into)
}

fn waits(request: Request, client: Client, now_ms: i64) -> Progress {
    let open = matches!(request.stage, Stage::Waiting | Stage::Claimed);
    if open && request.expires_at_ms > now_ms {
        Progress::Waits(Box::new(request), Box::new(client))
    } else {
        Progress::Over
    }
}

/// The way back, once: with a code after a yes, with a refusal after a no or in the end.
fn move_on(
    sql: &mut dyn Sql,
    request: Request,
    client: Client,
    issuer: &str,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Progress, StoreError> {
    let Some(back) = request.back.clone().filter(|_| request.kind == Kind::Code) else {
        return Ok(Progress::Over);
    };
    let late = now_ms >= request.expires_at_ms + PICK_UP_MS;
    let denied = |text| back.refused(issuer, Fault::new(Code::AccessDenied, text));
    let address = match (&request.stage, &request.answer) {
        (Stage::Finished, _) => return Ok(Progress::Over),
        (Stage::Waiting | Stage::Claimed, _) if request.expires_at_ms > now_ms => {
            return Ok(Progress::Waits(Box::new(request), Box::new(client)));
        }
        (Stage::Approved, Some(answer)) if !late => {
            let code = grant::draw_code(sql, &client, &request, answer, now_ms, random)?;
            back.with(issuer, &[("code", &code)])
        }
        (Stage::Refused, _) => denied("the person said no"),
        _ => denied("nobody answered in time"),
    };
    request::close(sql, &request.request_id)?;
    Ok(Progress::Goes(address))
}

/// What the browser's cookie for this request holds.
fn holder(headers: &HeaderMap, request_id: &str) -> Option<String> {
    let name = cookie_name(request_id);
    let cookies = headers.get_all(header::COOKIE).into_iter();
    let mut pairs =
        cookies.filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';'));
    let value = pairs.find_map(|pair| pair.trim().strip_prefix(&name)?.strip_prefix('='))?;
    (value.len() <= 100).then(|| value.to_owned())
}
