//! What stands behind a statement; it never leaves the verifier.

use crate::{
    oidc::{
        client::Client,
        request::{Answer, Request},
    },
    session::level_number,
    store::{Sql, StoreError},
    values,
};

/// Parts of a statement that evidence keeps.
pub(super) struct Kept<'a> {
    pub(super) evidence_id: &'a str,
    pub(super) text: &'a str,
    pub(super) answered: &'a str,
    pub(super) revocation: &'static str,
    pub(super) hash: [u8; 32],
}

/// Evidence as an operator looks it up for a service that asks about a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Who got the statement.
    pub client_id: String,
    /// When, Unix milliseconds.
    pub stated_at_ms: i64,
    /// When the card was used, Unix milliseconds.
    pub authenticated_at_ms: i64,
    /// Number of the level.
    pub level: i64,
    /// The form that was shown, JSON.
    pub form: String,
    /// What was answered, JSON.
    pub answers: String,
    /// `good` or `unchecked`.
    pub revocation: String,
    /// SHA-256 of the statement.
    pub statement_sha256: Vec<u8>,
}

pub(super) fn keep(
    sql: &mut dyn Sql,
    kept: &Kept<'_>,
    client: &Client,
    request: &Request,
    answer: &Answer,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO evidence (evidence_id, client_id, person_id, consent_id, device_id, \
         session_id, level, authenticated_at_ms, stated_at_ms, form, answers, contract_ref, \
         revocation, statement_sha256) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        values![
            kept.evidence_id,
            &client.client_id,
            &answer.person_id,
            &answer.consent_id,
            &answer.device_id,
            &answer.session_id,
            level_number(answer.level),
            answer.authenticated_at_ms,
            now_ms,
            kept.text,
            kept.answered,
            request.contract_ref.as_ref(),
            kept.revocation,
            &kept.hash
        ],
    )?;
    Ok(())
}

/// The evidence with this id.
pub fn find(sql: &mut dyn Sql, evidence_id: &str) -> Result<Option<Evidence>, StoreError> {
    let query = "SELECT * FROM evidence WHERE evidence_id = $1";
    let Some(row) = sql.optional(query, values![evidence_id])? else { return Ok(None) };
    Ok(Some(Evidence {
        client_id: row.get("client_id")?,
        stated_at_ms: row.get("stated_at_ms")?,
        authenticated_at_ms: row.get("authenticated_at_ms")?,
        level: row.get("level")?,
        form: row.get("form")?,
        answers: row.get("answers")?,
        revocation: row.get("revocation")?,
        statement_sha256: row.get("statement_sha256")?,
    }))
}
