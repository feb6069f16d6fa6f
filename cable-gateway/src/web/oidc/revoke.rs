//! `POST /revoke`: a service gives an access token back (RFC 7009).

use axum::{
    Form,
    extract::State,
    http::{HeaderMap, StatusCode},
};

use super::{Desk, Pairs, answer::Refused, path};
use crate::{
    oidc::{fault::Fault, grant, parameters::Parameters},
    store::{Sql, StoreError},
};

/// Answers alike whether the token was known.
pub(super) async fn handler(
    State(desk): State<Desk>,
    headers: HeaderMap,
    Form(pairs): Form<Pairs>,
) -> Result<StatusCode, Refused> {
    let parameters = Parameters::new(pairs)?;
    let client = desk.client(&headers, &parameters, path::REVOKE).await?;
    let token = parameters.get("token").ok_or(Fault::request("token is missing"))?.to_owned();
    let now_ms = desk.app.now_ms();
    let revoke =
        move |sql: &mut dyn Sql| grant::revoke_token(sql, &client.client_id, &token, now_ms);
    desk.app.store.write::<_, StoreError, _>(revoke).await?;
    Ok(StatusCode::OK)
}
