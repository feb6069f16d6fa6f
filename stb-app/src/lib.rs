//! The box on GTK 4 and GStreamer: views and adapters around `stb-core`.
//!
//! `driver` owns the machine on the GTK thread and pumps it; every adapter under `effects` runs on
//! a thread of its own and speaks through one bounded channel. Nothing here decides anything: what
//! is shown, said or sent was decided by the core.

pub mod app;
pub mod config;
pub mod driver;
pub mod effects;
pub mod marks;
pub mod membership;
pub mod player;
pub mod record;
pub mod text;
pub mod ui;
