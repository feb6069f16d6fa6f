//! Where the gateway keeps what must not be lost (invariant 6).
//!
//! One writer thread owns the only writing connection: transactions are immediate, queue up to a
//! bound, and several that wait together share one commit. A write is answered only after that
//! commit reached the disk (`synchronous = FULL`). Several reader threads serve snapshots.
//!
//! This module knows no domain rule; the modules below it are queries, one file per aggregate.

pub mod board;
pub mod check_in;
pub mod help;
pub mod migration;
pub mod order;
pub mod sql;
mod sqlite;
pub mod town;

use std::path::Path;

pub use sql::{Row, Sql, Value};

/// Why the store refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The bounded queue stayed full.
    #[error("the store has too many transactions waiting; try again in a moment")]
    Overloaded,
    /// The store is shutting down.
    #[error("the store is closed")]
    Closed,
    /// A unique or check rule of the schema was broken.
    #[error("a rule of the schema was broken: {0}")]
    Conflict(String),
    /// The engine reported an error.
    #[error("database: {0}")]
    Engine(String),
    /// A query that always has an answer had none.
    #[error("no row for: {query}")]
    NoRow {
        /// The query.
        query: &'static str,
    },
    /// A column is missing or holds another type than the program expects.
    #[error("column {column} is missing or has another type")]
    Column {
        /// The column.
        column: &'static str,
    },
    /// The work of a transaction panicked; nothing of it was kept.
    #[error("the transaction's work failed unexpectedly and was rolled back")]
    Panicked,
    /// The database and this program do not fit together.
    #[error(transparent)]
    Migration(#[from] migration::MigrationError),
}

/// Handle to the store; clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    engine: sqlite::Engine,
}

impl Store {
    /// Opens (or creates) the SQLite file and applies no migration.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { engine: sqlite::Engine::open(path)? })
    }

    /// Runs `work` in one immediate transaction; returns after it is on the disk.
    ///
    /// An error of `work` rolls everything back.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Sql) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.engine.write(work).await
    }

    /// Runs `work` on one consistent snapshot; anything it tries to write fails.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Sql) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.engine.read(work).await
    }

    /// Brings the schema up to date; see [`migration`].
    pub async fn migrate(&self, now_ms: i64) -> Result<Vec<&'static str>, StoreError> {
        self.write(move |sql| migration::apply(sql, now_ms)).await
    }

    /// Fails unless the schema is exactly the one this program was built for.
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        self.read(migration::check).await
    }
}

#[cfg(test)]
mod tests;
