//! Signed statements for services: what a person answered on the television, and how sure it is
//! who answered.
//!
//! A statement names the person by the id of the service's sector alone. It holds no certificate,
//! serial number, issuer or reason of a revocation (invariant 5); what stands behind it stays here
//! as evidence under an id that the service holds. docs/statements.md shows its shape.

mod evidence;
mod form;

use std::collections::BTreeMap;

use gateway_api::service::{StatementAnswer, StatementForm};
use serde::Serialize;

pub use evidence::{Evidence, changed, find};
pub use form::{FormError, read};

use crate::{
    audit::{self, Viewer},
    encoding::{hex, sha256},
    jws::SigningKey,
    oidc::{
        attribute,
        client::Client,
        request::{Answer, Request},
        subject,
    },
    random::{self, Random},
    store::{Sql, StoreError},
    values,
};

/// `typ` of the header; an id token has another one.
pub const TYPE: &str = "hitokoe-statement+jwt";

/// The audit log's word for a statement.
const ACTION: &str = "statement-issued";

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    jti: &'a str,
    iat: i64,
    purpose: &'a str,
    form: FormReference<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contract_ref: Option<&'a str>,
    answers: BTreeMap<&'a str, &'a str>,
    assurance: Assurance,
    evidence_id: &'a str,
}

#[derive(Serialize)]
struct FormReference<'a> {
    id: &'a str,
    version: &'a str,
    /// Of the form as JSON, as the service sent it and the screen showed it.
    sha256: String,
}

/// How sure it is who answered.
#[derive(Serialize)]
struct Assurance {
    acr: &'static str,
    amr: &'static [&'static str],
    authenticated_at: i64,
    /// The certificate was genuine and within its time; anything else gives no session.
    certificate: &'static str,
    /// `good`, or why it was accepted in doubt: `stale`, `unknown`.
    revocation: &'static str,
    /// When the revocation data was made, seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation_source_at: Option<i64>,
}

/// Who states, and when.
#[derive(Debug, Clone, Copy)]
pub struct Occasion<'a> {
    /// This provider.
    pub issuer: &'a str,
    /// Now.
    pub now_ms: i64,
}

/// Signs the statement of an approved request and keeps the evidence behind it.
pub fn issue(
    sql: &mut dyn Sql,
    occasion: Occasion<'_>,
    client: &Client,
    request: &Request,
    answer: &Answer,
    key: &SigningKey,
    random: &dyn Random,
) -> Result<String, StoreError> {
    let lost = |column| StoreError::Column { column };
    let text = request.form.as_deref().ok_or(lost("form"))?;
    let answered = answer.answers.as_deref().ok_or(lost("answers"))?;
    let form: StatementForm = serde_json::from_str(text).map_err(|_| lost("form"))?;
    let answers: Vec<StatementAnswer> =
        serde_json::from_str(answered).map_err(|_| lost("answers"))?;
    let (evidence_id, jti) = (random::id(random), random::id(random));
    let sub = subject::of(sql, &client.sector, &answer.person_id, occasion.now_ms, random)?;
    let revocation = answer.standing.code();
    let claims = Claims {
        iss: occasion.issuer,
        aud: &client.client_id,
        sub: &sub,
        jti: &jti,
        iat: occasion.now_ms.div_euclid(1000),
        purpose: &form.purpose,
        form: FormReference {
            id: &form.form_id,
            version: &form.form_version,
            sha256: hex(&sha256(text.as_bytes())),
        },
        contract_ref: request.contract_ref.as_deref(),
        answers: answers.iter().map(|one| (&*one.question_id, &*one.code)).collect(),
        assurance: Assurance {
            acr: attribute::acr(answer.level),
            amr: attribute::amr(answer.level),
            authenticated_at: answer.authenticated_at_ms.div_euclid(1000),
            certificate: "valid",
            revocation,
            revocation_source_at: answer.standing.source_at_ms().map(|at| at.div_euclid(1000)),
        },
        evidence_id: &evidence_id,
    };
    let signed = key.sign(TYPE, &claims);
    let kept = evidence::Kept { evidence_id: &evidence_id, text, revocation, signed: &signed };
    evidence::keep(sql, &kept, client, request, answer, occasion.now_ms)?;
    note(sql, &kept, client, answer, occasion.now_ms)?;
    Ok(signed)
}

/// The audit log holds the statement's hash: evidence that was changed later does not fit it.
fn note(
    sql: &mut dyn Sql,
    kept: &evidence::Kept<'_>,
    client: &Client,
    answer: &Answer,
    now_ms: i64,
) -> Result<(), StoreError> {
    let viewer = Viewer {
        actor: format!("service:{}", client.client_id),
        office: client.name.clone(),
        purpose: evidence::reference(kept.evidence_id, kept.signed),
    };
    let person = [answer.person_id.clone()];
    audit::act(sql, &viewer, now_ms, ACTION, &person)
}

/// Whether the person still allows what was answered: a consent withdrawn since gives nothing.
pub fn is_allowed(sql: &mut dyn Sql, answer: &Answer) -> Result<bool, StoreError> {
    let query = "SELECT consent_id FROM service_consent \
                 WHERE consent_id = $1 AND withdrawn_at_ms IS NULL";
    Ok(sql.optional(query, values![&answer.consent_id])?.is_some())
}
