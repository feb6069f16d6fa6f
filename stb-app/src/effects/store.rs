//! What must survive a power cut: outbox, order book, provisioning, settings.
//!
//! SQLite with a write-ahead log and a sync at every commit. Each [`StoreCommand`] is one
//! transaction, and `ReportStored` is said only after its commit (invariant 6). A database that
//! cannot be read is moved aside, never deleted, and the box goes on with an empty one.

mod database;

use std::{
    path::Path,
    sync::mpsc::{Receiver, Sender, channel},
};

use stb_core::{effect::StoreCommand, event::Event};

use super::{Ended, Events, supervise};
pub use database::{Database, StoreError};

/// The store's end of the box.
#[derive(Debug, Clone)]
pub struct Store {
    commands: Sender<StoreCommand>,
}

impl Store {
    /// Opens the store below `data_dir` on its own thread; [`Event::Restored`] follows.
    pub fn start(data_dir: &Path, events: Events) -> std::io::Result<Self> {
        let (commands, queue) = channel();
        let file = data_dir.join("store.sqlite3");
        let mut restored = false;
        supervise("store", move || work(&file, &queue, &events, &mut restored))?;
        Ok(Self { commands })
    }

    /// Carries out a command; the order of commands is kept.
    pub fn carry_out(&self, command: StoreCommand) {
        if self.commands.send(command).is_err() {
            tracing::error!("store command lost: the store's thread is gone");
        }
    }
}

/// A restart after a failure must not hand the same outbox to the machine twice.
fn work(
    file: &Path,
    queue: &Receiver<StoreCommand>,
    events: &Events,
    restored: &mut bool,
) -> Ended {
    let mut database = match Database::open_or_replace(file) {
        Ok(database) => database,
        Err(error) => {
            tracing::error!(file = %file.display(), %error, "store not opened");
            return refuse_next(queue, events);
        }
    };
    if !*restored {
        let stored = database.read_all();
        if events.send_blocking(Event::Restored(Box::new(stored))).is_err() {
            return Ended::Finished;
        }
        *restored = true;
    }
    while let Ok(command) = queue.recv() {
        let answer = answer_to(&command);
        let outcome = database.carry_out(command);
        if let Err(error) = &outcome {
            tracing::error!(%error, "store command failed");
        }
        if let Some((stored, not_stored)) = answer {
            let event = if outcome.is_ok() { stored } else { not_stored };
            if events.send_blocking(event).is_err() {
                return Ended::Finished;
            }
        }
    }
    Ended::Finished
}

/// Without a database the machine must hear that nothing is kept, and keep it in memory.
fn refuse_next(queue: &Receiver<StoreCommand>, events: &Events) -> Ended {
    while let Ok(command) = queue.try_recv() {
        if let Some((_, not_stored)) = answer_to(&command)
            && events.send_blocking(not_stored).is_err()
        {
            return Ended::Finished;
        }
    }
    Ended::Broken
}

fn answer_to(command: &StoreCommand) -> Option<(Event, Event)> {
    match command {
        StoreCommand::AddReport(report) => {
            Some((Event::ReportStored(report.report_id), Event::ReportNotStored(report.report_id)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use gateway_api::report::{Report, ReportContent};
    use uuid::Uuid;

    use super::*;

    fn report() -> Report {
        Report {
            report_id: Uuid::now_v7(),
            happened_at_ms: 1,
            clock_trusted: true,
            content: ReportContent::OrderReceipt {
                order_id: "0".repeat(32),
                stage: gateway_api::report::ReceiptStage::Shown,
            },
        }
    }

    #[test]
    fn a_report_is_on_disk_when_it_is_said_to_be() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let (events, happened) = async_channel::bounded(8);
        let store = Store::start(folder.path(), events)?;
        assert!(
            matches!(happened.recv_blocking()?, Event::Restored(stored) if *stored == stb_core::effect::Stored::default())
        );
        let report = report();
        store.carry_out(StoreCommand::AddReport(report.clone()));
        assert_eq!(happened.recv_blocking()?, Event::ReportStored(report.report_id));
        // Another connection sees what is committed, as a restart after a power cut would.
        let other = Database::open_or_replace(&folder.path().join("store.sqlite3"))?.read_all();
        assert_eq!(other.outbox, [report]);
        Ok(())
    }

    #[test]
    fn a_store_that_cannot_be_opened_says_so_for_each_report()
    -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("file"), "no folder")?;
        let (events, happened) = async_channel::bounded(8);
        let store = Store::start(&folder.path().join("file"), events)?;
        let report = report();
        store.carry_out(StoreCommand::AddReport(report.clone()));
        assert_eq!(happened.recv_blocking()?, Event::ReportNotStored(report.report_id));
        Ok(())
    }
}
