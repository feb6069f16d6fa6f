//! `GET /box/v1/orders?after_sequence=N`: repairs what a push lost.

use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use gateway_api::{Problem, ProblemCode, order::OrderList};
use serde::Deserialize;

use super::Refused;
use crate::{device::Device, encoding::base64, state::AppState, store::order};

/// Most orders in one answer.
const LIMIT: u32 = 100;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct After {
    after_sequence: u64,
}

/// Gives the orders after a number, ascending, at most 100; after 0, those in force.
#[utoipa::path(
    get, path = "/box/v1/orders", tag = "orders",
    params(("after_sequence" = u64, Query, description = "Highest number the box has")),
    responses(
        (status = 200, description = "Later orders", body = OrderList),
        (status = 400, description = "No number", body = Problem),
        (status = 401, description = "No active device", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    _: Device,
    after: Result<Query<After>, QueryRejection>,
) -> Result<Json<OrderList>, Refused> {
    let Query(After { after_sequence }) =
        after.map_err(|cause| Refused::new(ProblemCode::BadRequest, cause.body_text()))?;
    let now_ms = state.now_ms();
    // A box that asks from the beginning lacks something that is in force, not the town's history.
    let orders = state.store.read(move |sql| match after_sequence {
        0 => order::in_force(sql, now_ms),
        _ => order::after(sql, after_sequence, LIMIT),
    });
    let orders = orders.await?;
    Ok(Json(OrderList { orders: orders.iter().map(|order| base64(&order.signed)).collect() }))
}
