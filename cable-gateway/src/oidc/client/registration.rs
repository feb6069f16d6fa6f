//! The file with which an operator registers a service.

use std::path::{Path, PathBuf};

use axum::http::Uri;
use gateway_api::login::AssuranceLevel;
use serde::Deserialize;

use super::Client;
use crate::{
    free_text,
    jws::{Jwk, PublicKey},
    oidc::attribute,
    store::StoreError,
};

const FILE_MAX_LEN: u64 = 64 * 1024;
const URI_MAX_LEN: usize = 500;

/// A service cannot be registered.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The file cannot be read.
    #[error("cannot read {path}: {cause}; name a TOML file of at most 64 KiB")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// It is not TOML of the expected shape.
    #[error("{path} is no registration: {cause}docs/sign-in-for-services.md shows every key")]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why, with line and column.
        cause: Box<toml::de::Error>,
    },
    /// Values that cannot be.
    #[error("the registration cannot be used:\n{}", .faults.join("\n"))]
    Faulty {
        /// All of them.
        faults: Vec<String>,
    },
    /// The sector of a registered service is fixed.
    #[error(
        "this service is registered in the sector {sector}, on which people's ids hang; register \
         it under another client_id to change the sector"
    )]
    SectorChanged {
        /// The sector it has.
        sector: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    client_id: String,
    name: String,
    kana: String,
    purpose: String,
    sector: String,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    post_logout_redirect_uris: Vec<String>,
    #[serde(default)]
    attributes: Vec<String>,
    #[serde(default)]
    statement_purposes: Vec<String>,
    minimum_level: AssuranceLevel,
    keys: Vec<Jwk>,
}

/// Reads and checks a registration.
pub fn read(path: &Path) -> Result<Client, RegistrationError> {
    let unreadable = |cause: String| RegistrationError::Unreadable { path: path.to_owned(), cause };
    let length = std::fs::metadata(path).map_err(|cause| unreadable(cause.to_string()))?.len();
    if length > FILE_MAX_LEN {
        return Err(unreadable("it is too large".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|cause| unreadable(cause.to_string()))?;
    parse(&text, path)
}

fn parse(text: &str, path: &Path) -> Result<Client, RegistrationError> {
    let file: File = toml::from_str(text).map_err(|cause| RegistrationError::Malformed {
        path: path.to_owned(),
        cause: Box::new(cause),
    })?;
    let mut faults = Vec::new();
    let client = check(file, &mut faults);
    if faults.is_empty() { Ok(client) } else { Err(RegistrationError::Faulty { faults }) }
}

fn check(file: File, faults: &mut Vec<String>) -> Client {
    let mut fault = |wrong: bool, text: String| {
        if wrong {
            faults.push(format!("  {text}"));
        }
    };
    for (key, text) in [("client_id", &file.client_id), ("sector", &file.sector)] {
        fault(!is_id(text), format!("{key}: use 1 to 64 of a-z 0-9 . -"));
    }
    for (key, text, limit) in
        [("name", &file.name, 60), ("kana", &file.kana, 120), ("purpose", &file.purpose, 200)]
    {
        let readable = free_text::check_for_television(text);
        let fits = !text.is_empty() && text.len() <= limit;
        fault(!fits, format!("{key}: write 1 to {limit} bytes on one line"));
        if let Err(cause) = readable {
            fault(true, format!("{key}: it holds {cause}"));
        }
    }
    let uris = file.redirect_uris.iter().chain(&file.post_logout_redirect_uris);
    for uri in uris.clone() {
        let remedy = "use an exact https address without user, fragment or *; http for loopback";
        fault(!is_redirect_uri(uri), format!("{uri}: {remedy}"));
    }
    fault(uris.count() > 20, "at most 20 addresses".to_owned());
    let attributes: Option<_> =
        file.attributes.iter().map(|code| attribute::from_code(code)).collect();
    let known = attribute::ALL.map(attribute::code).join(", ");
    fault(attributes.is_none(), format!("attributes: use any of {known}"));
    let low = file.minimum_level < AssuranceLevel::L2;
    let wants = !file.attributes.is_empty() || !file.statement_purposes.is_empty();
    fault(file.minimum_level == AssuranceLevel::L0, "minimum_level: use L1, L2 or L3".to_owned());
    let remedy =
        "minimum_level: attributes and statements need L2; a touched card proves too little";
    fault(low && wants, remedy.to_owned());
    let purposes = file.statement_purposes.iter().all(|purpose| is_id(purpose));
    fault(!purposes, "statement_purposes: use 1 to 64 of a-z 0-9 . -".to_owned());
    fault(
        !are_keys(&file.keys),
        "keys: 1 to 5 public P-256 keys, each with its own kid".to_owned(),
    );
    Client {
        client_id: file.client_id,
        name: file.name,
        kana: file.kana,
        purpose: file.purpose,
        sector: file.sector,
        redirect_uris: file.redirect_uris,
        post_logout_redirect_uris: file.post_logout_redirect_uris,
        attributes: attributes.unwrap_or_default(),
        statement_purposes: file.statement_purposes,
        minimum_level: file.minimum_level,
        keys: file.keys,
    }
}

fn is_id(text: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

fn are_keys(keys: &[Jwk]) -> bool {
    let named = |jwk: &Jwk| jwk.kid.as_ref().is_some_and(|kid| (1..=100).contains(&kid.len()));
    let distinct = |index: usize| keys[..index].iter().all(|jwk| jwk.kid != keys[index].kid);
    (1..=5).contains(&keys.len())
        && keys.iter().all(|jwk| named(jwk) && PublicKey::from_jwk(jwk).is_ok())
        && (0..keys.len()).all(distinct)
}

/// An absolute address over TLS that names one place only.
fn is_redirect_uri(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"#*\\\"<>".contains(&byte));
    if !plain || text.len() > URI_MAX_LEN {
        return false;
    }
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    let host = authority.host();
    let loopback = ["127.0.0.1", "[::1]", "localhost"].contains(&host);
    let safe = scheme == "https" || (scheme == "http" && loopback);
    // The authority also stands in a header of the waiting page.
    let named = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    safe && !host.is_empty() && authority.as_str().bytes().all(named)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jws::SigningKey;

    fn text() -> String {
        let key = SigningKey::generate().expect("drawn").0;
        let jwk = key.public().to_jwk("k1");
        format!(
            r#"
client_id = "library"
name = "町立図書館"
kana = "チョウリツトショカン"
purpose = "本の予約のため"
sector = "library.example"
redirect_uris = ["https://library.example/callback"]
attributes = ["name"]
minimum_level = "L2"
[[keys]]
kty = "EC"
crv = "P-256"
kid = "k1"
x = "{}"
y = "{}"
"#,
            jwk.x, jwk.y
        )
    }

    fn faults(from: &str, to: &str) -> Vec<String> {
        let text = text();
        assert!(text.contains(from), "{from}");
        match parse(&text.replace(from, to), Path::new("service.toml")) {
            Ok(_) => Vec::new(),
            Err(RegistrationError::Faulty { faults }) => faults,
            Err(other) => vec![other.to_string()],
        }
    }

    #[test]
    fn a_registration_is_read() {
        let client = parse(&text(), Path::new("service.toml")).expect("read");
        assert_eq!(client.minimum_level, AssuranceLevel::L2);
        assert!(client.key(None).is_some() && client.key(Some("k1")).is_some());
        assert!(client.key(Some("k2")).is_none());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (from, to) in [
            ("\"library\"", "\"Library\""),
            ("\"library\"", "\"a|b\""),
            ("町立図書館", ""),
            ("\"name\"]", "\"my-number\"]"),
            ("\"L2\"", "\"L1\""),
            ("\"L2\"", "\"L0\""),
            ("\"L2\"", "\"L9\""),
            ("\"EC\"", "\"RSA\""),
            ("kid = \"k1\"", ""),
            ("client_id", "client_ids"),
        ] {
            assert!(!faults(from, to).is_empty(), "{from} -> {to}");
        }
    }

    #[test]
    fn an_answer_never_goes_to_a_vague_address() {
        for wrong in [
            "http://library.example/callback",
            "https://library.example/callback#part",
            "https://*.library.example/callback",
            "https://user@library.example/callback",
            "https://localhost.evil.example@x/",
            "javascript:alert(1)",
            "//library.example/callback",
            "/callback",
            "https://",
            "https://library.example/a b",
            "http://localhost.evil.example/",
        ] {
            assert!(!is_redirect_uri(wrong), "{wrong}");
        }
        for right in [
            "https://library.example/callback",
            "https://library.example:8443/callback?tenant=1",
            "http://127.0.0.1:9000/callback",
            "http://localhost/callback",
        ] {
            assert!(is_redirect_uri(right), "{right}");
        }
    }
}
