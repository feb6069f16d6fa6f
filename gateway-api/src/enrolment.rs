//! A box becomes known: one-time code in, device certificate out.

use serde::{Deserialize, Serialize};

/// Asks for a device certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EnrolmentRequest {
    /// One-time code from the operator's letter: 12 decimal digits.
    pub code: String,
    /// PKCS#10 request, PEM, for a P-256 key that never leaves the box. Its subject is ignored.
    pub certificate_request_pem: String,
}

/// The box is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EnrolmentAnswer {
    /// Device id, also the common name of the certificate.
    pub device_id: String,
    /// Device certificate followed by its issuer, PEM.
    pub certificate_chain_pem: String,
    /// Name of this gateway; part of the bytes that a card signs.
    pub gateway_id: String,
    /// Public Ed25519 key (base64, 32 bytes) that signs the town's key manifests.
    pub manifest_root_key: String,
}

/// Asks for the next device certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CertificateRenewal {
    /// PKCS#10 request, PEM, for the key with which the box enrolled.
    pub certificate_request_pem: String,
}

/// The next device certificate. The one before is refused as soon as this one was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct RenewedCertificate {
    /// Device certificate followed by its issuer, PEM.
    pub certificate_chain_pem: String,
}
