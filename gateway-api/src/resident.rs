//! What a resident may see about themselves (invariant 8).

use serde::{Deserialize, Serialize};

/// Who looked at the data of the signed-in person, newest first, at most 50 entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AccessLog {
    /// The views.
    pub views: Vec<View>,
}

/// One look by a member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct View {
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// Office and role as the resident knows them, e.g. 健康づくり課 保健師.
    pub viewer: String,
    /// What was looked at, e.g. きょうの体調.
    pub object: String,
}
