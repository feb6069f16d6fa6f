//! A box that its gateway does not know any more goes back to its carton.
//!
//! Nobody wipes a box by mistake: the way is there only while the gateway refuses it, after the operator stopped it
//! or its certificate ended.

use crate::{
    effect::Effect,
    nav::{Choice, Command, Draft, Page},
    phrase::say,
    view::{Body, Icon, Layout, PageKind},
};

use super::Machine;

impl Machine {
    /// On the page of the settings; never while an order is told, which only this box's memory knows.
    pub(super) fn start_over_choice(&self) -> Option<Choice> {
        let choice = Choice::new(say::start_over_tile(), None, Command::OpenStartOver);
        self.may_start_over().then(|| choice.note(say::start_over_note()))
    }

    fn may_start_over(&self) -> bool {
        self.is_refused && !self.is_order_in_force()
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
