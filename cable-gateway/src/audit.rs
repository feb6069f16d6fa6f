//! Who looked at whose data, and who did what (invariant 8).
//!
//! Entries are only ever added. Each one carries a hash over itself and the entry before it, so
//! that a changed or missing entry shows. Every store function that gives personal data to staff
//! takes a [`Viewer`] and writes its entry in the same transaction as the reading.

pub mod chain;

use std::collections::BTreeSet;

use gateway_api::resident::View;

use crate::{
    encoding::sha256,
    report::business_date,
    store::{Row, Sql, StoreError},
    values,
};

/// The member of staff who looks, and why.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// Staff id.
    pub actor: String,
    /// Office and role as residents know them, e.g. 健康づくり課 保健師.
    pub office: String,
    /// Why, e.g. `daily-watch`.
    pub purpose: String,
}

impl Viewer {
    /// The person to whom the data belong.
    pub(crate) fn resident(purpose: &str) -> Self {
        let (actor, office) = ("resident".to_owned(), "本人".to_owned());
        Self { actor, office, purpose: purpose.to_owned() }
    }
}

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// The list of today's check-ins.
    CheckInToday,
    /// The check-ins of one person over time.
    CheckInHistory,
    /// Answers and needs of homes under an order.
    EvacuationBoard,
    /// Who lives in a home, with needs and plans.
    Household,
    /// Cards that were shown at home and wait for approval.
    CardProposals,
    /// Cards whose certificate changed, ended or expired.
    CardConcerns,
    /// Whether somebody has a card, looked up when one is lost.
    CardHolders,
    /// What a service got to know at a sign-in, as the person agreed.
    ServiceAttributes,
    /// To whom the letter with a home's enrolment code goes.
    LetterAddressees,
}

impl Object {
    const ALL: [Self; 9] = [
        Self::CheckInToday,
        Self::CheckInHistory,
        Self::EvacuationBoard,
        Self::Household,
        Self::CardProposals,
        Self::CardConcerns,
        Self::CardHolders,
        Self::ServiceAttributes,
        Self::LetterAddressees,
    ];

    /// Stable code, as stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::CheckInToday => "check-in-today",
            Self::CheckInHistory => "check-in-history",
            Self::EvacuationBoard => "evacuation-board",
            Self::Household => "household",
            Self::CardProposals => "card-proposals",
            Self::CardConcerns => "card-concerns",
            Self::CardHolders => "card-holders",
            Self::ServiceAttributes => "service-attributes",
            Self::LetterAddressees => "letter-addressees",
        }
    }

    /// In the resident's words.
    pub fn label(self) -> &'static str {
        match self {
            Self::CheckInToday => "きょうの体調",
            Self::CheckInHistory => "これまでの体調",
            Self::EvacuationBoard => "避難の状況",
            Self::Household => "ご家族と避難の計画",
            Self::CardProposals => "カードの登録の申し込み",
            Self::CardConcerns => "カードの有効性の確認",
            Self::CardHolders => "カードの登録の有無",
            Self::ServiceAttributes => "同意した項目（サービスの利用）",
            Self::LetterAddressees => "お名前と住所（受信機の登録番号の手紙）",
        }
    }

    /// Why staff look at it, in the resident's words.
    fn purpose_label(self) -> &'static str {
        match self {
            Self::CheckInToday => "きょうの様子を確認",
            Self::CheckInHistory => "これまでの体調を確認",
            Self::EvacuationBoard => "避難の状況を確認",
            Self::Household => "避難の計画を確認",
            Self::CardProposals => "カードの登録を確認",
            Self::CardConcerns => "カードの有効性を確認",
            Self::CardHolders => "カードの紛失の届け出を確認",
            Self::ServiceAttributes => "ご本人が同意したサービスの利用",
            Self::LetterAddressees => "受信機の登録番号の手紙の宛名を印刷",
        }
    }

    /// The object with this code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|object| object.code() == code)
    }
}

/// One entry, as an auditor sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Number.
    pub audit_id: i64,
    /// When, Unix milliseconds.
    pub at_ms: i64,
    /// `view` or `act`.
    pub kind: String,
    /// Staff id.
    pub actor: String,
    /// Office and role.
    pub office: String,
    /// What was looked at or done.
    pub object: String,
    /// Why.
    pub purpose: String,
    /// How many persons it concerns.
    pub persons: u32,
}

/// Writes that `viewer` looked at `object` of these persons.
pub fn view(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    at_ms: i64,
    object: Object,
    persons: &[String],
) -> Result<(), StoreError> {
    append(sql, "view", viewer, at_ms, object.code(), persons)
}

/// How long a page that refreshes itself counts as one look.
pub const SAME_LOOK_MS: i64 = 60 * 60 * 1000;

/// Writes that `viewer` still looks: for a page that refreshes itself, never for one that a person
/// opened. Persons at whom the same member of staff looked for the same purpose within
/// [`SAME_LOOK_MS`] are not written down again.
pub fn view_polled(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    at_ms: i64,
    object: Object,
    persons: &[String],
) -> Result<(), StoreError> {
    let fresh = not_yet_seen(sql, viewer, at_ms, object, persons)?;
    if fresh.is_empty() { Ok(()) } else { view(sql, viewer, at_ms, object, &fresh) }
}

/// The persons for whom a look at this moment is not written down yet.
pub fn not_yet_seen(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    at_ms: i64,
    object: Object,
    persons: &[String],
) -> Result<Vec<String>, StoreError> {
    let rows = sql.all(
        "SELECT DISTINCT s.person_id FROM audit a JOIN audit_subject s ON s.audit_id = a.audit_id \
         WHERE a.kind = 'view' AND a.actor = $1 AND a.object = $2 AND a.purpose = $3 \
         AND a.at_ms > $4",
        values![&viewer.actor, object.code(), &viewer.purpose, at_ms - SAME_LOOK_MS],
    )?;
    let seen = rows.iter().map(|row| row.get("person_id"));
    let seen = seen.collect::<Result<BTreeSet<String>, _>>()?;
    Ok(persons.iter().filter(|person| !seen.contains(*person)).cloned().collect())
}

/// Writes that `viewer` did something, e.g. `order-issued-in-emergency`, `signed-in`.
pub fn act(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    at_ms: i64,
    action: &str,
    persons: &[String],
) -> Result<(), StoreError> {
    append(sql, "act", viewer, at_ms, action, persons)
}

/// The newest entries, newest first.
pub fn newest(sql: &mut dyn Sql, limit: u32) -> Result<Vec<Entry>, StoreError> {
    let rows = sql.all(
        "SELECT audit_id, at_ms, kind, actor, office, object, purpose, \
         (SELECT COUNT(*) FROM audit_subject s WHERE s.audit_id = a.audit_id) AS persons \
         FROM audit a ORDER BY audit_id DESC LIMIT $1",
        values![limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Entry {
                audit_id: row.get("audit_id")?,
                at_ms: row.get("at_ms")?,
                kind: row.get("kind")?,
                actor: row.get("actor")?,
                office: row.get("office")?,
                object: row.get("object")?,
                purpose: row.get("purpose")?,
                persons: row.get("persons")?,
            })
        })
        .collect()
}

/// Most views shown to a resident.
const VIEWS_MAX: usize = 50;
/// Looks of one office at one thing, each at most this long after the one before, are one line to
/// the resident, with their number.
const ONE_LOOK_MS: i64 = 10 * 60 * 1_000;

/// Who looked at this person's data, newest first, at most 50.
pub(crate) fn views_of(sql: &mut dyn Sql, person_id: &str) -> Result<Vec<View>, StoreError> {
    let rows = sql.all(
        "SELECT a.at_ms, a.office, a.object FROM audit_subject s \
         JOIN audit a ON a.audit_id = s.audit_id \
         WHERE s.person_id = $1 AND a.kind = 'view' ORDER BY s.audit_id DESC LIMIT 5000",
        values![person_id],
    )?;
    let looks = rows.iter().map(look).collect::<Result<Vec<_>, _>>()?;
    Ok(grouped(looks))
}

fn look(row: &Row) -> Result<View, StoreError> {
    let code: String = row.get("object")?;
    let object = Object::from_code(&code);
    Ok(View {
        at_ms: row.get("at_ms")?,
        viewer: row.get("office")?,
        purpose: object.map_or(String::new(), |object| object.purpose_label().to_owned()),
        object: object.map_or(code, |object| object.label().to_owned()),
        looks: 1,
        last_at_ms: None,
    })
}

/// Joins looks that follow each other closely on one day; they come newest first.
fn grouped(looks: Vec<View>) -> Vec<View> {
    let mut views: Vec<View> = Vec::new();
    for look in looks {
        if let Some(later) = views.iter_mut().find(|later| continues(&look, later)) {
            later.last_at_ms.get_or_insert(later.at_ms);
            later.at_ms = look.at_ms;
            later.looks += 1;
        } else if views.len() < VIEWS_MAX {
            views.push(look);
        } else {
            break;
        }
    }
    views.sort_by_key(|view| std::cmp::Reverse(view.at_ms));
    views
}

fn continues(look: &View, later: &View) -> bool {
    later.viewer == look.viewer
        && later.object == look.object
        && later.at_ms - look.at_ms < ONE_LOOK_MS
        && business_date(later.at_ms) == business_date(look.at_ms)
}

fn append(
    sql: &mut dyn Sql,
    kind: &'static str,
    viewer: &Viewer,
    at_ms: i64,
    object: &str,
    persons: &[String],
) -> Result<(), StoreError> {
    let last = "SELECT audit_id, chain FROM audit ORDER BY audit_id DESC LIMIT 1";
    let (id, before) = match sql.optional(last, &[])? {
        Some(row) => (row.get::<i64>("audit_id")? + 1, row.get::<Vec<u8>>("chain")?),
        None => (1, Vec::new()),
    };
    let mut persons = persons.to_vec();
    persons.sort_unstable();
    persons.dedup();
    let subjects = sha256(persons.join("\n").as_bytes());
    let texts = [kind, &viewer.actor, &viewer.office, object, &viewer.purpose];
    let chain = chained(&before, id, at_ms, texts, &subjects);
    sql.execute(
        "INSERT INTO audit (audit_id, at_ms, kind, actor, office, object, purpose, \
         subjects_sha256, chain) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values![
            id,
            at_ms,
            kind,
            &viewer.actor,
            &viewer.office,
            object,
            &viewer.purpose,
            &subjects,
            &chain
        ],
    )?;
    for person in persons {
        let link = "INSERT INTO audit_subject (person_id, audit_id) VALUES ($1, $2)";
        sql.execute(link, values![person, id])?;
    }
    Ok(())
}

/// Hash over the entry before and this one; texts carry their length, so that no two entries
/// have the same bytes.
fn chained(before: &[u8], id: i64, at_ms: i64, texts: [&str; 5], subjects: &[u8]) -> [u8; 32] {
    let mut bytes = before.to_vec();
    bytes.extend(id.to_be_bytes());
    bytes.extend(at_ms.to_be_bytes());
    for text in texts {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes.extend(subjects);
    sha256(&bytes)
}

fn subjects_of(sql: &mut dyn Sql, audit_id: i64) -> Result<Vec<String>, StoreError> {
    let query = "SELECT person_id FROM audit_subject WHERE audit_id = $1 ORDER BY person_id";
    sql.all(query, values![audit_id])?.iter().map(|row| row.get("person_id")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 14:05 on 20 November 2026 in Japan.
    const AT_MS: i64 = 1_795_151_100_000;
    const MINUTE_MS: i64 = 60_000;

    fn look(minutes_before: i64, viewer: &str) -> View {
        View {
            at_ms: AT_MS - minutes_before * MINUTE_MS,
            viewer: viewer.to_owned(),
            object: "きょうの体調".to_owned(),
            purpose: "きょうの様子を確認".to_owned(),
            looks: 1,
            last_at_ms: None,
        }
    }

    /// Each look as minutes before 14:05 and viewer; each line as minutes, viewer and count.
    #[track_caller]
    fn check(looks: &[(i64, &str)], expected: &[(i64, &str, u32)]) {
        let views = grouped(looks.iter().map(|(before, viewer)| look(*before, viewer)).collect());
        let lines: Vec<_> = views
            .iter()
            .map(|view| ((AT_MS - view.at_ms) / MINUTE_MS, view.viewer.as_str(), view.looks))
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn looks_shortly_after_one_another_are_one_line_with_their_number() {
        check(&[(0, "a"), (9, "a"), (18, "a")], &[(18, "a", 3)]);
        check(&[(0, "a"), (10, "a")], &[(0, "a", 1), (10, "a", 1)]);
        check(&[(0, "a"), (1, "b"), (2, "a")], &[(1, "b", 1), (2, "a", 2)]);
    }

    #[test]
    fn several_looks_tell_the_first_and_the_last() {
        let views = grouped([0, 9, 18, 60].map(|before| look(before, "a")).into());
        let ago = |at_ms: i64| (AT_MS - at_ms) / MINUTE_MS;
        let times: Vec<_> =
            views.iter().map(|view| (ago(view.at_ms), view.last_at_ms.map(ago))).collect();
        assert_eq!(times, [(18, Some(0)), (60, None)]);
    }

    #[test]
    fn a_line_never_crosses_midnight() {
        // 14:05 is 845 minutes after midnight.
        check(&[(841, "a"), (849, "a")], &[(841, "a", 1), (849, "a", 1)]);
    }

    #[test]
    fn at_most_fifty_lines_are_shown() {
        let looks: Vec<(i64, &str)> = (0..60).map(|index| (index * 20, "a")).collect();
        let views = grouped(looks.iter().map(|(before, viewer)| look(*before, viewer)).collect());
        assert_eq!((views.len(), views[0].at_ms), (VIEWS_MAX, AT_MS));
    }
}
