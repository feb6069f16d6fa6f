//! People whose card's certificate changed, ended or expired; why is nobody's business here.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{Clerk, PersonView, Way, ask_again};
use crate::{
    card::watch::{self, Concern},
    store::{Sql, StoreError},
    web::staff::{
        Console,
        context::{Duty as _, Fields, On, Posted},
        fault::{Fault, Refused},
        page::{FieldError, Frame, Notice, html},
        wording,
    },
};

const PURPOSE: &str = "card-watch";
/// What became of the person is no choice and has no field.
const WAYS: [Way; 3] = [
    ("counter", "窓口で会った", "本人とカードを確かめた"),
    ("phone", "電話で話した", "町が知っている番号にかけて話した"),
    ("records", "役場の記録で確かめた", "ほかの係への届け出などで分かった"),
];

#[derive(Template)]
#[template(path = "staff/cards_concerns.html")]
struct ConcernsPage {
    frame: Frame,
    notice: Option<Notice>,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "staff/cards_concern.html")]
struct ConcernPage {
    frame: Frame,
    errors: Vec<FieldError>,
    row: Row,
    ways: [Way; 3],
}

struct Row {
    link_id: String,
    person: PersonView,
    text: &'static str,
    seen: String,
}

impl Row {
    fn of(concern: &Concern, now_ms: i64) -> Self {
        Self {
            link_id: concern.link_id.clone(),
            person: PersonView::of(&concern.identity, now_ms),
            text: concern.text,
            seen: wording::day_and_clock(concern.checked_at_ms),
        }
    }
}

pub(super) async fn list(
    State(console): State<Console>,
    On(clerk): On<Clerk>,
    uri: Uri,
) -> Result<Response, Refused> {
    let notice = match Fields::of_query(&uri).one("done") {
        "checked" => Some(Notice::calm("確認済みにしました。")),
        "gone" => Some(Notice::warning("このカードは、もう確認済みか、止まっています。")),
        _ => None,
    };
    let (person, now_ms) = (clerk.person().clone(), console.now_ms());
    let viewer = clerk.viewer(PURPOSE);
    let work = move |sql: &mut dyn Sql| {
        let concerns = watch::concerns(sql, &viewer, now_ms)?;
        let rows = concerns.iter().map(|concern| Row::of(concern, now_ms)).collect();
        let frame = Frame::of(sql, &person, now_ms)?.titled("確認が必要なカード", "concerns");
        Ok::<_, Fault>(ConcernsPage { frame, notice, rows })
    };
    Ok(html(&console.app.store.write(work).await?)?.into_response())
}

pub(super) async fn show(
    State(console): State<Console>,
    On(clerk): On<Clerk>,
    Path(link_id): Path<String>,
) -> Result<Response, Refused> {
    Ok(page(&console, &clerk, link_id, Vec::new()).await?)
}

async fn page(
    console: &Console,
    clerk: &Clerk,
    link_id: String,
    errors: Vec<FieldError>,
) -> Result<Response, Fault> {
    let (person, now_ms) = (clerk.person().clone(), console.now_ms());
    let viewer = clerk.viewer(PURPOSE);
    let work = move |sql: &mut dyn Sql| {
        let found = watch::concern(sql, &viewer, now_ms, &link_id)?.ok_or(Fault::NotFound)?;
        let frame = Frame::of(sql, &person, now_ms)?.titled("確認が必要なカード", "concerns");
        let frame = Frame { narrow: true, ..frame };
        Ok::<_, Fault>(ConcernPage { frame, errors, row: Row::of(&found, now_ms), ways: WAYS })
    };
    Ok(html(&console.app.store.write(work).await?)?.into_response())
}

/// The clerk asked the person; only how is written down, never what was said.
pub(super) async fn settle(
    State(console): State<Console>,
    Path(link_id): Path<String>,
    posted: Posted<Clerk>,
) -> Result<Response, Refused> {
    let way = posted.fields.one("way");
    let again = |errors| page(&console, &posted.by, link_id.clone(), errors);
    if let Some(page) = ask_again(&WAYS, way, "どう確かめたかを選んでください。", again).await?
    {
        return Ok(page);
    }
    let viewer = posted.by.viewer(&format!("{PURPOSE} {way}"));
    let now_ms = console.now_ms();
    let work = move |sql: &mut dyn Sql| watch::settle(sql, &viewer, &link_id, now_ms);
    let was_open = console.app.store.write::<_, StoreError, _>(work).await?;
    let done = if was_open { "checked" } else { "gone" };
    Ok(Redirect::to(&format!("/cards/concerns?done={done}")).into_response())
}
