//! What every request handler shares.

use std::sync::Arc;

use crate::{
    clock::Clock, config::Config, orders::OrderDesk, push::PushHub, random::Random, store::Store,
};

/// The parts of a running gateway; clones share them.
#[derive(Clone)]
pub struct AppState {
    /// Checked configuration.
    pub config: Arc<Config>,
    /// What must not be lost.
    pub store: Store,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Connected boxes.
    pub hub: PushHub,
    /// Where orders are signed and sent.
    pub orders: OrderDesk,
}

impl AppState {
    /// Unix milliseconds by the gateway's clock.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }
}
