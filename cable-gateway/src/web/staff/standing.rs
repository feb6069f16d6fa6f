//! What stands already where an order would go, and what a lift leaves: said before anybody presses.

use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    order::{Act, Issuer, Mode, Order, UnixMillis},
    shelter::ShelterId,
};

use super::{
    fault::Fault,
    order_form::OrderForm,
    order_view::{self, OrderView},
    preview,
};
use crate::{
    orders::{
        OrderDraft, coverage,
        standing::{in_the_same_areas, rivals, unknown_rivals, where_meant},
    },
    store::{
        Sql, StoreError,
        order::{OrderRecord, code::state_from_code},
        town::Town,
    },
};

/// Orders that would stand beside a new one, and the ways on.
pub(super) struct Question {
    pub(super) standing: Vec<Standing>,
    /// What the box of the knowing officer sends.
    pub(super) ids: String,
    pub(super) is_answered: bool,
}

/// One order with the address at which the new content updates it.
pub(super) struct Standing {
    pub(super) order: OrderView,
    pub(super) update: String,
}

impl Question {
    /// While a form is filled in; an answer stays visible.
    pub(super) fn of_form(
        sql: &mut dyn Sql,
        town: &Town,
        draft: &OrderDraft,
        form: &OrderForm,
        now_ms: i64,
    ) -> Result<Option<Self>, StoreError> {
        let is_answered = unknown_rivals(sql, draft, &town.areas, now_ms)?.is_empty();
        let rivals = rivals(sql, draft, &town.areas, now_ms)?;
        Ok(Self::about(&rivals, town, form, is_answered, now_ms))
    }

    /// Of a draft, when something stands that its author did not know of.
    pub(super) fn of_draft(
        sql: &mut dyn Sql,
        town: &Town,
        draft: &OrderDraft,
        now_ms: i64,
    ) -> Result<Option<Self>, Fault> {
        let rivals = unknown_rivals(sql, draft, &town.areas, now_ms)?;
        Ok(Self::about(&rivals, town, &OrderForm::of(draft), false, now_ms))
    }

    fn about(
        rivals: &[OrderRecord],
        town: &Town,
        form: &OrderForm,
        is_answered: bool,
        now_ms: i64,
    ) -> Option<Self> {
        let query = OrderForm { beside: Vec::new(), ..form.clone() }.query();
        let one = |order: &OrderRecord| Standing {
            order: OrderView::of(order, town, now_ms),
            update: format!("/orders/{}/update?{query}", order.order_id),
        };
        let ids: Vec<_> = rivals.iter().map(|order| order.order_id.as_str()).collect();
        (!rivals.is_empty()).then(|| Self {
            standing: rivals.iter().map(one).collect(),
            ids: ids.join(" "),
            is_answered,
        })
    }
}

/// Homes that will not see a drill, because an actual order holds there.
pub(super) struct KeptBack {
    pub(super) orders: Vec<OrderView>,
    pub(super) areas: String,
    pub(super) homes: u32,
}

impl KeptBack {
    /// Of a draft; none where every home concerned sees it.
    pub(super) fn of(
        sql: &mut dyn Sql,
        town: &Town,
        draft: &OrderDraft,
        now_ms: i64,
    ) -> Result<Option<Self>, StoreError> {
        if draft.mode == Mode::Actual {
            return Ok(None);
        }
        let named: Vec<_> = draft.areas.iter().map(ToString::to_string).collect();
        let mut hidden = where_meant(sql, &town.areas, now_ms)?;
        let concerned = coverage::concerned(&named, &town.areas);
        hidden.retain(|area| concerned.contains(area));
        if hidden.is_empty() {
            return Ok(None);
        }
        let meant = OrderDraft {
            mode: Mode::Actual,
            areas: hidden.iter().cloned().collect(),
            references: Vec::new(),
            ..draft.clone()
        };
        Ok(Some(Self {
            orders: shown_in(sql, town, &meant, now_ms)?,
            areas: order_view::outermost(town, &hidden),
            homes: preview::homes_in(sql, |area| hidden.contains(area))?,
        }))
    }
}

/// The same as televisions reckon with them; what they refer to and why they stand plays no part.
pub(super) fn orders_in(
    sql: &mut dyn Sql,
    town: &Town,
    draft: &OrderDraft,
    now_ms: i64,
) -> Result<Vec<Order>, StoreError> {
    let found = in_the_same_areas(sql, draft, &town.areas, now_ms)?;
    Ok(found.iter().filter_map(|record| order_of(record, draft.mode, town)).collect())
}

fn order_of(record: &OrderRecord, mode: Mode, town: &Town) -> Option<Order> {
    let areas = record.area_ids.iter().map(|id| AreaId::new(id.as_str()).ok());
    let shelters = record.shelters.iter();
    let shelters = shelters
        .map(|(id, state)| Some((ShelterId::new(id.as_str()).ok()?, state_from_code(state)?)));
    let level = record.level.map(|number| Level::from_number(u8::try_from(number).ok()?));
    Some(Order {
        id: record.order_id.parse().ok()?,
        issuer: Issuer::new(town.municipality_code.clone()).ok()?,
        sequence: record.sequence,
        issued_at: UnixMillis(record.issued_at_ms),
        expires_at: UnixMillis(record.expires_at_ms),
        mode,
        act: Act::Issue,
        references: Vec::new(),
        hazard: Hazard::from_code(&record.hazard)?,
        level: match level {
            Some(level) => Some(level?),
            None => None,
        },
        area_table: town.areas.version,
        areas: areas.collect::<Option<_>>()?,
        shelter_table: town.shelters.version,
        shelters: shelters.collect::<Option<_>>()?,
        reason: None,
    })
}

/// Orders of the draft's kind that televisions in its areas show beside it, or after it if it is a
/// lift or a cancellation; the gravest first.
pub(super) fn shown_in(
    sql: &mut dyn Sql,
    town: &Town,
    draft: &OrderDraft,
    now_ms: i64,
) -> Result<Vec<OrderView>, StoreError> {
    let mut left = in_the_same_areas(sql, draft, &town.areas, now_ms)?;
    left.sort_by_key(|order| std::cmp::Reverse(order_view::gravity(order)));
    Ok(left.iter().map(|order| OrderView::of(order, town, now_ms)).collect())
}
