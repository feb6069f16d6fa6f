//! What stands already where an order would go, and what a lift leaves: said before anybody presses.

use super::{
    fault::Fault,
    order_form::OrderForm,
    order_view::{self, OrderView},
};
use crate::{
    orders::{
        OrderDraft,
        standing::{in_the_same_areas, rivals, unknown_rivals},
    },
    store::{Sql, StoreError, order::OrderRecord, town::Town},
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

/// What televisions in the areas of a lift or cancellation show afterwards, the gravest first.
pub(super) fn left_after(
    sql: &mut dyn Sql,
    town: &Town,
    end: &OrderDraft,
    now_ms: i64,
) -> Result<Vec<OrderView>, StoreError> {
    let mut left = in_the_same_areas(sql, end, &town.areas, now_ms)?;
    left.sort_by_key(|order| std::cmp::Reverse(order_view::gravity(order)));
    Ok(left.iter().map(|order| OrderView::of(order, town, now_ms)).collect())
}
