//! Links that wait for the town's word, and links that take the place of others.

use jpki::verify::{CertificateClass, CertificateKind, Holder, VerifiedCertificate};

use super::watch;
use crate::{
    audit::{self, Viewer},
    random::{self, Random},
    store::{
        Row, Sql, StoreError, Value,
        check_in::{self, Identity},
    },
    values,
};

/// A card that was shown at home and waits for the town's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// Id of the link.
    pub link_id: String,
    /// The home.
    pub household_id: String,
    /// Local id of the resident whose card it is said to be.
    pub resident_id: String,
    /// Who that resident is.
    pub identity: Identity,
    /// When it was shown, Unix milliseconds.
    pub shown_at_ms: i64,
    /// Whether that resident has a card already: a renewal, or somebody else's card.
    pub has_card: bool,
}

/// Cards that wait, oldest first; the look is written down.
pub fn proposals(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
) -> Result<Vec<Proposal>, StoreError> {
    waiting(sql, viewer, now_ms, None)
}

/// One card that waits; the look is written down.
pub fn proposal(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    link_id: &str,
) -> Result<Option<Proposal>, StoreError> {
    Ok(waiting(sql, viewer, now_ms, Some(link_id))?.pop())
}

fn waiting(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    link_id: Option<&str>,
) -> Result<Vec<Proposal>, StoreError> {
    let rows = sql.all(
        "SELECT l.link_id, l.person_id, l.linked_at_ms, r.household_id, r.resident_id, p.name, \
         p.kana, p.born_on, a.name AS area_name, (SELECT COUNT(*) FROM credential_link o WHERE o.person_id = l.person_id \
         AND o.kind = l.kind AND o.state = 'active') AS cards FROM credential_link l \
         JOIN person p ON p.person_id = l.person_id \
         JOIN household_resident r ON r.person_id = l.person_id \
         JOIN household h ON h.household_id = r.household_id \
         JOIN area a ON a.area_id = h.area_id \
         WHERE l.state = 'proposed' AND l.link_id = COALESCE($1, l.link_id) \
         ORDER BY l.linked_at_ms, l.link_id",
        values![link_id],
    )?;
    let persons = rows.iter().map(|row| row.get("person_id")).collect::<Result<Vec<_>, _>>()?;
    if !persons.is_empty() {
        audit::view(sql, viewer, now_ms, audit::Object::CardProposals, &persons)?;
    }
    rows.iter().map(read_proposal).collect()
}

fn read_proposal(row: &Row) -> Result<Proposal, StoreError> {
    Ok(Proposal {
        link_id: row.get("link_id")?,
        household_id: row.get("household_id")?,
        resident_id: row.get("resident_id")?,
        identity: check_in::identity(row)?,
        shown_at_ms: row.get("linked_at_ms")?,
        has_card: row.get::<i64>("cards")? > 0,
    })
}

/// The town says yes: the card counts, and an earlier one of the same kind does not any more.
/// Answers whether such a card waited.
pub fn approve(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    link_id: &str,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let query = "UPDATE credential_link SET state = 'active', linked_by = $2 \
                 WHERE link_id = $1 AND state = 'proposed' RETURNING person_id, kind";
    let Some(row) = sql.optional(query, values![link_id, &viewer.actor])? else {
        return Ok(false);
    };
    let (person_id, kind): (String, String) = (row.get("person_id")?, row.get("kind")?);
    supersede(sql, &person_id, &kind, link_id, now_ms)?;
    audit::act(sql, viewer, now_ms, "card-approved", &[person_id])?;
    Ok(true)
}

/// The town says no. Answers whether such a card waited.
pub fn reject(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    link_id: &str,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let query = "UPDATE credential_link SET state = 'rejected', closed_at_ms = $2 \
                 WHERE link_id = $1 AND state = 'proposed' RETURNING person_id";
    let Some(row) = sql.optional(query, values![link_id, now_ms])? else { return Ok(false) };
    audit::act(sql, viewer, now_ms, "card-rejected", &[row.get("person_id")?])?;
    Ok(true)
}

/// A certificate that becomes linked to a person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NewLink<'a> {
    /// The certificate.
    pub(crate) verified: &'a VerifiedCertificate,
    /// Whose it is.
    pub(crate) person_id: &'a str,
    /// It counts from now on; otherwise it waits for the town's word.
    pub(crate) counts: bool,
    /// Who linked it: `operator`, `resident`, `signature`.
    pub(crate) linked_by: &'a str,
    /// The box at which it was shown.
    pub(crate) device_id: Option<&'a str>,
    /// To which words the person agreed, and where.
    pub(crate) agreed: (&'a str, &'a str),
    /// Who did it, for the audit log.
    pub(crate) viewer: &'a Viewer,
    /// What was done, for the audit log.
    pub(crate) action: &'a str,
    /// Now.
    pub(crate) now_ms: i64,
}

impl NewLink<'_> {
    /// What follows on every way: an earlier card ends, and consent and entry are kept.
    fn follow(&self, sql: &mut dyn Sql, link_id: &str) -> Result<(), StoreError> {
        if self.counts {
            let kind = kind_code(self.verified.kind);
            supersede(sql, self.person_id, kind, link_id, self.now_ms)?;
        }
        note_consent(sql, link_id, self.person_id, self.agreed, self.now_ms)?;
        audit::act(sql, self.viewer, self.now_ms, self.action, &[self.person_id.to_owned()])
    }
}

/// Links a certificate that nobody knew.
pub(crate) fn insert(
    sql: &mut dyn Sql,
    new: &NewLink<'_>,
    random: &dyn Random,
) -> Result<(), StoreError> {
    let link_id = random::id(random);
    let [kind, issuer, serial] = key(new.verified);
    let row = [
        Value::from(&link_id),
        new.person_id.into(),
        kind,
        issuer,
        serial,
        if new.counts { "active" } else { "proposed" }.into(),
        new.linked_by.into(),
        new.now_ms.into(),
        new.device_id.into(),
        new.verified.not_after.saturating_mul(1000).into(),
        watch::points_code(&new.verified.distribution_points).into(),
    ];
    sql.execute(
        "INSERT INTO credential_link (link_id, person_id, kind, issuer_key_id, serial, state, \
         linked_by, linked_at_ms, device_id, expires_at_ms, distribution_points) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        &row,
    )?;
    new.follow(sql, &link_id)
}

/// The same for a link that is there: it waited, or was closed, and may count now.
pub(crate) fn settle(
    sql: &mut dyn Sql,
    new: &NewLink<'_>,
    link_id: &str,
) -> Result<(), StoreError> {
    if new.counts {
        let query = "UPDATE credential_link SET state = 'active', closed_at_ms = NULL \
                     WHERE link_id = $1";
        sql.execute(query, values![link_id])?;
    }
    new.follow(sql, link_id)
}

/// Kind, issuing authority and serial number, as they are stored.
pub(crate) fn key(verified: &VerifiedCertificate) -> [Value; 3] {
    let VerifiedCertificate { issuer_key_id, serial, kind, .. } = verified;
    [kind_code(*kind).into(), issuer_key_id.clone().into(), serial.clone().into()]
}

fn kind_code(kind: CertificateKind) -> &'static str {
    match (kind.class, kind.holder) {
        (CertificateClass::Authentication, Holder::Card) => "auth-card",
        (CertificateClass::Authentication, Holder::Phone) => "auth-phone",
        (CertificateClass::Signature, Holder::Card) => "sign-card",
        (CertificateClass::Signature, Holder::Phone) => "sign-phone",
    }
}

/// Earlier cards of the same kind end; a phone beside a card stays, an old town card too.
fn supersede(
    sql: &mut dyn Sql,
    person_id: &str,
    kind: &str,
    by_link_id: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    let query = "UPDATE credential_link SET state = 'superseded', closed_at_ms = $4 \
                 WHERE person_id = $1 AND kind = $2 AND link_id <> $3 AND state = 'active'";
    sql.execute(query, values![person_id, kind, by_link_id, now_ms]).map(drop)
}

/// Writes down that the person agreed to the link of card and person: to which words, and where.
fn note_consent(
    sql: &mut dyn Sql,
    link_id: &str,
    person_id: &str,
    (text_version, way): (&str, &str),
    now_ms: i64,
) -> Result<(), StoreError> {
    let query = "INSERT INTO card_consent (link_id, person_id, text_version, way, given_at_ms) \
                 VALUES ($1, $2, $3, $4, $5)";
    sql.execute(query, values![link_id, person_id, text_version, way, now_ms]).map(drop)
}

/// Links a card of the town's own, older kind beside the My Number card.
pub fn link_town_card(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    person_id: &str,
    card: &TownCard<'_>,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let query = "INSERT INTO credential_link (link_id, person_id, kind, issuer_key_id, serial, \
                 state, linked_by, linked_at_ms) \
                 VALUES ($1, $2, 'town-card', $3, $4, 'active', $5, $6) \
                 ON CONFLICT (kind, issuer_key_id, serial) DO NOTHING";
    let (system, number) = (card.system.as_bytes().to_vec(), card.number.as_bytes().to_vec());
    let row = values![card.link_id, person_id, system, number, &viewer.actor, now_ms];
    if sql.execute(query, row)? == 0 {
        return Ok(false);
    }
    audit::act(sql, viewer, now_ms, "town-card-linked", &[person_id.to_owned()])?;
    Ok(true)
}

/// A card of the town's own.
#[derive(Debug, Clone, Copy)]
pub struct TownCard<'a> {
    /// Id of the new link.
    pub link_id: &'a str,
    /// Which kind of card, e.g. `library`.
    pub system: &'a str,
    /// What stands on it.
    pub number: &'a str,
}

/// The person behind a home's local id.
pub fn person_of(
    sql: &mut dyn Sql,
    household_id: &str,
    resident_id: &str,
) -> Result<Option<String>, StoreError> {
    let query = "SELECT person_id FROM household_resident \
                 WHERE household_id = $1 AND resident_id = $2";
    let row = sql.optional(query, values![household_id, resident_id])?;
    row.map(|row| row.get("person_id")).transpose()
}
