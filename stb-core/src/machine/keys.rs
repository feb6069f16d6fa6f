//! Keys: first the gate against bouncing, then whoever is on top.

use crate::{
    effect::{Cue, Effect, SpeechPriority},
    key::{KeyAction, RemoteKey},
    nav::{CardDeed, Command, Direction, Page, focus},
    phrase::{Phrase, say},
    tv::{Wish, channels::Step},
    view::{Body, ColourKey},
};

use super::Machine;

/// The same key within this time is the same press.
const BOUNCE_MS: u64 = 150;

/// Lets through what a hand meant.
#[derive(Debug, Default)]
pub(crate) struct KeyGate {
    last: Option<(RemoteKey, u64)>,
}

impl KeyGate {
    /// Whether the key counts. Only arrows, channel and volume repeat while held.
    pub(crate) fn admits(&mut self, now_ms: u64, key: RemoteKey, action: KeyAction) -> bool {
        if action == KeyAction::Repeated {
            return key.repeats();
        }
        let is_bounce = self.last.is_some_and(|(last, at)| last == key && now_ms < at + BOUNCE_MS);
        self.last = Some((key, now_ms));
        !is_bounce
    }
}

pub(crate) fn direction(key: RemoteKey) -> Option<Direction> {
    match key {
        RemoteKey::Up => Some(Direction::Up),
        RemoteKey::Down => Some(Direction::Down),
        RemoteKey::Left => Some(Direction::Left),
        RemoteKey::Right => Some(Direction::Right),
        _ => None,
    }
}

pub(crate) fn colour(key: RemoteKey) -> Option<ColourKey> {
    match key {
        RemoteKey::Blue => Some(ColourKey::Blue),
        RemoteKey::Red => Some(ColourKey::Red),
        RemoteKey::Green => Some(ColourKey::Green),
        RemoteKey::Yellow => Some(ColourKey::Yellow),
        _ => None,
    }
}

impl Machine {
    pub(super) fn key(&mut self, key: RemoteKey, action: KeyAction) {
        if !self.keys.admits(self.context.now_ms(), key, action) {
            return;
        }
        self.hint.put_away(self.context.now_ms());
        if let Some(silence) = self.voice.hush() {
            self.context.push(silence);
        }
        let cue = if self.standby {
            self.wake()
        } else if self.is_locked(key) {
            Cue::Edge
        } else {
            self.press(key)
        };
        self.context.push(Effect::Cue(cue));
    }

    fn press(&mut self, key: RemoteKey) -> Cue {
        match key {
            RemoteKey::VolumeUp | RemoteKey::VolumeDown | RemoteKey::Mute => self.volume_key(key),
            _ => self.takeover_key(key).unwrap_or_else(|| {
                if self.first_start.is_some() {
                    self.first_start_key(key)
                } else {
                    self.press_below(key)
                }
            }),
        }
    }

    /// Whatever key it was, it only lights the screen: nobody saw what it would have meant.
    fn wake(&mut self) -> Cue {
        self.standby = false;
        self.tv.show_channel(self.context.now_ms());
        Cue::Confirm
    }

    fn stand_by(&mut self) -> Cue {
        self.nav.leave_to_television();
        self.toast = None;
        self.standby = true;
        Cue::Confirm
    }

    fn press_below(&mut self, key: RemoteKey) -> Cue {
        let is_idle = self.nav.is_television()
            || matches!(self.nav.page(), Some(Page::Home | Page::Guide { .. }));
        match key {
            RemoteKey::Power => self.stand_by(),
            RemoteKey::Guide if is_idle => {
                self.open_guide();
                Cue::Confirm
            }
            RemoteKey::Audio => self.next_sound(),
            RemoteKey::Subtitle => {
                self.tell(say::no_captions());
                Cue::Edge
            }
            RemoteKey::Exit => self.exit(),
            RemoteKey::Home => self.home(),
            RemoteKey::Help => self.help(),
            _ if self.nav.is_television() => self.television_key(key),
            _ => self.page_key(key),
        }
    }

    fn next_sound(&mut self) -> Cue {
        if self.tv.current_channel().is_none() {
            self.tell(say::audio_none());
            return Cue::Edge;
        }
        self.context.push(Effect::NextSound);
        Cue::Confirm
    }

    /// What the player found to change to, if anything.
    pub(super) fn sound_chosen(&mut self, channel_id: &str, number: u16, count: u16) {
        let current = self.tv.current_channel();
        if current.is_none_or(|channel| channel.channel_id != channel_id) {
            return;
        }
        self.tell(match count {
            0 => say::audio_none(),
            1 => say::audio_fixed(),
            _ => say::audio_chosen(number.into(), count.into()),
        });
    }

    /// One sentence about what a key did, or why it did nothing.
    pub(super) fn tell(&mut self, sentence: Phrase) {
        if self.settings.speech {
            self.say(vec![sentence.clone()], SpeechPriority::Page);
        }
        self.show_toast(sentence);
    }

    fn volume_key(&mut self, key: RemoteKey) -> Cue {
        let volume = &mut self.tv.volume;
        let is_changed = match key {
            RemoteKey::VolumeUp => volume.louder(),
            RemoteKey::VolumeDown => volume.quieter(),
            _ => {
                volume.toggle_mute();
                true
            }
        };
        self.settings.volume_percent = self.tv.volume.percent();
        self.settings.muted = self.tv.volume.muted();
        self.settings_chosen = true;
        self.settings_changed();
        self.tv.show_volume(self.context.now_ms());
        if is_changed { Cue::Move } else { Cue::Edge }
    }

    fn exit(&mut self) -> Cue {
        if self.nav.is_television() {
            return Cue::Edge;
        }
        self.nav.leave_to_television();
        Cue::Confirm
    }

    fn home(&mut self) -> Cue {
        self.go_home();
        Cue::Confirm
    }

    /// ヘルプ: what is in force, else the plan of this home, from anywhere.
    fn help(&mut self) -> Cue {
        if self.has_menu_keys() {
            self.go_home();
        } else {
            // 戻る leads to the picture, not to a menu that this home does not know.
            self.nav.leave_to_television();
        }
        self.perform(if self.is_order_in_force() { Command::OpenOrder } else { Command::OpenPlan });
        Cue::Confirm
    }

    fn television_key(&mut self, key: RemoteKey) -> Cue {
        let now_ms = self.context.now_ms();
        let wish = match key {
            RemoteKey::ChannelUp => self.tv.step(now_ms, Step::Up),
            RemoteKey::ChannelDown => self.tv.step(now_ms, Step::Down),
            RemoteKey::ChannelPrevious => self.tv.go_back(now_ms),
            RemoteKey::Digit(digit) => self.tv.digit(now_ms, digit),
            RemoteKey::ThreeDigits => {
                self.tv.begin_typing(now_ms);
                Some(Wish::Nothing)
            }
            RemoteKey::Info => {
                self.tv.show_channel(now_ms);
                Some(Wish::Nothing)
            }
            RemoteKey::Confirm => return self.home(),
            _ => None,
        };
        let Some(wish) = wish else { return Cue::Edge };
        self.fulfil(wish);
        Cue::Confirm
    }

    pub(super) fn page_key(&mut self, key: RemoteKey) -> Cue {
        if let Some(direction) = direction(key) {
            return self.move_focus(direction);
        }
        match key {
            RemoteKey::Confirm => self.confirm(),
            RemoteKey::Back => {
                self.step_back();
                Cue::Confirm
            }
            RemoteKey::Digit(digit) => self.digit_key(digit),
            _ => self.confirm_colour(key),
        }
    }

    fn move_focus(&mut self, direction: Direction) -> Cue {
        let Some(page) = self.page_view() else { return Cue::Edge };
        let next = focus::neighbour(page.layout, page.items.len(), page.focus, direction);
        let Some(next) = next else { return Cue::Edge };
        self.nav.set_focus(next);
        Cue::Move
    }

    fn confirm(&mut self) -> Cue {
        if self.is_stray_press() {
            return Cue::Edge;
        }
        let focus = self.page_view().map_or(0, |page| page.focus);
        self.confirm_at(focus)
    }

    /// Whether the press may be meant for the page before.
    fn is_stray_press(&self) -> bool {
        let now_ms = self.context.now_ms();
        match self.nav.page() {
            Some(Page::Card) => self.card.is_too_fresh(now_ms),
            Some(Page::Services) => self.services.is_too_fresh(now_ms),
            Some(Page::Cards) => self.card_menu.is_too_fresh(now_ms),
            Some(Page::Diagnosis) => self.diagnosis.is_too_fresh(now_ms),
            Some(Page::FirstStart) => {
                self.first_start.as_ref().is_some_and(|first| first.is_too_fresh(now_ms))
            }
            _ => false,
        }
    }

    /// A digit of a PIN or of a number. Nowhere else does an item show a number: there the hand
    /// meant a channel, and a number is no answer.
    fn digit_key(&mut self, digit: u8) -> Cue {
        let is_taken = match self.nav.page() {
            Some(Page::Card) => self.card_deed(CardDeed::PadDigit(digit)),
            Some(Page::Services) => self.service_digit(digit),
            Some(Page::Cards) => self.card_menu_digit(digit),
            Some(Page::FirstStart) => self.first_start_digit(digit),
            _ => false,
        };
        if is_taken {
            self.offer_submit();
            self.typed_at = Some(self.context.now_ms());
        }
        if is_taken { Cue::Move } else { Cue::Edge }
    }

    /// On the last try a complete PIN waits for 決定: then 決定 must mean just that.
    pub(super) fn offer_complete_pin(&mut self) {
        let complete = self.page_view().is_some_and(|page| match page.body {
            Body::PinDots { entered, wanted, .. } => entered == wanted,
            Body::Digits { digits, wanted } => digits.len() == usize::from(wanted),
            _ => false,
        });
        if complete {
            self.offer_submit();
        }
    }

    /// After a digit of the remote 決定 means the number, and never one more digit of the pad.
    fn offer_submit(&mut self) {
        let place = self.choices().iter().position(|choice| choice.command.is_submit());
        if let Some(place) = place {
            self.nav.set_focus(place);
        }
    }

    fn confirm_colour(&mut self, key: RemoteKey) -> Cue {
        let wanted = colour(key);
        let choices = self.choices();
        let found = choices
            .iter()
            .position(|choice| choice.item.shortcut.is_some() && choice.item.shortcut == wanted);
        found.map_or(Cue::Edge, |index| self.confirm_at(index))
    }

    fn confirm_at(&mut self, index: usize) -> Cue {
        let Some(choice) = self.choices().into_iter().nth(index) else { return Cue::Edge };
        self.nav.set_focus(index);
        if self.perform(choice.command) { Cue::Confirm } else { Cue::Edge }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(presses: &[(u64, RemoteKey, KeyAction)], admitted: &[bool]) {
        let mut gate = KeyGate::default();
        let found: Vec<bool> =
            presses.iter().map(|(at, key, action)| gate.admits(*at, *key, *action)).collect();
        assert_eq!(found, admitted);
    }

    #[test]
    fn a_bouncing_key_counts_once() {
        use KeyAction::{Pressed, Repeated};
        use RemoteKey::{Confirm, Down, Left};
        check(&[(0, Confirm, Pressed), (149, Confirm, Pressed)], &[true, false]);
        check(&[(0, Confirm, Pressed), (150, Confirm, Pressed)], &[true, true]);
        check(&[(0, Left, Pressed), (50, Confirm, Pressed)], &[true, true]);
        check(&[(0, Down, Pressed), (60, Down, Repeated)], &[true, true]);
        check(&[(0, Confirm, Pressed), (500, Confirm, Repeated)], &[true, false]);
    }
}
