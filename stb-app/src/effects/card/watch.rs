//! Which state the reader is in, told whenever it changes.

use std::{
    ffi::CStr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use pcsc::{Context, PNP_NOTIFICATION, Scope, State};
use stb_core::event::{Event, ReaderState};

use crate::effects::{Ended, Events};

/// Pause between attempts to reach a card service that is down.
const RETRY_INTERVAL: Duration = Duration::from_secs(2);

/// The service is asked again at least so often, should it have missed a change.
const WAIT_MAX: Duration = Duration::from_secs(10);

/// A machine with more readers is no television box.
const READERS_MAX: usize = 8;

/// What the watch knows between restarts.
#[derive(Debug)]
pub(super) struct Watched {
    filter: Option<String>,
    events: Events,
    ours: Arc<AtomicBool>,
    told: Option<ReaderState>,
}

impl Watched {
    pub(super) fn new(filter: Option<String>, events: Events, ours: Arc<AtomicBool>) -> Self {
        Self { filter, events, ours, told: None }
    }

    /// False when nobody listens any more.
    fn tell(&mut self, state: ReaderState) -> bool {
        if self.told == Some(state) {
            return true;
        }
        tracing::info!(?state, "card reader");
        self.told = Some(state);
        self.events.send_blocking(Event::ReaderChanged(state)).is_ok()
    }
}

/// Watches until nobody listens; the service may come and go.
pub(super) fn watch(watched: &mut Watched) -> Ended {
    loop {
        let failed = match Context::establish(Scope::User) {
            Ok(context) => watch_service(&context, watched),
            Err(error) => Some(error),
        };
        let Some(error) = failed else { return Ended::Finished };
        tracing::debug!(%error, "card service not reachable");
        if !watched.tell(ReaderState::ServiceDown) {
            return Ended::Finished;
        }
        std::thread::park_timeout(RETRY_INTERVAL);
    }
}

/// `None` when nobody listens any more, else why the service failed.
fn watch_service(context: &Context, watched: &mut Watched) -> Option<pcsc::Error> {
    let mut readers = vec![pcsc::ReaderState::new(PNP_NOTIFICATION(), State::UNAWARE)];
    loop {
        if let Err(error) = refresh(context, watched.filter.as_deref(), &mut readers) {
            return Some(error);
        }
        match context.get_status_change(WAIT_MAX, &mut readers) {
            Ok(()) | Err(pcsc::Error::Timeout) => {}
            // A reader unplugged between the list and the question; the next list knows.
            Err(pcsc::Error::UnknownReader | pcsc::Error::ReaderUnavailable) => {
                readers.truncate(1);
                continue;
            }
            Err(error) => return Some(error),
        }
        let ours = watched.ours.load(Ordering::Acquire);
        let states = readers.iter().filter(|reader| reader.name() != PNP_NOTIFICATION());
        let state = overall(states.map(|reader| classify(reader.event_state(), ours)));
        if !watched.tell(state) {
            return None;
        }
    }
}

/// Drops readers that are gone, adds new ones, and takes the present state as known.
fn refresh(
    context: &Context,
    filter: Option<&str>,
    readers: &mut Vec<pcsc::ReaderState>,
) -> Result<(), pcsc::Error> {
    let names = match context.list_readers_owned() {
        Ok(names) => names,
        Err(pcsc::Error::NoReadersAvailable) => Vec::new(),
        Err(error) => return Err(error),
    };
    readers.retain(|reader| {
        reader.name() == PNP_NOTIFICATION() || names.iter().any(|name| **name == *reader.name())
    });
    for name in names.into_iter().filter(|name| fits(name, filter)) {
        if readers.len() <= READERS_MAX && !readers.iter().any(|known| known.name() == &*name) {
            readers.push(pcsc::ReaderState::new(name, State::UNAWARE));
        }
    }
    readers.iter_mut().for_each(pcsc::ReaderState::sync_current_state);
    Ok(())
}

/// Whether the operator wants this reader.
pub(super) fn fits(name: &CStr, filter: Option<&str>) -> bool {
    filter.is_none_or(|part| name.to_string_lossy().contains(part))
}

fn classify(state: State, ours: bool) -> ReaderState {
    if state.intersects(State::UNKNOWN | State::IGNORE | State::UNAVAILABLE) {
        ReaderState::NoReader
    } else if !state.contains(State::PRESENT) {
        ReaderState::Empty
    } else if state.contains(State::MUTE) {
        ReaderState::CardMute
    } else if state.contains(State::EXCLUSIVE) && !ours {
        ReaderState::Busy
    } else {
        ReaderState::CardPresent
    }
}

/// Of several readers the one with the most to say counts.
fn overall(states: impl Iterator<Item = ReaderState>) -> ReaderState {
    let rank = |state: &ReaderState| match state {
        ReaderState::CardPresent => 5,
        ReaderState::Busy => 4,
        ReaderState::CardMute => 3,
        ReaderState::Empty => 2,
        ReaderState::NoReader => 1,
        ReaderState::ServiceDown => 0,
    };
    states.max_by_key(rank).unwrap_or(ReaderState::NoReader)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_service_become_one_state() {
        let present = State::CHANGED | State::PRESENT;
        assert_eq!(classify(State::CHANGED | State::EMPTY, false), ReaderState::Empty);
        assert_eq!(classify(present, false), ReaderState::CardPresent);
        assert_eq!(classify(present | State::MUTE, false), ReaderState::CardMute);
        let held = present | State::EXCLUSIVE | State::INUSE;
        assert_eq!(classify(held, false), ReaderState::Busy);
        assert_eq!(classify(held, true), ReaderState::CardPresent);
        assert_eq!(classify(present | State::INUSE, false), ReaderState::CardPresent);
        assert_eq!(classify(State::UNAVAILABLE, false), ReaderState::NoReader);
    }

    #[test]
    fn a_card_in_any_reader_counts() {
        use ReaderState as R;
        assert_eq!(overall([R::Empty, R::CardPresent, R::CardMute].into_iter()), R::CardPresent);
        assert_eq!(overall([R::NoReader, R::Empty].into_iter()), R::Empty);
        assert_eq!(overall(std::iter::empty()), R::NoReader);
    }

    #[test]
    fn the_operator_may_name_the_reader() {
        assert!(fits(c"Virtual PCD 00 00", None));
        assert!(fits(c"Virtual PCD 00 00", Some("PCD 00")));
        assert!(!fits(c"Virtual PCD 00 00", Some("Gemalto")));
    }
}
