//! Revoked serial numbers in a sorted table: twelve bytes for each, one or two cache lines to look
//! one up.
//!
//! Serial numbers of the JPKI are small. One below 2^60 shares a 64-bit word with its reason and has
//! a 32-bit time beside it; longer ones, which other CAs use, go to a second table. An index over
//! the first bits leads to the few entries among which a number has to be.

mod bytes;
mod index;
mod sort;

use std::cmp::Ordering;

use super::{
    RevocationReason,
    both::{Cores, both},
};
use index::Index;

pub(super) use bytes::{TableBytesError, checksum};

/// Bytes of the longest serial number (RFC 5280, 4.1.2.2).
const SERIAL_LEN: usize = 20;
/// Bits of the word that hold the reason.
const REASON_BITS: u32 = 4;
/// Serial numbers below this go to the first table.
const SHORT_LIMIT: u64 = 1 << (u64::BITS - REASON_BITS);
/// So many entries are worth a second core.
const LARGE: usize = 1 << 16;
/// Parts of the short table; see [`TableBuilder::halve`].
const RUNS: usize = 2;
/// Room for so many entries is asked for when a list turns out to be long: more than 32 MiB, which
/// the system gives page by page as they are written, and makes larger without copying.
const RUN_ROOM: usize = 3 << 20;
/// So many entries are faster counted through than searched.
const NEAR_MAX: usize = 32;
/// Times are kept from here: 2000-01-01, Unix seconds.
const TIME_ORIGIN: i64 = 946_684_800;

/// A serial number, whatever its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial([u8; SERIAL_LEN]);

impl Serial {
    /// Takes a big-endian number; none when it is longer than 20 bytes.
    pub fn from_bytes(big_endian: &[u8]) -> Option<Self> {
        let zeros = big_endian.iter().take_while(|byte| **byte == 0).count();
        let digits = &big_endian[zeros..];
        let start = SERIAL_LEN.checked_sub(digits.len())?;
        let mut bytes = [0; SERIAL_LEN];
        bytes[start..].copy_from_slice(digits);
        Some(Self(bytes))
    }

    /// Big-endian, without leading zeros.
    pub fn as_bytes(&self) -> &[u8] {
        let zeros = self.0.iter().take_while(|byte| **byte == 0).count();
        &self.0[zeros..]
    }

    fn short(self) -> Option<u64> {
        let (high, low) = self.0.split_last_chunk::<8>()?;
        let number = u64::from_be_bytes(*low);
        (high == [0; SERIAL_LEN - 8] && number < SHORT_LIMIT).then_some(number)
    }
}

impl From<u64> for Serial {
    fn from(number: u64) -> Self {
        let mut bytes = [0; SERIAL_LEN];
        bytes[SERIAL_LEN - 8..].copy_from_slice(&number.to_be_bytes());
        Self(bytes)
    }
}

/// Why and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Revocation {
    /// Why.
    pub reason: RevocationReason,
    /// Since when, Unix seconds.
    pub revoked_at: i64,
}

/// An entry with a short serial number. Two halves of the word keep it at twelve bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    high: u32,
    low: u32,
    at: u32,
}

impl Short {
    #[expect(clippy::cast_possible_truncation, reason = "the word is cut into its halves")]
    fn new(serial: u64, reason: RevocationReason, at: u32) -> Self {
        let word = serial << REASON_BITS | u64::from(reason.code());
        Self { high: (word >> 32) as u32, low: word as u32, at }
    }

    fn word(self) -> u64 {
        u64::from(self.high) << 32 | u64::from(self.low)
    }

    fn serial(self) -> u64 {
        self.word() >> REASON_BITS
    }

    fn revocation(self) -> Revocation {
        let code = (self.low & ((1 << REASON_BITS) - 1)).to_le_bytes()[0];
        revocation(code, self.at)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Long {
    serial: Serial,
    reason: u8,
    at: u32,
}

fn revocation(code: u8, at: u32) -> Revocation {
    Revocation {
        // Only codes of reasons are ever written.
        reason: RevocationReason::from_code(code).unwrap_or(RevocationReason::Unspecified),
        revoked_at: TIME_ORIGIN + i64::from(at),
    }
}

/// Why entries make no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TableError {
    /// A time before 2000 or after 2136.
    #[error("a revocation lies outside the times that are kept")]
    BadTime,
    /// One serial number stands there twice.
    #[error("a serial number stands there twice")]
    Twice,
    /// More entries than the limit.
    #[error("too many entries")]
    TooMany,
}

/// Collects entries in any order.
pub struct TableBuilder {
    /// Short numbers below the border, and the others.
    runs: [Loose; RUNS],
    /// Beyond all numbers, until many came in no order.
    border: u64,
    halve_at: usize,
    long: Vec<Long>,
    entries_max: usize,
}

/// Short entries as they came.
struct Loose {
    entries: Vec<Short>,
    is_sorted: bool,
    least: u64,
    greatest: u64,
}

impl Loose {
    const EMPTY: Self = Self { entries: Vec::new(), is_sorted: true, least: u64::MAX, greatest: 0 };

    fn push(&mut self, serial: u64, entry: Short) {
        self.is_sorted &= self.entries.is_empty() || self.greatest < serial;
        self.least = self.least.min(serial);
        self.greatest = self.greatest.max(serial);
        self.entries.push(entry);
    }

    fn sorted(mut self, cores: Cores) -> Result<Run, TableError> {
        if !self.is_sorted {
            sort::sort(&mut self.entries, self.least, self.greatest, cores)?;
        }
        self.entries.shrink_to_fit();
        Ok(Run { index: Index::of(&self.entries, cores), entries: self.entries })
    }
}

impl TableBuilder {
    /// Takes this many entries at most.
    pub fn new(entries_max: usize) -> Self {
        Self {
            runs: [Loose::EMPTY; RUNS],
            border: u64::MAX,
            halve_at: LARGE,
            long: Vec::new(),
            entries_max,
        }
    }

    /// Makes room at once, within the limit, so that growing does not hold two copies.
    pub fn expect_entries(&mut self, count: usize) {
        self.runs[0].entries.reserve_exact(count.min(self.entries_max));
    }

    /// Adds one entry.
    pub fn push(&mut self, serial: Serial, revocation: Revocation) -> Result<(), TableError> {
        match serial.short() {
            Some(number) => self.push_short(number, revocation),
            None => self.push_long(serial, revocation),
        }
    }

    pub(super) fn push_short(
        &mut self,
        serial: u64,
        revocation: Revocation,
    ) -> Result<(), TableError> {
        let entry = Short::new(serial, revocation.reason, kept_time(revocation.revoked_at)?);
        if self.len() >= self.entries_max {
            return Err(TableError::TooMany);
        }
        let run = &mut self.runs[usize::from(serial >= self.border)];
        run.push(serial, entry);
        if run.entries.len() == self.halve_at && !run.is_sorted && self.border == u64::MAX {
            self.halve();
        }
        Ok(())
    }

    /// Long lists in no order are kept in two halves, by the numbers that came first, so that two
    /// cores can sort them at once.
    fn halve(&mut self) {
        let came = std::mem::replace(&mut self.runs[0], Loose::EMPTY).entries;
        for run in &mut self.runs {
            run.entries.reserve_exact(RUN_ROOM.min(self.entries_max));
        }
        let mut serials: Vec<_> = came.iter().map(|entry| entry.serial()).collect();
        let (_, median, _) = serials.select_nth_unstable(came.len() / 2);
        self.border = *median;
        for entry in came {
            let serial = entry.serial();
            self.runs[usize::from(serial >= self.border)].push(serial, entry);
        }
    }

    fn len(&self) -> usize {
        self.runs.iter().map(|run| run.entries.len()).sum::<usize>() + self.long.len()
    }

    fn push_long(&mut self, serial: Serial, revocation: Revocation) -> Result<(), TableError> {
        let at = kept_time(revocation.revoked_at)?;
        if self.len() >= self.entries_max {
            return Err(TableError::TooMany);
        }
        self.long.push(Long { serial, reason: revocation.reason.code(), at });
        Ok(())
    }

    /// Sorts what was collected.
    pub fn finish(mut self) -> Result<Table, TableError> {
        self.long.sort_unstable_by_key(|entry| entry.serial);
        if self.long.windows(2).any(|pair| pair[0].serial == pair[1].serial) {
            return Err(TableError::Twice);
        }
        self.long.shrink_to_fit();
        let [low, high] = self.runs;
        let runs = if high.entries.is_empty() {
            [low.sorted(Cores::Two)?, high.sorted(Cores::One)?]
        } else {
            let mut sorted_low = Err(TableError::Twice);
            let high = both(|| sorted_low = low.sorted(Cores::One), || high.sorted(Cores::One));
            [sorted_low?, high?]
        };
        Ok(Table { runs, long: self.long })
    }
}

fn kept_time(unix_secs: i64) -> Result<u32, TableError> {
    u32::try_from(unix_secs - TIME_ORIGIN).map_err(|_| TableError::BadTime)
}

/// Revoked certificates of one list.
#[derive(Clone)]
pub struct Table {
    /// All numbers of the first are less than those of the second.
    runs: [Run; RUNS],
    long: Vec<Long>,
}

/// Short entries in order.
#[derive(Clone)]
struct Run {
    entries: Vec<Short>,
    index: Index,
}

impl Run {
    fn get(&self, serial: u64) -> Option<Revocation> {
        let (start, end) = self.index.range(serial)?;
        let near = &self.entries[start..end];
        // Counting reads all of a few entries at once instead of one after the other.
        let place = match near.len() {
            0..=NEAR_MAX => near.iter().map(|entry| usize::from(entry.serial() < serial)).sum(),
            _ => near.partition_point(|entry| entry.serial() < serial),
        };
        near.get(place).filter(|entry| entry.serial() == serial).map(|entry| entry.revocation())
    }
}

/// The same revocations, in however many runs.
impl PartialEq for Table {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for Table {}

/// Shows how many, not which.
impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Table({} entries)", self.len())
    }
}

impl Table {
    /// Number of entries.
    pub fn len(&self) -> usize {
        self.short_len() + self.long.len()
    }

    fn short_len(&self) -> usize {
        self.runs.iter().map(|run| run.entries.len()).sum()
    }

    fn short(&self) -> impl Iterator<Item = Short> + '_ {
        self.runs.iter().flat_map(|run| run.entries.iter().copied())
    }

    /// Whether nobody is in it.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of memory it holds.
    pub fn memory_len(&self) -> usize {
        let runs = self
            .runs
            .iter()
            .map(|run| run.entries.capacity() * size_of::<Short>() + run.index.memory_len());
        runs.sum::<usize>() + self.long.capacity() * size_of::<Long>()
    }

    /// The entry with this serial number.
    pub fn get(&self, serial: Serial) -> Option<Revocation> {
        match serial.short() {
            Some(number) => self.get_short(number),
            None => self.get_long(serial),
        }
    }

    fn get_short(&self, serial: u64) -> Option<Revocation> {
        let [low, high] = &self.runs;
        let is_high = high.entries.first().is_some_and(|first| first.serial() <= serial);
        if is_high { high.get(serial) } else { low.get(serial) }
    }

    fn get_long(&self, serial: Serial) -> Option<Revocation> {
        let place = self.long.binary_search_by_key(&serial, |entry| entry.serial).ok()?;
        let entry = self.long[place];
        Some(revocation(entry.reason, entry.at))
    }

    /// All entries by ascending serial number.
    pub fn iter(&self) -> impl Iterator<Item = (Serial, Revocation)> + '_ {
        let short = self.short().map(|entry| (entry.serial().into(), entry.revocation()));
        let long = self.long.iter().map(|entry| (entry.serial, revocation(entry.reason, entry.at)));
        short.chain(long)
    }

    /// What a newer table of the same list says otherwise, by ascending serial number.
    pub fn changes<'a>(&'a self, newer: &'a Self) -> impl Iterator<Item = Change> + 'a {
        let (mut before, mut after) = (self.iter().peekable(), newer.iter().peekable());
        std::iter::from_fn(move || {
            loop {
                let order = match (before.peek(), after.peek()) {
                    (None, None) => return None,
                    (Some(_), None) => Ordering::Less,
                    (None, Some(_)) => Ordering::Greater,
                    (Some((old, _)), Some((new, _))) => old.cmp(new),
                };
                let gone = before.next_if(|_| order.is_le());
                let come = after.next_if(|_| order.is_ge());
                if let Some(change) = Change::between(gone, come) {
                    return Some(change);
                }
            }
        })
    }
}

/// What changed between two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Still revoked, for another reason or since another time.
    Altered {
        /// Which.
        serial: Serial,
        /// What the older list said.
        before: Revocation,
        /// What the newer list says.
        after: Revocation,
    },
    /// No longer on the list: expired, or never to be expected from this CA.
    Released {
        /// Which.
        serial: Serial,
    },
    /// New on the list.
    Revoked {
        /// Which.
        serial: Serial,
        /// Why and since when.
        revocation: Revocation,
    },
}

impl Change {
    fn between(
        before: Option<(Serial, Revocation)>,
        after: Option<(Serial, Revocation)>,
    ) -> Option<Self> {
        match (before, after) {
            (Some((serial, _)), None) => Some(Self::Released { serial }),
            (None, Some((serial, revocation))) => Some(Self::Revoked { serial, revocation }),
            (Some((serial, before)), Some((_, after))) if before != after => {
                Some(Self::Altered { serial, before, after })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
