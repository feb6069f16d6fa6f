//! Why nobody is recognised: for the box, for the operator, for the event log.

use gateway_api::ProblemCode;
use jpki::verify::Refusal as LoginRefusal;

use crate::store::StoreError;

/// Why nobody is recognised.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// A name or value beyond its limits.
    #[error("{0}")]
    BadRequest(&'static str),
    /// The nonce is unknown, used, expired, or of another box.
    #[error("the login is unknown, was already answered, or took too long; start again")]
    NonceRefused,
    /// The certificate or the signature was refused.
    #[error("{0}")]
    Refused(#[from] LoginRefusal),
    /// Revoked.
    #[error("the certificate is revoked")]
    Revoked,
    /// Nobody can say whether it is revoked.
    #[error(
        "no source knows whether the certificate is revoked: check the sources of [revocation] and \
         the lines to them; revocation.unknown says what is done then"
    )]
    RevocationUnknown,
    /// What is known about its revocation is too old.
    #[error(
        "the revocation list is past its next update: check the source of the list and the line to \
         it; revocation.stale says what is done then"
    )]
    RevocationStale,
    /// Genuine, but of nobody registered here.
    #[error("the card belongs to nobody registered here; link it with `admin link-card`")]
    PersonUnknown,
    /// The certificate describes somebody else than the resident record.
    #[error(
        "the certificate's name, birth date, address or sex are not those of a resident of this \
         home; the town office can look at both"
    )]
    AttributesDiffer,
    /// Touched at the box of another household.
    #[error("the card is of another household; at this box it needs its PIN")]
    OtherHousehold,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl LoginError {
    /// The code that a box gets.
    pub fn code(&self) -> ProblemCode {
        match self {
            Self::BadRequest(_) => ProblemCode::BadRequest,
            Self::NonceRefused => ProblemCode::NonceRefused,
            Self::Refused(LoginRefusal::Expired { .. }) => ProblemCode::CertificateExpired,
            Self::Refused(LoginRefusal::SignatureMismatch) => ProblemCode::SignatureRefused,
            Self::Refused(_) => ProblemCode::CertificateRefused,
            Self::Revoked => ProblemCode::CertificateRevoked,
            Self::PersonUnknown | Self::AttributesDiffer => ProblemCode::PersonUnknown,
            Self::OtherHousehold => ProblemCode::OtherHousehold,
            // Nothing is known against the card: the resident is asked to try again later.
            Self::RevocationUnknown | Self::RevocationStale => ProblemCode::RevocationUnknown,
            Self::Store(_) => ProblemCode::Internal,
        }
    }

    /// Short word for the event log.
    pub(super) fn outcome(&self) -> &'static str {
        match self {
            Self::BadRequest(_) => "malformed",
            Self::NonceRefused => "nonce-refused",
            Self::Refused(LoginRefusal::SignatureMismatch) => "signature-refused",
            Self::Refused(LoginRefusal::Expired { .. }) => "expired",
            Self::Refused(_) => "certificate-refused",
            Self::Revoked => "revoked",
            Self::RevocationUnknown => "revocation-unknown",
            Self::RevocationStale => "revocation-stale",
            Self::PersonUnknown => "person-unknown",
            Self::AttributesDiffer => "attributes-differ",
            Self::OtherHousehold => "other-household",
            Self::Store(_) => "store-failed",
        }
    }
}
