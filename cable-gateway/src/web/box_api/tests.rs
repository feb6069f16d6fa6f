//! The box API over real TLS.

mod enrolment;
mod events;
mod login;
mod reports;
