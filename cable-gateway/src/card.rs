//! A person's cards over the years: linked, followed by the next, stopped when lost.
//!
//! A card leads to a person through `credential_link` alone. A new card is a new row; the person,
//! and every id under which services know the person, stay. Certificates are read in
//! [`crate::login`]; this module knows links by their id.

pub mod code;
pub mod holder;
pub mod link;
pub mod stop;
pub mod watch;

#[cfg(test)]
mod tests;
