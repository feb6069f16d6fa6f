//! The lists in use: read by every login, replaced as a whole, never changed in place.

use std::sync::{Arc, PoisonError, RwLock};

use jpki::revocation::{
    RevocationQuestion, RevocationSource, RevocationStatus,
    crl::Crl,
    store::{CrlStore, OfferRefusal, Offered},
};

/// A store that readers take at once and a writer replaces at once.
#[derive(Debug, Default)]
pub(crate) struct SharedLists(RwLock<Arc<CrlStore>>);

impl SharedLists {
    /// The lists of this moment.
    pub(crate) fn current(&self) -> Arc<CrlStore> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a list if it is newer. The lock is held for a copy of references, never for a list.
    pub(crate) fn offer(&self, list: &Arc<Crl>) -> Result<Offered, OfferRefusal> {
        let mut current = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = CrlStore::clone(&current);
        let offered = next.offer(list)?;
        *current = Arc::new(next);
        Ok(offered)
    }
}

impl RevocationSource for SharedLists {
    fn status(&self, question: &RevocationQuestion, now_unix_secs: i64) -> RevocationStatus {
        self.current().status(question, now_unix_secs)
    }
}
