//! What this provider can do, and the keys it signs with.

use axum::{Json, extract::State, http::header, response::IntoResponse};
use serde_json::{Value, json};

use super::{Desk, answer::Refused, path};
use crate::{
    oidc::attribute,
    signing_keys,
    store::{Sql, StoreError},
};

/// Services keep both for a day at most; a new key is published two days before it signs.
const CACHE: &str = "public, max-age=3600";

/// `GET /.well-known/openid-configuration`.
pub(super) async fn configuration(State(desk): State<Desk>) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, CACHE)], Json(document(&desk)))
}

fn document(desk: &Desk) -> Value {
    let address = |path| desk.provider.address(path);
    let scopes = attribute::ALL.map(attribute::code);
    let scopes: Vec<_> = ["openid"].into_iter().chain(scopes).collect();
    json!({
        "issuer": desk.provider.issuer(),
        "authorization_endpoint": address(path::AUTHORIZE),
        "token_endpoint": address(path::TOKEN),
        "userinfo_endpoint": address(path::USERINFO),
        "jwks_uri": address(path::JWKS),
        "device_authorization_endpoint": address(path::NUMBER),
        "revocation_endpoint": address(path::REVOKE),
        "end_session_endpoint": address(path::LOGOUT),
        "scopes_supported": scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported":
            ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
        "acr_values_supported": attribute::acr_values(),
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
        "revocation_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": [
            "iss", "sub", "aud", "exp", "iat", "auth_time", "acr", "amr", "nonce", "sid",
            "at_hash", "name", "name#ja-Kana-JP", "municipality", "municipality_code", "district"
        ],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
        "ui_locales_supported": ["ja"],
    })
}

/// `GET /jwks`.
pub(super) async fn keys(State(desk): State<Desk>) -> Result<impl IntoResponse, Refused> {
    let now_ms = desk.app.now_ms();
    let read = move |sql: &mut dyn Sql| signing_keys::published(sql, now_ms);
    let keys = desk.app.store.read::<_, StoreError, _>(read).await?;
    Ok(([(header::CACHE_CONTROL, CACHE)], Json(json!({ "keys": keys }))))
}
