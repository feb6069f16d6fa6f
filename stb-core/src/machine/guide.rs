//! The channels, to choose one with the arrows.
//!
//! No programmes: what comes when is not read from the streams yet.

use crate::{
    nav::{Choice, Command, Draft, Page},
    phrase::say,
    view::{Icon, Layout, PageKind},
};

use super::Machine;

/// Channels on one page; with the button that turns it there are five choices.
const CHANNELS: usize = 4;

impl Machine {
    /// Opens the list where the present channel stands.
    pub(super) fn open_guide(&mut self) {
        let present = self.tv.current_channel();
        let place = self.tv.channels().iter().position(|channel| Some(channel) == present);
        let place = place.unwrap_or(0);
        self.nav.leave_to_television();
        self.nav.open(Page::Guide { page: place / CHANNELS }, place % CHANNELS);
    }

    pub(super) fn guide_page(&self, page: usize) -> Draft {
        let channels = self.tv.channels();
        let pages = channels.len().div_ceil(CHANNELS).max(1);
        let first = page.min(pages - 1) * CHANNELS;
        let draft = Draft::new(PageKind::Guide, say::guide_title(), Layout::Column);
        let mut draft =
            draft.lead(if channels.is_empty() { say::no_channels() } else { say::guide_lead() });
        for (place, channel) in channels.iter().enumerate().skip(first).take(CHANNELS) {
            let label = say::guide_channel(channel.number.into(), &channel.name);
            let mut choice = Choice::new(label, None, Command::Watch { place });
            if Some(channel) == self.tv.current_channel() {
                choice.item.icon = Some(Icon::Check);
                choice = choice.note(say::guide_present());
            }
            draft = draft.choice(choice);
        }
        if pages > 1 {
            let next = Command::ShowRows { page: (page + 1) % pages };
            draft = draft.choice(Choice::new(say::button_next_page(), None, next));
        }
        if channels.is_empty() {
            draft = draft.choice(Choice::new(say::button_finish(), None, Command::ToTelevision));
        }
        draft
    }

    pub(super) fn watch(&mut self, place: usize) {
        self.nav.leave_to_television();
        let wish = self.tv.watch(self.context.now_ms(), place);
        self.fulfil(wish);
    }
}
