//! The registry clerk's pages: cards that wait for the town's word, cards to ask about, lost cards.
//!
//! Certificates, serial numbers and reasons never come here (invariant 5); every name that is shown
//! was written down as a look (invariant 8).

mod concerns;
mod lost;
mod proposals;

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::{get, post},
};

use super::{
    Console,
    context::{Duty, Person, viewer},
    fault::Fault,
    page::FieldError,
    wording,
};
use crate::{audit::Viewer, staff::Role, store::check_in::Identity};

/// A clerk of the town's registry at work.
#[derive(Debug, Clone)]
struct Clerk(Person);

impl Duty for Clerk {
    fn take_up(person: Person) -> Option<Self> {
        (person.member.role == Role::RegistryClerk).then_some(Self(person))
    }

    fn person(&self) -> &Person {
        &self.0
    }
}

impl Clerk {
    /// For the audit log.
    fn viewer(&self, purpose: &str) -> Viewer {
        viewer(&self.0, purpose)
    }
}

pub(super) fn routes() -> Router<Console> {
    Router::new()
        .route("/cards", get(proposals::list))
        .route("/cards/proposals/{link}", get(proposals::show).post(proposals::decide))
        .route("/cards/concerns", get(concerns::list))
        .route("/cards/concerns/{link}", get(concerns::show).post(concerns::settle))
        .route("/cards/lost", get(lost::ask).post(lost::search))
        .route("/cards/lost/code", post(lost::stop_by_code))
        .route("/cards/lost/{person}", get(lost::show).post(lost::stop))
}

/// How a clerk made sure: word in the form and the audit log, what it means, and what was done.
type Way = (&'static str, &'static str, &'static str);

/// The page once more, with this question, when the form does not say how the clerk made sure.
async fn ask_again<P>(
    ways: &[Way],
    way: &str,
    question: &str,
    page: impl FnOnce(Vec<FieldError>) -> P,
) -> Result<Option<Response>, Fault>
where
    P: Future<Output = Result<Response, Fault>>,
{
    if ways.iter().any(|(word, ..)| *word == way) {
        return Ok(None);
    }
    let page = page(vec![FieldError::new("way", question)]).await?;
    Ok(Some((StatusCode::UNPROCESSABLE_ENTITY, page).into_response()))
}

/// In place of the area: it fits a person who moved and one who died.
const NO_HOME: &str = "住民データに登録なし";

/// Somebody as these pages show them.
struct PersonView {
    id: String,
    name: String,
    kana: String,
    born: String,
    area: String,
}

impl PersonView {
    fn of(identity: &Identity, now_ms: i64) -> Self {
        Self {
            id: identity.person_id.clone(),
            name: wording::name(&identity.name),
            kana: identity.kana.clone(),
            born: wording::born(identity.born_on.as_deref(), now_ms),
            area: identity.area_name.clone().unwrap_or_else(|| NO_HOME.to_owned()),
        }
    }
}
