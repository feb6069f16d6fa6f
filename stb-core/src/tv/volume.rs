//! Volume: what the household set, and what speech and orders take away for a while.

use crate::{effect::Effect, view::BannerView};

const STEP_PERCENT: u8 = 5;

/// Volume of the television picture.
#[derive(Debug)]
pub(crate) struct Volume {
    percent: u8,
    muted: bool,
    /// Lowered during speech.
    pub(crate) ducked: bool,
    /// Silent because an order fills the screen.
    pub(crate) silenced: bool,
    told: Option<(u8, bool, bool)>,
}

impl Volume {
    pub(crate) const fn new(percent: u8, muted: bool) -> Self {
        Self { percent, muted, ducked: false, silenced: false, told: None }
    }

    pub(crate) fn set(&mut self, percent: u8, muted: bool) {
        self.percent = percent;
        self.muted = muted;
    }

    pub(crate) const fn percent(&self) -> u8 {
        self.percent
    }

    pub(crate) const fn muted(&self) -> bool {
        self.muted
    }

    /// False when it is at its end already.
    pub(crate) fn louder(&mut self) -> bool {
        self.change(self.percent.saturating_add(STEP_PERCENT).min(100))
    }

    pub(crate) fn quieter(&mut self) -> bool {
        self.change(self.percent.saturating_sub(STEP_PERCENT))
    }

    pub(crate) fn toggle_mute(&mut self) {
        self.muted = !self.muted;
    }

    pub(crate) fn banner(&self) -> BannerView {
        BannerView::Volume { percent: self.percent, muted: self.muted }
    }

    /// The command for the player when something changed since the last one.
    pub(crate) fn changed(&mut self) -> Option<Effect> {
        let wanted = (self.percent, self.muted || self.silenced, self.ducked);
        if self.told == Some(wanted) {
            return None;
        }
        self.told = Some(wanted);
        let (percent, muted, ducked) = wanted;
        Some(Effect::SetVolume { percent, muted, ducked })
    }

    /// Turning the knob ends the silence: the hand on it wants to hear something.
    fn change(&mut self, percent: u8) -> bool {
        let is_changed = self.percent != percent || self.muted;
        self.percent = percent;
        self.muted = false;
        is_changed
    }
}
