//! `GET /box/v1/provisioning`: everything a box holds before an order comes.

use axum::{Json, extract::State};
use gateway_api::{Problem, ProblemCode, provisioning::Provisioning};

use super::Refused;
use crate::{device::Device, provisioning, state::AppState};

/// Gives the complete state of this box's home; the box replaces its own with it.
#[utoipa::path(
    get, path = "/box/v1/provisioning", tag = "device",
    responses(
        (status = 200, description = "The home and the town's tables", body = Provisioning),
        (status = 401, description = "No active device", body = Problem),
        (status = 500, description = "No town was imported yet", body = Problem),
    )
)]
pub(super) async fn handler(
    State(state): State<AppState>,
    device: Device,
) -> Result<Json<Provisioning>, Refused> {
    let settings = state.settings();
    let find = move |sql: &mut dyn crate::store::Sql| {
        provisioning::of_household(sql, &device.household_id, &settings)
    };
    let provisioning = state.store.read(find).await?;
    let missing = || Refused::new(ProblemCode::Internal, "no town was imported yet");
    provisioning.map(Json).ok_or_else(missing)
}
