//! The connection to the gateway as data: ids, outbox, backoff, telemetry.

pub(crate) mod backoff;
pub(crate) mod id;
pub(crate) mod outbox;
pub(crate) mod telemetry;
