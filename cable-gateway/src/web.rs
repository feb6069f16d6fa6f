//! The gateway's HTTP surfaces.

mod body_limit;
pub mod box_api;
pub mod staff;
