//! A box that its gateway does not know any more goes back to its carton.
//!
//! Nobody wipes a box that works: the way is there when its operator stopped it. A gateway that does not know the box,
//! or finds its certificate over, may be mistaken itself, so that only a day of that opens the way.

use crate::{
    effect::Effect,
    nav::{Choice, Command, Draft, Page},
    phrase::say,
    view::{Body, Icon, Layout, PageKind},
};

use super::Machine;

/// So long a gateway may be wrong about a box that nobody stopped.
const DOUBT_MS: u64 = 24 * 3_600_000;

/// Since when the gateway refuses the box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal {
    is_stopped: bool,
    since: u64,
}

impl Machine {
    pub(super) fn device_refused(&mut self, is_stopped: bool) {
        let now_ms = self.context.now_ms();
        let since = self.refusal.map_or(now_ms, |before| before.since);
        self.refusal = Some(Refusal { is_stopped, since });
    }

    /// On the page of the settings; never while an order is told, which only this box's memory knows.
    pub(super) fn start_over_choice(&self) -> Option<Choice> {
        let choice = Choice::new(say::start_over_tile(), None, Command::OpenStartOver);
        self.may_start_over().then(|| choice.note(say::start_over_note()))
    }

    fn may_start_over(&self) -> bool {
        let now_ms = self.context.now_ms();
        let is_sure = |refusal: Refusal| refusal.is_stopped || now_ms >= refusal.since + DOUBT_MS;
        self.refusal.is_some_and(is_sure) && !self.is_order_in_force()
    }

    pub(super) fn start_over(&mut self) {
        if !self.may_start_over() {
            self.nav.back();
            return;
        }
        self.nav.replace(Page::StartOver { is_begun: true }, 0);
        self.context.push(Effect::StartOver);
    }
}

pub(super) fn start_over_page(is_begun: bool) -> Draft {
    if is_begun {
        return Draft::new(PageKind::StartOver, say::start_over_begun_title(), Layout::Row)
            .lead(say::start_over_begun_lead())
            .body(Body::Picture(Icon::Clock))
            .choice(Choice::new(say::button_close(), None, Command::ToSettings));
    }
    Draft::new(PageKind::StartOver, say::start_over_title(), Layout::Row)
        .lead(say::start_over_lead())
        .body(Body::Picture(Icon::Warning))
        .choice(Choice::new(say::start_over_no(), None, Command::ToSettings))
        .choice(Choice::new(say::start_over_yes(), None, Command::StartOver))
}
