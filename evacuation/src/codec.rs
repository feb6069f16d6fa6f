//! Deterministic CBOR of an order (RFC 8949, 4.2.1): integer keys, one encoding for one order.

pub(crate) mod fields;

use ciborium::Value;

pub use fields::DecodeError;

use crate::{
    area::AreaId,
    hazard::{Hazard, Level},
    id::OrderId,
    order::{Act, Mode, Order},
    shelter::{ShelterId, ShelterState},
};
use fields::{Fields, Writer};

/// Version of the order's map.
const VERSION: u64 = 1;

mod key {
    pub(super) const ID: u64 = 1;
    pub(super) const ISSUER: u64 = 2;
    pub(super) const SEQUENCE: u64 = 3;
    pub(super) const ISSUED_AT: u64 = 4;
    pub(super) const EXPIRES_AT: u64 = 5;
    pub(super) const MODE: u64 = 6;
    pub(super) const ACT: u64 = 7;
    pub(super) const REFERENCES: u64 = 8;
    pub(super) const HAZARD: u64 = 9;
    pub(super) const LEVEL: u64 = 10;
    pub(super) const AREA_TABLE: u64 = 11;
    pub(super) const AREAS: u64 = 12;
    pub(super) const SHELTER_TABLE: u64 = 13;
    pub(super) const SHELTERS: u64 = 14;
    pub(super) const SHELTER_STATES: u64 = 15;
    pub(super) const REASON: u64 = 16;
}

const MODES: [Mode; 3] = [Mode::Actual, Mode::Drill, Mode::Test];
const ACTS: [Act; 4] = [Act::Issue, Act::Update, Act::Lift, Act::Cancel];
const STATES: [ShelterState; 3] = [ShelterState::Open, ShelterState::Closed, ShelterState::Full];

/// The order's bytes. Empty lists and absent values are left out.
pub fn encode(order: &Order) -> Vec<u8> {
    let mut map = Writer::new(VERSION);
    map.bytes(key::ID, &order.id.0);
    map.issuer(key::ISSUER, &order.issuer);
    map.number(key::SEQUENCE, order.sequence);
    map.time(key::ISSUED_AT, order.issued_at);
    map.time(key::EXPIRES_AT, order.expires_at);
    map.number(key::MODE, index(&MODES, &order.mode));
    map.number(key::ACT, index(&ACTS, &order.act));
    map.list(key::REFERENCES, order.references.iter().map(|id| Value::Bytes(id.0.to_vec())));
    map.number(key::HAZARD, index(&Hazard::ALL, &order.hazard));
    if let Some(level) = order.level {
        map.number(key::LEVEL, level.number().into());
    }
    map.number(key::AREA_TABLE, order.area_table.into());
    map.list(key::AREAS, order.areas.iter().map(|id| Value::Text(id.to_string())));
    map.number(key::SHELTER_TABLE, order.shelter_table.into());
    encode_shelters(&mut map, &order.shelters);
    if let Some(reason) = &order.reason {
        map.text(key::REASON, reason);
    }
    map.finish()
}

/// Ids in one list and states in one byte string beside it: 24 shelters must fit a datagram.
fn encode_shelters(map: &mut Writer, shelters: &[(ShelterId, ShelterState)]) {
    if shelters.is_empty() {
        return;
    }
    map.list(key::SHELTERS, shelters.iter().map(|(id, _)| Value::Text(id.to_string())));
    let states = shelters.iter().map(|(_, state)| STATES.iter().position(|s| s == state));
    let states: Vec<u8> =
        states.map(|at| at.and_then(|at| at.try_into().ok()).unwrap_or(0)).collect();
    map.bytes(key::SHELTER_STATES, &states);
}

/// Reads exactly what [`encode`] writes of a valid order, and nothing else.
pub fn decode(bytes: &[u8]) -> Result<Order, DecodeError> {
    if bytes.len() > Order::MAX_SIGNED_LEN {
        return Err(DecodeError::TooLarge);
    }
    let mut map = Fields::read(bytes, VERSION)?;
    let order = Order {
        id: OrderId(map.bytes(key::ID)?),
        issuer: map.issuer(key::ISSUER)?,
        sequence: map.number(key::SEQUENCE)?,
        issued_at: map.time(key::ISSUED_AT)?,
        expires_at: map.time(key::EXPIRES_AT)?,
        mode: map.choice(key::MODE, &MODES)?,
        act: map.choice(key::ACT, &ACTS)?,
        references: decode_references(&mut map)?,
        hazard: map.choice(key::HAZARD, &Hazard::ALL)?,
        level: decode_level(&mut map)?,
        area_table: map.number(key::AREA_TABLE)?,
        areas: map.ids(key::AREAS, Order::MAX_AREAS, AreaId::new)?,
        shelter_table: map.number(key::SHELTER_TABLE)?,
        shelters: decode_shelters(&mut map)?,
        reason: map.optional_text(key::REASON)?,
    };
    map.finish()?;
    order.validate().map_err(DecodeError::Invalid)?;
    if encode(&order) == bytes { Ok(order) } else { Err(DecodeError::NotDeterministic) }
}

fn decode_references(map: &mut Fields) -> Result<Vec<OrderId>, DecodeError> {
    let list = map.list(key::REFERENCES, Order::MAX_REFERENCES)?;
    list.into_iter().map(|item| fields::fixed_bytes(item).map(OrderId)).collect()
}

fn decode_level(map: &mut Fields) -> Result<Option<Level>, DecodeError> {
    let Some(number) = map.optional_number(key::LEVEL)? else { return Ok(None) };
    let level = u8::try_from(number).ok().and_then(Level::from_number);
    level.map(Some).ok_or(DecodeError::Malformed)
}

fn decode_shelters(map: &mut Fields) -> Result<Vec<(ShelterId, ShelterState)>, DecodeError> {
    let ids = map.ids(key::SHELTERS, Order::MAX_SHELTERS, ShelterId::new)?;
    let states = map.optional_bytes(key::SHELTER_STATES)?.unwrap_or_default();
    if ids.len() != states.len() {
        return Err(DecodeError::Malformed);
    }
    let with_state = |(id, state): (ShelterId, u8)| Some((id, *STATES.get(usize::from(state))?));
    ids.into_iter().zip(states).map(|pair| with_state(pair).ok_or(DecodeError::Malformed)).collect()
}

/// Number of a value in its list of codes; the lists above are complete.
fn index<T: PartialEq>(codes: &[T], value: &T) -> u64 {
    codes.iter().position(|code| code == value).unwrap_or(codes.len()) as u64
}

#[cfg(test)]
mod tests;
