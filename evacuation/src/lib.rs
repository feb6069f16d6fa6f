//! Orders, areas, shelters and households to the guidance of one home.
//!
//! Pure: no clock, no randomness, no I/O, no text. Times and keys come in as arguments, sentences
//! are chosen by the screen from what [`guidance`] says.
//!
//! The way of an order: the town [signs](signing::sign_order) it; a box opens it with the keys of
//! its [manifest](trust), the [order book](book) decides whether it is news for this home, and
//! [`guidance::guide`] says what these people do now.

pub mod area;
pub mod book;
pub mod codec;
mod envelope;
pub mod guidance;
pub mod hazard;
pub mod heartbeat;
pub mod household;
pub mod id;
pub mod order;
pub mod shelter;
pub mod signing;
#[cfg(test)]
mod testing;
pub mod trust;
