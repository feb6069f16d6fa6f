//! When the box takes a new version of itself; pure.
//!
//! What is offered, what the installer says, what is remembered and the time of day go in; what to do now and
//! what to tell the operator come out. Never during an order, a check-in or a card; never backwards; never the
//! same bundle again that did not work; a restart only at night when nobody watches.

use gateway_api::{
    update::{BundleId, UpdateOffer, UpdateReason, UpdateReport, UpdateState},
    version::Version,
};
use serde::{Deserialize, Serialize};

use crate::{Now, time::minute_of_day_in_japan};

/// Nobody pressed a key for so long: nobody watches, or everybody sleeps.
const IDLE_MS: u64 = 30 * 60_000;
/// From two o'clock on; each box begins at its own minute, so that not all of them start together.
const NIGHT_BEGINS: i64 = 2 * 60;
const NIGHT_SPREAD: i64 = 120;
const NIGHT_ENDS: i64 = 5 * 60;
/// What did not come is asked for again after this time; what could not be written as well.
const AGAIN_MS: u64 = 60 * 60_000;
/// Whatever kept an installation from beginning, e.g. an order, is looked at again after this time.
const BUSY_AGAIN_MS: u64 = 10 * 60_000;
/// A wish that nobody took up is made again.
const WISH_MS: u64 = 5 * 60_000;
/// Bundles that are never taken again.
const NEVER_MAX: usize = 16;

/// What outlives a restart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Written, and not yet seen to work.
    pub written: Option<Written>,
    /// What runs now because of an update.
    pub good: Option<Image>,
    /// What this box never takes again, the newest last.
    pub never: Vec<Never>,
}

/// One image.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// Its version.
    pub version: Version,
    /// Its bundle.
    pub bundle: BundleId,
}

/// An image in the other slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Which.
    pub image: Image,
    /// Id of the boot during which it was written.
    pub boot: String,
}

/// An image that is never taken again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Never {
    /// Which.
    pub image: Image,
    /// Why.
    pub reason: UpdateReason,
}

/// What the installer says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Installer {
    /// There is none on this machine.
    #[default]
    Missing,
    /// It waits for a wish.
    Idle,
    /// It writes this bundle.
    Writing(BundleId),
    /// It wrote this bundle.
    Wrote(BundleId),
    /// It did not take this bundle.
    Refused(BundleId, UpdateReason),
}

/// Everything that the decision depends on.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'a> {
    /// The moment.
    pub now: Now,
    /// Version that runs.
    pub running: &'a Version,
    /// Id of this boot.
    pub boot: &'a str,
    /// What the gateway offers.
    pub offer: Option<&'a UpdateOffer>,
    /// What the installer says.
    pub installer: Installer,
    /// An order, a check-in or a card is in use.
    pub is_busy: bool,
    /// Picture, gateway and reader were seen since the start.
    pub is_proven: bool,
    /// Picture, gateway and reader are there now: a version on trial could prove itself.
    pub is_provable: bool,
    /// Since the last key.
    pub idle_ms: u64,
    /// Any number that is this box's own.
    pub spread: u32,
}

/// What to do now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// Write this.
    Install(UpdateOffer),
    /// Start the machine again.
    Restart,
}

/// The decision, with what it remembers.
#[derive(Debug, Clone, Default)]
pub struct Updater {
    kept: Kept,
    /// The image asked for last, and when. It comes to its end whatever is offered meanwhile.
    asked: Option<(Image, u64)>,
    /// Why a bundle was not taken for now, and when that was said.
    refused: Option<(BundleId, UpdateReason, u64)>,
    restart_asked: Option<u64>,
}

impl Updater {
    /// With what was kept.
    pub fn new(kept: Kept) -> Self {
        Self { kept, ..Self::default() }
    }

    /// What must outlive a restart; to be stored before the action is carried out.
    pub const fn kept(&self) -> &Kept {
        &self.kept
    }

    /// What to do in this situation, and what to tell.
    pub fn step(&mut self, situation: &Situation<'_>) -> (Action, UpdateReport) {
        self.settle_start(situation);
        self.hear(situation);
        if let Some(written) = &self.kept.written {
            let image = written.image.clone();
            let is_this_boot = written.boot == situation.boot;
            return self.restart_for(&image, is_this_boot, situation);
        }
        if let Some((image, _)) = &self.asked {
            let report = report_of(&image.version, image.bundle, UpdateState::Writing, None);
            return (Action::Nothing, report);
        }
        match situation.offer {
            Some(offer) => self.consider(offer, situation),
            None => (Action::Nothing, self.standing(situation)),
        }
    }

    /// After a restart: did the written version come up, and does it work?
    fn settle_start(&mut self, situation: &Situation<'_>) {
        let restarted = |written: &mut Written| written.boot != situation.boot;
        let Some(written) = &mut self.kept.written else { return };
        if !restarted(written) {
            return;
        }
        if written.image.version != *situation.running {
            let image = written.image.clone();
            self.kept.written = None;
            self.never(image, UpdateReason::NotWorking);
        } else if situation.is_proven {
            self.kept.good = Some(written.image.clone());
            self.kept.written = None;
        }
    }

    /// What the installer says of the image that was asked for.
    fn hear(&mut self, situation: &Situation<'_>) {
        let now_ms = situation.now.monotonic_ms;
        let Some((image, at)) = self.asked.take().or_else(|| self.begun(situation)) else { return };
        match situation.installer {
            Installer::Wrote(bundle) if bundle == image.bundle => {
                self.kept.written = Some(Written { image, boot: situation.boot.to_owned() });
            }
            Installer::Refused(bundle, reason) if bundle == image.bundle => {
                if is_final(reason) {
                    self.never(image, reason);
                } else {
                    self.refused = Some((bundle, reason, now_ms));
                }
            }
            Installer::Writing(bundle) if bundle == image.bundle => {
                self.asked = Some((image, now_ms));
            }
            _ if now_ms < at.saturating_add(WISH_MS) => self.asked = Some((image, at)),
            _ => {}
        }
    }

    /// What was asked for before this program started again; the installer remembers. Asking once more would
    /// write over a slot that the next start may come from.
    fn begun(&self, situation: &Situation<'_>) -> Option<(Image, u64)> {
        let (Installer::Writing(bundle) | Installer::Wrote(bundle)) = situation.installer else {
            return None;
        };
        let offer = situation.offer.filter(|offer| offer.bundle == bundle)?;
        let may_be = self.kept.written.is_none()
            && offer.version > *situation.running
            && self.never_again(bundle).is_none();
        let image = Image { version: offer.version.clone(), bundle };
        may_be.then_some((image, situation.now.monotonic_ms))
    }

    /// Something is offered.
    fn consider(
        &mut self,
        offer: &UpdateOffer,
        situation: &Situation<'_>,
    ) -> (Action, UpdateReport) {
        let now_ms = situation.now.monotonic_ms;
        let about = |state, reason| report_of(&offer.version, offer.bundle, state, reason);
        let nothing = |state, reason| (Action::Nothing, about(state, reason));
        if offer.version <= *situation.running {
            return nothing(UpdateState::Refused, Some(UpdateReason::NotNewer));
        }
        if let Some(never) = self.never_again(offer.bundle) {
            return (Action::Nothing, failure(never));
        }
        if situation.installer == Installer::Missing {
            return nothing(UpdateState::Refused, Some(UpdateReason::NoUpdater));
        }
        if let Some(reason) = self.still_refused(offer.bundle, now_ms) {
            // It is tried again; the operator counts what may be the bundle's own fault at once.
            let is_against = reason.speaks_against_the_bundle();
            let state = if is_against { UpdateState::Refused } else { UpdateState::Waiting };
            return nothing(state, Some(reason));
        }
        if situation.is_busy {
            return nothing(UpdateState::Waiting, Some(UpdateReason::Busy));
        }
        let image = Image { version: offer.version.clone(), bundle: offer.bundle };
        self.asked = Some((image, now_ms));
        (Action::Install(offer.clone()), about(UpdateState::Writing, None))
    }

    fn still_refused(&self, bundle: BundleId, now_ms: u64) -> Option<UpdateReason> {
        let (refused, reason, at) = self.refused?;
        let pause = if reason == UpdateReason::Busy { BUSY_AGAIN_MS } else { AGAIN_MS };
        (refused == bundle && now_ms < at.saturating_add(pause)).then_some(reason)
    }

    /// It is written, or it runs and has yet to work: when to start again.
    fn restart_for(
        &mut self,
        image: &Image,
        is_this_boot: bool,
        situation: &Situation<'_>,
    ) -> (Action, UpdateReport) {
        let now_ms = situation.now.monotonic_ms;
        let state = if is_this_boot { UpdateState::Written } else { UpdateState::OnTrial };
        let reason = (is_this_boot && situation.is_busy).then_some(UpdateReason::Busy);
        let report = report_of(&image.version, image.bundle, state, reason);
        // On trial the image's own clock counts: it restarts a version that cannot even run this.
        // A trial while the gateway or the channel is away would end in a fall-back, and that is for ever.
        let is_due = is_this_boot && is_night(situation) && situation.is_provable;
        let is_quiet = !situation.is_busy && situation.idle_ms >= IDLE_MS.min(now_ms);
        let is_asked = self.restart_asked.is_some_and(|at| now_ms < at.saturating_add(WISH_MS));
        if !is_due || !is_quiet || is_asked {
            return (Action::Nothing, report);
        }
        self.restart_asked = Some(now_ms);
        (Action::Restart, report)
    }

    /// Nothing is offered: what became of the last one.
    fn standing(&self, situation: &Situation<'_>) -> UpdateReport {
        let failed = self.kept.never.last().filter(|one| one.image.version > *situation.running);
        if let Some(failed) = failed {
            return failure(failed);
        }
        match self.kept.good.as_ref().filter(|good| good.version == *situation.running) {
            Some(good) => report_of(&good.version, good.bundle, UpdateState::Current, None),
            None => UpdateReport::current(),
        }
    }

    fn never_again(&self, bundle: BundleId) -> Option<&Never> {
        self.kept.never.iter().find(|one| one.image.bundle == bundle)
    }

    fn never(&mut self, image: Image, reason: UpdateReason) {
        self.kept.never.retain(|one| one.image.bundle != image.bundle);
        self.kept.never.push(Never { image, reason });
        let too_many = self.kept.never.len().saturating_sub(NEVER_MAX);
        self.kept.never.drain(..too_many);
    }
}

/// Whether trying again cannot help.
const fn is_final(reason: UpdateReason) -> bool {
    match reason {
        UpdateReason::NotNewer
        | UpdateReason::Untrusted
        | UpdateReason::NoUpdater
        | UpdateReason::NotWorking => true,
        UpdateReason::Busy | UpdateReason::Unreachable | UpdateReason::NotWritten => false,
    }
}

fn failure(never: &Never) -> UpdateReport {
    let state = if never.reason == UpdateReason::NotWorking {
        UpdateState::FellBack
    } else {
        UpdateState::Refused
    };
    report_of(&never.image.version, never.image.bundle, state, Some(never.reason))
}

fn report_of(
    version: &Version,
    bundle: BundleId,
    state: UpdateState,
    reason: Option<UpdateReason>,
) -> UpdateReport {
    UpdateReport { state, reason, version: Some(version.clone()), bundle: Some(bundle) }
}

/// Whether it is night in Japan by a clock that can be believed, for this box.
fn is_night(situation: &Situation<'_>) -> bool {
    let begins = NIGHT_BEGINS + i64::from(situation.spread) % NIGHT_SPREAD;
    let minute = minute_of_day_in_japan(situation.now.wall_ms);
    situation.now.wall_trusted && (begins..NIGHT_ENDS).contains(&minute)
}

#[cfg(test)]
mod tests;
