//! The console as a browser meets it: pages, forms, refusals.

mod accessibility;
mod audit_trail;
mod browser;
mod fixture;
mod names;
mod orders;
mod rights;
mod sign_in;
mod sizes;
mod watch_list;
