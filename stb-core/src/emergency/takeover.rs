//! Which order is on the screen, how far the home has dealt with it, and what its keys do.

mod asides;

use std::collections::BTreeSet;

use evacuation::{book::Standing, guidance::Action, order::OrderId};
use gateway_api::report::Answer;

use crate::view::TakeoverStage;

use super::{Emergency, HomeOrder, ladder::Ladder};

/// The confirmation of an answer stays this long; shorter when another order waits.
const CONFIRMED_MS: u64 = 20_000;
const CONFIRMED_BRIEFLY_MS: u64 = 6_000;
/// A press meant for what was on the screen before the order must not answer it, and neither must
/// those of a hand that goes on pressing; but nobody is kept from answering for long.
const STRAY_PRESS_MS: u64 = 700;
const STRAY_PRESSES_MS: u64 = 5_000;

/// The takeover on the screen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Takeover {
    cursor: OrderId,
    pub(super) focus: usize,
    pub(super) phase: Phase,
    began_at: u64,
    /// The town's words have the screen.
    reading: bool,
    /// This answer would take a call for help back: the home is asked first.
    asked: Option<Answer>,
    /// How the call for help stood that the answer just given repeats.
    pub(super) repeats: Option<CallBefore>,
    /// Until then a press may still be meant for what was there before.
    quiet_until: u64,
}

/// How an earlier call for help of this home stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallBefore {
    /// On its way.
    Accepted,
    /// The town has it.
    Arrived,
    /// The town's staff has dealt with it.
    Seen,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Phase {
    /// Something waits for an answer.
    Alerting(Ladder),
    /// Just answered. Orders that were there by then wait until that was seen.
    Confirmed { until: u64, known: BTreeSet<OrderId> },
    /// Opened again from the home page.
    Opened,
    /// Answered and in force: one line.
    Quiet,
}

/// What 決定 does on an item of the takeover.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TakeoverDeed {
    Answer(OrderId, Answer),
    /// Takes a call for help back and answers this.
    Replace(OrderId, Answer),
    /// Leaves the call for help as it is.
    KeepCall,
    Acknowledge(OrderId),
    /// Closes the confirmation.
    Close,
    /// Shows the next of several orders.
    ShowNext,
    /// Shows the town's words, or the order again.
    TurnPage,
}

impl Takeover {
    pub(crate) const fn cursor(&self) -> OrderId {
        self.cursor
    }

    fn new(cursor: OrderId, phase: Phase, focus: usize, began_at: u64) -> Self {
        let quiet_until = began_at + STRAY_PRESS_MS;
        let (reading, asked, repeats) = (false, None, None);
        Self { cursor, focus, phase, began_at, reading, asked, repeats, quiet_until }
    }

    pub(super) fn stage(&self, now_ms: u64) -> TakeoverStage {
        match &self.phase {
            Phase::Alerting(_) if self.reading => TakeoverStage::FullScreen,
            Phase::Alerting(ladder) => ladder.stage(now_ms),
            Phase::Confirmed { .. } => TakeoverStage::Large,
            Phase::Opened => TakeoverStage::FullScreen,
            Phase::Quiet => TakeoverStage::Notice,
        }
    }
}

impl Emergency {
    pub(crate) fn stage(&self, now_ms: u64) -> Option<TakeoverStage> {
        Some(self.takeover.as_ref()?.stage(now_ms))
    }

    /// Whether the takeover has the keys.
    pub(crate) fn has_keys(&self) -> bool {
        self.takeover.as_ref().is_some_and(|takeover| takeover.phase != Phase::Quiet)
    }

    pub(crate) fn is_alerting(&self) -> bool {
        self.takeover.as_ref().is_some_and(|t| matches!(t.phase, Phase::Alerting(_)))
    }

    /// The order on the screen.
    pub(crate) fn shown(&self) -> Option<&HomeOrder> {
        self.order(self.takeover.as_ref()?.cursor)
    }

    pub(crate) fn takeover_deadline(&self, now_ms: u64) -> Option<u64> {
        match &self.takeover.as_ref()?.phase {
            Phase::Alerting(ladder) => ladder.deadline(now_ms),
            Phase::Confirmed { until, .. } => Some(*until),
            Phase::Opened | Phase::Quiet => None,
        }
    }

    /// True when the order shall be spoken again.
    pub(crate) fn reach(&mut self, now_ms: u64) -> bool {
        match self.takeover.as_mut().map(|takeover| &mut takeover.phase) {
            Some(Phase::Alerting(ladder)) => {
                let is_due = ladder.reach(now_ms);
                if is_due {
                    self.return_to_pending();
                }
                is_due
            }
            Some(Phase::Confirmed { until, .. }) if *until <= now_ms => {
                self.minimise();
                false
            }
            _ => false,
        }
    }

    /// Decides what is on the screen now. True when an alert begins.
    pub(super) fn choose(&mut self, now_ms: u64) -> bool {
        let pending = self.pending().map(HomeOrder::id);
        let cursor = self.takeover.as_ref().map(Takeover::cursor);
        let is_there = cursor.is_some_and(|id| self.visible().any(|order| order.id() == id));
        let Some(pending) = pending else {
            self.rest(is_there);
            return false;
        };
        let is_fresh = !self.alerted.contains(&pending);
        let goes_on = match self.takeover.as_ref().map(|takeover| &takeover.phase) {
            Some(Phase::Alerting(_)) => is_there && !is_fresh,
            Some(Phase::Confirmed { known, .. }) => {
                is_there && (!is_fresh || known.contains(&pending))
            }
            Some(Phase::Opened | Phase::Quiet) | None => false,
        };
        if goes_on {
            return false;
        }
        self.alert(pending, now_ms);
        true
    }

    /// Its advice turned: it does not wait for a confirmation that tells of the advice before.
    pub(super) fn forget_known(&mut self, id: OrderId) {
        if let Some(Phase::Confirmed { known, .. }) = self.takeover.as_mut().map(|t| &mut t.phase) {
            known.remove(&id);
        }
    }

    /// Nothing waits: an answered order in force stays as one line.
    fn rest(&mut self, is_there: bool) {
        let phase = self.takeover.as_ref().map(|takeover| &takeover.phase);
        let stays = matches!(phase, Some(Phase::Confirmed { .. } | Phase::Opened | Phase::Quiet));
        if is_there && stays {
            return;
        }
        let in_force = self.visible().find(|order| order.standing == Standing::InForce);
        self.takeover = in_force.map(|order| Takeover::new(order.id(), Phase::Quiet, 0, 0));
    }

    fn alert(&mut self, id: OrderId, now_ms: u64) {
        let Some(order) = self.order(id) else { return };
        let (ladder, focus) = (Ladder::new(order, now_ms), self.first_focus(order));
        self.alerted.insert(id);
        self.takeover = Some(Takeover::new(id, Phase::Alerting(ladder), focus, now_ms));
    }

    /// What the items do, in their order on the screen.
    pub(crate) fn deeds(&self) -> Vec<TakeoverDeed> {
        let (Some(takeover), Some(order)) = (&self.takeover, self.shown()) else {
            return Vec::new();
        };
        let id = order.id();
        if let Some(answer) = takeover.asked {
            return vec![TakeoverDeed::KeepCall, TakeoverDeed::Replace(id, answer)];
        }
        let mut deeds = match takeover.phase {
            Phase::Quiet => return Vec::new(),
            Phase::Confirmed { .. } => vec![TakeoverDeed::Close],
            Phase::Alerting(_) | Phase::Opened if order.standing == Standing::Notice => {
                vec![TakeoverDeed::Acknowledge(id)]
            }
            Phase::Alerting(_) | Phase::Opened => {
                ANSWERS.map(|answer| TakeoverDeed::Answer(id, answer)).to_vec()
            }
        };
        if self.has_another_page() {
            deeds.push(TakeoverDeed::TurnPage);
        }
        let is_confirmed = matches!(takeover.phase, Phase::Confirmed { .. });
        if !is_confirmed && self.visible().count() > 1 {
            deeds.push(TakeoverDeed::ShowNext);
        }
        deeds
    }

    pub(crate) fn focus(&self) -> usize {
        let focus = self.takeover.as_ref().map_or(0, |takeover| takeover.focus);
        focus.min(self.deeds().len().saturating_sub(1))
    }

    pub(crate) fn set_focus(&mut self, focus: usize) {
        if let Some(takeover) = &mut self.takeover {
            takeover.focus = focus;
        }
    }

    /// Whether a press now may still be meant for what was there before. Such a press lengthens the
    /// quiet time.
    pub(crate) fn is_stray_press(&mut self, now_ms: u64) -> bool {
        let alerting = self.is_alerting();
        let Some(takeover) = &mut self.takeover else { return false };
        let is_stray = alerting && now_ms < takeover.quiet_until;
        if is_stray {
            let latest = takeover.began_at + STRAY_PRESSES_MS;
            takeover.quiet_until = (now_ms + STRAY_PRESS_MS).min(latest);
        }
        is_stray
    }

    /// The answer is on its way: the confirmation is shown. Of a call for help that was made before, it
    /// tells that.
    pub(crate) fn confirm(&mut self, repeats: Option<CallBefore>, now_ms: u64) {
        let waits = if self.pending().is_some() { CONFIRMED_BRIEFLY_MS } else { CONFIRMED_MS };
        let known = self.orders.iter().map(HomeOrder::id).collect();
        if let Some(takeover) = &mut self.takeover {
            takeover.phase = Phase::Confirmed { until: now_ms + waits, known };
            takeover.repeats = repeats;
            takeover.focus = 0;
            takeover.reading = false;
            takeover.asked = None;
        }
    }

    /// The confirmation, or the order opened again, goes down to one line: that of the order that leads,
    /// whichever was answered last.
    pub(crate) fn minimise(&mut self) {
        let leads = self.visible().find(|order| order.standing == Standing::InForce);
        let leads = leads.map(HomeOrder::id);
        if let Some(takeover) = &mut self.takeover {
            takeover.cursor = leads.unwrap_or(takeover.cursor);
            takeover.phase = Phase::Quiet;
            takeover.focus = 0;
            takeover.reading = false;
            takeover.asked = None;
        }
    }

    /// Opens what is in force again, from the home page.
    pub(crate) fn open(&mut self) {
        let in_force = self.visible().find(|order| order.standing == Standing::InForce);
        let Some(order) = in_force else { return };
        let (id, focus) = (order.id(), self.first_focus(order));
        self.takeover = Some(Takeover::new(id, Phase::Opened, focus, 0));
    }

    /// A hand that presses on changes no answer, and takes no call for help back.
    fn first_focus(&self, order: &HomeOrder) -> usize {
        let id = order.id();
        match order.standing {
            Standing::Notice => 0,
            Standing::InForce if self.help_stands(id) => position(Answer::NeedHelp),
            Standing::InForce => {
                self.answer_given(id).map_or_else(|| usual_answer(order), position)
            }
        }
    }

    /// Whoever looked at another order meanwhile sees again the one that waits.
    fn return_to_pending(&mut self) {
        let Some(pending) = self.pending() else { return };
        let (id, focus) = (pending.id(), self.first_focus(pending));
        if let Some(takeover) = self.takeover.as_mut().filter(|takeover| takeover.cursor != id) {
            takeover.cursor = id;
            takeover.asked = None;
            takeover.focus = focus;
            takeover.reading = false;
        }
    }

    /// 戻る or 終了 on an unanswered order: down to the band for a while. False when it is there
    /// already. Notices are put away.
    pub(crate) fn lower(&mut self, now_ms: u64) -> bool {
        let Some(order) = self.shown() else { return false };
        if order.standing == Standing::Notice {
            self.acknowledge_notices();
            return true;
        }
        self.return_to_pending();
        let Some(order) = self.shown() else { return false };
        if self.stage(now_ms) == Some(TakeoverStage::Band) {
            return false;
        }
        let ladder = Ladder::lowered(order, now_ms);
        if let Some(takeover) = &mut self.takeover {
            takeover.phase = Phase::Alerting(ladder);
            takeover.reading = false;
            takeover.asked = None;
        }
        true
    }

    /// Somebody wants to see all of it now.
    pub(crate) fn enlarge(&mut self, now_ms: u64) {
        if let Some(Phase::Alerting(ladder)) = self.takeover.as_mut().map(|t| &mut t.phase) {
            *ladder = Ladder::enlarged(now_ms);
        }
    }

    /// The next of several orders.
    pub(crate) fn show_next(&mut self) {
        let ids: Vec<OrderId> = self.visible().map(HomeOrder::id).collect();
        let cursor = self.takeover.as_ref().map(Takeover::cursor);
        let position = ids.iter().position(|id| Some(*id) == cursor).unwrap_or(0);
        let Some(next) = ids.get((position + 1) % ids.len().max(1)).copied() else { return };
        let focus = self.order(next).map_or(0, |order| self.first_focus(order));
        if let Some(takeover) = &mut self.takeover {
            takeover.cursor = next;
            takeover.focus = focus;
            takeover.reading = false;
        }
    }

    pub(crate) fn acknowledge(&mut self, id: OrderId) {
        if let Some(book) = &mut self.book {
            book.acknowledge(id);
        }
    }

    fn acknowledge_notices(&mut self) {
        let notices: BTreeSet<OrderId> = self
            .visible()
            .filter(|order| order.standing == Standing::Notice)
            .map(HomeOrder::id)
            .collect();
        for id in notices {
            self.acknowledge(id);
        }
    }
}

/// The answers in their fixed order: a hand finds them again.
pub(super) const ANSWERS: [Answer; 3] = [Answer::Leaving, Answer::NeedHelp, Answer::Staying];

fn position(answer: Answer) -> usize {
    ANSWERS.iter().position(|known| *known == answer).unwrap_or(0)
}

/// The focus begins on what the order asks for: at level 5 nobody is sent out.
fn usual_answer(order: &HomeOrder) -> usize {
    match order.guidance.action {
        Action::SecureLifeHere | Action::Prepare => position(Answer::Staying),
        _ => 0,
    }
}
