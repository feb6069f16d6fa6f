//! A CBOR map with integer keys, written in order and read strictly.

use std::collections::BTreeMap;

use ciborium::Value;

use crate::{
    id::{IdError, Issuer},
    order::{InvalidOrder, UnixMillis},
};

/// Key of the map's version; always there, always first.
const VERSION_KEY: u64 = 0;

/// Deepest nesting that any of our maps has, and one to spare.
const MAX_DEPTH: usize = 6;

/// Why bytes are not one of our records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// More bytes than such a record may have.
    #[error("the record is larger than allowed")]
    TooLarge,
    /// Not CBOR, or a field is missing, unknown, out of range or of another kind.
    #[error("the record does not have its form")]
    Malformed,
    /// A version that this program does not know.
    #[error("version {0} of the record is not known")]
    Version(u64),
    /// The same record has another encoding, the only one that is taken.
    #[error("the record is not in its one encoding")]
    NotDeterministic,
    /// An order against the rules.
    #[error(transparent)]
    Invalid(InvalidOrder),
}

/// Writes fields; the caller gives them by rising key.
pub(crate) struct Writer(Vec<(Value, Value)>);

impl Writer {
    pub(crate) fn new(version: u64) -> Self {
        let mut map = Self(Vec::new());
        map.number(VERSION_KEY, version);
        map
    }

    fn put(&mut self, key: u64, value: Value) {
        self.0.push((Value::from(key), value));
    }

    pub(crate) fn number(&mut self, key: u64, number: u64) {
        self.put(key, Value::from(number));
    }

    pub(crate) fn time(&mut self, key: u64, time: UnixMillis) {
        self.put(key, Value::from(time.0));
    }

    pub(crate) fn bytes(&mut self, key: u64, bytes: &[u8]) {
        self.put(key, Value::Bytes(bytes.to_vec()));
    }

    pub(crate) fn text(&mut self, key: u64, text: &str) {
        self.put(key, Value::Text(text.to_owned()));
    }

    pub(crate) fn issuer(&mut self, key: u64, issuer: &Issuer) {
        self.put(key, issuer_value(issuer));
    }

    /// Leaves an empty list out.
    pub(crate) fn list(&mut self, key: u64, items: impl Iterator<Item = Value>) {
        let items: Vec<Value> = items.collect();
        if !items.is_empty() {
            self.put(key, Value::Array(items));
        }
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        to_bytes(&self.into_value())
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Map(self.0)
    }
}

/// Bytes of a value; lengths and integers in their shortest form.
fn to_bytes(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("memory takes every byte");
    bytes
}

/// The code as a number: two bytes less than its digits.
pub(crate) fn issuer_value(issuer: &Issuer) -> Value {
    Value::from(issuer.as_str().bytes().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
}

/// The fields of a map that are not yet taken.
pub(crate) struct Fields(BTreeMap<u64, Value>);

impl Fields {
    /// Reads one map of this version that fills the bytes.
    pub(crate) fn read(bytes: &[u8], version: u64) -> Result<Self, DecodeError> {
        let mut rest = bytes;
        let value = ciborium::de::from_reader_with_recursion_limit(&mut rest, MAX_DEPTH);
        let value = value.map_err(|_| DecodeError::Malformed)?;
        if !rest.is_empty() {
            return Err(DecodeError::Malformed);
        }
        Self::of_value(value, version)
    }

    /// Reads a map inside another one.
    pub(crate) fn of_value(value: Value, version: u64) -> Result<Self, DecodeError> {
        let Value::Map(pairs) = value else { return Err(DecodeError::Malformed) };
        let mut fields = BTreeMap::new();
        for (key, value) in pairs {
            let key = key.as_integer().and_then(|key| u64::try_from(key).ok());
            if fields.insert(key.ok_or(DecodeError::Malformed)?, value).is_some() {
                return Err(DecodeError::Malformed);
            }
        }
        let mut fields = Self(fields);
        match fields.number(VERSION_KEY)? {
            found if found == version => Ok(fields),
            found => Err(DecodeError::Version(found)),
        }
    }

    /// Nothing may be left.
    pub(crate) fn finish(self) -> Result<(), DecodeError> {
        if self.0.is_empty() { Ok(()) } else { Err(DecodeError::Malformed) }
    }

    fn take(&mut self, key: u64) -> Result<Value, DecodeError> {
        self.0.remove(&key).ok_or(DecodeError::Malformed)
    }

    pub(crate) fn number<N: TryFrom<u64>>(&mut self, key: u64) -> Result<N, DecodeError> {
        let number = number(&self.take(key)?)?;
        number.try_into().map_err(|_| DecodeError::Malformed)
    }

    pub(crate) fn optional_number(&mut self, key: u64) -> Result<Option<u64>, DecodeError> {
        if self.0.contains_key(&key) { self.number(key).map(Some) } else { Ok(None) }
    }

    pub(crate) fn time(&mut self, key: u64) -> Result<UnixMillis, DecodeError> {
        let time = self.take(key)?.as_integer().and_then(|time| i64::try_from(time).ok());
        time.map(UnixMillis).ok_or(DecodeError::Malformed)
    }

    pub(crate) fn optional_time(&mut self, key: u64) -> Result<Option<UnixMillis>, DecodeError> {
        if self.0.contains_key(&key) { self.time(key).map(Some) } else { Ok(None) }
    }

    pub(crate) fn bytes<const N: usize>(&mut self, key: u64) -> Result<[u8; N], DecodeError> {
        fixed_bytes(self.take(key)?)
    }

    pub(crate) fn optional_bytes(&mut self, key: u64) -> Result<Option<Vec<u8>>, DecodeError> {
        let value = self.0.remove(&key);
        value.map(|value| value.into_bytes().map_err(|_| DecodeError::Malformed)).transpose()
    }

    pub(crate) fn optional_text(&mut self, key: u64) -> Result<Option<String>, DecodeError> {
        let value = self.0.remove(&key);
        value.map(|value| value.into_text().map_err(|_| DecodeError::Malformed)).transpose()
    }

    pub(crate) fn issuer(&mut self, key: u64) -> Result<Issuer, DecodeError> {
        issuer(&self.take(key)?)
    }

    /// The value whose number in this list of codes stands there.
    pub(crate) fn choice<T: Copy>(&mut self, key: u64, codes: &[T]) -> Result<T, DecodeError> {
        let at: usize = self.number(key)?;
        codes.get(at).copied().ok_or(DecodeError::Malformed)
    }

    /// A list of at most `max` items; absent means empty.
    pub(crate) fn list(&mut self, key: u64, max: usize) -> Result<Vec<Value>, DecodeError> {
        let Some(value) = self.0.remove(&key) else { return Ok(Vec::new()) };
        let items = value.into_array().map_err(|_| DecodeError::Malformed)?;
        if items.len() > max { Err(DecodeError::TooLarge) } else { Ok(items) }
    }

    /// A list of texts that are ids.
    pub(crate) fn ids<T>(
        &mut self,
        key: u64,
        max: usize,
        parse: impl Fn(String) -> Result<T, IdError>,
    ) -> Result<Vec<T>, DecodeError> {
        let parse = |item: Value| item.into_text().ok().and_then(|text| parse(text).ok());
        let items = self.list(key, max)?.into_iter();
        items.map(|item| parse(item).ok_or(DecodeError::Malformed)).collect()
    }
}

pub(crate) fn number(value: &Value) -> Result<u64, DecodeError> {
    value.as_integer().and_then(|n| u64::try_from(n).ok()).ok_or(DecodeError::Malformed)
}

pub(crate) fn issuer(value: &Value) -> Result<Issuer, DecodeError> {
    Issuer::new(format!("{:06}", number(value)?)).map_err(|_| DecodeError::Malformed)
}

pub(crate) fn fixed_bytes<const N: usize>(value: Value) -> Result<[u8; N], DecodeError> {
    let bytes = value.into_bytes().map_err(|_| DecodeError::Malformed)?;
    bytes.try_into().map_err(|_| DecodeError::Malformed)
}
