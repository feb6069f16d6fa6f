//! Certificates of the JPKI: their shape, their issuers, their revocation.

pub mod chain;
pub mod profile;
pub mod revocation;
mod shell;
