//! The home as it was provisioned: who lives here, where to go, whose orders count (invariant 1).
//!
//! A record that breaks its form is left out and the rest is used: a home with a table that is
//! wrong in one line still gets its orders.

use base64::{Engine, engine::general_purpose::STANDARD};
use evacuation::{
    area::{Area, AreaId, AreaTable},
    book::Home,
    hazard::{Hazard, Level},
    household::{Household, Need, Plan, Resident},
    id::Issuer,
    shelter::{Position, Shelter, ShelterId, ShelterTable},
    trust::{PublicKey, Trust, open_manifest},
};
use gateway_api::{
    household::{self as wire, Need as WireNeed},
    provisioning::{self, Provisioning},
};

/// Everything known about this home.
pub(crate) struct Profile {
    pub(crate) provisioning: Provisioning,
    pub(crate) issuer: Option<Issuer>,
    pub(crate) household: Household,
    pub(crate) areas: AreaTable,
    pub(crate) shelters: ShelterTable,
    pub(crate) home: Home,
}

impl Profile {
    pub(crate) fn new(provisioning: Provisioning) -> Self {
        let areas = areas(&provisioning);
        let household = household(&provisioning.household);
        Self {
            issuer: Issuer::new(provisioning.household.municipality_code.clone()).ok(),
            home: Home::new(&household, &areas),
            shelters: shelters(&provisioning),
            household,
            areas,
            provisioning,
        }
    }

    /// Reading of an area's name; the name itself when there is none.
    pub(crate) fn area_kana<'a>(&'a self, name: &'a str) -> &'a str {
        let area = self.areas.areas.values().find(|area| area.name == name);
        area.map(|area| area.kana.trim()).filter(|kana| !kana.is_empty()).unwrap_or(name)
    }

    /// Where the home stands, or a point of its district.
    pub(crate) fn position(&self) -> Option<Position> {
        let around = self.areas.ancestry(&self.household.area);
        let district = || around.iter().find_map(|id| self.areas.areas.get(id)?.position);
        self.household.position.or_else(district)
    }

    /// Name of the smallest area around the home that the table knows.
    pub(crate) fn district(&self) -> Option<&str> {
        let around = self.areas.ancestry(&self.household.area);
        around.iter().find_map(|id| self.areas.areas.get(id)).map(|area| area.name.as_str())
    }
}

/// Takes the manifest of a provisioning when the root signed it and it is not older than the one
/// in use; answers whether it is the one in use now.
pub(crate) fn take_manifest(trust: &mut Trust, encoded: &str, root: [u8; 32]) -> bool {
    let bytes = STANDARD.decode(encoded.as_bytes()).unwrap_or_default();
    let manifest = open_manifest(&bytes, &PublicKey(root));
    manifest.is_ok_and(|manifest| trust.replace(manifest).is_ok())
}

fn areas(provisioning: &Provisioning) -> AreaTable {
    let areas = provisioning.areas.iter().filter_map(area);
    AreaTable::new(provisioning.area_table_version, areas)
}

fn area(area: &provisioning::Area) -> Option<Area> {
    Some(Area {
        id: AreaId::new(area.area_id.clone()).ok()?,
        name: area.name.clone(),
        kana: area.kana.clone(),
        parent: area.parent.clone().and_then(|parent| AreaId::new(parent).ok()),
        position: area.position.map(position),
    })
}

fn shelters(provisioning: &Provisioning) -> ShelterTable {
    let shelters = provisioning.shelters.iter().filter_map(shelter);
    ShelterTable::new(provisioning.shelter_table_version, shelters)
}

fn shelter(shelter: &provisioning::Shelter) -> Option<Shelter> {
    Some(Shelter {
        id: ShelterId::new(shelter.shelter_id.clone()).ok()?,
        name: shelter.name.clone(),
        kana: shelter.kana.clone(),
        address: shelter.address.clone(),
        position: position(shelter.position),
        suitable_for: shelter
            .suitable_for
            .iter()
            .filter_map(|code| Hazard::from_code(code))
            .collect(),
        condition: shelter.condition.clone(),
    })
}

/// A home whose area is unreadable is in none; orders for the whole town still reach it.
fn household(household: &wire::Household) -> Household {
    let nowhere = || AreaId::new("-").expect("one printable character");
    Household {
        area: AreaId::new(household.area_id.clone()).unwrap_or_else(|_| nowhere()),
        position: household.position.map(position),
        residents: household.residents.iter().map(resident).collect(),
    }
}

fn resident(resident: &wire::Resident) -> Resident {
    Resident {
        name: resident.name.clone(),
        kana: resident.kana.clone(),
        needs: resident.needs.iter().copied().map(need).collect(),
        plans: resident.plans.iter().filter_map(plan).collect(),
    }
}

const fn need(need: WireNeed) -> Need {
    match need {
        WireNeed::MoreTime => Need::MoreTime,
        WireNeed::Helper => Need::Helper,
        WireNeed::Wheelchair => Need::Wheelchair,
        WireNeed::HardOfHearing => Need::HardOfHearing,
        WireNeed::LowVision => Need::LowVision,
        WireNeed::Medicine => Need::Medicine,
    }
}

fn plan(plan: &wire::EvacuationPlan) -> Option<Plan> {
    let hazard = match &plan.hazard {
        Some(code) => Some(Hazard::from_code(code)?),
        None => None,
    };
    Some(Plan {
        hazard,
        destination: ShelterId::new(plan.destination.clone()).ok()?,
        fallback: plan.fallback.clone().and_then(|id| ShelterId::new(id).ok()),
        departure_level: Level::from_number(plan.departure_level).unwrap_or(Level::Three),
        supporter: plan.supporter.clone(),
    })
}

const fn position(position: wire::Position) -> Position {
    Position { latitude: position.latitude, longitude: position.longitude }
}
