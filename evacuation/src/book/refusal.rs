//! Why the book did not take signed bytes. Nothing is shown for any of these; all are counted.

use crate::trust::OpenError;

/// Why nothing is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Refusal {
    /// More bytes than an order may have.
    #[error("larger than an order may be")]
    TooLarge,
    /// Not an order.
    #[error("not in the form of an order")]
    Malformed,
    /// A key that the manifest does not name.
    #[error("signed by an unknown key")]
    UnknownKey,
    /// A key that the manifest revokes.
    #[error("signed by a revoked key")]
    RevokedKey,
    /// The signature does not fit.
    #[error("the signature is wrong")]
    BadSignature,
    /// A drill key under an actual order, or a key for something else.
    #[error("signed by a key that may not sign this")]
    WrongKeyUsage,
    /// A key of another town.
    #[error("signed by a key of another town")]
    KeyOutOfScope,
    /// Issued outside the life of its key.
    #[error("issued when its key was not valid")]
    KeyOutOfTime,
    /// Of another town.
    #[error("issued by another town")]
    OtherIssuer,
    /// An older sequence number, or other bytes under a known id.
    #[error("older than what was heard before, or a known id with other content")]
    Replayed,
    /// The same bytes again: the usual case where an order comes by several ways.
    #[error("heard before")]
    Duplicate,
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// For another district; its number counts.
    #[error("for another district")]
    OtherArea,
    /// A technical test; its number counts.
    #[error("a technical test")]
    TestOnly,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::TooLarge,
        Self::Malformed,
        Self::UnknownKey,
        Self::RevokedKey,
        Self::BadSignature,
        Self::WrongKeyUsage,
        Self::KeyOutOfScope,
        Self::KeyOutOfTime,
        Self::OtherIssuer,
        Self::Replayed,
        Self::Duplicate,
        Self::Expired,
        Self::OtherArea,
        Self::TestOnly,
    ];

    /// Name for counters and logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Malformed => "malformed",
            Self::UnknownKey => "unknown-key",
            Self::RevokedKey => "revoked-key",
            Self::BadSignature => "bad-signature",
            Self::WrongKeyUsage => "wrong-key-usage",
            Self::KeyOutOfScope => "key-out-of-scope",
            Self::KeyOutOfTime => "key-out-of-time",
            Self::OtherIssuer => "other-issuer",
            Self::Replayed => "replayed",
            Self::Duplicate => "duplicate",
            Self::Expired => "expired",
            Self::OtherArea => "other-area",
            Self::TestOnly => "test-only",
        }
    }

    /// Whether it may be an attack or a fault, in contrast to the usual course of things.
    pub fn is_suspicious(self) -> bool {
        !matches!(self, Self::Duplicate | Self::Expired | Self::OtherArea | Self::TestOnly)
    }
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::TooLarge => Self::TooLarge,
            OpenError::Malformed => Self::Malformed,
            OpenError::UnknownKey => Self::UnknownKey,
            OpenError::RevokedKey => Self::RevokedKey,
            OpenError::BadSignature => Self::BadSignature,
            OpenError::WrongKeyUsage => Self::WrongKeyUsage,
            OpenError::OutOfScope => Self::KeyOutOfScope,
            OpenError::KeyOutOfTime => Self::KeyOutOfTime,
        }
    }
}
