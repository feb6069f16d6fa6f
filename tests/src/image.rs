//! The box image in a virtual machine, with the town around it.
//!
//! The machine has what a box in a home has: a disk with two slots, a screen, a card reader on USB, an
//! infrared receiver, two networks (the gateway's, and the one on which programmes and orders come in).
//! Nothing of this is a mock: the reader is a USB device, keys pass the kernel's infrared decoder.

pub mod agent;
pub mod machine;
pub mod programmes;
pub mod reader;
pub mod screen;
pub mod visit;
