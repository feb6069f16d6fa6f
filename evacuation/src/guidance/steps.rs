//! What to do, in three steps.

use super::{Action, Step};
use crate::hazard::Hazard;

/// What the steps depend on.
pub(super) struct Situation {
    pub(super) action: Action,
    pub(super) hazard: Hazard,
    /// Whether a place to go to is named.
    pub(super) has_destination: bool,
    /// Whether somebody may help.
    pub(super) has_supporter: bool,
}

pub(super) fn steps(situation: &Situation) -> [Step; 3] {
    match situation.action {
        Action::RunToHighGround => [Step::GoAtOnce, Step::GoHigher, Step::DoNotReturn],
        Action::SecureLifeHere => secure_life(situation.hazard),
        Action::LeaveNow | Action::LeaveIfSlow => leaving(situation),
        Action::Prepare => [Step::PrepareBag, Step::CheckRoute, Step::KeepWatching],
        // Nobody who stayed is sent home: those who left hear it with their answer.
        Action::AllClear | Action::Disregard => {
            [Step::TellOthers, Step::KeepWatching, Step::CallForHelp]
        }
    }
}

/// Upstairs helps against water and earth, not in a house that shakes or under ash.
fn secure_life(hazard: Hazard) -> [Step; 3] {
    match hazard {
        Hazard::Earthquake | Hazard::Volcano => {
            [Step::AwayFromSlope, Step::KeepWatching, Step::CallForHelp]
        }
        _ => [Step::GoUpstairs, Step::AwayFromSlope, Step::CallForHelp],
    }
}

fn leaving(situation: &Situation) -> [Step; 3] {
    let goal = if situation.has_destination { Step::GoToDestination } else { Step::KeepWatching };
    match situation.hazard {
        Hazard::LargeFire if situation.has_destination => {
            [Step::GoAtOnce, Step::GoToDestination, Step::DoNotReturn]
        }
        Hazard::LargeFire => [Step::GoAtOnce, Step::CallForHelp, Step::DoNotReturn],
        Hazard::Earthquake => [Step::TurnOffGasAndBreaker, goal, Step::DoNotReturn],
        _ if situation.has_supporter => [Step::TakeEssentials, Step::CallSupporter, goal],
        _ => [Step::TakeEssentials, Step::TurnOffGasAndBreaker, goal],
    }
}
