//! Under which id a sector of services knows a person: drawn once, kept, and known nowhere else.

use crate::{
    random::{self, Random},
    store::{Sql, StoreError},
    values,
};

/// The person's id in this sector; drawn at the first question.
pub fn of(
    sql: &mut dyn Sql,
    sector: &str,
    person_id: &str,
    now_ms: i64,
    random: &dyn Random,
) -> Result<String, StoreError> {
    let query = "SELECT subject FROM pairwise_subject WHERE sector = $1 AND person_id = $2";
    if let Some(row) = sql.optional(query, values![sector, person_id])? {
        return row.get("subject");
    }
    let subject = random::id(random);
    sql.execute(
        "INSERT INTO pairwise_subject (sector, person_id, subject, created_at_ms) \
         VALUES ($1, $2, $3, $4)",
        values![sector, person_id, &subject, now_ms],
    )?;
    Ok(subject)
}
