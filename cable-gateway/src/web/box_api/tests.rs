//! The box API over real TLS.

mod enrolment;
mod events;
mod help;
mod login;
mod reports;
mod signature;
