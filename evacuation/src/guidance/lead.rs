//! Which of several orders in force says what to do.
//!
//! Tsunami comes before everything: only 避難指示 is issued, without a level, because everybody leaves
//! for high ground at once, and whoever stayed upstairs against a flood would stay in the wave. Then
//! the level decides, 5 before 4 before 3 (避難情報に関するガイドライン, Cabinet Office 2021): at level 5
//! the way out may be more dangerous than the house (災害対策基本法 60-3), so a level-4 order to leave
//! gives way to it. Between orders of one level stands the hazard that leaves the house least: a large
//! fire, then earth, then water, then the rest. Of two orders of one level against one hazard the later
//! one leads.

use std::collections::BTreeSet;

use crate::{
    hazard::{Hazard, Level},
    order::{Mode, Order},
    shelter::{ShelterId, ShelterState},
};

/// The orders in force that are meant as seriously as this one, with it; none when it is over itself.
pub(super) fn beside<'a>(order: &Order, orders: &[&'a Order]) -> Vec<&'a Order> {
    let is_actual = |order: &Order| order.mode == Mode::Actual;
    let counts = |other: &&&Order| other.is_in_force() && is_actual(other) == is_actual(order);
    if order.is_in_force() { orders.iter().filter(counts).copied().collect() } else { Vec::new() }
}

/// The one that leads.
pub(super) fn of<'a>(orders: &[&'a Order]) -> Option<&'a Order> {
    orders.iter().copied().max_by_key(|order| rank(order))
}

/// Greater leads.
pub(super) fn rank(order: &Order) -> (bool, Option<Level>, u8, u64) {
    let hazard = match order.hazard {
        Hazard::Tsunami => 8,
        Hazard::LargeFire => 7,
        Hazard::Landslide => 6,
        Hazard::Flood => 5,
        Hazard::StormSurge => 4,
        Hazard::InlandFlood => 3,
        Hazard::Volcano => 2,
        Hazard::Earthquake => 1,
    };
    (order.hazard == Hazard::Tsunami, order.level, hazard, order.sequence)
}

/// Other hazards that the place to go to must withstand. Before a tsunami none: minutes count.
pub(super) fn other_hazards(leader: &Order, orders: &[&Order]) -> Vec<Hazard> {
    if leader.hazard == Hazard::Tsunami {
        return Vec::new();
    }
    let others: BTreeSet<Hazard> = orders.iter().map(|order| order.hazard).collect();
    others.into_iter().filter(|hazard| *hazard != leader.hazard).collect()
}

/// What all of them tell about places: one that any of them calls closed is closed.
pub(super) fn states(orders: &[&Order]) -> Vec<(ShelterId, ShelterState)> {
    orders.iter().flat_map(|order| order.shelters.iter().cloned()).collect()
}
