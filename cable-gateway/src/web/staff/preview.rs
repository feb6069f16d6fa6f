//! What a home will see: the box's own guidance, for an invented home of one district.

mod words;

use std::collections::BTreeSet;

use askama::Template;
use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use evacuation::{
    area::AreaId,
    guidance::{self, Guidance},
    hazard::Level,
    household::{Household, Resident},
    order::{Act, Issuer, Mode, Order, OrderId, UnixMillis},
};

use super::{
    Console,
    context::{Officer, Posted},
    fault::{Fault, Refused},
    order_form::{Earlier, OrderForm},
    order_page, order_view,
    standing::{self, KeptBack, Question},
};
use crate::{
    orders::{OrderDraft, Stamp},
    store::{
        Sql, StoreError,
        town::{self, Town},
    },
};

const DIFFERS_BY_HOME: &str =
    "避難先は家ごとに変わります。個別の避難計画がある家では、その避難先が出ます。";

/// The preview beside a form or a draft.
pub(super) struct Preview {
    pub(super) tv: Option<Tv>,
    pub(super) area: String,
    pub(super) hint: &'static str,
    pub(super) homes: String,
    pub(super) note: &'static str,
    /// What stands already where the order would go; while the form is filled in.
    pub(super) question: Option<Question>,
    /// Homes that show an actual order instead of this drill.
    pub(super) kept_back: Option<KeptBack>,
}

/// The television's words.
pub(super) struct Tv {
    pub(super) label: String,
    pub(super) is_drill: bool,
    pub(super) drill: String,
    pub(super) drill_sentence: String,
    pub(super) block_class: &'static str,
    pub(super) picture: &'static str,
    pub(super) digit: String,
    pub(super) area: String,
    pub(super) hazard: String,
    pub(super) issued: String,
    pub(super) title: String,
    pub(super) names: String,
    pub(super) action: String,
    pub(super) destination_word: String,
    pub(super) destination: Option<Place>,
    pub(super) steps: [String; 3],
    pub(super) leave_by: String,
    pub(super) answers: Vec<(&'static str, String, String)>,
    pub(super) reason: String,
}

/// Where to.
pub(super) struct Place {
    pub(super) name: String,
    pub(super) condition: String,
    pub(super) state: String,
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
    let updated = posted.fields.one("updates").to_owned();
    let earlier = order_page::earlier(&console, updated).await.ok().map(|(_, earlier)| earlier);
    let work = move |sql: &mut dyn Sql| {
        let town = town::load(sql)?.ok_or(Fault::NoTown)?;
        of_form(sql, &town, &form, earlier.as_ref(), now_ms)
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
        Ok(draft) => {
            let question = Question::of_form(sql, town, &draft, form, now_ms)?;
            let preview = of_draft(sql, town, &draft, &form.view_area, now_ms)?;
            Ok(Preview { question, ..preview })
        }
        Err(_) => Ok(Preview {
            tv: None,
            area: String::new(),
            hint: "区分、災害、警戒レベル、地区を選ぶと、ここに見本が出ます",
            homes: String::new(),
            note: "",
            question: None,
            kept_back: None,
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
    let kept_back = KeptBack::of(sql, town, draft, now_ms)?;
    let Some(area) = sample_area(town, draft, view_area) else {
        return Err(Fault::NoTown);
    };
    let order = sample_order(town, draft, now_ms).ok_or(Fault::NotFound)?;
    let beside = OrderDraft { areas: vec![area.clone()], ..draft.clone() };
    let beside = standing::orders_in(sql, town, &beside, now_ms)?;
    let guidance = guided(&order, &beside, town, &area, now_ms);
    let outside = !concerns(town, draft, &area);
    Ok(Preview {
        tv: (!outside).then(|| tv(&guidance, draft, !beside.is_empty())),
        area: order_view::area(town, area.as_str()),
        hint: "この地区には届きません",
        homes: kept_back.as_ref().map_or_else(
            || format!("{concerned}世帯に届きます。"),
            |kept| format!("{concerned}世帯のうち、{}世帯のテレビには出ません。", kept.homes),
        ),
        note: if guidance.destination.is_some() { DIFFERS_BY_HOME } else { "" },
        question: None,
        kept_back,
    })
}

/// What the sample home reads under this order, next to those that stand there: as on the box.
fn guided(order: &Order, beside: &[Order], town: &Town, area: &AreaId, now_ms: i64) -> Guidance {
    let home = sample_home(area.clone());
    let orders: Vec<&Order> = std::iter::once(order).chain(beside).collect();
    let all = guidance::guide_all(&orders, &home, &town.areas, &town.shelters);
    let guidance = all.into_iter().next().expect("one guidance for each order");
    let guidance = guidance.at(UnixMillis(now_ms));
    match order.act {
        Act::Lift | Act::Cancel if !beside.is_empty() => guidance.while_others_hold(),
        _ => guidance,
    }
}

/// How many homes a draft concerns.
pub(super) fn homes(sql: &mut dyn Sql, town: &Town, draft: &OrderDraft) -> Result<u32, StoreError> {
    homes_in(sql, |area| concerns(town, draft, area))
}

/// How many homes lie in areas of a kind.
pub(super) fn homes_in(
    sql: &mut dyn Sql,
    counts: impl Fn(&AreaId) -> bool,
) -> Result<u32, StoreError> {
    let query = "SELECT area_id, COUNT(*) AS homes FROM household GROUP BY area_id";
    let mut total = 0;
    for row in sql.all(query, &[])? {
        let area = AreaId::new(row.get::<String>("area_id")?);
        if area.is_ok_and(|area| counts(&area)) {
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
    let stamp = Stamp {
        id: OrderId([0; 16]),
        issuer: Issuer::new(town.municipality_code.clone()).ok()?,
        sequence: 1,
        issued_at: UnixMillis(now_ms),
        expires_at: UnixMillis(now_ms + draft.valid_for_ms),
    };
    Some(draft.stamped(stamp, town))
}

fn tv(guidance: &Guidance, draft: &OrderDraft, others_hold: bool) -> Tv {
    let title = words::title(guidance);
    let names: Vec<_> =
        guidance.addressees.iter().map(|person| words::name(&person.name)).collect();
    let action = words::action(guidance, others_hold);
    let destination = guidance.destination.as_ref().map(words::place);
    let going = destination.as_ref().map(|place| format!("避難先は{}。", place.name));
    let is_drill = draft.mode == Mode::Drill;
    let drill = if is_drill { "訓練。" } else { "" };
    Tv {
        label: format!("テレビの見本。{drill}{title}。{action}。{}", going.unwrap_or_default()),
        is_drill,
        drill: words::word("screen-drill"),
        drill_sentence: words::word("screen-drill-sentence"),
        block_class: block_class(guidance),
        picture: guidance.hazard.code(),
        digit: match (guidance.act, guidance.level) {
            (Act::Lift, _) => words::word("screen-lifted"),
            (Act::Cancel, _) => words::word("screen-cancelled"),
            (_, Some(level)) if guidance.hazard.has_warning_levels() => level.number().to_string(),
            (_, Some(_)) => String::new(),
            (_, None) => words::word("screen-tsunami"),
        },
        area: words::area(guidance),
        hazard: words::hazard(guidance.hazard),
        issued: words::issued(guidance),
        title,
        names: names.join("、"),
        action,
        destination_word: words::word("screen-destination"),
        destination,
        steps: guidance.steps.map(words::step),
        leave_by: words::leave_by(guidance),
        answers: words::answers(guidance.act),
        reason: guidance.reason.clone().unwrap_or_default(),
    }
}

fn block_class(guidance: &Guidance) -> &'static str {
    match (guidance.act, guidance.level.map(Level::number)) {
        (Act::Lift, _) => "tv-block-lifted",
        (Act::Cancel, _) => "tv-block-cancelled",
        (_, None) => "tv-block-tsunami",
        (_, Some(3)) => "tv-block-3",
        (_, Some(4)) => "tv-block-4",
        (_, Some(_)) => "tv-block-5",
    }
}
