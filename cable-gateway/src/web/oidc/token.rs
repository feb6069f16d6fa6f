//! `POST /token`: a code, or the number's secret, becomes tokens.

use axum::{Form, Json, extract::State, http::HeaderMap};
use serde::Serialize;

use super::{Desk, Pairs, answer::Refused, path};
use crate::{
    oidc::{
        PICK_UP_MS, POLL_SECONDS, TOKEN_MS, attribute,
        client::Client,
        fault::{Code, Fault},
        grant::{self, Issued, Shown},
        id_token,
        parameters::Parameters,
        request::{self, Kind, Request, Stage},
    },
    random::Random,
    signing_keys::KeyPurpose,
    store::{Sql, StoreError},
};

const BY_CODE: &str = "authorization_code";
const BY_NUMBER: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a service gets.
#[derive(Serialize)]
pub(super) struct Tokens {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    id_token: String,
    scope: String,
}

/// Issues tokens.
pub(super) async fn handler(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Result<Json<Tokens>, Refused> {
    let parameters = Parameters::new(pairs)?;
    let client = desk.client(&headers, &parameters, path::TOKEN).await?;
    let issued = match parameters.get("grant_type") {
        Some(BY_CODE) => by_code(&desk, client, &parameters).await?,
        Some(BY_NUMBER) => by_number(&desk, client, &parameters).await?,
        Some(_) => {
            let text = "grant_type must be authorization_code or device_code";
            return Err(Fault::new(Code::UnsupportedGrantType, text).into());
        }
        None => return Err(Fault::request("grant_type is missing").into()),
    };
    Ok(Json(tokens(&desk, issued).await?))
}

async fn tokens(desk: &Desk, issued: Issued) -> Result<Tokens, Fault> {
    let (keys, now_ms) = (desk.app.signing_keys.clone(), desk.app.now_ms());
    let find = move |sql: &mut dyn Sql| keys.signing(sql, KeyPurpose::IdToken, now_ms);
    let key = desk.app.store.read(find).await?;
    let scopes = attribute::to_text(&issued.grant.attributes);
    tracing::info!(client = issued.grant.client_id, "a person signed in to a service");
    Ok(Tokens {
        id_token: id_token::sign(&key, desk.provider.issuer(), &issued, now_ms),
        access_token: issued.access_token,
        token_type: "Bearer",
        expires_in: TOKEN_MS / 1000,
        scope: format!("openid {scopes}").trim_end().to_owned(),
    })
}

async fn by_code(desk: &Desk, client: Client, parameters: &Parameters) -> Result<Issued, Fault> {
    let text = |name, fault| parameters.get(name).map(str::to_owned).ok_or(Fault::request(fault));
    let code = text("code", "code is missing")?;
    let redirect_uri = text("redirect_uri", "redirect_uri is missing")?;
    let verifier = text("code_verifier", "code_verifier is missing")?;
    let (now_ms, random) = (desk.app.now_ms(), desk.app.random.clone());
    let redeem = move |sql: &mut dyn Sql| {
        let shown = Shown { code: &code, redirect_uri: &redirect_uri, verifier: &verifier };
        grant::redeem(sql, &client, &shown, now_ms, &*random)
    };
    desk.app.store.write::<_, StoreError, _>(redeem).await?
}

async fn by_number(desk: &Desk, client: Client, parameters: &Parameters) -> Result<Issued, Fault> {
    let secret = parameters.get("device_code").ok_or(Fault::request("device_code is missing"))?;
    let secret = secret.to_owned();
    let (now_ms, random) = (desk.app.now_ms(), desk.app.random.clone());
    let collect = move |sql: &mut dyn Sql| {
        let request = match waiting(sql, &client, Kind::Device, &secret, now_ms)? {
            Ok(request) => request,
            Err(fault) => return Ok(Err(fault)),
        };
        issue(sql, &client, &request, now_ms, &*random).map(Ok)
    };
    desk.app.store.write::<_, StoreError, _>(collect).await?
}

fn issue(
    sql: &mut dyn Sql,
    client: &Client,
    request: &Request,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Issued, StoreError> {
    let answer = request.answer.as_ref().ok_or(StoreError::Column { column: "person_id" })?;
    grant::issue_directly(sql, client, request, answer, now_ms, random)
}

/// The approved request that this client waits for, which is finished with it; or what a waiting
/// service is told (RFC 8628, 3.5).
pub(super) fn waiting(
    sql: &mut dyn Sql,
    client: &Client,
    kind: Kind,
    secret: &str,
    now_ms: i64,
) -> Result<Result<Request, Fault>, StoreError> {
    let request = request::by_holder(sql, secret)?;
    let fits = |request: &Request| request.kind == kind && request.client_id == client.client_id;
    let Some(request) = request.filter(fits) else {
        return Ok(Err(Fault::grant("no such request of this client")));
    };
    if request::polled(sql, &request.request_id, now_ms, POLL_SECONDS * 1000)? {
        return Ok(Err(Fault::new(Code::SlowDown, "ask every five seconds")));
    }
    let over = now_ms >= request.expires_at_ms;
    let fault = match request.stage {
        Stage::Finished => Fault::grant("the answer was fetched before"),
        Stage::Refused => Fault::new(Code::AccessDenied, "the person said no"),
        Stage::Approved if now_ms < request.expires_at_ms + PICK_UP_MS => {
            request::close(sql, &request.request_id)?;
            return Ok(Ok(request));
        }
        Stage::Waiting | Stage::Claimed if !over => {
            Fault::new(Code::AuthorizationPending, "the person has not answered yet")
        }
        _ => Fault::new(Code::ExpiredToken, "nobody answered in time"),
    };
    Ok(Err(fault))
}
