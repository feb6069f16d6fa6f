//! `/logout`: a person leaves a service (OpenID Connect RP-Initiated Logout 1.0).
//!
//! There is no session at the provider to end: what was granted at the sign-in named by the id
//! token stops counting, and the browser goes back to a registered address, or stays here.

use axum::{
    Form,
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{Desk, Pairs, page};
use crate::{
    oidc::{
        authorization::ReturnAddress, client, fault::Fault, grant, id_token, parameters::Parameters,
    },
    store::{Sql, StoreError},
};

/// The request in the address.
pub(super) async fn by_query(
    State(desk): State<Desk>,
    query: Result<Query<Pairs>, QueryRejection>,
) -> Response {
    match query {
        Ok(Query(pairs)) => leave(&desk, pairs).await,
        Err(_) => page::refusal(StatusCode::BAD_REQUEST),
    }
}

/// The request in a form.
pub(super) async fn by_form(State(desk): State<Desk>, Form(pairs): Form<Pairs>) -> Response {
    leave(&desk, pairs).await
}

async fn leave(desk: &Desk, pairs: Pairs) -> Response {
    match end(desk, pairs).await {
        Ok(Some(address)) => Redirect::to(&address).into_response(),
        Ok(None) => page::left(),
        Err(fault) => page::refusal(super::answer::status(fault.code)),
    }
}

/// Ends the sign-in of the id token; gives the address to go to, if it is registered.
async fn end(desk: &Desk, pairs: Pairs) -> Result<Option<String>, Fault> {
    let parameters = Parameters::new(pairs)?;
    let text = |name| parameters.get(name).map(str::to_owned);
    let (hint, wanted) = (text("id_token_hint"), text("post_logout_redirect_uri"));
    let named = text("client_id");
    let state = parameters.short("state", 255)?.map(str::to_owned);
    let (issuer, now_ms) = (desk.provider.issuer().to_owned(), desk.app.now_ms());
    let Some(hint) = hint else { return Ok(None) };
    let work = move |sql: &mut dyn Sql| {
        let Some(hint) = id_token::read_hint(sql, &issuer, &hint)? else { return Ok(None) };
        if named.is_some_and(|named| named != hint.aud) {
            return Ok(None);
        }
        grant::end(sql, &hint.aud, &hint.sid, now_ms)?;
        let client = client::active(sql, &hint.aud)?;
        let registered = client.map(|client| client.post_logout_redirect_uris).unwrap_or_default();
        Ok(wanted.filter(|wanted| registered.contains(wanted)))
    };
    let address = desk.app.store.write::<_, StoreError, _>(work).await?;
    Ok(address.map(|address| ReturnAddress { redirect_uri: address, state }.alone()))
}
