//! The plan of this home, without an order: where to for each hazard, and who helps whom.

use evacuation::{
    hazard::Hazard,
    household::{Plan, Resident},
    shelter::{Search, ShelterId, choose},
};

use crate::{
    nav::{Choice, Command, Draft},
    phrase::{Phrase, say},
    profile::Profile,
    view::{Body, Icon, Layout, PageKind, Row},
};

use super::{Machine, pages::with_rows};

/// Hazards that a plan is made for here; the others come with their order.
const PLANNED_FOR: [Hazard; 5] =
    [Hazard::Tsunami, Hazard::Flood, Hazard::Landslide, Hazard::StormSurge, Hazard::Earthquake];

impl Machine {
    pub(super) fn plan_page(&self, page: usize) -> Draft {
        let draft = Draft::new(PageKind::EvacuationPlan, say::plan_title(), Layout::Row);
        let Some(profile) = &self.profile else {
            return draft
                .lead(say::plan_unknown())
                .body(Body::Picture(Icon::Shelter))
                .choice(Choice::new(say::button_home(), Some(Icon::Home), Command::ToHome));
        };
        let lead = profile.district().map_or_else(say::plan_lead_town, say::plan_lead);
        with_rows(draft.lead(lead), &rows(profile), page)
    }
}

fn rows(profile: &Profile) -> Vec<Row> {
    let places = PLANNED_FOR.map(|hazard| Row {
        label: crate::emergency::hazard_name(hazard),
        value: place(profile, hazard),
    });
    let residents = &profile.household.residents;
    let people = residents
        .iter()
        .flat_map(|resident| resident.plans.iter().map(|plan| person(profile, resident, plan)));
    places.into_iter().chain(people).collect()
}

/// The nearest suitable place, a resident's planned one first.
fn place(profile: &Profile, hazard: Hazard) -> Phrase {
    let plans = profile.household.residents.iter().filter_map(|one| one.plan_for(hazard));
    let planned: Vec<&ShelterId> = plans.map(|plan| &plan.destination).collect();
    let search = Search {
        hazard,
        also: &[],
        table: &profile.shelters,
        states: &[],
        planned: &planned,
        from: profile.position(),
    };
    let Some(found) = choose(&search).0 else { return say::plan_no_place() };
    let name = &found.shelter.name;
    match found.shelter.condition_for(hazard) {
        Some(condition) => say::plan_place_condition(name, &condition),
        None => say::plan_place(name),
    }
}

fn person(profile: &Profile, resident: &Resident, plan: &Plan) -> Row {
    let shelter = profile.shelters.shelters.get(&plan.destination);
    let name = shelter.map_or(plan.destination.as_str(), |shelter| shelter.name.as_str());
    let against = plan.hazard.map_or_else(say::hazard_any, crate::emergency::hazard_name);
    let value = match plan.supporter.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        Some(supporter) => say::plan_person_helped(against, name, supporter),
        None => say::plan_person(against, name),
    };
    Row { label: say::plan_name(&resident.name), value }
}
