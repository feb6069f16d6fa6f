//! How the box is, as the machine knows it.

use gateway_api::status::{LastOrder, Reader, Signal};

/// What the machine adds to the state that a box tells its operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vitals {
    /// Card reader.
    pub reader: Reader,
    /// How the channel comes in.
    pub signal: Signal,
    /// Newest order since the start.
    pub last_order: Option<LastOrder>,
}
