//! The first start on the screen: its keys, its news, and the moment when the box becomes a television.

use crate::{
    config::Standing,
    effect::{Cue, Effect},
    event::Event,
    first_start::{EnrolmentNews, FirstDeed, FirstStart, Outcome},
    key::RemoteKey,
    nav::{Command, Page},
    phrase::say,
    service::LetterCode,
    view::{Language, TextScale},
};

use super::{Machine, Settings};

/// A store that is well is read long before.
const STORE_MS: u64 = 5_000;

impl Machine {
    /// The store was read, or does not answer.
    pub(super) fn begin_first_start(&mut self) {
        if self.first_start.is_some() {
            return;
        }
        let Standing::New(new) = &self.context.config.standing else { return };
        let code = new.code.clone();
        let mut first = FirstStart::new(new, self.context.operator_phone.clone());
        let Settings { language, is_scale_chosen, .. } = &self.settings;
        first.begin(language.is_some(), *is_scale_chosen, self.context.now_ms());
        self.first_start = Some(first);
        self.turn_first_page();
        if let Some(code) = code {
            self.enrol(code);
        }
    }

    fn enrol(&mut self, code: LetterCode) {
        self.context.push(Effect::Enrol(code));
    }

    /// The page of the present question, wherever somebody was.
    fn turn_first_page(&mut self) {
        let (language, scale) = (self.language(), self.settings.scale);
        let Some(first) = &self.first_start else { return };
        let focus = first.first_focus(language, scale);
        self.nav.leave_to_television();
        self.nav.open(Page::FirstStart, focus);
        self.offer_complete_pin();
    }

    /// Every key but those of the sound: there is no television yet that 終了 could lead to.
    pub(super) fn first_start_key(&mut self, key: RemoteKey) -> Cue {
        match key {
            RemoteKey::Power => {
                self.standby = true;
                Cue::Confirm
            }
            RemoteKey::Back => self.first_start_back(),
            RemoteKey::Up
            | RemoteKey::Down
            | RemoteKey::Left
            | RemoteKey::Right
            | RemoteKey::Confirm
            | RemoteKey::Digit(_) => self.page_key(key),
            _ => Cue::Edge,
        }
    }

    fn first_start_back(&mut self) -> Cue {
        let now_ms = self.context.now_ms();
        let is_back = self.first_start.as_mut().is_some_and(|first| first.back(now_ms));
        if !is_back {
            return Cue::Edge;
        }
        self.turn_first_page();
        Cue::Confirm
    }

    pub(super) fn first_start_digit(&mut self, digit: u8) -> bool {
        self.first_start.as_mut().is_some_and(|first| first.digit(digit))
    }

    /// False when it does not count here.
    pub(super) fn first_start_deed(&mut self, deed: FirstDeed) -> bool {
        let now_ms = self.context.now_ms();
        let Some(first) = &mut self.first_start else { return false };
        match first.deed(deed, now_ms) {
            Outcome::Refused => return false,
            Outcome::Same => self.tell_remark(),
            Outcome::Turned => self.turn_first_page(),
            Outcome::Chosen => {
                self.keep_choice(deed);
                self.turn_first_page();
            }
            Outcome::Enrol(code) => {
                self.turn_first_page();
                self.enrol(code);
            }
        }
        true
    }

    fn tell_remark(&mut self) {
        self.voice.tell_remark_again();
        self.offer_complete_pin();
    }

    fn keep_choice(&mut self, deed: FirstDeed) {
        match deed {
            FirstDeed::Language(language) => self.settings.language = Some(language),
            FirstDeed::Scale(scale) => {
                self.settings.scale = scale;
                self.settings.is_scale_chosen = true;
            }
            FirstDeed::Pad(_) | FirstDeed::Retype => return,
        }
        self.settings_chosen = true;
        self.settings_changed();
    }

    pub(super) fn enrolment_told(&mut self, news: EnrolmentNews) {
        let now_ms = self.context.now_ms();
        let Some(first) = &mut self.first_start else { return };
        let is_turned = first.told(&news, now_ms);
        if let EnrolmentNews::Enrolled(enrolled) = news {
            // The town's keys come with the provisioning, maybe before the last question is answered.
            self.context.config.standing = Standing::Enrolled(enrolled);
        }
        if is_turned {
            self.turn_first_page();
        }
        self.believe_from_now_on();
    }

    /// What came before the box knew whom to believe is looked at again.
    fn believe_from_now_on(&mut self) {
        let present = self.profile.as_ref().map(|profile| profile.provisioning.clone());
        if let Some(provisioning) = present.filter(|_| self.context.config.enrolled().is_some()) {
            self.adopt(provisioning);
            self.refresh_orders();
        }
    }

    /// A card that lies in the reader is asked for nothing before the box belongs to a home.
    pub(super) fn note_reader_before_enrolment(&mut self, event: Event) {
        self.reader_before_enrolment = Some(event);
    }

    pub(super) fn first_start_deadline(&self) -> Option<u64> {
        match &self.first_start {
            Some(first) => first.deadline(self.touched_at),
            None => self.store_due,
        }
    }

    /// A disk that does not answer keeps nobody from the first question.
    fn wait_for_store(&mut self) {
        let waits = !self.is_restored && self.first_start.is_none();
        if !waits || self.context.config.enrolled().is_some() {
            self.store_due = None;
            return;
        }
        let now_ms = self.context.now_ms();
        if *self.store_due.get_or_insert(now_ms + STORE_MS) <= now_ms {
            self.store_due = None;
            self.begin_first_start();
        }
    }

    pub(super) fn settle_first_start(&mut self) {
        self.wait_for_store();
        let (touched_at, now_ms) = (self.touched_at, self.context.now_ms());
        // An order took the place of the last questions: the settings ask the same.
        let is_left = self.is_restored && !self.nav.contains(Page::FirstStart);
        let is_over = |first: &mut FirstStart| first.is_over(is_left, touched_at, now_ms);
        if self.first_start.take_if(is_over).is_none() {
            return;
        }
        self.nav.retain(|page| *page != Page::FirstStart);
        // The page falls silent before the good news, not after them.
        self.speak_page();
        self.tell(say::first_done());
        self.hint.begin(now_ms);
        if let Some(event) = self.reader_before_enrolment.take() {
            self.card_event(event);
        }
    }

    /// Language and size follow the focus, so that whoever chooses sees what is meant.
    fn tried_on(&self) -> Option<FirstDeed> {
        self.first_start.as_ref()?;
        let focus = self.nav.top()?.focus;
        match self.choices().into_iter().nth(focus)?.command {
            Command::FirstStart(deed) => Some(deed),
            _ => None,
        }
    }

    pub(super) fn shown_language(&self) -> Language {
        match self.tried_on() {
            Some(FirstDeed::Language(language)) => language,
            _ => self.language(),
        }
    }

    pub(super) fn shown_scale(&self) -> TextScale {
        match self.tried_on() {
            Some(FirstDeed::Scale(scale)) => scale,
            _ => self.settings.scale,
        }
    }
}
