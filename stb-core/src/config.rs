//! What the shell tells the machine once, at start.

use crate::service::LetterCode;

/// Who this box is, and what it cannot make itself: randomness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Whether a gateway knows this box.
    pub standing: Standing,
    /// Fresh random number of this start: ids and jitter grow from it.
    pub seed: u64,
    /// Receipts of orders are spread over this time, so that ten thousand boxes do not call at
    /// once. Answers of people never wait.
    pub receipt_window_ms: u32,
    /// Telephone of the cable operator, for whoever has no letter, or a box that is known no more.
    pub operator_phone: Option<String>,
}

/// Whether a gateway knows this box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Enrolled(Enrolled),
    /// The first start: somebody must say which home this is.
    New(NewBox),
}

/// What enrolment told the box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Id of the box; part of the bytes that a card signs.
    pub device_id: String,
    /// Name of the gateway; part of the bytes that a card signs.
    pub gateway_id: String,
    /// Public Ed25519 key that signs the town's key manifests.
    pub manifest_root_key: [u8; 32],
}

/// A box that belongs to no home yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewBox {
    /// One-time code that came with the box; none when somebody must type the one of the letter.
    pub code: Option<LetterCode>,
    /// Somebody at a keyboard sets the box up: language and size of text are not asked for.
    pub is_set_up_by_hand: bool,
    /// Its disk fails: nothing that it is told now outlives the plug.
    pub remembers_nothing: bool,
}

impl Config {
    /// A box as enrolment made it, with the usual receipt window.
    pub fn new(
        device_id: impl Into<String>,
        gateway_id: impl Into<String>,
        manifest_root_key: [u8; 32],
        seed: u64,
    ) -> Self {
        let (device_id, gateway_id) = (device_id.into(), gateway_id.into());
        Self::of(Standing::Enrolled(Enrolled { device_id, gateway_id, manifest_root_key }), seed)
    }

    /// A box of this standing, with the usual receipt window.
    pub const fn of(standing: Standing, seed: u64) -> Self {
        Self { standing, seed, receipt_window_ms: 3_000, operator_phone: None }
    }

    pub(crate) const fn enrolled(&self) -> Option<&Enrolled> {
        match &self.standing {
            Standing::Enrolled(enrolled) => Some(enrolled),
            Standing::New(_) => None,
        }
    }
}
