//! One attempt to know a person: its stages, and what a card that leaves means in each.

use gateway_api::login::AssuranceLevel;
use jpki::flow::{authenticate::AuthenticateFlow, touch::TouchFlow};

use crate::event::ReaderState;

use super::{
    conversation,
    pin::PinEntry,
    purpose::Purpose,
    trouble::{Cause, Remedy, Tries, Trouble},
};

/// A card that is pulled is gone within this time.
const LEAVING_MS: u64 = 3_000;

/// One attempt to know a person.
pub(super) struct Attempt {
    pub(super) purpose: Purpose,
    /// Whether somebody waits for it in front of a page.
    pub(super) has_page: bool,
    pub(super) level: AssuranceLevel,
    pub(super) stage: Stage,
    pub(super) login: Option<Login>,
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
    Talking { flow: Box<AuthenticateFlow>, pin_given: bool },
    LastTry(Box<AuthenticateFlow>),
    EnteringPin { flow: Box<AuthenticateFlow>, entry: PinEntry, tries_left: u8, after_wrong: bool },
    ProofSent,
    Troubled(Trouble),
}

impl Attempt {
    pub(super) fn new(purpose: Purpose, now_ms: u64) -> Self {
        Self {
            purpose,
            has_page: purpose.has_page(),
            level: purpose.level(),
            stage: Stage::WaitingForCard,
            login: None,
            deadline: None,
            page_since: now_ms,
            digits_from: 0,
            is_busy: false,
        }
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

    /// What a broken conversation means for the tries.
    pub(super) fn tries_at_break(&self) -> Tries {
        match &self.stage {
            Stage::Talking { flow, pin_given: true } => conversation::tries_at_break(flow),
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
