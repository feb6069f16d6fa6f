//! Yes and no, said at the box that took the request.

use gateway_api::{
    login::AssuranceLevel,
    service::{ConsentKind, StatementAnswer, StatementForm},
};

use super::{Kind, Request, login_purpose, request};
use crate::{
    device::Device,
    oidc::{
        client::{self, Client},
        consent::{self, Given},
    },
    random::Random,
    session::{self, SessionRecord, level_number},
    store::{Sql, StoreError},
    values,
};

/// An answer does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Unknown, over, answered, or taken by another box.
    #[error("no request waits for an answer of this box under this id")]
    Unknown,
    /// The session was not opened for this request, or its level is too low.
    #[error("the session was not opened for this request, or its level is too low")]
    SessionRefused,
    /// Not one answer of the offered ones for each question.
    #[error("every question needs one of its own answers, and nothing else")]
    Answers,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The person says yes. The session ends with it: it was for this one answer.
pub(crate) fn approve(
    sql: &mut dyn Sql,
    device: &Device,
    request_id: &str,
    session: &SessionRecord,
    answers: &[StatementAnswer],
    now_ms: i64,
    random: &dyn Random,
) -> Result<(), AnswerError> {
    let query = "SELECT * FROM service_request WHERE request_id = $1 AND device_id = $2 \
                 AND stage = 'claimed' AND expires_at_ms > $3";
    let row = sql.optional(query, values![request_id, &device.device_id, now_ms])?;
    let row = row.ok_or(AnswerError::Unknown)?;
    let (request, claimed_at_ms) = (request(&row)?, row.get::<i64>("claimed_at_ms")?);
    let client = client::active(sql, &request.client_id)?.ok_or(AnswerError::Unknown)?;
    if !counts(session, &request, &client, claimed_at_ms) {
        return Err(AnswerError::SessionRefused);
    }
    let answers = checked(&request, answers)?;
    let given = Given {
        person_id: &session.person_id,
        client: &client,
        kind: consent_kind(&request),
        attributes: &request.attributes,
        device_id: &device.device_id,
        level: session.level,
        now_ms,
    };
    let consent_id = consent::give(sql, &given, random)?;
    sql.execute(
        "UPDATE service_request SET stage = 'approved', person_id = $2, session_id = $3, \
         reached_level = $4, authenticated_at_ms = $5, consent_id = $6, answers = $7, \
         revocation = $8, revocation_source_at_ms = $9 WHERE request_id = $1",
        values![
            request_id,
            &session.person_id,
            &session.session_id,
            level_number(session.level),
            session.created_at_ms,
            consent_id,
            answers,
            session.standing.code(),
            session.standing.source_at_ms()
        ],
    )?;
    Ok(session::end(sql, &session.session_id, now_ms)?)
}

/// The person says no; needs no card, because it gives nothing away.
pub fn refuse(
    sql: &mut dyn Sql,
    device: &Device,
    request_id: &str,
    now_ms: i64,
) -> Result<(), AnswerError> {
    let query = "UPDATE service_request SET stage = 'refused' WHERE request_id = $1 \
                 AND device_id = $2 AND stage = 'claimed' AND expires_at_ms > $3";
    let refused = sql.execute(query, values![request_id, &device.device_id, now_ms])?;
    if refused == 1 { Ok(()) } else { Err(AnswerError::Unknown) }
}

/// A session counts when the card signed this very request. Where a touch is enough nothing is
/// signed; then the touch must have come after the question was on the screen.
fn counts(session: &SessionRecord, request: &Request, client: &Client, claimed_at_ms: i64) -> bool {
    if session.level < request.level {
        return false;
    }
    if session.level == AssuranceLevel::L1 {
        return session.created_at_ms >= claimed_at_ms;
    }
    session.relying_party.as_deref() == Some(&client.relying_party())
        && session.purpose.as_deref() == Some(&login_purpose(&request.request_id))
}

fn consent_kind(request: &Request) -> ConsentKind {
    if request.kind == Kind::Statement { ConsentKind::Statement } else { ConsentKind::SignIn }
}

fn checked(request: &Request, answers: &[StatementAnswer]) -> Result<Option<String>, AnswerError> {
    let Some(form) = &request.form else {
        return if answers.is_empty() { Ok(None) } else { Err(AnswerError::Answers) };
    };
    let form: StatementForm =
        serde_json::from_str(form).map_err(|_| StoreError::Column { column: "form" })?;
    let fits = form.questions.len() == answers.len()
        && form.questions.iter().zip(answers).all(|(question, answer)| {
            question.question_id == answer.question_id
                && question.choices.iter().any(|choice| choice.code == answer.code)
        });
    let json = serde_json::to_string(answers).expect("answers have text members");
    if fits { Ok(Some(json)) } else { Err(AnswerError::Answers) }
}
