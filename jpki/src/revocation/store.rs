//! The newest list of each CA generation and distribution point.
//!
//! The store is a value: an adapter reads lists in the background, offers them to a copy and swaps
//! the copy in, so that a login never waits for a list. Copies share their lists.

use std::{cmp::Ordering, collections::HashMap, sync::Arc};

use super::{
    CertificateId, DistributionPointName, RevocationQuestion, RevocationSource, RevocationStatus,
    crl::Crl,
};

/// Lists by what they cover.
#[derive(Debug, Clone, Default)]
pub struct CrlStore {
    lists: HashMap<Key, Arc<Crl>>,
}

/// CA generation, and a name of the distribution point; none for a list of everything.
type Key = (Vec<u8>, Option<DistributionPointName>);

/// Why a list is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum OfferRefusal {
    /// Its number is lower than that of the list in use: somebody replays an old one.
    #[error("the list is older than the one in use")]
    Older,
    /// A higher number with an earlier time, or the same number with another time.
    #[error("number and time of the list contradict the one in use")]
    Contradicting,
}

/// What became of a list.
#[derive(Debug, Clone)]
pub enum Offered {
    /// It is the one in use.
    Unchanged,
    /// It is in use now.
    Taken {
        /// The list before it, to compare with.
        before: Option<Arc<Crl>>,
    },
}

impl CrlStore {
    /// An empty store, for which every certificate is unknown.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a list if it is newer than the one in use.
    pub fn offer(&mut self, list: &Arc<Crl>) -> Result<Offered, OfferRefusal> {
        let keys = keys(list);
        let before = keys.iter().find_map(|key| self.lists.get(key)).cloned();
        if let Some(before) = &before {
            let number = list.number().cmp(&before.number());
            match (number, list.this_update().cmp(&before.this_update())) {
                (Ordering::Less, _) => return Err(OfferRefusal::Older),
                (Ordering::Equal, Ordering::Equal) => return Ok(Offered::Unchanged),
                (Ordering::Equal, _) | (Ordering::Greater, Ordering::Less) => {
                    return Err(OfferRefusal::Contradicting);
                }
                (Ordering::Greater, _) => {}
            }
        }
        for key in keys {
            self.lists.insert(key, Arc::clone(list));
        }
        Ok(Offered::Taken { before })
    }

    /// The list in use for this CA generation and distribution point; none for everything.
    pub fn list(
        &self,
        issuer_key_id: &[u8],
        point: Option<&DistributionPointName>,
    ) -> Option<&Arc<Crl>> {
        self.lists.get(&(issuer_key_id.to_vec(), point.cloned()))
    }

    /// Every list once.
    pub fn lists(&self) -> Vec<&Arc<Crl>> {
        let mut lists: Vec<_> = self.lists.values().collect();
        lists.sort_by_key(|list| Arc::as_ptr(list));
        lists.dedup_by_key(|list| Arc::as_ptr(list));
        lists
    }

    fn covering<'a>(
        &'a self,
        certificate: &'a CertificateId,
        points: &'a [DistributionPointName],
    ) -> impl Iterator<Item = &'a Arc<Crl>> {
        std::iter::once(None)
            .chain(points.iter().map(Some))
            .filter_map(|point| self.list(&certificate.issuer_key_id, point))
    }
}

impl RevocationSource for CrlStore {
    /// Revoked when any list says so; good when a fresh list does not; else stale or unknown.
    fn status(&self, question: &RevocationQuestion, now_unix_secs: i64) -> RevocationStatus {
        let RevocationQuestion { certificate, distribution_points } = question;
        self.covering(certificate, distribution_points)
            .map(|list| list.status(certificate, now_unix_secs))
            .max_by_key(|status| match *status {
                RevocationStatus::Unknown => (0, 0),
                RevocationStatus::Stale { source_updated_at } => (1, source_updated_at),
                RevocationStatus::Good { source_updated_at } => (2, source_updated_at),
                RevocationStatus::Revoked { source_updated_at, .. } => (3, source_updated_at),
            })
            .unwrap_or(RevocationStatus::Unknown)
    }
}

fn keys(list: &Crl) -> Vec<Key> {
    let issuer = || list.issuer_key_id().to_vec();
    match list.partition() {
        [] => vec![(issuer(), None)],
        names => names.iter().map(|name| (issuer(), Some(name.clone()))).collect(),
    }
}
