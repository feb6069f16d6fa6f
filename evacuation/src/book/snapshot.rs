//! The book as bytes for the box's store: versioned, bounded, with a checksum.

use std::collections::BTreeSet;

use ciborium::Value;

use super::{
    Entry, Fate, Heard, Known, MAX_ENTRIES, MAX_KNOWN, Now, OrderBook, Signed, Standing, Subject,
    count::{Count, Counts},
    lifetime::{Clock, Lifetime},
};
use crate::{
    codec::{
        DecodeError,
        fields::{self, Fields, Writer},
    },
    heartbeat::Heartbeat,
    id::OrderId,
    order::Changes,
    signing::reopen_order,
    trust::Kid,
};

const VERSION: u64 = 1;
/// More than the largest book: entries and words at 1.2 KB, known ids at 0.1 KB.
const MAX_LEN: usize = 256 * 1024;
const MAX_WORDS: usize = 16;
const CHECKSUM_LEN: usize = 4;

const FATES: [Fate; 3] = [Fate::Applied, Fate::OtherArea, Fate::Expired];
const STANDINGS: [Standing; 2] = [Standing::InForce, Standing::Notice];

/// The stored book cannot be read. Begin with an empty one: the heartbeat asks for what is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored order book is damaged or of another version")]
pub struct CorruptBook;

impl From<DecodeError> for CorruptBook {
    fn from(_: DecodeError) -> Self {
        Self
    }
}

impl OrderBook {
    /// The book as bytes; to be stored after every acceptance, acknowledgement or change.
    pub fn snapshot(&self) -> Vec<u8> {
        let mut map = Writer::new(VERSION);
        map.issuer(1, &self.issuer);
        map.number(2, self.counts.actual.highest);
        map.list(3, self.known.iter().map(|(id, known)| write_known(*id, known)));
        map.list(4, self.entries.iter().map(write_entry));
        map.list(5, self.words.values().map(|word| Value::Bytes(word.bytes.clone())));
        map.number(6, self.heard.actual);
        map.list(7, self.heard.active.iter().map(|id| Value::Bytes(id.0.to_vec())));
        map.number(8, self.counts.drill.highest);
        write_kid(&mut map, 9, self.counts.actual.by);
        write_kid(&mut map, 10, self.counts.drill.by);
        map.number(11, self.heard.drill);
        if let Some(time) = self.heard.time {
            map.time(12, time);
        }
        write_kid(&mut map, 13, self.heard.by);
        with_checksum(map.finish())
    }

    /// The book that wrote these bytes, also in the form before drills had a count of their own.
    /// Nothing of it may be shown before [`Self::verify`]; how long orders still stand is reckoned
    /// anew: by the clock when it is trusted, else for a bounded grace.
    pub fn restore(bytes: &[u8], now: Now) -> Result<Self, CorruptBook> {
        let (content, sum) = bytes.split_last_chunk::<CHECKSUM_LEN>().ok_or(CorruptBook)?;
        if bytes.len() > MAX_LEN || checksum(content) != u32::from_be_bytes(*sum) {
            return Err(CorruptBook);
        }
        let mut map = Fields::read(content, VERSION)?;
        let entries = map.list(4, MAX_ENTRIES)?;
        let mut book = Self {
            issuer: map.issuer(1)?,
            counts: Counts::default(),
            known: read_all(map.list(3, MAX_KNOWN)?, read_known)?,
            entries: Vec::new(),
            words: read_all(map.list(5, MAX_WORDS)?, read_word)?,
            heard: Heard::default(),
            reading: None,
        };
        book.counts = read_counts(&mut map)?;
        book.heard = read_heard(&mut map)?;
        map.finish()?;
        let clock = book.clock(now);
        book.entries = read_all(entries, |entry| read_entry(entry, clock, now))?;
        Ok(book)
    }
}

fn read_all<T, C: FromIterator<T>>(
    items: Vec<Value>,
    read: impl Fn(Value) -> Result<T, CorruptBook>,
) -> Result<C, CorruptBook> {
    items.into_iter().map(read).collect()
}

fn write_kid(map: &mut Writer, key: u64, kid: Option<Kid>) {
    if let Some(kid) = kid {
        map.bytes(key, &kid.0);
    }
}

fn read_kid(map: &mut Fields, key: u64) -> Result<Option<Kid>, CorruptBook> {
    let Some(bytes) = map.optional_bytes(key)? else { return Ok(None) };
    bytes.try_into().map(|bytes| Some(Kid(bytes))).map_err(|_| CorruptBook)
}

/// In the older form one count stood for both kinds.
fn read_counts(map: &mut Fields) -> Result<Counts, CorruptBook> {
    let highest = map.number(2)?;
    let drills = map.optional_number(8)?.unwrap_or(highest);
    Ok(Counts {
        actual: Count { highest, by: read_kid(map, 9)? },
        drill: Count { highest: drills, by: read_kid(map, 10)? },
    })
}

fn read_heard(map: &mut Fields) -> Result<Heard, CorruptBook> {
    let actual = map.number(6)?;
    Ok(Heard {
        actual,
        drill: map.optional_number(11)?.unwrap_or(actual),
        active: read_active(map)?,
        time: map.optional_time(12)?,
        by: read_kid(map, 13)?,
    })
}

fn write_known(id: OrderId, known: &Known) -> Value {
    let mut map = Writer::new(VERSION);
    map.bytes(1, &id.0);
    map.number(2, known.sequence);
    map.bytes(3, &known.signature);
    map.number(4, FATES.iter().position(|fate| *fate == known.fate).unwrap_or(0) as u64);
    map.number(5, u64::from(known.is_drill));
    write_kid(&mut map, 6, known.kid);
    map.into_value()
}

fn read_known(value: Value) -> Result<(OrderId, Known), CorruptBook> {
    let mut map = Fields::of_value(value, VERSION)?;
    let id = OrderId(map.bytes(1)?);
    let known = Known {
        sequence: map.number(2)?,
        is_drill: map.optional_number(5)?.is_some_and(|drill| drill > 0),
        signature: map.bytes(3)?,
        kid: read_kid(&mut map, 6)?,
        fate: map.choice(4, &FATES)?,
    };
    map.finish()?;
    Ok((id, known))
}

fn write_entry(entry: &Entry) -> Value {
    let mut map = Writer::new(VERSION);
    map.bytes(1, &entry.signed.bytes);
    map.number(2, u64::from(entry.is_notice()));
    map.time(3, entry.received_at);
    if let Some(changes) = entry.changes {
        map.number(4, changes.bits());
    }
    map.into_value()
}

fn read_entry(value: Value, clock: Clock, now: Now) -> Result<Entry, CorruptBook> {
    let mut map = Fields::of_value(value, VERSION)?;
    let signed = read_signed(map.optional_bytes(1)?.unwrap_or_default())?;
    let standing = map.choice(2, &STANDINGS)?;
    let received_at = map.time(3)?;
    let changes = match map.optional_number(4)? {
        Some(bits) => Some(Changes::from_bits(bits).ok_or(CorruptBook)?),
        None => None,
    };
    map.finish()?;
    // A lift that stands as an order, or an order as a lift, was not written by this program.
    let lifetime = match (standing, signed.order.is_in_force()) {
        (Standing::InForce, true) => Lifetime::of_restored(&signed.order, clock, now),
        (Standing::Notice, false) => Lifetime::of_notice(&signed.order, clock, now),
        _ => return Err(CorruptBook),
    };
    Ok(Entry { signed, standing, lifetime, received_at, changes })
}

fn read_word(value: Value) -> Result<(Subject, Signed), CorruptBook> {
    let signed = read_signed(value.into_bytes().map_err(|_| CorruptBook)?)?;
    Ok((Subject::of(&signed.order), signed))
}

fn read_signed(bytes: Vec<u8>) -> Result<Signed, CorruptBook> {
    let order = reopen_order(&bytes).map_err(|_| CorruptBook)?;
    Ok(Signed { order, bytes })
}

fn read_active(map: &mut Fields) -> Result<BTreeSet<OrderId>, CorruptBook> {
    let ids = map.list(7, Heartbeat::MAX_ACTIVE)?;
    read_all(ids, |id| Ok(OrderId(fields::fixed_bytes(id)?)))
}

pub(super) fn with_checksum(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.extend(checksum(&bytes).to_be_bytes());
    bytes
}

/// CRC-32 (IEEE 802.3): finds a torn or rotten page, defends against nobody.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg())
        })
    })
}
