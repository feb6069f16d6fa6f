//! One attempt to know a person: its stages, and what a card that leaves means in each.

use gateway_api::login::{AssuranceLevel, LoginRequest};
use jpki::flow::touch::TouchFlow;

use crate::{event::ReaderState, phrase::Phrase};

use super::{
    entry::SecretEntry,
    purpose::{Errand, Purpose},
    talk::Talk,
    trouble::{Cause, Remedy, Tries, Trouble},
};

/// A card that is pulled is gone within this time.
const LEAVING_MS: u64 = 3_000;

/// One attempt to know a person.
pub(super) struct Attempt {
    pub(super) purpose: Purpose,
    pub(super) errand: Option<Errand>,
    /// Whether somebody waits for it in front of a page.
    pub(super) has_page: bool,
    pub(super) level: AssuranceLevel,
    pub(super) stage: Stage,
    pub(super) login: Option<Login>,
    /// The card signed that it is to be linked, and the gateway was asked.
    pub(super) link_call: Option<u64>,
    pub(super) deadline: Option<u64>,
    /// When the page of this stage came up; the busy stages share one.
    pub(super) page_since: u64,
    /// Digits before this moment were meant for the try before.
    pub(super) digits_from: u64,
    pub(super) is_busy: bool,
}

/// An open login at the gateway.
pub(super) struct Login {
    pub(super) login_id: String,
    pub(super) valid_until: u64,
}

pub(super) enum Stage {
    WaitingForCard,
    Touching(TouchFlow),
    TouchSent,
    Opening,
    Talking { flow: Talk, pin_given: bool },
    LastTry(Talk),
    EnteringPin { flow: Talk, entry: SecretEntry, tries_left: u8, after_wrong: bool },
    ProofSent,
    Troubled(Trouble),
}

impl Attempt {
    pub(super) fn new(purpose: Purpose, now_ms: u64) -> Self {
        Self {
            purpose,
            errand: None,
            has_page: purpose.has_page(),
            level: purpose.level(),
            stage: Stage::WaitingForCard,
            login: None,
            link_call: None,
            deadline: None,
            page_since: now_ms,
            digits_from: 0,
            is_busy: false,
        }
    }

    /// The same with more to say about what it is for.
    pub(super) fn with_errand(self, errand: Option<Errand>) -> Self {
        Self { errand, ..self }
    }

    /// What for, in words.
    pub(super) fn words(&self) -> Phrase {
        self.errand.as_ref().map_or_else(|| self.purpose.words(), |errand| errand.words.clone())
    }

    /// What for, as the card signs it.
    pub(super) fn request(&self) -> LoginRequest {
        self.errand.as_ref().map_or_else(|| self.purpose.request(), |errand| errand.request.clone())
    }

    /// Whether putting a card in goes on with it.
    pub(super) fn waits_for_card(&self) -> bool {
        match &self.stage {
            Stage::WaitingForCard => true,
            Stage::Troubled(trouble) => {
                trouble.cause.remedy() == Remedy::Insert || trouble.cause == Cause::ServiceDown
            }
            _ => false,
        }
    }

    /// A conversation hears that its card leaves before the reader tells it. The reader may call
    /// the card mute for a moment, and the conversation its line disturbed, its answer unreadable or
    /// its reader gone: with an empty reader behind it, it is one removal.
    pub(super) fn told_by_the_leaving_card(
        &self,
        now_ms: u64,
        state: ReaderState,
    ) -> Option<Trouble> {
        let Stage::Troubled(trouble) = &self.stage else { return None };
        let is_leaving = now_ms < self.page_since + LEAVING_MS;
        match (trouble.cause, state) {
            (Cause::Removed, ReaderState::Empty) => Some(*trouble),
            (Cause::Removed, ReaderState::CardMute | ReaderState::Busy) if is_leaving => {
                Some(*trouble)
            }
            (
                Cause::Transmission | Cause::Unreadable | Cause::ReaderGone | Cause::Busy,
                ReaderState::Empty,
            ) if is_leaving => Some(Trouble { cause: Cause::Removed, ..*trouble }),
            _ => None,
        }
    }

    pub(super) fn hides_at(&self) -> Option<u64> {
        match &self.stage {
            Stage::EnteringPin { entry, .. } => entry.hides_at(),
            _ => None,
        }
    }

    /// The character that was typed last is seen for a moment only.
    pub(super) fn hide_glimpse(&mut self, now_ms: u64) {
        if let Stage::EnteringPin { entry, .. } = &mut self.stage
            && entry.hides_at().is_some_and(|at| at <= now_ms)
        {
            entry.hide();
        }
    }

    /// What a broken conversation means for the tries.
    pub(super) fn tries_at_break(&self) -> Tries {
        match &self.stage {
            Stage::Talking { flow, pin_given: true } => flow.tries_at_break(),
            _ => Tries::NotUsed,
        }
    }

    pub(super) fn at_deadline(&self) -> (Cause, Tries) {
        match &self.stage {
            Stage::EnteringPin { .. } | Stage::LastTry(_) => (Cause::EntryTimedOut, Tries::NotUsed),
            Stage::Touching(_) | Stage::Talking { .. } => {
                (Cause::Transmission, self.tries_at_break())
            }
            _ => (Cause::Unreachable, Tries::NotUsed),
        }
    }
}

impl Stage {
    /// Whether it only asks for patience.
    pub(super) fn is_busy(&self) -> bool {
        matches!(
            self,
            Self::Touching(_)
                | Self::TouchSent
                | Self::Opening
                | Self::Talking { .. }
                | Self::ProofSent
        )
    }

    pub(super) fn talks_to_card(&self) -> bool {
        matches!(
            self,
            Self::Touching(_) | Self::Talking { .. } | Self::LastTry(_) | Self::EnteringPin { .. }
        )
    }
}
