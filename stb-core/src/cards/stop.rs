//! What became of a stop of lost cards, also when nobody waits on its page any more.

use gateway_api::problem::ProblemCode;

use super::pages;
use crate::{
    few::Few,
    phone::Phone,
    phrase::{Phrase, say},
    service::{ServiceAnswer, ServiceFault},
};

/// What became of a stop.
pub(super) enum StopResult {
    Stopped,
    TooMany,
    Refused,
    Unknown,
}

impl StopResult {
    pub(super) const fn of(answer: &ServiceAnswer) -> Self {
        match answer {
            ServiceAnswer::Done => Self::Stopped,
            ServiceAnswer::Failed(ServiceFault::Refused(code)) => match code {
                ProblemCode::Internal => Self::Unknown,
                ProblemCode::TooManyRequests => Self::TooMany,
                _ => Self::Refused,
            },
            _ => Self::Unknown,
        }
    }
}

/// Stops whose pages were left, or whose answers did not come in time.
#[derive(Default)]
pub(super) struct LateStops {
    on_their_way: Few<u64>,
    /// What became of them, still to be told.
    owed: Few<Phrase>,
}

impl LateStops {
    pub(super) fn wait_for(&mut self, call_id: u64) {
        self.on_their_way.push(call_id);
    }

    /// Whether this is the answer to one of them, which is then no longer waited for.
    pub(super) fn answers(&mut self, call_id: u64) -> bool {
        self.on_their_way.take_if(|late| *late == call_id).is_some()
    }

    /// In one line, when nobody looks at a page about it.
    pub(super) fn owe(&mut self, answer: &ServiceAnswer, phone: Option<&Phone>) {
        self.owed.push(match StopResult::of(answer) {
            StopResult::Stopped => say::toast_cards_stopped(),
            StopResult::Refused | StopResult::TooMany => say::toast_cards_not_stopped(),
            StopResult::Unknown => pages::stop_unknown_line(phone),
        });
    }

    pub(super) fn take_owed(&mut self) -> Option<Phrase> {
        self.owed.take()
    }
}
