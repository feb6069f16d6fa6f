//! The next certificate of a box, over the one that is still valid and for the same key.
//!
//! Both count until the new one is used for the first time; then the one before is refused. An answer that was
//! lost is asked for again.

use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::{
    device::{self, Device},
    device_authority::{DeviceAuthority, DeviceRequest},
    encoding::sha256,
    random::Random,
    store::{Sql, Store, StoreError},
    values,
};

/// A certificate is renewed when less than this part of its life is left.
const LAST_PART: i64 = 3;

/// Why no certificate is issued.
#[derive(Debug, thiserror::Error)]
pub enum RenewalError {
    /// The request is for another key than the box enrolled with.
    #[error("the request is not for the key of this box; a new key needs a new enrolment")]
    OtherKey,
    /// The certificate could not be made.
    #[error("the device certificate could not be issued: {0}")]
    Issue(#[from] rcgen::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a certificate (DER) is in the last third of its life.
pub fn is_due(certificate: &[u8], now_ms: i64) -> bool {
    let Ok((_, certificate)) = X509Certificate::from_der(certificate) else { return true };
    let validity = certificate.validity();
    let (begin, end) = (validity.not_before.timestamp(), validity.not_after.timestamp());
    (end - now_ms.div_euclid(1_000)) * LAST_PART < end - begin
}

/// Whether the certificate that this box uses is due.
pub(crate) fn is_due_for(
    sql: &mut dyn Sql,
    device_id: &str,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let query = "SELECT certificate FROM device WHERE device_id = $1";
    let certificate: Vec<u8> = sql.one(query, values![device_id])?.get("certificate")?;
    Ok(is_due(&certificate, now_ms))
}

/// Issues the next certificate (DER) for the key of this box.
pub(crate) fn renew(
    sql: &mut dyn Sql,
    device_id: &str,
    request: &DeviceRequest,
    authority: &DeviceAuthority,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Vec<u8>, RenewalError> {
    if device::certificate_of(sql, device_id, &request.public_key_sha256)?.is_none() {
        return Err(RenewalError::OtherKey);
    }
    let certificate = authority.issue(request, device_id, now_ms, random)?;
    sql.execute("DELETE FROM device_renewal WHERE device_id = $1", values![device_id])?;
    sql.execute(
        "INSERT INTO device_renewal (device_id, certificate_sha256, certificate, issued_at_ms) \
         VALUES ($1, $2, $3, $4)",
        values![device_id, &sha256(&certificate), certificate.clone(), now_ms],
    )?;
    Ok(certificate)
}

/// The box that shows a new certificate for the first time; from now on only this one counts.
pub(crate) async fn first_use(
    store: &Store,
    certificate_sha256: [u8; 32],
) -> Result<Option<Device>, StoreError> {
    let waits = move |sql: &mut dyn Sql| waiting(sql, &certificate_sha256);
    if store.read(waits).await?.is_none() {
        return Ok(None);
    }
    store.write(move |sql| take_place(sql, &certificate_sha256)).await
}

fn waiting(sql: &mut dyn Sql, sha256: &[u8; 32]) -> Result<Option<Device>, StoreError> {
    let query = "SELECT d.device_id, d.household_id FROM device_renewal r \
                 JOIN device d ON d.device_id = r.device_id \
                 WHERE r.certificate_sha256 = $1 AND d.state = 'active'";
    sql.optional(query, values![sha256])?.as_ref().map(device::device).transpose()
}

fn take_place(sql: &mut dyn Sql, sha256: &[u8; 32]) -> Result<Option<Device>, StoreError> {
    let Some(device) = waiting(sql, sha256)? else {
        // Another request of the box was quicker.
        return device::by_certificate(sql, sha256);
    };
    sql.execute(
        "UPDATE device SET certificate_sha256 = $2, certificate = \
         (SELECT certificate FROM device_renewal WHERE device_id = $1) WHERE device_id = $1",
        values![&device.device_id, sha256],
    )?;
    let query = "DELETE FROM device_renewal WHERE device_id = $1";
    sql.execute(query, values![&device.device_id])?;
    tracing::info!(device_id = device.device_id, "box uses its renewed certificate");
    Ok(Some(device))
}
