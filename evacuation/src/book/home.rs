//! Which orders are for this home.

use crate::{
    area::{AreaId, AreaTable},
    household::Household,
    order::Order,
};

/// The areas in which a home stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    ancestry: Vec<AreaId>,
}

impl Home {
    /// The home's area and those that contain it.
    pub fn new(household: &Household, areas: &AreaTable) -> Self {
        Self { ancestry: areas.ancestry(&household.area) }
    }

    /// Whether the order names one of these areas, or the whole town.
    pub fn is_covered_by(&self, order: &Order) -> bool {
        order.areas.is_empty() || self.named_area(order).is_some()
    }

    /// The smallest area named in the order that contains this home.
    pub fn named_area(&self, order: &Order) -> Option<&AreaId> {
        self.ancestry.iter().find(|area| order.areas.contains(area))
    }
}
