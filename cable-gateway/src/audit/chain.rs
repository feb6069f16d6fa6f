//! The audit log as evidence: sealed by signed checkpoints, checked as a whole, shortened only
//! from its beginning.
//!
//! Each entry's hash covers the entry before, so that a changed, missing or moved entry shows. A
//! checkpoint signs the hash of the last entry: whoever can write into the database but has no key
//! file cannot write the log anew or cut off its end up to there. A checkpoint kept outside this
//! machine (an *anchor*) shows the same against somebody who has both.

mod check;
mod export;
mod prune;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use check::{Finding, Outcome, check};
pub use export::{ExportError, export};
pub use prune::{PruneError, prune};

use crate::{
    encoding::{hex, sha256},
    jws::{JwsError, PublicKey, Unverified},
    signing_keys::{KeyError, KeyPurpose, KeyRing},
    store::{Sql, StoreError},
    values,
};

/// `typ` of a checkpoint's header.
const CHECKPOINT: &str = "hitokoe-audit-checkpoint+jwt";
/// `typ` of a beginning's header.
const BEGINNING: &str = "hitokoe-audit-beginning+jwt";

/// What a checkpoint says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// Its number; 1, 2, 3, ...
    pub checkpoint_id: i64,
    /// The last entry that it covers.
    pub audit_id: i64,
    /// Hash of that entry, hexadecimal.
    pub chain: String,
    /// SHA-256 of the signed checkpoint before, hexadecimal; empty for the first.
    pub before: String,
    /// Unix milliseconds.
    pub at_ms: i64,
}

/// What the beginning of a shortened log says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Beginning {
    removed_through: i64,
    chain: String,
    at_ms: i64,
}

/// Seals the log up to its last entry; nothing when that was done before. Returns the signed
/// checkpoint, for keeping it elsewhere.
pub fn seal(sql: &mut dyn Sql, ring: &KeyRing, now_ms: i64) -> Result<Option<String>, KeyError> {
    let last = "SELECT audit_id, chain FROM audit ORDER BY audit_id DESC LIMIT 1";
    let Some(row) = sql.optional(last, &[])? else { return Ok(None) };
    let (audit_id, chain): (i64, Vec<u8>) = (row.get("audit_id")?, row.get("chain")?);
    let newest = "SELECT checkpoint_id, audit_id, signed FROM audit_checkpoint \
                  ORDER BY checkpoint_id DESC LIMIT 1";
    let (id, before) = match sql.optional(newest, &[])? {
        Some(row) if row.get::<i64>("audit_id")? == audit_id => return Ok(None),
        Some(row) => {
            let signed: String = row.get("signed")?;
            (row.get::<i64>("checkpoint_id")? + 1, hex(&sha256(signed.as_bytes())))
        }
        None => (1, String::new()),
    };
    let key = ring.signing(sql, KeyPurpose::Audit, now_ms)?;
    let checkpoint =
        Checkpoint { checkpoint_id: id, audit_id, chain: hex(&chain), before, at_ms: now_ms };
    let signed = key.sign(CHECKPOINT, &checkpoint);
    sql.execute(
        "INSERT INTO audit_checkpoint (checkpoint_id, audit_id, at_ms, signed) \
         VALUES ($1, $2, $3, $4)",
        values![id, audit_id, now_ms, &signed],
    )?;
    // The log of the system is a second place for the hash.
    tracing::info!(checkpoint = id, entry = audit_id, chain = checkpoint.chain, "audit log sealed");
    Ok(Some(signed))
}

/// The newest signed checkpoint.
pub fn newest(sql: &mut dyn Sql) -> Result<Option<String>, StoreError> {
    let query = "SELECT signed FROM audit_checkpoint ORDER BY checkpoint_id DESC LIMIT 1";
    sql.optional(query, &[])?.map(|row| row.get("signed")).transpose()
}

/// Opens what an audit key signed. The key counts only when its file is here: a row in the
/// database could be anybody's.
fn open<T: serde::de::DeserializeOwned>(
    sql: &mut dyn Sql,
    ring: &KeyRing,
    typ: &str,
    signed: &str,
) -> Result<Option<T>, StoreError> {
    let Ok(read) = Unverified::parse(signed) else { return Ok(None) };
    let Some(kid) = read.kid().filter(|_| read.typ() == Some(typ)) else { return Ok(None) };
    let query = "SELECT kid FROM signing_key WHERE kid = $1 AND purpose = 'audit'";
    if sql.optional(query, values![kid])?.is_none() {
        return Ok(None);
    }
    let Some(key) = ring.public_of(kid) else { return Ok(None) };
    Ok(verified(&read, &key).ok())
}

fn verified<T: serde::de::DeserializeOwned>(
    read: &Unverified<'_>,
    key: &PublicKey,
) -> Result<T, JwsError> {
    read.verify(key)
}

/// Hash before the first kept entry, and how many were removed; checked by its signature.
fn beginning(sql: &mut dyn Sql, ring: &KeyRing) -> Result<Result<(i64, Vec<u8>), i64>, StoreError> {
    let query = "SELECT removed_through, signed FROM audit_beginning \
                 ORDER BY removed_through DESC LIMIT 1";
    let Some(row) = sql.optional(query, &[])? else { return Ok(Ok((0, Vec::new()))) };
    let (through, signed): (i64, String) = (row.get("removed_through")?, row.get("signed")?);
    let opened: Option<Beginning> = open(sql, ring, BEGINNING, &signed)?;
    let chain = opened.filter(|opened| opened.removed_through == through);
    let chain = chain.and_then(|opened| crate::encoding::from_hex::<32>(&opened.chain));
    Ok(chain.map(|chain| (through, chain.to_vec())).ok_or(through))
}
