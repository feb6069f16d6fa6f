//! A box that its gateway does not know any more goes back to its carton.
//!
//! Nobody wipes a box that works: the way is there when its operator stopped it. A gateway that does not know the box,
//! or finds its certificate over, may be mistaken itself, so that only a day of that opens the way.

use crate::{
    effect::Effect,
    nav::{Choice, Command, Draft, Page, Wipe},
    phone::{self, Phone},
    phrase::{Phrase, say},
    view::{Body, Icon, Layout, PageKind},
};

use super::Machine;

/// So long a gateway may be wrong about a box that nobody stopped.
const DOUBT_MS: u64 = 24 * 3_600_000;

/// A wish that is heard ends the program much sooner.
const WIPING_MS: u64 = 120_000;

/// Since when the gateway refuses the box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal {
    is_stopped: bool,
    since: u64,
    is_told: bool,
}

impl Refusal {
    const fn is_sure(self, now_ms: u64) -> bool {
        self.is_stopped || now_ms >= self.since + DOUBT_MS
    }
}

impl Machine {
    pub(super) fn device_refused(&mut self, is_stopped: bool) {
        let now_ms = self.context.now_ms();
        let first = Refusal { is_stopped, since: now_ms, is_told: false };
        let refusal = Refusal { is_stopped, ..self.refusal.unwrap_or(first) };
        let is_told = refusal.is_told || refusal.is_sure(now_ms);
        self.refusal = Some(Refusal { is_told, ..refusal });
        if let Some(line) = self.refused_line().filter(|_| !refusal.is_told) {
            self.tell(line);
        }
    }

    /// A home whose box hears no order any more must know it, and whom to call.
    pub(super) fn refused_line(&self) -> Option<Phrase> {
        let now_ms = self.context.now_ms();
        self.refusal.filter(|refusal| refusal.is_sure(now_ms))?;
        let phone = self.context.operator_phone.as_ref();
        Some(phone::named(phone, say::refused_call, say::refused_call_phone))
    }

    /// On the page of the settings; never while an order is told, which only this box's memory knows.
    pub(super) fn start_over_choice(&self) -> Option<Choice> {
        let choice = Choice::new(say::start_over_tile(), None, Command::OpenStartOver);
        self.may_start_over().then(|| choice.note(say::start_over_note()))
    }

    fn may_start_over(&self) -> bool {
        let now_ms = self.context.now_ms();
        self.refusal.is_some_and(|refusal| refusal.is_sure(now_ms)) && !self.is_order_in_force()
    }

    pub(super) fn start_over(&mut self) {
        if !self.may_start_over() {
            self.nav.back();
            return;
        }
        self.nav.replace(Page::StartOver(Wipe::Begun), 0);
        self.start_over_due = Some(self.context.now_ms() + WIPING_MS);
        self.context.push(Effect::StartOver);
    }

    pub(super) fn reach_start_over(&mut self) {
        let now_ms = self.context.now_ms();
        if self.start_over_due.is_some_and(|due| due <= now_ms) {
            self.start_over_failed();
        }
    }

    /// The box goes on as it was.
    pub(super) fn start_over_failed(&mut self) {
        self.start_over_due = None;
        if self.is_on(Page::StartOver(Wipe::Begun)) {
            self.nav.replace(Page::StartOver(Wipe::Failed), 0);
        }
    }
}

pub(super) fn start_over_page(wipe: Wipe, phone: Option<&Phone>) -> Draft {
    let (title, lead, icon) = match wipe {
        Wipe::Asked => return question(phone),
        Wipe::Begun => (say::start_over_begun_title(), say::start_over_begun_lead(), Icon::Clock),
        Wipe::Failed => {
            let lead = phone::named(phone, say::call_operator, say::call_operator_phone);
            (say::start_over_failed_title(), lead, Icon::Phone)
        }
    };
    Draft::new(PageKind::StartOver, title, Layout::Row)
        .lead(lead)
        .body(Body::Picture(icon))
        .choice(Choice::new(say::button_close(), None, Command::ToSettings))
}

fn question(phone: Option<&Phone>) -> Draft {
    let no_letter = phone::named(phone, say::start_over_no_letter, say::start_over_no_letter_phone);
    Draft::new(PageKind::StartOver, say::start_over_title(), Layout::Row)
        .lead(say::start_over_lead())
        .detail(Some(no_letter))
        .body(Body::Picture(Icon::Warning))
        .choice(Choice::new(say::start_over_no(), None, Command::ToSettings))
        .choice(Choice::new(say::start_over_yes(), None, Command::StartOver))
}
