//! The town's staff: accounts, sign-in, sessions, roles, and orders that wait for a second person.

pub mod account;
pub mod credential;
pub mod delay;
pub mod draft;
pub mod seal;
pub mod session;
pub mod sign_in;
pub mod triage;

pub use account::{Role, StaffMember};
