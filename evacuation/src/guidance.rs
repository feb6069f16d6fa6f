//! What this home shall do now: the one main function of this crate.

mod lead;
mod people;
mod reading;
mod steps;
mod timing;

use crate::{
    area::AreaTable,
    book::Home,
    hazard::{Hazard, Level},
    household::Household,
    order::{Act, Mode, Order, OrderId, UnixMillis},
    shelter::{Choice, Position, Search, ShelterId, ShelterState, ShelterTable, choose},
};
use steps::Situation;

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
    /// What to do. Under several orders at once it is the same for all of them: this field and
    /// everything below it that says where, when and how comes from the order that leads.
    pub action: Action,
    /// Against what the action protects.
    pub protects_from: Hazard,
    /// Whether the order alone would say something else than the one that leads.
    pub gives_way: bool,
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

impl Guidance {
    /// Of a lift or a cancellation while other orders hold: nobody is sent back into another danger.
    #[must_use]
    pub fn while_others_hold(self) -> Self {
        Self { steps: [Step::KeepWatching, Step::DoNotReturn, Step::TellOthers], ..self }
    }

    /// At this time: a time of departure that has come is told as "now".
    #[must_use]
    pub fn at(self, now: UnixMillis) -> Self {
        Self { leave_by: self.leave_by.filter(|leave_by| *leave_by > now), ..self }
    }
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
    /// Condition of use under this hazard, to be shown with the name.
    pub condition: Option<String>,
    /// Straight distance from the home in metres, when the home's own position is known.
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

/// What this home does under this order alone, whatever the time: see [`Guidance::at`].
pub fn guide(
    order: &Order,
    household: &Household,
    areas: &AreaTable,
    shelters: &ShelterTable,
) -> Guidance {
    under(order, &Town { household, areas, shelters, also: &[], states: &order.shelters })
}

/// What this home does under all of these orders at once, one guidance for each, in their order.
///
/// Those in force give one advice, that of the order that [leads](lead): two orders must never send
/// the same people out and upstairs. Drills give way to nothing but drills, and what is meant to
/// nothing that is not. Everything said comes from the orders and from this home's own provisioning;
/// names are those of its residents only. Under a lift or a cancellation nobody leaves and nowhere
/// is named. Whatever the time: see [`Guidance::at`].
pub fn guide_all(
    orders: &[&Order],
    household: &Household,
    areas: &AreaTable,
    shelters: &ShelterTable,
) -> Vec<Guidance> {
    let guided = orders.iter().map(|order| {
        let own = guide(order, household, areas, shelters);
        let beside = lead::beside(order, orders);
        match lead::of(&beside) {
            Some(leader) => {
                let (also, states) = (lead::other_hazards(leader, &beside), lead::states(&beside));
                let town = Town { household, areas, shelters, also: &also, states: &states };
                led(own, under(leader, &town))
            }
            None => own,
        }
    });
    guided.collect()
}

/// The order's own words with the advice of the one that leads.
fn led(own: Guidance, leader: Guidance) -> Guidance {
    Guidance {
        gives_way: own.action != leader.action,
        addressees: leader.addressees,
        action: leader.action,
        protects_from: leader.protects_from,
        destination: leader.destination,
        fallback: leader.fallback,
        leave_by: leader.leave_by,
        supporters: leader.supporters,
        steps: leader.steps,
        ..own
    }
}

/// What the advice depends on, next to the order.
struct Town<'a> {
    household: &'a Household,
    areas: &'a AreaTable,
    shelters: &'a ShelterTable,
    /// Hazards of other orders that the place to go to must withstand too.
    also: &'a [Hazard],
    /// States of places as all orders in force tell them.
    states: &'a [(ShelterId, ShelterState)],
}

fn under(order: &Order, town: &Town<'_>) -> Guidance {
    let household = town.household;
    let action = action(order, household);
    let (destination, fallback) = places(action, order, town);
    let supporters =
        if order.is_in_force() { people::supporters(order, household) } else { Vec::new() };
    let situation = Situation {
        action,
        hazard: order.hazard,
        has_destination: destination.is_some(),
        has_supporter: !supporters.is_empty(),
    };
    Guidance {
        order: order.id,
        mode: order.mode,
        act: order.act,
        hazard: order.hazard,
        level: order.level,
        area_name: area_name(order, household, town.areas),
        addressees: people::addressees(order, household),
        action,
        protects_from: order.hazard,
        gives_way: false,
        leave_by: leave_by(action, order, destination.as_ref()),
        destination,
        fallback,
        supporters,
        steps: steps::steps(&situation),
        reason: order.reason.clone(),
        issued_at: order.issued_at,
    }
}

/// The one thing to do, from the order and from who lives here.
fn action(order: &Order, household: &Household) -> Action {
    match (order.act, order.level) {
        (Act::Lift, _) => Action::AllClear,
        (Act::Cancel, _) => Action::Disregard,
        (_, None) => Action::RunToHighGround,
        // Nobody is safe upstairs in a burning quarter.
        (_, Some(Level::Five)) if order.hazard == Hazard::LargeFire => Action::LeaveNow,
        (_, Some(Level::Five)) => Action::SecureLifeHere,
        (_, Some(Level::Four)) => Action::LeaveNow,
        (_, Some(Level::Three)) => at_level_three(order, household),
    }
}

/// Where it is not known who lives here, nobody is taken for quick.
fn at_level_three(order: &Order, household: &Household) -> Action {
    let leaving = household.residents.iter().filter(|resident| resident.leaves_now(order)).count();
    match leaving {
        _ if household.residents.is_empty() => Action::LeaveIfSlow,
        0 => Action::Prepare,
        all if all == household.residents.len() => Action::LeaveNow,
        _ => Action::LeaveIfSlow,
    }
}

/// Where to, when going somewhere is the thing to do; at level 5 the way may be the danger.
fn places(
    action: Action,
    order: &Order,
    town: &Town<'_>,
) -> (Option<Destination>, Option<Destination>) {
    let household = town.household;
    let goes = match action {
        Action::LeaveNow | Action::LeaveIfSlow | Action::Prepare => {
            order.level != Some(Level::Five)
        }
        Action::RunToHighGround => true,
        Action::SecureLifeHere | Action::AllClear | Action::Disregard => false,
    };
    if !goes {
        return (None, None);
    }
    let planned = people::planned_places(order, household);
    let search = Search {
        hazard: order.hazard,
        also: town.also,
        table: town.shelters,
        states: town.states,
        planned: &planned,
        from: household.position.or_else(|| district_point(household, town.areas)),
    };
    // A place against everything is best; where there is none, the gravest danger decides.
    let (first, second) = match choose(&search) {
        (None, _) => choose(&Search { also: &[], ..search }),
        found => found,
    };
    let told = |choice: Choice<'_>| destination(&choice, order.hazard, household);
    (first.map(told), second.map(told))
}

/// A point of the smallest district around this home that has one.
fn district_point(household: &Household, areas: &AreaTable) -> Option<Position> {
    let around = areas.ancestry(&household.area);
    around.iter().find_map(|area| areas.areas.get(area)?.position)
}

fn destination(choice: &Choice<'_>, hazard: Hazard, household: &Household) -> Destination {
    Destination {
        shelter: choice.shelter.id.clone(),
        name: choice.shelter.name.clone(),
        kana: choice.shelter.kana.clone(),
        condition: choice.shelter.condition_for(hazard),
        // Measured from the middle of the district it would pretend to a precision.
        distance_m: household.position.and(choice.distance_m),
        known_open: choice.known_open,
        planned: choice.planned,
    }
}

fn leave_by(
    action: Action,
    order: &Order,
    destination: Option<&Destination>,
) -> Option<UnixMillis> {
    let goes = matches!(action, Action::LeaveNow | Action::LeaveIfSlow);
    let distance = destination.and_then(|destination| destination.distance_m);
    if goes { timing::leave_by(order, distance) } else { None }
}

/// Name of the district that the order names and in which this home stands.
fn area_name(order: &Order, household: &Household, areas: &AreaTable) -> Option<String> {
    let home = Home::new(household, areas);
    let area = areas.areas.get(home.named_area(order)?)?;
    Some(area.name.clone()).filter(|name| !name.trim().is_empty())
}

#[cfg(test)]
mod tests;
