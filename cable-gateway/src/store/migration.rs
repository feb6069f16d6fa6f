//! Numbered schema steps with checksums.
//!
//! A step that was applied never changes again: its checksum is kept and compared. A database
//! that knows more steps than this program is refused, not guessed at.

use crate::{
    encoding::{hex, sha256},
    store::{Sql, StoreError},
    values,
};

/// One step.
struct Step {
    number: i64,
    name: &'static str,
    text: &'static str,
}

const STEPS: &[Step] = &[
    Step {
        number: 1,
        name: "0001_base",
        text: include_str!("../../migrations/sqlite/0001_base.sql"),
    },
    Step {
        number: 2,
        name: "0002_staff",
        text: include_str!("../../migrations/sqlite/0002_staff.sql"),
    },
    Step {
        number: 3,
        name: "0003_help",
        text: include_str!("../../migrations/sqlite/0003_help.sql"),
    },
    Step {
        number: 4,
        name: "0004_console",
        text: include_str!("../../migrations/sqlite/0004_console.sql"),
    },
    Step {
        number: 5,
        name: "0005_standing",
        text: include_str!("../../migrations/sqlite/0005_standing.sql"),
    },
    Step {
        number: 13,
        name: "0013_services",
        text: include_str!("../../migrations/sqlite/0013_services.sql"),
    },
    Step {
        number: 14,
        name: "0014_evidence",
        text: include_str!("../../migrations/sqlite/0014_evidence.sql"),
    },
    Step {
        number: 15,
        name: "0015_cards",
        text: include_str!("../../migrations/sqlite/0015_cards.sql"),
    },
    Step {
        number: 16,
        name: "0016_revocation",
        text: include_str!("../../migrations/sqlite/0016_revocation.sql"),
    },
    Step {
        number: 17,
        name: "0017_signature",
        text: include_str!("../../migrations/sqlite/0017_signature.sql"),
    },
    Step {
        number: 20,
        name: "0020_fleet",
        text: include_str!("../../migrations/sqlite/0020_fleet.sql"),
    },
    Step {
        number: 21,
        name: "0021_updates",
        text: include_str!("../../migrations/sqlite/0021_updates.sql"),
    },
    Step {
        number: 22,
        name: "0022_checked",
        text: include_str!("../../migrations/sqlite/0022_checked.sql"),
    },
    Step {
        number: 23,
        name: "0023_card_stop",
        text: include_str!("../../migrations/sqlite/0023_card_stop.sql"),
    },
    Step {
        number: 30,
        name: "0024_support",
        text: include_str!("../../migrations/sqlite/0024_support.sql"),
    },
];

/// The database and this program do not fit together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MigrationError {
    /// Written by a newer program.
    #[error(
        "the database is newer than this program (step {found}, this program knows {known}); \
         install the program version that wrote it, or restore the backup made before the update"
    )]
    Newer {
        /// Highest step in the database.
        found: i64,
        /// Highest step of this program.
        known: i64,
    },
    /// An applied step differs from the one in this program.
    #[error(
        "schema step {name} was applied in another wording; this program does not belong to this \
         database: install the version that created it; one made before the first release is made \
         anew"
    )]
    Changed {
        /// The step.
        name: &'static str,
    },
    /// A step is missing below others that were applied.
    #[error(
        "schema step {name} was never applied to the database, but later ones were: it was made by \
         a version before the first release; keep the file aside, and make the database anew with \
         `cable-gateway migrate` and the import of the town"
    )]
    PassedOver {
        /// The first such step.
        name: &'static str,
    },
    /// Steps are missing.
    #[error("the database lacks schema step {name}; run `cable-gateway migrate` first")]
    Missing {
        /// The first missing step.
        name: &'static str,
    },
}

/// Applies the missing steps and returns their names.
pub fn apply(sql: &mut dyn Sql, now_ms: i64) -> Result<Vec<&'static str>, StoreError> {
    apply_before(sql, i64::MAX, now_ms)
}

/// The same for steps with a lower number: a database as an older program left it.
pub(super) fn apply_before(
    sql: &mut dyn Sql,
    end: i64,
    now_ms: i64,
) -> Result<Vec<&'static str>, StoreError> {
    sql.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration (number BIGINT PRIMARY KEY, \
         name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_ms BIGINT NOT NULL)",
        &[],
    )?;
    let applied = compare(sql)?;
    let missing = STEPS.iter().filter(|step| step.number > applied && step.number < end);
    missing.map(|step| apply_step(sql, step, now_ms)).collect()
}

/// Fails unless every step is applied and none is unknown.
pub fn check(sql: &mut dyn Sql) -> Result<(), StoreError> {
    let exists = "SELECT name FROM sqlite_master WHERE name = 'schema_migration'";
    let applied = if sql.optional(exists, &[])?.is_some() { compare(sql)? } else { 0 };
    match STEPS.iter().find(|step| step.number > applied) {
        Some(step) => Err(MigrationError::Missing { name: step.name }.into()),
        None => Ok(()),
    }
}

fn apply_step(
    sql: &mut dyn Sql,
    step: &'static Step,
    now_ms: i64,
) -> Result<&'static str, StoreError> {
    sql.script(step.text)?;
    sql.execute(
        "INSERT INTO schema_migration (number, name, checksum, applied_at_ms) \
         VALUES ($1, $2, $3, $4)",
        values![step.number, step.name, checksum(step), now_ms],
    )?;
    Ok(step.name)
}

/// Compares what is applied with what this program knows; returns the highest applied number.
fn compare(sql: &mut dyn Sql) -> Result<i64, StoreError> {
    let rows = sql.all("SELECT number, checksum FROM schema_migration ORDER BY number", &[])?;
    let known = STEPS.last().map_or(0, |step| step.number);
    let mut applied = Vec::new();
    for row in rows {
        let found: i64 = row.get("number")?;
        let step = STEPS.iter().find(|step| step.number == found);
        let step = step.ok_or(MigrationError::Newer { found, known })?;
        if row.get::<String>("checksum")? != checksum(step) {
            return Err(MigrationError::Changed { name: step.name }.into());
        }
        applied.push(found);
    }
    let highest = applied.last().copied().unwrap_or(0);
    let mut below = STEPS.iter().filter(|step| step.number < highest);
    match below.find(|step| !applied.contains(&step.number)) {
        Some(step) => Err(MigrationError::PassedOver { name: step.name }.into()),
        None => Ok(highest),
    }
}

fn checksum(step: &Step) -> String {
    hex(&sha256(step.text.as_bytes()))
}
