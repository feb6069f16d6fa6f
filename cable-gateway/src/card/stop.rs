//! A lost card stops at once, with everything that it opened. That holds for certificates too that
//! nobody here has seen: the moment is kept with the person, and what was issued before it opens
//! nothing.

use jpki::verify::{Holder, VerifiedCertificate};

use super::code::{self, CodePurpose};
use crate::{
    audit::{self, Viewer},
    enrolment::CodeHash,
    store::{Sql, StoreError, Value},
    values,
};

/// Stops the cards of the person to whom a code was written, and uses the code up; nothing when
/// the code does not count.
pub fn stop_by_code(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    hash: CodeHash,
    now_ms: i64,
) -> Result<Option<u64>, StoreError> {
    match code::use_up(sql, hash, CodePurpose::Stop, now_ms)? {
        Some(person_id) => stop(sql, viewer, &person_id, now_ms).map(Some),
        None => Ok(None),
    }
}

/// Stops every card of a person: no card opens anything, sessions are over, open requests of
/// services are refused, and tokens stop counting. Answers how many cards were stopped.
pub fn stop(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    person_id: &str,
    now_ms: i64,
) -> Result<u64, StoreError> {
    let query = "UPDATE credential_link SET state = 'lost', closed_at_ms = $2 \
                 WHERE person_id = $1 AND state IN ('active', 'proposed')";
    let stopped = sql.execute(query, values![person_id, now_ms])?;
    for query in [
        "UPDATE session SET ended_at_ms = $2 WHERE person_id = $1 AND ended_at_ms IS NULL",
        "UPDATE service_grant SET revoked_at_ms = $2 \
         WHERE person_id = $1 AND revoked_at_ms IS NULL",
    ] {
        sql.execute(query, values![person_id, now_ms])?;
    }
    for holder in [Holder::Card, Holder::Phone] {
        let query = "INSERT INTO card_stop (person_id, holder, stopped_at_ms) VALUES ($1, $2, $3) \
                     ON CONFLICT (person_id, holder) DO UPDATE SET stopped_at_ms = $3";
        sql.execute(query, values![person_id, code_of(holder), now_ms])?;
    }
    let query = "UPDATE service_request SET stage = 'refused' \
                 WHERE person_id = $1 AND stage = 'approved'";
    sql.execute(query, values![person_id])?;
    audit::act(sql, viewer, now_ms, "card-stopped", &[person_id.to_owned()])?;
    Ok(stopped)
}

/// Whether a certificate may be on a card that the person has lost: it was issued before the cards
/// were stopped.
pub(crate) fn covers(
    sql: &mut dyn Sql,
    person_id: &str,
    verified: &VerifiedCertificate,
) -> Result<bool, StoreError> {
    let query = "SELECT person_id FROM card_stop \
                 WHERE person_id = $1 AND holder = $2 AND stopped_at_ms > $3";
    Ok(sql.optional(query, &key(person_id, verified))?.is_some())
}

/// The office holds a card that was stopped: it was found, and so are the certificates that were
/// issued with it. A card from after the stop says nothing about the lost one.
pub(crate) fn lift(
    sql: &mut dyn Sql,
    person_id: &str,
    verified: &VerifiedCertificate,
) -> Result<(), StoreError> {
    let query = "DELETE FROM card_stop WHERE person_id = $1 AND holder = $2 AND stopped_at_ms > $3";
    sql.execute(query, &key(person_id, verified)).map(drop)
}

/// Person, kind of card, and when it was issued.
fn key(person_id: &str, verified: &VerifiedCertificate) -> [Value; 3] {
    let issued_at_ms = verified.not_before.saturating_mul(1000);
    [person_id.into(), code_of(verified.kind.holder).into(), issued_at_ms.into()]
}

fn code_of(holder: Holder) -> &'static str {
    match holder {
        Holder::Card => "card",
        Holder::Phone => "phone",
    }
}
