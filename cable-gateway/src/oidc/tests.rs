//! Services, browsers and a television against the listening gateway.

mod admission;
mod codes;
mod consents;
mod fixture;
mod library;
mod numbers;
mod statements;
mod television;
