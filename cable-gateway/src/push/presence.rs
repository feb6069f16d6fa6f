//! Which boxes are heard of, written down now and then: after hours of silence somebody asks since
//! when.

use std::time::Duration;

use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::{device, state::AppState, store::StoreError};

/// How often the connected boxes are written down.
const EVERY: Duration = Duration::from_mins(5);
/// A box that is not connected and was not heard of for longer is silent: two rounds, and the time
/// that a box takes to come back.
pub const QUIET_MS: i64 = 15 * 60 * 1_000;
/// Boxes written down in one transaction, so that nobody waits long for the writer.
const BATCH: usize = 500;

/// Writes down until shutdown.
pub async fn run(state: AppState, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = note(&state).await {
            tracing::error!(%error, "cannot note which boxes are connected; tried again later");
        }
    }
}

/// Writes down which boxes are connected now.
pub(crate) async fn note(state: &AppState) -> Result<(), StoreError> {
    let now_ms = state.now_ms();
    for batch in state.hub.connected().chunks(BATCH) {
        let batch = batch.to_vec();
        let write = move |sql: &mut dyn crate::store::Sql| {
            batch.iter().try_for_each(|device_id| device::seen(sql, device_id, now_ms))
        };
        state.store.write(write).await?;
    }
    Ok(())
}
