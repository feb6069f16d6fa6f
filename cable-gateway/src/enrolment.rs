//! A box becomes known: one-time code in, device certificate out.
//!
//! A code is kept as a slow hash only. It is used up together with the new device in one
//! transaction. When the answer was lost, the same code with the same key gets the same
//! certificate again; with any other key it is refused.

use argon2::{Algorithm, Argon2, Params, Version};

use crate::{
    device::{self, Device, NewDevice},
    device_authority::{DeviceAuthority, DeviceRequest},
    encoding::{hex, sha256},
    random::{self, Random},
    store::{Sql, StoreError},
    values,
};

/// Digits of a code.
pub const CODE_DIGITS: usize = 12;
/// Memory and passes of the hash: a guess costs milliseconds, here and for whoever stole the table.
const HASH_KIB: u32 = 8 * 1024;
const HASH_PASSES: u32 = 2;

/// Why a box is not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrolmentError {
    /// Unknown, used or expired; the sender does not learn which.
    #[error("the enrolment code is unknown, used or expired; ask the operator for a new one")]
    CodeRefused,
    /// The certificate could not be made.
    #[error("the device certificate could not be issued: {0}")]
    Issue(#[from] rcgen::Error),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An issued certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// Id of the box.
    pub device_id: String,
    /// Its certificate, DER.
    pub certificate: Vec<u8>,
}

/// A code as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodeHash([u8; 32]);

impl CodeHash {
    /// Hashes a code of 12 decimal digits; `None` for anything else. Takes some milliseconds.
    pub fn of(code: &str, gateway_id: &str) -> Option<Self> {
        if code.len() != CODE_DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let salt = sha256(format!("enrolment code|{gateway_id}").as_bytes());
        let params = Params::new(HASH_KIB, HASH_PASSES, 1, Some(32)).ok()?;
        let mut hash = [0; 32];
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        argon2.hash_password_into(code.as_bytes(), &salt[..16], &mut hash).ok()?;
        Some(Self(hash))
    }
}

impl CodeHash {
    /// As it is stored.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Draws a code; every one of the 10^12 is equally likely.
pub fn draw_code(random: &dyn Random) -> String {
    let range = 10_u64.pow(12);
    loop {
        let number = u64::from_be_bytes(random::bytes(random));
        if number < u64::MAX - u64::MAX % range {
            return format!("{:012}", number % range);
        }
    }
}

/// Keeps a new code for a home.
pub fn insert_code(
    sql: &mut dyn Sql,
    code: CodeHash,
    household_id: &str,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO enrolment_code (code_hash, household_id, created_at_ms, expires_at_ms) \
         VALUES ($1, $2, $3, $4)",
        values![&code.0, household_id, now_ms, expires_at_ms],
    )?;
    Ok(())
}

/// Uses up a code and issues the certificate, or repeats an answer that was lost.
pub fn enrol(
    sql: &mut dyn Sql,
    code: CodeHash,
    request: &DeviceRequest,
    authority: &DeviceAuthority,
    now_ms: i64,
    random: &dyn Random,
) -> Result<Enrolled, EnrolmentError> {
    let device_id = random::id(random);
    let used = sql.optional(
        "UPDATE enrolment_code SET used_at_ms = $2, device_id = $3 \
         WHERE code_hash = $1 AND used_at_ms IS NULL AND expires_at_ms > $2 \
         RETURNING household_id",
        values![&code.0, now_ms, &device_id],
    )?;
    let Some(row) = used else { return repeat(sql, code, request) };
    let certificate = authority.issue(request, &device_id, now_ms, random)?;
    let household_id = row.get("household_id")?;
    let new = NewDevice {
        device: Device { device_id: device_id.clone(), household_id },
        certificate_sha256: sha256(&certificate),
        certificate: certificate.clone(),
        public_key_sha256: request.public_key_sha256,
        enrolled_at_ms: now_ms,
    };
    device::insert(sql, &new)?;
    Ok(Enrolled { device_id, certificate })
}

fn repeat(
    sql: &mut dyn Sql,
    code: CodeHash,
    request: &DeviceRequest,
) -> Result<Enrolled, EnrolmentError> {
    let query = "SELECT device_id FROM enrolment_code \
                 WHERE code_hash = $1 AND device_id IS NOT NULL";
    let row = sql.optional(query, values![&code.0])?.ok_or(EnrolmentError::CodeRefused)?;
    let device_id: String = row.get("device_id")?;
    let certificate = device::certificate_of(sql, &device_id, &request.public_key_sha256)?;
    let certificate = certificate.ok_or(EnrolmentError::CodeRefused)?;
    Ok(Enrolled { device_id, certificate })
}

impl std::fmt::Display for CodeHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0[..4]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn codes_have_twelve_digits_and_hash_by_gateway() {
        let random = SeededRandom::new(4);
        let code = draw_code(&random);
        assert_eq!(code.len(), CODE_DIGITS);
        assert_ne!(code, draw_code(&random));
        assert_eq!(CodeHash::of(&code, "a"), CodeHash::of(&code, "a"));
        assert_ne!(CodeHash::of(&code, "a"), CodeHash::of(&code, "b"));
        for wrong in ["", "12345678901", "1234567890123", "12345678901x", "１２３４"] {
            assert_eq!(CodeHash::of(wrong, "a"), None, "{wrong}");
        }
    }
}
