//! One conversation with one card: exclusive, in a transaction, reset at its end.

use std::{
    ffi::CString,
    sync::{
        atomic::{AtomicBool, Ordering},
        mpsc::Receiver,
    },
    time::Duration,
};

use pcsc::{Context, Disposition, MAX_BUFFER_SIZE_EXTENDED, Protocols, Scope, ShareMode, State};
use stb_core::{
    effect::CardCommand,
    event::{CardIo, Event},
};

use super::watch::fits;
use crate::effects::{Ended, Events, clock::instant};

/// After a failed command the service needs this long to notice that the card was pulled; readers
/// are polled about every 400 ms.
const REMOVAL_NOTICED_WITHIN: Duration = Duration::from_millis(1_200);

/// What the machine wants of the card.
pub(super) enum Command {
    Open,
    Transmit(CardCommand),
    Reset,
}

/// How a conversation ended.
enum End {
    /// The machine asked for it, with the command that comes next, if any.
    Asked(Option<Command>),
    /// Card or reader failed; told already.
    Broken,
    /// Nobody sends or listens any more.
    Finished,
}

/// Waits for conversations and holds them, one after the other.
pub(super) fn converse(
    filter: Option<&str>,
    queue: &Receiver<Command>,
    events: &Events,
    ours: &AtomicBool,
) -> Ended {
    let mut next = None;
    loop {
        let Some(command) = next.take().or_else(|| queue.recv().ok()) else {
            return Ended::Finished;
        };
        // A command without an open card belongs to a conversation that already failed.
        if !matches!(command, Command::Open) {
            continue;
        }
        ours.store(true, Ordering::Release);
        let end = open_and_hold(filter, queue, events);
        ours.store(false, Ordering::Release);
        match end {
            Ok(End::Asked(command)) => next = command,
            Ok(End::Broken) => {}
            Ok(End::Finished) => return Ended::Finished,
            Err(error) => {
                tracing::info!(%error, "card not opened");
                if events.send_blocking(Event::CardFailed(failure(error))).is_err() {
                    return Ended::Finished;
                }
            }
        }
    }
}

fn open_and_hold(
    filter: Option<&str>,
    queue: &Receiver<Command>,
    events: &Events,
) -> Result<End, pcsc::Error> {
    let context = Context::establish(Scope::User)?;
    let reader = reader_with_card(&context, filter)?;
    let mut card = context.connect(&reader, ShareMode::Exclusive, Protocols::ANY)?;
    let transaction = card.transaction()?;
    let end = hold(&transaction, &context, &reader, queue, events);
    // Login state survives a mere disconnect; only a reset forgets the PIN.
    if let Err((_, error)) = transaction.end(Disposition::ResetCard) {
        tracing::debug!(%error, "transaction not ended; the card is gone");
    }
    if let Err((_, error)) = card.disconnect(Disposition::ResetCard) {
        tracing::debug!(%error, "card not disconnected; it is gone");
    }
    Ok(end)
}

fn hold(
    card: &pcsc::Transaction<'_>,
    context: &Context,
    reader: &CString,
    queue: &Receiver<Command>,
    events: &Events,
) -> End {
    let mut buffer = vec![0; MAX_BUFFER_SIZE_EXTENDED];
    while let Ok(command) = queue.recv() {
        let command = match command {
            Command::Transmit(command) => command,
            Command::Reset => return End::Asked(None),
            Command::Open => return End::Asked(Some(Command::Open)),
        };
        let answer = match card.transmit(&command.0, &mut buffer) {
            Ok(answer) => Event::CardAnswered(answer.to_vec()),
            Err(error) => {
                tracing::info!(%error, "card conversation broke");
                Event::CardFailed(what_happened(context, reader, error))
            }
        };
        drop(command);
        let broken = matches!(answer, Event::CardFailed(_));
        if events.send_blocking(answer).is_err() {
            return End::Finished;
        }
        if broken {
            return End::Broken;
        }
    }
    End::Finished
}

/// The first reader that the operator wants and that holds a card.
fn reader_with_card(context: &Context, filter: Option<&str>) -> Result<CString, pcsc::Error> {
    let names = context.list_readers_owned()?;
    let mut readers: Vec<_> = names
        .into_iter()
        .filter(|name| fits(name, filter))
        .map(|name| pcsc::ReaderState::new(name, State::UNAWARE))
        .collect();
    if readers.is_empty() {
        return Err(pcsc::Error::NoReadersAvailable);
    }
    context.get_status_change(Duration::ZERO, &mut readers)?;
    readers
        .iter()
        .find(|reader| reader.event_state().contains(State::PRESENT))
        .map(|reader| reader.name().to_owned())
        .ok_or(pcsc::Error::NoSmartcard)
}

/// A pulled card first looks like a disturbed line: the reader's own word decides.
fn what_happened(context: &Context, reader: &CString, error: pcsc::Error) -> CardIo {
    let first_guess = failure(error);
    if first_guess != CardIo::Transmission {
        return first_guess;
    }
    let deadline = instant() + REMOVAL_NOTICED_WITHIN;
    let mut states = [pcsc::ReaderState::new(reader.clone(), State::UNAWARE)];
    loop {
        let left = deadline.saturating_duration_since(instant());
        match context.get_status_change(left, &mut states) {
            Ok(()) if states[0].event_state().contains(State::EMPTY) => return CardIo::Removed,
            Ok(()) => states[0].sync_current_state(),
            Err(pcsc::Error::Timeout) => return first_guess,
            Err(error) => return failure(error),
        }
        if left.is_zero() {
            return first_guess;
        }
    }
}

fn failure(error: pcsc::Error) -> CardIo {
    use pcsc::Error as E;
    match error {
        E::RemovedCard | E::NoSmartcard => CardIo::Removed,
        E::ReaderUnavailable | E::UnknownReader | E::NoReadersAvailable => CardIo::ReaderGone,
        E::NoService | E::ServiceStopped | E::Shutdown => CardIo::ServiceDown,
        E::SharingViolation => CardIo::Busy,
        _ => CardIo::Transmission,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_of_the_service_has_its_word() {
        for (error, word) in [
            (pcsc::Error::RemovedCard, CardIo::Removed),
            (pcsc::Error::NoSmartcard, CardIo::Removed),
            (pcsc::Error::ReaderUnavailable, CardIo::ReaderGone),
            (pcsc::Error::NoService, CardIo::ServiceDown),
            (pcsc::Error::SharingViolation, CardIo::Busy),
            (pcsc::Error::ResetCard, CardIo::Transmission),
            (pcsc::Error::CommError, CardIo::Transmission),
        ] {
            assert_eq!(failure(error), word);
        }
    }
}
