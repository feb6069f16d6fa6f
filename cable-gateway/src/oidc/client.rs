//! Services that are registered, with everything that they are allowed.

mod registration;

use gateway_api::login::AssuranceLevel;

pub use registration::{RegistrationError, read};

use super::attribute::{self, Attributes};
use crate::{
    audit::{self, Viewer},
    jws::{Jwk, PublicKey},
    session::level_number,
    store::{Row, Sql, StoreError},
    values,
};

/// A registered service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub client_id: String,
    /// Its name on the television.
    pub name: String,
    /// Reading of the name.
    pub kana: String,
    /// What it asks for, one sentence.
    pub purpose: String,
    /// Clients of one sector know a person under the same id.
    pub sector: String,
    /// Where answers may go, exactly.
    pub redirect_uris: Vec<String>,
    /// Where a browser may go after the end, exactly.
    pub post_logout_redirect_uris: Vec<String>,
    /// What it may ask for.
    pub attributes: Attributes,
    /// Purposes of statements that it may ask for.
    pub statement_purposes: Vec<String>,
    /// Least level of every answer.
    pub minimum_level: AssuranceLevel,
    /// Its public keys.
    pub keys: Vec<Jwk>,
}

/// A service as the operator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientRecord {
    /// Its id.
    pub client_id: String,
    /// Its name.
    pub name: String,
    /// `active` or `disabled`.
    pub state: String,
}

impl Client {
    /// `relying_party` of the logins by which people answer this service.
    pub fn relying_party(&self) -> String {
        format!("service:{}", self.client_id)
    }

    /// The key with this id; the only key when no id is named.
    pub fn key(&self, kid: Option<&str>) -> Option<PublicKey> {
        let jwk = match kid {
            Some(kid) => self.keys.iter().find(|jwk| jwk.kid.as_deref() == Some(kid)),
            None if self.keys.len() == 1 => self.keys.first(),
            None => None,
        };
        PublicKey::from_jwk(jwk?).ok()
    }
}

/// The active client with this id.
pub fn active(sql: &mut dyn Sql, client_id: &str) -> Result<Option<Client>, StoreError> {
    let query = "SELECT * FROM service_client WHERE client_id = $1 AND state = 'active'";
    sql.optional(query, values![client_id])?.as_ref().map(client).transpose()
}

/// Registers a service, or replaces what was registered; the sector never changes, because a
/// person's id hangs on it.
///
/// # Panics
/// Never: keys have text members only.
pub fn register(sql: &mut dyn Sql, new: &Client, now_ms: i64) -> Result<(), RegistrationError> {
    let query = "SELECT sector FROM service_client WHERE client_id = $1";
    if let Some(row) = sql.optional(query, values![&new.client_id])? {
        let sector: String = row.get("sector")?;
        if sector != new.sector {
            return Err(RegistrationError::SectorChanged { sector });
        }
    }
    let keys = serde_json::to_string(&new.keys).expect("keys have text members");
    sql.execute(
        "INSERT INTO service_client (client_id, name, kana, purpose, sector, redirect_uris, \
         post_logout_redirect_uris, attributes, statement_purposes, minimum_level, keys, state, \
         registered_at_ms, changed_at_ms) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'active', $12, $12) \
         ON CONFLICT (client_id) DO UPDATE SET name = $2, kana = $3, purpose = $4, \
         redirect_uris = $6, post_logout_redirect_uris = $7, attributes = $8, \
         statement_purposes = $9, minimum_level = $10, keys = $11, state = 'active', \
         changed_at_ms = $12",
        values![
            &new.client_id,
            &new.name,
            &new.kana,
            &new.purpose,
            &new.sector,
            new.redirect_uris.join("\n"),
            new.post_logout_redirect_uris.join("\n"),
            attribute::to_text(&new.attributes),
            new.statement_purposes.join(" "),
            level_number(new.minimum_level),
            keys,
            now_ms
        ],
    )?;
    Ok(audit::act(sql, &operator(&new.client_id), now_ms, "service-registered", &[])?)
}

/// Stops a service: nothing new is issued, and nothing that was issued counts any more.
pub fn disable(sql: &mut dyn Sql, client_id: &str, now_ms: i64) -> Result<bool, StoreError> {
    let query = "UPDATE service_client SET state = 'disabled', changed_at_ms = $2 \
                 WHERE client_id = $1 AND state = 'active'";
    if sql.execute(query, values![client_id, now_ms])? == 0 {
        return Ok(false);
    }
    let query = "UPDATE service_grant SET revoked_at_ms = $2 \
                 WHERE client_id = $1 AND revoked_at_ms IS NULL";
    sql.execute(query, values![client_id, now_ms])?;
    audit::act(sql, &operator(client_id), now_ms, "service-disabled", &[])?;
    Ok(true)
}

/// Every client.
pub fn all(sql: &mut dyn Sql) -> Result<Vec<ClientRecord>, StoreError> {
    let rows =
        sql.all("SELECT client_id, name, state FROM service_client ORDER BY client_id", &[])?;
    rows.iter()
        .map(|row| {
            Ok(ClientRecord {
                client_id: row.get("client_id")?,
                name: row.get("name")?,
                state: row.get("state")?,
            })
        })
        .collect()
}

fn operator(client_id: &str) -> Viewer {
    Viewer {
        actor: "operator".to_owned(),
        office: "運用担当".to_owned(),
        purpose: format!("service:{client_id}"),
    }
}

fn client(row: &Row) -> Result<Client, StoreError> {
    let lines = |column| {
        let text: String = row.get(column)?;
        Ok::<_, StoreError>(text.lines().map(str::to_owned).collect())
    };
    let keys: String = row.get("keys")?;
    let purposes: String = row.get("statement_purposes")?;
    Ok(Client {
        client_id: row.get("client_id")?,
        name: row.get("name")?,
        kana: row.get("kana")?,
        purpose: row.get("purpose")?,
        sector: row.get("sector")?,
        redirect_uris: lines("redirect_uris")?,
        post_logout_redirect_uris: lines("post_logout_redirect_uris")?,
        attributes: attribute::from_text(&row.get::<String>("attributes")?)?,
        statement_purposes: purposes.split_whitespace().map(str::to_owned).collect(),
        minimum_level: attribute::level(row.get("minimum_level")?)?,
        keys: serde_json::from_str(&keys).map_err(|_| StoreError::Column { column: "keys" })?,
    })
}
