//! The pages of a service's request between keys, card and gateway.

use gateway_api::login::Session;

use crate::{
    nav::Page,
    phrase::Phrase,
    service::ServiceAnswer,
    services::{ServiceDeed, ServiceOutcome},
    session::purpose::Purpose,
};

use super::Machine;

impl Machine {
    /// From the menu of cards in its place: the card page has room above it.
    pub(super) fn open_services(&mut self) {
        self.services.open(&self.context);
        if self.is_on(Page::Cards) {
            self.nav.replace(Page::Services, 0);
        } else {
            self.nav.open(Page::Services, 0);
        }
        self.focus_service_page();
    }

    pub(super) fn service_digit(&mut self, digit: u8) -> bool {
        let outcome = self.services.digit(&mut self.context, digit);
        self.service_outcome(outcome)
    }

    /// 決定; false when it does not count here.
    pub(super) fn service_deed(&mut self, deed: ServiceDeed) -> bool {
        let outcome = self.services.perform(&mut self.context, deed);
        let is_taken = self.service_outcome(outcome);
        self.offer_complete_pin();
        is_taken
    }

    pub(super) fn service_back(&mut self) {
        let outcome = self.services.back(&self.context);
        self.service_outcome(outcome);
    }

    /// The card said yes; the page below the card's goes on.
    pub(super) fn service_granted(&mut self, session: &Session) {
        self.nav.back();
        let outcome = self.services.granted(&mut self.context, session);
        self.service_outcome(outcome);
    }

    pub(super) fn service_answered(&mut self, call_id: u64, answer: &ServiceAnswer) {
        if let Some(outcome) = self.services.answered(&mut self.context, call_id, answer) {
            self.service_outcome(outcome);
        } else if let Some(outcome) = self.card.link_answered(&mut self.context, call_id, answer) {
            self.card_outcome(outcome);
        } else if let Some(outcome) = self.card_menu.answered(&self.context, call_id, answer) {
            self.card_menu_outcome(outcome);
        }
    }

    pub(super) fn reach_services(&mut self) {
        let outcome = self.services.reach(&mut self.context);
        // The request is over while the card page stands above it: that one is over, too.
        if outcome == ServiceOutcome::PageChanged && self.is_on(Page::Card) {
            self.card.abandon(&mut self.context);
            self.nav.back();
        }
        self.service_outcome(outcome);
        let outcome = self.card_menu.reach(&self.context);
        self.card_menu_outcome(outcome);
    }

    /// Whatever key or order took the pages away: what they were in the middle of ends, and is told
    /// as soon as nothing stands above.
    pub(super) fn settle_services(&mut self) {
        if self.services.is_open() && !self.nav.contains(Page::Services) {
            self.services.close(&mut self.context);
        } else if self.services.is_proving() && !self.is_on(Page::Card) {
            let outcome = self.services.proof_left(&self.context);
            self.service_outcome(outcome);
        }
        self.settle_card_menu();
        if let Some(sentence) = self.take_owed() {
            self.tell(sentence);
        }
    }

    /// What is owed waits until somebody can read it, and until the sentence before was read.
    fn take_owed(&mut self) -> Option<Phrase> {
        if self.standby || self.toast.is_some() || self.emergency.has_keys() {
            return None;
        }
        self.services.take_owed().or_else(|| self.card_menu.take_owed())
    }

    fn service_outcome(&mut self, outcome: ServiceOutcome) -> bool {
        match outcome {
            ServiceOutcome::Refused => return false,
            ServiceOutcome::Incomplete => {
                self.voice.tell_remark_again();
                return false;
            }
            ServiceOutcome::Same => {}
            ServiceOutcome::PageChanged => self.focus_service_page(),
            ServiceOutcome::Prove(level, errand) => {
                self.nav.open(Page::Card, 0);
                let purpose = Purpose::Service(level);
                let outcome = self.card.begin_errand(&mut self.context, purpose, Some(errand));
                self.card_outcome(outcome);
            }
            ServiceOutcome::Leave => {
                if self.is_on(Page::Services) {
                    self.nav.back();
                }
            }
        }
        true
    }

    fn focus_service_page(&mut self) {
        if !self.is_on(Page::Services) {
            return;
        }
        self.focus_card_page();
        if let focus @ 1.. = self.services.first_focus() {
            self.nav.set_focus(focus);
        }
    }
}
