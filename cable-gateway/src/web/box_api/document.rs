//! The OpenAPI document of the box API, derived from the handlers and the wire types.

use axum::Json;
use utoipa::OpenApi as _;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Hitokoe box API",
        description = "Between set-top boxes and the gateway: HTTPS with mutual TLS, JSON up, \
                       server-sent events down. Times are Unix milliseconds, binary values base64."
    ),
    paths(
        super::enrolments::handler,
        super::events::handler,
        super::provisioning::handler,
        super::orders::handler,
        super::logins::handler,
        super::login_proof::handler,
        super::login_signature::handler,
        super::card_touches::handler,
        super::card_links::handler,
        super::card_stops::handler,
        super::reports::handler,
        super::status::handler,
        super::certificate::handler,
        super::diagnoses::give,
        super::diagnoses::refuse,
        super::updates::handler,
        super::access_log::handler,
        super::session::handler,
        super::service_requests::claim,
        super::service_requests::approve,
        super::service_requests::refuse,
        super::service_consents::list,
        super::service_consents::withdraw,
    )
)]
struct Document;

/// The document as pretty JSON, as kept in `docs/box-api.json`.
///
/// # Panics
/// Never: a derived document has text keys only.
pub fn text() -> String {
    let json = Document::openapi().to_pretty_json().expect("a derived document serialises");
    format!("{json}\n")
}

/// `GET /box/v1/openapi.json`.
pub(super) async fn handler() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The contract with boxes in the field changes only by intention: write the new document with
    /// `cargo run -p cable-gateway -- openapi > docs/box-api.json` and review the difference.
    #[test]
    fn the_document_in_docs_is_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/box-api.json");
        let kept = std::fs::read_to_string(path).expect("docs/box-api.json exists");
        assert!(kept == super::text(), "docs/box-api.json differs from the code");
    }
}
