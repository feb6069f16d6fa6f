//! What a home will see: the box's own guidance, for an invented home of one district.

mod words;

use std::collections::BTreeSet;

use askama::Template;
use axum::{extract::State, response::{Html, IntoResponse, Response}};
use evacuation::{
    area::AreaId,
    guidance::{self, Guidance},
    household::{Household, Resident},
    order::{Act, Issuer, Mode, Order, OrderId, UnixMillis},
};

use super::{
    Console,
    context::{Officer, Posted},
    fault::{Fault, Refused},
    order_form::{Earlier, OrderForm},
    order_view,
};
use crate::{
    orders::OrderDraft,
    store::{Sql, StoreError, town::{self, Town}},
};

/// The preview beside a form or a draft.
pub(super) struct Preview {
    pub(super) tv: Option<Tv>,
    pub(super) area: String,
    pub(super) hint: &'static str,
    pub(super) homes: String,
    pub(super) note: String,
}

/// The television's words.
pub(super) struct Tv {
    pub(super) label: String,
    pub(super) is_drill: bool,
    pub(super) band_class: &'static str,
    pub(super) digit: Option<u8>,
    pub(super) title: String,
    pub(super) place: String,
    pub(super) names: String,
    pub(super) action: &'static str,
    pub(super) destination: Option<Place>,
    pub(super) steps: [&'static str; 3],
    pub(super) answers: Vec<&'static str>,
    pub(super) reason: String,
}

/// Where to.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) note: String,
}

#[derive(Template)]
#[template(path = "staff/preview.html")]
struct PreviewPart {
    preview: Preview,
}

/// The preview alone, while the form is being filled in.
pub(super) async fn refresh(
    State(console): State<Console>,
    posted: Posted<Officer>,
) -> Result<Response, Refused> {
    let (form, now_ms) = (OrderForm::read(&posted.fields), console.now_ms());
    let work = move |sql: &mut dyn Sql| {
        let town = town::load(sql)?.ok_or(Fault::NoTown)?;
        of_form(sql, &town, &form, None, now_ms)
    };
    let preview = console.app.store.read(work).await?;
    let part = PreviewPart { preview }.render().map_err(Fault::from)?;
    Ok(Html(part).into_response())
}

/// Of a form that may not be finished.
pub(super) fn of_form(
    sql: &mut dyn Sql,
    town: &Town,
    form: &OrderForm,
    earlier: Option<&Earlier>,
    now_ms: i64,
) -> Result<Preview, Fault> {
    match form.check(town, earlier) {
        Ok(draft) => of_draft(sql, town, &draft, &form.view_area, now_ms),
        Err(_) => Ok(Preview {
            tv: None,
            area: String::new(),
            hint: "区分、災害、警戒レベル、地区を選ぶと、ここに見本が出ます",
            homes: String::new(),
            note: String::new(),
        }),
    }
}

/// Of a whole draft; `view_area` names the district of the sample home.
pub(super) fn of_draft(
    sql: &mut dyn Sql,
    town: &Town,
    draft: &OrderDraft,
    view_area: &str,
    now_ms: i64,
) -> Result<Preview, Fault> {
    let concerned = homes(sql, town, draft)?;
    let Some(area) = sample_area(town, draft, view_area) else {
        return Err(Fault::NoTown);
    };
    let order = sample_order(town, draft, now_ms).ok_or(Fault::NotFound)?;
    let guidance = guidance::guide(
        &order,
        &sample_home(area.clone()),
        &town.areas,
        &town.shelters,
        UnixMillis(now_ms),
    );
    let outside = !concerns(town, draft, &area);
    Ok(Preview {
        tv: (!outside).then(|| tv(&guidance, draft)),
        area: order_view::area(town, area.as_str()),
        hint: "この地区には届きません",
        homes: format!("{concerned}世帯に届きます。"),
        note: match draft.act {
            Act::Issue | Act::Update => "行き先は家ごとに変わります。個別の避難計画がある家では、その行き先が出ます。".to_owned(),
            Act::Lift | Act::Cancel => String::new(),
        },
    })
}

/// How many homes a draft reaches.
pub(super) fn homes(sql: &mut dyn Sql, town: &Town, draft: &OrderDraft) -> Result<u32, StoreError> {
    let query = "SELECT area_id, COUNT(*) AS homes FROM household GROUP BY area_id";
    let mut total = 0;
    for row in sql.all(query, &[])? {
        let area = AreaId::new(row.get::<String>("area_id")?);
        if area.is_ok_and(|area| concerns(town, draft, &area)) {
            total += row.get::<u32>("homes")?;
        }
    }
    Ok(total)
}

fn concerns(town: &Town, draft: &OrderDraft, area: &AreaId) -> bool {
    let named = |around: &AreaId| draft.areas.contains(around);
    draft.areas.is_empty() || town.areas.ancestry(area).iter().any(named)
}

/// The district asked for, else the first one concerned.
fn sample_area(town: &Town, draft: &OrderDraft, view_area: &str) -> Option<AreaId> {
    let asked = town.areas.areas.keys().find(|id| id.as_str() == view_area);
    asked.or(draft.areas.first()).or(town.areas.areas.keys().next()).cloned()
}

/// Nobody's home: one adult without a name, at no known point.
fn sample_home(area: AreaId) -> Household {
    let resident = Resident {
        name: "○○ ○○".to_owned(),
        kana: String::new(),
        needs: BTreeSet::new(),
        plans: Vec::new(),
    };
    Household { area, position: None, residents: vec![resident] }
}

fn sample_order(town: &Town, draft: &OrderDraft, now_ms: i64) -> Option<Order> {
    Some(Order {
        id: OrderId([0; 16]),
        issuer: Issuer::new(town.municipality_code.clone()).ok()?,
        sequence: 1,
        issued_at: UnixMillis(now_ms),
        expires_at: UnixMillis(now_ms + draft.valid_for_ms),
        mode: draft.mode,
        act: draft.act,
        references: draft.references.clone(),
        hazard: draft.hazard,
        level: draft.level,
        area_table: town.areas.version,
        areas: draft.areas.clone(),
        shelter_table: town.shelters.version,
        shelters: draft.shelters.clone(),
        reason: draft.reason.clone(),
    })
}

fn tv(guidance: &Guidance, draft: &OrderDraft) -> Tv {
    let slab = order_view::Slab::of(guidance.act, guidance.level);
    let title = words::title(guidance);
    let names: Vec<_> =
        guidance.addressees.iter().map(|person| format!("{} さん", person.name)).collect();
    let action = words::action(guidance.action);
    let destination = guidance.destination.as_ref().map(words::place);
    let going = destination.as_ref().map(|place| format!("行き先 {}", place.name));
    let drill = if draft.mode == Mode::Drill { "訓練。" } else { "" };
    Tv {
        label: format!("テレビの見本。{drill}{title}。{action}。{}", going.unwrap_or_default()),
        is_drill: draft.mode == Mode::Drill,
        band_class: match slab.class {
            "slab-5" => "tv-band-5",
            "slab-4" => "tv-band-4",
            "slab-3" => "tv-band-3",
            "slab-tsunami" => "tv-band-tsunami",
            _ => "tv-band-ended",
        },
        digit: slab.digit,
        title,
        place: words::place_line(guidance),
        names: names.join("、"),
        action,
        destination,
        steps: guidance.steps.map(words::step),
        answers: words::answers(guidance.act),
        reason: guidance.reason.clone().unwrap_or_default(),
    }
}
