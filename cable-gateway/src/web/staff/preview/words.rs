//! The television's own sentences, from the files that it carries too.

use std::sync::LazyLock;

use evacuation::{
    guidance::{Action, Destination, Guidance, Step},
    hazard::Hazard,
    order::Act,
};
use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

use super::Place;
use crate::web::staff::wording;

static SENTENCES: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| {
    let japanese = "ja".parse().expect("a language");
    let mut bundle = FluentBundle::new_concurrent(vec![japanese]);
    bundle.set_use_isolating(false);
    for text in [
        include_str!("../../../../../locales/ja/tv.ftl"),
        include_str!("../../../../../locales/ja/screen.ftl"),
    ] {
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(text.to_owned());
        // A sentence that is there twice stays as it came first; the television's tests find it.
        let _ = bundle.add_resource(resource);
    }
    bundle
});

/// A sentence by its id; the id itself when there is none, because a visible fault is found.
fn sentence(id: &str, arguments: &[(&str, &str)]) -> String {
    let pattern = SENTENCES.get_message(id).and_then(|message| message.value());
    let Some(pattern) = pattern else { return id.to_owned() };
    let mut named = FluentArgs::new();
    for (name, value) in arguments {
        named.set(*name, *value);
    }
    SENTENCES.format_pattern(pattern, Some(&named), &mut Vec::new()).into_owned()
}

pub(super) fn word(id: &str) -> String {
    sentence(id, &[])
}

pub(super) fn title(guidance: &Guidance) -> String {
    let order = word(match guidance.level {
        None => "order-tsunami",
        Some(level) if !guidance.hazard.has_warning_levels() => match level.number() {
            3 => "order-elderly",
            4 => "order-instruction",
            _ => "order-safety",
        },
        Some(level) => match level.number() {
            3 => "order-level-three",
            4 => "order-level-four",
            _ => "order-level-five",
        },
    });
    match guidance.act {
        Act::Issue | Act::Update => order,
        Act::Lift => sentence("order-lifted", &[("order", &order)]),
        Act::Cancel => sentence("order-cancelled", &[("order", &order)]),
    }
}

pub(super) fn name(name: &str) -> String {
    sentence("plan-name", &[("name", name)])
}

pub(super) fn area(guidance: &Guidance) -> String {
    guidance.area_name.clone().unwrap_or_else(|| "町全域".to_owned())
}

pub(super) fn hazard(hazard: Hazard) -> String {
    word(&format!("hazard-{}", hazard.code()))
}

pub(super) fn issued(guidance: &Guidance) -> String {
    sentence("order-issued", &[("time", &wording::clock(guidance.issued_at.0))])
}

pub(super) fn leave_by(guidance: &Guidance) -> String {
    let sentence_of = |at_ms| sentence("leave-by", &[("time", &wording::clock(at_ms))]);
    guidance.leave_by.map(|at| sentence_of(at.0)).unwrap_or_default()
}

/// As the television says it to a home that was not asked before.
pub(super) fn action(guidance: &Guidance, others_hold: bool) -> String {
    let Guidance { protects_from, .. } = *guidance;
    let own = word(match guidance.action {
        Action::AllClear if others_hold => "action-all-clear-others",
        Action::Disregard if others_hold => "action-disregard-others",
        action => action_id(action, protects_from, guidance.leave_by.is_some()),
    });
    if guidance.gives_way {
        return sentence("action-led", &[("hazard", &hazard(protects_from)), ("action", &own)]);
    }
    own
}

fn action_id(action: Action, protects_from: Hazard, in_time: bool) -> &'static str {
    match (action, protects_from) {
        (Action::LeaveNow, _) if in_time => "action-leave-in-time",
        (Action::LeaveNow, _) => "action-leave-now",
        (Action::LeaveIfSlow, _) if in_time => "action-leave-in-time-if-slow",
        (Action::LeaveIfSlow, _) => "action-leave-if-slow",
        (Action::Prepare, _) => "action-prepare",
        (Action::RunToHighGround, _) => "action-run-to-high-ground",
        (Action::SecureLifeHere, Hazard::Earthquake) => "action-secure-life-earthquake",
        (Action::SecureLifeHere, Hazard::Volcano) => "action-secure-life-volcano",
        (Action::SecureLifeHere, _) => "action-secure-life-here",
        (Action::AllClear, _) => "action-all-clear",
        (Action::Disregard, _) => "action-disregard",
    }
}

pub(super) fn place(destination: &Destination) -> Place {
    let state = if destination.known_open { "shelter-open" } else { "shelter-not-known-open" };
    Place {
        name: destination.name.clone(),
        condition: destination.condition.clone().unwrap_or_default(),
        state: word(state),
    }
}

pub(super) fn step(step: Step) -> String {
    word(match step {
        Step::TakeEssentials => "step-take-essentials",
        Step::TurnOffGasAndBreaker => "step-turn-off-gas",
        Step::CallSupporter => "step-call-supporter",
        Step::GoToDestination => "step-go-to-destination",
        Step::GoAtOnce => "step-go-at-once",
        Step::GoHigher => "step-go-higher",
        Step::DoNotReturn => "step-do-not-return",
        Step::GoUpstairs => "step-go-upstairs",
        Step::AwayFromSlope => "step-away-from-slope",
        Step::CallForHelp => "step-call-for-help",
        Step::PrepareBag => "step-prepare-bag",
        Step::CheckRoute => "step-check-route",
        Step::KeepWatching => "step-keep-watching",
        Step::ReturnCarefully => "step-return-carefully",
        Step::TellOthers => "step-tell-others",
    })
}

/// The answers with the colour keys of the remote control.
pub(super) fn answers(act: Act) -> Vec<(&'static str, String, String)> {
    let answer = |class, colour, id| (class, word(colour), word(id));
    match act {
        Act::Issue | Act::Update => vec![
            answer("blue", "colour-blue", "answer-leaving"),
            answer("red", "colour-red", "answer-need-help"),
            answer("green", "colour-green", "answer-staying"),
        ],
        Act::Lift | Act::Cancel => vec![("", String::new(), word("button-close"))],
    }
}

#[cfg(test)]
mod tests {
    use evacuation::hazard::Hazard;

    use super::*;

    const ACTIONS: [Action; 7] = [
        Action::LeaveNow,
        Action::LeaveIfSlow,
        Action::Prepare,
        Action::RunToHighGround,
        Action::SecureLifeHere,
        Action::AllClear,
        Action::Disregard,
    ];
    const STEPS: [Step; 15] = [
        Step::TakeEssentials,
        Step::TurnOffGasAndBreaker,
        Step::CallSupporter,
        Step::GoToDestination,
        Step::GoAtOnce,
        Step::GoHigher,
        Step::DoNotReturn,
        Step::GoUpstairs,
        Step::AwayFromSlope,
        Step::CallForHelp,
        Step::PrepareBag,
        Step::CheckRoute,
        Step::KeepWatching,
        Step::ReturnCarefully,
        Step::TellOthers,
    ];

    #[test]
    fn every_sentence_is_the_televisions() {
        let mut said = Vec::new();
        for (hazard, in_time) in Hazard::ALL.into_iter().zip([true, false].into_iter().cycle()) {
            said.extend(ACTIONS.map(|action| word(action_id(action, hazard, in_time))));
        }
        said.extend(STEPS.map(step));
        said.extend(Hazard::ALL.map(hazard));
        for act in [Act::Issue, Act::Lift] {
            said.extend(answers(act).into_iter().map(|(_, _, answer)| answer));
        }
        said.extend(["screen-drill", "screen-destination", "shelter-open"].map(word));
        for sentence in said {
            assert!(!sentence.is_ascii(), "{sentence} is an id without a sentence");
        }
    }
}
