//! The gateway's HTTP surfaces.

pub mod staff;
