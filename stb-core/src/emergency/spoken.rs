//! An order as it is spoken: attention, whom, what and where, what to do, where to, why.
//!
//! The order is spoken even where the household turned speech off, and twice, as the guide for
//! spoken evacuation calls asks. Names are spoken only where the household agreed.

use evacuation::order::Mode;

use crate::{
    phrase::{Phrase, say},
    profile::Profile,
    time::leave_by,
};

use super::{Emergency, HomeOrder, words};

impl Emergency {
    /// The whole call, twice.
    pub(crate) fn spoken_twice(&self, order: &HomeOrder, profile: &Profile) -> Vec<Phrase> {
        let once = self.spoken_once(order, profile);
        let mut sentences = once.clone();
        sentences.push(say::spoken_again());
        sentences.extend(once);
        sentences
    }

    /// The whole call.
    pub(crate) fn spoken_once(&self, order: &HomeOrder, profile: &Profile) -> Vec<Phrase> {
        let guidance = &order.guidance;
        let is_drill = guidance.mode != Mode::Actual;
        let mut sentences = Vec::new();
        sentences.extend(is_drill.then(say::spoken_drill));
        sentences.push(say::spoken_call(words::title(guidance)));
        if profile.provisioning.household.speak_names {
            let names =
                words::whom(guidance).map(|person| say::spoken_name(&person.name, reading(person)));
            sentences.extend(names);
        }
        let town = &profile.provisioning.household.municipality_name;
        sentences.push(place(order, profile, town));
        sentences.extend(self.changed(order).map(say::spoken_changed));
        sentences.push(words::action(order));
        sentences.extend(destination(order));
        sentences.extend(guidance.leave_by.map(leave_by));
        // A town may write much: whoever stops listening, or answers, has heard what to do by then.
        let reason = guidance.reason.as_deref().map(str::trim).filter(|reason| !reason.is_empty());
        sentences.extend(reason.map(say::spoken_reason));
        let asks = if words::is_notice(order) { say::spoken_close() } else { say::spoken_answer() };
        sentences.push(asks);
        sentences.extend(is_drill.then(say::spoken_drill));
        sentences
    }
}

fn reading(person: &evacuation::guidance::Addressee) -> &str {
    let kana = person.kana.trim();
    if kana.is_empty() { &person.name } else { kana }
}

fn place(order: &HomeOrder, profile: &Profile, town: &str) -> Phrase {
    let against = words::hazard(order.guidance.hazard);
    let what = words::title(&order.guidance);
    let area = order.guidance.area_name.as_deref().map(|area| profile.area_kana(area));
    match (area, order.guidance.level) {
        (Some(area), Some(_)) => say::spoken_place(town, area, against, what),
        (None, Some(_)) => say::spoken_place_whole_town(town, against, what),
        // An order without a level bears the hazard in its name.
        (Some(area), None) => say::spoken_order(town, area, what),
        (None, None) => say::spoken_order_whole_town(town, what),
    }
}

fn destination(order: &HomeOrder) -> Option<Phrase> {
    let place = order.guidance.destination.as_ref()?;
    let kana = place.kana.trim();
    let kana = if kana.is_empty() { place.name.as_str() } else { kana };
    Some(match place.condition.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        Some(condition) => say::spoken_destination_condition(&place.name, kana, condition),
        None => say::spoken_destination(&place.name, kana),
    })
}
