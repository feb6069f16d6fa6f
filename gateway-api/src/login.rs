//! A resident is recognised by card: touched (L1) or with PIN (L2).

use serde::{Deserialize, Serialize};

/// How sure the gateway is of who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub enum AssuranceLevel {
    /// The television is on; nobody is known.
    L0,
    /// The card was inserted; its auth certificate was read without PIN.
    L1,
    /// Auth certificate and PIN: the card signed this gateway's nonce.
    L2,
    /// Signature certificate and password.
    L3,
}

/// Opens a login; the answer carries the single-use nonce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LoginRequest {
    /// Service the resident chose, as shown on the screen, e.g. `town-services`.
    pub relying_party: String,
    /// Purpose as shown on the screen, e.g. `login`.
    pub purpose: String,
}

/// What the box needs to build the bytes to be signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LoginChallenge {
    /// Id of this login.
    pub login_id: String,
    /// 32 random bytes, base64; consumed by the first proof, whatever its outcome.
    pub nonce: String,
    /// Time of issue, Unix milliseconds; part of the signed bytes.
    pub issued_at_ms: i64,
    /// End of validity, Unix milliseconds.
    pub expires_at_ms: i64,
}

/// The card's signature over the purpose-bound bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LoginProof {
    /// Auth certificate, DER, base64; at most 8 KiB decoded.
    pub certificate: String,
    /// Signature by the card, base64; at most 512 bytes decoded.
    pub signature: String,
}

/// The document that the signature certificate signs to open a session of level L3. It is bound to
/// service, purpose, box and nonce like a login, under the mark of documents.
pub const SIGNATURE_DOCUMENT: &[u8] = b"hitokoe-signature-session-v1";

/// A signature by the signature certificate over [`SIGNATURE_DOCUMENT`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignatureProof {
    /// Signature certificate, DER, base64; at most 8 KiB decoded.
    pub certificate: String,
    /// Signature by the card, base64; at most 512 bytes decoded.
    pub signature: String,
    /// Version of the words on the screen to which the person agreed; kept with the link.
    pub consent_version: String,
}

/// The card was inserted and its auth certificate read, no PIN asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CardTouch {
    /// Auth certificate, DER, base64; at most 8 KiB decoded.
    pub certificate: String,
}

/// A resident is known to this box until the session ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Session {
    /// Opaque bearer token; the box keeps it in memory only.
    pub token: String,
    /// Id under which reports name this session; not a secret.
    pub session_id: String,
    /// Level reached.
    pub level: AssuranceLevel,
    /// Name to greet with; the auth certificate holds none.
    pub display_name: String,
    /// Reading of the name in katakana, for speech; may be empty.
    pub display_kana: String,
    /// Local id of the resident in this box's household, when the person lives here.
    pub resident_id: Option<String>,
    /// End of the session, Unix milliseconds.
    pub expires_at_ms: i64,
    /// Whether an answer of today stood when the session was opened, given at any box.
    #[serde(default)]
    pub answered_today: bool,
}
