//! Who in this home leaves, when, and with whose help.

use super::{Addressee, reading};
use crate::{
    hazard::{Hazard, Level},
    household::{Household, Plan, Resident},
    order::Order,
    shelter::ShelterId,
};

impl Resident {
    /// The plan for this hazard, else the one for every hazard.
    pub fn plan_for(&self, hazard: Hazard) -> Option<&Plan> {
        let made_for = |wanted| self.plans.iter().find(move |plan| plan.hazard == wanted);
        made_for(Some(hazard)).or_else(|| made_for(None))
    }

    /// The level at which this person leaves: as the plan says, else 3 for everyone with a need
    /// and 4 for the others. At 4 everybody leaves, whatever a plan says.
    pub fn departure_level(&self, hazard: Hazard) -> Level {
        let by_need = if self.needs.is_empty() { Level::Four } else { Level::Three };
        self.plan_for(hazard).map_or(by_need, |plan| plan.departure_level).min(Level::Four)
    }

    /// Whether this person leaves under this order. At level 5 nobody is sent out, except from a
    /// large fire.
    pub(super) fn leaves_now(&self, order: &Order) -> bool {
        match order.level {
            _ if !order.is_in_force() => false,
            None => true,
            Some(Level::Five) => order.hazard == Hazard::LargeFire,
            Some(level) => level >= self.departure_level(order.hazard),
        }
    }

    fn addressee(&self, order: &Order) -> Option<Addressee> {
        let name = self.name.trim();
        (!name.is_empty()).then(|| Addressee {
            name: name.to_owned(),
            kana: reading::full_width(&self.kana),
            leaves_now: self.leaves_now(order),
        })
    }
}

/// Everybody of this home who has a name, in the household's order.
pub(super) fn addressees(order: &Order, household: &Household) -> Vec<Addressee> {
    household.residents.iter().filter_map(|resident| resident.addressee(order)).collect()
}

/// Those who help, each once, in the order of the people they help.
pub(super) fn supporters(order: &Order, household: &Household) -> Vec<String> {
    let mut supporters: Vec<String> = Vec::new();
    for plan in plans(order, household) {
        let name = plan.supporter.as_deref().map(str::trim).filter(|name| !name.is_empty());
        if let Some(name) = name.filter(|name| !supporters.iter().any(|known| known == name)) {
            supporters.push(name.to_owned());
        }
    }
    supporters
}

/// Places of the plans: first choices before second choices, those who leave now first.
pub(super) fn planned_places<'a>(order: &Order, household: &'a Household) -> Vec<&'a ShelterId> {
    let plans: Vec<&Plan> = plans(order, household).collect();
    let first = plans.iter().map(|plan| &plan.destination);
    let second = plans.iter().filter_map(|plan| plan.fallback.as_ref());
    first.chain(second).collect()
}

/// Plans for the order's hazard, of those who leave now first.
fn plans<'a>(order: &Order, household: &'a Household) -> impl Iterator<Item = &'a Plan> {
    let hazard = order.hazard;
    let (leaving, staying): (Vec<&Resident>, Vec<&Resident>) =
        household.residents.iter().partition(|resident| resident.leaves_now(order));
    leaving.into_iter().chain(staying).filter_map(move |resident| resident.plan_for(hazard))
}
