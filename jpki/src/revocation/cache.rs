//! Answers of a short while ago, so that one sitting at the television does not ask twice.

use std::collections::HashMap;

use super::{CertificateId, inquiry::Finding};

/// A few answers for a short time. Only what somebody answered is kept, never a failure.
#[derive(Debug, Clone)]
pub struct AnswerCache {
    answers: HashMap<CertificateId, (Finding, i64)>,
    capacity: usize,
    lifetime_secs: i64,
}

impl AnswerCache {
    /// Keeps this many answers at most, each this long.
    pub fn new(capacity: usize, lifetime_secs: i64) -> Self {
        Self { answers: HashMap::new(), capacity, lifetime_secs }
    }

    /// The answer, while it may be used.
    pub fn get(&self, certificate: &CertificateId, now_unix_secs: i64) -> Option<Finding> {
        let (finding, kept_at) = self.answers.get(certificate)?;
        let age = now_unix_secs - kept_at;
        (0..self.lifetime_secs).contains(&age).then_some(*finding)
    }

    /// Keeps an answer; the oldest goes when there is no room.
    pub fn keep(&mut self, certificate: CertificateId, finding: Finding, now_unix_secs: i64) {
        if finding.status.source_updated_at().is_none() || self.capacity == 0 {
            return;
        }
        if self.answers.len() >= self.capacity && !self.answers.contains_key(&certificate) {
            self.make_room(now_unix_secs);
        }
        self.answers.insert(certificate, (finding, now_unix_secs));
    }

    fn make_room(&mut self, now_unix_secs: i64) {
        let lifetime = self.lifetime_secs;
        self.answers.retain(|_, (_, kept_at)| now_unix_secs - *kept_at < lifetime);
        if self.answers.len() < self.capacity {
            return;
        }
        let oldest = self.answers.iter().min_by_key(|(_, (_, kept_at))| *kept_at);
        if let Some(oldest) = oldest.map(|(certificate, _)| certificate.clone()) {
            self.answers.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::{RevocationStatus, inquiry::FindingSource};

    fn id(serial: u8) -> CertificateId {
        CertificateId { issuer_key_id: vec![1], serial: vec![serial] }
    }

    fn good() -> Finding {
        let status = RevocationStatus::Good { source_updated_at: 1 };
        Finding { status, source: FindingSource::Ocsp, trouble: None }
    }

    #[test]
    fn an_answer_lives_for_its_time_only() {
        let mut cache = AnswerCache::new(2, 60);
        cache.keep(id(1), good(), 100);
        assert_eq!(cache.get(&id(1), 100), Some(good()));
        assert_eq!(cache.get(&id(1), 159), Some(good()));
        assert_eq!(cache.get(&id(1), 160), None);
        assert_eq!(cache.get(&id(1), 99), None, "the clock went back");
    }

    #[test]
    fn the_oldest_makes_room_and_nothing_unknown_is_kept() {
        let mut cache = AnswerCache::new(2, 60);
        for (serial, now) in [(1, 100), (2, 101), (3, 102)] {
            cache.keep(id(serial), good(), now);
        }
        let left: Vec<u8> =
            (1..=3).filter(|serial| cache.get(&id(*serial), 103).is_some()).collect();
        assert_eq!(left, [2, 3]);
        let nobody = Finding { status: RevocationStatus::Unknown, ..good() };
        cache.keep(id(9), nobody, 103);
        assert_eq!(cache.get(&id(9), 103), None);
    }
}
