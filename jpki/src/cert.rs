//! Certificates of the JPKI: their shape, their issuers, whom they name.

pub mod attributes;
pub mod chain;
pub(crate) mod extension;
pub mod profile;
