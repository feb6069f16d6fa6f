//! One box: what it told, and its end in two steps.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{Operator, diagnosis::DiagnosisView, letters::codes_for, words};
use crate::{
    audit, device,
    fleet::{
        codes, diagnosis,
        listing::{self, BoxRow, Told},
    },
    key_lock,
    store::{Sql, StoreError},
    web::staff::{
        Console,
        context::{Duty as _, On, Posted},
        fault::{Fault, Refused},
        page::{FieldError, Frame, html},
        remote_keys::{KeyForm, chosen},
        wording,
    },
};

/// How long the code for one home can be used.
const CODE_DAYS: u16 = 90;
/// Why a box is stopped: word in the form and the audit log, and what it means.
const REASONS: [(&str, &str, &str); 4] = [
    ("lost", "紛失・盗難", "だれの手にあるか分からない"),
    ("replaced", "故障・交換", "別の受信機に取り替える"),
    ("cancelled", "解約・転居", "この家では使わなくなった"),
    ("other", "そのほか", "記録に残すだけの理由がある"),
];

#[derive(Template)]
#[template(path = "staff/fleet_box.html")]
struct BoxPage {
    frame: Frame,
    short_id: String,
    device_id: String,
    active: bool,
    /// Its home waits for a code.
    may_draw: bool,
    contact_class: &'static str,
    contact: String,
    facts: Vec<(&'static str, String)>,
    errors: Vec<FieldError>,
    diagnosis: Option<DiagnosisView>,
    reason: String,
    keys: KeyForm,
}

#[derive(Template)]
#[template(path = "staff/fleet_revoke.html")]
struct RevokePage {
    frame: Frame,
    errors: Vec<FieldError>,
    short_id: String,
    device_id: String,
    household_id: String,
    area: String,
    reasons: [(&'static str, &'static str, &'static str); 4],
}

impl BoxPage {
    /// Nothing is open for the home.
    fn may_ask(&self) -> bool {
        self.diagnosis.as_ref().is_none_or(|last| !last.is_open)
    }

    /// A new question takes the place of an answer.
    fn has_answer(&self) -> bool {
        self.diagnosis.as_ref().is_some_and(|last| last.is_here)
    }
}

pub(super) async fn show(
    State(console): State<Console>,
    On(operator): On<Operator>,
    Path(device_id): Path<String>,
) -> Result<Response, Refused> {
    Ok(page(&console, &operator, device_id, Vec::new(), String::new()).await?)
}

/// The page of a box; `errors` and `reason` where a question to its home was not accepted.
pub(super) async fn page(
    console: &Console,
    operator: &Operator,
    device_id: String,
    errors: Vec<FieldError>,
    reason: String,
) -> Result<Response, Fault> {
    let connected = console.app.hub.connected().contains(&device_id);
    let (person, now_ms) = (operator.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let row = listing::one(sql, &device_id)?.ok_or(Fault::NotFound)?;
        let (contact_class, contact) = words::contact(&row, connected, now_ms);
        let last = diagnosis::of_box(sql, &row.device_id, now_ms)?;
        let lock = key_lock::of_home(sql, &row.household_id)?.unwrap_or_default();
        let frame = Frame::of(sql, &person, now_ms)?.titled("受信機", "fleet");
        Ok::<_, Fault>(BoxPage {
            frame: Frame { narrow: true, ..frame },
            short_id: words::short_id(&row.device_id).to_owned(),
            active: row.state == "active",
            may_draw: codes::home_without_box(sql, &row.household_id, now_ms)?.is_some(),
            contact_class,
            contact,
            facts: facts(&row, now_ms),
            errors,
            diagnosis: last.map(|last| DiagnosisView::of(&last, now_ms)),
            reason,
            keys: KeyForm::new(format!("/fleet/boxes/{}/keys", row.device_id), lock),
            device_id: row.device_id,
        })
    };
    Ok(html(&console.app.store.read(work).await?)?.into_response())
}

fn facts(row: &BoxRow, now_ms: i64) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("世帯の番号", row.household_id.clone()),
        ("地区", row.area.clone()),
        ("登録した日時", wording::day_and_clock(row.enrolled_at_ms)),
    ];
    match &row.told {
        None => facts.push(("状態", "まだ一度も報告がありません".to_owned())),
        Some(told) => facts.extend(told_facts(told, now_ms)),
    }
    facts
}

fn told_facts(told: &Told, now_ms: i64) -> Vec<(&'static str, String)> {
    let slot = told.slot.as_ref().map(|slot| format!("（区画 {slot}）")).unwrap_or_default();
    let order = told.last_order.map_or("まだなし".to_owned(), |(sequence, at_ms)| {
        format!("{}（番号 {sequence}）", wording::short_time(at_ms, now_ms))
    });
    let memory = told.memory_kib.map_or("―".to_owned(), |(total, free)| {
        format!("{} MiB（全体 {} MiB）", mebibytes(free), mebibytes(total))
    });
    vec![
        ("報告した時刻", wording::short_time(told.received_at_ms, now_ms)),
        ("版", format!("{}{slot}", told.version)),
        ("更新", words::update(told)),
        ("カードリーダー", words::reader(&told.reader).to_owned()),
        ("放送の受信", words::signal(&told.signal).to_owned()),
        ("最後に届いた避難情報", order),
        ("動き始めてから", words::uptime(told.uptime_seconds)),
        ("空きメモリー", memory),
    ]
}

/// Memory is made and counted in powers of two.
const fn mebibytes(kib: i64) -> i64 {
    kib.saturating_add(512) / 1_024
}

/// A code for the home of a box that was stopped.
pub(super) async fn draw_code(
    State(console): State<Console>,
    Path(device_id): Path<String>,
    posted: Posted<Operator>,
) -> Result<Response, Refused> {
    let (now_ms, id) = (console.now_ms(), device_id.clone());
    let find = move |sql: &mut dyn Sql| {
        let row = listing::one(sql, &id)?.ok_or(Fault::NotFound)?;
        Ok::<_, Fault>(codes::home_without_box(sql, &row.household_id, now_ms)?)
    };
    let homes = console.app.store.read(find).await?.into_iter().collect::<Vec<_>>();
    let table = if homes.is_empty() {
        None
    } else {
        codes_for(&console, &posted.by, homes, CODE_DAYS).await?
    };
    // The page says why there is none.
    Ok(table.unwrap_or_else(|| Redirect::to(&format!("/fleet/boxes/{device_id}")).into_response()))
}

/// Which keys of the remote the home of this box uses.
pub(super) async fn choose_keys(
    State(console): State<Console>,
    Path(device_id): Path<String>,
    posted: Posted<Operator>,
) -> Result<Response, Refused> {
    let lock = chosen(&posted.fields)?;
    let (viewer, now_ms, id) = (posted.by.viewer(""), console.now_ms(), device_id.clone());
    let work = move |sql: &mut dyn Sql| {
        let row = listing::one(sql, &id)?.ok_or(Fault::NotFound)?;
        Ok::<_, Fault>(key_lock::choose(sql, &viewer, &row.household_id, lock, &[], now_ms)?)
    };
    console.app.store.write(work).await?;
    console.app.hub.homes_changed();
    Ok(Redirect::to(&format!("/fleet/boxes/{device_id}#keys")).into_response())
}

/// The first step: what will happen, and why.
pub(super) async fn ask(
    State(console): State<Console>,
    On(operator): On<Operator>,
    Path(device_id): Path<String>,
) -> Result<Response, Refused> {
    Ok(revoke_page(&console, &operator, device_id, Vec::new()).await?)
}

async fn revoke_page(
    console: &Console,
    operator: &Operator,
    device_id: String,
    errors: Vec<FieldError>,
) -> Result<Response, Fault> {
    let (person, now_ms) = (operator.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let row = listing::one(sql, &device_id)?.filter(|row| row.state == "active");
        let row = row.ok_or(Fault::NotFound)?;
        let frame = Frame::of(sql, &person, now_ms)?.titled("受信機の利用停止", "fleet");
        Ok::<_, Fault>(RevokePage {
            frame: Frame { narrow: true, ..frame },
            errors,
            short_id: words::short_id(&row.device_id).to_owned(),
            device_id: row.device_id,
            household_id: row.household_id,
            area: row.area,
            reasons: REASONS,
        })
    };
    Ok(html(&console.app.store.read(work).await?)?.into_response())
}

/// The second step.
pub(super) async fn revoke(
    State(console): State<Console>,
    Path(device_id): Path<String>,
    posted: Posted<Operator>,
) -> Result<Response, Refused> {
    let reason = posted.fields.one("reason");
    if !REASONS.iter().any(|(value, ..)| *value == reason) {
        let errors = vec![FieldError::new("reason", "停止する理由を選んでください。")];
        let page = revoke_page(&console, &posted.by, device_id, errors).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let viewer = posted.by.viewer(&format!("{device_id} {reason}"));
    let (id, now_ms) = (device_id.clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let was_active = device::revoke(sql, &id, now_ms)?;
        if was_active {
            audit::act(sql, &viewer, now_ms, "box-revoked", &[])?;
        }
        Ok::<_, StoreError>(was_active)
    };
    if !console.app.store.write(work).await? {
        return Err(Fault::NotFound.into());
    }
    console.app.hub.disconnect(&device_id);
    Ok(Redirect::to(&format!("/fleet/boxes/{device_id}")).into_response())
}
