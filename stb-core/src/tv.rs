//! Live television: channels, tuning, the banner at the bottom.

pub(crate) mod channels;
pub(crate) mod hint;
pub(crate) mod volume;

use gateway_api::{diagnosis::Playback, provisioning::Channel, status::Signal};

use crate::{
    event::PlayerState,
    phrase::{Phrase, say},
    view::BannerView,
};
use channels::{ChannelList, Step};
use volume::Volume;

/// The banner leaves the picture after this time.
const BANNER_MS: u64 = 4_000;
/// A number that is not complete is taken as it is after this time.
const TYPING_MS: u64 = 1_500;
/// While a channel key is held, the player follows at this pace.
const TUNE_PACE_MS: u64 = 250;
/// Digits of a channel number in three-digit entry.
const NUMBER_LENGTH: usize = 3;

/// State of the television behind everything.
#[derive(Debug)]
pub(crate) struct LiveTv {
    channels: ChannelList,
    current: Option<String>,
    previous: Option<String>,
    player: Option<PlayerState>,
    playback: Playback,
    banner: Option<Shown>,
    typing: Option<Typing>,
    tuned_at: Option<u64>,
    tune_due: Option<u64>,
    pub(crate) volume: Volume,
}

#[derive(Debug)]
struct Shown {
    what: Banner,
    until: u64,
}

#[derive(Debug, PartialEq)]
enum Banner {
    Channel,
    Missing(String),
    Volume,
}

#[derive(Debug)]
struct Typing {
    digits: String,
    until: u64,
}

/// What the television wants after a step.
#[derive(Debug, PartialEq)]
pub(crate) enum Wish {
    Nothing,
    Tune { channel: Channel, neighbours: Vec<Channel> },
}

impl LiveTv {
    pub(crate) fn new(volume: Volume) -> Self {
        Self {
            channels: ChannelList::default(),
            current: None,
            previous: None,
            player: None,
            playback: Playback::default(),
            banner: None,
            typing: None,
            tuned_at: None,
            tune_due: None,
            volume,
        }
    }

    /// Takes the operator's channels; stays on the present one when it still exists.
    pub(crate) fn set_channels(
        &mut self,
        now_ms: u64,
        channels: Vec<Channel>,
        wanted: Option<&str>,
    ) -> Wish {
        let before = self.current_channel().cloned();
        self.channels = ChannelList::new(channels);
        let wanted = self.current.as_deref().or(wanted);
        let Some(channel) = self.channels.by_id(wanted).or_else(|| self.channels.first()).cloned()
        else {
            self.current = None;
            return Wish::Nothing;
        };
        if before.as_ref() == Some(&channel) {
            return Wish::Nothing;
        }
        self.current = Some(channel.channel_id);
        self.show(now_ms, Banner::Channel);
        let wish = self.tune(now_ms);
        // Nobody pressed a key for it: the first press need not keep a distance.
        self.tuned_at = None;
        wish
    }

    pub(crate) fn current_channel(&self) -> Option<&Channel> {
        self.channels.by_id(self.current.as_deref())
    }

    /// Every channel in the order of the numbers.
    pub(crate) fn channels(&self) -> &[Channel] {
        self.channels.all()
    }

    /// The channel at this place of the list.
    pub(crate) fn watch(&mut self, now_ms: u64, place: usize) -> Wish {
        let chosen = self.channels.all().get(place).map(|channel| channel.channel_id.clone());
        chosen.map_or(Wish::Nothing, |channel_id| self.go_to(now_ms, channel_id))
    }

    /// チャンネル＋/－; none when there is nothing to change to.
    pub(crate) fn step(&mut self, now_ms: u64, step: Step) -> Option<Wish> {
        let next = self.channels.beside(self.current.as_deref(), step)?.channel_id.clone();
        Some(self.go_to(now_ms, next))
    }

    /// 前のチャンネル
    pub(crate) fn go_back(&mut self, now_ms: u64) -> Option<Wish> {
        let previous = self.channels.by_id(self.previous.as_deref())?.channel_id.clone();
        Some(self.go_to(now_ms, previous))
    }

    /// One-touch number, or the next digit of a three-digit number. None when no such channel
    /// exists; the banner then says so.
    pub(crate) fn digit(&mut self, now_ms: u64, digit: u8) -> Option<Wish> {
        let Some(typing) = &mut self.typing else {
            return self.one_touch(now_ms, if digit == 0 { 10 } else { u16::from(digit) });
        };
        if digit > 9 {
            return None;
        }
        typing.digits.push(char::from(b'0' + digit));
        typing.until = now_ms + TYPING_MS;
        if typing.digits.len() < NUMBER_LENGTH {
            return Some(Wish::Nothing);
        }
        self.finish_typing(now_ms)
    }

    /// 3桁入力: the next digits make one number.
    pub(crate) fn begin_typing(&mut self, now_ms: u64) {
        self.typing = Some(Typing { digits: String::new(), until: now_ms + TYPING_MS * 2 });
    }

    /// 画面表示
    pub(crate) fn show_channel(&mut self, now_ms: u64) {
        self.show(now_ms, Banner::Channel);
    }

    pub(crate) fn show_volume(&mut self, now_ms: u64) {
        self.show(now_ms, Banner::Volume);
    }

    pub(crate) fn player_changed(&mut self, channel_id: &str, state: PlayerState) {
        if self.current.as_deref() == Some(channel_id) {
            self.player = Some(state);
            self.count(state);
        }
    }

    /// What became of channels since the start.
    pub(crate) const fn playback(&self) -> Playback {
        self.playback
    }

    fn count(&mut self, state: PlayerState) {
        let counter = match state {
            PlayerState::Tuning | PlayerState::Playing => return,
            PlayerState::FirstPicture => &mut self.playback.pictures,
            PlayerState::NoSignal => &mut self.playback.silent,
            PlayerState::Recovering => &mut self.playback.disturbed,
            PlayerState::Unsupported => &mut self.playback.unsupported,
        };
        *counter = counter.saturating_add(1);
    }

    /// How the channel comes in.
    pub(crate) fn signal(&self) -> Signal {
        self.player.map_or(Signal::Unknown, Signal::from)
    }

    pub(crate) fn deadline(&self) -> Option<u64> {
        let banner = self.banner.as_ref().map(|shown| shown.until);
        let typing = self.typing.as_ref().map(|typing| typing.until);
        [banner, typing, self.tune_due].into_iter().flatten().min()
    }

    pub(crate) fn reach(&mut self, now_ms: u64) -> Wish {
        if self.banner.as_ref().is_some_and(|shown| shown.until <= now_ms) {
            self.banner = None;
        }
        if self.typing.as_ref().is_some_and(|typing| typing.until <= now_ms) {
            return self.finish_typing(now_ms).unwrap_or(Wish::Nothing);
        }
        if self.tune_due.is_some_and(|due| due <= now_ms) {
            return self.tune(now_ms);
        }
        Wish::Nothing
    }

    pub(crate) fn banner(&self) -> Option<BannerView> {
        if let Some(typing) = &self.typing {
            return Some(typing_banner(&typing.digits));
        }
        match &self.banner.as_ref()?.what {
            Banner::Volume => Some(self.volume.banner()),
            Banner::Channel => self.channel_banner(),
            Banner::Missing(number) => Some(BannerView::Channel {
                number: number.clone(),
                name: String::new(),
                state: Some(say::no_such_channel()),
            }),
        }
    }

    /// The sentence instead of a picture.
    pub(crate) fn notice(&self) -> Option<Phrase> {
        if self.channels.is_empty() {
            return Some(say::no_channels());
        }
        match self.player? {
            PlayerState::NoSignal => Some(say::no_signal()),
            PlayerState::Recovering => Some(say::picture_recovering()),
            PlayerState::Unsupported => Some(say::picture_unsupported()),
            PlayerState::Tuning | PlayerState::FirstPicture | PlayerState::Playing => None,
        }
    }

    fn one_touch(&mut self, now_ms: u64, number: u16) -> Option<Wish> {
        let found = self.channels.by_number(number).map(|channel| channel.channel_id.clone());
        if found.is_none() {
            self.show(now_ms, Banner::Missing(number.to_string()));
        }
        Some(self.go_to(now_ms, found?))
    }

    fn finish_typing(&mut self, now_ms: u64) -> Option<Wish> {
        let typing = self.typing.take()?;
        let number = typing.digits.parse().ok()?;
        self.one_touch(now_ms, number)
    }

    fn go_to(&mut self, now_ms: u64, channel_id: String) -> Wish {
        self.typing = None;
        self.show(now_ms, Banner::Channel);
        if self.current.as_deref() == Some(&channel_id) {
            return Wish::Nothing;
        }
        if self.tune_due.is_none() {
            self.previous = self.current.take();
        }
        self.current = Some(channel_id);
        self.player = None;
        match self.tuned_at {
            Some(at) if now_ms < at + TUNE_PACE_MS => {
                self.tune_due = Some(at + TUNE_PACE_MS);
                Wish::Nothing
            }
            _ => self.tune(now_ms),
        }
    }

    fn tune(&mut self, now_ms: u64) -> Wish {
        self.tune_due = None;
        let Some(channel) = self.current_channel().cloned() else { return Wish::Nothing };
        self.tuned_at = Some(now_ms);
        self.player = Some(PlayerState::Tuning);
        self.playback.tuned = self.playback.tuned.saturating_add(1);
        let neighbours =
            self.channels.worth_keeping_warm(&channel.channel_id, self.previous.as_deref());
        Wish::Tune { channel, neighbours }
    }

    fn show(&mut self, now_ms: u64, what: Banner) {
        self.banner = Some(Shown { what, until: now_ms + BANNER_MS });
    }

    fn channel_banner(&self) -> Option<BannerView> {
        let channel = self.current_channel()?;
        let state = match self.player {
            None | Some(PlayerState::Tuning) => Some(say::tuning()),
            Some(PlayerState::FirstPicture | PlayerState::Playing) => None,
            Some(_) => self.notice(),
        };
        Some(BannerView::Channel {
            number: channel.number.to_string(),
            name: channel.name.clone(),
            state,
        })
    }
}

fn typing_banner(digits: &str) -> BannerView {
    let number = format!("{digits:-<NUMBER_LENGTH$}");
    BannerView::Channel { number, name: String::new(), state: Some(say::typing_number()) }
}

#[cfg(test)]
mod tests;
