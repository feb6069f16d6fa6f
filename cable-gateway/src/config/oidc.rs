//! `[oidc]`: sign-in for services outside the television.

use std::{net::SocketAddr, path::PathBuf};

use axum::http::Uri;
use serde::Deserialize;

use super::{Faults, box_api::address};
use crate::listener::Limits;

/// Connections at the same time: a waiting page asks every three seconds and keeps none open.
const CONNECTIONS: usize = 512;
const CONNECTIONS_PER_ADDRESS: usize = 64;

/// The listener of services and of the browsers that they send.
#[derive(Debug, Clone)]
pub struct OidcConfig {
    /// Address under which services know this provider, without a slash at the end.
    pub issuer: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Certificate chain and private key, PEM; none when a proxy before it speaks TLS.
    pub tls: Option<(PathBuf, PathBuf)>,
}

impl OidcConfig {
    /// Behind a proxy every connection comes from its address: there is no share of one address.
    pub fn limits(&self) -> Limits {
        let per_address = if self.tls.is_some() { CONNECTIONS_PER_ADDRESS } else { CONNECTIONS };
        Limits::new(CONNECTIONS, per_address)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOidc {
    issuer: String,
    listen: String,
    certificate: Option<String>,
    private_key: Option<String>,
}

impl RawOidc {
    pub(super) fn check(self, faults: &mut Faults) -> Option<OidcConfig> {
        let tls = match (self.certificate, self.private_key) {
            (Some(certificate), Some(key)) => Some((faults.path(&certificate), faults.path(&key))),
            (None, None) => None,
            _ => {
                let remedy = "write both, or neither when a proxy speaks TLS";
                faults.add("oidc.certificate and oidc.private_key", "one is missing", remedy);
                None
            }
        };
        let listen = address("oidc.listen", &self.listen, faults)?;
        if tls.is_none() && !listen.ip().is_loopback() {
            let remedy = "listen on 127.0.0.1 behind a proxy, or name a certificate";
            faults.add("oidc.listen", "personal data without TLS on an open address", remedy);
        }
        if !is_issuer(&self.issuer) {
            let remedy = "write https://HOST, without path or slash at the end";
            faults.add("oidc.issuer", format!("`{}` is no issuer", self.issuer), remedy);
        }
        Some(OidcConfig { issuer: self.issuer, listen, tls })
    }
}

/// An origin over TLS; its paths are ours.
fn is_issuer(text: &str) -> bool {
    let plain = text.bytes().all(|byte| byte.is_ascii_graphic() && !b"#?@".contains(&byte));
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let host = uri.host().is_some_and(|host| !host.is_empty());
    plain && host && uri.scheme_str() == Some("https") && uri.path() == "/" && !text.ends_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_origin_over_tls() {
        assert!(is_issuer("https://id.minami.example"));
        assert!(is_issuer("https://id.minami.example:8444"));
        for wrong in [
            "http://id.example",
            "https://id.example/",
            "https://id.example/a",
            "https://a@id.example",
            "id.example",
            "https://",
        ] {
            assert!(!is_issuer(wrong), "{wrong}");
        }
    }
}
