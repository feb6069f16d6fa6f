//! Where the town's orders are numbered, signed, kept and sent (invariants 2 and 3).
//!
//! Nothing else in the gateway can sign an order. The rule of who may order what lives here, not
//! in the console: levels 4 and 5 and tsunami need a second officer, except by the emergency path.

mod authority;
mod draft;

use axum::body::Bytes;
use evacuation::order::OrderId;

pub use authority::{Authority, needs_confirmation};
pub use draft::OrderDraft;

use crate::store::StoreError;

/// An order that is signed, stored and sent.
#[derive(Debug, Clone)]
pub struct PublishedOrder {
    /// Id.
    pub id: OrderId,
    /// Its number.
    pub sequence: u64,
    /// When it was issued, Unix milliseconds.
    pub issued_at_ms: i64,
    /// When boxes forget it, Unix milliseconds.
    pub expires_at_ms: i64,
    /// The signed bytes.
    pub signed: Bytes,
}

/// Why an order is not published.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// A second officer must confirm.
    #[error("levels 4 and 5 and tsunami need the confirmation of a second officer")]
    ConfirmationMissing,
    /// Author and confirmer are one person.
    #[error("an order cannot be confirmed by its own author")]
    ConfirmedByAuthor,
    /// The emergency path was used where it does not apply.
    #[error("the emergency path serves level 5 and tsunami only, and never a lift")]
    NoEmergency,
    /// Nobody is named as the author.
    #[error("the order has no author")]
    NoAuthor,
    /// The area does not exist.
    #[error("the area table has no area {0}")]
    UnknownArea(String),
    /// The shelter does not exist.
    #[error("the shelter table has no shelter {0}")]
    UnknownShelter(String),
    /// A referenced order is unknown, over, or of another kind.
    #[error("order {0} is not in force, or is of another hazard or mode")]
    UnknownReference(String),
    /// No household table yet.
    #[error("no town was imported; run `cable-gateway admin import-town` first")]
    NoTown,
    /// The order breaks a limit of its format.
    #[error("the order cannot be signed: {0}")]
    Unsignable(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Numbers, signs, keeps and sends orders; clones share it.
#[derive(Debug, Clone)]
pub struct OrderDesk {}

impl OrderDesk {
    /// Publishes an order: next number, signature, disk, then the boxes.
    ///
    /// When this returns, the order is on the disk and queued to every connected box.
    pub async fn publish(
        &self,
        draft: OrderDraft,
        authority: Authority,
    ) -> Result<PublishedOrder, OrderError> {
        authority::check(&draft, &[], &authority)?;
        Err(OrderError::NoTown)
    }
}
