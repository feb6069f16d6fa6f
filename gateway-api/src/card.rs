//! A person's card is linked at home, or stopped because it is lost.

use serde::{Deserialize, Serialize};

use crate::login::LoginProof;

/// `purpose` of the login whose proof links a card; its `relying_party` is free.
pub const LINK_PURPOSE: &str = "link-card";

/// Links the card that signed this proof to a resident of the box's home.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CardLinkRequest {
    /// The login that was opened with [`LINK_PURPOSE`].
    pub login_id: String,
    /// Certificate and signature.
    pub proof: LoginProof,
    /// Whose card it is: local id of the resident in this box's home.
    pub resident_id: String,
    /// One-time code from the town's letter, 12 decimal digits; without it the town must approve.
    pub code: Option<String>,
    /// Version of the words to which the person agreed on the screen.
    pub consent_version: String,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CardLinkAnswer {
    /// Whether the card counts now.
    pub state: CardLinkState,
}

/// Whether a shown card counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum CardLinkState {
    /// From now on.
    Linked,
    /// When the town has approved it.
    WaitsForTown,
}

/// Stops a person's cards by the code from the town's letter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CardStop {
    /// 12 decimal digits.
    pub code: String,
}
