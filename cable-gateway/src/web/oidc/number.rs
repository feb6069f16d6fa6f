//! `POST /device_authorization`: a service shows the number itself (RFC 8628).

use axum::{Form, Json, extract::State, http::HeaderMap};
use serde::Serialize;

use super::{Desk, Pairs, answer::Refused, path};
use crate::{
    oidc::{
        POLL_SECONDS, REQUEST_MS, authorization,
        parameters::Parameters,
        request::{self, Kind, NewRequest, Opened},
    },
    store::Sql,
};

/// The number, and what the service shows to get the answer.
#[derive(Serialize)]
pub(super) struct Number {
    device_code: String,
    user_code: String,
    /// There is no page to go to: the number is typed on the television. The address tells how.
    verification_uri: String,
    expires_in: i64,
    interval: i64,
}

/// Opens a request without a browser.
pub(super) async fn handler(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Result<Json<Number>, Refused> {
    let parameters = Parameters::new(pairs)?;
    let client = desk.client(&headers, &parameters, path::NUMBER).await?;
    let (attributes, level) = authorization::check_wishes(&client, &parameters)?;
    let nonce = parameters.short("nonce", 255)?.map(str::to_owned);
    let new =
        NewRequest { kind: Kind::Device, attributes, level, browser: None, nonce, form: None };
    let (now_ms, random) = (desk.app.now_ms(), desk.app.random.clone());
    let open = move |sql: &mut dyn Sql| request::open(sql, &client, &new, now_ms, &*random);
    let opened = desk.app.store.write(open).await?;
    Ok(Json(number(&desk, opened)))
}

fn number(desk: &Desk, opened: Opened) -> Number {
    Number {
        device_code: opened.holder,
        user_code: opened.user_code,
        verification_uri: desk.provider.address(path::HELP),
        expires_in: REQUEST_MS / 1000,
        interval: POLL_SECONDS,
    }
}
