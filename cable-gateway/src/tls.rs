//! TLS in one place: the boxes' listener with client certificates, the console's without.
//!
//! A client certificate is optional for the handshake, so that a new box can enrol; which paths
//! need one is decided, for all of them at once, by [`crate::web::box_api`].

mod identity;

use std::{io, net::SocketAddr, sync::Arc};

use rustls::{RootCertStore, ServerConfig, crypto::aws_lc_rs, server::WebPkiClientVerifier};
use rustls_pki_types::CertificateDer;

pub use identity::{ServerIdentity, keep_fresh};

use crate::secret_file::SecretFileError;

/// TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] SecretFileError),
    /// Certificate and key do not fit, or are malformed.
    #[error("{path}: {cause}; it must hold a PEM certificate chain that fits its private key")]
    Unusable {
        /// The certificate's file.
        path: std::path::PathBuf,
        /// Why.
        cause: String,
    },
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {cause}; choose another address or stop who uses it")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
}

/// Who is at the other end of a connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// SHA-256 of its certificate, when it showed one that the device authority issued.
    pub certificate_sha256: Option<[u8; 32]>,
}

/// TLS for boxes: certificates of `devices` are asked for and checked.
pub fn box_config(
    identity: &Arc<ServerIdentity>,
    devices: &CertificateDer<'static>,
) -> Result<ServerConfig, TlsError> {
    let unusable = |cause: String| identity.unusable(cause);
    let mut roots = RootCertStore::empty();
    roots.add(devices.clone()).map_err(|cause| unusable(cause.to_string()))?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .allow_unauthenticated()
        .build()
        .map_err(|cause| unusable(cause.to_string()))?;
    let builder = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|cause| unusable(cause.to_string()))?
        .with_client_cert_verifier(verifier);
    Ok(with_alpn(builder.with_cert_resolver(identity.clone())))
}

/// TLS for browsers.
pub fn staff_config(identity: &Arc<ServerIdentity>) -> Result<ServerConfig, TlsError> {
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|cause| identity.unusable(cause.to_string()))?
        .with_no_client_auth()
        .with_cert_resolver(identity.clone());
    Ok(with_alpn(config))
}

fn with_alpn(mut config: ServerConfig) -> ServerConfig {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    config
}
