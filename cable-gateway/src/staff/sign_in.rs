//! Sign-in: login, password and a one-time code, with a lock against guessing.
//!
//! An answer never tells whether a login exists: unknown logins take as long, count failures and
//! are locked alike.

use zeroize::Zeroizing;

use crate::{
    clock::Clock,
    random::Random,
    staff::{
        StaffMember, account,
        credential::{CredentialError, PasswordHashing, SecondFactor},
        seal::{Seal, SealBroken},
        session::{self, SessionToken},
    },
    store::{Sql, Store, StoreError},
    values,
};

/// Wrong attempts in a row before the login is locked.
pub const ATTEMPTS: i64 = 5;
/// How long a lock lasts: long enough against guessing, short enough for an emergency.
pub const LOCK_MS: i64 = 5 * 60 * 1000;
/// Failures older than this are forgotten.
const MEMORY_MS: i64 = 24 * 60 * 60 * 1000;

/// What somebody typed.
pub struct Attempt {
    /// Login.
    pub login: String,
    /// Password.
    pub password: Zeroizing<String>,
    /// Six digits of the authenticator.
    pub code: String,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Login, password or code is wrong.
    #[error("login, password or code is wrong")]
    Refused,
    /// The code was used before.
    #[error("this code was used already; wait for the next one")]
    CodeUsed,
    /// Too many wrong attempts.
    #[error("locked after too many attempts until {until_ms}")]
    Locked {
        /// End of the lock, Unix milliseconds.
        until_ms: i64,
    },
    /// The second factor does not open.
    #[error(transparent)]
    Seal(#[from] SealBroken),
    /// Too many sign-ins at once.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Account as far as a sign-in needs it.
struct Account {
    member: StaffMember,
    password_hash: String,
    totp_secret: Vec<u8>,
}

/// Signs in and starts a session.
pub async fn sign_in(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn Random,
    hashing: &PasswordHashing,
    seal: &Seal,
    attempt: Attempt,
) -> Result<(SessionToken, StaffMember), SignInError> {
    let login = attempt.login.trim().to_ascii_lowercase();
    if !account::is_login(&login) {
        return Err(SignInError::Refused);
    }
    let now_ms = clock.now_ms();
    let account = store.read(read_account(login.clone(), now_ms)).await?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let password_right = hashing.verify(attempt.password, hash).await?;
    let step = match &account {
        Some(account) => SecondFactor::new(&seal.open(&login, &account.totp_secret)?, &login)?
            .step_of(attempt.code.trim(), now_ms),
        None => None,
    };
    let proven = account.filter(|_| password_right).zip(step);
    let token = SessionToken::generate(random);
    let session = token.clone();
    let settled = store.write(move |sql| settle(sql, &login, proven, &session, now_ms)).await?;
    settled.map(|member| (token, member))
}

fn read_account(
    login: String,
    now_ms: i64,
) -> impl FnOnce(&mut dyn Sql) -> Result<Option<Account>, SignInError> + Send + 'static {
    move |sql| {
        refuse_if_locked(sql, &login, now_ms)?;
        let row = sql.optional(
            "SELECT staff_id, name, office, role, password_hash, totp_secret FROM staff \
             WHERE login = $1 AND active = 1",
            values![login],
        )?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Account {
            member: StaffMember::from_row(&row)?,
            password_hash: row.get("password_hash")?,
            totp_secret: row.get("totp_secret")?,
        }))
    }
}

/// Decides in one transaction, so that a burst of guesses gets no more attempts than a patient one.
/// The outer result is the transaction's: a refusal is a success to be kept.
fn settle(
    sql: &mut dyn Sql,
    login: &str,
    proven: Option<(Account, i64)>,
    token: &SessionToken,
    now_ms: i64,
) -> Result<Result<StaffMember, SignInError>, SignInError> {
    refuse_if_locked(sql, login, now_ms)?;
    let Some((account, step)) = proven else {
        count_failure(sql, login, now_ms)?;
        // The attempt that sets the lock says so at once.
        return Ok(Err(match refuse_if_locked(sql, login, now_ms) {
            Err(locked) => locked,
            Ok(()) => SignInError::Refused,
        }));
    };
    let staff_id = &account.member.staff_id;
    let first_use = sql.execute(
        "UPDATE staff SET totp_last_step = $2 WHERE staff_id = $1 AND totp_last_step < $2",
        values![staff_id, step],
    )?;
    if first_use == 0 {
        return Ok(Err(SignInError::CodeUsed));
    }
    sql.execute("DELETE FROM sign_in_failure WHERE login = $1", values![login])?;
    session::start(sql, token, staff_id, now_ms)?;
    Ok(Ok(account.member))
}

fn refuse_if_locked(sql: &mut dyn Sql, login: &str, now_ms: i64) -> Result<(), SignInError> {
    let row = sql
        .optional("SELECT locked_until_ms FROM sign_in_failure WHERE login = $1", values![login])?;
    let until_ms = row.map_or(Ok(0), |row| row.get("locked_until_ms"))?;
    if until_ms > now_ms { Err(SignInError::Locked { until_ms }) } else { Ok(()) }
}

fn count_failure(sql: &mut dyn Sql, login: &str, now_ms: i64) -> Result<(), StoreError> {
    sql.execute("DELETE FROM sign_in_failure WHERE last_at_ms < $1", values![now_ms - MEMORY_MS])?;
    sql.execute(
        "INSERT INTO sign_in_failure (login, failures, locked_until_ms, last_at_ms) \
         VALUES ($1, 1, 0, $2) ON CONFLICT (login) DO UPDATE \
         SET failures = sign_in_failure.failures + 1, last_at_ms = $2",
        values![login, now_ms],
    )?;
    sql.execute(
        "UPDATE sign_in_failure SET failures = 0, locked_until_ms = $3 \
         WHERE login = $1 AND failures >= $2",
        values![login, ATTEMPTS, now_ms + LOCK_MS],
    )?;
    Ok(())
}
