//! Where the town's orders are numbered, signed, kept and sent (invariants 2 and 3).
//!
//! Nothing else in the gateway can sign an order. The rule of who may order what lives here, not
//! in the console: levels 4 and 5 and tsunami need a second officer, except by the emergency path.

mod authority;
pub(crate) mod belief;
pub(crate) mod coverage;
mod draft;
mod preparation;
mod publication;
pub(crate) mod standing;

use std::sync::Arc;

use axum::body::Bytes;
use evacuation::{
    id::Issuer,
    order::{Order, OrderId},
    signing::{SignError, sign_order},
    trust::OpenError,
};
use tokio::sync::{Mutex, watch};

pub use authority::{Authority, needs_confirmation};
pub use draft::OrderDraft;
pub(crate) use draft::Stamp;

use crate::{
    clock::Clock,
    push::{Frame, PushHub},
    random::{self, Random},
    store::{Store, StoreError},
    town_keys::{KeyCabinet, TownKeys},
};

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
    /// An order against the same hazard stands in an area, and the draft does not know of it.
    #[error("order {0} against the same hazard is in force in an area of this one")]
    StandsAlready(String),
    /// The hazard has no order of this level.
    #[error("no order of level {level} is issued against {hazard}")]
    NotIssuedAgainst {
        /// Code of the hazard.
        hazard: &'static str,
        /// Digit of the level.
        level: u8,
    },
    /// More orders in force than a heartbeat can name.
    #[error("32 orders are in force; lift or update one of them instead of issuing another")]
    TooManyInForce,
    /// No town was imported yet.
    #[error("no town was imported; run `cable-gateway admin import-town` first")]
    NoTown,
    /// The imported town is not the one that this gateway's keys are for.
    #[error("the imported town is {found}, this gateway is configured for {expected}")]
    OtherTown {
        /// Code in the database.
        found: String,
        /// Code in the configuration.
        expected: String,
    },
    /// The order breaks a limit of its format.
    #[error("the order cannot be signed: {0}")]
    Unsignable(#[from] SignError),
    /// Boxes would refuse the signed order.
    #[error(
        "boxes would not believe this order: {0}; renew the keys with `cable-gateway admin \
         renew-keys`, and check the gateway's clock"
    )]
    NotBelieved(OpenError),
    /// The publishing task failed unexpectedly.
    #[error("the order could not be published for an internal reason; look at the list of orders")]
    Interrupted,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Numbers, signs, keeps and sends orders; clones share it.
#[derive(Clone)]
pub struct OrderDesk(Arc<Desk>);

struct Desk {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    keys: Arc<KeyCabinet>,
    issuer: Issuer,
    hub: PushHub,
    /// Held from the number to the push, so that boxes get orders in the order of their numbers.
    turn: Mutex<()>,
    /// Highest number published by this process; wakes the multicast sender.
    published: watch::Sender<u64>,
}

impl OrderDesk {
    /// A desk for one town.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        keys: Arc<KeyCabinet>,
        issuer: Issuer,
        hub: PushHub,
    ) -> Self {
        let published = watch::Sender::new(0);
        let turn = Mutex::new(());
        Self(Arc::new(Desk { store, clock, random, keys, issuer, hub, turn, published }))
    }

    /// Publishes an order: next number, signature, disk, then the boxes.
    ///
    /// When this returns, the order is on the disk and queued to every connected box. It completes
    /// even when the caller goes away meanwhile.
    pub async fn publish(
        &self,
        draft: OrderDraft,
        authority: Authority,
    ) -> Result<PublishedOrder, OrderError> {
        let desk = Arc::clone(&self.0);
        let publishing = tokio::spawn(async move { desk.publish(draft, authority).await });
        publishing.await.unwrap_or(Err(OrderError::Interrupted))
    }

    /// The order as it would be issued now, fully checked, unsigned and without effect; for the
    /// preview of what a home will see.
    pub async fn preview(&self, draft: OrderDraft) -> Result<Order, OrderError> {
        let desk = Arc::clone(&self.0);
        let (id, now_ms) = self.0.fresh();
        self.0
            .store
            .read(move |sql| {
                let prepared = preparation::prepare(sql, &desk.issuer, &draft, id, now_ms)?;
                sign_for_boxes(&prepared.order, &desk.keys.current())?;
                Ok(prepared.order)
            })
            .await
    }

    /// The town whose orders these are.
    pub fn issuer(&self) -> &Issuer {
        &self.0.issuer
    }

    /// Changes whenever an order was published.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.0.published.subscribe()
    }
}

impl Desk {
    async fn publish(
        self: Arc<Self>,
        draft: OrderDraft,
        authority: Authority,
    ) -> Result<PublishedOrder, OrderError> {
        let _turn = self.turn.lock().await;
        let (id, now_ms) = self.fresh();
        let desk = Arc::clone(&self);
        let publish = move |sql: &mut dyn crate::store::Sql| {
            let prepared = preparation::prepare(sql, &desk.issuer, &draft, id, now_ms)?;
            authority::check(&draft, &prepared.referenced_levels(), &authority)?;
            let signed = sign_for_boxes(&prepared.order, &desk.keys.current())?;
            publication::keep(sql, &draft, &prepared, &authority, signed)
        };
        let published: PublishedOrder = self.store.write(publish).await?;
        let dropped = self.hub.broadcast(&Frame::order(published.sequence, &published.signed));
        self.published.send_replace(published.sequence);
        tracing::info!(sequence = published.sequence, dropped, "order published");
        Ok(published)
    }

    fn fresh(&self) -> (OrderId, i64) {
        (OrderId(random::bytes(&*self.random)), self.clock.now_ms())
    }
}

/// Signs, and opens the bytes again as a box will: an order that no television would show must not
/// look sent.
fn sign_for_boxes(order: &Order, keys: &TownKeys) -> Result<Vec<u8>, OrderError> {
    let signed = sign_order(order, keys.order_key(order.mode, order.issued_at.0))?;
    match keys.opened_by_a_box(&signed) {
        Ok(opened) if opened == *order => Ok(signed),
        Ok(_) => Err(OrderError::NotBelieved(OpenError::Malformed)),
        Err(cause) => {
            tracing::error!(%cause, "an order was refused: boxes would not believe its signature; \
                run `cable-gateway admin renew-keys` with the root key, and check the clock");
            Err(OrderError::NotBelieved(cause))
        }
    }
}

impl std::fmt::Debug for OrderDesk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OrderDesk").field("issuer", &self.0.issuer).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
