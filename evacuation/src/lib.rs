//! Orders, areas, shelters and households to the guidance of one home.
//!
//! Pure: no clock, no randomness, no I/O, no text. Times and keys come in as arguments, sentences
//! are chosen by the screen from what [`guidance`] says.

pub mod area;
pub mod guidance;
pub mod hazard;
pub mod household;
pub mod id;
pub mod order;
pub mod shelter;
