//! Whether the box may be taken away now, and whether this version of it works.

use crate::{
    duty::Busy,
    event::{Event, PlayerState, ReaderState},
    nav::Page,
};

use super::{Machine, reports::is_from_a_person};

/// A page that nobody touched for so long is left standing: who switches off only the television set leaves
/// one for days.
const CONVERSATION_MS: u64 = 30 * 60_000;

impl Machine {
    /// Why the box must not be restarted now; none when it may.
    pub fn busy(&self) -> Option<Busy> {
        if !self.is_restored {
            return Some(Busy::Starting);
        }
        if self.emergency.stage(self.context.now_ms()).is_some() {
            return Some(Busy::Order);
        }
        if self.conversation_end().is_some() {
            return Some(Busy::Conversation);
        }
        self.outbox.holds_any(is_from_a_person).then_some(Busy::Report)
    }

    /// Until when somebody is taken to be using a card or answering a question.
    pub(super) fn conversation_end(&self) -> Option<u64> {
        let is_asked = matches!(
            self.nav.page(),
            Some(
                Page::CheckIn
                    | Page::CheckInContact
                    | Page::CheckInDone
                    | Page::Services
                    | Page::Cards
                    | Page::Diagnosis
                    | Page::FirstStart
            )
        );
        let end = self.touched_at.saturating_add(CONVERSATION_MS);
        let goes_on = (is_asked || self.card.is_in_use()) && self.context.now_ms() < end;
        goes_on.then_some(end)
    }

    /// Somebody is there: a key, or a card that came or went.
    pub(super) const fn note_touch(&mut self, event: &Event) {
        if matches!(event, Event::Key { .. } | Event::ReaderChanged(_)) {
            self.touched_at = self.context.now_ms();
        }
    }

    /// Whether a television picture, the gateway and the card service were all seen since the start.
    pub fn is_proven(&self) -> bool {
        self.proof.picture && self.proof.gateway && self.proof.reader
    }

    pub(super) fn prove(&mut self, event: &Event) {
        match event {
            Event::PlayerChanged {
                state: PlayerState::FirstPicture | PlayerState::Playing,
                ..
            } => {
                self.proof.picture = true;
            }
            Event::LinkOpened => self.proof.gateway = true,
            Event::ReaderChanged(state) if *state != ReaderState::ServiceDown => {
                self.proof.reader = true;
            }
            _ => {}
        }
    }
}
