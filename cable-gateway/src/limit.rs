//! How often somebody may try: a token bucket for each key.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

const MINUTE_MS: i64 = 60_000;
/// Keys remembered; the oldest half is forgotten beyond that, so that memory stays bounded.
const MAX_KEYS: usize = 20_000;

/// Allows so many tries a minute for each key, all at once or spread.
#[derive(Debug)]
pub struct Limiter {
    per_minute: u32,
    buckets: Mutex<HashMap<String, Bucket>>,
}

/// Time at which the bucket is full again; nothing else is needed.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    full_at_ms: i64,
}

impl Limiter {
    /// A limiter that allows `per_minute` tries.
    pub fn new(per_minute: u32) -> Self {
        Self { per_minute: per_minute.max(1), buckets: Mutex::default() }
    }

    /// Whether another try is allowed now; counts it when it is.
    pub fn allow(&self, key: &str, now_ms: i64) -> bool {
        let cost_ms = MINUTE_MS / i64::from(self.per_minute);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MAX_KEYS && !buckets.contains_key(key) {
            forget(&mut buckets, now_ms);
        }
        let bucket = buckets.entry(key.to_owned()).or_insert(Bucket { full_at_ms: now_ms });
        // A clock that was set back must not lock anybody out for longer than a minute.
        let full_at_ms = bucket.full_at_ms.clamp(now_ms, now_ms + MINUTE_MS);
        let allowed = full_at_ms + cost_ms <= now_ms + MINUTE_MS;
        bucket.full_at_ms = if allowed { full_at_ms + cost_ms } else { full_at_ms };
        allowed
    }
}

fn forget(buckets: &mut HashMap<String, Bucket>, now_ms: i64) {
    buckets.retain(|_, bucket| bucket.full_at_ms > now_ms);
    if buckets.len() >= MAX_KEYS {
        let mut ends: Vec<i64> = buckets.values().map(|bucket| bucket.full_at_ms).collect();
        let half = ends.len() / 2;
        let (_, median, _) = ends.select_nth_unstable(half);
        let median = *median;
        buckets.retain(|_, bucket| bucket.full_at_ms > median);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_come_back_with_time_and_keys_do_not_share_them() {
        let limiter = Limiter::new(3);
        let allowed = |key, now_ms| limiter.allow(key, now_ms);
        assert!(allowed("a", 0) && allowed("a", 0) && allowed("a", 0));
        assert!(!allowed("a", 0));
        assert!(allowed("b", 0));
        assert!(!allowed("a", 19_999));
        assert!(allowed("a", 20_000));
        assert!(!allowed("a", 20_000));
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let limiter = Limiter::new(1);
        assert!(limiter.allow("a", 1_000_000_000));
        assert!(!limiter.allow("a", 0));
        assert!(limiter.allow("a", 60_000));
    }

    #[test]
    fn memory_stays_bounded() {
        let limiter = Limiter::new(1);
        for (now_ms, key) in (0..).zip(0..MAX_KEYS + 10) {
            limiter.allow(&key.to_string(), now_ms);
        }
        assert!(limiter.buckets.lock().expect("not poisoned").len() <= MAX_KEYS);
    }
}
