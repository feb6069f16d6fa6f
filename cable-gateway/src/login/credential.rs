//! The link between a person and a certificate; kept nowhere else (invariant 5).

use std::path::{Path, PathBuf};

use jpki::verify::{
    CertificateClass, CertificateKind, Holder, Refusal as LoginRefusal,
    VerifiedCertificate as VerifiedLogin,
};

use super::LoginError;
use crate::{
    audit::{self, Viewer},
    card::{link, watch},
    random::{self, Random},
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
    if let Some(row) = sql.optional(query, &key(verified))? {
        let linked: String = row.get("person_id")?;
        return match row.get::<String>("state")?.as_str() {
            _ if linked != person_id => Err(LinkError::OtherPerson),
            "active" => Ok(()),
            _ => {
                let link_id: String = row.get("link_id")?;
                resume(sql, verified, &link_id, &person_id, consent_version, now_ms)
            }
        };
    }
    let link_id = random::id(random);
    let [kind, issuer, serial] = key(verified);
    sql.execute(
        "INSERT INTO credential_link (link_id, person_id, kind, issuer_key_id, serial, state, \
         linked_by, linked_at_ms, expires_at_ms, distribution_points) \
         VALUES ($1, $2, $3, $4, $5, 'active', 'operator', $6, $7, $8)",
        &[
            (&link_id).into(),
            person_id.clone().into(),
            kind,
            issuer,
            serial,
            now_ms.into(),
            verified.not_after.saturating_mul(1000).into(),
            watch::points_code(&verified.distribution_points).into(),
        ],
    )?;
    link::supersede(sql, &person_id, kind_code(verified.kind), &link_id, now_ms)?;
    link::note_consent(sql, &link_id, &person_id, (consent_version, "office"), now_ms)?;
    note(sql, "card-linked", person_id, now_ms)
}

/// A card that was stopped, refused or followed by another was found to be right at the office.
fn resume(
    sql: &mut dyn Sql,
    verified: &VerifiedLogin,
    link_id: &str,
    person_id: &str,
    consent_version: &str,
    now_ms: i64,
) -> Result<(), LinkError> {
    let query = "UPDATE credential_link SET state = 'active', closed_at_ms = NULL \
                 WHERE link_id = $1";
    sql.execute(query, values![link_id])?;
    link::supersede(sql, person_id, kind_code(verified.kind), link_id, now_ms)?;
    link::note_consent(sql, link_id, person_id, (consent_version, "office"), now_ms)?;
    note(sql, "card-resumed", person_id.to_owned(), now_ms)
}

fn note(sql: &mut dyn Sql, action: &str, person_id: String, now_ms: i64) -> Result<(), LinkError> {
    let operator = Viewer {
        actor: "operator".to_owned(),
        office: String::new(),
        purpose: "card-registration".to_owned(),
    };
    Ok(audit::act(sql, &operator, now_ms, action, &[person_id])?)
}

pub(super) fn key(verified: &VerifiedLogin) -> [crate::store::Value; 3] {
    let VerifiedLogin { issuer_key_id, serial, kind, .. } = verified;
    [kind_code(*kind).into(), issuer_key_id.clone().into(), serial.clone().into()]
}

pub(super) fn kind_code(kind: CertificateKind) -> &'static str {
    match (kind.class, kind.holder) {
        (CertificateClass::Authentication, Holder::Card) => "auth-card",
        (CertificateClass::Authentication, Holder::Phone) => "auth-phone",
        (CertificateClass::Signature, Holder::Card) => "sign-card",
        (CertificateClass::Signature, Holder::Phone) => "sign-phone",
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
