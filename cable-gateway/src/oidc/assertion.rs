//! A client proves who it is: `private_key_jwt` (RFC 7523, OpenID Connect Core 9). Secrets are
//! never shared.

use serde::Deserialize;

use super::{
    SKEW_MS,
    client::{self, Client},
    fault::Fault,
    parameters::Parameters,
};
use crate::{
    encoding::sha256,
    jws::Unverified,
    store::{Sql, Store, StoreError},
    values,
};

/// The only kind of assertion.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// An assertion that ends later than this was not made for one request.
const LIFE_MAX_MS: i64 = 300_000;
const JTI_MAX_LEN: usize = 200;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: i64,
    #[serde(default)]
    nbf: Option<i64>,
    #[serde(default)]
    iat: Option<i64>,
    jti: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    /// Meant for us and for nobody else: an assertion for two could be used by the other.
    fn is_only(&self, allowed: [&str; 2]) -> bool {
        match self {
            Self::One(audience) => allowed.contains(&audience.as_str()),
            Self::Several(audiences) => match audiences.as_slice() {
                [audience] => allowed.contains(&audience.as_str()),
                _ => false,
            },
        }
    }
}

/// The client that sent these parameters; its assertion is used up.
pub async fn authenticate(
    store: &Store,
    parameters: &Parameters,
    audiences: [&str; 2],
    now_ms: i64,
) -> Result<Client, Fault> {
    if parameters.get("client_secret").is_some() {
        return Err(Fault::client("secrets are not used here, send a client_assertion"));
    }
    if parameters.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(Fault::client("client_assertion_type must be jwt-bearer"));
    }
    let text = parameters.get("client_assertion");
    let text = text.ok_or(Fault::client("client_assertion is missing"))?;
    let read = Unverified::parse(text)
        .map_err(|_| Fault::client("client_assertion is no JWT signed with ES256"))?;
    // The name inside is only a hint until its key has verified it.
    let named: Claims = peek(text).ok_or(Fault::client("client_assertion lacks a claim"))?;
    let client_id = named.iss;
    let client = store.read(move |sql| client::active(sql, &client_id)).await?;
    let client = client.ok_or(Fault::client("no such client"))?;
    let key = client.key(read.kid()).ok_or(Fault::client("no such key of this client"))?;
    let claims: Claims = read
        .verify(&key)
        .map_err(|_| Fault::client("the signature of client_assertion does not verify"))?;
    let expires_at_ms = check(&claims, &client, parameters, audiences, now_ms)?;
    let (client_id, jti) = (client.client_id.clone(), sha256(claims.jti.as_bytes()));
    let first =
        store.write(move |sql| use_up(sql, &client_id, &jti, expires_at_ms + SKEW_MS)).await?;
    if first { Ok(client) } else { Err(Fault::client("this client_assertion was used before")) }
}

fn check(
    claims: &Claims,
    client: &Client,
    parameters: &Parameters,
    audiences: [&str; 2],
    now_ms: i64,
) -> Result<i64, Fault> {
    let named = parameters.get("client_id").unwrap_or(&client.client_id);
    if claims.sub != client.client_id || named != client.client_id {
        return Err(Fault::client("iss, sub and client_id must be the same"));
    }
    if !claims.aud.is_only(audiences) {
        return Err(Fault::client("aud must be this provider's issuer, alone"));
    }
    let ms = |seconds: i64| seconds.saturating_mul(1000);
    let (starts, ends) = (claims.nbf.max(claims.iat).map_or(i64::MIN, ms), ms(claims.exp));
    if ends <= now_ms.saturating_sub(SKEW_MS) || starts > now_ms.saturating_add(SKEW_MS) {
        return Err(Fault::client("client_assertion is expired or not yet valid"));
    }
    if ends > now_ms.saturating_add(LIFE_MAX_MS + SKEW_MS) {
        return Err(Fault::client("exp must be at most five minutes ahead"));
    }
    if claims.jti.is_empty() || claims.jti.len() > JTI_MAX_LEN {
        return Err(Fault::client("jti must have 1 to 200 bytes"));
    }
    Ok(ends)
}

/// Claims before the signature is checked; used to find the client's key and for nothing else.
fn peek(text: &str) -> Option<Claims> {
    let payload = text.split('.').nth(1)?;
    serde_json::from_slice(&crate::jws::from_base64url(payload, crate::jws::MAX_LEN)?).ok()
}

/// Keeps the assertion's id; answers whether it is new.
fn use_up(
    sql: &mut dyn Sql,
    client_id: &str,
    jti_hash: &[u8; 32],
    expires_at_ms: i64,
) -> Result<bool, StoreError> {
    let query = "INSERT INTO client_assertion (client_id, jti_hash, expires_at_ms) \
                 VALUES ($1, $2, $3) ON CONFLICT (client_id, jti_hash) DO NOTHING";
    Ok(sql.execute(query, values![client_id, jti_hash, expires_at_ms])? == 1)
}
