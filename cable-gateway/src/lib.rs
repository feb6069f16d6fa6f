//! The operator's platform: box API, order push, verifier, services, staff consoles.
//!
//! Boxes talk to [`web::box_api`] over mutual TLS; staff use [`web::staff`] in a browser. Both
//! work on one [`state::AppState`]. Orders leave through [`orders::OrderDesk`] alone, certificates
//! never leave [`login`], and personal data reaches staff only through queries that take an
//! [`audit::Viewer`] and write the audit record in the same transaction.

pub mod admin;
pub mod audit;
pub mod card;
pub mod clock;
pub mod config;
pub mod device;
pub mod device_authority;
pub mod encoding;
pub mod enrolment;
pub mod expiry;
pub mod file_modes;
pub mod fleet;
pub mod free_text;
#[cfg(test)]
mod invariants;
pub mod jws;
pub mod key_lock;
pub mod lifecycle;
pub mod limit;
pub mod listener;
pub mod login;
pub mod metrics;
mod network;
pub mod oidc;
pub mod orders;
pub mod provisioning;
pub mod push;
pub mod random;
pub mod renewal;
mod report;
pub mod revocation;
pub mod secret_file;
mod session;
pub mod signing_keys;
pub mod staff;
pub mod state;
pub mod statement;
pub mod store;
#[cfg(test)]
mod testing;
pub mod tls;
pub mod town_import;
pub mod town_keys;
pub mod update;
pub mod web;
