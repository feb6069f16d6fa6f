//! Who takes part, kept between two openings of the list.

use std::sync::{Arc, Mutex, PoisonError};

use crate::store::check_in::Roll;

/// The roll as it was read last, for the next opening of the list.
#[derive(Debug, Clone, Default)]
pub(in crate::web::staff) struct KnownRoll(Arc<Mutex<Arc<Roll>>>);

impl KnownRoll {
    pub(super) fn known(&self) -> Arc<Roll> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep(&self, roll: Arc<Roll>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = roll;
    }
}
