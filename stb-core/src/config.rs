//! What the shell tells the machine once, at start.

/// Identity of this box and what it cannot make itself: randomness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Id from enrolment; part of the bytes that a card signs.
    pub device_id: String,
    /// Name of the gateway from enrolment; part of the bytes that a card signs.
    pub gateway_id: String,
    /// Public Ed25519 key that signs the town's key manifests.
    pub manifest_root_key: [u8; 32],
    /// Fresh random number of this start: ids and jitter grow from it.
    pub seed: u64,
    /// Receipts of orders are spread over this time, so that ten thousand boxes do not call at
    /// once. Answers of people never wait.
    pub receipt_window_ms: u32,
}

impl Config {
    /// A box as enrolment made it, with the usual receipt window.
    pub fn new(
        device_id: impl Into<String>,
        gateway_id: impl Into<String>,
        manifest_root_key: [u8; 32],
        seed: u64,
    ) -> Self {
        Self {
            device_id: device_id.into(),
            gateway_id: gateway_id.into(),
            manifest_root_key,
            seed,
            receipt_window_ms: 3_000,
        }
    }
}
