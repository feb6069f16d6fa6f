//! The certificate of a running listener: renewed on the disk, it is taken over without a restart.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rustls::{
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::TlsError;
use crate::secret_file::{self, SecretFileError};

/// Certificate chain and private key of one listener, from two files.
#[derive(Debug)]
pub struct ServerIdentity {
    certificate: PathBuf,
    private_key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl ServerIdentity {
    /// Reads both files; they must fit each other.
    pub fn open(certificate: &Path, private_key: &Path) -> Result<Arc<Self>, TlsError> {
        let current = RwLock::new(Arc::new(load(certificate, private_key)?));
        let (certificate, private_key) = (certificate.to_owned(), private_key.to_owned());
        Ok(Arc::new(Self { certificate, private_key, current }))
    }

    /// Takes over what was renewed on the disk; answers whether there was anything. What cannot be
    /// used leaves the one in use as it is. Open connections go on; new ones get the new one.
    pub fn take_over(&self) -> Result<bool, TlsError> {
        let renewed = load(&self.certificate, &self.private_key)?;
        if renewed.cert == self.current().cert {
            return Ok(false);
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(renewed);
        Ok(true)
    }

    fn current(&self) -> Arc<CertifiedKey> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn unusable(&self, cause: String) -> TlsError {
        TlsError::Unusable { path: self.certificate.clone(), cause }
    }
}

impl ResolvesServerCert for ServerIdentity {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

/// Takes renewed certificates over until `shutdown`. A fault is told once.
pub async fn keep_fresh(
    identities: Vec<Arc<ServerIdentity>>,
    every: Duration,
    shutdown: CancellationToken,
) {
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut told = vec![String::new(); identities.len()];
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            _ = ticks.tick() => {}
        }
        for (identity, told) in identities.iter().zip(&mut told) {
            look_at(identity, told).await;
        }
    }
}

async fn look_at(identity: &Arc<ServerIdentity>, told: &mut String) {
    let looked = identity.clone();
    let fault = match tokio::task::spawn_blocking(move || looked.take_over()).await {
        Ok(Ok(true)) => {
            let certificate = identity.certificate.display();
            tracing::info!(%certificate, "a renewed certificate was taken over");
            String::new()
        }
        Ok(Ok(false)) => String::new(),
        Ok(Err(error)) => error.to_string(),
        Err(error) => error.to_string(),
    };
    if !fault.is_empty() && fault != *told {
        tracing::error!(%fault, "the certificate on the disk cannot be used; the old one serves on");
    }
    *told = fault;
}

fn load(certificate: &Path, private_key: &Path) -> Result<CertifiedKey, TlsError> {
    let pem = std::fs::read(certificate)
        .map_err(|cause| SecretFileError::Unreadable { path: certificate.to_owned(), cause })?;
    let unusable = |cause: String| TlsError::Unusable { path: certificate.to_owned(), cause };
    let chain = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>();
    let chain = chain.map_err(|cause| unusable(cause.to_string()))?;
    let key = secret_file::read_text(private_key)?;
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(|_| {
        SecretFileError::Malformed { path: private_key.to_owned(), expected: "a PEM private key" }
    })?;
    CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())
        .map_err(|cause| unusable(cause.to_string()))
}
