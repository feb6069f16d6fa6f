//! Development only: a software My Number card, its test CA and the bridge to a virtual reader.
//!
//! No shipped program may use this crate. Its CA is named `HITOKOE TEST JPKI` and its policies lie
//! in the arc for examples, so a production trust store refuses everything issued here.
//!
//! - [`ca::TestHierarchy`] issues [`card_file::CardFile`]s, one per [`profile::CardProfile`];
//! - [`applet::VirtualCard`] is the card: command bytes in, answer bytes out;
//! - [`j_lis`] is a simulated J-LIS: register, daily lists, OCSP;
//! - [`vpcd::VirtualReader`] presents it to the system's `pcscd`, [`pcscd::CardService`] starts one.

pub mod applet;
pub mod ca;
pub mod card_file;
pub mod control;
pub mod j_lis;
pub mod keys;
pub mod pcscd;
pub mod profile;
pub mod vpcd;
