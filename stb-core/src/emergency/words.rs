//! An order of this home as the screen shows it.

use evacuation::{
    book::Standing,
    guidance::{Action, Addressee, Destination, Guidance, Step},
    hazard::{Hazard, Level},
    order::Act,
};
use gateway_api::report::Answer;
use uuid::Uuid;

use crate::{
    phrase::{Phrase, say},
    time::{clock_in_japan, leave_by},
    view::{
        AnsweredView, ColourKey, Icon, Item, Language, PlaceView, Reached, StepView, TakeoverStage,
        TakeoverView,
    },
};

use super::{
    Emergency, HomeOrder,
    memory::Given,
    takeover::{CallBefore, Phase, Takeover, TakeoverDeed},
};

impl Emergency {
    /// The takeover; `is_saved` tells whether a report is on the disk.
    pub(crate) fn view(
        &self,
        now_ms: u64,
        language: Language,
        link_open: bool,
        is_saved: impl Fn(Uuid) -> bool,
    ) -> Option<TakeoverView> {
        let takeover = self.takeover.as_ref()?;
        let order = self.shown()?;
        let guidance = &order.guidance;
        let place = |destination: &Option<Destination>| destination.as_ref().map(place_view);
        Some(TakeoverView {
            order_id: order.id().to_string(),
            stage: takeover.stage(now_ms),
            mode: guidance.mode,
            act: guidance.act,
            hazard: guidance.hazard,
            level: guidance.level,
            title: title(guidance),
            names: whom(guidance).map(|person| with_honorific(&person.name, language)).collect(),
            place: self.place_phrase(order),
            action: self.said(takeover, order),
            destination: place(&guidance.destination),
            fallback: place(&guidance.fallback),
            leave_by: guidance.leave_by.map(leave_by),
            supporters: supporters(guidance, language),
            steps: guidance.steps.map(|step| self.step(step, guidance, language)),
            reason: guidance.reason.clone(),
            reading: self.is_reading(),
            source: source(guidance, link_open),
            answers: self.deeds().into_iter().map(|deed| self.item(deed)).collect(),
            focus: self.focus(),
            answered: self.answered_words(takeover, order, link_open, is_saved),
            others: self.visible().count().saturating_sub(1),
        })
    }

    /// What to do, what is asked, or how to go with care.
    fn said(&self, takeover: &Takeover, order: &HomeOrder) -> Phrase {
        if let Some(answer) = self.asked_to_replace() {
            return say::answer_replace(answer_words(answer));
        }
        let is_confirmed = matches!(takeover.phase, Phase::Confirmed { .. });
        let care = if is_confirmed { self.care(order) } else { None };
        care.unwrap_or_else(|| action(order))
    }

    /// Somebody goes out although the order says that going out may be the greater danger.
    pub(crate) fn care(&self, order: &HomeOrder) -> Option<Phrase> {
        let leaves = self.answer_given(order.id()) == Some(Answer::Leaving);
        let Guidance { action, protects_from, .. } = order.guidance;
        (leaves && action == Action::SecureLifeHere).then(|| match protects_from {
            Hazard::Earthquake => say::care_earthquake(),
            Hazard::Volcano => say::care_volcano(),
            _ => say::care_higher_floor(),
        })
    }

    fn answered_words(
        &self,
        takeover: &Takeover,
        order: &HomeOrder,
        link_open: bool,
        is_saved: impl Fn(Uuid) -> bool,
    ) -> Option<AnsweredView> {
        let help = self.memory.help(order.id());
        let given = self.memory.answer(order.id()).or(help)?;
        let answer = given.answer;
        let (reached, how_far) = how_far(given, link_open, is_saved);
        if let Some(before) = self.repeats().filter(|_| reached != Reached::Refused) {
            let text = repeated(before, reached, how_far, link_open);
            return Some(AnsweredView { answer, text, reached });
        }
        let text = match (&takeover.phase, reached) {
            (Phase::Quiet, _) if given.dealt_with => say::answer_seen(answer_words(answer)),
            _ if given.dealt_with => say::help_seen(),
            _ if help.is_some() => say::help_stands(how_far),
            (Phase::Quiet, Reached::Town) => answer_words(answer),
            (Phase::Quiet, Reached::NotYet | Reached::Refused) => {
                say::answer_not_yet(answer_words(answer))
            }
            _ => say::answer_told(answer_words(answer), how_far),
        };
        Some(AnsweredView { answer, text, reached })
    }

    /// How the call stood that the one just confirmed repeats.
    fn repeats(&self) -> Option<CallBefore> {
        let takeover = self.takeover.as_ref()?;
        takeover.repeats.filter(|_| matches!(takeover.phase, Phase::Confirmed { .. }))
    }

    /// Whether the confirmation tells of a call for help that was pressed once more.
    pub(crate) fn is_call_repeated(&self) -> bool {
        self.repeats().is_some()
    }

    /// How the calls for help stand that outlived their orders: as the one that came least far.
    pub(crate) fn call_left(
        &self,
        link_open: bool,
        is_saved: impl Fn(Uuid) -> bool,
    ) -> Option<CallLeft> {
        let calls = self.calls_beyond_orders();
        let waiting = calls.iter().rev().filter(|(_, given)| !given.dealt_with);
        let mut told = waiting.map(|(_, given)| how_far(given, link_open, &is_saved));
        let Some(latest) = told.next() else {
            return (!calls.is_empty()).then_some(CallLeft::DealtWith);
        };
        let (reached, words) =
            told.find(|(reached, _)| *reached != Reached::Town).unwrap_or(latest);
        Some(CallLeft::Waits(reached, words))
    }

    fn place_phrase(&self, order: &HomeOrder) -> Phrase {
        let against = hazard(order.guidance.hazard);
        let place = match &order.guidance.area_name {
            Some(area) => say::order_place(area, against),
            None => say::order_place_whole_town(against),
        };
        match self.changed(order) {
            Some(what) => say::order_place_changed(place, what),
            None => place,
        }
    }

    /// Why it comes up again: the advice turned, or what an update changed, the gravest first, at most
    /// two. Whoever answered before wants to know whether it concerns them.
    pub(super) fn changed(&self, order: &HomeOrder) -> Option<Phrase> {
        if self.is_turned(order.id()) {
            return Some(say::changed_advice());
        }
        let changes = order.changes?;
        let mut words = [
            (changes.level, say::changed_level()),
            (changes.shelters, say::changed_shelters()),
            (changes.areas, say::changed_areas()),
            (changes.reason, say::changed_reason()),
        ]
        .into_iter()
        .filter(|(is_changed, _)| *is_changed)
        .map(|(_, what)| what);
        Some(match (words.next(), words.next()) {
            (Some(first), Some(second)) => say::changed_both(first, second),
            (Some(only), None) => only,
            (None, _) => say::changed_period(),
        })
    }

    /// In larger text nothing but the step itself names who helps.
    fn step(&self, step: Step, guidance: &Guidance, language: Language) -> StepView {
        let names = helpers(guidance, language).filter(|_| self.large_text);
        match (step, names) {
            (Step::CallSupporter, Some(names)) => {
                StepView { text: say::step_call_supporter_named(&names), ..self::step(step) }
            }
            _ => self::step(step),
        }
    }

    fn item(&self, deed: TakeoverDeed) -> Item {
        let (label, icon, shortcut) = match deed {
            TakeoverDeed::Answer(_, answer) => {
                let (icon, key) = answer_look(answer);
                (answer_words(answer), Some(icon), Some(key))
            }
            TakeoverDeed::KeepCall => (say::help_keep(), Some(Icon::Neighbour), None),
            TakeoverDeed::Replace(_, answer) => {
                (say::answer_replace_yes(answer_words(answer)), Some(answer_look(answer).0), None)
            }
            TakeoverDeed::Acknowledge(_) | TakeoverDeed::Close => {
                (say::button_close(), Some(Icon::Check), None)
            }
            TakeoverDeed::TurnPage if self.is_reading() => (say::button_back(), None, None),
            TakeoverDeed::TurnPage => (say::button_details(), None, None),
            TakeoverDeed::ShowNext => {
                let others = self.visible().count().saturating_sub(1);
                let others = i64::try_from(others).unwrap_or(i64::MAX);
                (say::button_next_order(others), None, Some(ColourKey::Yellow))
            }
        };
        let given = match deed {
            TakeoverDeed::Answer(id, Answer::NeedHelp) if self.help_stands(id) => true,
            TakeoverDeed::Answer(id, answer) => self.answer_given(id) == Some(answer),
            _ => false,
        };
        Item { label, note: given.then(say::setting_chosen), icon, shortcut }
    }
}

/// How a call for help stands that outlived its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CallLeft {
    /// Nobody has dealt with it; how far it came, in words too.
    Waits(Reached, Phrase),
    /// The town's staff has.
    DealtWith,
}

/// How far an answer came. The town has it only when it said so.
fn how_far(given: &Given, link_open: bool, is_saved: impl Fn(Uuid) -> bool) -> (Reached, Phrase) {
    if given.refused {
        return (Reached::Refused, say::answer_refused());
    }
    let Some(waiting) = &given.waiting else { return (Reached::Town, say::answer_delivered()) };
    let words = if link_open && is_saved(waiting.report_id) {
        say::answer_sending()
    } else if link_open {
        say::answer_saving()
    } else if given.answer == Answer::NeedHelp {
        say::answer_later_call()
    } else {
        say::answer_later()
    };
    (Reached::NotYet, words)
}

/// A second call reads like the second. What is not on its way says so, and what to do meanwhile, however far
/// the first one came.
fn repeated(before: CallBefore, reached: Reached, how_far: Phrase, link_open: bool) -> Phrase {
    let again = match (before, reached) {
        (CallBefore::Arrived | CallBefore::Seen, Reached::Town) => say::help_again_arrived(),
        (CallBefore::Arrived | CallBefore::Seen, Reached::NotYet) if link_open => {
            say::help_again_sending()
        }
        _ => how_far,
    };
    say::help_repeated(call_before(before), again)
}

fn call_before(before: CallBefore) -> Phrase {
    match before {
        CallBefore::Accepted => say::help_before_accepted(),
        CallBefore::Arrived => say::help_before_arrived(),
        CallBefore::Seen => say::help_before_seen(),
    }
}

pub(crate) fn answer_words(answer: Answer) -> Phrase {
    match answer {
        Answer::Leaving => say::answer_leaving(),
        Answer::NeedHelp => say::answer_need_help(),
        Answer::Staying => say::answer_staying(),
    }
}

const fn answer_look(answer: Answer) -> (Icon, ColourKey) {
    match answer {
        Answer::Leaving => (Icon::Walk, ColourKey::Blue),
        Answer::NeedHelp => (Icon::Neighbour, ColourKey::Red),
        Answer::Staying => (Icon::Home, ColourKey::Green),
    }
}

/// The fixed names of the orders (災害対策基本法 56, 60).
pub(super) fn title(guidance: &Guidance) -> Phrase {
    let order = match guidance.level {
        None => say::order_tsunami(),
        Some(level) if !guidance.hazard.has_warning_levels() => named(level),
        Some(Level::Three) => say::order_level_three(),
        Some(Level::Four) => say::order_level_four(),
        Some(Level::Five) => say::order_level_five(),
    };
    match guidance.act {
        Act::Issue | Act::Update => order,
        Act::Lift => say::order_lifted(order),
        Act::Cancel => say::order_cancelled(order),
    }
}

/// By its legal name alone: the digits are made for water and earth.
fn named(level: Level) -> Phrase {
    match level {
        Level::Three => say::order_elderly(),
        Level::Four => say::order_instruction(),
        Level::Five => say::order_safety(),
    }
}

/// Those who leave now, or everybody when all do alike.
pub(super) fn whom(guidance: &Guidance) -> impl Iterator<Item = &Addressee> {
    let some_leave = guidance.action == Action::LeaveIfSlow
        && guidance.addressees.iter().any(|person| person.leaves_now);
    guidance.addressees.iter().filter(move |person| person.leaves_now || !some_leave)
}

fn with_honorific(name: &str, language: Language) -> String {
    match language {
        Language::Ja | Language::JaEasy => format!("{name}さん"),
        Language::En => name.to_owned(),
    }
}

pub(crate) fn hazard(hazard: Hazard) -> Phrase {
    match hazard {
        Hazard::Flood => say::hazard_flood(),
        Hazard::Landslide => say::hazard_landslide(),
        Hazard::StormSurge => say::hazard_storm_surge(),
        Hazard::Earthquake => say::hazard_earthquake(),
        Hazard::Tsunami => say::hazard_tsunami(),
        Hazard::LargeFire => say::hazard_large_fire(),
        Hazard::InlandFlood => say::hazard_inland_flood(),
        Hazard::Volcano => say::hazard_volcano(),
    }
}

pub(super) fn action(order: &HomeOrder) -> Phrase {
    let Guidance { protects_from, gives_way, .. } = order.guidance;
    let action = own_action(order);
    if gives_way { say::action_led(hazard(protects_from), action) } else { action }
}

fn own_action(order: &HomeOrder) -> Phrase {
    let guidance = &order.guidance;
    // "At once" and a time of departure would contradict each other.
    let in_time = guidance.leave_by.is_some();
    match (guidance.action, guidance.protects_from) {
        (Action::LeaveNow, _) if in_time => say::action_leave_in_time(),
        (Action::LeaveNow, _) => say::action_leave_now(),
        (Action::LeaveIfSlow, _) if in_time => say::action_leave_in_time_if_slow(),
        (Action::LeaveIfSlow, _) => say::action_leave_if_slow(),
        (Action::Prepare, _) => say::action_prepare(),
        (Action::RunToHighGround, _) => say::action_run_to_high_ground(),
        (Action::SecureLifeHere, Hazard::Earthquake) => say::action_secure_life_earthquake(),
        (Action::SecureLifeHere, Hazard::Volcano) => say::action_secure_life_volcano(),
        (Action::SecureLifeHere, _) => say::action_secure_life_here(),
        (Action::AllClear, _) if order.others_hold => say::action_all_clear_others(),
        (Action::Disregard, _) if order.others_hold => say::action_disregard_others(),
        (Action::AllClear, _) => all_clear(order.earlier),
        (Action::Disregard, _) => say::action_disregard(),
    }
}

/// Nobody who stayed at home is told to return.
fn all_clear(answered: Option<Answer>) -> Phrase {
    match answered {
        Some(Answer::Leaving) => say::action_all_clear_left(),
        Some(Answer::Staying) => say::action_all_clear_stayed(),
        Some(Answer::NeedHelp) | None => say::action_all_clear(),
    }
}

fn place_view(destination: &Destination) -> PlaceView {
    PlaceView {
        name: destination.name.clone(),
        condition: destination.condition.clone(),
        note: Some(place_note(destination)),
        distance: destination.distance_m.map(distance),
    }
}

fn distance(metres: u32) -> Phrase {
    if metres > LAST_METRES {
        say::distance_km(&kilometres(metres))
    } else {
        say::distance(ten_metres(metres))
    }
}

/// Distance and whether it is known to be open.
fn place_note(destination: &Destination) -> Phrase {
    let state =
        if destination.known_open { say::shelter_open() } else { say::shelter_not_known_open() };
    match destination.distance_m {
        Some(metres) if metres > LAST_METRES => {
            say::shelter_distance_km(&kilometres(metres), state)
        }
        Some(metres) => say::shelter_distance(ten_metres(metres), state),
        None => state,
    }
}

/// Farther than this it is told in kilometres.
const LAST_METRES: u32 = 990;

/// In steps of ten metres, then of a hundred: a straight line is no exact way.
fn ten_metres(metres: u32) -> i64 {
    i64::from(metres.div_ceil(10).saturating_mul(10))
}

/// Two kilometres, or 12.4.
fn kilometres(metres: u32) -> String {
    let hundreds = metres.div_ceil(100);
    match (hundreds / 10, hundreds % 10) {
        (whole, 0) => whole.to_string(),
        (whole, tenth) => format!("{whole}.{tenth}"),
    }
}

fn supporters(guidance: &Guidance, language: Language) -> Option<Phrase> {
    helpers(guidance, language).map(|names| say::supporters(&names))
}

fn helpers(guidance: &Guidance, language: Language) -> Option<String> {
    let between = if language == Language::En { ", " } else { "、" };
    let names = guidance.supporters.iter().map(|name| with_honorific(name, language));
    names.reduce(|all, name| format!("{all}{between}{name}"))
}

fn source(guidance: &Guidance, link_open: bool) -> Phrase {
    let at = clock_in_japan(guidance.issued_at);
    if link_open { say::order_issued(&at) } else { say::order_issued_offline(&at) }
}

fn step(step: Step) -> StepView {
    let (icon, text) = match step {
        Step::TakeEssentials => (Icon::Bag, say::step_take_essentials()),
        Step::TurnOffGasAndBreaker => (Icon::Gas, say::step_turn_off_gas()),
        Step::CallSupporter => (Icon::Neighbour, say::step_call_supporter()),
        Step::GoToDestination => (Icon::Walk, say::step_go_to_destination()),
        Step::GoAtOnce => (Icon::Walk, say::step_go_at_once()),
        Step::GoHigher => (Icon::Hill, say::step_go_higher()),
        Step::DoNotReturn => (Icon::Warning, say::step_do_not_return()),
        Step::GoUpstairs => (Icon::Upstairs, say::step_go_upstairs()),
        Step::AwayFromSlope => (Icon::Slope, say::step_away_from_slope()),
        Step::CallForHelp => (Icon::Phone, say::step_call_for_help()),
        Step::PrepareBag => (Icon::Bag, say::step_prepare_bag()),
        Step::CheckRoute => (Icon::Route, say::step_check_route()),
        Step::KeepWatching => (Icon::Television, say::step_keep_watching()),
        Step::ReturnCarefully => (Icon::Home, say::step_return_carefully()),
        Step::TellOthers => (Icon::Neighbour, say::step_tell_others()),
    };
    StepView { icon, text }
}

/// Whether a stage hides the picture.
pub(crate) const fn covers_picture(stage: TakeoverStage) -> bool {
    matches!(stage, TakeoverStage::FullScreen)
}

/// Whether it is a notice that something is over.
pub(super) fn is_notice(order: &HomeOrder) -> bool {
    order.standing == Standing::Notice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_told_in_kilometres_from_one_on() {
        assert_eq!([1, 250, 984, 990].map(ten_metres), [10, 250, 990, 990]);
        let told = [991, 1_000, 1_001, 2_000, 12_381].map(kilometres);
        assert_eq!(told, ["1", "1", "1.1", "2", "12.4"]);
    }
}
