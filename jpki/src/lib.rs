//! My Number card conversation and verification of its certificates.
//!
//! The crate is pure: bytes in, bytes out. It opens no reader, reads no clock and draws no random
//! number; [`flow`] turns card answers into the next command, [`verify`] turns a certificate and a
//! signature into a person's certificate id or a refusal. [`manual`] holds the threats that shaped
//! it and the reason of each default.
//!
//! Deliberately absent: any command that reaches an application other than the JPKI one. The
//! My Number itself lies in another application of the card and cannot be asked for from here.

pub mod algorithm;
pub mod apdu;
pub mod card;
pub mod cert;
pub mod flow;
pub mod manual;
pub mod pin;
pub mod report;
pub mod revocation;
mod shell;
pub mod status;
pub mod tbs;
pub mod time;
pub mod tlv;
pub mod token;
pub mod trust;
pub mod verify;
