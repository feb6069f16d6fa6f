//! Whether the box may be taken away now, and whether this version of it works.

use crate::{
    duty::Busy,
    event::{Event, PlayerState, ReaderState},
    nav::Page,
};

use super::{Machine, reports::is_from_a_person};

impl Machine {
    /// Why the box must not be restarted now; none when it may.
    pub fn busy(&self) -> Option<Busy> {
        if !self.is_restored {
            return Some(Busy::Starting);
        }
        if self.emergency.stage(self.context.now_ms()).is_some() {
            return Some(Busy::Order);
        }
        let is_asked = matches!(
            self.nav.page(),
            Some(
                Page::CheckIn
                    | Page::CheckInContact
                    | Page::CheckInDone
                    | Page::Services
                    | Page::Cards
            )
        );
        if is_asked || self.card.is_in_use() {
            return Some(Busy::Conversation);
        }
        self.outbox.holds_any(is_from_a_person).then_some(Busy::Report)
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
