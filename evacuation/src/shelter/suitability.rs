//! Which place to go to.

use super::{Position, Shelter, ShelterId, ShelterState, ShelterTable};
use crate::hazard::Hazard;

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Against what.
    pub hazard: Hazard,
    /// Against what else the place must be designated.
    pub also: &'a [Hazard],
    /// The town's places.
    pub table: &'a ShelterTable,
    /// States as the order tells them.
    pub states: &'a [(ShelterId, ShelterState)],
    /// Places of the residents' own plans, first choice first.
    pub planned: &'a [&'a ShelterId],
    /// The home, or a point of its district.
    pub from: Option<Position>,
}

/// A place found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Choice<'a> {
    /// The place.
    pub shelter: &'a Shelter,
    /// Straight distance from where the search began.
    pub distance_m: Option<u32>,
    /// Whether the order says that it is open.
    pub known_open: bool,
    /// Whether a resident's plan names it.
    pub planned: bool,
}

/// The place to go to, and the next different one.
///
/// Never one that is not designated for the hazard, closed or full. First the plans' places; then
/// the nearest known to be open; then the nearest designated one. Under a tsunami minutes count and
/// high ground needs no key: there the nearest comes first, known to be open or not. Without a point
/// to measure from only planned and open places are named: any other could be across the town.
pub fn choose<'a>(search: &Search<'a>) -> (Option<Choice<'a>>, Option<Choice<'a>>) {
    let usable = search.table.shelters.values().filter_map(|shelter| search.usable(shelter));
    let mut choices: Vec<Choice<'a>> = usable.collect();
    choices.sort_by_key(|choice| search.rank(choice));
    let mut choices = choices.into_iter();
    (choices.next(), choices.next())
}

impl<'a> Search<'a> {
    fn usable(&self, shelter: &'a Shelter) -> Option<Choice<'a>> {
        let state = self.state(&shelter.id);
        let receives = matches!(state, None | Some(ShelterState::Open));
        let designated = |hazard: &Hazard| shelter.suitable_for.contains(hazard);
        if !receives || !designated(&self.hazard) || !self.also.iter().all(designated) {
            return None;
        }
        let choice = Choice {
            shelter,
            distance_m: self.from.and_then(|from| from.distance_m(shelter.position)),
            known_open: state == Some(ShelterState::Open),
            planned: self.plan_rank(&shelter.id).is_some(),
        };
        let reachable = choice.distance_m.is_some() || choice.known_open || choice.planned;
        reachable.then_some(choice)
    }

    /// A place told twice with different states is taken as told worst.
    fn state(&self, id: &ShelterId) -> Option<ShelterState> {
        let told = self.states.iter().filter(|(told, _)| told == id).map(|(_, state)| *state);
        told.reduce(|one, other| if one == ShelterState::Open { other } else { one })
    }

    fn plan_rank(&self, id: &ShelterId) -> Option<usize> {
        self.planned.iter().position(|planned| *planned == id)
    }

    /// Smaller is better; the id settles what is equal.
    fn rank(&self, choice: &Choice<'a>) -> (usize, bool, u32, &'a ShelterId) {
        let plan = self.plan_rank(&choice.shelter.id).unwrap_or(usize::MAX);
        let opening_counts = self.hazard != Hazard::Tsunami;
        let not_open = opening_counts && !choice.known_open;
        (plan, not_open, choice.distance_m.unwrap_or(u32::MAX), &choice.shelter.id)
    }
}

#[cfg(test)]
mod tests;
