//! The heartbeat: what a box must have heard by now, signed by the gateway every few seconds.

use ciborium::Value;

use crate::{
    codec::{
        DecodeError,
        fields::{self, Fields, Writer},
    },
    envelope::{Context, Envelope},
    id::{Issuer, OrderId},
    order::UnixMillis,
    signing::HeartbeatSigningKey,
    trust::{KeyUsage, Kid, OpenError, Trust},
};

const VERSION: u64 = 1;

/// State of the town's orders at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// Town.
    pub issuer: Issuer,
    /// Highest sequence number of an actual order; 0 when there was none yet.
    pub highest_sequence: u64,
    /// Highest sequence number of a drill or a test; 0 when there was none yet.
    pub highest_drill: u64,
    /// Orders in force: issued or updated, neither lifted everywhere, nor replaced, nor expired.
    pub active: Vec<OrderId>,
    /// When it was signed.
    pub time: UnixMillis,
}

impl Heartbeat {
    /// Most orders in force at once.
    pub const MAX_ACTIVE: usize = 32;
    /// Largest signed heartbeat in bytes.
    pub const MAX_SIGNED_LEN: usize = 1_150;
}

/// More orders in force than a heartbeat can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a heartbeat names at most 32 orders")]
pub struct TooManyActive;

/// Signs a heartbeat.
pub fn sign_heartbeat(
    heartbeat: &Heartbeat,
    key: &HeartbeatSigningKey,
) -> Result<Vec<u8>, TooManyActive> {
    if heartbeat.active.len() > Heartbeat::MAX_ACTIVE {
        return Err(TooManyActive);
    }
    Ok(key.seal(heartbeat.encode(), Context::Heartbeat))
}

/// Opens a heartbeat signed by a heartbeat key of its town.
pub fn open_heartbeat(bytes: &[u8], trust: &Trust) -> Result<Heartbeat, OpenError> {
    verify_heartbeat(bytes, trust).map(|(heartbeat, _)| heartbeat)
}

/// The same with the key that signed it.
pub(crate) fn verify_heartbeat(bytes: &[u8], trust: &Trust) -> Result<(Heartbeat, Kid), OpenError> {
    if bytes.len() > Heartbeat::MAX_SIGNED_LEN {
        return Err(OpenError::TooLarge);
    }
    let envelope = Envelope::read(bytes).map_err(|_| OpenError::Malformed)?;
    let (key, payload) = trust.verified(&envelope, Context::Heartbeat)?;
    if key.usage != KeyUsage::Heartbeat {
        return Err(OpenError::WrongKeyUsage);
    }
    let heartbeat = Heartbeat::decode(payload)?;
    key.covers(&heartbeat.issuer, heartbeat.time)?;
    Ok((heartbeat, envelope.kid()))
}

impl Heartbeat {
    /// The content that is signed: deterministic CBOR.
    pub fn encode(&self) -> Vec<u8> {
        let mut map = Writer::new(VERSION);
        map.issuer(1, &self.issuer);
        map.number(2, self.highest_sequence);
        map.list(3, self.active.iter().map(|id| Value::Bytes(id.0.to_vec())));
        map.time(4, self.time);
        if self.highest_drill > 0 {
            map.number(5, self.highest_drill);
        }
        map.finish()
    }

    /// Reads exactly what [`Self::encode`] writes; the signature is not its matter.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut map = Fields::read(bytes, VERSION)?;
        let active = map.list(3, Self::MAX_ACTIVE)?.into_iter();
        let active = active.map(|id| fields::fixed_bytes(id).map(OrderId));
        let heartbeat = Self {
            issuer: map.issuer(1)?,
            highest_sequence: map.number(2)?,
            active: active.collect::<Result<_, _>>()?,
            time: map.time(4)?,
            highest_drill: map.optional_number(5)?.unwrap_or(0),
        };
        map.finish()?;
        if heartbeat.encode() == bytes { Ok(heartbeat) } else { Err(DecodeError::NotDeterministic) }
    }
}

#[cfg(test)]
mod tests;
