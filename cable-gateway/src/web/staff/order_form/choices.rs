//! The form's fields as the page draws them.

use evacuation::{
    area::{Area, AreaId},
    hazard::{Hazard, Level},
    order::Mode,
    shelter::{Shelter, ShelterState},
};

use super::{Earlier, OrderForm, ShelterWay};
use crate::{
    store::order::code::{mode_code, state_code},
    store::town::Town,
    web::staff::wording,
};

/// One option.
pub(in crate::web::staff) struct Choice {
    pub(in crate::web::staff) value: String,
    pub(in crate::web::staff) label: String,
    pub(in crate::web::staff) detail: &'static str,
    pub(in crate::web::staff) checked: bool,
    /// Codes of the hazards that have it, where not all do.
    pub(in crate::web::staff) suits: Vec<&'static str>,
}

/// One district and those inside it.
pub(in crate::web::staff) struct District {
    pub(in crate::web::staff) id: String,
    pub(in crate::web::staff) name: String,
    pub(in crate::web::staff) checked: bool,
    pub(in crate::web::staff) parts: Vec<District>,
}

/// One shelter with its possible states.
pub(in crate::web::staff) struct ShelterRow {
    pub(in crate::web::staff) id: String,
    pub(in crate::web::staff) name: String,
    pub(in crate::web::staff) condition: String,
    pub(in crate::web::staff) suits: Vec<&'static str>,
    pub(in crate::web::staff) states: Vec<StateChoice>,
}

/// One state of a shelter.
pub(in crate::web::staff) struct StateChoice {
    pub(in crate::web::staff) value: &'static str,
    pub(in crate::web::staff) class: &'static str,
    pub(in crate::web::staff) label: &'static str,
    pub(in crate::web::staff) checked: bool,
}

/// The whole form.
pub(in crate::web::staff) struct FormView {
    pub(in crate::web::staff) action: String,
    pub(in crate::web::staff) lead: &'static str,
    /// Id of the order that it updates.
    pub(in crate::web::staff) updates: Option<String>,
    pub(in crate::web::staff) is_update: bool,
    pub(in crate::web::staff) is_drill: bool,
    pub(in crate::web::staff) mode: &'static str,
    pub(in crate::web::staff) hazard: &'static str,
    pub(in crate::web::staff) hazard_name: &'static str,
    pub(in crate::web::staff) modes: Vec<Choice>,
    pub(in crate::web::staff) hazards: Vec<Choice>,
    pub(in crate::web::staff) levels: Vec<Choice>,
    pub(in crate::web::staff) whole_town: bool,
    pub(in crate::web::staff) districts: Vec<District>,
    pub(in crate::web::staff) view_areas: Vec<District>,
    pub(in crate::web::staff) shelter_ways: Vec<Choice>,
    pub(in crate::web::staff) shelters: Vec<ShelterRow>,
    pub(in crate::web::staff) reason: String,
}

/// Draws a form, for a new order or for an update of an earlier one.
pub(in crate::web::staff) fn form_view(
    form: &OrderForm,
    town: &Town,
    earlier: Option<&Earlier>,
) -> FormView {
    let mode = earlier.map(|earlier| earlier.mode).or(form.mode);
    let hazard = earlier.map(|earlier| earlier.hazard).or(form.hazard);
    FormView {
        action: match earlier {
            Some(earlier) => format!("/orders/{}/update", earlier.order_id),
            None => "/orders".to_owned(),
        },
        lead: match earlier {
            Some(_) => "届いている情報を、新しい内容に置きかえます。",
            None => "上から順に選ぶと、右の見本が変わります。",
        },
        updates: earlier.map(|earlier| earlier.order_id.to_string()),
        is_update: earlier.is_some(),
        is_drill: mode == Some(Mode::Drill),
        mode: mode.map_or("", mode_code),
        hazard: hazard.map_or("", Hazard::code),
        hazard_name: hazard.map_or("", wording::hazard),
        modes: modes(mode),
        hazards: hazards(hazard),
        levels: levels(form.level, earlier.map(|earlier| earlier.hazard)),
        whole_town: form.whole_town,
        districts: districts(town, &form.areas),
        view_areas: every_district(town, &form.view_area),
        shelter_ways: shelter_ways(form.shelter_way),
        shelters: shelters(form, town),
        reason: form.reason.clone(),
    }
}

fn modes(chosen: Option<Mode>) -> Vec<Choice> {
    let choice = |mode, label: &str, detail| Choice {
        value: mode_code(mode).to_owned(),
        label: label.to_owned(),
        detail,
        checked: chosen == Some(mode),
        suits: Vec::new(),
    };
    vec![
        choice(Mode::Actual, "実際の発令", "住民に避難を求めます"),
        choice(Mode::Drill, "訓練", "どの画面にも「訓練」と出ます"),
    ]
}

fn hazards(chosen: Option<Hazard>) -> Vec<Choice> {
    // The most urgent first, then by how often towns order for them.
    const ORDER: [Hazard; 8] = [
        Hazard::Tsunami,
        Hazard::Flood,
        Hazard::Landslide,
        Hazard::StormSurge,
        Hazard::InlandFlood,
        Hazard::Earthquake,
        Hazard::LargeFire,
        Hazard::Volcano,
    ];
    let choice = |hazard: Hazard| Choice {
        value: hazard.code().to_owned(),
        label: wording::hazard(hazard).to_owned(),
        detail: "",
        checked: chosen == Some(hazard),
        suits: Vec::new(),
    };
    ORDER.into_iter().map(choice).collect()
}

/// Every order there is, or those of the one hazard that an update cannot change.
fn levels(chosen: Option<Level>, only: Option<Hazard>) -> Vec<Choice> {
    let has = |hazard: &Hazard, level| hazard.orders().contains(&level);
    let suits = |level| Hazard::ALL.into_iter().filter(move |hazard| has(hazard, level));
    let choice = |level: Level| Choice {
        value: level.number().to_string(),
        label: wording::order_name(Some(level)).to_owned(),
        detail: wording::level_detail(level),
        checked: chosen == Some(level),
        suits: suits(level).map(Hazard::code).collect(),
    };
    let offered = |level: &Level| only.is_none_or(|hazard| has(&hazard, *level));
    let levels = [Level::Three, Level::Four, Level::Five].into_iter();
    levels.filter(offered).map(choice).collect()
}

fn districts(town: &Town, chosen: &[AreaId]) -> Vec<District> {
    let top = |area: &&Area| {
        area.parent.as_ref().is_none_or(|parent| !town.areas.areas.contains_key(parent))
    };
    let district = |area: &Area, name: &str, parts| District {
        id: area.id.as_str().to_owned(),
        name: name.to_owned(),
        checked: chosen.contains(&area.id),
        parts,
    };
    let parts = |parent: &Area| {
        let inside = town.areas.areas.values().filter(|area| {
            area.id != parent.id && town.areas.ancestry(&area.id).contains(&parent.id)
        });
        inside.map(|area| district(area, within(&area.name, &parent.name), Vec::new())).collect()
    };
    let areas = town.areas.areas.values().filter(top);
    areas.map(|area| district(area, &area.name, parts(area))).collect()
}

/// Name of a part without the name of its whole, which stands above it.
fn within<'a>(part: &'a str, whole: &str) -> &'a str {
    let rest = part.strip_prefix(whole).map(str::trim_start);
    rest.filter(|rest| !rest.is_empty()).unwrap_or(part)
}

fn every_district(town: &Town, chosen: &str) -> Vec<District> {
    let district = |area: &Area| District {
        id: area.id.as_str().to_owned(),
        name: super::super::order_view::area(town, area.id.as_str()),
        checked: area.id.as_str() == chosen,
        parts: Vec::new(),
    };
    town.areas.areas.values().map(district).collect()
}

fn shelter_ways(chosen: ShelterWay) -> Vec<Choice> {
    let choice = |way: ShelterWay| Choice {
        value: way.code().to_owned(),
        label: match way {
            ShelterWay::None => "状態は伝えない",
            ShelterWay::AllOpen => "適した場所をすべて開設",
            ShelterWay::Each => "一つずつ選ぶ",
        }
        .to_owned(),
        detail: "",
        checked: chosen == way,
        suits: Vec::new(),
    };
    ShelterWay::ALL.into_iter().map(choice).collect()
}

fn shelters(form: &OrderForm, town: &Town) -> Vec<ShelterRow> {
    let row = |shelter: &Shelter| ShelterRow {
        id: shelter.id.as_str().to_owned(),
        name: shelter.name.clone(),
        condition: shelter.condition.clone().unwrap_or_default(),
        suits: shelter.suitable_for.iter().map(|hazard| hazard.code()).collect(),
        states: states(form.state_of(&shelter.id)),
    };
    town.shelters.shelters.values().map(row).collect()
}

fn states(chosen: Option<ShelterState>) -> Vec<StateChoice> {
    let unsaid =
        StateChoice {
            value: "", class: "unsaid", label: "伝えない", checked: chosen.is_none()
        };
    let choice = |state| StateChoice {
        value: state_code(state),
        class: state_code(state),
        label: wording::shelter_state(state),
        checked: chosen == Some(state),
    };
    let said = [ShelterState::Open, ShelterState::Closed, ShelterState::Full].map(choice);
    std::iter::once(unsaid).chain(said).collect()
}
