//! The one HTTP client of revocation: no redirects, no proxies, no address but the configured ones.

use std::{path::PathBuf, sync::Arc, time::Duration};

use jpki::trust::TrustStore;
use reqwest::redirect::Policy;
use rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};

use crate::{config::RevocationConfig, encoding::hex};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// Revocation cannot be asked for.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// The authorities of the line cannot be read.
    #[error("revocation.ca_file: {path}: {cause}; it must hold PEM certificates")]
    Authorities {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// The client cannot be made.
    #[error("no HTTP client for revocation data: {0}; this is a fault of the program")]
    Client(#[from] reqwest::Error),
    /// A list of an authority that is not believed would never be taken.
    #[error(
        "revocation.lists.issuer_key_id: {0} is no authority in login.auth_issuers; put its \
         certificate there, or correct the key id"
    )]
    UnknownIssuer(String),
}

/// A client for the lines of this configuration.
pub(super) fn client(config: &RevocationConfig) -> Result<reqwest::Client, LineError> {
    let path = config.ca_file.clone().unwrap_or_default();
    let unusable = |cause: String| LineError::Authorities { path: path.clone(), cause };
    let mut roots = RootCertStore::empty();
    if let Some(file) = &config.ca_file {
        let found = CertificateDer::pem_file_iter(file).map_err(|e| unusable(e.to_string()))?;
        for certificate in found {
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
        }
        if roots.is_empty() {
            return Err(unusable("no certificate in it".to_owned()));
        }
    }
    let tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| unusable(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .user_agent(concat!("hitokoe-gateway/", env!("CARGO_PKG_VERSION")))
        .build()?)
}

/// Key ids that lead nowhere are told before the start.
pub(super) fn check_lists(config: &RevocationConfig, trust: &TrustStore) -> Result<(), LineError> {
    let ids = config.lists.iter().filter_map(|list| list.issuer_key_id.as_deref());
    match ids.into_iter().find(|id| trust.issuer(id).is_none()) {
        Some(id) => Err(LineError::UnknownIssuer(hex(id))),
        None => Ok(()),
    }
}
