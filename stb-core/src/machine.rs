//! The top loop: one event in, one change of state, effects and one view out.

mod actions;
mod keys;
mod pages;

use std::collections::VecDeque;

use crate::{
    Config, Now,
    access::Settings,
    effect::{Effect, StoreCommand, Stored},
    event::Event,
    link::id::Generator,
    nav::Navigator,
    tv::{LiveTv, Wish, volume::Volume},
    view::{Language, PictureView, View},
};
use gateway_api::provisioning::Provisioning;
use keys::KeyGate;

/// Changed settings are written after this pause, to spare the flash memory.
const SETTINGS_PAUSE_MS: u64 = 2_000;

/// What the machine has to say between two events.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Do this; then poll again.
    Effect(Effect),
    /// Nothing more to do until the next event, or until this moment of the monotonic clock, when
    /// [`Event::DeadlineReached`] is due.
    WaitUntil(Option<u64>),
}

/// The box.
pub struct Machine {
    config: Config,
    now: Now,
    effects: VecDeque<Effect>,
    ids: Generator,
    keys: KeyGate,
    settings: Settings,
    settings_due: Option<u64>,
    provisioning: Option<Provisioning>,
    tv: LiveTv,
    nav: Navigator,
    link_open: bool,
}

impl Machine {
    /// A box that has not read its store yet: television without channels.
    pub fn new(config: Config) -> Self {
        let settings = Settings::default();
        Self {
            now: Now { monotonic_ms: 0, wall_ms: 0, wall_trusted: false },
            effects: VecDeque::new(),
            ids: Generator::new(config.seed),
            keys: KeyGate::default(),
            tv: LiveTv::new(Volume::new(settings.volume_percent, settings.muted)),
            settings,
            settings_due: None,
            provisioning: None,
            nav: Navigator::default(),
            link_open: false,
            config,
        }
    }

    /// Changes the state once. Afterwards [`Self::poll`] until it says to wait.
    pub fn handle(&mut self, now: Now, event: Event) {
        self.now = Now { monotonic_ms: now.monotonic_ms.max(self.now.monotonic_ms), ..now };
        self.reach_deadlines();
        self.take(event);
        self.settle();
    }

    /// The next thing to do, or until when there is nothing to do.
    pub fn poll(&mut self) -> Output {
        match self.effects.pop_front() {
            Some(effect) => Output::Effect(effect),
            None => Output::WaitUntil(self.next_deadline()),
        }
    }

    /// When [`Event::DeadlineReached`] is due on the monotonic clock.
    pub fn next_deadline(&self) -> Option<u64> {
        [self.tv.deadline(), self.settings_due].into_iter().flatten().min()
    }

    /// The whole screen as it shall be now.
    pub fn view(&self) -> View {
        View {
            scale: self.settings.scale,
            language: self.language(),
            picture: PictureView { notice: self.tv.notice(), covered: false },
            banner: self.tv.banner(),
            page: self.page_view(),
            toast: None,
            takeover: None,
        }
    }

    fn take(&mut self, event: Event) {
        match event {
            Event::Key { key, action } => self.key(key, action),
            Event::DeadlineReached => {}
            Event::Restored(stored) => self.restored(*stored),
            Event::LinkOpened => {
                self.link_open = true;
                self.effects.push_back(Effect::FetchProvisioning);
            }
            Event::LinkLost => self.link_open = false,
            Event::ProvisioningChanged => self.effects.push_back(Effect::FetchProvisioning),
            Event::Provisioned(provisioning) => {
                self.effects
                    .push_back(Effect::Store(StoreCommand::SaveProvisioning(provisioning.clone())));
                self.adopt(*provisioning);
            }
            Event::PlayerChanged { channel_id, state } => {
                self.tv.player_changed(&channel_id, state);
            }
            _ => {}
        }
    }

    fn restored(&mut self, stored: Stored) {
        if let Some(bytes) = stored.settings {
            self.settings = Settings::from_bytes(&bytes);
            self.tv.volume.set(self.settings.volume_percent, self.settings.muted);
        }
        if let Some(provisioning) = stored.provisioning {
            self.adopt(provisioning);
        }
    }

    fn adopt(&mut self, provisioning: Provisioning) {
        let channels = provisioning.channels.clone();
        let wanted = self.settings.last_channel.clone();
        let wish = self.tv.set_channels(self.now.monotonic_ms, channels, wanted.as_deref());
        self.provisioning = Some(provisioning);
        self.fulfil(wish);
    }

    fn reach_deadlines(&mut self) {
        let now_ms = self.now.monotonic_ms;
        let wish = self.tv.reach(now_ms);
        self.fulfil(wish);
        if self.settings_due.is_some_and(|due| due <= now_ms) {
            self.settings_due = None;
            let bytes = self.settings.to_bytes();
            self.effects.push_back(Effect::Store(StoreCommand::SaveSettings(bytes)));
        }
    }

    /// What follows from the new state, whatever the event was.
    fn settle(&mut self) {
        self.effects.extend(self.tv.volume.changed());
    }

    fn fulfil(&mut self, wish: Wish) {
        let Wish::Tune { channel, neighbours } = wish else { return };
        self.settings.last_channel = Some(channel.channel_id.clone());
        self.settings_changed();
        self.effects.push_back(Effect::Tune(channel));
        self.effects.push_back(Effect::Prefetch(neighbours));
    }

    fn settings_changed(&mut self) {
        self.settings_due = Some(self.now.monotonic_ms + SETTINGS_PAUSE_MS);
    }

    fn language(&self) -> Language {
        let provisioned = || Language::from_tag(&self.provisioning.as_ref()?.household.language);
        self.settings.language.or_else(provisioned).unwrap_or_default()
    }
}
