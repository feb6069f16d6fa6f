//! What this home shall do now: the one main function of this crate.

use crate::{
    hazard::{Hazard, Level},
    order::{Act, Mode, OrderId, UnixMillis},
    shelter::ShelterId,
};

/// Guidance for one home under one (area, hazard).
#[derive(Debug, Clone, PartialEq)]
pub struct Guidance {
    /// Order it comes from.
    pub order: OrderId,
    /// Drill or meant.
    pub mode: Mode,
    /// Issue, update, lift or cancel.
    pub act: Act,
    /// Against what.
    pub hazard: Hazard,
    /// Warning level, none for tsunami.
    pub level: Option<Level>,
    /// Area named in the order that contains this home, or none when the whole town is meant.
    pub area_name: Option<String>,
    /// The people addressed, as written, with their readings.
    pub addressees: Vec<Addressee>,
    /// What to do.
    pub action: Action,
    /// Where to, when going somewhere is the thing to do.
    pub destination: Option<Destination>,
    /// Where to when the destination cannot be reached.
    pub fallback: Option<Destination>,
    /// By when to have left; none when the answer is "now".
    pub leave_by: Option<UnixMillis>,
    /// Who may help, from the plans of the addressees.
    pub supporters: Vec<String>,
    /// What to do, in three steps.
    pub steps: [Step; 3],
    /// The town's own words, when it gave any.
    pub reason: Option<String>,
    /// When it was issued.
    pub issued_at: UnixMillis,
}

/// One person addressed by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addressee {
    /// Name as written.
    pub name: String,
    /// Reading in katakana; empty when unknown.
    pub kana: String,
    /// Whether this person leaves at the order's level (others prepare).
    pub leaves_now: bool,
}

/// The one thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Everybody leaves now.
    LeaveNow,
    /// Those who need time leave now, the others prepare.
    LeaveIfSlow,
    /// Prepare to leave.
    Prepare,
    /// Tsunami: to high ground at once.
    RunToHighGround,
    /// Level 5: the way outside may be more dangerous; go up, away from the slope.
    SecureLifeHere,
    /// The danger is over.
    AllClear,
    /// The earlier order was wrong.
    Disregard,
}

/// A place to go to.
#[derive(Debug, Clone, PartialEq)]
pub struct Destination {
    /// Which.
    pub shelter: ShelterId,
    /// Name.
    pub name: String,
    /// Reading; empty when unknown.
    pub kana: String,
    /// Condition of use, to be shown with the name.
    pub condition: Option<String>,
    /// Straight distance from the home in metres, when both are known.
    pub distance_m: Option<u32>,
    /// Whether the order says that it is open (else it is designated, not known to be open).
    pub known_open: bool,
    /// Whether it comes from a resident's own plan.
    pub planned: bool,
}

/// One step; the screen has a sentence and a picture for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// Take medicine, glasses, the bag.
    TakeEssentials,
    /// Turn off gas and the breaker.
    TurnOffGasAndBreaker,
    /// Call the neighbours / supporter.
    CallSupporter,
    /// Walk to the destination.
    GoToDestination,
    /// Go at once, take nothing.
    GoAtOnce,
    /// Go uphill, further than you think.
    GoHigher,
    /// Do not come back until it is lifted.
    DoNotReturn,
    /// Move to the upper floor.
    GoUpstairs,
    /// Stay away from windows and the slope.
    AwayFromSlope,
    /// Call 119 when in danger of life.
    CallForHelp,
    /// Prepare the bag and medicine.
    PrepareBag,
    /// Check the way and the shelter.
    CheckRoute,
    /// Watch the television for the next word.
    KeepWatching,
    /// Watch your step on the way home.
    ReturnCarefully,
    /// Tell those you were with.
    TellOthers,
}
