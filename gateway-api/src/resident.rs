//! What a resident may see about themselves (invariant 8).

use serde::{Deserialize, Serialize};

const fn once() -> u32 {
    1
}

/// Who looked at the data of the signed-in person, newest first, at most 50 entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AccessLog {
    /// The views.
    pub views: Vec<View>,
}

/// One look by a member of staff, or several shortly after one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct View {
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// Office and role as the resident knows them, e.g. 健康づくり課 保健師.
    pub viewer: String,
    /// What was looked at, e.g. きょうの体調.
    pub object: String,
    /// Why, in words for the resident, e.g. きょうの様子を確認; empty when a gateway does not say.
    #[serde(default)]
    pub purpose: String,
    /// How many looks shortly after one another this entry stands for; `at_ms` is the first.
    #[serde(default = "once")]
    pub looks: u32,
    /// When the last of several looks was, Unix milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_at_ms: Option<i64>,
}
