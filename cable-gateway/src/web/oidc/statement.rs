//! `/statement_requests`: a service asks questions and gets the answers signed.

use axum::{Form, Json, extract::State, http::HeaderMap};
use gateway_api::login::AssuranceLevel;
use serde::Serialize;

use super::{Desk, Pairs, answer::Refused, path, token::waiting};
use crate::{
    oidc::{
        POLL_SECONDS, REQUEST_MS,
        attribute::{self, Attributes},
        client::Client,
        fault::{Code, Fault},
        parameters::Parameters,
        request::{self, Kind, NewRequest, Request},
    },
    signing_keys::{KeyError, KeyPurpose},
    statement::{self, FormError, Occasion},
    store::Sql,
};

/// The number, and what the service shows to get the statement.
#[derive(Serialize)]
pub(super) struct Opened {
    request_code: String,
    user_code: String,
    expires_in: i64,
    interval: i64,
}

/// The statement.
#[derive(Serialize)]
pub(super) struct Stated {
    statement: String,
}

impl From<FormError> for Fault {
    fn from(error: FormError) -> Self {
        Self::request(match error {
            FormError::Malformed => "form is no JSON of the documented shape within 8 KiB",
            FormError::Id => "ids in form are 1 to 64 of a-z 0-9 . - and come once",
            FormError::Count => "form has 1 to 5 questions with 2 to 5 choices each",
            FormError::Text => {
                "a text in form is empty, too long, not on one line, or has a letter that televisions lack"
            }
        })
    }
}

/// `POST /statement_requests`: opens a request for a statement.
pub(super) async fn open(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Result<Json<Opened>, Refused> {
    let parameters = Parameters::new(pairs)?;
    let client = desk.client(&headers, &parameters, path::STATEMENTS).await?;
    let new = check(&client, &parameters)?;
    let (now_ms, random) = (desk.app.now_ms(), desk.app.random.clone());
    let open = move |sql: &mut dyn Sql| request::open(sql, &client, &new, now_ms, &*random);
    let opened = desk.app.store.write(open).await?;
    Ok(Json(Opened {
        request_code: opened.holder,
        user_code: opened.user_code,
        expires_in: REQUEST_MS / 1000,
        interval: POLL_SECONDS,
    }))
}

fn check(client: &Client, parameters: &Parameters) -> Result<NewRequest, Fault> {
    let json = parameters.get("form").ok_or(Fault::request("form is missing"))?;
    let form = statement::read(json)?;
    if !client.statement_purposes.contains(&form.purpose) {
        let text = "this client may not ask for statements of that purpose";
        return Err(Fault::new(Code::UnauthorizedClient, text));
    }
    let wanted = parameters.get("acr_values").and_then(attribute::from_acr_values);
    let least = client.minimum_level.max(AssuranceLevel::L2);
    let reference = parameters.short("contract_ref", 100)?;
    Ok(NewRequest {
        kind: Kind::Statement,
        attributes: Attributes::new(),
        level: wanted.map_or(least, |wanted| wanted.max(least)),
        browser: None,
        nonce: None,
        form: Some((json.to_owned(), reference.map(str::to_owned))),
    })
}

/// `POST /statement_requests/answer`: the statement, once, or what to wait for.
pub(super) async fn answer(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Result<Json<Stated>, Refused> {
    let parameters = Parameters::new(pairs)?;
    let client = desk.client(&headers, &parameters, path::STATEMENT_ANSWER).await?;
    let secret = parameters.get("request_code").ok_or(Fault::request("request_code is missing"))?;
    let (secret, now_ms) = (secret.to_owned(), desk.app.now_ms());
    let at = desk.clone();
    let collect =
        move |sql: &mut dyn Sql| match waiting(sql, &client, Kind::Statement, &secret, now_ms)? {
            Ok(request) => state(sql, &at, &client, &request, now_ms),
            Err(fault) => Ok(Err(fault)),
        };
    let statement = desk.app.store.write::<_, KeyError, _>(collect).await??;
    Ok(Json(Stated { statement }))
}

fn state(
    sql: &mut dyn Sql,
    desk: &Desk,
    client: &Client,
    request: &Request,
    now_ms: i64,
) -> Result<Result<String, Fault>, KeyError> {
    let denied = Fault::new(Code::AccessDenied, "the person withdrew the consent");
    let Some(answer) = &request.answer else { return Ok(Err(denied)) };
    if !statement::is_allowed(sql, answer)? {
        return Ok(Err(denied));
    }
    let key = desk.app.signing_keys.signing(sql, KeyPurpose::Statement, now_ms)?;
    let occasion = Occasion { issuer: desk.provider.issuer(), now_ms };
    let random = &*desk.app.random;
    Ok(Ok(statement::issue(sql, occasion, client, request, answer, &key, random)?))
}
