//! One measured figure, as `cargo xtask bench` prints it.

use serde::{Deserialize, Serialize};

/// One figure.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Figure {
    /// Dotted name.
    pub name: String,
    /// What was measured.
    pub value: f64,
    /// Unit of the value.
    pub unit: String,
    /// Number of measurements behind it.
    pub n: usize,
    /// Budget, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<f64>,
    /// Who else did the same work in the same run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// What the peer needed or reached, in the same unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer_value: Option<f64>,
    /// Value by peer value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

impl Figure {
    /// A figure without budget and peer.
    pub fn new(name: &str, value: f64, unit: &str, n: usize) -> Self {
        Self {
            name: name.to_owned(),
            value: rounded(value),
            unit: unit.to_owned(),
            n,
            limit: None,
            peer: None,
            peer_value: None,
            ratio: None,
        }
    }

    /// With a budget.
    #[must_use]
    pub fn within(self, limit: f64) -> Self {
        Self { limit: Some(rounded(limit)), ..self }
    }

    /// Beside a peer.
    #[must_use]
    pub fn beside(self, peer: &str, peer_value: f64) -> Self {
        let ratio = Some(rounded(self.value / peer_value));
        Self { peer: Some(peer.to_owned()), peer_value: Some(rounded(peer_value)), ratio, ..self }
    }
}

/// Three digits are more than one run of a shared machine can promise.
fn rounded(value: f64) -> f64 {
    if value.abs() >= 100.0 { value.round() } else { (value * 1000.0).round() / 1000.0 }
}
