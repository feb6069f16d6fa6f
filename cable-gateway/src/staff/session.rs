//! Sessions of staff: kept on the server, found by the hash of a random token.

use subtle::ConstantTimeEq as _;

use crate::{
    encoding::sha256,
    random::{self, Random},
    staff::StaffMember,
    store::{Sql, Store, StoreError},
    values,
};

/// No session lasts longer than a working day.
pub const ABSOLUTE_MS: i64 = 12 * 60 * 60 * 1000;
/// Activity is written down at most this often.
const TOUCH_MS: i64 = 30 * 1000;

/// The secret of one session; lives in the cookie only.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    pub(super) fn generate(random: &dyn Random) -> Self {
        Self(crate::encoding::hex(&random::bytes::<32>(random)))
    }

    /// Takes what a cookie says; `None` when it cannot be a token.
    pub fn parse(text: &str) -> Option<Self> {
        crate::encoding::from_hex::<32>(text).map(|_| Self(text.to_owned()))
    }

    /// For the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn hash(&self) -> [u8; 32] {
        sha256(self.0.as_bytes())
    }

    /// Token that every form of this session carries.
    pub fn form_token(&self) -> String {
        crate::encoding::hex(&sha256(format!("form|{}", self.0).as_bytes()))
    }

    /// Whether a form carries this session's token.
    pub fn owns_form(&self, form_token: &str) -> bool {
        self.form_token().as_bytes().ct_eq(form_token.as_bytes()).into()
    }
}

impl std::fmt::Debug for SessionToken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SessionToken(..)")
    }
}

/// What a token leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A living session.
    Active(StaffMember),
    /// The session was left alone too long, or lasted too long.
    Expired,
    /// No such session.
    None,
}

/// Starts a session.
pub(super) fn start(
    sql: &mut dyn Sql,
    token: &SessionToken,
    staff_id: &str,
    now_ms: i64,
) -> Result<(), StoreError> {
    sql.execute(
        "DELETE FROM staff_session WHERE created_at_ms < $1",
        values![now_ms - 2 * ABSOLUTE_MS],
    )?;
    sql.execute(
        "INSERT INTO staff_session (token_hash, staff_id, created_at_ms, last_seen_ms) \
         VALUES ($1, $2, $3, $3)",
        values![&token.hash(), staff_id, now_ms],
    )?;
    Ok(())
}

/// Finds the session; it is over after `idle_ms` without activity. `active` says that a person
/// acted (a page that refreshes itself does not).
pub async fn find(
    store: &Store,
    token: &SessionToken,
    now_ms: i64,
    idle_ms: i64,
    active: bool,
) -> Result<Found, StoreError> {
    let hash = token.hash();
    let (found, last_seen_ms) = store.read(move |sql| look_up(sql, &hash, now_ms, idle_ms)).await?;
    if active && matches!(found, Found::Active(_)) && now_ms - last_seen_ms > TOUCH_MS {
        store.write(move |sql| touch(sql, &hash, now_ms)).await?;
    }
    Ok(found)
}

fn look_up(
    sql: &mut dyn Sql,
    hash: &[u8; 32],
    now_ms: i64,
    idle_ms: i64,
) -> Result<(Found, i64), StoreError> {
    let row = sql.optional(
        "SELECT s.staff_id, s.name, s.office, s.role, e.created_at_ms, e.last_seen_ms \
         FROM staff_session e JOIN staff s ON s.staff_id = e.staff_id \
         WHERE e.token_hash = $1 AND s.active = 1",
        values![hash],
    )?;
    let Some(row) = row else { return Ok((Found::None, 0)) };
    let (created_ms, last_seen_ms): (i64, i64) =
        (row.get("created_at_ms")?, row.get("last_seen_ms")?);
    if now_ms - last_seen_ms >= idle_ms || now_ms - created_ms >= ABSOLUTE_MS {
        return Ok((Found::Expired, last_seen_ms));
    }
    Ok((Found::Active(StaffMember::from_row(&row)?), last_seen_ms))
}

fn touch(sql: &mut dyn Sql, hash: &[u8; 32], now_ms: i64) -> Result<(), StoreError> {
    sql.execute(
        "UPDATE staff_session SET last_seen_ms = $2 WHERE token_hash = $1 AND last_seen_ms < $2",
        values![hash, now_ms],
    )?;
    Ok(())
}

/// Ends a session; ending one that is over is not an error.
pub async fn end(store: &Store, token: &SessionToken) -> Result<(), StoreError> {
    let hash = token.hash();
    store
        .write(move |sql| {
            sql.execute("DELETE FROM staff_session WHERE token_hash = $1", values![&hash])
        })
        .await?;
    Ok(())
}
