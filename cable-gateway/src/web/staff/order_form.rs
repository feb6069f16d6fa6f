//! The order form: what was typed, and whether it is an order.
//!
//! What does not apply (a level under tsunami, a shelter that does not suit the hazard, districts
//! under the whole town) is left out here, whatever the page sent.

mod choices;

use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    heartbeat::Heartbeat,
    order::{Act, Mode, Order, OrderId},
    shelter::{Shelter, ShelterId, ShelterState},
};

pub(super) use choices::{FormView, form_view};

use super::{context::Fields, page::FieldError, wording};
use crate::{
    free_text,
    orders::OrderDraft,
    store::order::code::{act_code, mode_code, mode_from_code, state_code, state_from_code},
    store::town::Town,
};

const HOUR_MS: i64 = 60 * 60 * 1000;

/// How long boxes keep an order that nobody repeats or ends.
pub(super) fn valid_for_ms(actual: bool) -> i64 {
    if actual { 24 * HOUR_MS } else { 3 * HOUR_MS }
}

/// How the form speaks of shelters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ShelterWay {
    /// Says nothing of their state.
    None,
    /// All that suit the hazard are open.
    AllOpen,
    /// One by one.
    Each,
}

impl ShelterWay {
    const ALL: [Self; 3] = [Self::None, Self::AllOpen, Self::Each];

    fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::AllOpen => "all-open",
            Self::Each => "each",
        }
    }
}

/// The form as it was filled in.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OrderForm {
    pub(super) mode: Option<Mode>,
    pub(super) hazard: Option<Hazard>,
    pub(super) level: Option<Level>,
    pub(super) whole_town: bool,
    pub(super) areas: Vec<AreaId>,
    pub(super) shelter_way: ShelterWay,
    pub(super) shelters: Vec<(ShelterId, ShelterState)>,
    pub(super) reason: String,
    /// Orders that the officer knows of and lets stand beside this one.
    pub(super) beside: Vec<OrderId>,
    pub(super) view_area: String,
}

/// What an update refers to and cannot change.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Earlier {
    pub(super) order_id: OrderId,
    pub(super) mode: Mode,
    pub(super) hazard: Hazard,
}

impl OrderForm {
    /// An empty form: a district, no drill decided, level 4, nothing said of shelters.
    pub(super) fn empty() -> Self {
        Self {
            mode: None,
            hazard: None,
            level: Some(Level::Four),
            whole_town: false,
            areas: Vec::new(),
            shelter_way: ShelterWay::None,
            shelters: Vec::new(),
            reason: String::new(),
            beside: Vec::new(),
            view_area: String::new(),
        }
    }

    /// What was sent. Values that no field of the page offers count as not chosen.
    pub(super) fn read(fields: &Fields) -> Self {
        let way = ShelterWay::ALL.into_iter().find(|way| way.code() == fields.one("shelters"));
        let shelter =
            |(id, state): (&str, &str)| Some((ShelterId::new(id).ok()?, state_from_code(state)?));
        Self {
            mode: mode_from_code(fields.one("mode")).filter(|mode| *mode != Mode::Test),
            hazard: Hazard::from_code(fields.one("hazard")),
            level: fields.one("level").parse().ok().and_then(Level::from_number),
            whole_town: fields.one("scope") == "town",
            areas: fields.all("area").filter_map(|id| AreaId::new(id).ok()).collect(),
            shelter_way: way.unwrap_or(ShelterWay::None),
            shelters: fields.prefixed("shelter-").filter_map(shelter).collect(),
            reason: typed(fields.one("reason")),
            beside: beside(fields),
            view_area: fields.one("view_area").to_owned(),
        }
    }

    /// The form that would write this draft.
    pub(super) fn of(draft: &OrderDraft) -> Self {
        Self {
            mode: Some(draft.mode),
            hazard: Some(draft.hazard),
            level: draft.level,
            whole_town: draft.areas.is_empty(),
            areas: draft.areas.clone(),
            shelter_way: if draft.shelters.is_empty() {
                ShelterWay::None
            } else {
                ShelterWay::Each
            },
            shelters: draft.shelters.clone(),
            reason: draft.reason.clone().unwrap_or_default(),
            beside: draft.beside.clone(),
            view_area: String::new(),
        }
    }

    /// The order it describes, or everything that is wrong with it.
    pub(super) fn check(
        &self,
        town: &Town,
        earlier: Option<&Earlier>,
    ) -> Result<OrderDraft, Vec<FieldError>> {
        let mut errors = Vec::new();
        let mode = earlier.map(|earlier| earlier.mode).or(self.mode);
        let hazard = earlier.map(|earlier| earlier.hazard).or(self.hazard);
        if mode.is_none() {
            errors.push(FieldError::new("mode", "訓練か、実際の発令かを選んでください。"));
        }
        if hazard.is_none() {
            errors.push(FieldError::new("hazard", "災害を選んでください。"));
        }
        let level = self.checked_level(hazard, &mut errors);
        let areas = self.checked_areas(town, &mut errors);
        let shelters = self.checked_shelters(town, hazard, &mut errors);
        let reason = self.checked_reason(&mut errors);
        let (Some(mode), Some(hazard), true) = (mode, hazard, errors.is_empty()) else {
            return Err(errors);
        };
        Ok(OrderDraft {
            mode,
            act: if earlier.is_some() { Act::Update } else { Act::Issue },
            references: earlier.map(|earlier| earlier.order_id).into_iter().collect(),
            beside: self.beside.clone(),
            hazard,
            level,
            areas,
            shelters,
            reason,
            valid_for_ms: valid_for_ms(mode == Mode::Actual),
        })
    }

    /// The level, when the hazard has such an order.
    fn checked_level(&self, hazard: Option<Hazard>, errors: &mut Vec<FieldError>) -> Option<Level> {
        let hazard = hazard.filter(|hazard| !hazard.orders().is_empty())?;
        match self.level {
            None => errors.push(FieldError::new("level", "避難情報の種類を選んでください。")),
            Some(level) if !hazard.orders().contains(&level) => {
                errors.push(FieldError::new("level", wording::not_issued_against(hazard, level)));
            }
            Some(_) => {}
        }
        self.level
    }

    /// Districts that exist, without those inside another chosen one.
    fn checked_areas(&self, town: &Town, errors: &mut Vec<FieldError>) -> Vec<AreaId> {
        if self.whole_town {
            return Vec::new();
        }
        let known = |id: &&AreaId| town.areas.areas.contains_key(*id);
        let mut chosen: Vec<AreaId> = self.areas.iter().filter(known).cloned().collect();
        chosen.sort_unstable();
        chosen.dedup();
        let inside_another = |id: &AreaId| {
            town.areas.ancestry(id).iter().skip(1).any(|parent| chosen.contains(parent))
        };
        let areas: Vec<AreaId> = chosen.iter().filter(|id| !inside_another(id)).cloned().collect();
        if areas.is_empty() {
            errors.push(FieldError::new("areas", "地区を一つ以上選ぶか、全域を選んでください。"));
        }
        if areas.len() > Order::MAX_AREAS {
            let text = format!("地区は{}か所までです。全域を選んでください。", Order::MAX_AREAS);
            errors.push(FieldError::new("areas", text));
        }
        areas
    }

    fn checked_shelters(
        &self,
        town: &Town,
        hazard: Option<Hazard>,
        errors: &mut Vec<FieldError>,
    ) -> Vec<(ShelterId, ShelterState)> {
        let Some(hazard) = hazard else { return Vec::new() };
        let suits = |shelter: &&Shelter| shelter.suitable_for.contains(&hazard);
        let suitable = town.shelters.shelters.values().filter(suits);
        let states: Vec<_> = match self.shelter_way {
            ShelterWay::None => Vec::new(),
            ShelterWay::AllOpen => {
                suitable.map(|shelter| (shelter.id.clone(), ShelterState::Open)).collect()
            }
            ShelterWay::Each => suitable
                .filter_map(|shelter| Some((shelter.id.clone(), self.state_of(&shelter.id)?)))
                .collect(),
        };
        if states.len() > Order::MAX_SHELTERS {
            let text = format!(
                "一度に知らせられる避難場所は{}か所までです。一つずつ選んでください。",
                Order::MAX_SHELTERS
            );
            errors.push(FieldError::new("shelters", text));
        }
        states
    }

    /// State that was chosen for a shelter.
    fn state_of(&self, id: &ShelterId) -> Option<ShelterState> {
        self.shelters.iter().find(|(found, _)| found == id).map(|(_, state)| *state)
    }

    fn checked_reason(&self, errors: &mut Vec<FieldError>) -> Option<String> {
        let length = self.reason.chars().count();
        if length > Order::MAX_REASON_CHARS {
            let over = length - Order::MAX_REASON_CHARS;
            errors.push(FieldError::new(
                "reason",
                format!("理由が{over}文字超えています。120文字までにしてください。"),
            ));
        }
        if let Err(fault) = free_text::check_for_television(&self.reason) {
            errors.push(FieldError::new("reason", fault.words()));
        }
        (!self.reason.is_empty()).then(|| self.reason.clone())
    }

    /// As a query string of the form page.
    pub(super) fn query(&self) -> String {
        use crate::encoding::query_value;
        let mut pairs = vec![
            ("mode".to_owned(), self.mode.map_or("", mode_code).to_owned()),
            ("hazard".to_owned(), self.hazard.map_or("", Hazard::code).to_owned()),
            (
                "level".to_owned(),
                self.level.map_or(String::new(), |level| level.number().to_string()),
            ),
            ("scope".to_owned(), if self.whole_town { "town" } else { "districts" }.to_owned()),
            ("shelters".to_owned(), self.shelter_way.code().to_owned()),
            ("reason".to_owned(), self.reason.clone()),
        ];
        pairs.extend(self.areas.iter().map(|id| ("area".to_owned(), id.as_str().to_owned())));
        let shelter = |(id, state): &(ShelterId, ShelterState)| {
            (format!("shelter-{id}"), state_code(*state).to_owned())
        };
        pairs.extend(self.shelters.iter().map(shelter));
        pairs.extend(self.beside.iter().map(|id| ("beside".to_owned(), id.to_string())));
        let pair = |(name, value): &(String, String)| {
            format!("{}={}", query_value(name), query_value(value))
        };
        pairs.iter().filter(|(_, value)| !value.is_empty()).map(pair).collect::<Vec<_>>().join("&")
    }
}

/// Orders that a box of the page says are known to stand; one box may name several.
pub(super) fn beside(fields: &Fields) -> Vec<OrderId> {
    let ids = fields.all("beside").flat_map(str::split_whitespace);
    ids.filter_map(|id| id.parse().ok()).take(Heartbeat::MAX_ACTIVE).collect()
}

/// Without blanks around it; blanks alone stay, to be refused.
fn typed(text: &str) -> String {
    let text = if free_text::is_blank(text) { text } else { text.trim() };
    text.to_owned()
}

/// An end of an order that was in force: lifted or cancelled.
pub(super) fn end_of(
    mut draft: OrderDraft,
    act: &str,
    reason: &str,
) -> Result<OrderDraft, Vec<FieldError>> {
    let mut errors = Vec::new();
    let chosen = [Act::Lift, Act::Cancel].into_iter().find(|known| act_code(*known) == act);
    if chosen.is_none() {
        errors.push(FieldError::new("act", "解除か取消かを選んでください。"));
    }
    let form = OrderForm { reason: typed(reason), ..OrderForm::empty() };
    draft.reason = form.checked_reason(&mut errors);
    draft.shelters = Vec::new();
    match chosen {
        Some(act) if errors.is_empty() => Ok(OrderDraft { act, ..draft }),
        _ => Err(errors),
    }
}
