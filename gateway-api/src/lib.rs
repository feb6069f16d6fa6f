//! Messages between box and gateway: versioned, serialisable, no logic.
//!
//! Every type here is a shape on the wire (JSON over HTTPS with mutual TLS, design decision 4).
//! Meaning lives elsewhere: orders in `evacuation`, certificates in `jpki`. Times are Unix
//! milliseconds in UTC, binary values are base64 (standard alphabet, padded).
//!
//! Additive changes keep [`API_VERSION`]; a changed meaning needs a new path prefix.

pub mod card;
pub mod diagnosis;
pub mod enrolment;
pub mod household;
pub mod login;
pub mod order;
pub mod problem;
pub mod provisioning;
pub mod report;
pub mod resident;
pub mod service;
pub mod status;
pub mod update;
pub mod version;

pub use problem::{Problem, ProblemCode};

/// Version of the box API; also the prefix of its paths, `/box/v1`.
pub const API_VERSION: u32 = 1;

/// Paths of the box API, so that both sides spell them once.
pub mod path {
    /// `POST` [`crate::enrolment::EnrolmentRequest`]; the only path open without a device certificate.
    pub const ENROLMENTS: &str = "/box/v1/enrolments";
    /// `GET` server-sent events: `order`, `heartbeat`, `provisioning-changed`, `status-wanted`.
    pub const EVENTS: &str = "/box/v1/events";
    /// `GET` [`crate::provisioning::Provisioning`].
    pub const PROVISIONING: &str = "/box/v1/provisioning";
    /// `GET ?after_sequence=N` [`crate::order::OrderList`].
    pub const ORDERS: &str = "/box/v1/orders";
    /// `POST` [`crate::login::LoginRequest`].
    pub const LOGINS: &str = "/box/v1/logins";
    /// `POST` [`crate::login::LoginProof`] to `/box/v1/logins/{login_id}/proof`.
    pub const LOGIN_PROOF: &str = "/box/v1/logins/{login_id}/proof";
    /// `POST` [`crate::login::SignatureProof`] to `/box/v1/logins/{login_id}/signature`.
    pub const LOGIN_SIGNATURE: &str = "/box/v1/logins/{login_id}/signature";
    /// `POST` [`crate::login::CardTouch`].
    pub const CARD_TOUCHES: &str = "/box/v1/card-touches";
    /// `POST` [`crate::card::CardLinkRequest`].
    pub const CARD_LINKS: &str = "/box/v1/card-links";
    /// `POST` [`crate::card::CardStop`]; needs no card.
    pub const CARD_STOPS: &str = "/box/v1/card-stops";
    /// `POST` [`crate::enrolment::CertificateRenewal`]; over the certificate that is still valid.
    pub const CERTIFICATE: &str = "/box/v1/certificate";
    /// `POST` [`crate::status::BoxStatus`].
    pub const STATUS: &str = "/box/v1/status";
    /// `POST` [`crate::diagnosis::Diagnosis`]: the home said yes to what the status' answer asked for.
    pub const DIAGNOSIS: &str = "/box/v1/diagnoses/{request_id}";
    /// `POST`, no body: the home said no.
    pub const DIAGNOSIS_REFUSAL: &str = "/box/v1/diagnoses/{request_id}/refusal";
    /// `GET` a bundle, also in ranges.
    pub const UPDATE: &str = "/box/v1/updates/{bundle}";
    /// `POST` [`crate::report::Report`]; idempotent by the report's id.
    pub const REPORTS: &str = "/box/v1/reports";
    /// `GET` [`crate::resident::AccessLog`]; header `Authorization: Bearer <session token>`.
    pub const ACCESS_LOG: &str = "/box/v1/residents/me/access-log";
    /// `DELETE`; header `Authorization: Bearer <session token>`.
    pub const SESSION: &str = "/box/v1/residents/me/session";
    /// `POST` [`crate::service::ServiceRequestLookup`]: takes a service's request by its number.
    pub const SERVICE_REQUESTS: &str = "/box/v1/service-requests";
    /// `POST` [`crate::service::ServiceApproval`]; header `Authorization: Bearer <session token>`.
    pub const SERVICE_APPROVAL: &str = "/box/v1/service-requests/{request_id}/approval";
    /// `POST`, no body: the answer is no; needs no card.
    pub const SERVICE_REFUSAL: &str = "/box/v1/service-requests/{request_id}/refusal";
    /// `GET` [`crate::service::ServiceConsents`]; header `Authorization: Bearer <session token>`.
    pub const SERVICE_CONSENTS: &str = "/box/v1/residents/me/service-consents";
    /// `DELETE`; header `Authorization: Bearer <session token>`.
    pub const SERVICE_CONSENT: &str = "/box/v1/residents/me/service-consents/{consent_id}";
}

/// Names of the server-sent events.
pub mod event_name {
    /// Data: base64 of one signed order.
    pub const ORDER: &str = "order";
    /// Data: base64 of one signed heartbeat. Carries no event id.
    pub const HEARTBEAT: &str = "heartbeat";
    /// Data: the new provisioning version in decimal. Behind it, after a space, [`AT_ONCE`] when so few boxes are
    /// told that none of them needs to wait; a box of before reads none of it.
    pub const PROVISIONING_CHANGED: &str = "provisioning-changed";
    /// A word of the data of [`PROVISIONING_CHANGED`].
    pub const AT_ONCE: &str = "at-once";
    /// The box shall tell its state now, because the answer holds something new for it. Data: `1`, without meaning.
    pub const STATUS_WANTED: &str = "status-wanted";
}
