//! Answers to services: JSON that no cache keeps.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::oidc::fault::{Code, Fault};

/// A fault on its way to a service.
#[derive(Debug)]
pub(super) struct Refused(pub(super) Fault);

#[derive(Serialize)]
struct Body {
    error: &'static str,
    error_description: &'static str,
}

impl<E: Into<Fault>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// Status of a code; RFC 6749, 5.2 and RFC 6750, 3.1.
pub(super) fn status(code: Code) -> StatusCode {
    match code {
        Code::InvalidClient | Code::InvalidToken => StatusCode::UNAUTHORIZED,
        Code::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        Code::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Fault { code, description } = self.0;
        let body = Body { error: code.text(), error_description: description };
        let mut response = (status(code), Json(body)).into_response();
        if code == Code::InvalidToken {
            let value = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        response
    }
}
