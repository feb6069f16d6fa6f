//! What people allowed: given on the television with the card, listed there, taken back there.

use gateway_api::{
    login::AssuranceLevel,
    service::{ConsentKind, ServiceConsent},
};

use super::{
    attribute::{self, Attributes},
    client::Client,
};
use crate::{
    audit::{self, Viewer},
    random::{self, Random},
    session::level_number,
    store::{Row, Sql, StoreError},
    values,
};

/// A yes.
#[derive(Debug)]
pub struct Given<'a> {
    /// Whose.
    pub person_id: &'a str,
    /// To whom.
    pub client: &'a Client,
    /// What for.
    pub kind: ConsentKind,
    /// To what.
    pub attributes: &'a Attributes,
    /// At which box.
    pub device_id: &'a str,
    /// How sure it is who said it.
    pub level: AssuranceLevel,
    /// When.
    pub now_ms: i64,
}

/// Writes a yes down and returns its id. Somebody who allowed exactly this before keeps that
/// consent; anything else takes its place.
pub fn give(
    sql: &mut dyn Sql,
    given: &Given<'_>,
    random: &dyn Random,
) -> Result<String, StoreError> {
    let (person, client) = (given.person_id, given.client);
    let attributes = attribute::to_text(given.attributes);
    let again = "UPDATE service_consent SET last_used_at_ms = $3 \
                 WHERE person_id = $1 AND client_id = $2 AND withdrawn_at_ms IS NULL \
                 AND attributes = $4 AND shown_name = $5 AND shown_purpose = $6 AND kind = $7 \
                 RETURNING consent_id";
    let same = values![
        person,
        &client.client_id,
        given.now_ms,
        &attributes,
        &client.name,
        &client.purpose,
        code(given.kind)
    ];
    if let Some(row) = sql.optional(again, same)? {
        return row.get("consent_id");
    }
    close(sql, person, &client.client_id, given.kind, given.now_ms)?;
    let consent_id = random::id(random);
    sql.execute(
        "INSERT INTO service_consent (consent_id, person_id, client_id, attributes, shown_name, \
         shown_purpose, device_id, level, given_at_ms, last_used_at_ms, kind) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
        values![
            &consent_id,
            person,
            &client.client_id,
            &attributes,
            &client.name,
            &client.purpose,
            given.device_id,
            level_number(given.level),
            given.now_ms,
            code(given.kind)
        ],
    )?;
    note(sql, person, &client.client_id, given.now_ms, "consent-given")?;
    Ok(consent_id)
}

/// Consents of a person that are in force, newest first.
pub fn of(sql: &mut dyn Sql, person_id: &str) -> Result<Vec<ServiceConsent>, StoreError> {
    let rows = sql.all(
        "SELECT c.*, s.kana FROM service_consent c \
         JOIN service_client s ON s.client_id = c.client_id \
         WHERE c.person_id = $1 AND c.withdrawn_at_ms IS NULL \
         ORDER BY c.given_at_ms DESC, c.consent_id",
        values![person_id],
    )?;
    rows.iter().map(consent).collect()
}

/// Takes a consent back: nothing that was issued under it counts any more. Answers whether it was
/// in force.
pub fn withdraw(
    sql: &mut dyn Sql,
    person_id: &str,
    consent_id: &str,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let query = "SELECT client_id, kind FROM service_consent \
                 WHERE consent_id = $1 AND person_id = $2 AND withdrawn_at_ms IS NULL";
    let Some(row) = sql.optional(query, values![consent_id, person_id])? else { return Ok(false) };
    let client_id: String = row.get("client_id")?;
    close(sql, person_id, &client_id, kind(&row)?, now_ms)?;
    note(sql, person_id, &client_id, now_ms, "consent-withdrawn")?;
    Ok(true)
}

fn close(
    sql: &mut dyn Sql,
    person_id: &str,
    client_id: &str,
    kind: ConsentKind,
    now_ms: i64,
) -> Result<(), StoreError> {
    let query = "UPDATE service_consent SET withdrawn_at_ms = $3 WHERE person_id = $1 \
                 AND client_id = $2 AND kind = $4 AND withdrawn_at_ms IS NULL";
    sql.execute(query, values![person_id, client_id, now_ms, code(kind)])?;
    if kind == ConsentKind::Statement {
        return Ok(());
    }
    let query = "UPDATE service_grant SET revoked_at_ms = $3 \
                 WHERE person_id = $1 AND client_id = $2 AND revoked_at_ms IS NULL";
    sql.execute(query, values![person_id, client_id, now_ms])?;
    Ok(())
}

fn code(kind: ConsentKind) -> &'static str {
    match kind {
        ConsentKind::SignIn => "sign-in",
        ConsentKind::Statement => "statement",
    }
}

fn kind(row: &Row) -> Result<ConsentKind, StoreError> {
    let text: String = row.get("kind")?;
    let kinds = [ConsentKind::SignIn, ConsentKind::Statement];
    let found = kinds.into_iter().find(|kind| code(*kind) == text);
    found.ok_or(StoreError::Column { column: "kind" })
}

fn note(
    sql: &mut dyn Sql,
    person_id: &str,
    client_id: &str,
    now_ms: i64,
    action: &str,
) -> Result<(), StoreError> {
    let person = Viewer::resident(&format!("service:{client_id}"));
    audit::act(sql, &person, now_ms, action, &[person_id.to_owned()])
}

fn consent(row: &Row) -> Result<ServiceConsent, StoreError> {
    let attributes = attribute::from_text(&row.get::<String>("attributes")?)?;
    Ok(ServiceConsent {
        consent_id: row.get("consent_id")?,
        kind: kind(row)?,
        service_name: row.get("shown_name")?,
        service_kana: row.get("kana")?,
        purpose: row.get("shown_purpose")?,
        attributes: attributes.into_iter().collect(),
        given_at_ms: row.get("given_at_ms")?,
        last_used_at_ms: row.get("last_used_at_ms")?,
    })
}
