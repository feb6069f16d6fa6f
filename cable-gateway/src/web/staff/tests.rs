//! The console as a browser meets it: pages, forms, refusals.

mod accessibility;
mod audit_trail;
mod browser;
mod cards;
mod fixture;
mod fleet;
mod kept_back;
mod names;
mod orders;
mod refusals;
mod rights;
mod sign_in;
mod sizes;
mod standing;
mod support;
mod watch_list;
