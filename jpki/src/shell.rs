//! What every signed thing has in common: signed part, algorithm, signature (RFC 5280, 4.1 and 5.1;
//! RFC 6960, 4.2.1).
//!
//! What lies inside the signed part is vouched for by the signer. What lies outside could be changed
//! by anybody without breaking the signature, so nothing is tolerated there: no trailing byte, no
//! second form of a length, no differing algorithm.

use crate::{
    algorithm::{PublicKey, SignatureAlgorithm},
    tlv::{self, BIT_STRING, SEQUENCE},
    verify::{SignatureVerifier, matches, matches_certificate},
};

/// Signed part, algorithm and signature.
pub(crate) struct Shell<'a> {
    /// Tag, length and content of the signed part.
    pub(crate) signed: &'a [u8],
    /// Content of the signed part.
    pub(crate) content: &'a [u8],
    /// What follows the signature: certificates of an OCSP answer.
    pub(crate) appendix: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Shell<'a> {
    /// Reads three elements that fill the input.
    pub(crate) fn parse(der: &'a [u8]) -> Option<Self> {
        Self::parse_with_appendix(der).filter(|shell| shell.appendix.is_empty())
    }

    /// Reads three elements and keeps what follows them.
    pub(crate) fn parse_with_appendix(der: &'a [u8]) -> Option<Self> {
        let whole = tlv::read_only(der, SEQUENCE).ok()?;
        let (signed, rest) = tlv::read_tagged(whole.value, SEQUENCE).ok()?;
        let (algorithm, rest) = tlv::read_tagged(rest, SEQUENCE).ok()?;
        let (signature, appendix) = tlv::read_tagged(rest, BIT_STRING).ok()?;
        Some(Self {
            signed: signed.raw,
            content: signed.value,
            appendix,
            algorithm: algorithm.raw,
            signature: whole_bytes(signature.value)?,
        })
    }

    /// The algorithm, if it is one of the allowed ones in its exact form.
    pub(crate) fn algorithm(&self) -> Option<SignatureAlgorithm> {
        SignatureAlgorithm::from_identifier(self.algorithm)
    }

    /// The algorithm's bytes; the signed part must repeat them.
    pub(crate) fn algorithm_der(&self) -> &'a [u8] {
        self.algorithm
    }

    /// Whether this key made the signature with the algorithm named here.
    pub(crate) fn is_signed_by(
        &self,
        key: PublicKey<'_>,
        verifier: &dyn SignatureVerifier,
    ) -> bool {
        self.algorithm() == Some(key.algorithm())
            && matches(verifier, key, self.signed, self.signature)
    }

    /// The same for a certificate and the key of its authority.
    pub(crate) fn is_issued_by(
        &self,
        issuer: PublicKey<'_>,
        verifier: &dyn SignatureVerifier,
    ) -> bool {
        self.algorithm() == Some(issuer.algorithm())
            && matches_certificate(verifier, issuer, self.signed, self.signature)
    }
}

/// Content of a BIT STRING; its first byte counts unused bits, of which a signature has none.
pub(crate) fn whole_bytes(bit_string: &[u8]) -> Option<&[u8]> {
    match bit_string.split_first()? {
        (0, bytes) => Some(bytes),
        _ => None,
    }
}
