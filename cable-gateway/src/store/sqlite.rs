//! SQLite behind the [`Sql`] trait: one writer thread, several readers, bounded queues.

use std::{
    collections::HashMap,
    os::unix::fs::OpenOptionsExt as _,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, types::ValueRef};
use tokio::sync::oneshot;

use super::{
    StoreError,
    sql::{Row, Sql, Value, numbered_for_sqlite},
};
use crate::file_modes;

const QUEUE: usize = 512;
const READERS: usize = 3;
/// Transactions that share one commit, so that a burst costs one wait for the disk.
const BATCH: usize = 64;
/// How long a caller waits for a place in the queue.
const PATIENCE: Duration = Duration::from_secs(5);

/// Work of one transaction; says whether it is kept and whom to tell after the commit.
type Job = Box<dyn FnOnce(&mut dyn Sql) -> Settled + Send>;
type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

struct Settled {
    keep: bool,
    answer: Answer,
}

/// The two queues; clones share them. The threads end when the last clone is gone.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    writer: async_channel::Sender<Job>,
    readers: async_channel::Sender<Job>,
}

impl Engine {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let writing = open_writer(path)?;
        let (writer, jobs) = async_channel::bounded(QUEUE);
        spawn("store-writer", move || write_batches(writing, &jobs))?;
        let (readers, jobs) = async_channel::bounded(QUEUE);
        for _ in 0..READERS {
            let reading = open_reader(path)?;
            let jobs = jobs.clone();
            spawn("store-reader", move || read_snapshots(reading, &jobs))?;
        }
        Ok(Self { writer, readers })
    }

    pub(super) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Sql) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        run(&self.writer, work).await
    }

    pub(super) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut dyn Sql) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        run(&self.readers, work).await
    }
}

async fn run<T, E, F>(queue: &async_channel::Sender<Job>, work: F) -> Result<T, E>
where
    F: FnOnce(&mut dyn Sql) -> Result<T, E> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let job: Job = Box::new(move |sql| {
        let result = work(sql);
        let keep = result.is_ok();
        let answer: Answer = Box::new(move |committed| {
            // Nobody listens when the caller went away; the transaction stands all the same.
            let _ = tell.send(committed.map_err(E::from).and(result));
        });
        Settled { keep, answer }
    });
    match tokio::time::timeout(PATIENCE, queue.send(job)).await {
        Err(_) => return Err(StoreError::Overloaded.into()),
        Ok(Err(_)) => return Err(StoreError::Closed.into()),
        Ok(Ok(())) => {}
    }
    // The sender is dropped unused only when the work panicked.
    told.await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
}

fn write_batches(mut connection: Connected, jobs: &async_channel::Receiver<Job>) {
    while let Ok(first) = jobs.recv_blocking() {
        if let Err(error) = connection.batch("BEGIN IMMEDIATE") {
            refuse(first, &error);
            continue;
        }
        let mut answers = Vec::new();
        let mut next = Some(first);
        while let Some(job) = next {
            answers.extend(run_in_savepoint(&mut connection, job));
            let room = answers.len() < BATCH && connection.in_transaction();
            next = if room { jobs.try_recv().ok() } else { None };
        }
        let committed = connection.batch("COMMIT");
        if let Err(error) = &committed {
            tracing::error!(%error, "commit failed; its transactions are reported as failed");
            // The engine may have rolled back by itself; then this has nothing to do.
            let _ = connection.batch("ROLLBACK");
        }
        for answer in answers {
            answer(committed.clone());
        }
    }
}

fn run_in_savepoint(connection: &mut Connected, job: Job) -> Option<Answer> {
    if let Err(error) = connection.batch("SAVEPOINT job") {
        refuse(job, &error);
        return None;
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| job(connection)));
    let keep = outcome.as_ref().is_ok_and(|settled| settled.keep);
    let end = if keep { "RELEASE job" } else { "ROLLBACK TO job; RELEASE job" };
    let ended = connection.batch(end);
    let answer = outcome.ok()?.answer;
    match ended {
        Ok(()) => Some(answer),
        Err(error) => {
            answer(Err(error));
            None
        }
    }
}

fn read_snapshots(mut connection: Connected, jobs: &async_channel::Receiver<Job>) {
    while let Ok(job) = jobs.recv_blocking() {
        if let Err(error) = connection.batch("BEGIN DEFERRED") {
            refuse(job, &error);
            continue;
        }
        let outcome = catch_unwind(AssertUnwindSafe(|| job(&mut connection)));
        let ended = connection.batch("COMMIT");
        if let Ok(settled) = outcome {
            (settled.answer)(ended);
        }
    }
}

/// Answers a job that could not start. Its work runs against a closed engine: every query of it
/// fails with `error`, so that the caller gets the cause.
fn refuse(job: Job, error: &StoreError) {
    let mut closed = Refused(error.clone());
    if let Ok(settled) = catch_unwind(AssertUnwindSafe(|| job(&mut closed))) {
        (settled.answer)(Err(error.clone()));
    }
}

struct Refused(StoreError);

impl Sql for Refused {
    fn execute(&mut self, _: &'static str, _: &[Value]) -> Result<u64, StoreError> {
        Err(self.0.clone())
    }
    fn script(&mut self, _: &'static str) -> Result<(), StoreError> {
        Err(self.0.clone())
    }
    fn all(&mut self, _: &'static str, _: &[Value]) -> Result<Vec<Row>, StoreError> {
        Err(self.0.clone())
    }
}

/// One connection with its rewritten query texts.
struct Connected {
    connection: Connection,
    texts: HashMap<&'static str, Text>,
}

/// A query in SQLite's spelling, and the names of its columns once it ran.
struct Text {
    query: String,
    columns: Option<Arc<[String]>>,
}

impl Text {
    fn new(query: &'static str) -> Self {
        Self { query: numbered_for_sqlite(query), columns: None }
    }
}

impl Connected {
    fn new(connection: Connection) -> Self {
        connection.set_prepared_statement_cache_capacity(256);
        Self { connection, texts: HashMap::new() }
    }

    fn batch(&mut self, statements: &str) -> Result<(), StoreError> {
        self.connection.execute_batch(statements).map_err(engine_error)
    }

    fn in_transaction(&self) -> bool {
        !self.connection.is_autocommit()
    }
}

impl Sql for Connected {
    fn execute(&mut self, query: &'static str, parameters: &[Value]) -> Result<u64, StoreError> {
        let text = self.texts.entry(query).or_insert_with(|| Text::new(query));
        let mut statement = self.connection.prepare_cached(&text.query).map_err(engine_error)?;
        let changed = statement.execute(bound(parameters)).map_err(engine_error)?;
        Ok(changed as u64)
    }

    fn script(&mut self, statements: &'static str) -> Result<(), StoreError> {
        self.batch(statements)
    }

    fn all(&mut self, query: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError> {
        let text = self.texts.entry(query).or_insert_with(|| Text::new(query));
        let mut statement = self.connection.prepare_cached(&text.query).map_err(engine_error)?;
        let columns = text
            .columns
            .get_or_insert_with(|| {
                statement.column_names().into_iter().map(str::to_owned).collect()
            })
            .clone();
        let mut rows = statement.query(bound(parameters)).map_err(engine_error)?;
        let mut answer = Vec::new();
        while let Some(row) = rows.next().map_err(engine_error)? {
            let values = (0..columns.len()).map(|index| column(row, index));
            answer.push(Row::new(Arc::clone(&columns), values.collect::<Result<_, _>>()?));
        }
        Ok(answer)
    }
}

fn column(row: &rusqlite::Row<'_>, index: usize) -> Result<Value, StoreError> {
    match row.get_ref(index).map_err(engine_error)? {
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(text) => {
            let text = std::str::from_utf8(text);
            Ok(Value::Text(text.map_err(|error| StoreError::Engine(error.to_string()))?.to_owned()))
        }
        ValueRef::Blob(bytes) => Ok(Value::Bytes(bytes.to_vec())),
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Real(_) => Err(StoreError::Engine("a column holds a fraction".to_owned())),
    }
}

fn bound(parameters: &[Value]) -> impl rusqlite::Params + '_ {
    rusqlite::params_from_iter(parameters.iter().map(|value| match value {
        Value::Int(number) => rusqlite::types::ToSqlOutput::from(*number),
        Value::Text(text) => rusqlite::types::ToSqlOutput::from(text.as_str()),
        Value::Bytes(bytes) => rusqlite::types::ToSqlOutput::from(bytes.as_slice()),
        Value::Null => rusqlite::types::ToSqlOutput::from(rusqlite::types::Null),
    }))
}

fn open_writer(path: &Path) -> Result<Connected, StoreError> {
    create_private(path).map_err(|error| cannot_open(path, &error))?;
    let connection = Connection::open(path).map_err(|error| cannot_open(path, &error))?;
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
             PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF;",
        )
        .map_err(|error| cannot_open(path, &error))?;
    Ok(Connected::new(connection))
}

fn open_reader(path: &Path) -> Result<Connected, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(engine_error)?;
    connection
        .execute_batch(
            "PRAGMA query_only = ON; PRAGMA busy_timeout = 5000; PRAGMA trusted_schema = OFF;",
        )
        .map_err(engine_error)?;
    Ok(Connected::new(connection))
}

/// The file and its folder, when they are new, for their owner only. SQLite gives the files beside
/// it (`-wal`, `-shm`) the mode of the database.
fn create_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        file_modes::create_folder(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false).mode(0o600).open(path).map(drop)
}

fn cannot_open(path: &Path, error: &dyn std::error::Error) -> StoreError {
    StoreError::Engine(format!(
        "cannot open {}: {error}; check that the folder exists and belongs to the gateway's user",
        path.display()
    ))
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function in map_err")]
fn engine_error(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(rusqlite::ErrorCode::ConstraintViolation) => StoreError::Conflict(error.to_string()),
        _ => StoreError::Engine(error.to_string()),
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), StoreError> {
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(body);
    thread.map(drop).map_err(|error| StoreError::Engine(format!("no thread for {name}: {error}")))
}
