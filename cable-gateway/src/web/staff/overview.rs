//! The officer's first page: what waits, what is in force, what was.

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
};
use evacuation::{area::AreaId, order::Mode};

use super::{
    Console,
    board::{ResidentView, Tally, resident_view},
    context::{Duty as _, Fields, Officer, On},
    fault::{Fault, Refused},
    order_view::{self, OrderView, Slab},
    page::{Frame, Notice, html, now_text},
    wording,
};
use crate::{
    staff::{
        StaffMember, account,
        draft::{self, StoredDraft},
    },
    store::{
        Sql, StoreError, board,
        help::{self, StandingCall},
        order::{self, OrderRecord},
        town::{self, Town},
    },
};

/// Homes that wait for help, listed at most.
const CALLS: usize = 100;
/// Orders shown in the record of the past.
const PAST: u32 = 20;

#[derive(Template)]
#[template(path = "staff/overview.html")]
struct OverviewPage {
    frame: Frame,
    now: String,
    notice: Option<Notice>,
    waiting: Vec<WaitingDraft>,
    calls: Vec<CallView>,
    /// Homes that still wait for help and are not listed.
    calls_hidden: usize,
    form_token: String,
    in_force: Vec<OrderInForce>,
    past: Vec<PastLine>,
}

struct WaitingDraft {
    id: String,
    slab: Slab,
    title: String,
    act: &'static str,
    areas: String,
    author: String,
    created: String,
    is_drill: bool,
    /// Whom it waits for.
    state: &'static str,
    link: &'static str,
    /// Whether this person can go on.
    primary: bool,
}

struct OrderInForce {
    id: String,
    slab: Slab,
    title: String,
    is_drill: bool,
    emergency: bool,
    areas: String,
    issued: String,
    elapsed: String,
    /// A later order took over some of its areas.
    partly_replaced: bool,
    /// No box shows it any more.
    is_lost: bool,
    tally: Option<Tally>,
}

/// A home that waits for help.
struct CallView {
    order: String,
    home: String,
    title: String,
    is_drill: bool,
    people: Vec<ResidentView>,
    area: String,
    since: String,
    elapsed: String,
}

struct PastLine {
    id: String,
    at: String,
    is_drill: bool,
    emergency: bool,
    act: &'static str,
    title: String,
    areas: String,
    people: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    On(officer): On<Officer>,
    uri: Uri,
) -> Result<Response, Refused> {
    let (person, now_ms) = (officer.person().clone(), console.now_ms());
    let notice = notice(Fields::of_query(&uri).one("done"));
    let now = now_text(&console);
    let viewer = officer.viewer("help-calls");
    let first = move |sql: &mut dyn Sql| {
        draft::settle_cut_off(sql, now_ms)?;
        help::standing(sql, &viewer, now_ms, CALLS)
    };
    let (waiting_for_help, calls) = console.app.store.write(first).await?;
    let work = move |sql: &mut dyn Sql| {
        let town = town::load(sql)?.ok_or(Fault::NoTown)?;
        Ok::<_, Fault>(OverviewPage {
            frame: Frame::of(sql, &person, now_ms)?.titled("避難情報", "orders"),
            now,
            notice,
            waiting: waiting(sql, &town, &person.member, now_ms)?,
            calls_hidden: waiting_for_help - calls.len(),
            calls: call_views(sql, &calls, now_ms)?,
            form_token: person.form_token.clone(),
            in_force: in_force(sql, &town, now_ms)?,
            past: past(sql, &town, now_ms)?,
        })
    };
    let page = console.app.store.read(work).await?;
    Ok(html(&page)?.into_response())
}

fn notice(done: &str) -> Option<Notice> {
    match done {
        "rejected" => Some(Notice::calm("差し戻しました。テレビには届いていません。")),
        "withdrawn" => Some(Notice::calm("取り下げました。テレビには届いていません。")),
        _ => None,
    }
}

fn waiting(
    sql: &mut dyn Sql,
    town: &Town,
    member: &StaffMember,
    now_ms: i64,
) -> Result<Vec<WaitingDraft>, Fault> {
    // What one officer alone was about to send is nobody else's business.
    let mut drafts = draft::waiting_for(sql, &member.staff_id, now_ms)?;
    drafts.extend(
        draft::waiting(sql, now_ms)?.into_iter().filter(|draft| draft.author_id == member.staff_id),
    );
    drafts.into_iter().map(|stored| waiting_draft(sql, town, member, &stored, now_ms)).collect()
}

fn waiting_draft(
    sql: &mut dyn Sql,
    town: &Town,
    member: &StaffMember,
    stored: &StoredDraft,
    now_ms: i64,
) -> Result<WaitingDraft, Fault> {
    let content = &stored.content;
    let when = wording::short_time(stored.created_at_ms, now_ms);
    let mine = stored.author_id == member.staff_id;
    let second = draft::needs_second_person(sql, content)?;
    Ok(WaitingDraft {
        state: if second { "二人目の確認待ち" } else { "発令前" },
        link: match (mine, second) {
            (true, true) => "待機中の内容を見る",
            (true, false) => "内容を確かめて発令へ",
            (false, _) => "内容を確かめる",
        },
        primary: !(mine && second),
        id: stored.draft_id.clone(),
        slab: Slab::of(content.act, Some(content.hazard), content.level),
        title: order_view::title(Some(content.hazard), content.level, content.act),
        act: wording::act(content.act),
        areas: order_view::areas(town, content.areas.iter().map(AreaId::as_str)),
        author: wording::name(&account::name_of(sql, &stored.author_id)?),
        created: format!("{when}（{}）", wording::elapsed(stored.created_at_ms, now_ms)),
        is_drill: content.mode != Mode::Actual,
    })
}

fn call_views(
    sql: &mut dyn Sql,
    calls: &[StandingCall],
    now_ms: i64,
) -> Result<Vec<CallView>, StoreError> {
    calls.iter().map(|call| call_view(sql, call, now_ms)).collect()
}

fn call_view(sql: &mut dyn Sql, call: &StandingCall, now_ms: i64) -> Result<CallView, StoreError> {
    // A restored backup may lack the order; the call counts all the same.
    let order = order::find(sql, &call.order_id)?;
    Ok(CallView {
        title: order.as_ref().map_or_else(|| "避難情報".to_owned(), order_view::title_of),
        is_drill: order.is_some_and(|order| order.mode != "actual"),
        order: call.order_id.clone(),
        home: call.household_id.clone(),
        people: call.residents.iter().map(resident_view).collect(),
        area: call.area_name.clone(),
        since: wording::short_time(call.called_at_ms, now_ms),
        elapsed: wording::elapsed(call.called_at_ms, now_ms),
    })
}

fn in_force(sql: &mut dyn Sql, town: &Town, now_ms: i64) -> Result<Vec<OrderInForce>, StoreError> {
    let mut orders = order::in_force(sql, now_ms)?;
    let taken: BTreeSet<String> =
        orders.iter().flat_map(|order| order.reference_ids.iter().cloned()).collect();
    orders.retain(OrderRecord::orders_something);
    orders.sort_by_key(|order| std::cmp::Reverse(order_view::gravity(order)));
    orders.iter().map(|order| one_in_force(sql, town, order, &taken, now_ms)).collect()
}

fn one_in_force(
    sql: &mut dyn Sql,
    town: &Town,
    order: &OrderRecord,
    taken: &BTreeSet<String>,
    now_ms: i64,
) -> Result<OrderInForce, StoreError> {
    let view = OrderView::of(order, town, now_ms);
    let counts = board::counts(sql, &order.order_id, now_ms)?;
    Ok(OrderInForce {
        id: view.id,
        slab: view.slab,
        title: view.title,
        is_drill: view.is_drill,
        emergency: view.emergency,
        areas: view.areas,
        issued: view.issued,
        elapsed: view.elapsed,
        is_lost: view.is_lost,
        partly_replaced: taken.contains(&order.order_id),
        tally: (counts.homes > 0).then(|| Tally::of(&counts)),
    })
}

fn past(sql: &mut dyn Sql, town: &Town, now_ms: i64) -> Result<Vec<PastLine>, StoreError> {
    let orders = order::newest(sql, PAST)?;
    let over = orders.iter().filter(|order| !order.in_force(now_ms) || !order.orders_something());
    over.map(|order| past_line(sql, town, order, now_ms)).collect()
}

fn past_line(
    sql: &mut dyn Sql,
    town: &Town,
    order: &OrderRecord,
    now_ms: i64,
) -> Result<PastLine, StoreError> {
    let view = OrderView::of(order, town, now_ms);
    Ok(PastLine {
        id: view.id,
        at: wording::short_time(order.issued_at_ms, now_ms),
        is_drill: view.is_drill,
        emergency: view.emergency,
        act: view.act,
        title: view.title,
        areas: view.areas,
        people: people(sql, order)?,
    })
}

/// Author and second person of an order.
pub(super) fn people(sql: &mut dyn Sql, order: &OrderRecord) -> Result<String, StoreError> {
    let author = wording::name(&account::name_of(sql, &order.author)?);
    match &order.confirmer {
        Some(confirmer) => {
            let confirmer = wording::name(&account::name_of(sql, confirmer)?);
            Ok(format!("作成 {author}、確認 {confirmer}"))
        }
        None => Ok(format!("作成 {author}")),
    }
}
