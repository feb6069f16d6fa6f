//! The one shape of every refusal.

use axum::{
    Json,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use gateway_api::{Problem, ProblemCode};
use serde::de::DeserializeOwned;

use crate::{login::LoginError, report::ReportError, store::StoreError};

/// A refusal on its way to a box.
#[derive(Debug)]
pub struct Refused {
    status: StatusCode,
    problem: Problem,
}

impl Refused {
    /// A refusal with the status that belongs to its code.
    #[expect(clippy::needless_pass_by_value, reason = "texts and errors alike, told and dropped")]
    pub fn new(code: ProblemCode, detail: impl ToString) -> Self {
        Self { status: status(code), problem: Problem { code, detail: detail.to_string() } }
    }
}

impl Refused {
    /// The body is larger than this API takes.
    pub(super) fn too_large(limit: usize) -> Self {
        let detail = format!("the body is larger than {limit} bytes");
        let mut refused = Self::new(ProblemCode::BadRequest, detail);
        refused.status = StatusCode::PAYLOAD_TOO_LARGE;
        refused
    }
}

/// A box repeats what got 429 or 5xx; anything else it gives up, so that only failures of this
/// gateway have such a status.
fn status(code: ProblemCode) -> StatusCode {
    match code {
        ProblemCode::BadRequest => StatusCode::BAD_REQUEST,
        ProblemCode::DeviceRefused | ProblemCode::DeviceStopped | ProblemCode::SessionRefused => {
            StatusCode::UNAUTHORIZED
        }
        ProblemCode::CertificateExpired
        | ProblemCode::CertificateRefused
        | ProblemCode::CertificateRevoked
        | ProblemCode::CodeRefused
        | ProblemCode::NonceRefused
        | ProblemCode::OtherHousehold
        | ProblemCode::PersonUnknown
        | ProblemCode::SignatureRefused => StatusCode::FORBIDDEN,
        ProblemCode::Unknown => StatusCode::NOT_FOUND,
        ProblemCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ProblemCode::RevocationUnknown => StatusCode::SERVICE_UNAVAILABLE,
        ProblemCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, Json(self.problem)).into_response()
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store failed a box's request");
        let mut refused = Self::new(ProblemCode::Internal, "the gateway's store failed");
        if matches!(error, StoreError::Overloaded | StoreError::Closed) {
            refused.status = StatusCode::SERVICE_UNAVAILABLE;
        }
        refused
    }
}

impl From<LoginError> for Refused {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::Store(error) => error.into(),
            refusal => Self::new(refusal.code(), refusal),
        }
    }
}

impl From<ReportError> for Refused {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::BadRequest(detail) => Self::new(ProblemCode::BadRequest, detail),
            ReportError::SessionRefused => Self::new(ProblemCode::SessionRefused, error),
            ReportError::Unknown(detail) => Self::new(ProblemCode::Unknown, detail),
            ReportError::Store(error) => error.into(),
        }
    }
}

/// A JSON body whose faults are told as a [`Problem`].
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        let Json(body) =
            Json::from_request(request, state).await.map_err(|cause| malformed(&cause))?;
        Ok(Self(body))
    }
}

fn malformed(cause: &JsonRejection) -> Refused {
    // The text of the cause names the place, and for unknown fields the field; never the content.
    let mut refused = Refused::new(ProblemCode::BadRequest, cause.body_text());
    // A wrong shape is as malformed as wrong syntax; only the size has a status of its own.
    if cause.status() == StatusCode::PAYLOAD_TOO_LARGE {
        refused.status = StatusCode::PAYLOAD_TOO_LARGE;
    }
    refused
}

/// Every path and method that does not exist.
pub(super) async fn nothing_here() -> Refused {
    Refused::new(ProblemCode::Unknown, "nothing exists under this path and method")
}
