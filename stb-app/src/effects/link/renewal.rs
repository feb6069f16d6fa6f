//! The next device certificate, while the present one is still valid.

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use gateway_api::enrolment::CertificateRenewal;

use super::{
    identity::{Identity, IdentityError},
    requests::{Failure, Requests},
    tls::TlsError,
};
use crate::config::Gateway;

/// Why the certificate stays as it is.
#[derive(Debug, thiserror::Error)]
enum RenewalError {
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Gateway(#[from] Failure),
    /// What the gateway sent does not fit the key of this box.
    #[error("the new certificate cannot be used: {0}")]
    Unusable(#[from] TlsError),
    #[error("the new certificate was not kept: {0}")]
    Broken(#[from] io::Error),
}

/// Asks for it, and uses it from now on. On failure the present one stays, and the gateway says again that it
/// is due.
pub(super) async fn renew(requests: Requests, current: Arc<Mutex<Identity>>, config: Gateway) {
    match try_renew(&requests, &current, &config).await {
        Ok(()) => tracing::info!("device certificate renewed"),
        Err(error) => tracing::warn!(%error, "device certificate not renewed; tried again later"),
    }
}

async fn try_renew(
    requests: &Requests,
    current: &Mutex<Identity>,
    config: &Gateway,
) -> Result<(), RenewalError> {
    let certificate_request_pem = held(current).certificate_request()?;
    let answer = requests.renew(&CertificateRenewal { certificate_request_pem }).await?;
    let next = held(current).with_certificate(answer.certificate_chain_pem);
    // Before anything is kept: certificate and key belong together.
    let client = requests.client_as(config, &next)?;
    let kept = next.clone();
    // Off the thread that carries orders: a disk may take its time.
    tokio::task::spawn_blocking(move || kept.keep()).await.map_err(io::Error::other)??;
    requests.use_client(client);
    *held(current) = next;
    Ok(())
}

/// The identity of now.
pub(super) fn held(current: &Mutex<Identity>) -> MutexGuard<'_, Identity> {
    current.lock().unwrap_or_else(PoisonError::into_inner)
}
