//! Orders on their way to boxes.
//!
//! A frame of the event stream is built once and shared by every connection. Each box has a
//! bounded queue; one that does not keep up is dropped and resumes by its last event id, which is
//! the number of the last order it got. The same signed bytes go out by multicast.

pub mod heartbeat;
mod hub;
pub mod multicast;
pub mod presence;

pub use hub::{Frame, PushHub, Subscription};
