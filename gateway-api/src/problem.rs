//! The one shape of every refusal.

use serde::{Deserialize, Serialize};

/// Body of every answer with a status of 400 and above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Stable code; the box chooses the resident's sentence from it.
    pub code: ProblemCode,
    /// For the operator's log: cause and remedy, without personal data.
    pub detail: String,
}

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// The body or a parameter is malformed or beyond its limit.
    BadRequest,
    /// The card's certificate is past its validity.
    CertificateExpired,
    /// The certificate does not verify: issuer, key usage, policy or encoding.
    CertificateRefused,
    /// The certificate is revoked.
    CertificateRevoked,
    /// The enrolment code is unknown, used or expired.
    CodeRefused,
    /// The device certificate is missing or unknown.
    DeviceRefused,
    /// The operator stopped this device.
    DeviceStopped,
    /// Something failed inside the gateway; trying again later may help.
    Internal,
    /// The nonce is unknown, used or expired.
    NonceRefused,
    /// The card is of another household; at this box it needs its PIN.
    OtherHousehold,
    /// The card is genuine but belongs to nobody registered here.
    PersonUnknown,
    /// Nobody knows at the moment whether the certificate is revoked; nothing is known against it.
    RevocationUnknown,
    /// The session is unknown or over, or its level is too low.
    SessionRefused,
    /// The signature over the purpose-bound bytes does not verify.
    SignatureRefused,
    /// Too many requests; wait.
    TooManyRequests,
    /// Nothing exists under this path or id.
    Unknown,
}
