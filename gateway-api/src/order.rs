//! Orders fetched by sequence number, to repair what a push lost.

use serde::{Deserialize, Serialize};

/// Signed orders of the box's municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct OrderList {
    /// Base64 of `COSE_Sign1` orders, ascending by sequence number.
    pub orders: Vec<String>,
}
