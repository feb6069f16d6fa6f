//! `/authorize`: a service sends a person's browser here.

use axum::{
    Form,
    extract::{ConnectInfo, Query, State, rejection::QueryRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};

use super::{Desk, Pairs, page, waiting};
use crate::{
    oidc::{
        authorization::{self, ReturnAddress},
        client::{self, Client},
        fault::{Code, Fault},
        parameters::Parameters,
        request::{self, Kind, NewRequest, Opened},
    },
    store::{Sql, StoreError},
    tls::Peer,
};

/// The request in the address.
pub(super) async fn by_query(
    State(desk): State<Desk>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    query: Result<Query<Pairs>, QueryRejection>,
) -> Response {
    match query {
        Ok(Query(pairs)) => authorize(&desk, &peer, pairs).await,
        Err(_) => page::refusal(StatusCode::BAD_REQUEST),
    }
}

/// The request in a form.
pub(super) async fn by_form(
    State(desk): State<Desk>,
    ConnectInfo(peer): ConnectInfo<Peer>,
    Form(pairs): Form<Pairs>,
) -> Response {
    authorize(&desk, &peer, pairs).await
}

/// A fault before client and address are known is shown here, and goes nowhere else.
async fn authorize(desk: &Desk, peer: &Peer, pairs: Pairs) -> Response {
    let known = match Parameters::new(pairs) {
        Ok(parameters) => known(desk, &parameters).await.map(|known| (parameters, known)),
        Err(fault) => Err(fault),
    };
    let (parameters, (client, back)) = match known {
        Ok(known) => known,
        Err(fault) => {
            tracing::info!(reason = fault.description, "an authorization request was refused");
            return page::refusal(super::answer::status(fault.code));
        }
    };
    match open(desk, peer, &client, &parameters, back.clone()).await {
        Ok(opened) => to_waiting_page(&opened),
        Err(fault) => Redirect::to(&back.refused(desk.provider.issuer(), fault)).into_response(),
    }
}

async fn known(desk: &Desk, parameters: &Parameters) -> Result<(Client, ReturnAddress), Fault> {
    let client_id = parameters.get("client_id").ok_or(Fault::request("client_id is missing"))?;
    let client_id = client_id.to_owned();
    let find = move |sql: &mut dyn Sql| client::active(sql, &client_id);
    let client = desk.app.store.read::<_, StoreError, _>(find).await?;
    let client = client.ok_or(Fault::request("no such client"))?;
    let back = ReturnAddress::find(&client, parameters)?;
    Ok((client, back))
}

async fn open(
    desk: &Desk,
    peer: &Peer,
    client: &Client,
    parameters: &Parameters,
    back: ReturnAddress,
) -> Result<Opened, Fault> {
    let asked = authorization::check(client, parameters)?;
    let (now_ms, random) = (desk.app.now_ms(), desk.app.random.clone());
    let who = format!("{} {}", client.client_id, peer.address.ip());
    if !desk.provider.openings.allow(&who, now_ms) {
        return Err(Fault::new(Code::TemporarilyUnavailable, "too many requests, wait a minute"));
    }
    let new = NewRequest {
        kind: Kind::Code,
        attributes: asked.attributes.clone(),
        level: asked.level,
        browser: Some((back, asked)),
        nonce: None,
        form: None,
    };
    let client = client.clone();
    let open = move |sql: &mut dyn Sql| request::open(sql, &client, &new, now_ms, &*random);
    desk.app.store.write(open).await
}

/// The browser gets a cookie for this one request, so that nobody who only knows its address can
/// take the answer.
fn to_waiting_page(opened: &Opened) -> Response {
    let path = waiting::address(&opened.request_id);
    let cookie = waiting::cookie(&opened.request_id, &opened.holder);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&path)).into_response()
}
