//! Ids and jitter without a random source of our own: a generator seeded once by the shell.

use uuid::{Builder, Uuid};

/// SplitMix64 (Steele, Lea, Flood 2014): not for keys, only for distinct ids and spread delays.
#[derive(Debug, Clone)]
pub(crate) struct Generator {
    state: u64,
}

impl Generator {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `limit`, both included.
    pub(crate) fn up_to(&mut self, limit: u64) -> u64 {
        let drawn = self.next();
        limit.checked_add(1).map_or(drawn, |span| drawn % span)
    }

    /// UUID version 7 of this moment.
    pub(crate) fn uuid(&mut self, wall_ms: i64) -> Uuid {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.next().to_be_bytes());
        random[8..].copy_from_slice(&self.next().to_be_bytes()[..2]);
        let millis = u64::try_from(wall_ms).unwrap_or(0);
        Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_differ_within_one_millisecond_and_between_boxes() {
        let mut ids = BTreeSet::new();
        for seed in 0..50 {
            let mut generator = Generator::new(seed);
            ids.extend((0..50).map(|_| generator.uuid(1_795_132_800_000)));
        }
        assert_eq!(ids.len(), 2_500);
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }

    #[test]
    fn the_id_tells_the_wall_time_even_when_it_is_nonsense() {
        let mut generator = Generator::new(1);
        assert_eq!(generator.uuid(-5).get_version_num(), 7);
        assert_eq!(generator.uuid(i64::MAX).get_version_num(), 7);
        let (seconds, _) = generator
            .uuid(1_795_132_800_000)
            .get_timestamp()
            .expect("version 7 holds a time")
            .to_unix();
        assert_eq!(seconds, 1_795_132_800);
    }

    #[test]
    fn numbers_stay_within_their_limit() {
        let mut generator = Generator::new(7);
        assert!((0..1000).all(|_| generator.up_to(3) <= 3));
        assert_eq!(generator.up_to(0), 0);
    }
}
