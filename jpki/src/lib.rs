//! My Number card conversation and verification of its certificates.
//!
//! The crate is pure: bytes in, bytes out. It opens no reader, reads no clock and draws no random
//! number; [`flow`] turns card answers into the next command, [`verify`] turns a certificate and a
//! signature into a [`report`] with a person's certificate id or a refusal, [`revocation`] says
//! whether the certificate is still good. [`manual`] holds the threats that shaped it and the reason
//! of each default.
//!
//! What a server does, in four calls: [`verify::verify`] (or [`verify::verify_login`]),
//! [`revocation::inquiry::Inquiry`] with the bytes its adapter fetched,
//! [`report::Verification::with_revocation`], [`report::Report::public`].
//!
//! Deliberately absent: any command that selects the file of the My Number. See [`card`].

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
