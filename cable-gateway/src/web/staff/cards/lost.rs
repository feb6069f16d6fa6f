//! A lost card stops at once: the person is looked for, shown, and stopped with one more press. With the
//! code of the town's letter, read out on the phone, it is one step.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{Clerk, PersonView};
use crate::{
    audit::{self, Viewer},
    card::{
        holder::{self, FOUND_MAX, Holder, WORDS_MIN},
        stop,
    },
    enrolment::CodeHash,
    staff::delay::CodeTries,
    store::{Sql, StoreError},
    web::staff::{
        Console,
        context::{Duty as _, On, Posted},
        fault::{Fault, Refused},
        page::{FieldError, Frame, Notice, html},
        wording,
    },
};

const PURPOSE: &str = "card-lost";
/// Longest words that are looked for.
const WORDS_MAX: usize = 40;

#[derive(Template)]
#[template(path = "staff/cards_lost.html")]
struct SearchPage {
    frame: Frame,
    errors: Vec<FieldError>,
    notice: Option<Notice>,
    words: String,
    /// Nothing before the first search.
    rows: Option<Vec<Row>>,
    has_more: bool,
    most: usize,
}

struct Row {
    person: PersonView,
    cards: String,
    /// Something counts, or nobody stopped anything yet: also a card that was never seen here stops.
    is_open: bool,
}

#[derive(Template)]
#[template(path = "staff/cards_stop.html")]
struct StopPage {
    frame: Frame,
    row: Row,
}

/// What a search page shows beside the form.
#[derive(Default)]
struct Searched {
    errors: Vec<FieldError>,
    notice: Option<Notice>,
    words: String,
    found: Option<(Vec<Holder>, bool)>,
}

pub(super) async fn ask(
    State(console): State<Console>,
    On(clerk): On<Clerk>,
) -> Result<Response, Refused> {
    Ok(page(&console, &clerk, Searched::default()).await?)
}

async fn page(console: &Console, clerk: &Clerk, searched: Searched) -> Result<Response, Fault> {
    let (person, now_ms) = (clerk.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let Searched { errors, notice, words, found } = searched;
        let has_more = found.as_ref().is_some_and(|(_, more)| *more);
        let rows = found.map(|(found, _)| found.iter().map(|one| row(one, now_ms)).collect());
        let frame = Frame::of(sql, &person, now_ms)?.titled("紛失の届け出", "lost");
        let page = SearchPage { frame, errors, notice, words, rows, has_more, most: FOUND_MAX };
        Ok::<_, Fault>(page)
    };
    Ok(html(&console.app.store.read(work).await?)?.into_response())
}

fn row(holder: &Holder, now_ms: i64) -> Row {
    let cards = match (holder.active, holder.proposed) {
        (0, 0) => "使えるカードはありません".to_owned(),
        (active, 0) => format!("使えるカード {active}件"),
        (0, proposed) => format!("申し込み中 {proposed}件"),
        (active, proposed) => format!("使えるカード {active}件、申し込み中 {proposed}件"),
    };
    let is_open = holder.active + holder.proposed > 0 || !holder.was_stopped;
    Row { person: PersonView::of(&holder.identity, now_ms), cards, is_open }
}

/// The name is sent in the form, so that it stands in no address and no history.
pub(super) async fn search(
    State(console): State<Console>,
    posted: Posted<Clerk>,
) -> Result<Response, Refused> {
    let words = posted.fields.one("words").trim().to_owned();
    if !(WORDS_MIN..=WORDS_MAX).contains(&words.chars().count()) {
        let text = "名前かよみを、2文字以上で入力してください。";
        let errors = vec![FieldError::new("words", text)];
        let searched = Searched { errors, words, ..Searched::default() };
        let page = page(&console, &posted.by, searched).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let (viewer, now_ms, text) = (posted.by.viewer(PURPOSE), console.now_ms(), words.clone());
    let find = move |sql: &mut dyn Sql| holder::find(sql, &viewer, now_ms, &text);
    let found = console.app.store.write::<_, StoreError, _>(find).await?;
    let searched = Searched { words, found: Some(found), ..Searched::default() };
    Ok(page(&console, &posted.by, searched).await?)
}

/// The first step: whose cards, and what it does.
pub(super) async fn show(
    State(console): State<Console>,
    On(clerk): On<Clerk>,
    Path(person_id): Path<String>,
) -> Result<Response, Refused> {
    let (person, now_ms) = (clerk.person().clone(), console.now_ms());
    let viewer = clerk.viewer(PURPOSE);
    let work = move |sql: &mut dyn Sql| {
        let found = holder::one(sql, &viewer, now_ms, &person_id)?.ok_or(Fault::NotFound)?;
        let frame = Frame::of(sql, &person, now_ms)?.titled("カードを止める", "lost");
        Ok::<_, Fault>(StopPage {
            frame: Frame { narrow: true, ..frame },
            row: row(&found, now_ms),
        })
    };
    Ok(html(&console.app.store.write(work).await?)?.into_response())
}

/// The second step.
pub(super) async fn stop(
    State(console): State<Console>,
    Path(person_id): Path<String>,
    posted: Posted<Clerk>,
) -> Result<Response, Refused> {
    let (viewer, now_ms, id) = (posted.by.viewer(PURPOSE), console.now_ms(), person_id.clone());
    let work = move |sql: &mut dyn Sql| {
        holder::one(sql, &viewer, now_ms, &id)?.ok_or(Fault::NotFound)?;
        Ok::<_, Fault>(stop::stop(sql, &viewer, &id, now_ms)?)
    };
    console.app.store.write(work).await?;
    Ok(Redirect::to(&format!("/cards/lost/{person_id}")).into_response())
}

/// The code alone says whose cards; a wrong one is written down.
pub(super) async fn stop_by_code(
    State(console): State<Console>,
    posted: Posted<Clerk>,
) -> Result<Response, Refused> {
    let typed: String = posted.fields.one("code").chars().filter(char::is_ascii_digit).collect();
    let (viewer, now_ms) = (posted.by.viewer(PURPOSE), console.now_ms());
    let tries = CodeTries::of(&posted.by.person().member.staff_id);
    let hash = console.app.hash_code(typed).await.ok().flatten();
    let work = move |sql: &mut dyn Sql| stopped_by_code(sql, &viewer, &tries, hash, now_ms);
    let outcome = console.app.store.write::<_, StoreError, _>(work).await?;
    let (status, searched) = told(&outcome, now_ms);
    let retry_after = match outcome {
        ByCode::Wait(until_ms) => Some(wording::retry_after(until_ms, now_ms)),
        _ => None,
    };
    Ok((status, retry_after, page(&console, &posted.by, searched).await?).into_response())
}

/// What came of a code.
enum ByCode {
    Stopped(u64),
    Refused,
    /// Too many wrong ones; the next one counts from then on.
    Wait(i64),
}

/// In one transaction, so that a burst of guesses gets no more tries than a patient one.
fn stopped_by_code(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    tries: &CodeTries,
    hash: Option<CodeHash>,
    now_ms: i64,
) -> Result<ByCode, StoreError> {
    if let Some(until_ms) = tries.wait_until(sql, now_ms)? {
        return Ok(ByCode::Wait(until_ms));
    }
    let stopped = match hash {
        Some(hash) => stop::stop_by_code(sql, viewer, hash, now_ms)?,
        None => None,
    };
    if let Some(count) = stopped {
        tries.succeeded(sql)?;
        return Ok(ByCode::Stopped(count));
    }
    audit::act(sql, viewer, now_ms, "card-stop-code-refused", &[])?;
    tries.failed(sql, now_ms)?;
    // The try after which one has to wait says so at once.
    Ok(tries.wait_until(sql, now_ms)?.map_or(ByCode::Refused, ByCode::Wait))
}

fn told(outcome: &ByCode, now_ms: i64) -> (StatusCode, Searched) {
    match outcome {
        ByCode::Stopped(count) => {
            let text = format!("カードを止めました（{count}件）。いまから、だれも使えません。");
            let notice = Some(Notice::calm(text));
            (StatusCode::OK, Searched { notice, ..Searched::default() })
        }
        ByCode::Refused => {
            let text = "この番号は使えません。番号を聞き直すか、名前で探してください。";
            let errors = vec![FieldError::new("code", text)];
            (StatusCode::UNPROCESSABLE_ENTITY, Searched { errors, ..Searched::default() })
        }
        ByCode::Wait(until_ms) => {
            let text = format!(
                "番号のまちがいが続いたため、{}まで番号では止められません。急ぐときは、名前で探して止めてください。",
                wording::waiting_until(*until_ms, now_ms)
            );
            let notice = Some(Notice::warning(text));
            (StatusCode::TOO_MANY_REQUESTS, Searched { notice, ..Searched::default() })
        }
    }
}
