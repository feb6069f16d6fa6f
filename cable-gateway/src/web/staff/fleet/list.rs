//! The list of boxes: filters, search, pages, and the same as a table to save.

use std::collections::HashSet;

use askama::Template;
use axum::{
    extract::State,
    http::Uri,
    response::{IntoResponse as _, Response},
};

use super::{Operator, table, words};
use crate::{
    audit,
    encoding::{query_value, when},
    fleet::{
        csv::Csv,
        listing::{self, BoxRow, Counts, Kind, Question, Told},
    },
    push::presence::QUIET_MS,
    store::{Sql, StoreError},
    update::shelf,
    web::staff::{
        Console,
        context::{Duty as _, Fields, On},
        fault::{Fault, Refused},
        page::{Frame, html, now_text},
        pages::{Pages, ROWS, last_page},
        wording,
    },
};

/// Longest search; ids are shorter.
const SEARCH_MAX: usize = 64;

#[derive(Template)]
#[template(path = "staff/fleet.html")]
struct FleetPage {
    frame: Frame,
    now: String,
    online: usize,
    counts: Counts,
    chips: Vec<Chip>,
    asked: Asked,
    areas: Vec<Choice>,
    versions: Vec<Choice>,
    rollout: Option<String>,
    rollout_stands: bool,
    rows: Vec<Line>,
    pages: Pages,
    export: String,
}

struct Chip {
    href: String,
    label: &'static str,
    count: u32,
    current: bool,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

struct Line {
    device_id: String,
    short_id: String,
    household_id: String,
    area: String,
    contact_class: &'static str,
    contact: String,
    version: String,
    reader: &'static str,
    reader_bad: bool,
    signal: &'static str,
    signal_bad: bool,
    order: String,
    heard: String,
    update: String,
    update_bad: bool,
    is_bad: bool,
}

/// What the page was asked for, as it stands in addresses.
#[derive(Clone)]
struct Asked {
    kind: Kind,
    search: String,
    area_id: String,
    version: String,
    page: usize,
}

impl Asked {
    fn of(uri: &Uri) -> Self {
        let query = Fields::of_query(uri);
        let text = |name| query.one(name).trim().chars().take(SEARCH_MAX).collect::<String>();
        Self {
            kind: Kind::from_code(query.one("show")),
            search: text("search"),
            area_id: text("area"),
            version: text("version"),
            page: query.one("page").parse().unwrap_or(1).max(1),
        }
    }

    fn question(&self, now_ms: i64) -> Question {
        Question {
            kind: self.kind,
            search: self.search.clone(),
            area_id: self.area_id.clone(),
            version: self.version.clone(),
            quiet_since_ms: now_ms - QUIET_MS,
        }
    }

    fn is_narrowed(&self) -> bool {
        !(self.search.is_empty() && self.area_id.is_empty() && self.version.is_empty())
    }

    fn address(&self, path: &str, kind: Kind, page: usize) -> String {
        let kind = if kind == Kind::All { "" } else { kind.code() };
        let page = if page > 1 { page.to_string() } else { String::new() };
        let pairs = [
            ("show", kind),
            ("search", &self.search),
            ("area", &self.area_id),
            ("version", &self.version),
            ("page", &page),
        ];
        let given = pairs.iter().filter(|(_, value)| !value.is_empty());
        let given = given.map(|(name, value)| format!("{name}={}", query_value(value)));
        let query = given.collect::<Vec<_>>().join("&");
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

pub(super) async fn show(
    State(console): State<Console>,
    On(operator): On<Operator>,
    uri: Uri,
) -> Result<Response, Refused> {
    let (asked, now_ms, now) = (Asked::of(&uri), console.now_ms(), now_text(&console));
    let connected: HashSet<String> = console.app.hub.connected().into_iter().collect();
    let person = operator.person().clone();
    let work = move |sql: &mut dyn Sql| {
        let frame = Frame::of(sql, &person, now_ms)?.titled("受信機", "fleet");
        Ok::<_, Fault>(page(sql, frame, asked, now, &connected, now_ms)?)
    };
    Ok(html(&console.app.store.read(work).await?)?.into_response())
}

fn page(
    sql: &mut dyn Sql,
    frame: Frame,
    mut asked: Asked,
    now: String,
    connected: &HashSet<String>,
    now_ms: i64,
) -> Result<FleetPage, StoreError> {
    let question = asked.question(now_ms);
    let counts = listing::counts(sql, question.quiet_since_ms)?;
    // A filter alone was counted already.
    let all = if asked.is_narrowed() {
        listing::found(sql, &question)?
    } else {
        counts.of(asked.kind) as usize
    };
    asked.page = asked.page.min(last_page(all));
    let rows = listing::page(sql, &question, ROWS, (asked.page - 1) * ROWS)?;
    let (rollout, rollout_stands) = rollout(sql)?;
    Ok(FleetPage {
        frame,
        now,
        online: connected.len(),
        counts,
        chips: chips(&asked, &counts),
        areas: areas(sql, &asked.area_id)?,
        versions: versions(sql, &asked.version)?,
        rollout,
        rollout_stands,
        rows: rows.iter().map(|row| line(row, connected, now_ms)).collect(),
        pages: Pages::of(all, asked.page, |page| asked.address("/fleet", asked.kind, page)),
        export: asked.address("/fleet.csv", asked.kind, 1),
        asked,
    })
}

fn chips(asked: &Asked, counts: &Counts) -> Vec<Chip> {
    let chip = |kind| Chip {
        href: asked.address("/fleet", kind, 1),
        label: words::kind(kind),
        count: counts.of(kind),
        current: asked.kind == kind,
    };
    Kind::ALL.into_iter().map(chip).collect()
}

fn areas(sql: &mut dyn Sql, chosen: &str) -> Result<Vec<Choice>, StoreError> {
    let rows = sql.all("SELECT area_id, name FROM area ORDER BY ordinal", &[])?;
    let choice = |row: &crate::store::Row| {
        let value: String = row.get("area_id")?;
        Ok(Choice { chosen: value == chosen, label: row.get("name")?, value })
    };
    rows.iter().map(choice).collect()
}

fn versions(sql: &mut dyn Sql, chosen: &str) -> Result<Vec<Choice>, StoreError> {
    let known = listing::versions(sql)?.into_iter();
    let choice = |(value, boxes): (String, u32)| Choice {
        chosen: value == chosen,
        label: format!("{value}（{boxes}台）"),
        value,
    };
    Ok(known.map(choice).collect())
}

/// The newest version in one sentence, and whether it stands still.
fn rollout(sql: &mut dyn Sql) -> Result<(Option<String>, bool), StoreError> {
    let newest = shelf::all(sql)?.into_iter().next();
    let Some(bundle) = newest else { return Ok((None, false)) };
    let tally = bundle.tally;
    let standing = words::standing(&bundle);
    let text = format!(
        "新しい版 {}：{standing}。完了 {}台、途中 {}台、失敗 {}台。",
        bundle.version, tally.good, tally.going, tally.failed
    );
    Ok((Some(text), bundle.pause.is_some()))
}

fn line(row: &BoxRow, connected: &HashSet<String>, now_ms: i64) -> Line {
    let (contact_class, contact) = words::contact(row, connected.contains(&row.device_id), now_ms);
    let told = row.told.as_ref();
    let update_bad = told.is_some_and(words::is_update_bad);
    let reader_bad = told.is_some_and(|told| matches!(&*told.reader, "missing" | "service-down"));
    let signal_bad = told.is_some_and(|told| matches!(&*told.signal, "missing" | "disturbed"));
    let (order, heard) = last_order(told, now_ms);
    Line {
        device_id: row.device_id.clone(),
        short_id: words::short_id(&row.device_id).to_owned(),
        household_id: row.household_id.clone(),
        area: row.area.clone(),
        contact_class,
        contact,
        version: told.map_or("―".to_owned(), |told| told.version.clone()),
        reader: told.map_or("―", |told| words::reader(&told.reader)),
        reader_bad,
        signal: told.map_or("―", |told| words::signal(&told.signal)),
        signal_bad,
        order,
        heard,
        update: told.map_or("―".to_owned(), words::update),
        update_bad,
        is_bad: update_bad || contact_class == "signal-silent",
    }
}

fn last_order(told: Option<&Told>, now_ms: i64) -> (String, String) {
    match told.map(|told| told.last_order) {
        None => ("―".to_owned(), String::new()),
        Some(None) => ("まだなし".to_owned(), String::new()),
        Some(Some((sequence, at_ms))) => {
            (wording::short_time(at_ms, now_ms), format!("番号 {sequence}"))
        }
    }
}

/// Every box that fits, for a spreadsheet; written down, because a whole fleet leaves the console.
pub(super) async fn export(
    State(console): State<Console>,
    On(operator): On<Operator>,
    uri: Uri,
) -> Result<Response, Refused> {
    let (asked, now_ms) = (Asked::of(&uri), console.now_ms());
    let connected: HashSet<String> = console.app.hub.connected().into_iter().collect();
    let question = asked.question(now_ms);
    let read = move |sql: &mut dyn Sql| {
        let mut table = head();
        listing::each(sql, &question, |row| export_line(&mut table, row, &connected))?;
        Ok::<_, StoreError>(table.text())
    };
    let text = console.app.store.read(read).await?;
    let viewer = operator.viewer(asked.kind.code());
    let note = move |sql: &mut dyn Sql| audit::act(sql, &viewer, now_ms, "fleet-exported", &[]);
    console.app.store.write::<_, StoreError, _>(note).await?;
    Ok(table(text, "attachment; filename=\"fleet.csv\""))
}

fn head() -> Csv {
    Csv::new(&[
        "device_id",
        "household_id",
        "area",
        "state",
        "connected",
        "enrolled_at",
        "last_seen_at",
        "reported_at",
        "version",
        "slot",
        "reader",
        "signal",
        "order_sequence",
        "order_heard_at",
        "update_state",
        "update_reason",
        "update_version",
        "uptime_seconds",
        "memory_total_kib",
        "memory_free_kib",
    ])
}

fn export_line(table: &mut Csv, row: &BoxRow, connected: &HashSet<String>) {
    let number = |number: Option<i64>| number.map(|one| one.to_string()).unwrap_or_default();
    let moment = |at_ms: Option<i64>| at_ms.map(when).unwrap_or_default();
    let is_connected = connected.contains(&row.device_id).to_string();
    let (enrolled, seen) = (when(row.enrolled_at_ms), moment(row.last_seen_ms));
    let told = row.told.as_ref();
    let text = |read: fn(&Told) -> Option<&str>| told.and_then(read).unwrap_or_default();
    let order = told.and_then(|told| told.last_order);
    let memory = told.and_then(|told| told.memory_kib);
    table.line(&[
        &row.device_id,
        &row.household_id,
        &row.area,
        &row.state,
        &is_connected,
        &enrolled,
        &seen,
        &moment(told.map(|told| told.received_at_ms)),
        text(|told| Some(&told.version)),
        text(|told| told.slot.as_deref()),
        text(|told| Some(&told.reader)),
        text(|told| Some(&told.signal)),
        &number(order.map(|(sequence, _)| sequence)),
        &moment(order.map(|(_, at_ms)| at_ms)),
        text(|told| Some(&told.update_state)),
        text(|told| told.update_reason.as_deref()),
        text(|told| told.update_version.as_deref()),
        &number(told.map(|told| told.uptime_seconds)),
        &number(memory.map(|(total, _)| total)),
        &number(memory.map(|(_, free)| free)),
    ]);
}
