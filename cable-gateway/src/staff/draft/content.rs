//! What a draft would order, as JSON in the store.

use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    shelter::{ShelterId, ShelterState},
};
use serde::{Deserialize, Serialize};

use crate::{
    orders::OrderDraft,
    store::order::code::{
        act_code, act_from_code, mode_code, mode_from_code, state_code, state_from_code,
    },
};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    mode: String,
    act: String,
    references: Vec<String>,
    #[serde(default)]
    beside: Vec<String>,
    hazard: String,
    level: Option<u8>,
    areas: Vec<String>,
    shelters: Vec<(String, String)>,
    reason: Option<String>,
    valid_for_ms: i64,
}

pub(super) fn to_json(draft: &OrderDraft) -> String {
    let shelter = |(id, state): &(ShelterId, ShelterState)| {
        (id.as_str().to_owned(), state_code(*state).to_owned())
    };
    let content = Content {
        mode: mode_code(draft.mode).to_owned(),
        act: act_code(draft.act).to_owned(),
        references: draft.references.iter().map(ToString::to_string).collect(),
        beside: draft.beside.iter().map(ToString::to_string).collect(),
        hazard: draft.hazard.code().to_owned(),
        level: draft.level.map(Level::number),
        areas: draft.areas.iter().map(|id| id.as_str().to_owned()).collect(),
        shelters: draft.shelters.iter().map(shelter).collect(),
        reason: draft.reason.clone(),
        valid_for_ms: draft.valid_for_ms,
    };
    serde_json::to_string(&content).expect("texts and numbers can be written as JSON")
}

pub(super) fn from_json(text: &str) -> Option<OrderDraft> {
    let content: Content = serde_json::from_str(text).ok()?;
    let shelter =
        |(id, state): (String, String)| Some((ShelterId::new(id).ok()?, state_from_code(&state)?));
    Some(OrderDraft {
        mode: mode_from_code(&content.mode)?,
        act: act_from_code(&content.act)?,
        references: content.references.iter().map(|id| id.parse().ok()).collect::<Option<_>>()?,
        beside: content.beside.iter().map(|id| id.parse().ok()).collect::<Option<_>>()?,
        hazard: Hazard::from_code(&content.hazard)?,
        level: match content.level {
            Some(number) => Some(Level::from_number(number)?),
            None => None,
        },
        areas: content.areas.into_iter().map(|id| AreaId::new(id).ok()).collect::<Option<_>>()?,
        shelters: content.shelters.into_iter().map(shelter).collect::<Option<_>>()?,
        reason: content.reason,
        valid_for_ms: content.valid_for_ms,
    })
}

#[cfg(test)]
mod tests {
    use evacuation::order::{Act, Mode};

    use super::*;

    #[test]
    fn a_draft_comes_back_as_it_was_kept() {
        let draft = OrderDraft {
            mode: Mode::Drill,
            act: Act::Update,
            references: vec![evacuation::order::OrderId([7; 16])],
            beside: vec![evacuation::order::OrderId([8; 16])],
            hazard: Hazard::StormSurge,
            level: Some(Level::Four),
            areas: vec![AreaId::new("36387-01").expect("an id")],
            shelters: vec![(ShelterId::new("E1").expect("an id"), ShelterState::Full)],
            reason: Some("「高潮」<b>".to_owned()),
            valid_for_ms: 5,
        };
        assert_eq!(from_json(&to_json(&draft)), Some(draft));
        assert_eq!(from_json("{}"), None);
    }
}
