//! The box's state machine: navigation, takeover, card sessions, outbox, view models.
//!
//! `machine.handle(now, event)` changes the state once; `machine.poll()` then hands out effects
//! until none is left and the next deadline is known. The core reads no clock, opens no file, knows
//! no GTK: what it wants done it says as an [`effect::Effect`], what it wants shown it says as a
//! [`view::View`].

mod access;
mod cards;
mod check_in;
pub mod config;
mod context;
pub mod diagnosis;
pub mod duty;
pub mod effect;
mod emergency;
mod entry;
pub mod event;
mod few;
pub mod first_start;
pub mod key;
mod key_lock;
mod link;
pub mod machine;
mod nav;
pub mod phone;
pub mod phrase;
mod profile;
pub mod service;
mod services;
mod session;
mod speech;
pub mod time;
mod tv;
pub mod update;
pub mod view;
pub mod vitals;

pub use config::Config;
pub use machine::{Machine, Output};
pub use time::Now;
