//! A card that was shown at home waits for the town's word: looked at, asked about, decided.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};

use super::{Clerk, PersonView, Way, ask_again};
use crate::{
    card::link::{self, Proposal},
    store::{Sql, StoreError},
    web::staff::{
        Console,
        context::{Duty as _, Fields, On, Posted},
        fault::{Fault, Refused},
        page::{FieldError, Frame, Notice, html},
        wording,
    },
};

const WAYS: [Way; 2] = [
    ("counter", "窓口で会った", "本人と、写真のある身分証を確かめた"),
    ("phone", "電話で話した", "町が知っている番号にかけて、本人と話した"),
];

#[derive(Template)]
#[template(path = "staff/cards.html")]
struct ListPage {
    frame: Frame,
    notice: Option<Notice>,
    rows: Vec<Row>,
}

struct Row {
    link_id: String,
    person: PersonView,
    shown: String,
    has_card: bool,
}

#[derive(Template)]
#[template(path = "staff/cards_proposal.html")]
struct ProposalPage {
    frame: Frame,
    errors: Vec<FieldError>,
    row: Row,
    ways: [Way; 2],
}

pub(super) async fn list(
    State(console): State<Console>,
    On(clerk): On<Clerk>,
    uri: axum::http::Uri,
) -> Result<Response, Refused> {
    let notice = match Fields::of_query(&uri).one("done") {
        "approved" => Some(Notice::calm("カードを登録しました。いまから使えます。")),
        "rejected" => Some(Notice::calm("申し込みを断りました。このカードは使えません。")),
        "gone" => Some(Notice::warning("この申し込みは、もう決まっていました。")),
        _ => None,
    };
    let (person, now_ms) = (clerk.person().clone(), console.now_ms());
    let viewer = clerk.viewer("card-approval");
    let work = move |sql: &mut dyn Sql| {
        let proposals = link::proposals(sql, &viewer, now_ms)?;
        let frame = Frame::of(sql, &person, now_ms)?.titled("カードの申し込み", "proposals");
        let rows = proposals.iter().map(|proposal| row(proposal, now_ms)).collect();
        Ok::<_, Fault>(ListPage { frame, notice, rows })
    };
    Ok(html(&console.app.store.write(work).await?)?.into_response())
}

fn row(proposal: &Proposal, now_ms: i64) -> Row {
    Row {
        link_id: proposal.link_id.clone(),
        person: PersonView::of(&proposal.identity, now_ms),
        shown: wording::day_and_clock(proposal.shown_at_ms),
        has_card: proposal.has_card,
    }
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
    let viewer = clerk.viewer("card-approval");
    let work = move |sql: &mut dyn Sql| {
        let found = link::proposal(sql, &viewer, now_ms, &link_id)?.ok_or(Fault::NotFound)?;
        let frame = Frame::of(sql, &person, now_ms)?.titled("カードの申し込み", "proposals");
        let frame = Frame { narrow: true, ..frame };
        Ok::<_, Fault>(ProposalPage { frame, errors, row: row(&found, now_ms), ways: WAYS })
    };
    Ok(html(&console.app.store.write(work).await?)?.into_response())
}

/// A no needs no meeting: nothing is opened by it.
pub(super) async fn decide(
    State(console): State<Console>,
    Path(link_id): Path<String>,
    posted: Posted<Clerk>,
) -> Result<Response, Refused> {
    let is_yes = match posted.fields.one("decision") {
        "approve" => true,
        "reject" => false,
        _ => return Err(Fault::Malformed.into()),
    };
    let way = posted.fields.one("way");
    if is_yes {
        let question = "本人をどう確かめたかを選んでください。";
        let again = |errors| page(&console, &posted.by, link_id.clone(), errors);
        if let Some(page) = ask_again(&WAYS, way, question, again).await? {
            return Ok(page);
        }
    }
    let purpose = if is_yes { format!("card-approval {way}") } else { "card-approval".to_owned() };
    let (viewer, now_ms) = (posted.by.viewer(&purpose), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let decide = if is_yes { link::approve } else { link::reject };
        decide(sql, &viewer, &link_id, now_ms)
    };
    let was_waiting = console.app.store.write::<_, StoreError, _>(work).await?;
    Ok(Redirect::to(match (was_waiting, is_yes) {
        (false, _) => "/cards?done=gone",
        (true, true) => "/cards?done=approved",
        (true, false) => "/cards?done=rejected",
    })
    .into_response())
}
