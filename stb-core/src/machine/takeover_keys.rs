//! Keys while an order stands above everything: every key has one meaning, none leads astray.

use crate::{
    effect::{Cue, SpeechPriority},
    key::RemoteKey,
    nav::focus,
    view::{Layout, TakeoverStage},
};

use super::{
    Machine,
    keys::{colour, direction},
    orders::Repeat,
};

/// Whoever types a number looks at the remote: 決定 after its last digit may be meant for the number still.
const TYPING_MS: u64 = 4_000;

impl Machine {
    /// The key's cue, or none when the key goes on to the television or the pages.
    pub(super) fn takeover_key(&mut self, key: RemoteKey) -> Option<Cue> {
        if !self.emergency.has_keys() {
            return None;
        }
        if let Some(direction) = direction(key) {
            return Some(self.move_answer(direction));
        }
        match key {
            RemoteKey::Confirm if self.is_typing() => Some(Cue::Edge),
            RemoteKey::Digit(_) if self.is_typing() => Some(self.typed_over()),
            RemoteKey::Confirm => Some(self.confirm_answer(self.emergency.focus())),
            RemoteKey::Back | RemoteKey::Exit => Some(self.leave_takeover()),
            RemoteKey::Home => Some(self.home_from_takeover()),
            _ => self.further_takeover_key(key),
        }
    }

    /// An order came over a number that is being typed.
    fn is_typing(&self) -> bool {
        let since = self.typed_at.map(|typed_at| self.context.now_ms().saturating_sub(typed_at));
        self.emergency.is_alerting() && since.is_some_and(|since| since < TYPING_MS)
    }

    /// The rest of the number chooses no channel under the order.
    fn typed_over(&mut self) -> Cue {
        self.typed_at = Some(self.context.now_ms());
        Cue::Edge
    }

    fn further_takeover_key(&mut self, key: RemoteKey) -> Option<Cue> {
        if let Some(colour) = colour(key) {
            let answers = self.takeover_view().map(|view| view.answers).unwrap_or_default();
            let found = answers.iter().position(|item| item.shortcut == Some(colour));
            return Some(found.map_or(Cue::Edge, |index| self.confirm_answer(index)));
        }
        let is_band = self.emergency.stage(self.context.now_ms()) == Some(TakeoverStage::Band);
        match key {
            RemoteKey::Help if is_band => Some(self.show_whole_order()),
            _ if is_band && is_of_picture(key) => None,
            _ => Some(Cue::Edge),
        }
    }

    fn show_whole_order(&mut self) -> Cue {
        self.emergency.enlarge(self.context.now_ms());
        self.speak_order(Repeat::Once);
        Cue::Confirm
    }

    fn move_answer(&mut self, direction: focus::Direction) -> Cue {
        let count = self.emergency.deeds().len();
        let next = focus::neighbour(Layout::Row, count, self.emergency.focus(), direction);
        let Some(next) = next else { return Cue::Edge };
        self.emergency.set_focus(next);
        let item = self.takeover_view().and_then(|view| view.answers.into_iter().nth(next));
        if let Some(item) = item {
            self.say(vec![item.label], SpeechPriority::Focus);
        }
        Cue::Move
    }

    fn confirm_answer(&mut self, index: usize) -> Cue {
        if self.emergency.is_stray_press(self.context.now_ms()) {
            return Cue::Edge;
        }
        let Some(deed) = self.emergency.deeds().get(index).copied() else { return Cue::Edge };
        self.emergency.set_focus(index);
        self.perform_takeover(deed);
        Cue::Confirm
    }

    /// An unanswered order goes down to the band, an answered one to one line, a notice away.
    fn leave_takeover(&mut self) -> Cue {
        if self.emergency.is_reading() {
            self.emergency.turn_page(false);
            return Cue::Confirm;
        }
        if self.emergency.asked_to_replace().is_some() {
            self.emergency.keep_call();
            return Cue::Confirm;
        }
        if !self.emergency.is_alerting() {
            self.emergency.minimise();
            self.refresh_orders();
            return Cue::Confirm;
        }
        if self.emergency.lower(self.context.now_ms()) {
            self.put_away();
            return Cue::Confirm;
        }
        Cue::Edge
    }

    fn home_from_takeover(&mut self) -> Cue {
        if self.emergency.is_alerting() {
            return Cue::Edge;
        }
        self.emergency.minimise();
        self.refresh_orders();
        if !self.emergency.has_keys() {
            self.go_home();
        }
        Cue::Confirm
    }
}

/// Above the band the picture is still there, and so are its keys. Nothing is opened under the band,
/// and 電源 does not darken what waits for an answer (invariant 1).
const fn is_of_picture(key: RemoteKey) -> bool {
    matches!(
        key,
        RemoteKey::ChannelUp
            | RemoteKey::ChannelDown
            | RemoteKey::ChannelPrevious
            | RemoteKey::Digit(_)
            | RemoteKey::ThreeDigits
            | RemoteKey::Info
            | RemoteKey::Audio
            | RemoteKey::Subtitle
    )
}
