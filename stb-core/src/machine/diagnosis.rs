//! The support's question between screen and gateway: never over an order, never beside a card.

use gateway_api::diagnosis::DiagnosisRequest;
use uuid::Uuid;

use crate::{
    diagnosis::{DiagnosisDeed, DiagnosisOutcome, Sending},
    effect::Effect,
    nav::Page,
    phrase::say,
};

use super::Machine;

impl Machine {
    pub(super) fn diagnosis_asked(&mut self, request: Option<DiagnosisRequest>) {
        let sending = self.diagnosis.heard(request, self.context.now_ms());
        self.send_diagnosis(sending);
    }

    pub(super) fn diagnosis_settled(&mut self, request_id: Uuid, outcome: DiagnosisOutcome) {
        self.diagnosis.settled(request_id, outcome, self.context.now_ms());
        if self.is_on(Page::Diagnosis) {
            self.nav.set_focus(0);
        }
    }

    pub(super) fn diagnosis_deed(&mut self, deed: DiagnosisDeed) {
        match deed {
            DiagnosisDeed::Refuse => self.refuse_diagnosis(),
            DiagnosisDeed::Close => {
                self.nav.back();
            }
            DiagnosisDeed::Give => {
                let sending = self.diagnosis.give(self.context.now_ms());
                self.send_diagnosis(sending);
                self.nav.set_focus(0);
            }
        }
    }

    /// 戻る leaves; from the question it says no.
    pub(super) fn diagnosis_back(&mut self) {
        if self.diagnosis.is_asking() {
            self.refuse_diagnosis();
        } else {
            self.nav.back();
        }
    }

    fn refuse_diagnosis(&mut self) {
        let sending = self.diagnosis.refuse();
        self.send_diagnosis(sending);
        self.nav.back();
        self.show_toast(say::toast_diagnosis_no());
    }

    fn send_diagnosis(&mut self, sending: Option<Sending>) {
        match sending {
            Some(Sending::Given(request_id)) => {
                let (playback, is_proven) = (self.tv.playback(), self.is_proven());
                self.context.push(Effect::GiveDiagnosis { request_id, playback, is_proven });
            }
            Some(Sending::Refused(request_id)) => {
                self.context.push(Effect::RefuseDiagnosis { request_id });
            }
            None => {}
        }
    }

    /// When somebody is to be asked.
    pub(super) fn diagnosis_deadline(&self) -> Option<u64> {
        let due = self.diagnosis.due(self.touched_at).filter(|_| self.may_ask_for_diagnosis());
        [due, self.diagnosis.deadline()].into_iter().flatten().min()
    }

    /// Nobody reads an order, holds a card, or is on a page.
    fn may_ask_for_diagnosis(&self) -> bool {
        self.nav.is_television() && !self.standby && self.is_free_of_urgent()
    }

    fn is_free_of_urgent(&self) -> bool {
        let is_told = self.emergency.stage(self.context.now_ms()).is_some();
        !is_told && self.call_hint().is_none() && !self.card.is_in_use()
    }

    /// The question comes up, or gives way to what is more important; whatever key left it, it is asked again.
    pub(super) fn settle_diagnosis(&mut self) {
        let now_ms = self.context.now_ms();
        let is_here = self.nav.contains(Page::Diagnosis);
        if is_here && (!self.diagnosis.has_page() || !self.is_free_of_urgent()) {
            self.nav.retain(|page| *page != Page::Diagnosis);
        }
        if !self.nav.contains(Page::Diagnosis) && self.diagnosis.has_page() {
            self.diagnosis.put_away(now_ms);
        }
        let is_due = self.diagnosis.due(self.touched_at).is_some_and(|due| due <= now_ms);
        if is_due && self.may_ask_for_diagnosis() {
            self.diagnosis.ask(now_ms);
            self.nav.open(Page::Diagnosis, 0);
        }
    }
}
