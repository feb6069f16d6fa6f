//! Where the few entries lie among which a number has to be.
//!
//! The span between the least and the greatest number is cut into equal stretches, so many that six
//! entries share one on average: they lie in one or two cache lines.

use super::{LARGE, Short};
use crate::revocation::both::{Cores, both_if};

/// Entries for each stretch, on average. Fewer would need more memory than the lines they save.
const ENTRIES_PER_STRETCH: usize = 6;

/// Where the entries of each stretch of numbers begin.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Index {
    first: u64,
    /// Stretches for each number, as a fraction of 2^64.
    scale: u64,
    starts: Vec<u32>,
}

impl Index {
    /// Of entries in order. A table has fewer than 2^32 of them.
    #[expect(clippy::cast_possible_truncation, reason = "a table has fewer than 2^32 entries")]
    pub(super) fn of(entries: &[Short], cores: Cores) -> Self {
        const NOT_MET: u32 = u32::MAX;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return Self { first: 0, scale: 0, starts: vec![0, 0] };
        };
        let (first, span) = (first.serial(), last.serial() - first.serial());
        let stretches = (entries.len() / ENTRIES_PER_STRETCH).max(1);
        let scale = scale(stretches, span);
        let mut index = Self { first, scale, starts: vec![NOT_MET; stretches + 1] };
        // The first entry of the upper half begins its stretch only if none of the lower half does.
        let middle = entries.len() / 2;
        let border = index.stretch(entries[middle].serial() - first) + 1;
        let mut starts = std::mem::take(&mut index.starts);
        let (low, high) = starts.split_at_mut(border);
        both_if(
            cores == Cores::Two && entries.len() > LARGE,
            || index.note(low, 0, &entries[..=middle], 0),
            || index.note(high, border, &entries[middle..], middle),
        );
        index.starts = starts;
        let mut next = entries.len() as u32;
        for start in index.starts.iter_mut().rev() {
            next = if *start == NOT_MET { next } else { *start };
            *start = next;
        }
        index
    }

    /// Notes where stretches from `border` on begin, among entries from `place` on. From the last to
    /// the first, so that the first one of a stretch stays without a question.
    #[expect(clippy::cast_possible_truncation, reason = "a table has fewer than 2^32 entries")]
    fn note(&self, starts: &mut [u32], border: usize, entries: &[Short], place: usize) {
        for (at, entry) in entries.iter().enumerate().rev() {
            let stretch = self.stretch(entry.serial() - self.first);
            let start = stretch.checked_sub(border).and_then(|place| starts.get_mut(place));
            if let Some(start) = start {
                *start = (place + at) as u32;
            }
        }
    }

    /// Among which entries this number has to be.
    pub(super) fn range(&self, serial: u64) -> Option<(usize, usize)> {
        let stretch = self.stretch(serial.checked_sub(self.first)?);
        let [start, end] = *self.starts.get(stretch..)?.first_chunk()?;
        Some((start as usize, end as usize))
    }

    #[expect(clippy::cast_possible_truncation, reason = "the upper half of 128 bits")]
    fn stretch(&self, offset: u64) -> usize {
        ((u128::from(offset) * u128::from(self.scale)) >> u64::BITS) as usize
    }

    pub(super) fn memory_len(&self) -> usize {
        self.starts.capacity() * size_of::<u32>()
    }
}

/// So that the last number of the span falls into the last stretch and none behind it.
fn scale(stretches: usize, span: u64) -> u64 {
    let whole = ((stretches as u128) << u64::BITS) - 1;
    // There are fewer stretches than numbers, so this is below 2^64.
    u64::try_from(whole / (u128::from(span) + 1)).unwrap_or(u64::MAX)
}
