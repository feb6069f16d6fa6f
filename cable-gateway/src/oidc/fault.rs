//! Refusals as RFC 6749, RFC 8628 and OpenID Connect name them.

use crate::{signing_keys::KeyError, store::StoreError};

/// Code of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// A parameter is missing, repeated, or malformed.
    InvalidRequest,
    /// The client did not prove who it is.
    InvalidClient,
    /// The code, or what belongs to it, does not count.
    InvalidGrant,
    /// The client may not do this.
    UnauthorizedClient,
    /// No such kind of grant here.
    UnsupportedGrantType,
    /// Only `code`.
    UnsupportedResponseType,
    /// A scope that this client may not have.
    InvalidScope,
    /// The person said no, or did not answer.
    AccessDenied,
    /// Nobody is signed in here, ever: a person must be asked.
    LoginRequired,
    /// Request objects are not taken.
    RequestNotSupported,
    /// Request objects by address are not taken.
    RequestUriNotSupported,
    /// The person has not answered yet.
    AuthorizationPending,
    /// Asked too often.
    SlowDown,
    /// The waiting is over.
    ExpiredToken,
    /// The access token does not count.
    InvalidToken,
    /// Try later.
    TemporarilyUnavailable,
    /// Something failed here.
    ServerError,
}

impl Code {
    /// As it is written on the wire.
    pub fn text(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::LoginRequired => "login_required",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::InvalidToken => "invalid_token",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }
}

/// A refusal with words for the service's developer; never personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{description}")]
pub struct Fault {
    /// Its code.
    pub code: Code,
    /// Cause and remedy, plain ASCII without quotes, as RFC 6749 wants it.
    pub description: &'static str,
}

impl Fault {
    /// A refusal.
    pub const fn new(code: Code, description: &'static str) -> Self {
        Self { code, description }
    }

    /// A malformed request.
    pub const fn request(description: &'static str) -> Self {
        Self::new(Code::InvalidRequest, description)
    }

    /// A client that is not believed.
    pub const fn client(description: &'static str) -> Self {
        Self::new(Code::InvalidClient, description)
    }

    /// A grant that does not count.
    pub const fn grant(description: &'static str) -> Self {
        Self::new(Code::InvalidGrant, description)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed a service's request");
        match error {
            StoreError::Overloaded | StoreError::Closed => {
                Self::new(Code::TemporarilyUnavailable, "too busy, try again in a moment")
            }
            _ => Self::new(Code::ServerError, "the provider failed, its operator was told"),
        }
    }
}

impl From<KeyError> for Fault {
    fn from(error: KeyError) -> Self {
        tracing::error!(%error, "a signing key cannot be used");
        Self::new(Code::ServerError, "the provider failed, its operator was told")
    }
}
