//! The id token: who signed in, when, and how sure that is.

use serde::{Deserialize, Serialize};

use super::{TOKEN_MS, attribute, grant::Issued};
use crate::{
    encoding::sha256,
    jws::{SigningKey, Unverified, base64url},
    signing_keys::{self, KeyPurpose},
    store::{Sql, StoreError},
};

/// `typ` of the header.
const TYPE: &str = "JWT";

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    exp: i64,
    iat: i64,
    auth_time: i64,
    acr: &'static str,
    amr: &'static [&'static str],
    sid: &'a str,
    at_hash: String,
    /// Only when the card was accepted in doubt: `stale` or `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nonce: Option<&'a str>,
}

/// Who signs out, as an earlier id token says; its end does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hint {
    iss: String,
    /// The client.
    pub aud: String,
    /// The sign-in.
    pub sid: String,
}

/// Signs the id token of an issued grant.
pub fn sign(key: &SigningKey, provider: &str, issued: &Issued, now_ms: i64) -> String {
    let grant = &issued.grant;
    let claims = Claims {
        iss: provider,
        sub: &grant.subject,
        aud: &grant.client_id,
        exp: (now_ms + TOKEN_MS).div_euclid(1000),
        iat: now_ms.div_euclid(1000),
        auth_time: grant.authenticated_at_ms.div_euclid(1000),
        acr: attribute::acr(grant.level),
        amr: attribute::amr(grant.level),
        sid: &grant.grant_id,
        at_hash: base64url(&sha256(issued.access_token.as_bytes())[..16]),
        revocation: grant.standing.flag(),
        nonce: grant.nonce.as_deref(),
    };
    key.sign(TYPE, &claims)
}

/// Reads an id token that we signed, for signing out.
pub fn read_hint(sql: &mut dyn Sql, issuer: &str, text: &str) -> Result<Option<Hint>, StoreError> {
    let Ok(read) = Unverified::parse(text) else { return Ok(None) };
    let (Some(kid), Some(TYPE)) = (read.kid(), read.typ()) else { return Ok(None) };
    let Some(key) = signing_keys::public_key(sql, KeyPurpose::IdToken, kid)? else {
        return Ok(None);
    };
    Ok(read.verify::<Hint>(&key).ok().filter(|hint| hint.iss == issuer))
}
