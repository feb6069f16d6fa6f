//! Lifting (解除) and cancelling (取消): two legal acts, with the authority of the issue.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use evacuation::order::Act;

use super::{
    Console,
    context::{Duty as _, Officer, On, Posted},
    fault::{Fault, Refused},
    order_form,
    order_page::keep,
    order_view::{self, OrderView},
    page::{FieldError, Frame, html},
    standing,
};
use crate::{
    store::order::code::act_code,
    store::{Sql, order, order::OrderRecord, town},
};

#[derive(Template)]
#[template(path = "staff/order_end.html")]
struct OrderEndPage {
    frame: Frame,
    errors: Vec<FieldError>,
    order: OrderView,
    left: Vec<OrderView>,
    acts: Vec<EndChoice>,
    reason: String,
}

struct EndChoice {
    value: &'static str,
    label: &'static str,
    detail: &'static str,
    checked: bool,
}

pub(super) async fn show(
    State(console): State<Console>,
    On(officer): On<Officer>,
    Path(order_id): Path<String>,
) -> Result<Response, Refused> {
    let order = in_force(&console, order_id).await?;
    let typed = Typed { act: String::new(), reason: String::new() };
    Ok(page(&console, &officer, order, typed, Vec::new()).await?.into_response())
}

pub(super) async fn submit(
    State(console): State<Console>,
    Path(order_id): Path<String>,
    posted: Posted<Officer>,
) -> Result<Response, Refused> {
    let order = in_force(&console, order_id).await?;
    let draft = order_view::as_draft(&order, Act::Lift).ok_or(Fault::NotFound)?;
    let typed = Typed {
        act: posted.fields.one("act").to_owned(),
        reason: posted.fields.one("reason").to_owned(),
    };
    match order_form::end_of(draft, &typed.act, &typed.reason) {
        Ok(content) => keep(&console, &posted.by, content).await,
        Err(errors) => {
            let page = page(&console, &posted.by, order, typed, errors).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

struct Typed {
    act: String,
    reason: String,
}

async fn in_force(console: &Console, order_id: String) -> Result<OrderRecord, Fault> {
    let now_ms = console.now_ms();
    let found = console.app.store.read(move |sql| order::find(sql, &order_id)).await?;
    let found = found.ok_or(Fault::NotFound)?;
    if found.in_force(now_ms) && found.orders_something() {
        Ok(found)
    } else {
        Err(Fault::NotInForce)
    }
}

async fn page(
    console: &Console,
    officer: &Officer,
    order: OrderRecord,
    typed: Typed,
    errors: Vec<FieldError>,
) -> Result<axum::response::Html<String>, Fault> {
    let (person, now_ms) = (officer.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let frame = Frame::of(sql, &person, now_ms)?;
        let town = town::load(sql)?.ok_or(Fault::NoTown)?;
        Ok::<_, Fault>(OrderEndPage {
            frame: Frame { narrow: true, ..frame.titled("解除・取消", "orders") },
            errors,
            left: match order_view::as_draft(&order, Act::Lift) {
                Some(lift) => standing::shown_in(sql, &town, &lift, now_ms)?,
                None => Vec::new(),
            },
            order: OrderView::of(&order, &town, now_ms),
            acts: acts(&typed.act),
            reason: typed.reason,
        })
    };
    html(&console.app.store.read(work).await?)
}

fn acts(chosen: &str) -> Vec<EndChoice> {
    let choice = |act, label, detail| EndChoice {
        value: act_code(act),
        label,
        detail,
        checked: chosen == act_code(act),
    };
    vec![
        choice(Act::Lift, "解除", "危険が去り、避難の必要がなくなった"),
        choice(Act::Cancel, "取消", "まちがって発令した"),
    ]
}
