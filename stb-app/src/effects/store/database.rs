//! The tables and their transactions.

use std::{
    fs::{OpenOptions, Permissions},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use gateway_api::{provisioning::Provisioning, report::Report};
use rusqlite::{Connection, OptionalExtension, params};
use stb_core::effect::{StoreCommand, Stored};

use crate::effects::clock::system_ms;

/// Version of the tables. A newer file was written by a newer box and is not touched.
const SCHEMA_VERSION: i64 = 1;

const SCHEMA: &str = "
    CREATE TABLE blob (name TEXT PRIMARY KEY, content BLOB NOT NULL) STRICT;
    CREATE TABLE outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        report_id TEXT NOT NULL UNIQUE,
        content TEXT NOT NULL
    ) STRICT;
    PRAGMA user_version = 1;
";

const PROVISIONING: &str = "provisioning";
const ORDERS: &str = "orders";
const SETTINGS: &str = "settings";

/// Why the store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("database: {0}")]
    Database(#[from] rusqlite::Error),
    /// The file is not sound.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The file was written by a newer version.
    #[error("tables of version {0}; this box knows up to {SCHEMA_VERSION}")]
    Newer(i64),
    /// A value does not serialise.
    #[error("value not written: {0}")]
    Value(#[from] serde_json::Error),
    /// A file cannot be moved or made.
    #[error("{file}: {cause}")]
    File {
        /// File.
        file: PathBuf,
        /// Cause.
        cause: std::io::Error,
    },
}

/// The open database.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
}

impl Database {
    /// Opens the file; one that cannot be read is moved aside and a new one begun.
    pub fn open_or_replace(file: &Path) -> Result<Self, StoreError> {
        match Self::open(file) {
            Ok(database) => Ok(database),
            Err(error) if is_unreadable(&error) && file.exists() => {
                let aside = move_aside(file)?;
                tracing::error!(
                    %error, aside = %aside.display(),
                    "store unreadable; it was moved aside and the box starts with an empty one"
                );
                Self::open(file)
            }
            Err(error) => Err(error),
        }
    }

    fn open(file: &Path) -> Result<Self, StoreError> {
        keep_private(file);
        let connection = Connection::open(file)?;
        connection.busy_timeout(Duration::from_secs(2))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        match version {
            0 => connection.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;"))?,
            SCHEMA_VERSION => check(&connection)?,
            newer => return Err(StoreError::Newer(newer)),
        }
        Ok(Self { connection })
    }

    /// Everything, for the start. What does not parse is left in place and told in the log.
    pub fn read_all(&self) -> Stored {
        let provisioning = self.blob(PROVISIONING).and_then(|bytes| {
            serde_json::from_slice::<Provisioning>(&bytes)
                .map_err(|error| tracing::error!(%error, "stored provisioning unreadable"))
                .ok()
        });
        Stored {
            provisioning,
            orders: self.blob(ORDERS),
            settings: self.blob(SETTINGS),
            outbox: self.outbox().unwrap_or_else(|error| {
                tracing::error!(%error, "outbox unreadable");
                Vec::new()
            }),
        }
    }

    /// Carries out one command as one transaction.
    pub fn carry_out(&mut self, command: StoreCommand) -> Result<(), StoreError> {
        match command {
            StoreCommand::AddReport(report) => self.add(&report),
            StoreCommand::RemoveReport(report_id) => {
                let id = report_id.to_string();
                self.connection.execute("DELETE FROM outbox WHERE report_id = ?1", [id])?;
                Ok(())
            }
            StoreCommand::SaveProvisioning(provisioning) => {
                self.save(PROVISIONING, &serde_json::to_vec(&provisioning)?)
            }
            StoreCommand::SaveOrders(bytes) => self.save(ORDERS, &bytes),
            StoreCommand::SaveSettings(bytes) => self.save(SETTINGS, &bytes),
        }
    }

    /// Adding the same report again changes nothing: it is in the outbox already.
    fn add(&mut self, report: &Report) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO outbox (report_id, content) VALUES (?1, ?2)
             ON CONFLICT (report_id) DO NOTHING",
            params![report.report_id.to_string(), serde_json::to_string(report)?],
        )?;
        Ok(())
    }

    fn save(&mut self, name: &str, content: &[u8]) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO blob (name, content) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET content = excluded.content",
            params![name, content],
        )?;
        Ok(())
    }

    fn blob(&self, name: &str) -> Option<Vec<u8>> {
        self.connection
            .query_row("SELECT content FROM blob WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .unwrap_or_else(|error| {
                tracing::error!(name, %error, "stored value unreadable");
                None
            })
    }

    fn outbox(&self) -> Result<Vec<Report>, StoreError> {
        let mut select =
            self.connection.prepare("SELECT report_id, content FROM outbox ORDER BY position")?;
        let rows = select
            .query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?
            .collect::<Result<Vec<_>, _>>()?;
        let readable = rows.into_iter().filter_map(|(report_id, content)| {
            serde_json::from_str(&content)
                .map_err(|error| tracing::error!(report_id, %error, "stored report unreadable"))
                .ok()
        });
        Ok(readable.collect())
    }
}

fn check(connection: &Connection) -> Result<(), StoreError> {
    let verdict: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Damaged(verdict)) }
}

/// A full disk or a locked file is no reason to begin anew.
fn is_unreadable(error: &StoreError) -> bool {
    match error {
        StoreError::Damaged(_) | StoreError::Newer(_) => true,
        StoreError::Database(error) => matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
        ),
        StoreError::Value(_) | StoreError::File { .. } => false,
    }
}

fn move_aside(file: &Path) -> Result<PathBuf, StoreError> {
    let seconds = system_ms() / 1_000;
    let aside = (0..1_000)
        .map(|number| with_suffix(file, &format!(".unreadable-{seconds}-{number}")))
        .find(|aside| !aside.exists())
        .unwrap_or_else(|| with_suffix(file, ".unreadable"));
    for part in ["", "-wal", "-shm"] {
        let from = with_suffix(file, part);
        if from.exists() {
            std::fs::rename(&from, with_suffix(&aside, part))
                .map_err(|cause| StoreError::File { file: from, cause })?;
        }
    }
    Ok(aside)
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// What a home answered is for this box alone, also where its folder is open to others. SQLite gives the files beside
/// it (`-wal`, `-shm`) the mode of the database; those of an earlier start are narrowed too. A file whose mode cannot be
/// changed is told and used: the television goes on.
fn keep_private(file: &Path) {
    let made = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
    // Opening it says below why it cannot be had.
    drop(made);
    for suffix in ["", "-wal", "-shm"] {
        let narrowed =
            std::fs::set_permissions(with_suffix(file, suffix), Permissions::from_mode(0o600));
        if let Err(error) = narrowed.or_else(unless_missing) {
            tracing::warn!(%error, file = %file.display(), "others of this machine may read the store");
        }
    }
    let folder = file.parent().and_then(|folder| std::fs::metadata(folder).ok());
    if folder.is_some_and(|about| about.permissions().mode() & 0o077 != 0) {
        tracing::warn!(file = %file.display(), "other users can enter the folder of the store; run chmod 700 on it");
    }
}

fn unless_missing(error: std::io::Error) -> std::io::Result<()> {
    if error.kind() == std::io::ErrorKind::NotFound { Ok(()) } else { Err(error) }
}

#[cfg(test)]
mod tests {
    use gateway_api::report::{Answer, ReportContent};
    use uuid::Uuid;

    use super::*;

    type Outcome = Result<(), Box<dyn std::error::Error>>;

    fn report(happened_at_ms: i64) -> Report {
        Report {
            report_id: Uuid::now_v7(),
            happened_at_ms,
            clock_trusted: false,
            content: ReportContent::OrderAnswer {
                order_id: "0".repeat(32),
                answer: Answer::NeedHelp,
            },
        }
    }

    #[test]
    fn what_was_written_is_there_after_a_restart_in_its_order() -> Outcome {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("store.sqlite3");
        let (first, second, third) = (report(3), report(1), report(2));
        let mut database = Database::open_or_replace(&file)?;
        for one in [&first, &second, &third, &second] {
            database.carry_out(StoreCommand::AddReport(one.clone()))?;
        }
        database.carry_out(StoreCommand::RemoveReport(second.report_id))?;
        database.carry_out(StoreCommand::SaveOrders(vec![1]))?;
        database.carry_out(StoreCommand::SaveOrders(vec![2, 0, 255]))?;
        database.carry_out(StoreCommand::SaveSettings(vec![9]))?;
        // No orderly close: the file is read as a killed process left it.
        let stored = Database::open_or_replace(&file)?.read_all();
        assert_eq!(stored.outbox, [first, third]);
        assert_eq!(stored.orders, Some(vec![2, 0, 255]));
        assert_eq!(stored.settings, Some(vec![9]));
        assert_eq!(stored.provisioning, None);
        Ok(())
    }

    #[test]
    fn the_store_is_for_its_owner_only_also_in_an_open_folder() -> Outcome {
        let folder = tempfile::tempdir()?;
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o755))?;
        let file = folder.path().join("store.sqlite3");
        let modes = || -> std::io::Result<Vec<(std::ffi::OsString, u32)>> {
            let entries = std::fs::read_dir(folder.path())?;
            entries
                .map(|entry| {
                    let entry = entry?;
                    Ok((entry.file_name(), entry.metadata()?.permissions().mode() & 0o777))
                })
                .collect()
        };
        let mut first = Database::open_or_replace(&file)?;
        first.carry_out(StoreCommand::AddReport(report(1)))?;
        let made = modes()?;
        assert_eq!(made.len(), 3, "the log and its index lie beside it: {made:?}");
        assert!(made.iter().all(|(_, mode)| *mode == 0o600), "{made:?}");
        for (name, _) in made {
            std::fs::set_permissions(folder.path().join(name), Permissions::from_mode(0o644))?;
        }
        let _second = Database::open_or_replace(&file)?;
        let found = modes()?;
        assert!(found.iter().all(|(_, mode)| *mode == 0o600), "an earlier version's: {found:?}");
        Ok(())
    }

    #[test]
    fn a_commit_waits_for_the_disk() -> Outcome {
        let folder = tempfile::tempdir()?;
        let database = Database::open_or_replace(&folder.path().join("store.sqlite3"))?;
        let synchronous: i64 =
            database.connection.pragma_query_value(None, "synchronous", |row| row.get(0))?;
        let journal: String =
            database.connection.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
        assert_eq!((synchronous, journal.as_str()), (2, "wal"));
        Ok(())
    }

    #[test]
    fn an_unreadable_store_is_moved_aside_and_kept() -> Outcome {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("store.sqlite3");
        let damaged = b"this is no database, but it was somebody's outbox".repeat(100);
        std::fs::write(&file, &damaged)?;
        let mut database = Database::open_or_replace(&file)?;
        assert_eq!(database.read_all(), Stored::default());
        database.carry_out(StoreCommand::AddReport(report(1)))?;
        let kept: Vec<_> = std::fs::read_dir(folder.path())?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.to_string_lossy().contains("unreadable"))
            .collect();
        assert_eq!(kept.len(), 1);
        assert_eq!(std::fs::read(&kept[0])?, damaged);
        Ok(())
    }

    #[test]
    fn a_store_of_a_newer_box_is_not_touched() -> Outcome {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("store.sqlite3");
        let database = Database::open_or_replace(&file)?;
        database.connection.pragma_update(None, "user_version", 99)?;
        drop(database);
        Database::open_or_replace(&file)?;
        let kept = std::fs::read_dir(folder.path())?
            .filter_map(Result::ok)
            .any(|entry| entry.file_name().to_string_lossy().contains("unreadable"));
        assert!(kept);
        Ok(())
    }

    #[test]
    fn one_unreadable_value_does_not_take_the_others_with_it() -> Outcome {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("store.sqlite3");
        let mut database = Database::open_or_replace(&file)?;
        let good = report(1);
        database.carry_out(StoreCommand::AddReport(good.clone()))?;
        database
            .connection
            .execute("INSERT INTO outbox (report_id, content) VALUES ('x', '{')", [])?;
        database.save(PROVISIONING, b"{\"version\":")?;
        database.carry_out(StoreCommand::SaveOrders(vec![7]))?;
        let stored = database.read_all();
        assert_eq!(stored.outbox, [good]);
        assert_eq!(stored.provisioning, None);
        assert_eq!(stored.orders, Some(vec![7]));
        Ok(())
    }
}
