//! A small town for the tests of this crate.
