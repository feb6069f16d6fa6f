//! The connection to the gateway as data: ids, outbox, backoff, telemetry.

pub(crate) mod id;
