//! People whose card's certificate changed, ended or expired; why is nobody's business here.

use askama::Template;
use axum::{
    extract::State,
    response::{IntoResponse as _, Response},
};

use super::{Clerk, PersonView};
use crate::{
    card::watch,
    store::Sql,
    web::staff::{
        Console,
        context::{Duty as _, On},
        fault::{Fault, Refused},
        page::{Frame, html},
        wording,
    },
};

#[derive(Template)]
#[template(path = "staff/cards_concerns.html")]
struct ConcernsPage {
    frame: Frame,
    rows: Vec<Row>,
}

struct Row {
    person: PersonView,
    text: &'static str,
    checked: String,
}

pub(super) async fn show(
    State(console): State<Console>,
    On(clerk): On<Clerk>,
) -> Result<Response, Refused> {
    let (person, now_ms) = (clerk.person().clone(), console.now_ms());
    let viewer = clerk.viewer("card-watch");
    let work = move |sql: &mut dyn Sql| {
        let concerns = watch::concerns(sql, &viewer, now_ms)?;
        let rows = concerns.iter().map(|concern| Row {
            person: PersonView::of(&concern.identity, now_ms),
            text: concern.text,
            checked: wording::day_and_clock(concern.checked_at_ms),
        });
        let rows = rows.collect();
        let frame = Frame::of(sql, &person, now_ms)?.titled("確認が必要なカード", "concerns");
        Ok::<_, Fault>(ConcernsPage { frame, rows })
    };
    Ok(html(&console.app.store.write(work).await?)?.into_response())
}
