//! The latest group of pictures of a channel, ready for a decoder that comes late.
//!
//! Pure. Holds everything (picture, sound, tables) since the last picture at which a decoder may
//! start, and never more than its limit.

use std::time::Duration;

use super::ts::{Mark, PACKET_SIZE, RawPacket};

/// Bytes since the last start, with the time each part arrived.
#[derive(Debug)]
pub struct GopRing {
    bytes: Vec<u8>,
    /// Start of each part and its arrival.
    parts: Vec<(usize, Duration)>,
    /// Where the picture that is just arriving began.
    picture: Option<usize>,
    /// Whether the first byte is a start.
    ready: bool,
    limit: usize,
}

impl GopRing {
    /// An empty ring of at most `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { bytes: Vec::new(), parts: Vec::new(), picture: None, ready: false, limit }
    }

    /// Takes a packet that arrived at `at`.
    pub fn push(&mut self, packet: &RawPacket, mark: Mark, at: Duration) {
        if mark.tables_changed {
            self.clear();
        }
        if mark.picture_start {
            if !self.ready {
                self.clear();
            }
            self.picture = Some(self.bytes.len());
        }
        if self.bytes.len() + PACKET_SIZE > self.limit {
            self.clear();
        }
        if self.ready || self.picture.is_some() {
            self.append(packet, at);
        }
        if let Some(start) = self.picture.filter(|_| mark.random_access) {
            self.drop_before(start);
            self.ready = true;
        }
    }

    /// Whether a decoder may start from here.
    pub fn is_ready(&self) -> bool {
        self.ready
    }

    /// Everything since the last start in parts with their arrival; empty when not ready.
    pub fn parts(&self) -> impl Iterator<Item = (Duration, &[u8])> {
        let ends = self.parts.iter().skip(1).map(|part| part.0).chain([self.bytes.len()]);
        let parts =
            self.parts.iter().zip(ends).map(|(part, end)| (part.1, &self.bytes[part.0..end]));
        parts.filter(|_| self.ready)
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.parts.clear();
        self.picture = None;
        self.ready = false;
    }

    fn append(&mut self, packet: &RawPacket, at: Duration) {
        if self.parts.last().is_none_or(|part| part.1 != at) {
            self.parts.push((self.bytes.len(), at));
        }
        self.bytes.extend_from_slice(packet);
    }

    fn drop_before(&mut self, start: usize) {
        let first = self.parts.partition_point(|part| part.0 <= start).saturating_sub(1);
        self.parts.drain(..first);
        for part in &mut self.parts {
            part.0 = part.0.saturating_sub(start);
        }
        self.bytes.drain(..start);
        self.picture = Some(0);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PICTURE: Mark = Mark { picture_start: true, random_access: false, tables_changed: false };
    const START: Mark = Mark { picture_start: true, random_access: true, tables_changed: false };
    const SURE: Mark = Mark { picture_start: false, random_access: true, tables_changed: false };
    const TABLES: Mark = Mark { picture_start: false, random_access: false, tables_changed: true };

    /// Pushes numbered packets, one per millisecond, and returns what a late decoder would get.
    fn check(marks: &[Mark], limit: usize, wanted: &[u8]) {
        let mut ring = GopRing::new(limit * PACKET_SIZE);
        for (number, mark) in (0_u8..).zip(marks) {
            ring.push(&[number; PACKET_SIZE], *mark, Duration::from_millis(number.into()));
        }
        let parts: Vec<_> = ring.parts().collect();
        for (at, part) in &parts {
            assert_eq!(*at, Duration::from_millis(part[0].into()), "each part keeps its arrival");
        }
        let numbers: Vec<u8> = parts.iter().map(|(_, part)| part[0]).collect();
        assert_eq!(numbers, wanted);
    }

    #[test]
    fn begins_at_the_last_start() {
        let plain = Mark::default();
        check(&[plain, PICTURE, plain], 9, &[]);
        check(&[plain, START, plain, PICTURE], 9, &[1, 2, 3]);
        check(&[START, plain, PICTURE, START, plain], 9, &[3, 4]);
    }

    #[test]
    fn begins_at_the_picture_that_turned_out_to_be_a_start() {
        let plain = Mark::default();
        check(&[START, plain, PICTURE, plain, SURE, plain], 9, &[2, 3, 4, 5]);
    }

    #[test]
    fn other_tables_end_the_group() {
        check(&[START, Mark::default(), TABLES, PICTURE], 9, &[]);
    }

    #[test]
    fn a_group_beyond_the_limit_is_given_up() {
        check(&[START, Mark::default(), PICTURE, Mark::default()], 3, &[]);
        check(&[START, Mark::default(), PICTURE, Mark::default(), START], 3, &[4]);
    }

    proptest! {
        #[test]
        fn is_bounded_and_begins_with_a_start(marks in prop::collection::vec((any::<bool>(), any::<bool>(), any::<bool>()), 0..200)) {
            let mut ring = GopRing::new(10 * PACKET_SIZE);
            let mut pictures = Vec::new();
            for (number, (picture_start, random_access, tables_changed)) in (0_u8..).zip(marks) {
                let mark = Mark { picture_start, random_access, tables_changed };
                ring.push(&[number; PACKET_SIZE], mark, Duration::from_millis(number.into()));
                if picture_start {
                    pictures.push(number);
                }
                let bytes: Vec<u8> = ring.parts().flat_map(|(_, part)| part.to_vec()).collect();
                prop_assert!(ring.bytes.len() <= 10 * PACKET_SIZE);
                prop_assert!(ring.parts.len() <= 10);
                prop_assert_eq!(bytes.is_empty(), !ring.is_ready());
                if let Some(first) = bytes.first() {
                    prop_assert!(pictures.contains(first));
                    prop_assert_eq!(bytes.last(), Some(&number), "ends with the latest packet");
                }
            }
        }
    }
}
