//! The signed heartbeat, and what is looked at with every beat.
//!
//! A heartbeat tells boxes the highest order number and the orders in force, so that a lost or
//! suppressed order shows. With each beat this also looks for what another process changed: revoked
//! boxes are cut off, renewed keys are taken over, boxes with new provisioning are told. What this process
//! itself changed for a home is looked for at once.

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
    device,
    orders::belief,
    provisioning,
    state::AppState,
    store::{
        Sql, StoreError,
        order::{self, Kind},
    },
};

/// As many boxes may fetch their provisioning at the same moment; more of them spread it.
const AT_ONCE_MAX: usize = 32;

/// Beats until shutdown; the newest signed heartbeat is also given to `multicast`.
pub async fn run(state: AppState, multicast: watch::Sender<Bytes>, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(state.config.push.heartbeat);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut versions = None;
    // Before the first beat, so that no change after it is taken for what was there before.
    if let Err(error) = tell_changes(&state, &mut versions).await {
        tracing::error!(%error, "cannot look for new provisioning");
    }
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            () = state.hub.news() => {
                if let Err(error) = tell_changes(&state, &mut versions).await {
                    tracing::error!(%error, "boxes hear of a change with the next heartbeat only");
                }
                continue;
            }
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
    // A box cannot get an order that it refuses, however often it asks.
    let active = standing.iter().filter(|order| order.orders_something() && !order.disbelieved);
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

/// Takes over keys that were renewed on the disk.
async fn take_over_keys(state: &AppState) {
    let keys = Arc::clone(&state.keys);
    match tokio::task::spawn_blocking(move || keys.take_over()).await {
        Ok(Ok(true)) => tracing::info!("renewed keys were taken over; boxes are told"),
        Ok(Ok(false)) => {}
        Ok(Err(error)) => {
            tracing::error!(%error, "the renewed keys cannot be used; the old ones sign on");
        }
        Err(error) => tracing::error!(%error, "cannot look for renewed keys"),
    }
}

/// Notes what the keys in use mean: connected boxes get a renewed manifest as new provisioning, and
/// orders that boxes refuse with it are marked. Looked at with every beat, whoever took the keys
/// over, so that a store that failed once leaves no box untold.
pub(crate) async fn note_keys(state: &AppState) -> Result<(), StoreError> {
    let (settings, keys, now_ms) = (state.settings(), state.keys.current(), state.now_ms());
    let look = {
        let settings = settings.clone();
        move |sql: &mut dyn Sql| {
            let is_noted = provisioning::is_noted(sql, &settings)?;
            Ok::<_, StoreError>((is_noted, belief::missing_marks(sql, &keys, now_ms)?))
        }
    };
    let (is_noted, marks) = state.store.read(look).await?;
    if is_noted && marks.is_empty() {
        return Ok(());
    }
    for mark in marks.iter().filter(|mark| mark.disbelieved) {
        tracing::warn!(
            order = mark.order_id,
            "boxes no longer believe this order, its key was revoked; issue it anew in the console"
        );
    }
    let note = move |sql: &mut dyn Sql| {
        provisioning::note_settings(sql, &settings)?;
        marks
            .iter()
            .try_for_each(|mark| order::note_disbelief(sql, &mark.order_id, mark.disbelieved))
    };
    state.store.write(note).await
}

/// Cuts off revoked boxes and tells the others about provisioning that changed since last time.
async fn look_around(
    state: &AppState,
    seen: &mut Option<provisioning::Versions>,
) -> Result<(), StoreError> {
    take_over_keys(state).await;
    note_keys(state).await?;
    let revoked = state.store.read(device::revoked).await?;
    for device_id in revoked {
        state.hub.disconnect(&device_id);
    }
    tell_changes(state, seen).await
}

/// Tells boxes about provisioning that changed since last time.
async fn tell_changes(
    state: &AppState,
    seen: &mut Option<provisioning::Versions>,
) -> Result<(), StoreError> {
    let versions = state.store.read(provisioning::versions).await?;
    if let Some(before) = seen.as_ref() {
        let changed = versions.changed_since(before);
        let frame = if changed.len() <= AT_ONCE_MAX {
            Frame::provisioning_changed_at_once
        } else {
            Frame::provisioning_changed
        };
        for (device_id, version) in changed {
            state.hub.send(device_id, &frame(version));
        }
    }
    *seen = Some(versions);
    Ok(())
}

#[cfg(test)]
mod tests {
    use evacuation::heartbeat::open_heartbeat;

    use super::*;
    use crate::{
        admin,
        random::SeededRandom,
        testing::{TestGateway, flood},
    };

    async fn active(state: &AppState) -> Vec<String> {
        let (issuer, now_ms) = (state.orders.issuer().clone(), state.now_ms());
        let read = move |sql: &mut dyn Sql| current(sql, issuer, now_ms);
        let beat = state.store.read(read).await.expect("a heartbeat");
        beat.active.iter().map(ToString::to_string).collect()
    }

    async fn renew(gateway: &TestGateway, revoke: bool) {
        let (config, now_ms) = (&gateway.state.config, gateway.state.now_ms());
        let random = SeededRandom::new(21);
        let done = if revoke {
            admin::revoke_keys(config, None, true, now_ms, &random).await
        } else {
            admin::renew_keys(config, None, false, now_ms, &random)
        };
        done.expect("renewed");
    }

    #[tokio::test]
    async fn an_order_whose_key_was_revoked_leaves_the_heartbeat_and_is_marked() {
        let gateway = TestGateway::start().await;
        let order = gateway.publish(flood()).await;
        let id = order.id.to_string();
        look_around(&gateway.state, &mut None).await.expect("looked");
        assert_eq!(active(&gateway.state).await, std::slice::from_ref(&id));
        renew(&gateway, true).await;
        look_around(&gateway.state, &mut None).await.expect("looked");
        assert_eq!(active(&gateway.state).await, [""; 0]);
        let lost = gateway.write(move |sql| order::find(sql, &id)).await.expect("kept");
        assert!(lost.is_lost(gateway.state.now_ms()));
        let again = gateway.publish(flood()).await.id.to_string();
        look_around(&gateway.state, &mut None).await.expect("looked");
        assert_eq!(active(&gateway.state).await, [again]);
        let (beats, _) = watch::channel(Bytes::new());
        beat(&gateway.state, &beats).await.expect("sent");
        let keys = gateway.state.keys.current();
        let trust = evacuation::trust::open_manifest(keys.manifest(), &keys.manifest_root());
        let trust = evacuation::trust::Trust::new(trust.expect("our manifest"));
        assert!(open_heartbeat(&beats.borrow(), &trust).is_ok());
        gateway.stop().await;
    }

    #[tokio::test]
    async fn boxes_are_told_of_renewed_keys_although_the_store_failed_first() {
        let gateway = TestGateway::start().await;
        let version = "SELECT version AS n FROM town";
        let before = gateway.number(version).await;
        let fail = "CREATE TRIGGER disk_full BEFORE UPDATE ON town \
                    BEGIN SELECT RAISE(ABORT, 'disk full'); END";
        gateway.write(move |sql| sql.script(fail)).await;
        renew(&gateway, false).await;
        assert!(look_around(&gateway.state, &mut None).await.is_err());
        assert_eq!(gateway.number(version).await, before);
        gateway.write(|sql| sql.script("DROP TRIGGER disk_full")).await;
        look_around(&gateway.state, &mut None).await.expect("looked");
        assert_eq!(gateway.number(version).await, before + 1);
        gateway.stop().await;
    }
}
