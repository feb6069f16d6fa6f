//! The first start: words and size of text, then the code of the operator's letter.
//!
//! Before a gateway knows it a box has no channels and believes no order, so that nothing here can be left but
//! by becoming known. What the household chose survives a power cut; the code does not, and may be typed again:
//! the gateway repeats its answer to the same box.

mod pages;

use crate::{
    config::{Enrolled, NewBox},
    entry::{DigitEntry, PadKey},
    phone::Phone,
    phrase::Phrase,
    service::LetterCode,
    session::STRAY_PRESS_MS,
    view::{Language, TextScale},
};

/// Digits of a code.
const CODE_DIGITS: usize = 12;
/// A box that is known already waits so long for somebody who answers; the settings ask the same.
const UNATTENDED_MS: u64 = 60_000;
/// A number that is refused so often is more than mistyped.
const REFUSALS_TO_CALL: u32 = 2;

/// What became of an attempt to enrol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnrolmentNews {
    /// The gateway knows the box from now on.
    Enrolled(Enrolled),
    /// This code is unknown, used or expired. It is not tried any more.
    CodeRefused(LetterCode),
    /// Too many boxes ask at once; it is tried again.
    Crowded,
    /// The gateway does not answer; it is tried again.
    Unreachable,
    /// The box itself is set up wrongly: its authority, its key, its disk. It is tried again.
    Faulty,
}

/// What keeps an attempt from coming to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Obstacle {
    Crowded,
    Unreachable,
    Faulty,
}

/// What is asked or told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Language,
    Scale,
    Code,
    Connecting,
}

/// What 決定 does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FirstDeed {
    Language(Language),
    Scale(TextScale),
    Pad(PadKey),
    /// Back to the digits.
    Retype,
}

/// What follows from a deed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing: it does not count here.
    Refused,
    /// The same page, changed.
    Same,
    /// Another page.
    Turned,
    /// The settings hold another language or size from now on, and another page is shown.
    Chosen,
    /// Another page, and this code goes to the gateway.
    Enrol(LetterCode),
}

/// The way from a carton to a television.
pub(crate) struct FirstStart {
    stage: Stage,
    entry: DigitEntry,
    remark: Option<Phrase>,
    /// The number that was typed last was refused; the next digit begins another one.
    is_refused: bool,
    refusals: u32,
    /// What is on its way to the gateway.
    asked: Option<LetterCode>,
    obstacle: Option<Obstacle>,
    asks: bool,
    enrolled_at: Option<u64>,
    page_since: u64,
    phone: Option<Phone>,
}

impl FirstStart {
    pub(crate) fn new(new: &NewBox, phone: Option<Phone>) -> Self {
        Self {
            stage: Stage::Language,
            entry: DigitEntry::new(CODE_DIGITS),
            remark: None,
            is_refused: false,
            refusals: 0,
            asked: new.code.clone(),
            obstacle: new.remembers_nothing.then_some(Obstacle::Faulty),
            asks: !new.is_set_up_by_hand && !new.remembers_nothing,
            enrolled_at: None,
            page_since: 0,
            phone,
        }
    }

    /// The store was read: what was chosen before is not asked for again.
    pub(crate) fn begin(&mut self, has_language: bool, has_scale: bool, now_ms: u64) {
        let stage = match (self.asks, has_language, has_scale) {
            (true, false, _) => Stage::Language,
            (true, true, false) => Stage::Scale,
            _ => self.after_choices(),
        };
        self.enter(stage, now_ms);
    }

    const fn after_choices(&self) -> Stage {
        if self.asked.is_some() || self.enrolled_at.is_some() || self.obstacle.is_some() {
            Stage::Connecting
        } else {
            Stage::Code
        }
    }

    fn enter(&mut self, stage: Stage, now_ms: u64) {
        self.stage = stage;
        self.page_since = now_ms;
    }

    /// A press that may be meant for the page before.
    pub(crate) const fn is_too_fresh(&self, now_ms: u64) -> bool {
        now_ms < self.page_since + STRAY_PRESS_MS
    }

    pub(crate) fn deed(&mut self, deed: FirstDeed, now_ms: u64) -> Outcome {
        match deed {
            FirstDeed::Language(_) => {
                self.enter(Stage::Scale, now_ms);
                Outcome::Chosen
            }
            FirstDeed::Scale(_) => {
                self.enter(self.after_choices(), now_ms);
                Outcome::Chosen
            }
            FirstDeed::Retype => {
                self.enter(Stage::Code, now_ms);
                Outcome::Turned
            }
            FirstDeed::Pad(key) => self.pad(key, now_ms),
        }
    }

    /// A digit of the remote or of the pad.
    pub(crate) fn digit(&mut self, digit: u8) -> bool {
        let is_taken = self.stage == Stage::Code && self.entry.push(digit);
        if is_taken {
            self.remark = None;
            self.is_refused = false;
        }
        is_taken
    }

    fn pad(&mut self, key: PadKey, now_ms: u64) -> Outcome {
        let is_taken = match key {
            PadKey::Digit(digit) => self.digit(digit),
            PadKey::Delete => {
                self.remark = None;
                self.entry.delete()
            }
            PadKey::Submit => return self.submit(now_ms),
        };
        if is_taken { Outcome::Same } else { Outcome::Refused }
    }

    fn submit(&mut self, now_ms: u64) -> Outcome {
        if !self.entry.is_complete() {
            self.remark = Some(self.entry.missing());
            return Outcome::Same;
        }
        self.remark = None;
        self.obstacle = None;
        let code = LetterCode::new(self.entry.digits());
        self.asked = Some(code.clone());
        self.enter(Stage::Connecting, now_ms);
        Outcome::Enrol(code)
    }

    /// 戻る: one question back; false at the first one.
    pub(crate) fn back(&mut self, now_ms: u64) -> bool {
        let before = match self.stage {
            Stage::Language => return false,
            Stage::Scale => Stage::Language,
            Stage::Code => Stage::Scale,
            Stage::Connecting => Stage::Code,
        };
        self.enter(before, now_ms);
        true
    }

    /// True when the page is another one.
    pub(crate) fn told(&mut self, news: &EnrolmentNews, now_ms: u64) -> bool {
        match news {
            EnrolmentNews::Enrolled(_) => {
                self.enrolled_at = Some(now_ms);
                false
            }
            EnrolmentNews::CodeRefused(code) => self.code_refused(code, now_ms),
            EnrolmentNews::Crowded => self.meet(Obstacle::Crowded),
            EnrolmentNews::Unreachable => self.meet(Obstacle::Unreachable),
            EnrolmentNews::Faulty => self.meet(Obstacle::Faulty),
        }
    }

    fn meet(&mut self, obstacle: Obstacle) -> bool {
        self.obstacle = Some(obstacle);
        false
    }

    /// A number that was typed meanwhile is another one, and stays.
    fn code_refused(&mut self, code: &LetterCode, now_ms: u64) -> bool {
        if self.asked.as_ref() != Some(code) {
            return false;
        }
        self.asked = None;
        self.obstacle = None;
        if self.entry.digits() == code.digits() {
            self.entry = DigitEntry::new(CODE_DIGITS);
            self.remark = None;
            self.is_refused = true;
            self.refusals += 1;
        }
        let waited = self.stage == Stage::Connecting;
        if waited {
            self.enter(Stage::Code, now_ms);
        }
        waited
    }

    /// Nothing is left to ask: the box is known, and questions are answered or left, or nobody is there.
    pub(crate) fn is_over(&self, is_left: bool, touched_at: u64, now_ms: u64) -> bool {
        let is_asking = matches!(self.stage, Stage::Language | Stage::Scale);
        self.enrolled_at
            .is_some_and(|at| is_left || !is_asking || now_ms >= at.max(touched_at) + UNATTENDED_MS)
    }

    pub(crate) fn deadline(&self, touched_at: u64) -> Option<u64> {
        self.enrolled_at.map(|at| at.max(touched_at) + UNATTENDED_MS)
    }

    /// Where the focus begins.
    pub(crate) fn first_focus(&self, language: Language, scale: TextScale) -> usize {
        match self.stage {
            Stage::Language => language as usize,
            Stage::Scale => scale as usize,
            Stage::Code | Stage::Connecting => 0,
        }
    }
}
