//! A table as bytes, for a file that survives a restart.
//!
//! Little-endian: number of short entries, number of long entries (32 bits each), the short ones
//! (word, time), the long ones (serial number, reason, time).

use rsa::sha2::{Digest as _, Sha256};

use super::{Long, RevocationReason, SERIAL_LEN, Serial, Short, Table, TableBuilder, TableError};

const COUNTS_LEN: usize = 8;
const SHORT_LEN: usize = 12;
const LONG_LEN: usize = SERIAL_LEN + 5;

/// Why bytes are no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TableBytesError {
    /// Lengths, order or a reason are wrong.
    #[error("the stored table is damaged")]
    Damaged,
    /// More entries than the limit.
    #[error("the stored table has too many entries")]
    TooMany,
}

/// Hash that guards stored bytes against damage. It is no signature: who can write the file can
/// write the hash.
pub(in crate::revocation) fn checksum(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

impl Table {
    pub(in crate::revocation) fn bytes_len(&self) -> usize {
        COUNTS_LEN + self.short_len() * SHORT_LEN + self.long.len() * LONG_LEN
    }

    pub(in crate::revocation) fn write_to(&self, out: &mut Vec<u8>) {
        for count in [self.short_len(), self.long.len()] {
            out.extend(u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
        }
        for entry in self.short() {
            out.extend(entry.word().to_le_bytes());
            out.extend(entry.at.to_le_bytes());
        }
        for entry in &self.long {
            out.extend(entry.serial.0);
            out.push(entry.reason);
            out.extend(entry.at.to_le_bytes());
        }
    }

    /// Reads what [`Self::write_to`] wrote; it must fill the input and be in order.
    pub(in crate::revocation) fn read_from(
        bytes: &[u8],
        entries_max: usize,
    ) -> Result<Self, TableBytesError> {
        let (short, rest) = bytes.split_first_chunk::<4>().ok_or(TableBytesError::Damaged)?;
        let (long, rest) = rest.split_first_chunk::<4>().ok_or(TableBytesError::Damaged)?;
        let [short, long] = [short, long]
            .map(|bytes| usize::try_from(u32::from_le_bytes(*bytes)).unwrap_or(usize::MAX));
        if short.saturating_add(long) > entries_max {
            return Err(TableBytesError::TooMany);
        }
        if rest.len() != short * SHORT_LEN + long * LONG_LEN {
            return Err(TableBytesError::Damaged);
        }
        let (short, long) = rest.split_at(short * SHORT_LEN);
        let mut builder = TableBuilder::new(entries_max);
        builder.expect_entries(short.len() / SHORT_LEN);
        for entry in short.chunks_exact(SHORT_LEN).map(read_short) {
            let entry = entry.ok_or(TableBytesError::Damaged)?;
            builder.runs[0].push(entry.serial(), entry);
        }
        builder.long = long
            .chunks_exact(LONG_LEN)
            .map(read_long)
            .collect::<Option<_>>()
            .ok_or(TableBytesError::Damaged)?;
        let in_order = builder.runs[0].is_sorted
            && builder.long.windows(2).all(|two| two[0].serial < two[1].serial);
        if !in_order {
            return Err(TableBytesError::Damaged);
        }
        builder.finish().map_err(|error| match error {
            TableError::BadTime | TableError::Twice => TableBytesError::Damaged,
            TableError::TooMany => TableBytesError::TooMany,
        })
    }
}

fn read_short(bytes: &[u8]) -> Option<Short> {
    let (word, at) = bytes.split_first_chunk::<8>()?;
    let word = u64::from_le_bytes(*word);
    let reason = RevocationReason::from_code((word & 0xF).to_le_bytes()[0])?;
    Some(Short::new(word >> super::REASON_BITS, reason, u32::from_le_bytes(at.try_into().ok()?)))
}

fn read_long(bytes: &[u8]) -> Option<Long> {
    let (serial, rest) = bytes.split_first_chunk::<SERIAL_LEN>()?;
    let (reason, at) = rest.split_first()?;
    let serial = Serial(*serial);
    // A short number here would never be found.
    let is_long = serial.short().is_none() && RevocationReason::from_code(*reason).is_some();
    let at = u32::from_le_bytes(at.try_into().ok()?);
    is_long.then_some(Long { serial, reason: *reason, at })
}
