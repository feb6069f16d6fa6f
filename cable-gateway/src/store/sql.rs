//! The one SQL layer: portable text in, plain values out, whatever the engine.
//!
//! Queries are static and written in PostgreSQL's `$n` style with the portable subset only
//! (`BIGINT`, `TEXT`, `BLOB`; times in Unix milliseconds; booleans as 0 and 1).

use std::sync::Arc;

use super::StoreError;

/// One value of a parameter or a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// `BIGINT`.
    Int(i64),
    /// `TEXT`.
    Text(String),
    /// `BLOB`.
    Bytes(Vec<u8>),
    /// Nothing.
    Null,
}

/// Runs queries inside one transaction.
pub trait Sql {
    /// Changes rows and says how many.
    fn execute(&mut self, query: &'static str, parameters: &[Value]) -> Result<u64, StoreError>;

    /// Runs the statements of a schema step.
    fn script(&mut self, statements: &'static str) -> Result<(), StoreError>;

    /// The rows of the answer, in order.
    fn all(&mut self, query: &'static str, parameters: &[Value]) -> Result<Vec<Row>, StoreError>;

    /// The first row of the answer, if there is one.
    fn optional(
        &mut self,
        query: &'static str,
        parameters: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.all(query, parameters)?.into_iter().next())
    }

    /// The first row of an answer that always has one.
    fn one(&mut self, query: &'static str, parameters: &[Value]) -> Result<Row, StoreError> {
        self.optional(query, parameters)?.ok_or(StoreError::NoRow { query })
    }
}

/// One row of an answer.
#[derive(Debug, Clone)]
pub struct Row {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

impl Row {
    pub(super) fn new(columns: Arc<[String]>, values: Vec<Value>) -> Self {
        Self { columns, values }
    }

    /// All values, in the order of the columns.
    pub fn values(&self) -> &[Value] {
        &self.values
    }

    /// The value of a column, by its name in the query.
    pub fn get<T: FromValue>(&self, column: &'static str) -> Result<T, StoreError> {
        T::from_value(self.value(column)?).ok_or(StoreError::Column { column })
    }

    /// The text of a column, left where it is.
    pub fn text(&self, column: &'static str) -> Result<&str, StoreError> {
        match self.value(column)? {
            Value::Text(text) => Ok(text),
            _ => Err(StoreError::Column { column }),
        }
    }

    fn value(&self, column: &'static str) -> Result<&Value, StoreError> {
        let index = self.columns.iter().position(|name| name == column);
        Ok(&self.values[index.ok_or(StoreError::Column { column })?])
    }
}

/// A type that a column can hold.
pub trait FromValue: Sized {
    /// `None` when the value has another type.
    fn from_value(value: &Value) -> Option<Self>;
}

impl FromValue for i64 {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(*number),
            _ => None,
        }
    }
}

impl FromValue for u64 {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value)?.try_into().ok()
    }
}

impl FromValue for u32 {
    fn from_value(value: &Value) -> Option<Self> {
        i64::from_value(value)?.try_into().ok()
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Option<Self> {
        match i64::from_value(value)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            other => T::from_value(other).map(Some),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Int(number.into())
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Int(truth.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// `values![a, b]`: parameters of a query from anything that a column can hold.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::store::sql::Value::from($value)),*] };
}

/// Rewrites PostgreSQL's `$n` to SQLite's `?n`, leaving string literals alone.
///
/// SQLite would take `$2` for a name and bind it by first appearance.
pub(super) fn numbered_for_sqlite(query: &str) -> String {
    let mut rewritten = String::with_capacity(query.len());
    let mut in_literal = false;
    let mut rest = query.chars().peekable();
    while let Some(character) = rest.next() {
        in_literal ^= character == '\'';
        let is_parameter = character == '$' && !in_literal;
        let numbered = is_parameter && rest.peek().is_some_and(char::is_ascii_digit);
        rewritten.push(if numbered { '?' } else { character });
    }
    rewritten
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_rewritten_and_literals_are_not() {
        assert_eq!(
            numbered_for_sqlite("SELECT '$1', 'it''s $2' FROM t WHERE a = $2 AND b = $1"),
            "SELECT '$1', 'it''s $2' FROM t WHERE a = ?2 AND b = ?1"
        );
    }
}
