//! Every message of the television, with its arguments, once.

use super::Phrase;

/// One message and the names of its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Fluent message id.
    pub id: &'static str,
    /// Names of its arguments.
    pub arguments: &'static [&'static str],
}

/// Makes one constructor for each message and the list of all of them.
macro_rules! messages {
    (@add $phrase:expr, $name:expr, text, $value:expr) => { $phrase.text($name, $value) };
    (@add $phrase:expr, $name:expr, number, $value:expr) => { $phrase.number($name, $value) };
    (@add $phrase:expr, $name:expr, phrase, $value:expr) => { $phrase.phrase($name, $value) };
    (@type text) => { &str };
    (@type number) => { i64 };
    (@type phrase) => { Phrase };
    ($($function:ident($($argument:ident: $kind:ident),*) = $id:literal;)*) => {
        /// One constructor for each message.
        pub(super) mod say {
            #![expect(missing_docs, reason = "the sentences stand in locales/*/tv.ftl")]
            use super::Phrase;
            $(
                pub fn $function($($argument: messages!(@type $kind)),*) -> Phrase {
                    let phrase = Phrase::new($id);
                    $(let phrase = messages!(@add phrase, stringify!($argument), $kind, $argument);)*
                    phrase
                }
            )*
        }

        /// These messages.
        pub(super) const ENTRIES: &[Entry] = &[
            $(Entry { id: $id, arguments: &[$(stringify!($argument)),*] },)*
        ];
    };
}

mod evening;
mod first_start;
mod services;
mod upkeep;

/// One constructor for each message.
pub mod say {
    pub use super::{evening::say::*, first_start::say::*, services::say::*, upkeep::say::*};
}

/// All messages.
pub fn catalogue() -> impl Iterator<Item = &'static Entry> {
    let parts = [evening::ENTRIES, first_start::ENTRIES, services::ENTRIES, upkeep::ENTRIES];
    parts.into_iter().flatten()
}
