//! The live board of an order: figures, a bar, and the homes, most urgent first.
//!
//! The page asks for itself again every few seconds. When nothing changed, only the time is
//! sent, so that focus, selection and scroll position stay. Every opening of the board is written
//! down as a look at the persons it shows; a board that stays open is written down once an hour.

mod tally;

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{HeaderName, Uri},
    response::{Html, IntoResponse, Redirect, Response},
};

pub(super) use tally::Tally;

use super::{
    Console,
    context::{Duty as _, Fields, Officer, On, Posted, Watching},
    fault::{Fault, Refused},
    order_view::{self, OrderView},
    overview,
    page::{Frame, Notice, html},
    wording,
};
use crate::{
    audit::Viewer,
    staff::draft,
    store::{
        Sql,
        board::{self, Counts, Home, HomeResident, Reach},
        help::{self, Word},
        order, town,
    },
};

/// Homes listed at most; the figures count all.
const LISTED: usize = 300;

#[derive(Template)]
#[template(path = "staff/board.html")]
struct BoardPage {
    frame: Frame,
    notice: Option<Notice>,
    order: BoardOrder,
    board: Board,
}

#[derive(Template)]
#[template(path = "staff/board_update.html")]
struct BoardUpdate {
    board: Board,
}

struct BoardOrder {
    id: String,
    slab: order_view::Slab,
    title: String,
    act: &'static str,
    is_drill: bool,
    is_in_force: bool,
    is_lost: bool,
    emergency: bool,
    emergency_reason: String,
    areas: String,
    issued: String,
    people: String,
    reason: String,
}

/// Everything that changes.
struct Board {
    order: String,
    as_of: String,
    fingerprint: String,
    changed: bool,
    out_of_band: bool,
    paused: bool,
    form_token: String,
    tally: Tally,
    hidden: usize,
    homes: Vec<HomeView>,
}

struct HomeView {
    id: String,
    /// What staff may say about the home's call for help.
    help: Option<HelpWord>,
    row_class: &'static str,
    state_class: &'static str,
    icon: &'static str,
    state: &'static str,
    before_change: bool,
    people: Vec<ResidentView>,
    area: String,
    time: String,
}

/// A button about a call for help.
struct HelpWord {
    value: &'static str,
    ask: &'static str,
    label: &'static str,
}

/// A person of a home, with what they need when leaving.
pub(super) struct ResidentView {
    pub(super) name: String,
    pub(super) kana: String,
    pub(super) needs: Vec<&'static str>,
}

pub(super) async fn show(
    State(console): State<Console>,
    On(officer): On<Officer>,
    Path(order_id): Path<String>,
    uri: Uri,
) -> Result<Response, Refused> {
    let query = Fields::of_query(&uri);
    let notice = (query.one("done") == "issued")
        .then(|| Notice::calm("送りました。届いた家は、下の表で確かめられます。"));
    let paused = query.one("paused") == "1";
    let board = Board { paused, ..open(&console, &officer, order_id.clone()).await? };
    let (person, now_ms) = (officer.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        Ok::<_, Fault>(BoardPage {
            frame: Frame::of(sql, &person, now_ms)?.titled("応答の状況", "orders"),
            notice,
            order: head(sql, &order_id, now_ms)?,
            board,
        })
    };
    let page = console.app.store.read(work).await?;
    Ok(html(&page)?.into_response())
}

/// The part that refreshes itself.
pub(super) async fn refresh(
    State(console): State<Console>,
    Watching(officer): Watching<Officer>,
    Path(order_id): Path<String>,
    uri: Uri,
) -> Result<Response, Refused> {
    let seen = Fields::of_query(&uri).one("seen").to_owned();
    let board = poll(&console, &officer, order_id).await?;
    let changed = board.fingerprint != seen;
    let update = BoardUpdate { board: Board { changed, out_of_band: !changed, ..board } };
    let body = Html(update.render().map_err(Fault::from)?);
    if changed {
        return Ok(body.into_response());
    }
    // Only the time, beside the board: the board itself stays untouched.
    let untouched = [(HeaderName::from_static("hx-reswap"), "none")];
    Ok((untouched, body).into_response())
}

/// The board as somebody opens it.
async fn open(console: &Console, officer: &Officer, order_id: String) -> Result<Board, Fault> {
    let (viewer, now_ms) = (viewer(officer, &order_id), console.now_ms());
    let id = order_id.clone();
    let look = move |sql: &mut dyn Sql| {
        order::find(sql, &id)?.ok_or(Fault::NotFound)?;
        Ok::<_, Fault>(board::homes(sql, &viewer, now_ms, &id, LISTED)?)
    };
    let (counts, homes) = console.app.store.write(look).await?;
    Ok(board(officer, order_id, &counts, &homes, now_ms))
}

fn viewer(officer: &Officer, order_id: &str) -> Viewer {
    officer.viewer(&format!("evacuation-order {order_id}"))
}

/// The board as it refreshes itself.
async fn poll(console: &Console, officer: &Officer, order_id: String) -> Result<Board, Fault> {
    let viewer = viewer(officer, &order_id);
    let now_ms = console.now_ms();
    let (id, watcher) = (order_id.clone(), viewer.clone());
    let seen_before = move |sql: &mut dyn Sql| {
        order::find(sql, &id)?.ok_or(Fault::NotFound)?;
        Ok::<_, Fault>(board::homes_seen_before(sql, &watcher, now_ms, &id, LISTED)?)
    };
    if let Some((counts, homes)) = console.app.store.read(seen_before).await? {
        return Ok(board(officer, order_id, &counts, &homes, now_ms));
    }
    let id = order_id.clone();
    let first_look = move |sql: &mut dyn Sql| {
        Ok::<_, Fault>(board::homes_polled(sql, &viewer, now_ms, &id, LISTED)?)
    };
    let (counts, homes) = console.app.store.write(first_look).await?;
    Ok(board(officer, order_id, &counts, &homes, now_ms))
}

/// Staff has dealt with a home's call for help, or says that it has not after all.
pub(super) async fn settle_help(
    State(console): State<Console>,
    Path((order_id, household_id)): Path<(String, String)>,
    posted: Posted<Officer>,
) -> Result<Response, Refused> {
    let word = match posted.fields.one("help") {
        DEALT_WITH => Word::DealtWith,
        REOPENED => Word::Reopened,
        _ => return Err(Fault::NotFound.into()),
    };
    let viewer = posted.by.viewer(&format!("evacuation-order {order_id}"));
    let (now_ms, id) = (console.now_ms(), order_id.clone());
    let settle = move |sql: &mut dyn Sql| {
        help::settle(sql, &viewer, now_ms, &id, &household_id, word).map_err(Fault::from)
    };
    // Nothing to settle: somebody else did, or the home took it back; the board tells.
    if console.app.store.write(settle).await? {
        console.app.hub.homes_changed();
    }
    // Back to where the button was: the list of all calls, or the board.
    let back = match posted.fields.one("from") {
        "orders" => "/orders".to_owned(),
        _ => format!("/orders/{order_id}"),
    };
    Ok(Redirect::to(&back).into_response())
}

const DEALT_WITH: &str = "dealt-with";
const REOPENED: &str = "reopened";

fn help_word(answer: Option<&str>) -> Option<HelpWord> {
    match answer {
        Some("need-help") => Some(HelpWord {
            value: DEALT_WITH,
            ask: "対応済みにする",
            label: "この世帯を対応済みにする",
        }),
        Some("helped") => {
            Some(HelpWord {
                value: REOPENED, ask: "取り消す", label: "助けが必要に戻す"
            })
        }
        _ => None,
    }
}

fn board(officer: &Officer, order: String, counts: &Counts, homes: &[Home], now_ms: i64) -> Board {
    Board {
        order,
        as_of: wording::clock_with_seconds(now_ms),
        fingerprint: fingerprint(counts, homes),
        changed: true,
        out_of_band: false,
        paused: false,
        form_token: officer.person().form_token.clone(),
        tally: Tally::of(counts),
        hidden: (counts.homes as usize).saturating_sub(homes.len()),
        homes: homes.iter().map(|home| home_view(home, now_ms)).collect(),
    }
}

/// Changes exactly when something on the board does.
fn fingerprint(counts: &Counts, homes: &[Home]) -> String {
    let digest = crate::encoding::sha256(format!("{counts:?}{homes:?}").as_bytes());
    crate::encoding::hex(&digest[..8])
}

fn home_view(home: &Home, now_ms: i64) -> HomeView {
    let needs_support = home.residents.iter().any(|resident| !resident.needs.is_empty());
    let (row_class, state_class, icon, state) = match home.answer.as_deref() {
        Some("need-help") => ("row-help", "state-help", "help", "助けが必要"),
        Some("helped") => ("", "state-helped", "calm", "助けに対応済み"),
        Some("leaving") => ("", "state-leaving", "leaving", "避難します"),
        Some(_) => ("", "state-staying", "staying", "家にいます"),
        None => {
            let row_class = if needs_support { "row-urgent" } else { "" };
            match home.reach {
                Reach::Reached => (row_class, "state-silent", "silent", "未回答"),
                Reach::KeptBack => ("", "state-unreached", "unreached", "訓練を出していません"),
                Reach::Not => (row_class, "state-unreached", "unreached", "届いていない"),
            }
        }
    };
    let at_ms = home.answered_at_ms.or(home.shown_at_ms).or(home.received_at_ms);
    let is_helped = home.answer.as_deref() == Some("helped");
    let word = match (home.answered_at_ms, home.shown_at_ms, home.received_at_ms) {
        (Some(_), ..) if is_helped => "対応",
        (Some(_), ..) => "回答",
        (None, Some(_), _) => "表示",
        (None, None, Some(_)) => "受信",
        (None, None, None) => "",
    };
    HomeView {
        id: home.household_id.clone(),
        help: help_word(home.answer.as_deref()),
        row_class,
        state_class,
        icon,
        state,
        before_change: home.before_change,
        people: home.residents.iter().map(resident_view).collect(),
        area: home.area_name.clone(),
        time: at_ms
            .map_or("―".to_owned(), |at| format!("{} {word}", wording::short_time(at, now_ms))),
    }
}

pub(super) fn resident_view(resident: &HomeResident) -> ResidentView {
    ResidentView {
        name: wording::name(&resident.name),
        kana: resident.kana.clone(),
        needs: resident.needs.iter().map(|need| wording::need(*need)).collect(),
    }
}

fn head(sql: &mut dyn Sql, order_id: &str, now_ms: i64) -> Result<BoardOrder, Fault> {
    let town = town::load(sql)?.ok_or(Fault::NoTown)?;
    let record = order::find(sql, order_id)?.ok_or(Fault::NotFound)?;
    let view = OrderView::of(&record, &town, now_ms);
    let draft = draft::of_order(sql, order_id)?.filter(|draft| draft.emergency);
    Ok(BoardOrder {
        id: view.id,
        slab: view.slab,
        title: view.title,
        act: if view.is_in_force { view.act } else { ended(&record, view.act) },
        is_drill: view.is_drill,
        is_in_force: view.is_in_force,
        is_lost: view.is_lost,
        emergency: view.emergency,
        emergency_reason: draft.and_then(|draft| draft.decision_reason).unwrap_or_default(),
        areas: view.areas,
        issued: view.issued,
        people: overview::people(sql, &record)?,
        reason: view.reason,
    })
}

/// What became of an order that is not in force.
fn ended(record: &order::OrderRecord, act: &'static str) -> &'static str {
    match (record.orders_something(), &record.superseded_by) {
        (false, _) => act,
        (true, Some(_)) => "終わった情報",
        (true, None) => "期限切れ",
    }
}
