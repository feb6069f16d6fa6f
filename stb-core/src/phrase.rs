//! What to say, without saying it: a message id with its arguments.
//!
//! The sentences stand in `locales/<language>/tv.ftl` (Fluent); the shell renders a phrase for the
//! screen or for speech. The core makes phrases only through [`say`], where each message has its
//! typed constructor and stands in the [`catalogue()`]; a test formats the whole catalogue in every
//! language.
//!
//! For speech the shell takes the message's attribute `.speech` when it has one, else its value;
//! arguments that are messages are rendered the same way. Where a reading matters the phrase
//! carries it beside the written form (`name` and `name_kana`); an unknown reading arrives as the
//! written form. Bundles run without bidi isolation marks.

mod catalogue;

pub use catalogue::{Entry, catalogue, say};

/// One message.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phrase {
    /// Fluent message id.
    pub id: &'static str,
    /// Named arguments.
    pub args: Vec<(&'static str, Arg)>,
}

/// One argument.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Arg {
    /// Text from outside: names, places. Shown as it is.
    Text(String),
    /// A number.
    Number(i64),
    /// Another message.
    Phrase(Box<Phrase>),
}

impl Phrase {
    /// A message without arguments.
    pub const fn new(id: &'static str) -> Self {
        Self { id, args: Vec::new() }
    }

    /// Adds text from outside.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, Arg::Text(value.into())));
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, name: &'static str, value: i64) -> Self {
        self.args.push((name, Arg::Number(value)));
        self
    }

    /// Adds another message.
    #[must_use]
    pub fn phrase(mut self, name: &'static str, value: Phrase) -> Self {
        self.args.push((name, Arg::Phrase(Box::new(value))));
        self
    }
}
