//! The signed heartbeat, and what is looked at with every beat.
//!
//! A heartbeat tells boxes the highest order number and the orders in force, so that a lost or
//! suppressed order shows. With each beat this also looks for what another process changed: revoked
//! boxes are cut off, renewed keys are taken over, boxes with new provisioning are told.

use std::sync::Arc;

use axum::body::Bytes;
use evacuation::{
    heartbeat::{Heartbeat, sign_heartbeat},
    id::Issuer,
    order::UnixMillis,
};
use tokio::{sync::watch, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::Frame;
use crate::{
    device, provisioning,
    state::AppState,
    store::{
        Sql, StoreError,
        order::{self, Kind},
    },
};

/// Beats until shutdown; the newest signed heartbeat is also given to `multicast`.
pub async fn run(state: AppState, multicast: watch::Sender<Bytes>, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(state.config.push.heartbeat);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut versions = None;
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if let Err(error) = beat(&state, &multicast).await {
            tracing::error!(%error, "no heartbeat; boxes will report a lost gateway");
        }
        if let Err(error) = look_around(&state, &mut versions).await {
            tracing::error!(%error, "cannot look for revoked boxes and new provisioning");
        }
    }
}

/// Signs and sends one heartbeat.
pub async fn beat(state: &AppState, multicast: &watch::Sender<Bytes>) -> Result<(), StoreError> {
    let now_ms = state.now_ms();
    let issuer = state.orders.issuer().clone();
    let heartbeat = state.store.read(move |sql| current(sql, issuer, now_ms)).await?;
    match sign_heartbeat(&heartbeat, state.keys.current().heartbeat_key(now_ms)) {
        Ok(signed) => {
            state.hub.beat(Frame::heartbeat(&signed));
            multicast.send_replace(Bytes::from(signed));
        }
        Err(error) => tracing::error!(%error, "heartbeat not signed"),
    }
    Ok(())
}

fn current(sql: &mut dyn Sql, issuer: Issuer, now_ms: i64) -> Result<Heartbeat, StoreError> {
    let standing = order::in_force(sql, now_ms)?;
    let active = standing.iter().filter(|order| order.orders_something());
    Ok(Heartbeat {
        issuer,
        highest_sequence: order::highest_of(sql, Kind::Actual)?,
        highest_drill: order::highest_of(sql, Kind::Drill)?,
        // The desk issues no more than fit; should there be more, the newest ones are named.
        active: active
            .rev()
            .take(Heartbeat::MAX_ACTIVE)
            .filter_map(|order| order.order_id.parse().ok())
            .collect(),
        time: UnixMillis(now_ms),
    })
}

/// A renewed manifest reaches the connected boxes as new provisioning.
async fn take_over_keys(state: &AppState) -> Result<(), StoreError> {
    let keys = Arc::clone(&state.keys);
    let renewed = tokio::task::spawn_blocking(move || keys.take_over()).await;
    match renewed {
        Ok(Ok(true)) => {
            tracing::info!("renewed keys were taken over; boxes are told");
            let settings = state.settings();
            state.store.write(move |sql| provisioning::note_settings(sql, &settings)).await
        }
        Ok(Ok(false)) => Ok(()),
        Ok(Err(error)) => {
            tracing::error!(%error, "the renewed keys cannot be used; the old ones sign on");
            Ok(())
        }
        Err(error) => {
            tracing::error!(%error, "cannot look for renewed keys");
            Ok(())
        }
    }
}

/// Cuts off revoked boxes and tells the others about provisioning that changed since last time.
async fn look_around(
    state: &AppState,
    seen: &mut Option<provisioning::Versions>,
) -> Result<(), StoreError> {
    take_over_keys(state).await?;
    let revoked = state.store.read(device::revoked).await?;
    for device_id in revoked {
        state.hub.disconnect(&device_id);
    }
    let versions = state.store.read(provisioning::versions).await?;
    if let Some(before) = seen.as_ref() {
        for (device_id, version) in versions.changed_since(before) {
            state.hub.send(device_id, &Frame::provisioning_changed(version));
        }
    }
    *seen = Some(versions);
    Ok(())
}
