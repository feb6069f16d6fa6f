//! The daily watch over linked certificates.
//!
//! A certificate ends when somebody moves, renews, loses a card, or dies. Which of these it was is
//! nobody's business here: an event says *unchanged*, *changed or ended*, or *expired*, and when
//! the source was made. No reason is asked for, kept, or told.

use jpki::revocation::{CertificateId, DistributionPointName};

use crate::{
    audit::{self, Object, Viewer},
    encoding::{base64, from_base64},
    store::{
        Row, Sql, StoreError,
        check_in::{self, Identity},
    },
    values,
};

/// A linked certificate is looked at again after this time.
const AGAIN_MS: i64 = 20 * 3_600_000;
/// Certificates looked at in one go.
const BATCH: i64 = 500;

/// A certificate that is linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    link_id: String,
    person_id: String,
    /// Subject key id of the issuing authority.
    pub issuer_key_id: Vec<u8>,
    /// Serial number.
    pub serial: Vec<u8>,
    /// Where its issuer says the lists lie.
    pub distribution_points: Vec<DistributionPointName>,
    expires_at_ms: Option<i64>,
    before: Option<String>,
    /// When it was looked at before: whoever looked since has told what there was.
    before_at_ms: Option<i64>,
}

/// What a source says, without a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observation {
    /// Good, at the source's time.
    Good {
        /// Unix milliseconds.
        source_updated_at_ms: i64,
    },
    /// Ended, at the source's time.
    Ended {
        /// Unix milliseconds.
        source_updated_at_ms: i64,
    },
    /// Nobody knows, or the source is too old.
    Unknown,
}

/// What is told about a person's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Nothing changed.
    Unchanged,
    /// Something changed, or it ended; the person can say what.
    ChangedOrEnded,
    /// Its time is over.
    Expired,
}

impl Event {
    /// Stable code, as stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::ChangedOrEnded => "changed-or-ended",
            Self::Expired => "expired",
        }
    }

    /// What staff are told; it fits a person who moved and one who died.
    pub fn label(code: &str) -> &'static str {
        match code {
            "unchanged" => "変わりありません",
            "expired" => "カードの証明書の有効期限が切れています",
            _ => "カードの証明書について確認が必要です",
        }
    }
}

/// The next certificates to look at, longest unseen first.
pub fn due(sql: &mut dyn Sql, now_ms: i64) -> Result<Vec<Watched>, StoreError> {
    let rows = sql.all(
        "SELECT link_id, person_id, issuer_key_id, serial, expires_at_ms, watched, \
         watched_at_ms, distribution_points FROM credential_link WHERE state = 'active' AND kind <> 'town-card' \
         AND COALESCE(watched_at_ms, 0) <= $1 AND COALESCE(watched, '') <> 'expired' \
         ORDER BY COALESCE(watched_at_ms, 0), link_id LIMIT $2",
        values![now_ms - AGAIN_MS, BATCH],
    )?;
    rows.iter().map(watched).collect()
}

fn watched(row: &Row) -> Result<Watched, StoreError> {
    Ok(Watched {
        link_id: row.get("link_id")?,
        person_id: row.get("person_id")?,
        issuer_key_id: row.get("issuer_key_id")?,
        serial: row.get("serial")?,
        distribution_points: points_from(&row.get::<String>("distribution_points")?),
        expires_at_ms: row.get("expires_at_ms")?,
        before: row.get("watched")?,
        before_at_ms: row.get("watched_at_ms")?,
    })
}

/// Distribution points as they are stored: base64, one a line.
pub fn points_code(points: &[DistributionPointName]) -> String {
    points.iter().map(|point| base64(point.as_der())).collect::<Vec<_>>().join("\n")
}

fn points_from(text: &str) -> Vec<DistributionPointName> {
    let der = text.lines().filter_map(|line| from_base64(line, DistributionPointName::LEN_MAX));
    der.filter_map(|der| DistributionPointName::from_der(&der)).collect()
}

/// Linked certificates among these are due at once. Answers how many there are.
pub fn bring_forward(sql: &mut dyn Sql, certificates: &[CertificateId]) -> Result<u64, StoreError> {
    let query = "UPDATE credential_link SET watched_at_ms = 0 \
                 WHERE issuer_key_id = $1 AND serial = $2 AND state = 'active' \
                 AND kind <> 'town-card'";
    certificates.iter().try_fold(0, |linked, CertificateId { issuer_key_id, serial }| {
        Ok(linked + sql.execute(query, values![issuer_key_id.as_slice(), serial.as_slice()])?)
    })
}

/// Writes down what was seen; an event only when it differs from the one before. A link that somebody
/// else looked at since it was due, or that is due once more, is left alone: two looks at the same
/// time tell one change, and the older word never takes the place of the newer one.
pub fn note(
    sql: &mut dyn Sql,
    seen: &[(Watched, Observation)],
    now_ms: i64,
) -> Result<u64, StoreError> {
    let mut events = 0;
    for (link, observation) in seen {
        let (event, source) = judged(link, *observation, now_ms);
        let code = event.map(Event::code);
        let query = "UPDATE credential_link SET watched_at_ms = $2, \
                     watched = COALESCE($3, watched) WHERE link_id = $1 \
                     AND COALESCE(watched, '') = COALESCE($4, '') \
                     AND COALESCE(watched_at_ms, -1) = COALESCE($5, -1)";
        let (before, before_at_ms) = (link.before.as_deref(), link.before_at_ms);
        if sql.execute(query, values![&link.link_id, now_ms, code, before, before_at_ms])? == 0 {
            continue;
        }
        if let Some(code) = code.filter(|code| link.before.as_deref() != Some(*code)) {
            sql.execute(
                "INSERT INTO card_event (event_id, link_id, person_id, event, checked_at_ms, \
                 source_updated_at_ms) \
                 SELECT COALESCE(MAX(event_id), 0) + 1, $1, $2, $3, $4, $5 FROM card_event",
                values![&link.link_id, &link.person_id, code, now_ms, source],
            )?;
            events += 1;
        }
    }
    Ok(events)
}

/// An end that is known stays: a source that is away for a day does not take it back.
fn judged(link: &Watched, seen: Observation, now_ms: i64) -> (Option<Event>, Option<i64>) {
    if link.expires_at_ms.is_some_and(|end| end <= now_ms) {
        return (Some(Event::Expired), None);
    }
    match seen {
        Observation::Good { source_updated_at_ms } => {
            (Some(Event::Unchanged), Some(source_updated_at_ms))
        }
        Observation::Ended { source_updated_at_ms } => {
            (Some(Event::ChangedOrEnded), Some(source_updated_at_ms))
        }
        Observation::Unknown => (None, None),
    }
}

/// A person whom the town asks to come by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Concern {
    /// Id of the link.
    pub link_id: String,
    /// Who it is.
    pub identity: Identity,
    /// The neutral sentence.
    pub text: &'static str,
    /// When it was seen, Unix milliseconds.
    pub checked_at_ms: i64,
}

/// Persons with a linked card whose certificate changed, ended or expired, and nobody asked them
/// since, those among them who are in no home of the town's list any more; the look is written down.
pub fn concerns(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
) -> Result<Vec<Concern>, StoreError> {
    open_concerns(sql, viewer, now_ms, None)
}

/// The concern about one card; the look is written down.
pub fn concern(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    link_id: &str,
) -> Result<Option<Concern>, StoreError> {
    Ok(open_concerns(sql, viewer, now_ms, Some(link_id))?.pop())
}

/// A clerk asked: the concern is over until the certificate changes again. What the person said is
/// not kept. Answers whether there was such a concern.
pub fn settle(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    link_id: &str,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let row = sql.optional(
        "UPDATE card_event SET settled_at_ms = $2, settled_by = $3 \
         WHERE link_id = $1 AND settled_at_ms IS NULL \
         AND event IN ('changed-or-ended', 'expired') \
         AND event_id = (SELECT MAX(n.event_id) FROM card_event n WHERE n.link_id = $1) \
         RETURNING person_id",
        values![link_id, now_ms, &viewer.actor],
    )?;
    let Some(row) = row else { return Ok(false) };
    audit::act(sql, viewer, now_ms, "card-concern-checked", &[row.get("person_id")?])?;
    Ok(true)
}

/// Each card has one concern at most: what was seen of it last.
fn open_concerns(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    link_id: Option<&str>,
) -> Result<Vec<Concern>, StoreError> {
    let rows = sql.all(
        "SELECT l.link_id, l.person_id, p.name, p.kana, p.born_on, a.name AS area_name, \
         l.watched, e.checked_at_ms \
         FROM credential_link l JOIN person p ON p.person_id = l.person_id \
         LEFT JOIN household_resident r ON r.person_id = l.person_id \
         LEFT JOIN household h ON h.household_id = r.household_id \
         LEFT JOIN area a ON a.area_id = h.area_id \
         JOIN card_event e ON e.link_id = l.link_id AND e.event = l.watched \
         WHERE l.state = 'active' AND l.watched IN ('changed-or-ended', 'expired') \
         AND e.settled_at_ms IS NULL AND l.link_id = COALESCE($1, l.link_id) \
         AND e.event_id = (SELECT MAX(n.event_id) FROM card_event n WHERE n.link_id = l.link_id) \
         ORDER BY e.checked_at_ms, l.person_id",
        values![link_id],
    )?;
    let persons = rows.iter().map(|row| row.get("person_id")).collect::<Result<Vec<_>, _>>()?;
    if !persons.is_empty() {
        audit::view(sql, viewer, now_ms, Object::CardConcerns, &persons)?;
    }
    rows.iter()
        .map(|row| {
            Ok(Concern {
                link_id: row.get("link_id")?,
                identity: check_in::identity(row)?,
                text: Event::label(&row.get::<String>("watched")?),
                checked_at_ms: row.get("checked_at_ms")?,
            })
        })
        .collect()
}
