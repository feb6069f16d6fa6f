//! The television's sentences, as far as the preview shows them.

use evacuation::{
    guidance::{Action, Destination, Guidance, Step},
    order::Act,
};

use super::Place;
use crate::web::staff::wording;

pub(super) fn title(guidance: &Guidance) -> String {
    match guidance.act {
        Act::Lift => "避難情報は解除されました".to_owned(),
        Act::Cancel => "先ほどの情報は取り消します".to_owned(),
        Act::Issue | Act::Update if guidance.level.is_none() => "津波 避難指示".to_owned(),
        Act::Issue | Act::Update => format!("警戒レベル　{}", wording::order_name(guidance.level)),
    }
}

pub(super) fn place_line(guidance: &Guidance) -> String {
    let area = guidance.area_name.as_deref().unwrap_or("町全域");
    format!("{area}　{}", wording::hazard(guidance.hazard))
}

pub(super) fn action(action: Action) -> &'static str {
    match action {
        Action::LeaveNow => "今すぐ避難してください",
        Action::LeaveIfSlow => "時間のかかる人は、今すぐ避難してください",
        Action::Prepare => "避難の準備をしてください",
        Action::RunToHighGround => "今すぐ高いところへ逃げてください",
        Action::SecureLifeHere => "命を守ってください。外は危険です",
        Action::AllClear => "危険は去りました",
        Action::Disregard => "避難の必要はありません",
    }
}

pub(super) fn place(destination: &Destination) -> Place {
    let open = if destination.known_open { "開設中" } else { "開いているか未確認" };
    let note = match &destination.condition {
        Some(condition) => format!("{condition}　{open}"),
        None => open.to_owned(),
    };
    Place { name: destination.name.clone(), note }
}

pub(super) fn step(step: Step) -> &'static str {
    match step {
        Step::TakeEssentials => "薬、めがね、持ち出し袋を持つ",
        Step::TurnOffGasAndBreaker => "ガスとブレーカーを切る",
        Step::CallSupporter => "助けてくれる人に電話する",
        Step::GoToDestination => "行き先へ歩いて向かう",
        Step::GoAtOnce => "何も持たずにすぐ出る",
        Step::GoHigher => "もっと高いところへ上がる",
        Step::DoNotReturn => "解除されるまで戻らない",
        Step::GoUpstairs => "上の階へ上がる",
        Step::AwayFromSlope => "窓とがけから離れる",
        Step::CallForHelp => "危ないときは119番に電話する",
        Step::PrepareBag => "持ち出し袋と薬を用意する",
        Step::CheckRoute => "行き先と道を確かめる",
        Step::KeepWatching => "テレビの知らせを待つ",
        Step::ReturnCarefully => "足元に気をつけて帰る",
        Step::TellOthers => "いっしょにいる人に伝える",
    }
}

pub(super) fn answers(act: Act) -> Vec<&'static str> {
    match act {
        Act::Issue | Act::Update => vec!["避難します", "助けが必要", "家にいます"],
        Act::Lift | Act::Cancel => vec!["閉じる"],
    }
}
