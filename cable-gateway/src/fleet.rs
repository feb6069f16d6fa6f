//! The boxes as the operator sees them: how each one is, and what is done about it.
//!
//! Nothing here knows a resident: queries read boxes, homes by their id, and districts. Only [`envelope`] does, for the
//! letters, and writes down whom it read.

pub mod codes;
pub mod csv;
pub mod diagnosis;
pub mod envelope;
pub mod gauges;
pub mod listing;
pub(crate) mod status;
#[cfg(test)]
mod tests;
