//! The menu of cards and permissions between keys, card and gateway.

use gateway_api::{card::CardLinkState, household::Resident, login::AssuranceLevel};

use crate::{
    cards::{CardMenuDeed, CardMenuOutcome},
    nav::Page,
    session::purpose::{Errand, Purpose},
};

use super::Machine;

/// Place of the menu on the page of settings, which lies behind it.
const PLACE_IN_SETTINGS: usize = 3;

impl Machine {
    /// In the place of the settings: the card page has room above it, and 戻る leads there again.
    pub(super) fn open_cards(&mut self) {
        self.card_menu.open(&self.context);
        self.nav.replace(Page::Cards, 0);
    }

    /// From the page about a card that nobody knows.
    pub(super) fn open_card_link(&mut self) {
        let residents = self.residents();
        self.card.abandon(&mut self.context);
        self.card_menu.open_link(&self.context, residents);
        self.nav.replace(Page::Cards, 0);
    }

    pub(super) fn card_menu_digit(&mut self, digit: u8) -> bool {
        let outcome = self.card_menu.digit(&mut self.context, digit);
        self.card_menu_outcome(outcome)
    }

    /// 決定; false when it does not count here.
    pub(super) fn card_menu_deed(&mut self, deed: CardMenuDeed) -> bool {
        let residents = self.residents();
        let token = self.card.session().map(|session| session.token.clone());
        let outcome = self.card_menu.perform(&mut self.context, deed, token.as_deref(), &residents);
        let is_taken = self.card_menu_outcome(outcome);
        self.offer_complete_pin();
        is_taken
    }

    pub(super) fn card_menu_back(&mut self) {
        let outcome = self.card_menu.back(&self.context);
        self.card_menu_outcome(outcome);
    }

    pub(super) fn load_consents(&mut self) {
        let Some(session) = self.card.session() else { return };
        let token = session.token.clone();
        let outcome = self.card_menu.load(&mut self.context, &token);
        self.card_menu_outcome(outcome);
    }

    pub(super) fn card_linked(&mut self, state: CardLinkState) {
        self.nav.back();
        let outcome = self.card_menu.linked(&self.context, state);
        self.card_menu_outcome(outcome);
    }

    pub(super) fn letter_code_refused(&mut self) {
        self.nav.back();
        let outcome = self.card_menu.code_refused(&self.context);
        self.card_menu_outcome(outcome);
    }

    /// The person is not known any more.
    pub(super) fn consents_gone(&mut self) {
        let outcome = self.card_menu.person_gone(&self.context);
        self.card_menu_outcome(outcome);
    }

    pub(super) fn settle_card_menu(&mut self) {
        if self.card_menu.is_open() && !self.nav.contains(Page::Cards) {
            self.card_menu.close();
        } else if self.card_menu.is_waiting_for_card() && !self.is_on(Page::Card) {
            let outcome = self.card_menu.card_left(&self.context);
            self.card_menu_outcome(outcome);
        }
    }

    pub(super) fn card_menu_outcome(&mut self, outcome: CardMenuOutcome) -> bool {
        match outcome {
            CardMenuOutcome::Refused => return false,
            CardMenuOutcome::Incomplete => {
                self.voice.tell_remark_again();
                return false;
            }
            CardMenuOutcome::Same => {}
            CardMenuOutcome::PageChanged => {
                if self.is_on(Page::Cards) {
                    self.focus_card_page();
                }
            }
            CardMenuOutcome::Know if self.card.has_level(AssuranceLevel::L2) => {
                self.load_consents();
            }
            CardMenuOutcome::Know => self.ask_for(Purpose::Consents),
            CardMenuOutcome::Link(wish) => {
                self.nav.open(Page::Card, 0);
                let errand = Some(Errand::link(wish));
                let purpose = Purpose::LinkCard;
                let outcome = self.card.begin_errand(&mut self.context, purpose, errand);
                self.card_outcome(outcome);
            }
            CardMenuOutcome::Leave => self.leave_card_menu(),
        }
        true
    }

    /// Back to the settings when the menu was opened from there.
    fn leave_card_menu(&mut self) {
        if !self.is_on(Page::Cards) {
            return;
        }
        if self.card_menu.has_menu() {
            self.nav.replace(Page::Settings, PLACE_IN_SETTINGS);
        } else {
            self.nav.back();
        }
    }

    fn residents(&self) -> Vec<Resident> {
        let profile = self.profile.as_ref();
        profile.map_or_else(Vec::new, |profile| profile.provisioning.household.residents.clone())
    }
}
