//! A verified list as bytes, so that a restart need not fetch and verify it again.
//!
//! The form holds no signature: keep it where only the verifier can write.

use super::{Crl, CrlNumber};
use crate::revocation::{
    DistributionPointName,
    table::{Serial, Table, TableBytesError, checksum},
};

const MARK: &[u8; 8] = b"hkcrl-01";
const CHECKSUM_LEN: usize = 32;
/// Most names of one distribution point, and most bytes of a key id.
const NAMES_MAX: usize = 32;
const KEY_ID_LEN_MAX: usize = 64;

/// Why stored bytes are not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum StoredCrlError {
    /// Written by another version.
    #[error("the stored list has another form")]
    OtherForm,
    /// Checksum or content are wrong.
    #[error("the stored list is damaged")]
    Damaged,
    /// More entries than the limit.
    #[error("the stored list has too many entries")]
    TooMany,
}

impl From<TableBytesError> for StoredCrlError {
    fn from(error: TableBytesError) -> Self {
        match error {
            TableBytesError::Damaged => Self::Damaged,
            TableBytesError::TooMany => Self::TooMany,
        }
    }
}

impl Crl {
    /// Bytes for a file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.table.bytes_len() + 4096);
        out.extend(MARK);
        write_short(&mut out, &self.issuer_key_id);
        write_short(&mut out, self.number.as_bytes());
        out.extend(self.this_update.to_le_bytes());
        out.extend(self.next_update.to_le_bytes());
        let names: Vec<u8> =
            self.partition.iter().flat_map(|name| name.as_der().to_vec()).collect();
        write_short(&mut out, &names);
        self.table.write_to(&mut out);
        let checksum = checksum(&out);
        out.extend(checksum);
        out
    }

    /// Reads what [`Self::to_bytes`] wrote, with this many entries at most.
    pub fn from_bytes(bytes: &[u8], entries_max: usize) -> Result<Self, StoredCrlError> {
        let mut rest = bytes.strip_prefix(MARK).ok_or(StoredCrlError::OtherForm)?;
        let (content, sum) =
            bytes.split_last_chunk::<CHECKSUM_LEN>().ok_or(StoredCrlError::Damaged)?;
        if checksum(content) != *sum {
            return Err(StoredCrlError::Damaged);
        }
        rest = &rest[..rest.len().saturating_sub(CHECKSUM_LEN)];
        Self::read(rest, entries_max).ok_or(StoredCrlError::Damaged)?
    }

    fn read(mut rest: &[u8], entries_max: usize) -> Option<Result<Self, StoredCrlError>> {
        let issuer_key_id = read_short(&mut rest)?;
        let number = CrlNumber(Serial::from_bytes(read_short(&mut rest)?)?);
        let (this_update, next_update) = (read_time(&mut rest)?, read_time(&mut rest)?);
        let partition = read_names(read_short(&mut rest)?)?;
        if issuer_key_id.len() > KEY_ID_LEN_MAX {
            return None;
        }
        let table = Table::read_from(rest, entries_max).map_err(StoredCrlError::from);
        Some(table.map(|table| Self {
            issuer_key_id: issuer_key_id.to_vec(),
            partition,
            number,
            this_update,
            next_update,
            table,
        }))
    }
}

/// Length in 32 bits, then the bytes.
fn write_short(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend(bytes);
}

fn read_short<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (bytes, after) =
        after.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
    *rest = after;
    Some(bytes)
}

fn read_time(rest: &mut &[u8]) -> Option<i64> {
    let (bytes, after) = rest.split_first_chunk::<8>()?;
    *rest = after;
    Some(i64::from_le_bytes(*bytes))
}

fn read_names(mut rest: &[u8]) -> Option<Vec<DistributionPointName>> {
    let mut names = Vec::new();
    while !rest.is_empty() && names.len() < NAMES_MAX {
        let (name, after) = crate::tlv::read(rest).ok()?;
        names.push(DistributionPointName::from_der(name.raw)?);
        rest = after;
    }
    Some(names)
}
