//! Orders that are written but not yet sent: who may send them, and what became of them.
//!
//! An order leaves in two steps: somebody claims the draft here, then the order desk publishes
//! it. The claim is a transaction of its own, so that two people who press at once send once.

mod content;

use evacuation::order::Mode;

use crate::{
    audit::{self, Viewer},
    free_text::{self, FreeTextFault},
    orders::{Authority, OrderDraft, needs_confirmation},
    staff::StaffMember,
    store::{Row, Sql, StoreError, order},
    values,
};

/// After this long a draft speaks of a situation that has passed.
pub const VALID_MS: i64 = 60 * 60 * 1000;
/// A claim that is older than this was cut off between claim and publication.
const CLAIM_MS: i64 = 30 * 1000;
/// Longest reason of an officer, in characters.
pub const MAX_REASON_CHARS: usize = 200;

/// Where a draft stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftState {
    /// Nobody decided yet.
    Waiting,
    /// Claimed; the desk is publishing it.
    Issuing,
    /// Sent.
    Issued,
    /// A second person refused it.
    Rejected,
    /// Its author took it back.
    Withdrawn,
}

impl DraftState {
    fn from_code(code: &str) -> Option<Self> {
        match code {
            "waiting" => Some(Self::Waiting),
            "issuing" => Some(Self::Issuing),
            "issued" => Some(Self::Issued),
            "rejected" => Some(Self::Rejected),
            "withdrawn" => Some(Self::Withdrawn),
            _ => None,
        }
    }
}

/// A draft as it lies in the store.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredDraft {
    /// Random id.
    pub draft_id: String,
    /// Staff id of the author.
    pub author_id: String,
    /// When it was written, Unix milliseconds.
    pub created_at_ms: i64,
    /// Where it stands.
    pub state: DraftState,
    /// What would be ordered.
    pub content: OrderDraft,
    /// Staff id of the person who decided.
    pub decided_by: Option<String>,
    /// When it was decided, Unix milliseconds.
    pub decided_at_ms: Option<i64>,
    /// Why it was rejected, or why one person alone sent it.
    pub decision_reason: Option<String>,
    /// Sent by one person on the emergency path.
    pub emergency: bool,
    /// The order that came of it.
    pub order_id: Option<String>,
}

/// How an officer wants to send a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// By the rule: alone where one suffices, as the second person otherwise.
    Regular,
    /// Alone, because waiting is not possible.
    Emergency {
        /// Why.
        reason: String,
    },
}

/// Why a draft was not changed.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Nobody wrote such a draft.
    #[error("no such draft")]
    Unknown,
    /// Somebody decided before.
    #[error("the draft is not waiting any more")]
    Decided,
    /// Too old to be sent.
    #[error("the draft is too old to be sent; write it again")]
    Stale,
    /// The author cannot be the second person.
    #[error("a second person must confirm; the author cannot")]
    OwnDraft,
    /// Only the author takes a draft back or sends it in an emergency.
    #[error("only the author can do this")]
    NotAuthor,
    /// A reason is needed.
    #[error("a reason of 1 to 200 characters is needed")]
    Reason,
    /// The reason holds what cannot be read.
    #[error("the reason holds {0}")]
    FreeText(#[from] FreeTextFault),
    /// The content cannot be read.
    #[error("the stored draft cannot be read")]
    Content,
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a second person is needed: for what the draft says, or for what it replaces or ends.
pub fn needs_second_person(sql: &mut dyn Sql, content: &OrderDraft) -> Result<bool, StoreError> {
    if content.mode != Mode::Actual || needs_confirmation(content) {
        return Ok(needs_confirmation(content));
    }
    for reference in &content.references {
        let earlier = order::find(sql, &reference.to_string())?;
        if earlier.is_none_or(|earlier| earlier.level != Some(3)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Keeps a new draft.
pub fn insert(
    sql: &mut dyn Sql,
    draft_id: &str,
    author: &StaffMember,
    now_ms: i64,
    content: &OrderDraft,
) -> Result<(), StoreError> {
    sql.execute(
        "INSERT INTO order_draft (draft_id, author_id, created_at_ms, state, content, emergency) \
         VALUES ($1, $2, $3, 'waiting', $4, 0)",
        values![draft_id, &author.staff_id, now_ms, content::to_json(content)],
    )?;
    Ok(())
}

/// One draft.
pub fn find(sql: &mut dyn Sql, draft_id: &str) -> Result<StoredDraft, DraftError> {
    let query = "SELECT * FROM order_draft WHERE draft_id = $1";
    let row = sql.optional(query, values![draft_id])?.ok_or(DraftError::Unknown)?;
    read(&row)
}

/// The draft from which an order came.
pub fn of_order(sql: &mut dyn Sql, order_id: &str) -> Result<Option<StoredDraft>, DraftError> {
    let query = "SELECT * FROM order_draft WHERE order_id = $1";
    sql.optional(query, values![order_id])?.as_ref().map(read).transpose()
}

/// Drafts that somebody can still send, oldest first.
pub fn waiting(sql: &mut dyn Sql, now_ms: i64) -> Result<Vec<StoredDraft>, DraftError> {
    let query = "SELECT * FROM order_draft WHERE state = 'waiting' AND created_at_ms > $1 \
                 ORDER BY created_at_ms";
    sql.all(query, values![now_ms - VALID_MS])?.iter().map(read).collect()
}

/// Drafts of others that wait for this officer as the second person, oldest first.
pub fn waiting_for(
    sql: &mut dyn Sql,
    staff_id: &str,
    now_ms: i64,
) -> Result<Vec<StoredDraft>, DraftError> {
    let mut found = Vec::new();
    for draft in waiting(sql, now_ms)? {
        if draft.author_id != staff_id && needs_second_person(sql, &draft.content)? {
            found.push(draft);
        }
    }
    Ok(found)
}

/// Claims a draft for `officer`; exactly one claim of a draft succeeds.
pub fn claim(
    sql: &mut dyn Sql,
    draft_id: &str,
    officer: &StaffMember,
    way: Way,
    now_ms: i64,
) -> Result<(OrderDraft, Authority), DraftError> {
    let draft = find(sql, draft_id)?;
    check_open(&draft, now_ms)?;
    let authority = authority(sql, &draft, officer, &way)?;
    let emergency = matches!(way, Way::Emergency { .. });
    let reason = match way {
        Way::Regular => None,
        Way::Emergency { reason } => Some(checked_reason(&reason)?),
    };
    if let Some(reason) = &reason {
        let viewer = viewer(officer, reason);
        audit::act(sql, &viewer, now_ms, "order-emergency-reason", &[])?;
    }
    sql.execute(
        "UPDATE order_draft SET state = 'issuing', decided_by = $2, decided_at_ms = $3, \
         decision_reason = $4, emergency = $5 WHERE draft_id = $1",
        values![draft_id, &officer.staff_id, now_ms, reason, emergency],
    )?;
    Ok((draft.content, authority))
}

fn authority(
    sql: &mut dyn Sql,
    draft: &StoredDraft,
    officer: &StaffMember,
    way: &Way,
) -> Result<Authority, DraftError> {
    let (author, id) = (draft.author_id.clone(), officer.staff_id.clone());
    let own = author == id;
    match way {
        Way::Emergency { .. } if own => Ok(Authority::Emergency { officer: id }),
        Way::Emergency { .. } => Err(DraftError::NotAuthor),
        Way::Regular if !own => Ok(Authority::TwoOfficers { author, confirmer: id }),
        Way::Regular if needs_second_person(sql, &draft.content)? => Err(DraftError::OwnDraft),
        Way::Regular => Ok(Authority::OneOfficer { author }),
    }
}

/// The claimed draft was published.
pub fn issued(sql: &mut dyn Sql, draft_id: &str, order_id: &str) -> Result<(), StoreError> {
    sql.execute(
        "UPDATE order_draft SET state = 'issued', order_id = $2 \
         WHERE draft_id = $1 AND state = 'issuing'",
        values![draft_id, order_id],
    )?;
    Ok(())
}

/// The claimed draft was not published; it waits again.
pub fn release(sql: &mut dyn Sql, draft_id: &str) -> Result<(), StoreError> {
    sql.execute(
        "UPDATE order_draft SET state = 'waiting', decided_by = NULL, decided_at_ms = NULL, \
         decision_reason = NULL, emergency = 0 WHERE draft_id = $1 AND state = 'issuing'",
        values![draft_id],
    )?;
    Ok(())
}

/// Settles claims that a crash cut off: published if the author's order exists, else waiting.
pub fn settle_cut_off(sql: &mut dyn Sql, now_ms: i64) -> Result<(), StoreError> {
    let query = "SELECT draft_id, (SELECT MIN(t.order_id) FROM town_order t \
                 WHERE t.author = d.author_id AND t.issued_at_ms >= d.decided_at_ms \
                 AND NOT EXISTS (SELECT 1 FROM order_draft k WHERE k.order_id = t.order_id)) \
                 AS order_id FROM order_draft d \
                 WHERE d.state = 'issuing' AND d.decided_at_ms < $1";
    for row in sql.all(query, values![now_ms - CLAIM_MS])? {
        let draft_id: String = row.get("draft_id")?;
        match row.get::<Option<String>>("order_id")? {
            Some(order_id) => issued(sql, &draft_id, &order_id)?,
            None => release(sql, &draft_id)?,
        }
    }
    Ok(())
}

/// A second person refuses the draft.
pub fn reject(
    sql: &mut dyn Sql,
    draft_id: &str,
    officer: &StaffMember,
    reason: &str,
    now_ms: i64,
) -> Result<(), DraftError> {
    let draft = find(sql, draft_id)?;
    check_waiting(&draft)?;
    if draft.author_id == officer.staff_id {
        return Err(DraftError::OwnDraft);
    }
    let reason = checked_reason(reason)?;
    audit::act(sql, &viewer(officer, &reason), now_ms, "order-draft-rejected", &[])?;
    close(sql, draft_id, "rejected", officer, Some(&reason), now_ms)
}

/// The author takes the draft back.
pub fn withdraw(
    sql: &mut dyn Sql,
    draft_id: &str,
    officer: &StaffMember,
    now_ms: i64,
) -> Result<(), DraftError> {
    let draft = find(sql, draft_id)?;
    check_waiting(&draft)?;
    if draft.author_id != officer.staff_id {
        return Err(DraftError::NotAuthor);
    }
    close(sql, draft_id, "withdrawn", officer, None, now_ms)
}

fn close(
    sql: &mut dyn Sql,
    draft_id: &str,
    state: &'static str,
    officer: &StaffMember,
    reason: Option<&str>,
    now_ms: i64,
) -> Result<(), DraftError> {
    sql.execute(
        "UPDATE order_draft SET state = $2, decided_by = $3, decided_at_ms = $4, \
         decision_reason = $5 WHERE draft_id = $1",
        values![draft_id, state, &officer.staff_id, now_ms, reason],
    )?;
    Ok(())
}

/// Whether a draft is too old to be sent.
pub fn is_stale(draft: &StoredDraft, now_ms: i64) -> bool {
    now_ms - draft.created_at_ms >= VALID_MS
}

fn check_open(draft: &StoredDraft, now_ms: i64) -> Result<(), DraftError> {
    check_waiting(draft)?;
    if is_stale(draft, now_ms) { Err(DraftError::Stale) } else { Ok(()) }
}

fn check_waiting(draft: &StoredDraft) -> Result<(), DraftError> {
    if draft.state == DraftState::Waiting { Ok(()) } else { Err(DraftError::Decided) }
}

fn checked_reason(reason: &str) -> Result<String, DraftError> {
    let reason = reason.trim();
    let fits = (1..=MAX_REASON_CHARS).contains(&reason.chars().count());
    if !fits || free_text::is_blank(reason) {
        return Err(DraftError::Reason);
    }
    free_text::check(reason)?;
    Ok(reason.to_owned())
}

fn viewer(officer: &StaffMember, purpose: &str) -> Viewer {
    Viewer {
        actor: officer.staff_id.clone(),
        office: officer.viewer(),
        purpose: purpose.to_owned(),
    }
}

fn read(row: &Row) -> Result<StoredDraft, DraftError> {
    let state = DraftState::from_code(&row.get::<String>("state")?);
    let content = content::from_json(&row.get::<String>("content")?);
    Ok(StoredDraft {
        draft_id: row.get("draft_id")?,
        author_id: row.get("author_id")?,
        created_at_ms: row.get("created_at_ms")?,
        state: state.ok_or(DraftError::Content)?,
        content: content.ok_or(DraftError::Content)?,
        decided_by: row.get("decided_by")?,
        decided_at_ms: row.get("decided_at_ms")?,
        decision_reason: row.get("decision_reason")?,
        emergency: row.get("emergency")?,
        order_id: row.get("order_id")?,
    })
}
