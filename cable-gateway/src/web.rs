//! The gateway's HTTP surfaces.

mod body_limit;
pub mod box_api;
pub mod metrics;
pub mod oidc;
mod security_headers;
pub mod staff;
