//! The OpenAPI document of the box API, derived from the handlers and the wire types.

use axum::Json;
use utoipa::{
    Modify, OpenApi as _,
    openapi::{
        OpenApi, Ref, RefOr, content::ContentBuilder, path::Operation, response::ResponseBuilder,
    },
};

use super::BODY_LIMIT;

#[derive(utoipa::OpenApi)]
#[openapi(
    modifiers(&BodyRefusals),
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

/// What every operation with a body answers to one that it cannot read; an operation's own words stay.
struct BodyRefusals;

impl Modify for BodyRefusals {
    fn modify(&self, document: &mut OpenApi) {
        for path in document.paths.paths.values_mut() {
            let operations = [&mut path.post, &mut path.put, &mut path.patch];
            for operation in
                operations.into_iter().flatten().filter(|one| one.request_body.is_some())
            {
                add_refusals(operation);
            }
        }
    }
}

fn add_refusals(operation: &mut Operation) {
    let refusals = [
        ("400", "No JSON, or not of this shape, or a field beyond its limit".to_owned()),
        ("413", format!("Larger than {} KiB", BODY_LIMIT / 1_024)),
    ];
    for (status, description) in refusals {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/json", content)
            .build();
        let responses = &mut operation.responses.responses;
        responses.entry(status.to_owned()).or_insert(RefOr::T(response));
    }
}

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

    use utoipa::OpenApi as _;

    use super::Document;

    #[test]
    fn every_operation_with_a_body_says_what_it_answers_to_one_that_is_malformed() {
        let document = serde_json::to_value(Document::openapi()).expect("it serialises");
        let paths = document["paths"].as_object().expect("paths");
        let operations = paths.iter().flat_map(|(path, item)| {
            item.as_object()
                .into_iter()
                .flatten()
                .map(move |(method, operation)| (path, method, operation))
        });
        let with_body: Vec<_> =
            operations.filter(|(.., operation)| operation.get("requestBody").is_some()).collect();
        assert!(with_body.len() >= 13, "{}", with_body.len());
        for (path, method, operation) in with_body {
            for status in ["400", "413"] {
                let schema =
                    &operation["responses"][status]["content"]["application/json"]["schema"];
                let problem = "#/components/schemas/Problem";
                assert_eq!(schema["$ref"], problem, "{method} {path} {status}");
            }
            assert!(operation["responses"].get("422").is_none(), "{method} {path}");
        }
    }

    /// The contract with boxes in the field changes only by intention: write the new document with
    /// `cargo run -p cable-gateway -- openapi > docs/box-api.json` and review the difference.
    #[test]
    fn the_document_in_docs_is_fresh() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/box-api.json");
        let kept = std::fs::read_to_string(path).expect("docs/box-api.json exists");
        assert!(kept == super::text(), "docs/box-api.json differs from the code");
    }
}
