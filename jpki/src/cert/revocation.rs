//! The seam for revocation.
//!
//! Revocation data of the real JPKI reaches accredited operators only, over closed lines and by two
//! protocols. This crate therefore defines what an answer is, and nothing about how it is obtained:
//! [`crate::verify::VerifiedLogin::certificate_id`] is the question, [`RevocationStatus`] the answer.

/// Names one certificate for good: DN and serial repeat between CA generations, this does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateId {
    /// Subject key id of the issuing CA generation.
    pub issuer_key_id: Vec<u8>,
    /// Serial number, big-endian, as in the certificate.
    pub serial: Vec<u8>,
}

/// Answers whether a certificate is still good.
pub trait RevocationSource {
    /// State of this certificate as far as the source knows at this moment.
    fn status(&self, certificate: &CertificateId, now_unix_secs: i64) -> RevocationStatus;
}

/// What is known about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationStatus {
    /// Not revoked at the source's time.
    Good {
        /// When the source was made, Unix seconds.
        source_updated_at: i64,
    },
    /// Revoked.
    Revoked {
        /// Why, a code of RFC 5280, 5.3.1.
        reason: u8,
        /// Since when, Unix seconds.
        revoked_at: i64,
        /// When the source was made, Unix seconds.
        source_updated_at: i64,
    },
    /// The source is older than it may be.
    Stale {
        /// When the source was made, Unix seconds.
        source_updated_at: i64,
    },
    /// The source knows nothing of this certificate, or there is no source.
    Unknown,
}

/// There is no source: every certificate is [`RevocationStatus::Unknown`], and whoever uses it has
/// to decide what that is worth.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRevocationSource;

impl RevocationSource for NoRevocationSource {
    fn status(&self, _certificate: &CertificateId, _now_unix_secs: i64) -> RevocationStatus {
        RevocationStatus::Unknown
    }
}
