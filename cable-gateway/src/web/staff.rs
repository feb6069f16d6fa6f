//! The staff console: server-rendered Japanese pages that work without JavaScript.
//!
//! Every handler takes the person it serves as a typed argument ([`context::Officer`] or
//! [`context::Nurse`]); there is no way to a page without one. Every change comes as a
//! [`context::Posted`] form, which has passed the origin and the token check.

mod assets;
mod board;
mod cards;
mod check_ins;
mod context;
mod drafts;
mod fault;
mod fleet;
mod headers;
mod order_end;
mod order_form;
mod order_page;
mod order_view;
mod overview;
mod page;
mod pages;
mod picture;
mod preview;
mod remote_keys;
mod resident;
mod sign_in;
mod standing;
mod wording;

use std::time::Duration;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::{self, Next},
    response::Response,
    routing::{get, post},
};

use tower_http::timeout::TimeoutLayer;

use super::body_limit;
use crate::{
    staff::{credential::PasswordHashing, seal::Seal},
    state::AppState,
};

/// Largest form in bytes; a full order form is about 4 KB.
const FORM_LIMIT: usize = 64 * 1024;
/// A request that takes longer is a client that does not send what it announced.
const TIMEOUT: Duration = Duration::from_mins(1);

/// What the console's handlers share.
#[derive(Clone)]
pub struct Console {
    app: AppState,
    hashing: PasswordHashing,
    seal: Seal,
    secure_cookie: bool,
    roll: check_ins::KnownRoll,
}

impl Console {
    /// A console on this gateway. `secure_cookie` when browsers reach it over TLS.
    pub fn new(app: AppState, hashing: PasswordHashing, seal: Seal, secure_cookie: bool) -> Self {
        let roll = check_ins::KnownRoll::default();
        Self { app, hashing, seal, secure_cookie, roll }
    }

    fn now_ms(&self) -> i64 {
        self.app.now_ms()
    }
}

/// The console's routes.
pub fn router(console: Console) -> Router {
    Router::new()
        .merge(officer_routes())
        .merge(nurse_routes())
        .merge(cards::routes())
        .merge(fleet::routes())
        .route("/", get(sign_in::home))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/sign-out", post(sign_in::sign_out))
        .fallback(fault::nothing_here)
        .layer(DefaultBodyLimit::max(FORM_LIMIT))
        .layer(middleware::from_fn(limit_form))
        .layer(middleware::from_fn(headers::guard))
        .route("/static/{*path}", get(assets::serve))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, TIMEOUT))
        .layer(middleware::from_fn(fault::told))
        .layer(middleware::from_fn(headers::secure))
        .with_state(console)
}

async fn limit_form(request: Request, next: Next) -> Response {
    match body_limit::exceeds(request, FORM_LIMIT).await {
        Ok(request) => next.run(request).await,
        Err(body_limit::TooLarge) => fault::Fault::TooLarge.page(),
    }
}

fn officer_routes() -> Router<Console> {
    Router::new()
        .route("/orders", get(overview::show).post(order_page::submit))
        .route("/orders/new", get(order_page::new))
        .route("/orders/preview", post(preview::refresh))
        .route("/orders/{order}", get(board::show))
        .route("/orders/{order}/board", get(board::refresh))
        .route("/orders/{order}/help/{home}", post(board::settle_help))
        .route("/orders/{order}/update", get(order_page::update).post(order_page::submit_update))
        .route("/orders/{order}/end", get(order_end::show).post(order_end::submit))
        .route("/drafts/{draft}", get(drafts::show))
        .route("/drafts/{draft}/issue", post(drafts::issue))
        .route("/drafts/{draft}/emergency", post(drafts::emergency))
        .route("/drafts/{draft}/reject", post(drafts::reject))
        .route("/drafts/{draft}/withdraw", post(drafts::withdraw))
}

fn nurse_routes() -> Router<Console> {
    Router::new()
        .route("/check-ins", get(check_ins::show))
        .route("/residents/{person}", get(resident::show))
        .route("/residents/{person}/keys", post(remote_keys::of_resident))
}

#[cfg(test)]
mod tests;
