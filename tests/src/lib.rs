//! End-to-end scenarios and their harness: real processes, card service, browser and window.

pub mod browser;
pub mod display;
pub mod marks;
pub mod process;
pub mod watch;
