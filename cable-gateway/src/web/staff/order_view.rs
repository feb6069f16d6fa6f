//! An order as every page shows it.

use std::collections::BTreeSet;

use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    order::{Act, Mode},
    shelter::{ShelterId, ShelterState},
};

use super::wording;
use crate::{
    orders::OrderDraft,
    store::order::code::{act_from_code, state_from_code},
    store::{order::OrderRecord, town::Town},
};

/// The block with the level's colour, digit and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slab {
    pub(super) class: &'static str,
    pub(super) digit: Option<u8>,
    pub(super) icon: &'static str,
    pub(super) word: &'static str,
}

impl Slab {
    /// For an order of this kind.
    pub(super) fn of(act: Act, hazard: Option<Hazard>, level: Option<Level>) -> Self {
        let icon = hazard.map_or("", Hazard::code);
        let ended = |word| Self { class: "slab-ended", digit: None, icon: "calm", word };
        match (act, level) {
            (Act::Lift, _) => ended("解除"),
            (Act::Cancel, _) => ended("取消"),
            (_, None) => Self { class: "slab-tsunami", digit: None, icon, word: "避難指示" },
            (_, Some(level)) => Self {
                class: match level {
                    Level::Three => "slab-3",
                    Level::Four => "slab-4",
                    Level::Five => "slab-5",
                },
                digit: hazard.is_none_or(Hazard::has_warning_levels).then_some(level.number()),
                icon,
                word: wording::order_name(Some(level)),
            },
        }
    }
}

/// One order in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrderView {
    pub(super) id: String,
    pub(super) slab: Slab,
    pub(super) title: String,
    pub(super) act: &'static str,
    pub(super) is_drill: bool,
    pub(super) is_in_force: bool,
    /// No box shows it any more, although it is in force.
    pub(super) is_lost: bool,
    pub(super) emergency: bool,
    pub(super) areas: String,
    pub(super) issued: String,
    pub(super) elapsed: String,
    pub(super) reason: String,
}

impl OrderView {
    /// From the record.
    pub(super) fn of(order: &OrderRecord, town: &Town, now_ms: i64) -> Self {
        let act = act_from_code(&order.act).unwrap_or(Act::Issue);
        let (hazard, level) = (Hazard::from_code(&order.hazard), level(order));
        let when = wording::short_time(order.issued_at_ms, now_ms);
        Self {
            id: order.order_id.clone(),
            slab: Slab::of(act, hazard, level),
            title: title(hazard, level, act),
            act: wording::act(act),
            is_drill: order.mode != "actual",
            is_in_force: order.orders_something() && order.in_force(now_ms),
            is_lost: order.is_lost(now_ms),
            emergency: order.authority == "emergency",
            areas: areas(town, order.area_ids.iter().map(String::as_str)),
            issued: format!("{when} {}", wording::act(act)),
            elapsed: wording::elapsed(order.issued_at_ms, now_ms),
            reason: order.reason.clone().unwrap_or_default(),
        }
    }
}

/// Level of a record.
pub(super) fn level(order: &OrderRecord) -> Option<Level> {
    order.level.and_then(|number| u8::try_from(number).ok()).and_then(Level::from_number)
}

/// How grave: meant before drill, tsunami before level 5 before lower levels; of equals the latest.
pub(super) fn gravity(order: &OrderRecord) -> (bool, u32, u64) {
    const TSUNAMI: u32 = 6;
    (order.mode == "actual", order.level.unwrap_or(TSUNAMI), order.sequence)
}

/// `洪水 避難指示`
pub(super) fn title(hazard: Option<Hazard>, level: Option<Level>, act: Act) -> String {
    let hazard = hazard.map_or("", wording::hazard);
    match act {
        Act::Issue | Act::Update => format!("{hazard} {}", wording::order_name(level)),
        Act::Lift => format!("{hazard} 避難情報の解除"),
        Act::Cancel => format!("{hazard} 避難情報の取消"),
    }
}

/// The same of a record.
pub(super) fn title_of(order: &OrderRecord) -> String {
    let act = act_from_code(&order.act).unwrap_or(Act::Issue);
    title(Hazard::from_code(&order.hazard), level(order), act)
}

/// Names of areas, or the whole town.
pub(super) fn areas<'a>(town: &Town, ids: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = ids.map(|id| area(town, id)).collect();
    if names.is_empty() { format!("{}全域", town.name) } else { names.join("、") }
}

/// Names of these areas without those that lie inside another of them.
pub(super) fn outermost(town: &Town, ids: &BTreeSet<AreaId>) -> String {
    let is_inside = |id: &AreaId| {
        let ancestry = town.areas.ancestry(id);
        ancestry.iter().any(|around| around != id && ids.contains(around))
    };
    areas(town, ids.iter().filter(|id| !is_inside(id)).map(AreaId::as_str))
}

/// Name of one area; one inside another says so.
pub(super) fn area(town: &Town, id: &str) -> String {
    let found = town.areas.areas.values().find(|area| area.id.as_str() == id);
    let Some(found) = found else { return id.to_owned() };
    let parent = found.parent.as_ref().and_then(|parent| town.areas.areas.get(parent));
    match parent {
        Some(parent) if !found.name.starts_with(&parent.name) => {
            format!("{}（{}）", found.name, parent.name)
        }
        _ => found.name.clone(),
    }
}

/// Shelters by their state, as sentences.
pub(super) fn shelters(town: &Town, draft: &OrderDraft) -> Vec<String> {
    let line = |state: ShelterState| {
        let so = draft.shelters.iter().filter(|(_, found)| *found == state);
        let names: Vec<_> = so.map(|(id, _)| shelter_name(town, id)).collect();
        let word = wording::shelter_state(state);
        (!names.is_empty()).then(|| format!("{word}（{}か所）：{}", names.len(), names.join("、")))
    };
    [ShelterState::Open, ShelterState::Full, ShelterState::Closed]
        .into_iter()
        .filter_map(line)
        .collect()
}

fn shelter_name<'a>(town: &'a Town, id: &'a ShelterId) -> &'a str {
    town.shelters.shelters.get(id).map_or(id.as_str(), |shelter| shelter.name.as_str())
}

/// A record as a draft, to start an update or an end from.
pub(super) fn as_draft(order: &OrderRecord, act: Act) -> Option<OrderDraft> {
    let shelter = |(id, state): &(String, String)| {
        Some((ShelterId::new(id.clone()).ok()?, state_from_code(state)?))
    };
    let area = |id: &String| evacuation::area::AreaId::new(id.clone()).ok();
    Some(OrderDraft {
        mode: if order.mode == "actual" { Mode::Actual } else { Mode::Drill },
        act,
        references: vec![order.order_id.parse().ok()?],
        beside: Vec::new(),
        hazard: Hazard::from_code(&order.hazard)?,
        level: level(order),
        areas: order.area_ids.iter().map(area).collect::<Option<_>>()?,
        shelters: order.shelters.iter().map(shelter).collect::<Option<_>>()?,
        reason: order.reason.clone(),
        valid_for_ms: super::order_form::valid_for_ms(order.mode == "actual"),
    })
}
