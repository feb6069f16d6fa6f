//! The outer three elements of a certificate, read strictly.
//!
//! What lies inside the signed part is vouched for by the CA. What lies outside could be changed by
//! anybody without breaking the signature, so nothing is tolerated there: no trailing byte, no
//! second form of a length, no differing algorithm.

use crate::tlv::{self, BIT_STRING, SEQUENCE};

/// Most bytes a certificate may have.
pub(crate) const CERTIFICATE_LEN_MAX: usize = 8 * 1024;

/// sha256WithRSAEncryption with its NULL parameters (RFC 8017, A.2.4), the one algorithm in use.
const SHA256_WITH_RSA: &[u8] =
    &[0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x0B, 0x05, 0x00];

/// Signed part, algorithm and signature.
pub(crate) struct Shell<'a> {
    pub(crate) signed: &'a [u8],
    algorithm: &'a [u8],
    pub(crate) signature: &'a [u8],
}

impl<'a> Shell<'a> {
    pub(crate) fn parse(der: &'a [u8]) -> Option<Self> {
        if der.len() > CERTIFICATE_LEN_MAX {
            return None;
        }
        let whole = tlv::read_only(der, SEQUENCE).ok()?;
        let (signed, rest) = tlv::read_tagged(whole.value, SEQUENCE).ok()?;
        let (algorithm, rest) = tlv::read_tagged(rest, SEQUENCE).ok()?;
        let signature = tlv::read_only(rest, BIT_STRING).ok()?;
        // First byte: unused bits, always none in a signature.
        let (&0, signature) = signature.value.split_first()? else {
            return None;
        };
        Some(Self { signed: signed.raw, algorithm: algorithm.raw, signature })
    }

    /// The algorithm outside is the allowed one. The signed part must repeat it, see `profile`.
    pub(crate) fn is_sha256_with_rsa(&self) -> bool {
        self.algorithm == SHA256_WITH_RSA
    }
}
