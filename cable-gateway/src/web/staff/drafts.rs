//! Confirming: the last look before an order reaches the homes.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use evacuation::{
    area::AreaId,
    hazard::Level,
    order::{Act, Mode, OrderId},
};

use super::{
    Console,
    context::{Duty as _, Officer, On, Posted},
    fault::{Fault, Refused},
    order_form::{self, OrderForm},
    order_view::{self, OrderView, Slab},
    page::{FieldError, Frame, Notice, html},
    preview::{self, Preview},
    standing::{self, KeptBack, Question},
    wording,
};
use crate::{
    orders::OrderError,
    staff::{
        StaffMember, account,
        draft::{self, DraftError, DraftState, StoredDraft, Way},
    },
    store::{Sql, town, town::Town},
};

#[derive(Template)]
#[template(path = "staff/draft.html")]
struct DraftPage {
    frame: Frame,
    notice: Option<Notice>,
    errors: Vec<FieldError>,
    draft: DraftView,
    preview: Preview,
    emergency_reason: String,
    reject_reason: String,
}

/// What the person at the browser can do with the draft.
enum Step {
    /// One person suffices, and this is the one.
    IssueAlone,
    /// A second person must confirm; this is the author.
    WaitForOther,
    /// This is the second person.
    ConfirmOther,
    /// Decided, or too old.
    Closed,
}

struct DraftView {
    id: String,
    lead: &'static str,
    slab: Slab,
    title: String,
    act: &'static str,
    verb: &'static str,
    is_drill: bool,
    areas: String,
    homes: u32,
    shelters: Vec<String>,
    reason: String,
    author: String,
    created: String,
    step: Step,
    emergency_allowed: bool,
    outcome: String,
    order: Option<String>,
    edit: String,
    /// What stands already and was not known when this was written.
    question: Option<Question>,
    /// Homes that show an actual order instead of this drill.
    kept_back: Option<KeptBack>,
    /// What a lift leaves on the televisions; none where nothing is lifted.
    left: Option<Vec<OrderView>>,
}

/// What the page shows besides the draft itself.
#[derive(Default)]
struct Said {
    notice: Option<Notice>,
    errors: Vec<FieldError>,
    emergency_reason: String,
    reject_reason: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    On(officer): On<Officer>,
    Path(draft_id): Path<String>,
) -> Result<Response, Refused> {
    Ok(page(&console, &officer, draft_id, Said::default()).await?.into_response())
}

pub(super) async fn issue(
    State(console): State<Console>,
    Path(draft_id): Path<String>,
    posted: Posted<Officer>,
) -> Result<Response, Refused> {
    let beside = order_form::beside(&posted.fields);
    send(&console, &posted.by, draft_id, Way::Regular, beside).await
}

pub(super) async fn emergency(
    State(console): State<Console>,
    Path(draft_id): Path<String>,
    posted: Posted<Officer>,
) -> Result<Response, Refused> {
    let reason = posted.fields.one("emergency_reason").to_owned();
    let beside = order_form::beside(&posted.fields);
    send(&console, &posted.by, draft_id, Way::Emergency { reason }, beside).await
}

pub(super) async fn reject(
    State(console): State<Console>,
    Path(draft_id): Path<String>,
    posted: Posted<Officer>,
) -> Result<Response, Refused> {
    let reason = posted.fields.one("reject_reason").to_owned();
    let (id, member, now_ms) = (draft_id.clone(), posted.by.member().clone(), console.now_ms());
    let typed = reason.clone();
    let work = move |sql: &mut dyn Sql| draft::reject(sql, &id, &member, &reason, now_ms);
    match console.app.store.write(work).await {
        Ok(()) => Ok(Redirect::to("/orders?done=rejected").into_response()),
        Err(error) => {
            let said = Said { reject_reason: typed, ..said(error, "reject-reason")? };
            refusal(&console, &posted.by, draft_id, said).await
        }
    }
}

pub(super) async fn withdraw(
    State(console): State<Console>,
    Path(draft_id): Path<String>,
    posted: Posted<Officer>,
) -> Result<Response, Refused> {
    let (id, member, now_ms) = (draft_id.clone(), posted.by.member().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| draft::withdraw(sql, &id, &member, now_ms);
    match console.app.store.write(work).await {
        Ok(()) => Ok(Redirect::to("/orders?done=withdrawn").into_response()),
        Err(error) => refusal(&console, &posted.by, draft_id, said(error, "main")?).await,
    }
}

/// Claims, publishes, and writes down what came of it.
async fn send(
    console: &Console,
    officer: &Officer,
    draft_id: String,
    way: Way,
    beside: Vec<OrderId>,
) -> Result<Response, Refused> {
    let (id, member, now_ms) = (draft_id.clone(), officer.member().clone(), console.now_ms());
    let typed = match &way {
        Way::Emergency { reason } => reason.clone(),
        Way::Regular => String::new(),
    };
    let store = &console.app.store;
    let claim = move |sql: &mut dyn Sql| draft::claim(sql, &id, &member, way, now_ms);
    let (mut content, authority) = match store.write(claim).await {
        Ok(claimed) => claimed,
        Err(error) => {
            let said = Said { emergency_reason: typed, ..said(error, "emergency-reason")? };
            return refusal(console, officer, draft_id, said).await;
        }
    };
    content.beside.extend(beside);
    let id = draft_id.clone();
    match console.app.orders.publish(content, authority).await {
        Ok(order) => {
            let order_id = order.id.to_string();
            let target = format!("/orders/{order_id}?done=issued");
            store.write(move |sql| draft::issued(sql, &id, &order_id)).await?;
            Ok(Redirect::to(&target).into_response())
        }
        // It may be on its way all the same; the claim stands until the list of orders tells.
        Err(error @ (OrderError::Interrupted | OrderError::Store(_))) => {
            Err(Fault::Order(error).into())
        }
        Err(error) => {
            store.write(move |sql| draft::release(sql, &id)).await?;
            refusal(console, officer, draft_id, said_by_desk(error)?).await
        }
    }
}

async fn refusal(
    console: &Console,
    officer: &Officer,
    draft_id: String,
    said: Said,
) -> Result<Response, Refused> {
    let page = page(console, officer, draft_id, said).await?;
    Ok((StatusCode::CONFLICT, page).into_response())
}

fn said(error: DraftError, reason_field: &'static str) -> Result<Said, Fault> {
    let warn = |text: &str| Ok(Said { notice: Some(Notice::warning(text)), ..Said::default() });
    match error {
        DraftError::Decided => warn("この内容は、すでにほかの操作で処理されています。"),
        DraftError::Stale => {
            warn("作成から1時間を過ぎたため、発令できません。いまの状況で書き直してください。")
        }
        DraftError::OwnDraft => {
            warn("自分が作った内容は、自分では確認できません。ほかの職員に依頼してください。")
        }
        DraftError::NotAuthor => warn("この操作は、作成した職員だけができます。"),
        DraftError::Reason => {
            let text = "理由を1文字以上200文字までで入力してください。";
            Ok(Said { errors: vec![FieldError::new(reason_field, text)], ..Said::default() })
        }
        DraftError::FreeText(fault) => {
            let errors = vec![FieldError::new(reason_field, fault.words())];
            Ok(Said { errors, ..Said::default() })
        }
        other => Err(other.into()),
    }
}

fn said_by_desk(error: OrderError) -> Result<Said, Fault> {
    match words_of_desk(&error) {
        Some(text) => Ok(Said { notice: Some(Notice::warning(text)), ..Said::default() }),
        None => Err(Fault::Order(error)),
    }
}

/// What an officer can do about a refusal of the desk; none when it is not the officer's to mend.
pub(super) fn words_of_desk(error: &OrderError) -> Option<&'static str> {
    Some(match error {
        OrderError::UnknownReference(_) => {
            "元の発令はすでに変わったか、終わっています。避難情報の一覧から、もう一度始めてください。"
        }
        OrderError::Unsignable(_) => {
            "内容が長すぎて、一度に送れません。避難場所の数か理由の文字数を減らしてください。"
        }
        OrderError::NoEmergency => "一人での緊急発令は、津波と警戒レベル5の発令だけに使えます。",
        OrderError::ConfirmationMissing | OrderError::ConfirmedByAuthor => {
            "この内容には、もう一人の職員の確認が必要です。"
        }
        OrderError::UnknownArea(_) | OrderError::UnknownShelter(_) => {
            "地区か避難場所の登録が変わりました。書き直してください。"
        }
        OrderError::StandsAlready(_) => {
            "この地区には、同じ災害の情報がすでに発令中です。その情報を更新するか、重ねて出すかを選んでください。"
        }
        OrderError::NotIssuedAgainst { .. } => {
            "この災害では、この種類の避難情報を発令しません。書き直してください。"
        }
        OrderError::TooManyInForce => {
            "発令中の情報が多すぎます。いまの情報を更新するか、解除してから発令してください。"
        }
        OrderError::NotBelieved(_) => {
            "署名の鍵の期限が切れているため、発令してもテレビに出ません。まだ送っていません。システムの管理者にすぐ連絡し、防災無線など別の方法で知らせてください。"
        }
        _ => return None,
    })
}

async fn page(
    console: &Console,
    officer: &Officer,
    draft_id: String,
    said: Said,
) -> Result<axum::response::Html<String>, Fault> {
    let (person, now_ms) = (officer.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let town = town::load(sql)?.ok_or(Fault::NoTown)?;
        let stored = draft::find(sql, &draft_id)?;
        let mut preview = preview::of_draft(sql, &town, &stored.content, "", now_ms)?;
        // Said above the draft instead.
        let kept_back = preview.kept_back.take();
        let view = view(sql, &town, &stored, &person.member, kept_back, now_ms)?;
        let title = match view.step {
            Step::IssueAlone | Step::ConfirmOther => "内容の確認",
            Step::WaitForOther => "待機中",
            Step::Closed => "内容の記録",
        };
        Ok::<_, Fault>(DraftPage {
            frame: Frame::of(sql, &person, now_ms)?.titled(title, "orders"),
            notice: said.notice,
            errors: said.errors,
            preview,
            draft: view,
            emergency_reason: said.emergency_reason,
            reject_reason: said.reject_reason,
        })
    };
    html(&console.app.store.read(work).await?)
}

fn view(
    sql: &mut dyn Sql,
    town: &Town,
    stored: &StoredDraft,
    member: &StaffMember,
    kept_back: Option<KeptBack>,
    now_ms: i64,
) -> Result<DraftView, Fault> {
    let content = &stored.content;
    let second = draft::needs_second_person(sql, content)?;
    let own = stored.author_id == member.staff_id;
    let step = match stored.state {
        DraftState::Waiting if draft::is_stale(stored, now_ms) => Step::Closed,
        DraftState::Waiting if !own => Step::ConfirmOther,
        DraftState::Waiting if second => Step::WaitForOther,
        DraftState::Waiting => Step::IssueAlone,
        _ => Step::Closed,
    };
    let kept_back = kept_back.filter(|_| !matches!(step, Step::Closed));
    let concerned = preview::homes(sql, town, content)?;
    let homes = concerned - kept_back.as_ref().map_or(0, |kept| kept.homes);
    let grave = matches!(content.level, None | Some(Level::Five));
    Ok(DraftView {
        id: stored.draft_id.clone(),
        lead: lead(&step, homes),
        slab: Slab::of(content.act, Some(content.hazard), content.level),
        title: order_view::title(Some(content.hazard), content.level, content.act),
        act: wording::act(content.act),
        verb: verb(content.act),
        is_drill: content.mode != Mode::Actual,
        areas: order_view::areas(town, content.areas.iter().map(AreaId::as_str)),
        homes,
        shelters: order_view::shelters(town, content),
        reason: content.reason.clone().unwrap_or_default(),
        author: wording::name(&account::name_of(sql, &stored.author_id)?),
        created: wording::short_time(stored.created_at_ms, now_ms),
        emergency_allowed: grave
            && matches!(content.act, Act::Issue | Act::Update)
            && content.mode == Mode::Actual,
        outcome: outcome(sql, stored, now_ms)?,
        order: stored.order_id.clone(),
        edit: edit_address(stored),
        question: match step {
            Step::Closed => None,
            _ => Question::of_draft(sql, town, content, now_ms)?,
        },
        kept_back,
        left: match content.act {
            Act::Lift | Act::Cancel if !matches!(step, Step::Closed) => {
                Some(standing::shown_in(sql, town, content, now_ms)?)
            }
            _ => None,
        },
        step,
    })
}

fn lead(step: &Step, homes: u32) -> &'static str {
    match step {
        Step::IssueAlone if homes == 0 => "送っても、いまはどの家のテレビにも出ません。",
        Step::IssueAlone => "ボタンを押すと、すぐにテレビに届きます。",
        Step::WaitForOther => "まだテレビには届いていません。",
        Step::ConfirmOther => "二人目の確認です。ボタンを押すと、すぐにテレビに届きます。",
        Step::Closed => "この内容は、もう処理されています。",
    }
}

fn verb(act: Act) -> &'static str {
    match act {
        Act::Issue => "発令する",
        Act::Update => "更新する",
        Act::Lift => "解除する",
        Act::Cancel => "取り消す",
    }
}

fn outcome(sql: &mut dyn Sql, stored: &StoredDraft, now_ms: i64) -> Result<String, Fault> {
    let by = match &stored.decided_by {
        Some(id) => wording::name(&account::name_of(sql, id)?),
        None => String::new(),
    };
    let at = stored.decided_at_ms.map(|at| wording::short_time(at, now_ms)).unwrap_or_default();
    let reason = stored.decision_reason.as_deref().unwrap_or("");
    Ok(match stored.state {
        DraftState::Issued if stored.emergency => {
            format!("{by}が{at}に一人で緊急発令しました。理由：{reason}")
        }
        DraftState::Issued => format!("{by}が{at}に発令しました。"),
        DraftState::Rejected => format!("{by}が{at}に差し戻しました。理由：{reason}"),
        DraftState::Withdrawn => format!("{by}が{at}に取り下げました。"),
        DraftState::Issuing => "いま発令の処理をしています。".to_owned(),
        DraftState::Waiting => "作成から1時間を過ぎたため、発令できなくなりました。".to_owned(),
    })
}

/// The form, filled in as this draft.
fn edit_address(stored: &StoredDraft) -> String {
    let query = OrderForm::of(&stored.content).query();
    match (stored.content.act, stored.content.references.first()) {
        (Act::Issue, _) | (_, None) => format!("/orders/new?{query}"),
        (Act::Update, Some(order)) => format!("/orders/{order}/update?{query}"),
        (Act::Lift | Act::Cancel, Some(order)) => format!("/orders/{order}/end"),
    }
}
