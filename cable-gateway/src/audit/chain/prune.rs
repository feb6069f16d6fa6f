//! Old entries are taken away from the beginning, and the chain survives it.

use super::{BEGINNING, Beginning, beginning, check::check, seal};
use crate::{
    audit::{self, Viewer},
    encoding::hex,
    signing_keys::{KeyError, KeyPurpose, KeyRing},
    store::{Sql, StoreError},
    values,
};

/// The log cannot be shortened.
#[derive(Debug, thiserror::Error)]
pub enum PruneError {
    /// It does not fit; shortening would hide that.
    #[error("the log does not fit; run `admin audit verify` and find out why first")]
    Broken,
    /// A key cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Removes the entries before the first one at or after `before_ms`; returns how many.
pub fn prune(
    sql: &mut dyn Sql,
    ring: &KeyRing,
    before_ms: i64,
    now_ms: i64,
) -> Result<u64, PruneError> {
    seal(sql, ring, now_ms)?;
    if !check(sql, ring, None)?.findings.is_empty() {
        return Err(PruneError::Broken);
    }
    let Ok((removed, _)) = beginning(sql, ring)? else { return Err(PruneError::Broken) };
    let query = "SELECT COALESCE((SELECT MIN(audit_id) FROM audit WHERE at_ms >= $1), \
                 (SELECT MAX(audit_id) FROM audit), 0) - 1 AS through";
    let through: i64 = sql.one(query, values![before_ms])?.get("through")?;
    if through <= removed {
        return Ok(0);
    }
    let row = sql.one("SELECT chain FROM audit WHERE audit_id = $1", values![through])?;
    let chain: Vec<u8> = row.get("chain")?;
    let key = ring.signing(sql, KeyPurpose::Audit, now_ms)?;
    let begins = Beginning { removed_through: through, chain: hex(&chain), at_ms: now_ms };
    sql.execute(
        "INSERT INTO audit_beginning (removed_through, at_ms, signed) VALUES ($1, $2, $3)",
        values![through, now_ms, key.sign(BEGINNING, &begins)],
    )?;
    sql.execute("DELETE FROM audit_subject WHERE audit_id <= $1", values![through])?;
    let count = sql.execute("DELETE FROM audit WHERE audit_id <= $1", values![through])?;
    let operator = Viewer {
        actor: "operator".to_owned(),
        office: "運用担当".to_owned(),
        purpose: format!("through:{through}"),
    };
    audit::act(sql, &operator, now_ms, "audit-shortened", &[])?;
    Ok(count)
}
