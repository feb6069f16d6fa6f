//! A service asks questions: one by one, all of them once more, then the card.

use gateway_api::service::{StatementAnswer, StatementChoice, StatementForm, StatementQuestion};
use stb_core::{
    key::RemoteKey,
    phrase::Arg,
    service::ServiceCall,
    view::{Body, PageKind},
};

use crate::{card::Card, services::ask, television::Television};

fn question(id: &str, text: &str, choices: &[(&str, &str)]) -> StatementQuestion {
    let choice = |(code, text): &(&str, &str)| StatementChoice {
        code: (*code).to_owned(),
        text: (*text).to_owned(),
    };
    StatementQuestion {
        question_id: id.to_owned(),
        text: text.to_owned(),
        choices: choices.iter().map(choice).collect(),
    }
}

fn pension() -> Television {
    let mut television = Television::at_home();
    television.request.form = Some(StatementForm {
        purpose: "living-status-confirmation".to_owned(),
        form_id: "genkyo".to_owned(),
        form_version: "2026.1".to_owned(),
        title: "年金の現況届".to_owned(),
        questions: vec![
            question(
                "address",
                "住所は前と同じですか。",
                &[("same", "同じ"), ("changed", "変わった")],
            ),
            question("other", "ほかの年金を受けていますか。", &[("no", "いいえ"), ("yes", "はい")]),
        ],
    });
    ask(&mut television);
    television
}

fn title(television: &Television) -> String {
    match television.page().title.args.first() {
        Some((_, Arg::Text(text))) => text.clone(),
        other => panic!("no question: {other:?}"),
    }
}

fn press_here(television: &mut Television, downs: usize) {
    television.wait(700);
    for _ in 0..downs {
        television.press(RemoteKey::Down);
    }
    television.press(RemoteKey::Confirm);
}

#[test]
fn the_answers_reach_the_service_as_they_were_chosen() {
    let mut television = pension();
    television.choose_here("service-yes");
    television.sees(PageKind::ServiceQuestion);
    assert_eq!(title(&television), "住所は前と同じですか。");
    press_here(&mut television, 1);
    assert_eq!(title(&television), "ほかの年金を受けていますか。");
    press_here(&mut television, 0);
    television.sees(PageKind::ServiceSummary);
    let Body::Rows { rows, .. } = television.page().body else { panic!("a table") };
    assert_eq!(rows.len(), 2);
    television.choose_here("service-confirm");
    television.insert(Card::of_hana());
    television.type_pin(b"7391");
    television.sees_sentence("service-given-title");
    let answers = television.calls().into_iter().find_map(|call| match call {
        ServiceCall::Approve { approval, .. } => Some(approval.answers),
        _ => None,
    });
    let answer = |question: &str, code: &str| StatementAnswer {
        question_id: question.to_owned(),
        code: code.to_owned(),
    };
    assert_eq!(answers, Some(vec![answer("address", "changed"), answer("other", "no")]));
}

#[test]
fn back_goes_one_question_back_and_finds_the_answer() {
    let mut television = pension();
    television.choose_here("service-yes");
    press_here(&mut television, 1);
    television.press(RemoteKey::Back);
    assert_eq!(title(&television), "住所は前と同じですか。");
    assert_eq!(television.page().focus, 1, "on what was chosen");
    television.press(RemoteKey::Back);
    television.sees(PageKind::ServiceRequest);
    television.press(RemoteKey::Back);
    television.sees(PageKind::Home);
}

#[test]
fn answers_can_be_mended_before_the_card_and_after_the_pin_was_left() {
    let mut television = pension();
    television.choose_here("service-yes");
    press_here(&mut television, 0);
    press_here(&mut television, 0);
    television.choose_here("service-mend");
    assert_eq!(title(&television), "住所は前と同じですか。");
    press_here(&mut television, 1);
    press_here(&mut television, 0);
    television.choose_here("service-confirm");
    television.sees(PageKind::CardPrompt);
    television.press(RemoteKey::Back);
    television.sees(PageKind::ServiceSummary);
}

#[test]
fn a_press_too_many_answers_no_question() {
    let mut television = pension();
    television.choose_here("service-yes");
    television.press(RemoteKey::Confirm);
    assert_eq!(title(&television), "住所は前と同じですか。");
}
