//! The operator's pages: every box and how it is, one box and its end, images, letters for new homes.
//!
//! Whoever looks here is the operator's support. No query behind these pages reads a person.

mod diagnosis;
mod letters;
mod list;
mod one;
mod rollouts;
mod words;

use axum::{
    Router,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use super::{
    Console,
    context::{Duty, Person, viewer},
};
use crate::{audit::Viewer, staff::Role};

/// Somebody of the operator's support at work.
#[derive(Debug, Clone)]
struct Operator(Person);

impl Duty for Operator {
    fn take_up(person: Person) -> Option<Self> {
        (person.member.role == Role::FleetOperator).then_some(Self(person))
    }

    fn person(&self) -> &Person {
        &self.0
    }
}

impl Operator {
    /// For the audit log.
    fn viewer(&self, purpose: &str) -> Viewer {
        viewer(&self.0, purpose)
    }
}

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/fleet", get(list::show))
        .route("/fleet.csv", get(list::export))
        .route("/fleet/boxes/{device}", get(one::show))
        .route("/fleet/boxes/{device}/revoke", get(one::ask).post(one::revoke))
        .route("/fleet/boxes/{device}/letter", post(one::draw_code))
        .route("/fleet/boxes/{device}/keys", post(one::choose_keys))
        .route("/fleet/boxes/{device}/diagnosis", post(diagnosis::ask))
        .route("/fleet/boxes/{device}/diagnosis.json", get(diagnosis::download))
        .route("/fleet/letters", get(letters::show).post(letters::draw))
        .route("/fleet/updates", get(rollouts::show))
        .route("/fleet/updates/{version}/withdraw", get(rollouts::ask).post(rollouts::withdraw))
        .route("/fleet/updates/{version}/roll-out", post(rollouts::widen))
        .route("/fleet/updates/{version}/pause", post(rollouts::pause))
        .route("/fleet/updates/{version}/resume", post(rollouts::resume))
}

/// A table to be saved under this name.
fn table(text: String, name: &'static str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    (headers, text).into_response()
}
