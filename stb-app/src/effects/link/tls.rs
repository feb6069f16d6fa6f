//! TLS with one pinned authority and the device's own certificate.

use std::{path::Path, path::PathBuf, sync::Arc, time::Duration};

use rustls::{CertificateError, ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use super::identity::Identity;
use crate::{config::Gateway, effects::clock::Clock};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Why no connection can be prepared.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The authority's file cannot be read.
    #[error("{file}: {cause}; gateway.ca_file must hold the operator's certificates (PEM)")]
    Authority {
        /// File.
        file: PathBuf,
        /// Cause.
        cause: String,
    },
    /// The device's key or certificate is unusable.
    #[error("device certificate or key unusable: {0}; remove them and enrol the box again")]
    Device(String),
    /// TLS itself.
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The HTTP client.
    #[error("HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// Which versions of HTTP are offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Http {
    /// One stream alone on its connection needs no more; it costs the gateway the least.
    One,
    /// Many requests at once on one warm connection.
    Two,
}

/// A client that believes only the operator's authority. Redirects are never followed, proxies
/// never asked.
pub(super) fn client(
    config: &Gateway,
    identity: Option<&Identity>,
    clock: &Clock,
    http: Http,
) -> Result<reqwest::ClientBuilder, TlsError> {
    let builder = ClientConfig::builder_with_details(
        Arc::new(aws_lc_rs::default_provider()),
        Arc::new(clock.clone()),
    )
    .with_safe_default_protocol_versions()?
    .with_root_certificates(authority(&config.ca_file)?);
    let mut tls = match identity {
        Some(identity) => {
            let (chain, key) = device(identity)?;
            builder.with_client_auth_cert(chain, key)?
        }
        None => builder.with_no_client_auth(),
    };
    tls.alpn_protocols = match http {
        Http::One => vec![b"http/1.1".to_vec()],
        Http::Two => vec![b"h2".to_vec(), b"http/1.1".to_vec()],
    };
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .https_only(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
        .user_agent(concat!("hitokoe-box/", env!("CARGO_PKG_VERSION"))))
}

fn authority(file: &Path) -> Result<RootCertStore, TlsError> {
    let unusable = |cause: String| TlsError::Authority { file: file.to_owned(), cause };
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(file).map_err(|error| unusable(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unusable("holds no certificate".into()));
    }
    Ok(roots)
}

fn device(
    identity: &Identity,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsError> {
    let unusable = |error: rustls_pki_types::pem::Error| TlsError::Device(error.to_string());
    let chain = CertificateDer::pem_slice_iter(identity.certificate_chain_pem.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(unusable)?;
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes()).map_err(unusable)?;
    Ok((chain, key))
}

/// What to look at when a connection failed for this reason.
pub(super) fn remedy(cause: &str) -> &'static str {
    if is_of_stranger(cause) {
        "gateway.ca_file must hold the certificate of the authority that issued the gateway's own \
         (server-ca.cert.pem of its keys)"
    } else if is_of_another_name(cause) {
        "gateway.url must name the gateway as its certificate does (`cable-gateway check-config` \
         shows the names)"
    } else if cause.contains("invalid peer certificate") {
        "look at the gateway's certificate with `cable-gateway check-config`, and at the time here"
    } else {
        "check gateway.url and the network"
    }
}

/// Whether it failed because of how the box is set up: no cable and no waiting mends that.
pub(super) fn is_setting(cause: &str) -> bool {
    is_of_stranger(cause) || is_of_another_name(cause)
}

/// The gateway's own word that the box's certificate has ended.
pub(super) fn is_own_certificate_over(cause: &str) -> bool {
    cause.contains("received fatal alert: CertificateExpired")
}

/// Two authorities may be called the same: then it is the signature that does not fit.
fn is_of_stranger(cause: &str) -> bool {
    cause.contains("UnknownIssuer") || cause.contains("BadSignature")
}

fn is_of_another_name(cause: &str) -> bool {
    cause.contains("not valid for name") || cause.contains("NotValidForName")
}

/// Whether the other side's certificate was refused only because of the time.
pub(super) fn is_certificate_time(error: &(dyn std::error::Error + 'static)) -> bool {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return is_time(tls);
    }
    // An I/O error hides the error it carries from `source`, and may carry another I/O error.
    let carried = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match carried {
        Some(inner) => is_certificate_time(inner),
        None => error.source().is_some_and(is_certificate_time),
    }
}

fn is_time(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }
        )
    )
}

#[cfg(test)]
mod tests {
    use rustls_pki_types::ServerName;

    use super::*;

    #[track_caller]
    fn check(cause: CertificateError, expected: &str) {
        let text = rustls::Error::InvalidCertificate(cause).to_string();
        assert!(remedy(&text).contains(expected), "{text}: {}", remedy(&text));
    }

    #[test]
    fn a_failed_handshake_names_the_key_to_mend() {
        check(CertificateError::UnknownIssuer, "gateway.ca_file");
        check(CertificateError::BadSignature, "gateway.ca_file");
        check(CertificateError::NotValidForName, "gateway.url");
        let expected = ServerName::try_from("gateway.example").expect("a name");
        let presented = vec!["DnsName(\"other.example\")".to_owned()];
        let other = CertificateError::NotValidForNameContext { expected, presented };
        check(other, "gateway.url");
        check(CertificateError::Expired, "check-config");
        let over = rustls::Error::AlertReceived(rustls::AlertDescription::CertificateExpired);
        assert!(is_own_certificate_over(&over.to_string()), "{over}");
        assert!(remedy("connection refused").contains("the network"));
    }
}
