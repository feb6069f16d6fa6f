//! The state that a box told: the latest is kept, and what it says of an update is counted.

use gateway_api::status::{BoxStatus, Reader, Signal, Slot, StatusAnswer};

use crate::{
    device::{self, Device},
    fleet::diagnosis,
    renewal,
    store::{Sql, StoreError},
    update::shelf,
    values,
};

/// A box whose state did not change tells it again after this time.
const AGAIN_SECONDS: u32 = 15 * 60;

/// Why a state is refused.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatusError {
    /// A number beyond what can be.
    #[error("the sequence number is beyond what an order can have")]
    Sequence,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Keeps the state and says what the box may do next.
pub(crate) fn take(
    sql: &mut dyn Sql,
    device: &Device,
    status: &BoxStatus,
    now_ms: i64,
) -> Result<StatusAnswer, StatusError> {
    keep(sql, &device.device_id, status, now_ms)?;
    device::seen(sql, &device.device_id, now_ms)?;
    shelf::note_report(sql, &device.device_id, status, now_ms)?;
    Ok(StatusAnswer {
        again_in_seconds: AGAIN_SECONDS,
        renew_certificate: renewal::is_due_for(sql, &device.device_id, now_ms)?,
        offer: shelf::offer(sql, &device.device_id, &status.version)?,
        diagnosis: diagnosis::open_for(sql, &device.device_id, now_ms)?,
    })
}

fn keep(
    sql: &mut dyn Sql,
    device_id: &str,
    status: &BoxStatus,
    now_ms: i64,
) -> Result<(), StatusError> {
    let sequence = status.last_order.map(|order| i64::try_from(order.sequence)).transpose();
    let sequence = sequence.map_err(|_| StatusError::Sequence)?;
    // A box whose clock is wrong has heard nothing in the future.
    let heard_at_ms = status.last_order.map(|order| order.heard_at_ms.clamp(0, now_ms));
    let update = &status.update;
    sql.execute("DELETE FROM box_status WHERE device_id = $1", values![device_id])?;
    sql.execute(
        "INSERT INTO box_status (device_id, received_at_ms, version, slot, reader, signal, \
         order_sequence, order_heard_at_ms, update_state, update_reason, update_version, \
         uptime_seconds, memory_total_kib, memory_free_kib) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        values![
            device_id,
            now_ms,
            status.version.to_string(),
            status.slot.map(slot),
            reader(status.reader),
            signal(status.signal),
            sequence,
            heard_at_ms,
            update.state.code(),
            update.reason.map(gateway_api::update::UpdateReason::code),
            update.version.as_ref().map(ToString::to_string),
            status.uptime_seconds,
            status.memory.map(|memory| memory.total_kib),
            status.memory.map(|memory| memory.free_kib)
        ],
    )?;
    Ok(())
}

const fn slot(slot: Slot) -> &'static str {
    match slot {
        Slot::A => "A",
        Slot::B => "B",
    }
}

const fn reader(reader: Reader) -> &'static str {
    match reader {
        Reader::Unknown => "unknown",
        Reader::Ready => "ready",
        Reader::Missing => "missing",
        Reader::ServiceDown => "service-down",
    }
}

const fn signal(signal: Signal) -> &'static str {
    match signal {
        Signal::Unknown => "unknown",
        Signal::Good => "good",
        Signal::Missing => "missing",
        Signal::Disturbed => "disturbed",
    }
}
