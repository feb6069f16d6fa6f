//! The link between a person and a certificate; kept nowhere else (invariant 5).

use std::path::{Path, PathBuf};

use jpki::verify::{Refusal as LoginRefusal, VerifiedCertificate as VerifiedLogin};

use super::LoginError;
use crate::{
    audit::Viewer,
    card::{
        link::{self, NewLink, key},
        stop,
    },
    random::Random,
    store::{Sql, StoreError},
    values,
};

/// A card cannot be linked.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The file cannot be read.
    #[error("cannot read {path}: {cause}; name the card's auth certificate in DER")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// Not a believed auth certificate.
    #[error("{0}; only valid auth certificates of authorities in login.auth_issuers count")]
    Refused(#[from] LoginRefusal),
    /// No such resident.
    #[error("household {household_id} has no resident {resident_id}; import the town first")]
    NoResident {
        /// The household.
        household_id: String,
        /// The resident.
        resident_id: String,
    },
    /// The card is somebody else's.
    #[error("this card is already linked to another person; unlink it there first")]
    OtherPerson,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The person whose active link this certificate is.
pub(super) fn person(sql: &mut dyn Sql, verified: &VerifiedLogin) -> Result<String, LoginError> {
    let query = "SELECT person_id FROM credential_link \
                 WHERE kind = $1 AND issuer_key_id = $2 AND serial = $3 AND state = 'active'";
    let row = sql.optional(query, &key(verified))?.ok_or(LoginError::PersonUnknown)?;
    Ok(row.get("person_id")?)
}

/// Whether the person lives in this household.
pub(super) fn lives_in(
    sql: &mut dyn Sql,
    person_id: &str,
    household_id: &str,
) -> Result<bool, StoreError> {
    let query = "SELECT person_id FROM household_resident \
                 WHERE person_id = $1 AND household_id = $2";
    Ok(sql.optional(query, values![person_id, household_id])?.is_some())
}

/// Links a verified certificate to a resident; linking it again changes nothing.
pub(super) fn link(
    sql: &mut dyn Sql,
    verified: &VerifiedLogin,
    (household_id, resident_id): (&str, &str),
    consent_version: &str,
    now_ms: i64,
    random: &dyn Random,
) -> Result<(), LinkError> {
    let query = "SELECT person_id FROM household_resident \
                 WHERE household_id = $1 AND resident_id = $2";
    let row = sql.optional(query, values![household_id, resident_id])?;
    let row = row.ok_or_else(|| LinkError::NoResident {
        household_id: household_id.to_owned(),
        resident_id: resident_id.to_owned(),
    })?;
    let person_id: String = row.get("person_id")?;
    let query = "SELECT link_id, person_id, state FROM credential_link \
                 WHERE kind = $1 AND issuer_key_id = $2 AND serial = $3";
    let known = sql.optional(query, &key(verified))?;
    let operator = Viewer {
        actor: "operator".to_owned(),
        office: String::new(),
        purpose: "card-registration".to_owned(),
    };
    let new = NewLink {
        verified,
        person_id: &person_id,
        counts: true,
        linked_by: "operator",
        device_id: None,
        agreed: (consent_version, "office"),
        viewer: &operator,
        action: if known.is_some() { "card-resumed" } else { "card-linked" },
        now_ms,
    };
    let Some(row) = known else {
        stop::lift(sql, &person_id, verified)?;
        return Ok(link::insert(sql, &new, random)?);
    };
    let linked: String = row.get("person_id")?;
    match row.get::<String>("state")?.as_str() {
        _ if linked != person_id => Err(LinkError::OtherPerson),
        "active" => Ok(()),
        // Stopped, refused or followed by another, and found to be right at the office.
        _ => {
            stop::lift(sql, &person_id, verified)?;
            Ok(link::settle(sql, &new, &row.get::<String>("link_id")?)?)
        }
    }
}

/// Reads a certificate file of at most 8 KiB.
pub fn read_certificate(path: &Path) -> Result<Vec<u8>, LinkError> {
    let unreadable =
        |cause: &str| LinkError::Unreadable { path: path.to_owned(), cause: cause.to_owned() };
    let length = std::fs::metadata(path).map_err(|cause| unreadable(&cause.to_string()))?.len();
    if length > 8 * 1024 {
        return Err(unreadable("larger than a certificate"));
    }
    std::fs::read(path).map_err(|cause| unreadable(&cause.to_string()))
}
