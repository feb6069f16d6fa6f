//! A call for help that outlived its order: told until the home takes it back.

use gateway_api::report::{Answer, ReportContent};

use crate::{
    nav::{Choice, Command, Draft},
    phrase::{Phrase, say},
    view::{Body, Icon, Layout, PageKind, Reached},
};

use super::Machine;

impl Machine {
    /// How far it came; none when no call is left.
    pub(super) fn call_left(&self) -> Option<(Reached, Phrase)> {
        let is_saved = |report| self.outbox.is_stored(report) != Some(false);
        self.emergency.call_left(self.link_open, is_saved)
    }

    /// The line over live television.
    pub(super) fn call_hint(&self) -> Option<Phrase> {
        let (reached, _) = self.call_left()?;
        Some(if reached == Reached::Town {
            say::help_remains()
        } else {
            say::help_remains_unsent()
        })
    }

    /// In the place of the services, which are found among cards and permissions, too.
    pub(super) fn help_tile(&self) -> Option<Choice> {
        self.call_left()?;
        let tile = Choice::new(say::tile_help(), Some(Icon::Neighbour), Command::OpenHelp);
        Some(tile.note(say::tile_help_note()))
    }

    /// The first item changes nothing: a hand that presses on takes no call back.
    pub(super) fn help_page(&self) -> Option<Draft> {
        let (_, how_far) = self.call_left()?;
        Some(
            Draft::new(PageKind::Notice, say::help_title(), Layout::Row)
                .lead(how_far)
                .detail(Some(say::help_detail()))
                .body(Body::Picture(Icon::Neighbour))
                .choice(Choice::new(say::help_keep(), Some(Icon::Check), Command::ToTelevision))
                .choice(Choice::new(say::help_end(), None, Command::EndHelp)),
        )
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
}
