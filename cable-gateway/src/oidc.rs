//! Services outside the television learn who somebody is: an OpenID Connect provider whose
//! question is answered on the television, with the card.
//!
//! A service sends the person's browser here, or asks for a number to show (in the manner of
//! RFC 8628). The person types the number on the television, reads who asks for what, and says yes
//! with the card. The service gets a code, then tokens; it knows the person under an id drawn for
//! its sector alone, and attributes only as far as the person agreed (invariant 5).
//!
//! What this module deliberately does not do: no session of the person at the provider (every
//! sign-in is confirmed with the card), no refresh tokens, no client secrets, no keys fetched from
//! addresses that a client names.

pub mod assertion;
pub mod attribute;
pub mod authorization;
pub mod client;
pub mod consent;
pub mod fault;
pub mod grant;
pub mod id_token;
pub mod parameters;
pub mod request;
pub mod subject;
#[cfg(test)]
mod tests;

use crate::{
    limit::Limiter,
    store::{Sql, StoreError},
    values,
};

/// How long a request waits for its answer on the television.
pub const REQUEST_MS: i64 = 300_000;
/// How long an answer waits for the browser or service that asked.
pub const PICK_UP_MS: i64 = 60_000;
/// How long an authorization code can be used.
pub const CODE_MS: i64 = 60_000;
/// How long an access token and an id token live.
pub const TOKEN_MS: i64 = 600_000;
/// Seconds between two questions of a waiting service.
pub const POLL_SECONDS: i64 = 5;
/// Difference between two clocks that is forgiven.
pub const SKEW_MS: i64 = 60_000;
/// Requests that may wait at the same time, so that numbers stay rare.
const OPEN_REQUESTS_MAX: i64 = 5_000;

const DAY_MS: i64 = 86_400_000;

/// Who this provider is, and how often it may be asked.
#[derive(Debug)]
pub struct Provider {
    issuer: String,
    /// Requests from browsers, by client and address: anybody can cause them.
    pub(crate) openings: Limiter,
    /// Requests by client, after it proved who it is.
    pub(crate) calls: Limiter,
}

impl Provider {
    /// A provider under this issuer address.
    pub fn new(issuer: &str) -> Self {
        Self { issuer: issuer.to_owned(), openings: Limiter::new(120), calls: Limiter::new(600) }
    }

    /// Its issuer identifier: an address without a slash at the end.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Address of one of its paths.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }
}

/// Forgets what is long over; consents and the log of what was issued stay.
pub(crate) fn forget(sql: &mut dyn Sql, now_ms: i64) -> Result<(), StoreError> {
    for query in [
        "DELETE FROM service_request WHERE expires_at_ms < $1",
        "DELETE FROM user_code_failure WHERE at_ms < $1",
        "DELETE FROM client_assertion WHERE expires_at_ms < $1",
        "DELETE FROM service_grant WHERE created_at_ms < $1",
    ] {
        sql.execute(query, values![now_ms - DAY_MS])?;
    }
    Ok(())
}
