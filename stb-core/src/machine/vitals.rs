//! How the box is, for the operator: nothing of what anybody watches, says or is called.

use gateway_api::status::{LastOrder, Reader, Signal};

use crate::{
    event::{ReaderState, UpdateNotice},
    phrase::{Phrase, say},
    vitals::Vitals,
};

use super::Machine;

/// The line about an update stands over live television for so long.
const LINE_MS: u64 = 30_000;

/// What is told about an update.
#[derive(Debug, Default)]
pub(super) struct UpdateLine {
    notice: Option<UpdateNotice>,
    until: Option<u64>,
}

impl UpdateLine {
    pub(super) const fn deadline(&self) -> Option<u64> {
        self.until
    }

    pub(super) fn reach(&mut self, now_ms: u64) {
        self.until.take_if(|until| *until <= now_ms);
    }
}

impl Machine {
    /// How the box is.
    pub fn vitals(&self) -> Vitals {
        Vitals {
            reader: match self.card.reader() {
                None => Reader::Unknown,
                Some(ReaderState::ServiceDown) => Reader::ServiceDown,
                Some(ReaderState::NoReader) => Reader::Missing,
                Some(_) => Reader::Ready,
            },
            signal: self.tv.signal(),
            last_order: self.last_order,
            is_linked: self.link_open,
            wanted: self.status_wanted,
        }
    }

    /// An order came: is it the newest one that was ever believed?
    pub(super) fn note_order(&mut self, before: Option<u64>) {
        let sequence = self.emergency.highest_sequence();
        if let Some(sequence) = sequence.filter(|_| sequence > before) {
            let heard_at_ms = self.context.now.wall_ms;
            self.last_order = Some(LastOrder { sequence, heard_at_ms });
        }
    }

    pub(super) fn update_changed(&mut self, notice: Option<UpdateNotice>) {
        if self.update_line.notice != notice {
            let until = self.context.now_ms() + LINE_MS;
            self.update_line = UpdateLine { notice, until: notice.map(|_| until) };
        }
    }

    /// One line over live television, for a while.
    pub(super) fn update_hint(&self) -> Option<Phrase> {
        self.update_line.until?;
        self.update_sentence()
    }

    /// The same on the page of the settings, for as long as it holds.
    pub(super) fn update_sentence(&self) -> Option<Phrase> {
        Some(match self.update_line.notice? {
            UpdateNotice::Tonight => say::update_tonight(),
            UpdateNotice::Renewed => say::update_renewed(),
            UpdateNotice::WentBack => say::update_went_back(),
        })
    }
}

impl From<crate::event::PlayerState> for Signal {
    fn from(state: crate::event::PlayerState) -> Self {
        use crate::event::PlayerState;
        match state {
            PlayerState::Tuning => Self::Unknown,
            PlayerState::FirstPicture | PlayerState::Playing => Self::Good,
            PlayerState::NoSignal => Self::Missing,
            PlayerState::Recovering | PlayerState::Unsupported => Self::Disturbed,
        }
    }
}
