//! What stands in the order's place for a moment: the page of the town's words, and the question
//! before a call for help is taken back.

use evacuation::{book::Standing, order::OrderId};
use gateway_api::report::Answer;

use crate::view::TakeoverStage;

use super::{Emergency, Phase, TakeoverDeed, position};

impl Emergency {
    /// Whether the town's words, the other place and who helps stand on a page of their own: where
    /// larger text, or what was answered, fills the screen, and where the order is not shown on all
    /// of it.
    pub(super) fn has_another_page(&self) -> bool {
        let (Some(takeover), Some(order)) = (&self.takeover, self.shown()) else { return false };
        let words = order.guidance.reason.as_deref();
        let has_words = words.is_some_and(|words| !words.trim().is_empty());
        let is_there_more = order.guidance.fallback.is_some()
            || (self.large_text && !order.guidance.supporters.is_empty());
        if !has_words && !is_there_more {
            return false;
        }
        match takeover.phase {
            Phase::Quiet => false,
            // What else waits comes next.
            Phase::Confirmed { .. } => self.pending().is_none(),
            Phase::Alerting(_) if order.standing == Standing::Notice => true,
            Phase::Alerting(_) | Phase::Opened => {
                let is_whole = takeover.stage(self.moment) == TakeoverStage::FullScreen;
                is_whole && (self.large_text || self.is_answered(order.id()))
            }
        }
    }

    /// Whether an answer, or a call for help that stands, is told with the order.
    fn is_answered(&self, id: OrderId) -> bool {
        self.answer_given(id).is_some() || self.help_stands(id)
    }

    /// Whether that page is shown.
    pub(crate) fn is_reading(&self) -> bool {
        self.takeover.as_ref().is_some_and(|takeover| takeover.reading) && self.has_another_page()
    }

    pub(crate) fn turn_page(&mut self, reading: bool) {
        if let Some(takeover) = &mut self.takeover {
            // Nobody is interrupted while reading.
            if matches!(takeover.phase, Phase::Confirmed { .. }) {
                takeover.phase = Phase::Opened;
            }
            takeover.reading = reading;
        }
        // The button that turns back stands where the one that turned stood.
        let turn = self.deeds().iter().position(|deed| *deed == TakeoverDeed::TurnPage);
        self.set_focus(turn.unwrap_or(0));
    }

    /// Asks before a call for help is taken back; the focus is on the choice that changes nothing.
    pub(crate) fn ask_to_replace(&mut self, answer: Answer) {
        if let Some(takeover) = &mut self.takeover {
            takeover.asked = Some(answer);
            takeover.focus = 0;
        }
    }

    /// The answer that waits for this question.
    pub(crate) fn asked_to_replace(&self) -> Option<Answer> {
        self.takeover.as_ref()?.asked
    }

    /// The call for help stays; the focus is on it.
    pub(crate) fn keep_call(&mut self) {
        if let Some(takeover) = &mut self.takeover {
            takeover.asked = None;
            takeover.focus = position(Answer::NeedHelp);
        }
    }

    /// Whether this answer would take back a call for help that stands under this order.
    pub(crate) fn takes_call_back(&self, id: OrderId, answer: Answer) -> bool {
        let called = self.answer_given(id) == Some(Answer::NeedHelp) || self.help_stands(id);
        called && answer != Answer::NeedHelp
    }
}
