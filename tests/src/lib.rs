//! End-to-end scenarios and their harness: real processes, card service, browser and window.

pub mod bare_box;
pub mod browser;
pub mod channels;
pub mod console;
pub mod display;
pub mod fanout;
pub mod figure;
pub mod forge;
pub mod image;
pub mod load;
pub mod marks;
pub mod place;
pub mod process;
pub mod service;
pub mod tour;
pub mod town;
pub mod verifier;
pub mod watch;
