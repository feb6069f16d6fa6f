//! The log as JSON Lines, for auditors and for keeping.

use std::io::Write;

use serde_json::{Value, json};

use super::{beginning, newest};
use crate::{
    encoding::{hex, when},
    signing_keys::{KeyError, KeyRing},
    store::{Row, Sql, StoreError},
    values,
};

/// Entries read at a time.
const PAGE: i64 = 1_000;

/// The log cannot be exported.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be written.
    #[error("the export cannot be written: {0}; check the disk")]
    Write(#[from] std::io::Error),
    /// The last seal failed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a first line on the format, one line for each entry, and a last line with the newest
/// checkpoint; returns the number of entries.
pub fn export(sql: &mut dyn Sql, ring: &KeyRing, out: &mut dyn Write) -> Result<u64, ExportError> {
    let (removed, before) = beginning(sql, ring)?.unwrap_or((0, Vec::new()));
    let head = json!({
        "format": "hitokoe-audit-1", "removed_through": removed, "before": hex(&before),
    });
    writeln!(out, "{head}")?;
    let (mut last, mut count) = (removed, 0);
    loop {
        let query = "SELECT * FROM audit WHERE audit_id > $1 ORDER BY audit_id LIMIT $2";
        let rows = sql.all(query, values![last, PAGE])?;
        let Some(newest) = rows.last() else { break };
        let newest: i64 = newest.get("audit_id")?;
        for row in &rows {
            writeln!(out, "{}", line(sql, row)?)?;
            count += 1;
        }
        last = newest;
    }
    writeln!(out, "{}", json!({ "checkpoint": newest(sql)? }))?;
    Ok(count)
}

fn line(sql: &mut dyn Sql, row: &Row) -> Result<Value, StoreError> {
    let id: i64 = row.get("audit_id")?;
    let text = |column| row.get::<String>(column);
    let chain: Vec<u8> = row.get("chain")?;
    Ok(json!({
        "audit_id": id,
        "at": when(row.get("at_ms")?),
        "at_ms": row.get::<i64>("at_ms")?,
        "kind": text("kind")?,
        "actor": text("actor")?,
        "office": text("office")?,
        "object": text("object")?,
        "purpose": text("purpose")?,
        "persons": super::super::subjects_of(sql, id)?,
        "chain": hex(&chain),
    }))
}
