//! Brings entries in order by their numbers: two passes that lay them where they belong, instead of
//! some twenty comparisons for each.
//!
//! The first pass works in place and leads to parts that fit into the cache; the second lays each
//! part out anew from a copy, in stretches of a few entries. Numbers that crowd together cost more
//! passes of the first kind, one for every seven bits at most. Memory beside the entries is bounded
//! by the size of a part.

use super::{LARGE, Short, TableError};
use crate::revocation::both::{Cores, both, both_if};

/// Bits of one pass in place: so few that the next place of each part stays in the cache.
const PASS_BITS: u32 = 7;
const PASS_PARTS: usize = 1 << PASS_BITS;
/// A part of this many entries is laid out from a copy.
const CACHED_MAX: usize = 1 << 17;
/// So many entries share a stretch of the second pass, as a power of two.
const SHARE_BITS: u32 = 1;

/// Numbers from `first` on that differ in the lower `bits` of their distance from it.
#[derive(Clone, Copy)]
struct Span {
    first: u64,
    bits: u32,
}

impl Span {
    fn between(least: u64, greatest: u64) -> Self {
        Self { first: least, bits: u64::BITS - (greatest - least).leading_zeros() }
    }

    /// In which of the `2^bits` equal parts an entry is.
    #[expect(clippy::cast_possible_truncation, reason = "a place among some thousand parts")]
    fn place(self, entry: Short, bits: u32) -> usize {
        ((entry.serial() - self.first) >> (self.bits - bits)) as usize
    }

    fn part(self, place: usize, bits: u32) -> Self {
        let bits = self.bits - bits;
        Self { first: self.first + ((place as u64) << bits), bits }
    }
}

struct Part<'a> {
    entries: &'a mut [Short],
    span: Span,
}

/// Sorts entries whose numbers lie from `least` to `greatest`; refuses a number that stands there
/// twice.
pub(super) fn sort(
    entries: &mut [Short],
    least: u64,
    greatest: u64,
    cores: Cores,
) -> Result<(), TableError> {
    let span = Span::between(least, greatest);
    match cores {
        Cores::One => Room::new(CACHED_MAX).sort(Part { entries, span }),
        Cores::Two => sort_on_two(entries, span, CACHED_MAX),
    }
}

fn sort_on_two(entries: &mut [Short], span: Span, cached_max: usize) -> Result<(), TableError> {
    let half = entries.len() / 2;
    let whole = Part { entries, span };
    if whole.entries.len() <= cached_max {
        return Room::new(cached_max).sort(whole);
    }
    let mut low = spread(whole, Cores::Two);
    let mut before = 0;
    let below_half = low.iter().take_while(|part| {
        before += part.entries.len();
        before <= half
    });
    let middle = below_half.count();
    let high = low.split_off(middle);
    let mut low_outcome = Ok(());
    let high_outcome = both(
        || low_outcome = Room::new(cached_max).sort_all(low),
        || Room::new(cached_max).sort_all(high),
    );
    low_outcome.and(high_outcome)
}

/// Swaps every entry into its part (as American flag sort does, but without waiting for one swap
/// before the next begins).
fn spread(whole: Part<'_>, cores: Cores) -> Vec<Part<'_>> {
    let Part { entries, span } = whole;
    let bits = span.bits.min(PASS_BITS);
    let mut ends = lengths(entries, span, bits, cores);
    let mut nexts = [0; PASS_PARTS];
    let mut sum = 0;
    for (next, end) in nexts.iter_mut().zip(&mut ends) {
        *next = sum;
        sum += *end;
        *end = sum;
    }
    let mut is_done = false;
    while !is_done {
        is_done = true;
        for part in 0..PASS_PARTS {
            is_done &= nexts[part] == ends[part];
            for from in nexts[part]..ends[part] {
                let next = &mut nexts[span.place(entries[from], bits) % PASS_PARTS];
                entries.swap(from, *next);
                *next += 1;
            }
        }
    }
    let (mut rest, mut begin) = (entries, 0);
    let mut parts = Vec::with_capacity(PASS_PARTS);
    for (place, end) in ends.into_iter().enumerate().take(1 << bits) {
        let (entries, after) = rest.split_at_mut(end - begin);
        parts.push(Part { entries, span: span.part(place, bits) });
        (rest, begin) = (after, end);
    }
    parts
}

/// How many entries each part has.
fn lengths(entries: &[Short], span: Span, bits: u32, cores: Cores) -> [usize; PASS_PARTS] {
    let count = |entries: &[Short]| {
        let mut lengths = [0; PASS_PARTS];
        for entry in entries {
            lengths[span.place(*entry, bits) % PASS_PARTS] += 1;
        }
        lengths
    };
    let (low, high) = entries.split_at(entries.len() / 2);
    let mut lengths = [0; PASS_PARTS];
    let worth = cores == Cores::Two && entries.len() > LARGE;
    let others = both_if(worth, || lengths = count(low), || count(high));
    lengths.iter_mut().zip(others).for_each(|(length, other)| *length += other);
    lengths
}

/// Room for one part after the other.
struct Room {
    cached_max: usize,
    copy: Vec<Short>,
    ends: Vec<u32>,
}

impl Room {
    fn new(cached_max: usize) -> Self {
        Self { cached_max, copy: Vec::new(), ends: Vec::new() }
    }

    fn sort_all(&mut self, parts: Vec<Part<'_>>) -> Result<(), TableError> {
        parts.into_iter().try_for_each(|part| self.sort(part))
    }

    fn sort(&mut self, part: Part<'_>) -> Result<(), TableError> {
        if part.entries.len() < 2 {
            return Ok(());
        }
        if part.span.bits == 0 {
            return Err(TableError::Twice);
        }
        if part.entries.len() > self.cached_max {
            return self.sort_all(spread(part, Cores::One));
        }
        self.lay_out(part)
    }

    fn lay_out(&mut self, part: Part<'_>) -> Result<(), TableError> {
        let Part { entries, span } = part;
        let bits = entries.len().ilog2().saturating_sub(SHARE_BITS).min(span.bits);
        self.ends.clear();
        self.ends.resize(1 << bits, 0);
        for entry in &*entries {
            self.ends[span.place(*entry, bits)] += 1;
        }
        let mut sum = 0;
        for end in &mut self.ends {
            (*end, sum) = (sum, sum + *end);
        }
        self.copy.clear();
        self.copy.extend_from_slice(entries);
        for entry in &self.copy {
            let end = &mut self.ends[span.place(*entry, bits)];
            entries[*end as usize] = *entry;
            *end += 1;
        }
        let mut begin = 0;
        for end in &self.ends {
            entries[begin..*end as usize].sort_unstable_by_key(|entry| entry.word());
            begin = *end as usize;
        }
        let is_twice = entries.windows(2).any(|pair| pair[0].serial() == pair[1].serial());
        if is_twice { Err(TableError::Twice) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::revocation::RevocationReason;

    fn entries(serials: &[u64]) -> Vec<Short> {
        let reason = RevocationReason::Superseded;
        let numbered = (0..).zip(serials);
        numbered.map(|(at, serial)| Short::new(*serial, reason, at)).collect()
    }

    fn serials() -> impl Strategy<Value = Vec<u64>> {
        let limit = super::super::SHORT_LIMIT;
        let serial = prop_oneof![
            4 => 0..limit,
            4 => 100_000_000u64..100_004_000,
            1 => 0u64..300,
            1 => limit - 300..limit,
        ];
        proptest::collection::vec(serial, 0..1500)
    }

    proptest! {
        /// With parts of every size, so that passes in place repeat and stop at every depth.
        #[test]
        fn it_sorts_as_the_library_does(serials in serials(), cached_max in 1usize..600) {
            let mut sorted = entries(&serials);
            let mut expected = sorted.clone();
            expected.sort_by_key(|entry| entry.serial());
            let (Some(first), Some(last)) = (expected.first(), expected.last()) else {
                return Ok(());
            };
            let span = Span::between(first.serial(), last.serial());
            let outcome = sort_on_two(&mut sorted, span, cached_max);
            let is_twice = expected.windows(2).any(|two| two[0].serial() == two[1].serial());
            prop_assert_eq!(outcome, if is_twice { Err(TableError::Twice) } else { Ok(()) });
            if !is_twice {
                prop_assert_eq!(sorted, expected);
            }
        }
    }

    #[test]
    fn more_than_the_cache_holds_is_sorted_on_two_cores() {
        let count = 3 * CACHED_MAX;
        // An odd step visits every place once.
        let serials: Vec<_> =
            (0..count as u64).map(|at| at * 2_654_435_761 % count as u64).collect();
        let (mut sorted, greatest) = (entries(&serials), count as u64 - 1);
        assert_eq!(sort(&mut sorted, 0, greatest, Cores::Two), Ok(()));
        assert!(sorted.iter().map(|entry| entry.serial()).eq(0..count as u64));
        sorted[7] = sorted[count - 1];
        assert_eq!(sort(&mut sorted, 0, greatest, Cores::Two), Err(TableError::Twice));
    }
}
