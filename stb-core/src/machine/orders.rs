//! Orders on their way to the screen, and the home's answers back.

use evacuation::order::OrderId;
use gateway_api::report::{Answer, ReceiptStage, ReportContent};

use crate::{
    effect::{Cue, Effect, SpeechPriority, StoreCommand},
    emergency::{Arrival as OrderArrival, FETCH_SPREAD_MS, TakeoverDeed, answer_words},
    phrase::say,
    view::{Reached, TakeoverView, TextScale},
};

use super::{Machine, Standing};

impl Machine {
    pub(super) fn order_arrived(&mut self, bytes: &[u8]) {
        let Some(profile) = &self.profile else { return };
        let before = self.emergency.highest_sequence();
        let arrival = self.emergency.order_arrived(bytes, profile, self.context.now);
        self.note_order(before);
        match arrival {
            OrderArrival::News(id) => {
                if self.emergency.note_received(id) {
                    self.enter_receipt(id, ReceiptStage::Received);
                }
                self.save_orders();
                self.refresh_orders();
            }
            OrderArrival::Quiet => {
                self.save_orders();
                self.refresh_orders();
            }
            OrderArrival::Unshown(reason) => {
                self.telemetry.refused_order(reason, self.context.now_ms());
                self.save_orders();
            }
            OrderArrival::Refused(reason) => {
                self.telemetry.refused_order(reason, self.context.now_ms());
            }
            OrderArrival::Repeated => {}
        }
    }

    pub(super) fn heartbeat_arrived(&mut self, bytes: &[u8]) {
        let pulse = self.emergency.heartbeat_arrived(bytes, self.context.now);
        if let Some(reason) = pulse.refused {
            self.telemetry.refused_order(reason, self.context.now_ms());
        }
        if let Some(after_sequence) = pulse.fetch_after {
            self.context.push(Effect::FetchOrders { after_sequence, spread_ms: FETCH_SPREAD_MS });
        }
        if pulse.is_to_be_kept {
            self.save_orders();
        }
        self.refresh_orders();
    }

    /// The receipt names what was painted, whatever is shown by now.
    pub(super) fn takeover_painted(&mut self, order_id: &str) {
        let Ok(id) = order_id.parse() else { return };
        if self.emergency.note_painted(id) {
            self.save_orders();
            self.enter_receipt(id, ReceiptStage::Shown);
        }
    }

    pub(super) fn reach_orders(&mut self) {
        if self.emergency.reach(self.context.now_ms()) {
            self.speak_order(Repeat::Once);
        }
        self.refresh_orders();
    }

    /// Reckons anew what is shown; a new alert ends everything else that was going on.
    pub(super) fn refresh_orders(&mut self) {
        let had_keys = self.emergency.has_keys();
        self.emergency.set_large_text(self.settings.scale > TextScale::Normal);
        let alerts = self.emergency.refresh(self.profile.as_ref(), self.context.now);
        if self.emergency.is_unkept() {
            self.save_orders();
        }
        if alerts {
            self.nav.leave_to_television();
            self.context.push(Effect::WakeTelevision);
            self.context.push(Effect::Cue(Cue::Alert));
            self.speak_order(Repeat::Twice);
        } else if had_keys && !self.emergency.has_keys() {
            self.hush_order();
        }
        if self.emergency.is_alerting() {
            self.standby = false;
        }
    }

    pub(super) fn save_orders(&mut self) {
        if let Some(bytes) = self.emergency.keep(self.context.now_ms()) {
            self.context.push(Effect::Store(StoreCommand::SaveOrders(bytes)));
        }
    }

    pub(super) fn takeover_view(&self) -> Option<TakeoverView> {
        let is_saved = |report| self.outbox.is_stored(report) != Some(false);
        let now_ms = self.context.now_ms();
        self.emergency.view(now_ms, self.language(), self.link_open, is_saved)
    }

    pub(super) fn perform_takeover(&mut self, deed: TakeoverDeed) {
        match deed {
            TakeoverDeed::Answer(id, answer) if self.emergency.takes_call_back(id, answer) => {
                self.emergency.ask_to_replace(answer);
                self.say_question();
            }
            TakeoverDeed::Answer(id, answer) | TakeoverDeed::Replace(id, answer) => {
                self.answer_order(id, answer);
            }
            TakeoverDeed::KeepCall => self.emergency.keep_call(),
            TakeoverDeed::Acknowledge(id) => {
                self.emergency.acknowledge(id);
                self.put_away();
            }
            TakeoverDeed::Close => {
                self.emergency.minimise();
                self.refresh_orders();
            }
            TakeoverDeed::TurnPage => self.emergency.turn_page(!self.emergency.is_reading()),
            TakeoverDeed::ShowNext => {
                self.emergency.show_next();
                self.speak_order(Repeat::Once);
            }
        }
    }

    /// Notices were acknowledged: kept so, and whatever waits next is shown.
    pub(super) fn put_away(&mut self) {
        self.save_orders();
        self.hush_order();
        self.refresh_orders();
    }

    /// The same answer again is no news to the town, except a call for help: staff may have dealt with
    /// the one before.
    fn answer_order(&mut self, id: OrderId, answer: Answer) {
        let calls = answer == Answer::NeedHelp;
        let before = self.emergency.call_before(id).filter(|_| calls);
        let again = calls && self.emergency.is_answer_settled(id);
        if again || self.emergency.answer_given(id) != Some(answer) {
            let order_id = id.to_string();
            let report = self.enter(ReportContent::OrderAnswer { order_id, answer });
            self.emergency.answered(id, answer, report);
            self.save_orders();
        }
        self.hush_order();
        self.emergency.confirm(before, self.context.now_ms());
        self.say_answer(id, answer);
    }

    /// The answer as the screen tells it. That it has not arrived is said once, and once that it
    /// has, however often somebody presses meanwhile; but whoever calls for help again hears how far
    /// the call is.
    fn say_answer(&mut self, id: OrderId, answer: Answer) {
        let Some(view) = self.takeover_view() else { return };
        let Some(answered) = view.answered else { return };
        let is_on_its_way = answered.reached == Reached::NotYet;
        let is_said = self.arrival == Arrival::Awaited && !self.emergency.is_call_repeated();
        let told = if is_on_its_way && is_said { answer_words(answer) } else { answered.text };
        let mut sentences = vec![told];
        if is_on_its_way {
            self.arrival = Arrival::Awaited;
        }
        let order = self.emergency.shown().filter(|order| order.id() == id);
        sentences.extend(order.and_then(|order| self.emergency.care(order)));
        self.say(sentences, SpeechPriority::Answer);
    }

    /// The town has every answer of which it was said that it does not have it yet.
    pub(super) fn answers_arrived(&mut self) {
        if self.arrival == Arrival::Awaited && self.emergency.waiting().is_empty() {
            self.arrival = Arrival::ToBeSaid;
        }
    }

    /// The screen tells that the town refused it; there is no arrival to be told.
    pub(super) fn answers_refused(&mut self) {
        if self.emergency.waiting().is_empty() {
            self.arrival = Arrival::Told;
        }
    }

    /// Said as soon as no order is being spoken.
    pub(super) fn say_arrival(&mut self) {
        if self.arrival != Arrival::ToBeSaid || self.voice.is_speaking_order() {
            return;
        }
        self.arrival = Arrival::Told;
        let shown = self.emergency.shown();
        let care = shown.and_then(|order| self.emergency.care(order));
        let answered = self.takeover_view().and_then(|view| view.answered);
        let told = match answered {
            Some(answered) if answered.reached == Reached::Town => {
                say::answer_told(answer_words(answered.answer), say::answer_delivered())
            }
            _ => say::answer_delivered(),
        };
        self.say([told].into_iter().chain(care).collect(), SpeechPriority::Answer);
    }

    fn say_question(&mut self) {
        let Some(view) = self.takeover_view() else { return };
        let focused = view.answers.into_iter().nth(view.focus).map(|item| item.label);
        let sentences = [view.action].into_iter().chain(focused).collect();
        self.say(sentences, SpeechPriority::Answer);
    }

    fn hush_order(&mut self) {
        if let Some(effect) = self.voice.stop() {
            self.context.push(effect);
        }
    }

    pub(super) fn speak_order(&mut self, repeat: Repeat) {
        let (Some(order), Some(profile)) = (self.emergency.shown(), &self.profile) else { return };
        let sentences = match repeat {
            Repeat::Once => self.emergency.spoken_once(order, profile),
            Repeat::Twice if order.standing == Standing::Notice => {
                self.emergency.spoken_once(order, profile)
            }
            Repeat::Twice => self.emergency.spoken_twice(order, profile),
        };
        self.say(sentences, SpeechPriority::Order);
    }

    /// Receipts are spread over a window; answers of people never wait.
    fn enter_receipt(&mut self, id: OrderId, stage: ReceiptStage) {
        let window = u64::from(self.context.config.receipt_window_ms);
        let not_before = self.context.now_ms() + self.context.random.up_to(window);
        let content = ReportContent::OrderReceipt { order_id: id.to_string(), stage };
        self.enter_later(content, not_before);
    }
}

/// What was said about an answer on its way to the town.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Arrival {
    /// Nothing that must be corrected.
    #[default]
    Told,
    /// That it has not arrived yet.
    Awaited,
    /// It has arrived meanwhile, which nobody heard yet.
    ToBeSaid,
}

#[derive(Clone, Copy)]
pub(super) enum Repeat {
    Once,
    Twice,
}
