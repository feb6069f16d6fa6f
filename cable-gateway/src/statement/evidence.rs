//! What stands behind a statement; it never leaves the verifier.

use std::collections::HashSet;

use serde::Deserialize;

use super::{ACTION, TYPE};
use crate::{
    encoding::{hex, sha256},
    jws::Unverified,
    oidc::{
        client::Client,
        request::{Answer, Request},
    },
    session::level_number,
    signing_keys::KeyRing,
    store::{Row, Sql, StoreError},
    values,
};

/// Parts of a statement that evidence keeps.
pub(super) struct Kept<'a> {
    pub(super) evidence_id: &'a str,
    pub(super) text: &'a str,
    pub(super) revocation: &'static str,
    pub(super) signed: &'a str,
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
    /// `good`, `stale` or `unknown`; `unchecked` in old evidence.
    pub revocation: String,
    /// The statement as it was signed.
    pub statement: String,
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
         session_id, level, authenticated_at_ms, stated_at_ms, form, contract_ref, revocation, \
         statement) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
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
            request.contract_ref.as_ref(),
            kept.revocation,
            kept.signed
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
        revocation: row.get("revocation")?,
        statement: row.get("statement")?,
    }))
}

/// How the audit log names evidence and its statement.
pub(super) fn reference(evidence_id: &str, signed: &str) -> String {
    format!("evidence:{evidence_id} sha256:{}", hex(&sha256(signed.as_bytes())))
}

#[derive(Deserialize)]
struct Stated {
    evidence_id: String,
    form: FormHash,
}

#[derive(Deserialize)]
struct FormHash {
    sha256: String,
}

/// Ids of evidence that is not as it was stated: another signature, another form, or not what the
/// audit log says. Evidence older than the log's first entry is checked by its signature alone.
pub fn changed(sql: &mut dyn Sql, ring: &KeyRing) -> Result<Vec<String>, StoreError> {
    let query = "SELECT purpose FROM audit WHERE object = $1";
    let logged = sql.all(query, values![ACTION])?;
    let logged =
        logged.iter().map(|row| row.get("purpose")).collect::<Result<HashSet<String>, _>>()?;
    let first = sql.one("SELECT MIN(at_ms) AS first FROM audit", &[])?;
    let first: Option<i64> = first.get("first")?;
    let mut changed = Vec::new();
    let mut last = String::new();
    loop {
        let query = "SELECT evidence_id, form, statement, stated_at_ms FROM evidence \
                     WHERE evidence_id > $1 ORDER BY evidence_id LIMIT 1000";
        let rows = sql.all(query, values![&last])?;
        for row in &rows {
            last = row.get("evidence_id")?;
            let statement: String = row.get("statement")?;
            let removed =
                first.is_some_and(|first| row.get("stated_at_ms").is_ok_and(|at: i64| at < first));
            let told = removed || logged.contains(&reference(&last, &statement));
            if !told || !is_signed(ring, row, &last, &statement)? {
                changed.push(last.clone());
            }
        }
        if rows.is_empty() {
            return Ok(changed);
        }
    }
}

fn is_signed(
    ring: &KeyRing,
    row: &Row,
    evidence_id: &str,
    statement: &str,
) -> Result<bool, StoreError> {
    let form: String = row.get("form")?;
    let Ok(read) = Unverified::parse(statement) else { return Ok(false) };
    let key = read.kid().filter(|_| read.typ() == Some(TYPE)).and_then(|kid| ring.public_of(kid));
    let stated = key.and_then(|key| read.verify::<Stated>(&key).ok());
    Ok(stated.is_some_and(|stated| {
        stated.evidence_id == evidence_id && stated.form.sha256 == hex(&sha256(form.as_bytes()))
    }))
}
