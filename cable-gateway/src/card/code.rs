//! One-time codes from the town's letters.

use crate::{
    enrolment::CodeHash,
    store::{Sql, StoreError},
    values,
};

/// What a code is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    /// Links a card at home.
    Link,
    /// Stops lost cards.
    Stop,
}

impl CodePurpose {
    fn code(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Stop => "stop",
        }
    }
}

/// Keeps a new code for a person; an earlier unused one for the same purpose ends.
pub fn insert(
    sql: &mut dyn Sql,
    hash: CodeHash,
    person_id: &str,
    purpose: CodePurpose,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    let end = "DELETE FROM card_code WHERE person_id = $1 AND purpose = $2 AND used_at_ms IS NULL";
    sql.execute(end, values![person_id, purpose.code()])?;
    sql.execute(
        "INSERT INTO card_code (code_hash, person_id, purpose, created_at_ms, expires_at_ms) \
         VALUES ($1, $2, $3, $4, $5)",
        values![hash.bytes(), person_id, purpose.code(), now_ms, expires_at_ms],
    )?;
    Ok(())
}

/// The person to whom a code that counts was written; it stays usable.
pub fn written_to(
    sql: &mut dyn Sql,
    hash: CodeHash,
    purpose: CodePurpose,
    now_ms: i64,
) -> Result<Option<String>, StoreError> {
    let query = "SELECT person_id FROM card_code WHERE code_hash = $1 AND purpose = $2 \
                 AND used_at_ms IS NULL AND expires_at_ms > $3";
    let row = sql.optional(query, values![hash.bytes(), purpose.code(), now_ms])?;
    row.map(|row| row.get("person_id")).transpose()
}

/// Uses a code up and gives the person it was written to; nothing when it does not count.
pub fn use_up(
    sql: &mut dyn Sql,
    hash: CodeHash,
    purpose: CodePurpose,
    now_ms: i64,
) -> Result<Option<String>, StoreError> {
    let row = sql.optional(
        "UPDATE card_code SET used_at_ms = $3 WHERE code_hash = $1 AND purpose = $2 \
         AND used_at_ms IS NULL AND expires_at_ms > $3 RETURNING person_id",
        values![hash.bytes(), purpose.code(), now_ms],
    )?;
    row.map(|row| row.get("person_id")).transpose()
}
