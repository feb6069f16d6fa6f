//! Samples of what an answer leads to: its confirmation, the question before a call for help is taken
//! back, and the page of the town's words.

use evacuation::order::Act;
use gateway_api::report::Answer;
use stb_core::{
    phrase::say,
    view::{Icon, Item, Reached, TakeoverStage, TakeoverView},
};

use super::{answer, landslide, level_five, over};
use crate::pages::item;

pub(super) fn all() -> Vec<(&'static str, TakeoverView)> {
    let button = |label, icon| item(label, Some(icon));
    let replace = |stage| TakeoverView {
        action: say::answer_replace(say::answer_leaving()),
        answers: vec![
            button(say::help_keep(), Icon::Neighbour),
            button(say::answer_replace_yes(say::answer_leaving()), Icon::Walk),
        ],
        answered: Some(answer(
            Answer::NeedHelp,
            say::answer_told(say::answer_need_help(), say::answer_delivered()),
            Reached::Town,
        )),
        ..landslide(stage)
    };
    let left = say::answer_told(say::answer_leaving(), say::answer_delivered());
    let confirmed = TakeoverView {
        answers: close(),
        answered: Some(answer(Answer::Leaving, left.clone(), Reached::Town)),
        ..landslide(TakeoverStage::Large)
    };
    let repeated = say::help_repeated(say::help_before_arrived(), say::help_again_sending());
    let repeated = TakeoverView {
        answers: close(),
        answered: Some(answer(Answer::NeedHelp, repeated, Reached::NotYet)),
        ..landslide(TakeoverStage::Large)
    };
    let careful = TakeoverView {
        action: say::care_higher_floor(),
        answers: close(),
        answered: Some(answer(Answer::Leaving, left.clone(), Reached::Town)),
        ..level_five(TakeoverStage::Large)
    };
    let mut opened = landslide(TakeoverStage::FullScreen);
    opened.answered = Some(answer(Answer::Leaving, left, Reached::Town));
    opened.answers.push(item(say::button_details(), None));
    let lifted = TakeoverView {
        reading: true,
        reason: Some("雨が弱まり、斜面の動きも止まりました。".to_owned()),
        answers: vec![button(say::button_close(), Icon::Check), item(say::button_back(), None)],
        ..over(
            TakeoverStage::FullScreen,
            Act::Lift,
            say::order_lifted(say::order_level_four()),
            say::action_all_clear_left(),
        )
    };
    vec![
        ("help-replace-large", replace(TakeoverStage::Large)),
        ("help-replace-whole", replace(TakeoverStage::FullScreen)),
        ("level5-leaving", careful),
        ("order-confirmed", confirmed),
        ("help-repeated", repeated),
        ("order-opened-answered", opened),
        ("lift-reading", lifted),
    ]
}

/// What stands below the confirmation of an answer.
pub(super) fn close() -> Vec<Item> {
    vec![item(say::button_close(), Some(Icon::Check)), item(say::button_details(), None)]
}
