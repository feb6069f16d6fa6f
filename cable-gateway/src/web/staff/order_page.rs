//! Writing an order: the form, its errors, and the draft that comes of it.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::{StatusCode, Uri},
    response::{IntoResponse, Redirect, Response},
};
use evacuation::order::Act;

use super::{
    Console,
    context::{Duty, Fields, Officer, On, Posted},
    drafts::words_of_desk,
    fault::{Fault, Refused},
    order_form::{Earlier, FormView, OrderForm, form_view},
    order_view,
    page::{FieldError, Frame, html},
    preview::{self, Preview},
};
use crate::{
    orders::{OrderDraft, OrderError},
    random,
    staff::draft,
    store::{Sql, order, town},
};

#[derive(Template)]
#[template(path = "staff/order_form.html")]
struct OrderFormPage {
    frame: Frame,
    errors: Vec<FieldError>,
    form: FormView,
    preview: Preview,
}

pub(super) async fn new(
    State(console): State<Console>,
    On(officer): On<Officer>,
    uri: Uri,
) -> Result<Response, Refused> {
    let fields = Fields::of_query(&uri);
    let form = if uri.query().is_some() { OrderForm::read(&fields) } else { OrderForm::empty() };
    Ok(page(&console, &officer, form, None, Vec::new()).await?.into_response())
}

pub(super) async fn submit(
    State(console): State<Console>,
    posted: Posted<Officer>,
) -> Result<Response, Refused> {
    accept(&console, posted, None).await
}

pub(super) async fn update(
    State(console): State<Console>,
    On(officer): On<Officer>,
    Path(order_id): Path<String>,
    uri: Uri,
) -> Result<Response, Refused> {
    let (draft, earlier) = earlier(&console, order_id).await?;
    let typed = uri.query().is_some().then(|| OrderForm::read(&Fields::of_query(&uri)));
    let form = typed.unwrap_or_else(|| OrderForm::of(&draft));
    Ok(page(&console, &officer, form, Some(earlier), Vec::new()).await?.into_response())
}

pub(super) async fn submit_update(
    State(console): State<Console>,
    Path(order_id): Path<String>,
    posted: Posted<Officer>,
) -> Result<Response, Refused> {
    let (_, earlier) = earlier(&console, order_id).await?;
    accept(&console, posted, Some(earlier)).await
}

/// The order in force that an update starts from.
pub(super) async fn earlier(
    console: &Console,
    order_id: String,
) -> Result<(OrderDraft, Earlier), Fault> {
    let now_ms = console.now_ms();
    let found = console.app.store.read(move |sql| order::find(sql, &order_id)).await?;
    let found = found.ok_or(Fault::NotFound)?;
    if !found.in_force(now_ms) || !found.orders_something() {
        return Err(Fault::NotInForce);
    }
    let draft = order_view::as_draft(&found, Act::Update).ok_or(Fault::NotFound)?;
    let earlier = Earlier { order_id: draft.references[0], mode: draft.mode, hazard: draft.hazard };
    Ok((draft, earlier))
}

async fn accept(
    console: &Console,
    posted: Posted<Officer>,
    earlier: Option<Earlier>,
) -> Result<Response, Refused> {
    let form = OrderForm::read(&posted.fields);
    let town = console.app.store.read(|sql| town::load(sql)).await?.ok_or(Fault::NoTown)?;
    if posted.fields.one("step") == "preview" {
        let page = page(console, &posted.by, form, earlier, Vec::new()).await?;
        return Ok(page.into_response());
    }
    let errors = match form.check(&town, earlier.as_ref()) {
        Ok(content) => match console.app.orders.preview(content.clone()).await {
            Ok(_) => return keep(console, &posted.by, content).await,
            Err(error) => refused_by_desk(error)?,
        },
        Err(errors) => errors,
    };
    let page = page(console, &posted.by, form, earlier, errors).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

/// The desk tries every order before it is kept, so that a confirmation never fails for its form.
fn refused_by_desk(error: OrderError) -> Result<Vec<FieldError>, Fault> {
    let field = match error {
        OrderError::StandsAlready(_) => "standing",
        _ => "main",
    };
    match words_of_desk(&error) {
        Some(text) => Ok(vec![FieldError::new(field, text)]),
        None => Err(Fault::Order(error)),
    }
}

/// Keeps a draft and leads to the page where it is confirmed.
pub(super) async fn keep(
    console: &Console,
    officer: &Officer,
    content: OrderDraft,
) -> Result<Response, Refused> {
    let draft_id = random::id(console.app.random.as_ref());
    let (author, now_ms) = (officer.member().clone(), console.now_ms());
    let target = format!("/drafts/{draft_id}");
    let work = move |sql: &mut dyn Sql| draft::insert(sql, &draft_id, &author, now_ms, &content);
    console.app.store.write(work).await?;
    Ok(Redirect::to(&target).into_response())
}

async fn page(
    console: &Console,
    officer: &Officer,
    form: OrderForm,
    earlier: Option<Earlier>,
    errors: Vec<FieldError>,
) -> Result<axum::response::Html<String>, Fault> {
    let (person, now_ms) = (officer.person().clone(), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let frame = Frame::of(sql, &person, now_ms)?;
        let town = town::load(sql)?.ok_or(Fault::NoTown)?;
        let preview = preview::of_form(sql, &town, &form, earlier.as_ref(), now_ms)?;
        let form = form_view(&form, &town, earlier.as_ref());
        let (title, current) = if form.is_update {
            ("内容を変える", "orders")
        } else {
            ("新しく発令する", "new")
        };
        Ok::<_, Fault>(OrderFormPage { frame: frame.titled(title, current), errors, form, preview })
    };
    html(&console.app.store.read(work).await?)
}
