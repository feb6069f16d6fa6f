//! Response headers, and the refusal of requests that another site sent.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, uri::Authority},
    middleware::Next,
    response::Response,
};

use super::fault::Fault;
use crate::web::security_headers;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// With `no-referrer` browsers hide the origin of a form from us too.
const REFERRER: &str = "same-origin";

/// Adds the security headers; pages are never kept by a cache.
pub(super) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    security_headers::add(&mut response, HeaderValue::from_static(POLICY), REFERRER);
    response
}

/// Refuses changes that do not come from a page of this console.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let harmless = matches!(*request.method(), Method::GET | Method::HEAD);
    if harmless || comes_from_here(&request) {
        return next.run(request).await;
    }
    tracing::warn!(path = request.uri().path(), "a form from another origin was refused");
    Fault::Forged.page()
}

/// The browser says where a form was sent from; a request that does not say is refused.
fn comes_from_here(request: &Request) -> bool {
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let site = text(HeaderName::from_static("sec-fetch-site"));
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    match text(header::ORIGIN) {
        Some(origin) => same_authority(origin, request, headers),
        None => site.is_some(),
    }
}

fn same_authority(origin: &str, request: &Request, headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
    let host = host.or_else(|| request.uri().authority().map(Authority::as_str));
    let from = origin.split_once("://").map(|(_, authority)| authority);
    host.is_some() && from == host
}
