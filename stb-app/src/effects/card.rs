//! The card reader, through the system's card service (PC/SC).
//!
//! Two threads, because PC/SC blocks: one watches readers and cards, one holds the conversation. A
//! single thread would have to break off its watching for every command, and a cancellation that
//! comes a moment too early is lost. Commands and answers are never logged; a command wipes itself
//! when it was sent.

mod conversation;
mod watch;

use std::sync::{
    Arc,
    atomic::AtomicBool,
    mpsc::{Sender, channel},
};

use stb_core::effect::CardCommand;

use super::{Events, supervise};
use conversation::{Command, converse};
use watch::{Watched, watch};

/// The reader's end of the box.
#[derive(Debug, Clone)]
pub struct CardReader {
    commands: Sender<Command>,
}

impl CardReader {
    /// Watches readers whose name holds `reader`, or all.
    pub fn start(reader: Option<String>, events: Events) -> std::io::Result<Self> {
        let (commands, queue) = channel();
        // While our own conversation holds the card exclusively, it is not busy.
        let ours = Arc::new(AtomicBool::new(false));
        let mut watched = Watched::new(reader.clone(), events.clone(), Arc::clone(&ours));
        supervise("card-watch", move || watch(&mut watched))?;
        supervise("card", move || converse(reader.as_deref(), &queue, &events, &ours))?;
        Ok(Self { commands })
    }

    /// Opens the card exclusively.
    pub fn open(&self) {
        self.send(Command::Open);
    }

    /// Sends one command to the open card.
    pub fn transmit(&self, command: CardCommand) {
        self.send(Command::Transmit(command));
    }

    /// Ends the conversation and resets the card.
    pub fn reset(&self) {
        self.send(Command::Reset);
    }

    fn send(&self, command: Command) {
        if self.commands.send(command).is_err() {
            tracing::error!("card command lost: the reader's thread is gone");
        }
    }
}
