//! Single-use nonces.

use gateway_api::login::{LoginChallenge, LoginRequest};

use crate::{
    device::Device,
    encoding::base64,
    random::{self, Random},
    session::Bound,
    store::{Sql, StoreError},
    values,
};

/// A nonce and what it is bound to.
#[derive(Debug, Clone)]
pub(super) struct Nonce {
    pub(super) bytes: [u8; 32],
    pub(super) relying_party: String,
    pub(super) purpose: String,
    pub(super) issued_at_ms: i64,
}

impl Nonce {
    /// What a session opened by it is for.
    pub(super) fn bound(&self) -> Bound {
        let (relying_party, purpose) = (self.relying_party.clone(), self.purpose.clone());
        Bound { relying_party, purpose }
    }
}

/// A nonce before it is kept.
#[derive(Debug, Clone)]
pub(super) struct NewNonce {
    login_id: String,
    device_id: String,
    expires_at_ms: i64,
    nonce: Nonce,
}

impl NewNonce {
    pub(super) fn challenge(&self) -> LoginChallenge {
        LoginChallenge {
            login_id: self.login_id.clone(),
            nonce: base64(&self.nonce.bytes),
            issued_at_ms: self.nonce.issued_at_ms,
            expires_at_ms: self.expires_at_ms,
        }
    }
}

pub(super) fn draw(
    device: &Device,
    request: LoginRequest,
    now_ms: i64,
    ttl_ms: i64,
    random: &dyn Random,
) -> NewNonce {
    NewNonce {
        login_id: random::id(random),
        device_id: device.device_id.clone(),
        expires_at_ms: now_ms + ttl_ms,
        nonce: Nonce {
            bytes: random::bytes(random),
            relying_party: request.relying_party,
            purpose: request.purpose,
            issued_at_ms: now_ms,
        },
    }
}

pub(super) fn insert(sql: &mut dyn Sql, new: &NewNonce) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO login_nonce (login_id, nonce, device_id, relying_party, purpose, \
         issued_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            &new.login_id,
            &new.nonce.bytes,
            &new.device_id,
            &new.nonce.relying_party,
            &new.nonce.purpose,
            new.nonce.issued_at_ms,
            new.expires_at_ms
        ],
    )?;
    Ok(())
}

/// Uses the nonce up. This one statement decides: of two proofs at the same moment one gets it.
pub(super) fn consume(
    sql: &mut dyn Sql,
    login_id: &str,
    device_id: &str,
    now_ms: i64,
) -> Result<Option<Nonce>, StoreError> {
    let row = sql.optional(
        "UPDATE login_nonce SET used_at_ms = $3 \
         WHERE login_id = $1 AND device_id = $2 AND used_at_ms IS NULL AND expires_at_ms > $3 \
         RETURNING nonce, relying_party, purpose, issued_at_ms",
        values![login_id, device_id, now_ms],
    )?;
    let Some(row) = row else { return Ok(None) };
    let bytes: Vec<u8> = row.get("nonce")?;
    Ok(Some(Nonce {
        bytes: bytes.try_into().map_err(|_| StoreError::Column { column: "nonce" })?,
        relying_party: row.get("relying_party")?,
        purpose: row.get("purpose")?,
        issued_at_ms: row.get("issued_at_ms")?,
    }))
}

/// Forgets nonces that ended before `before_ms`.
pub(crate) fn forget(sql: &mut dyn Sql, before_ms: i64) -> Result<u64, StoreError> {
    sql.execute("DELETE FROM login_nonce WHERE expires_at_ms < $1", values![before_ms])
}
