//! One-time codes for homes that have no box yet: a list for whoever prints the letters.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use super::{Operator, table};
use crate::{
    fleet::codes::{self, CODES_MAX, Wanted},
    store::{Sql, StoreError},
    web::staff::{
        Console,
        context::{Duty as _, On, Posted},
        fault::{Fault, Refused},
        page::{FieldError, Frame, html},
    },
};

const DAYS: [u16; 4] = [14, 30, 90, 180];
/// As many letters as fit an afternoon.
const USUAL: usize = 100;
const NOBODY: &str = "登録番号が必要な世帯はありません。";

#[derive(Template)]
#[template(path = "staff/fleet_letters.html")]
struct LettersPage {
    frame: Frame,
    errors: Vec<FieldError>,
    left: u32,
    most: usize,
    usual: usize,
    days: [u16; 4],
}

pub(super) async fn show(
    State(console): State<Console>,
    On(operator): On<Operator>,
) -> Result<Response, Refused> {
    Ok(page(&console, &operator, Vec::new()).await?)
}

async fn page(
    console: &Console,
    operator: &Operator,
    errors: Vec<FieldError>,
) -> Result<Response, Fault> {
    let (person, now_ms) = (operator.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let frame = Frame::of(sql, &person, now_ms)?.titled("登録番号の発行", "letters");
        let left = codes::homes_left(sql, now_ms)?;
        let most = usize::try_from(left).unwrap_or(CODES_MAX).min(CODES_MAX);
        Ok::<_, Fault>(LettersPage {
            frame: Frame { narrow: true, ..frame },
            errors,
            left,
            most,
            usual: most.min(USUAL),
            days: DAYS,
        })
    };
    Ok(html(&console.app.store.read(work).await?)?.into_response())
}

pub(super) async fn draw(
    State(console): State<Console>,
    posted: Posted<Operator>,
) -> Result<Response, Refused> {
    let homes = posted.fields.one("homes").parse().ok();
    let days = posted.fields.one("days").parse().ok().filter(|days| DAYS.contains(days));
    let homes = homes.filter(|homes| (1..=CODES_MAX).contains(homes));
    let (Some(limit), Some(days)) = (homes, days) else {
        let text = format!("世帯の数は1から{CODES_MAX}までの数字で入力してください。");
        return refuse(&console, &posted.by, &text).await;
    };
    let (app, now_ms) = (&console.app, console.now_ms());
    let find = move |sql: &mut dyn Sql| {
        Ok::<_, StoreError>((
            codes::homes_without_box(sql, now_ms, limit)?,
            codes::homes_left(sql, now_ms)?,
        ))
    };
    let (homes, left) = app.store.read(find).await?;
    if homes.is_empty() {
        return refuse(&console, &posted.by, NOBODY).await;
    }
    // A shorter table than asked for would be found out at the post office.
    if homes.len() < limit {
        let text = format!(
            "登録番号を待っている世帯は{left}世帯です。{left}以下の数字を入力してください。"
        );
        return refuse(&console, &posted.by, &text).await;
    }
    match codes_for(&console, &posted.by, homes, days).await? {
        Some(table) => Ok(table),
        None => refuse(&console, &posted.by, NOBODY).await,
    }
}

/// A table with a code for each of these homes; none when somebody else was quicker. Support sees no resident: to
/// whom a letter goes is asked for on the command line.
pub(super) async fn codes_for(
    console: &Console,
    by: &Operator,
    homes: Vec<codes::Home>,
    days: u16,
) -> Result<Option<Response>, Fault> {
    let (app, now_ms) = (&console.app, console.now_ms());
    let permit = app.limits.hashing.clone().acquire_owned().await;
    let wanted = Wanted { homes, now_ms, days, viewer: by.viewer("") };
    let drawn = codes::draw(&app.store, &app.config, &*app.random, wanted, permit).await?;
    if drawn.is_empty() {
        return Ok(None);
    }
    let text = codes::list(&drawn, None, now_ms, days);
    Ok(Some(table(text, "attachment; filename=\"enrolment-codes.csv\"")))
}

async fn refuse(console: &Console, by: &Operator, text: &str) -> Result<Response, Refused> {
    let errors = vec![FieldError::new("homes", text)];
    let page = page(console, by, errors).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}
