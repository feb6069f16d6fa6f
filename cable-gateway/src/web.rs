//! The gateway's HTTP surfaces.

pub mod box_api;
pub mod staff;
