//! People in front of the box: cards, greetings, the daily question.

use gateway_api::{
    login::{AssuranceLevel, Session},
    report::Condition,
};

use crate::{
    check_in::Asked,
    effect::Effect,
    event::{Event, ReaderState},
    nav::{CardDeed, Page},
    phrase::{Phrase, say},
    session::{Outcome, purpose::Purpose, trouble::Trouble},
};

use super::{LogState, Machine};

/// The greeting goes on to the home page by itself.
const WELCOME_MS: u64 = 8_000;

impl Machine {
    pub(super) fn card_event(&mut self, event: Event) {
        if matches!(event, Event::ReaderChanged(ReaderState::CardPresent)) {
            self.standby = false;
        }
        let (card, context) = (&mut self.card, &mut self.context);
        let outcome = match event {
            Event::ReaderChanged(state) => card.reader_changed(context, state),
            Event::CardAnswered(answer) => card.card_answered(context, &answer),
            Event::CardFailed(io) => card.card_failed(context, io),
            Event::LoginOpened(challenge) => card.login_opened(context, &challenge),
            Event::SessionOpened(session) => card.session_opened(context, *session),
            Event::LoginRefused(code) => card.login_refused(context, code),
            Event::LoginUnreachable => card.login_unreachable(context),
            _ => Outcome::Nothing,
        };
        self.card_outcome(outcome);
    }

    pub(super) fn card_outcome(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Nothing => {}
            Outcome::PageChanged => {
                if self.is_on(Page::Card) {
                    self.focus_card_page();
                }
            }
            Outcome::Known(purpose) => self.person_known(purpose),
            Outcome::Granted(session) => self.service_granted(&session),
            Outcome::Linked(state) => self.card_linked(state),
            Outcome::CodeRefused => self.letter_code_refused(),
            Outcome::Ended => self.person_gone(),
            Outcome::Murmur(sentence) => self.show_toast(sentence),
            Outcome::Explain(trouble) => self.explain(trouble),
        }
    }

    /// Where nothing else goes on the sentence gets a page; else it stays a remark.
    fn explain(&mut self, trouble: Trouble) {
        let is_idle = self.nav.is_television() || self.is_on(Page::Home);
        if !is_idle || self.standby || self.emergency.has_keys() {
            self.show_toast(trouble.cause.sentence());
            return;
        }
        self.nav.open(Page::Card, 0);
        let outcome = self.card.explain(&self.context, trouble);
        self.card_outcome(outcome);
    }

    /// The first item, but on the number pad 決定: pressed again by mistake it enters no digit.
    pub(super) fn focus_card_page(&mut self) {
        let place = self.choices().iter().position(|choice| choice.command.is_submit());
        self.nav.set_focus(place.unwrap_or(0));
    }

    /// Opens the service at once when the person is known well enough, else asks for the card.
    pub(super) fn ask_for(&mut self, purpose: Purpose) {
        if self.card.has_level(purpose.level()) {
            self.nav_to_service(purpose, false);
            return;
        }
        self.nav.open(Page::Card, 0);
        let outcome = self.card.begin(&mut self.context, purpose);
        self.card_outcome(outcome);
    }

    /// 決定 on a card page; false when it does not count here.
    pub(super) fn card_deed(&mut self, deed: CardDeed) -> bool {
        let (card, context) = (&mut self.card, &mut self.context);
        let outcome = match deed {
            CardDeed::PadDigit(digit) => card.pin_digit(context, digit),
            CardDeed::PadCharacter(character) => card.pin_character(context, character),
            CardDeed::PadClear => card.clear_pin(context),
            CardDeed::PadSubmit => card.submit_pin(context),
            CardDeed::UseLastTry => card.use_last_try(context),
            CardDeed::Retry => Some(card.retry(context)),
            CardDeed::Leave => {
                self.step_back();
                return true;
            }
        };
        let Some(outcome) = outcome else { return false };
        self.card_outcome(outcome);
        true
    }

    /// One step back; what the page was in the middle of ends.
    pub(super) fn step_back(&mut self) {
        match self.nav.page() {
            Some(Page::Card) => self.card.abandon(&mut self.context),
            Some(Page::Services) => return self.service_back(),
            Some(Page::Cards) => return self.card_menu_back(),
            Some(Page::Diagnosis) => return self.diagnosis_back(),
            // What stands is said, and can be taken back there.
            Some(Page::CheckInContact) => return self.answer_contact(false),
            _ => {}
        }
        self.nav.back();
    }

    pub(super) fn logout(&mut self) {
        let outcome = self.card.logout(&mut self.context);
        self.card_outcome(outcome);
    }

    pub(super) fn open_check_in(&mut self) {
        let replaces = self.is_on(Page::CheckInDone);
        if self.card.has_level(AssuranceLevel::L1) {
            self.nav_to_service(Purpose::CheckIn, replaces);
        } else {
            if replaces {
                self.nav.back();
            }
            self.ask_for(Purpose::CheckIn);
        }
    }

    pub(super) fn answer_check_in(&mut self, condition: Condition) {
        let Some(content) = self.check_in.answer(condition) else { return };
        let report = self.enter(content);
        self.check_in.given(condition, report.report_id);
        if condition == Condition::Bad {
            self.check_in.ask_for_contact(self.context.now_ms());
            self.nav.replace(Page::CheckInContact, 0);
        } else {
            self.nav.replace(Page::CheckInDone, 0);
        }
    }

    /// "Not well" stands already: a call is only added to it.
    pub(super) fn answer_contact(&mut self, wanted: bool) {
        self.end_contact_question(wanted);
        self.nav.replace(Page::CheckInDone, 0);
    }

    fn end_contact_question(&mut self, wanted: bool) {
        let undo_ms = self.undo_ms();
        self.check_in.contact_answered(wanted, self.context.now_ms(), undo_ms);
        if let Some(content) = self.check_in.answer_with_call().filter(|_| wanted) {
            let report = self.enter(content);
            self.check_in.given_with_call(report.report_id);
        }
    }

    pub(super) fn undo_check_in(&mut self) {
        for content in self.check_in.withdraw(self.context.now_ms()) {
            let withdrawal = self.enter(content);
            self.check_in.withdrawing(withdrawal.report_id);
            self.nav.set_focus(0);
        }
    }

    pub(super) fn note_check_in(&mut self, asked: &Asked, condition: Condition) {
        if let Some(resident_id) = &asked.resident_id {
            let today = self.context.now.day_in_japan();
            self.settings.note_check_in(resident_id, today, Some(condition));
            self.settings_changed();
        }
    }

    /// Taking back restores what was before the press: an earlier answer of the day stands.
    pub(super) fn forget_check_in(&mut self, asked: &Asked) {
        if !asked.answered_today {
            self.card.forget_answer(asked.resident_id.as_deref());
        }
        if let Some(resident_id) = &asked.resident_id {
            let today = self.context.now.day_in_japan();
            if asked.answered_today {
                self.settings.note_check_in(resident_id, today, asked.earlier);
            } else {
                self.settings.forget_check_in(resident_id);
            }
            self.settings_changed();
        }
    }

    pub(super) fn reach_people(&mut self) {
        let outcome = self.card.reach(&mut self.context);
        self.card_outcome(outcome);
        let now_ms = self.context.now_ms();
        if self.check_in.reach(now_ms) {
            self.answer_contact(false);
        }
        if self.welcome_until.take_if(|until| *until <= now_ms).is_some()
            && self.is_on(Page::Welcome)
        {
            self.go_home();
        }
    }

    /// The question about a call was left by an order, by 終了, by taking the card out: no call is
    /// asked for, and the screen says so.
    pub(super) fn settle_people(&mut self) {
        if self.check_in.is_asking_for_contact() && !self.is_on(Page::CheckInContact) {
            self.end_contact_question(false);
            self.show_toast(say::toast_no_call());
        }
        match (self.is_on(Page::Card), self.card.has_page()) {
            (false, true) => self.card.abandon(&mut self.context),
            // A card put in on the page that explained another one goes on without a page.
            (true, false) => {
                self.nav.back();
            }
            _ => {}
        }
    }

    pub(super) fn load_access_log(&mut self) {
        self.access_log = LogState::Loading;
        if let Some(session) = self.card.session() {
            let token = session.token.clone();
            self.context.push(Effect::FetchAccessLog { token });
        }
    }

    fn person_known(&mut self, purpose: Purpose) {
        match purpose {
            Purpose::Greeting => self.greet(),
            Purpose::Login => {
                self.welcome_until = Some(self.context.now_ms() + WELCOME_MS);
                self.nav.replace(Page::Welcome, 0);
                // The tile that logged in logs out now: not under a hand that presses twice.
                let focus = self.first_tile();
                self.nav.refocus_home(focus);
            }
            Purpose::CheckIn | Purpose::AccessLog => {
                self.nav_to_service(purpose, true);
                self.check_in.greet();
            }
            Purpose::Consents => {
                self.nav.back();
                self.load_consents();
            }
            // They end with outcomes of their own.
            Purpose::Service(_) | Purpose::LinkCard => {}
        }
    }

    /// A card was put in without a word: the question if it is open and nothing else is, else a
    /// friendly word.
    fn greet(&mut self) {
        let Some(asked) = self.asked() else { return };
        let is_free = !self.standby && !self.emergency.has_keys();
        let may_ask = self.nav.is_television() && is_free;
        if may_ask && self.is_check_in_enabled() && !asked.answered_today {
            self.check_in.ask(asked);
            self.check_in.greet();
            self.nav.open(Page::CheckIn, 0);
        } else {
            self.show_toast(greeting(&asked.name, &asked.name_kana));
        }
    }

    fn nav_to_service(&mut self, purpose: Purpose, replaces: bool) {
        let page = match purpose {
            Purpose::CheckIn | Purpose::Greeting => {
                let Some(asked) = self.asked() else { return };
                self.check_in.ask(asked);
                Page::CheckIn
            }
            Purpose::Login => Page::Welcome,
            Purpose::AccessLog => {
                self.load_access_log();
                Page::AccessLog { page: 0 }
            }
            Purpose::Consents => return self.load_consents(),
            Purpose::Service(_) | Purpose::LinkCard => return,
        };
        if replaces {
            self.nav.replace(page, 0);
        } else {
            self.nav.open(page, 0);
        }
    }

    fn person_gone(&mut self) {
        self.access_log = LogState::Loading;
        let needs_person = |page: &Page| {
            matches!(
                page,
                Page::Welcome | Page::CheckIn | Page::CheckInContact | Page::AccessLog { .. }
            )
        };
        self.nav.retain(|page| !needs_person(page));
        self.consents_gone();
        self.show_toast(say::toast_session_ended());
    }

    fn asked(&self) -> Option<Asked> {
        let session = self.card.session()?;
        let today = self.context.now.day_in_japan();
        let resident_id = session.resident_id.clone();
        Some(Asked {
            session_id: session.session_id.clone(),
            answered_today: self.has_answered(session, today),
            earlier: resident_id
                .as_deref()
                .and_then(|resident| self.settings.condition(resident, today)),
            resident_id,
            name: session.display_name.clone(),
            name_kana: kana_or_name(&session.display_kana, &session.display_name),
        })
    }

    /// At this box, or at another one before this session.
    fn has_answered(&self, session: &Session, today: i64) -> bool {
        let here = session.resident_id.as_deref();
        let here = here.is_some_and(|resident| self.settings.has_checked_in(resident, today));
        here || session.answered_today
    }

    pub(super) fn is_check_in_enabled(&self) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.provisioning.check_in.enabled)
    }
}

/// Reading of a name; the name itself when there is none.
pub(super) fn kana_or_name(kana: &str, name: &str) -> String {
    if kana.trim().is_empty() { name.to_owned() } else { kana.to_owned() }
}

/// The greeting by name; without one where the name is empty.
pub(super) fn greeting(name: &str, name_kana: &str) -> Phrase {
    if name.trim().is_empty() { say::greeting_unnamed() } else { say::greeting(name, name_kana) }
}
