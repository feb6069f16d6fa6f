//! Sign-in: login, password and a one-time code; failures make the next attempt wait.
//!
//! An answer never tells whether a login exists: unknown logins take as long, count failures and
//! wait alike. Every failure is written into the audit log.

use zeroize::Zeroizing;

use crate::{
    audit::{self, Viewer},
    clock::Clock,
    random::Random,
    staff::{
        StaffMember, account,
        credential::{CredentialError, PasswordHashing, SecondFactor},
        delay::Origin,
        seal::{Seal, SealBroken},
        session::{self, SessionToken},
    },
    store::{Sql, Store, StoreError},
    values,
};

/// What somebody typed.
pub struct Attempt {
    /// Login.
    pub login: String,
    /// Password.
    pub password: Zeroizing<String>,
    /// Six digits of the authenticator.
    pub code: String,
    /// Where the attempt comes from.
    pub address: String,
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
    #[error("too many wrong attempts; the next one counts from {until_ms}")]
    Wait {
        /// When the next attempt counts, Unix milliseconds.
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
    let origin = Origin::new(seal, &login, attempt.address);
    let account = store.read(read_account(origin.clone(), now_ms)).await?;
    let hash = account.as_ref().map(|account| account.password_hash.clone());
    let password_right = hashing.verify(attempt.password, hash).await?;
    let step = match &account {
        Some(account) => SecondFactor::new(&seal.open(&login, &account.totp_secret)?, &login)?
            .step_of(attempt.code.trim(), now_ms),
        None => None,
    };
    let staff_id = account.as_ref().map(|account| account.member.staff_id.clone());
    let proven = account.filter(|_| password_right).zip(step);
    let token = SessionToken::generate(random);
    let result = Outcome { origin, staff_id, proven, session: token.clone() };
    let settled = store.write(move |sql| settle(sql, result, now_ms)).await?;
    settled.map(|member| (token, member))
}

/// What came out of the comparison.
struct Outcome {
    origin: Origin,
    /// Whose login it is, right or wrong.
    staff_id: Option<String>,
    /// The account and the step of its code, when everything was right.
    proven: Option<(Account, i64)>,
    session: SessionToken,
}

fn read_account(
    origin: Origin,
    now_ms: i64,
) -> impl FnOnce(&mut dyn Sql) -> Result<Option<Account>, SignInError> + Send + 'static {
    move |sql| {
        refuse_if_early(sql, &origin, now_ms)?;
        let row = sql.optional(
            "SELECT staff_id, name, office, role, password_hash, totp_secret FROM staff \
             WHERE login = $1 AND active = 1",
            values![origin.login],
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
    outcome: Outcome,
    now_ms: i64,
) -> Result<Result<StaffMember, SignInError>, SignInError> {
    let Outcome { origin, staff_id, proven, session } = outcome;
    refuse_if_early(sql, &origin, now_ms)?;
    let Some((account, step)) = proven else {
        origin.failed(sql, now_ms)?;
        note_failure(sql, &origin, staff_id, now_ms)?;
        // The attempt after which one has to wait says so at once.
        return Ok(Err(match refuse_if_early(sql, &origin, now_ms) {
            Err(wait) => wait,
            Ok(()) => SignInError::Refused,
        }));
    };
    let staff_id = account.member.staff_id.clone();
    let first_use = sql.execute(
        "UPDATE staff SET totp_last_step = $2 WHERE staff_id = $1 AND totp_last_step < $2",
        values![&staff_id, step],
    )?;
    if first_use == 0 {
        note_failure(sql, &origin, Some(staff_id), now_ms)?;
        return Ok(Err(SignInError::CodeUsed));
    }
    origin.succeeded(sql, &staff_id, now_ms)?;
    session::start(sql, &session, &staff_id, now_ms)?;
    Ok(Ok(account.member))
}

fn refuse_if_early(sql: &mut dyn Sql, origin: &Origin, now_ms: i64) -> Result<(), SignInError> {
    match origin.wait_until(sql, now_ms)? {
        Some(until_ms) => Err(SignInError::Wait { until_ms }),
        None => Ok(()),
    }
}

/// A login that nobody has may be a password typed into the wrong field: it is not written down.
fn note_failure(
    sql: &mut dyn Sql,
    origin: &Origin,
    staff_id: Option<String>,
    now_ms: i64,
) -> Result<(), StoreError> {
    let viewer = Viewer {
        actor: staff_id.unwrap_or_else(|| "unknown".to_owned()),
        office: String::new(),
        purpose: format!("from {}", origin.address),
    };
    audit::act(sql, &viewer, now_ms, "sign-in-failed", &[])
}
