//! A call for help that outlived its order: told until the home takes it back, or has read that the
//! town's staff dealt with it.

use gateway_api::report::{Answer, ReportContent};

use crate::{
    emergency::CallLeft,
    nav::{Choice, Command, Draft},
    phrase::{Phrase, say},
    view::{Body, Icon, Layout, PageKind, Reached},
};

use super::Machine;

impl Machine {
    /// How it stands; none when no call is left.
    fn call_left(&self) -> Option<CallLeft> {
        let is_saved = |report| self.outbox.is_stored(report) != Some(false);
        self.emergency.call_left(self.link_open, is_saved)
    }

    /// The line over live television.
    pub(super) fn call_hint(&self) -> Option<Phrase> {
        Some(match self.call_left()? {
            CallLeft::Waits(Reached::Town, _) => say::help_remains(),
            CallLeft::Waits(..) => say::help_remains_unsent(),
            CallLeft::DealtWith => say::help_seen(),
        })
    }

    /// In the place of the services, which are found among cards and permissions, too.
    pub(super) fn help_tile(&self) -> Option<Choice> {
        let note = match self.call_left()? {
            CallLeft::Waits(..) => say::tile_help_note(),
            CallLeft::DealtWith => say::tile_help_seen_note(),
        };
        let tile = Choice::new(say::tile_help(), Some(Icon::Neighbour), Command::OpenHelp);
        Some(tile.note(note))
    }

    pub(super) fn help_page(&self) -> Option<Draft> {
        match self.call_left()? {
            CallLeft::Waits(_, how_far) => Some(waiting_page(how_far)),
            CallLeft::DealtWith => Some(dealt_with_page()),
        }
    }

    /// Each call is taken back under its own order, by the answer that asks for nothing.
    pub(super) fn end_help(&mut self) {
        for id in self.emergency.calls_left() {
            let (order_id, answer) = (id.to_string(), Answer::Staying);
            let report = self.enter(ReportContent::OrderAnswer { order_id, answer });
            self.emergency.answered(id, answer, report);
        }
        self.save_orders();
        self.show_toast(say::help_ended());
        self.go_home();
    }

    /// Read: it is told no more.
    pub(super) fn close_help(&mut self) {
        self.emergency.read_dealt_with();
        self.save_orders();
        self.nav.leave_to_television();
    }

    /// Staff believes that it is settled, and it is not: a new call, under the order of the last one.
    pub(super) fn call_again(&mut self) {
        let Some(id) = self.emergency.calls_left().pop() else { return };
        let (order_id, answer) = (id.to_string(), Answer::NeedHelp);
        let report = self.enter(ReportContent::OrderAnswer { order_id, answer });
        self.emergency.answered(id, answer, report);
        self.emergency.read_dealt_with();
        self.save_orders();
        self.show_toast(say::help_called_again());
        self.go_home();
    }
}

/// The first item changes nothing: a hand that presses on takes no call back.
fn waiting_page(how_far: Phrase) -> Draft {
    Draft::new(PageKind::Notice, say::help_title(), Layout::Row)
        .lead(how_far)
        .detail(Some(say::help_detail()))
        .body(Body::Picture(Icon::Neighbour))
        .choice(Choice::new(say::help_keep(), Some(Icon::Check), Command::ToTelevision))
        .choice(Choice::new(say::help_end(), None, Command::EndHelp))
}

fn dealt_with_page() -> Draft {
    Draft::new(PageKind::Notice, say::help_seen_title(), Layout::Row)
        .lead(say::help_seen())
        .detail(Some(say::help_seen_detail()))
        .body(Body::Picture(Icon::Neighbour))
        .choice(Choice::new(say::button_close(), Some(Icon::Check), Command::CloseHelp))
        .choice(Choice::new(say::help_again(), None, Command::CallAgain))
}
