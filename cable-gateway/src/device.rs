//! Boxes: their certificates and their state.

use crate::{
    store::{Row, Sql, StoreError},
    values,
};

/// A box that is enrolled and not revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Random id.
    pub device_id: String,
    /// The home it stands in.
    pub household_id: String,
}

/// A box as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRecord {
    /// Random id.
    pub device_id: String,
    /// The home it stands in.
    pub household_id: String,
    /// `active` or `revoked`.
    pub state: String,
    /// When it was enrolled, Unix milliseconds.
    pub enrolled_at_ms: i64,
}

/// What is kept of an issued device certificate.
#[derive(Debug, Clone)]
pub(crate) struct NewDevice {
    pub(crate) device: Device,
    pub(crate) certificate: Vec<u8>,
    pub(crate) certificate_sha256: [u8; 32],
    pub(crate) public_key_sha256: [u8; 32],
    pub(crate) enrolled_at_ms: i64,
}

/// The box that holds this certificate, unless it is unknown or revoked.
pub(crate) fn by_certificate(
    sql: &mut dyn Sql,
    sha256: &[u8; 32],
) -> Result<Option<Device>, StoreError> {
    let query = "SELECT device_id, household_id FROM device \
                 WHERE certificate_sha256 = $1 AND state = 'active'";
    sql.optional(query, values![sha256])?.as_ref().map(device).transpose()
}

/// Whether the device of this certificate was stopped.
pub(crate) fn is_revoked(sql: &mut dyn Sql, sha256: &[u8; 32]) -> Result<bool, StoreError> {
    let query = "SELECT device_id FROM device \
                 WHERE certificate_sha256 = $1 AND state = 'revoked'";
    Ok(sql.optional(query, values![sha256])?.is_some())
}

/// The certificate (DER) of an active box that enrolled with this public key.
pub(crate) fn certificate_of(
    sql: &mut dyn Sql,
    device_id: &str,
    public_key_sha256: &[u8; 32],
) -> Result<Option<Vec<u8>>, StoreError> {
    let query = "SELECT certificate FROM device \
                 WHERE device_id = $1 AND public_key_sha256 = $2 AND state = 'active'";
    let row = sql.optional(query, values![device_id, public_key_sha256])?;
    row.map(|row| row.get("certificate")).transpose()
}

pub(crate) fn insert(sql: &mut dyn Sql, new: &NewDevice) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO device (device_id, household_id, state, certificate_sha256, certificate, \
         public_key_sha256, enrolled_at_ms) VALUES ($1, $2, 'active', $3, $4, $5, $6)",
        values![
            &new.device.device_id,
            &new.device.household_id,
            &new.certificate_sha256,
            new.certificate.clone(),
            &new.public_key_sha256,
            new.enrolled_at_ms
        ],
    )?;
    Ok(())
}

/// Every box.
pub fn all(sql: &mut dyn Sql) -> Result<Vec<DeviceRecord>, StoreError> {
    let query = "SELECT device_id, household_id, state, enrolled_at_ms FROM device \
                 ORDER BY enrolled_at_ms, device_id";
    let rows = sql.all(query, &[])?;
    rows.iter()
        .map(|row| {
            Ok(DeviceRecord {
                device_id: row.get("device_id")?,
                household_id: row.get("household_id")?,
                state: row.get("state")?,
                enrolled_at_ms: row.get("enrolled_at_ms")?,
            })
        })
        .collect()
}

/// Refuses a box from now on and ends its sessions; answers whether it was active.
pub fn revoke(sql: &mut dyn Sql, device_id: &str, now_ms: i64) -> Result<bool, StoreError> {
    let query = "UPDATE device SET state = 'revoked', revoked_at_ms = $2 \
                 WHERE device_id = $1 AND state = 'active'";
    let was_active = sql.execute(query, values![device_id, now_ms])? > 0;
    let query = "UPDATE session SET ended_at_ms = $2 WHERE device_id = $1 AND ended_at_ms IS NULL";
    sql.execute(query, values![device_id, now_ms])?;
    Ok(was_active)
}

/// Something was heard of a box.
pub(crate) fn seen(sql: &mut dyn Sql, device_id: &str, now_ms: i64) -> Result<(), StoreError> {
    let query = "UPDATE device SET last_seen_ms = $2 WHERE device_id = $1";
    sql.execute(query, values![device_id, now_ms]).map(drop)
}

/// Ids of revoked boxes.
pub(crate) fn revoked(sql: &mut dyn Sql) -> Result<Vec<String>, StoreError> {
    let query = "SELECT device_id FROM device WHERE state = 'revoked'";
    sql.all(query, &[])?.iter().map(|row| row.get("device_id")).collect()
}

pub(crate) fn device(row: &Row) -> Result<Device, StoreError> {
    Ok(Device { device_id: row.get("device_id")?, household_id: row.get("household_id")? })
}
