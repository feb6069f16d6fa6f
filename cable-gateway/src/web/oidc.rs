//! The provider's addresses for services and for the browsers that they send.
//!
//! Services prove who they are by a signed assertion in every request; browsers hold a cookie for
//! one request at a time. Nothing here knows a certificate.

mod answer;
mod authorize;
mod discovery;
mod logout;
mod number;
mod page;
mod revoke;
mod statement;
mod token;
mod userinfo;
mod waiting;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderMap, StatusCode, header},
    middleware,
    routing::{get, post},
};
use tower_http::timeout::TimeoutLayer;

use crate::{
    oidc::{
        Provider, assertion,
        client::Client,
        fault::{Code, Fault},
        parameters::Parameters,
    },
    state::AppState,
};

/// Largest body of a request.
const BODY_LIMIT: usize = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(30);

/// Paths, so that discovery and routes spell them once.
mod path {
    pub(super) const DISCOVERY: &str = "/.well-known/openid-configuration";
    pub(super) const JWKS: &str = "/jwks";
    pub(super) const AUTHORIZE: &str = "/authorize";
    pub(super) const WAITING: &str = "/authorize/{request_id}";
    pub(super) const PROGRESS: &str = "/authorize/{request_id}/progress";
    pub(super) const CANCEL: &str = "/authorize/{request_id}/cancel";
    pub(super) const NUMBER: &str = "/device_authorization";
    pub(super) const TOKEN: &str = "/token";
    pub(super) const USERINFO: &str = "/userinfo";
    pub(super) const REVOKE: &str = "/revoke";
    pub(super) const LOGOUT: &str = "/logout";
    pub(super) const STATEMENTS: &str = "/statement_requests";
    pub(super) const STATEMENT_ANSWER: &str = "/statement_requests/answer";
    pub(super) const HELP: &str = "/help";
}

/// What the handlers share.
#[derive(Clone)]
struct Desk {
    app: AppState,
    provider: Arc<Provider>,
}

/// The provider's routes, where the operator runs one.
pub fn router(app: AppState) -> Option<Router> {
    let provider = app.provider.clone()?;
    let router = Router::new()
        .route(path::DISCOVERY, get(discovery::configuration))
        .route(path::JWKS, get(discovery::keys))
        .route(path::AUTHORIZE, get(authorize::by_query).post(authorize::by_form))
        .route(path::WAITING, get(waiting::show))
        .route(path::PROGRESS, get(waiting::progress))
        .route(path::CANCEL, post(waiting::cancel))
        .route(path::NUMBER, post(number::handler))
        .route(path::TOKEN, post(token::handler))
        .route(path::USERINFO, get(userinfo::handler).post(userinfo::handler))
        .route(path::REVOKE, post(revoke::handler))
        .route(path::LOGOUT, get(logout::by_query).post(logout::by_form))
        .route(path::STATEMENTS, post(statement::open))
        .route(path::STATEMENT_ANSWER, post(statement::answer))
        .route(path::HELP, get(page::help))
        .route("/static/sign-in.css", get(page::style))
        .route("/static/sign-in.js", get(page::script))
        .fallback(page::nothing_here)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(middleware::from_fn(page::secure))
        .with_state(Desk { app, provider });
    Some(router)
}

/// Pairs of a form or a query.
type Pairs = Vec<(String, String)>;

impl Desk {
    /// The client that sent a request to one of the services' addresses.
    async fn client(
        &self,
        headers: &HeaderMap,
        parameters: &Parameters,
        address: &str,
    ) -> Result<Client, Fault> {
        if headers.contains_key(header::AUTHORIZATION) {
            return Err(Fault::client(
                "send client_assertion in the body, no Authorization header",
            ));
        }
        let address = self.provider.address(address);
        let audiences = [self.provider.issuer(), address.as_str()];
        let now_ms = self.app.now_ms();
        let client =
            assertion::authenticate(&self.app.store, parameters, audiences, now_ms).await?;
        if self.provider.calls.allow(&client.client_id, now_ms) {
            Ok(client)
        } else {
            Err(Fault::new(Code::TemporarilyUnavailable, "too many requests, wait a minute"))
        }
    }
}
