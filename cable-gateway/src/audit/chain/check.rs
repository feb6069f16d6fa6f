//! Checks the whole log.

use std::fmt;

use super::{super::chained, CHECKPOINT, Checkpoint, beginning, open};
use crate::{
    encoding::{hex, sha256},
    signing_keys::KeyRing,
    store::{Row, Sql, StoreError},
    values,
};

/// Entries read at a time.
const PAGE: i64 = 1_000;
/// Findings told at most.
const FINDINGS_MAX: usize = 50;

/// Something that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// An entry is not the one that was written, or not in its place.
    Changed {
        /// The entry.
        audit_id: i64,
    },
    /// Entries are missing.
    Missing {
        /// The first of them.
        from: i64,
        /// The last of them.
        through: i64,
    },
    /// The log ends before what a checkpoint covers.
    Truncated {
        /// Last entry that is there.
        last: i64,
        /// Last entry that a checkpoint covers.
        sealed: i64,
    },
    /// The log says something else than a checkpoint.
    Rewritten {
        /// The checkpoint.
        checkpoint_id: i64,
        /// The entry that it covers.
        audit_id: i64,
    },
    /// A checkpoint is not signed by a key whose file is here.
    Forged {
        /// The checkpoint.
        checkpoint_id: i64,
    },
    /// A checkpoint is missing, or out of its place.
    CheckpointMissing {
        /// Its number.
        checkpoint_id: i64,
    },
    /// The log was shortened without a signature of ours.
    BeginningForged {
        /// The last entry that was removed.
        through: i64,
    },
    /// The anchor from outside is not signed by a key whose file is here.
    AnchorRefused,
    /// The log says something else than the anchor from outside.
    AnchorBroken {
        /// The entry that it covers.
        audit_id: i64,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { audit_id } => {
                write!(f, "entry {audit_id} is not the one that was written there")
            }
            Self::Missing { from, through } => write!(f, "entries {from} to {through} are missing"),
            Self::Truncated { last, sealed } => {
                write!(f, "the log ends at entry {last}, but was sealed up to entry {sealed}")
            }
            Self::Rewritten { checkpoint_id, audit_id } => {
                write!(f, "entry {audit_id} differs from what checkpoint {checkpoint_id} sealed")
            }
            Self::Forged { checkpoint_id } => write!(
                f,
                "checkpoint {checkpoint_id} is not signed by an audit key whose file is here"
            ),
            Self::CheckpointMissing { checkpoint_id } => {
                write!(f, "checkpoint {checkpoint_id} is missing or out of its place")
            }
            Self::BeginningForged { through } => {
                write!(
                    f,
                    "entries up to {through} were removed without a signature of this gateway"
                )
            }
            Self::AnchorRefused => {
                write!(f, "the anchor is not signed by an audit key whose file is here")
            }
            Self::AnchorBroken { audit_id } => {
                write!(f, "entry {audit_id} is missing or differs from what the anchor sealed")
            }
        }
    }
}

/// How much was looked at, and what does not fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Entries checked.
    pub entries: u64,
    /// Checkpoints checked.
    pub checkpoints: u64,
    /// What does not fit; 50 at most.
    pub findings: Vec<Finding>,
}

/// Checks entries, checkpoints, the beginning, and an anchor from outside if there is one.
pub fn check(
    sql: &mut dyn Sql,
    ring: &KeyRing,
    anchor: Option<&str>,
) -> Result<Outcome, StoreError> {
    let mut outcome = Outcome::default();
    let (removed, before) = match beginning(sql, ring)? {
        Ok(beginning) => beginning,
        Err(through) => {
            outcome.add(Finding::BeginningForged { through });
            (through, Vec::new())
        }
    };
    let last = check_entries(sql, removed, before, &mut outcome)?;
    check_checkpoints(sql, ring, removed, last, &mut outcome)?;
    if let Some(anchor) = anchor {
        check_anchor(sql, ring, removed, anchor, &mut outcome)?;
    }
    Ok(outcome)
}

impl Outcome {
    fn add(&mut self, finding: Finding) {
        if self.findings.len() < FINDINGS_MAX {
            self.findings.push(finding);
        }
    }
}

/// Walks the entries; returns the number of the last one.
fn check_entries(
    sql: &mut dyn Sql,
    removed: i64,
    mut before: Vec<u8>,
    outcome: &mut Outcome,
) -> Result<i64, StoreError> {
    let mut last = removed;
    loop {
        let query = "SELECT * FROM audit WHERE audit_id > $1 ORDER BY audit_id LIMIT $2";
        let rows = sql.all(query, values![last, PAGE])?;
        if rows.is_empty() {
            return Ok(last);
        }
        let newest: i64 = rows[rows.len() - 1].get("audit_id")?;
        let mut subjects = Subjects::read(sql, last, newest)?;
        for row in &rows {
            let id: i64 = row.get("audit_id")?;
            let kept: Vec<u8> = row.get("chain")?;
            if id != last + 1 {
                // What the next hash continues is gone; the gap says enough.
                outcome.add(Finding::Missing { from: last + 1, through: id - 1 });
            } else if hash(row, id, &before, &subjects.take(id))? != *kept {
                outcome.add(Finding::Changed { audit_id: id });
            }
            outcome.entries += 1;
            (before, last) = (kept, id);
        }
    }
}

fn hash(row: &Row, id: i64, before: &[u8], persons: &[String]) -> Result<[u8; 32], StoreError> {
    let text = |column| row.get::<String>(column);
    let texts = [text("kind")?, text("actor")?, text("office")?, text("object")?, text("purpose")?];
    let texts = texts.each_ref().map(String::as_str);
    let subjects = sha256(persons.join("\n").as_bytes());
    Ok(chained(before, id, row.get("at_ms")?, texts, &subjects))
}

/// Persons of a page of entries, read at once.
struct Subjects {
    rows: std::vec::IntoIter<(i64, String)>,
    next: Option<(i64, String)>,
}

impl Subjects {
    fn read(sql: &mut dyn Sql, after: i64, through: i64) -> Result<Self, StoreError> {
        let query = "SELECT audit_id, person_id FROM audit_subject \
                     WHERE audit_id > $1 AND audit_id <= $2 ORDER BY audit_id, person_id";
        let rows = sql.all(query, values![after, through])?;
        let pairs = rows.iter().map(|row| Ok((row.get("audit_id")?, row.get("person_id")?)));
        let mut rows = pairs.collect::<Result<Vec<_>, StoreError>>()?.into_iter();
        let next = rows.next();
        Ok(Self { rows, next })
    }

    fn take(&mut self, audit_id: i64) -> Vec<String> {
        let mut persons = Vec::new();
        while let Some((id, person)) = self.next.take_if(|(id, _)| *id <= audit_id) {
            if id == audit_id {
                persons.push(person);
            }
            self.next = self.rows.next();
        }
        persons
    }
}

fn check_checkpoints(
    sql: &mut dyn Sql,
    ring: &KeyRing,
    removed: i64,
    last: i64,
    outcome: &mut Outcome,
) -> Result<(), StoreError> {
    let query = "SELECT checkpoint_id, signed FROM audit_checkpoint ORDER BY checkpoint_id";
    let (mut expected, mut before, mut sealed) = (1, String::new(), 0);
    for row in sql.all(query, &[])? {
        let (id, signed): (i64, String) = (row.get("checkpoint_id")?, row.get("signed")?);
        outcome.checkpoints += 1;
        let opened: Option<Checkpoint> = open(sql, ring, CHECKPOINT, &signed)?;
        match opened {
            None => outcome.add(Finding::Forged { checkpoint_id: id }),
            Some(opened) if opened.checkpoint_id != id => {
                outcome.add(Finding::Forged { checkpoint_id: id });
            }
            Some(opened) => {
                if id != expected || opened.before != before {
                    outcome.add(Finding::CheckpointMissing { checkpoint_id: expected });
                }
                sealed = sealed.max(opened.audit_id);
                if fits(sql, &opened, removed)? == Some(false) {
                    let audit_id = opened.audit_id;
                    outcome.add(Finding::Rewritten { checkpoint_id: id, audit_id });
                }
            }
        }
        (expected, before) = (id + 1, hex(&sha256(signed.as_bytes())));
    }
    if sealed > last {
        outcome.add(Finding::Truncated { last, sealed });
    }
    Ok(())
}

/// Whether the log still says what was sealed; nothing when that entry is not there.
fn fits(
    sql: &mut dyn Sql,
    checkpoint: &Checkpoint,
    removed: i64,
) -> Result<Option<bool>, StoreError> {
    if checkpoint.audit_id <= removed {
        return Ok(None);
    }
    let query = "SELECT chain FROM audit WHERE audit_id = $1";
    let row = sql.optional(query, values![checkpoint.audit_id])?;
    let chain = row.map(|row| row.get::<Vec<u8>>("chain")).transpose()?;
    Ok(chain.map(|chain| hex(&chain) == checkpoint.chain))
}

fn check_anchor(
    sql: &mut dyn Sql,
    ring: &KeyRing,
    removed: i64,
    anchor: &str,
    outcome: &mut Outcome,
) -> Result<(), StoreError> {
    let opened: Option<Checkpoint> = open(sql, ring, CHECKPOINT, anchor.trim())?;
    let Some(opened) = opened else {
        outcome.add(Finding::AnchorRefused);
        return Ok(());
    };
    let there = opened.audit_id <= removed || fits(sql, &opened, removed)? == Some(true);
    if !there {
        outcome.add(Finding::AnchorBroken { audit_id: opened.audit_id });
    }
    Ok(())
}
