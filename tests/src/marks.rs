//! The box's own marks: what happened when, in microseconds of the monotonic clock.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context, Result};
use rustix::time::ClockId;
use serde::Deserialize;

use crate::watch;

/// One mark.
#[derive(Debug, Clone, Deserialize)]
pub struct Mark {
    /// What, e.g. `takeover-painted`.
    pub mark: String,
    /// When, microseconds of `CLOCK_MONOTONIC`.
    pub at_us: i64,
    /// About what.
    #[serde(default)]
    pub detail: Option<String>,
}

/// Marks file of one box.
#[derive(Debug, Clone)]
pub struct Marks {
    file: PathBuf,
}

impl Marks {
    /// Marks that the box writes into this file.
    pub fn new(file: PathBuf) -> Self {
        Self { file }
    }

    /// All marks so far; an unfinished last line is left for the next look.
    pub fn all(&self) -> Result<Vec<Mark>> {
        let text = std::fs::read_to_string(&self.file).unwrap_or_default();
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole
            .lines()
            .map(|line| serde_json::from_str(line).with_context(|| format!("mark `{line}`")))
            .collect()
    }

    /// First mark of this name at or after a time.
    pub fn first_after(&self, name: &str, after_us: i64) -> Result<Option<Mark>> {
        Ok(self.all()?.into_iter().find(|m| m.mark == name && m.at_us >= after_us))
    }

    /// Waits for it.
    pub fn wait(&self, name: &str, after_us: i64, limit: Duration) -> Result<Mark> {
        watch::until(&format!("mark {name}"), limit, || self.first_after(name, after_us))
    }

    /// Waits until nothing of this subject, e.g. `check-in`, is painted as going on.
    pub fn wait_settled(&self, subject: &str, limit: Duration) -> Result<()> {
        watch::until(&format!("{subject} settled"), limit, || {
            let all = self.all()?;
            let ways = ["on-its-way-painted", "settled-painted"];
            let last = all.iter().rev().find(|mark| {
                ways.contains(&mark.mark.as_str()) && mark.detail.as_deref() == Some(subject)
            });
            Ok(last.is_none_or(|mark| mark.mark == ways[1]).then_some(()))
        })
    }

    /// Waits until this page was painted, e.g. `Home` or `CheckIn`.
    pub fn wait_page(&self, page: &str, after_us: i64, limit: Duration) -> Result<()> {
        watch::until(&format!("page {page}"), limit, || {
            let seen = self.all()?.iter().any(|mark| {
                mark.mark == "page-painted"
                    && mark.at_us >= after_us
                    && mark.detail.as_deref() == Some(page)
            });
            Ok(seen.then_some(()))
        })
    }
}

/// Microseconds of the clock that the marks use.
pub fn now_us() -> i64 {
    let now = rustix::time::clock_gettime(ClockId::Monotonic);
    now.tv_sec * 1_000_000 + now.tv_nsec / 1_000
}
