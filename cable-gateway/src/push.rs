//! Orders on their way to connected boxes.
//!
//! A frame of the event stream is built once and shared by every connection. Each box has a
//! bounded queue; one that does not keep up is dropped and resumes by its last event id.

mod hub;

pub use hub::{Frame, PushHub, Subscription};
