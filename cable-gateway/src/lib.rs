//! The operator's platform: box API, order push, verifier, services, staff consoles.
//!
//! Boxes talk to [`web::box_api`] over mutual TLS; staff use [`web::staff`] in a browser. Both
//! work on one [`state::AppState`]. Orders leave through [`orders::OrderDesk`] alone, certificates
//! never leave [`login`], and personal data reaches staff only through queries that take an
//! [`audit::Viewer`] and write the audit record in the same transaction.

pub mod audit;
pub mod clock;
pub mod config;
pub mod encoding;
pub mod orders;
pub mod push;
pub mod random;
pub mod staff;
pub mod state;
pub mod store;
pub mod web;
