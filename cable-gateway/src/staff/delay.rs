//! How long the next sign-in has to wait after failed ones.
//!
//! Waiting grows with every failure and never becomes a lock. Who guesses from somewhere slows down
//! that place, and the login at places it was never used at; an officer at an address from which
//! they signed in before waits for half a minute at most, whatever others try elsewhere.
//!
//! What was typed as a login is never kept: counters stand under a keyed digest of it.

use crate::{
    staff::seal::Seal,
    store::{Sql, StoreError},
    values,
};

/// Failures of a login at one address, or of a login at unknown addresses, without waiting.
const FREE: i64 = 2;
/// Failures of one address, over all logins, without waiting: an office has one address.
const FREE_OF_ADDRESS: i64 = 9;
/// The first waiting time; each further failure doubles it.
const FIRST_MS: i64 = 5_000;
/// Longest waiting time at an address from which this person signed in before.
pub const LONGEST_KNOWN_MS: i64 = 30_000;
/// Longest waiting time elsewhere: long against guessing, short in an emergency.
pub const LONGEST_MS: i64 = 5 * 60_000;
/// Failures older than this are forgotten.
const MEMORY_MS: i64 = 24 * 60 * 60_000;
/// An address is known for this long after the last sign-in.
const KNOWN_MS: i64 = 90 * 24 * 60 * 60_000;

/// Where a sign-in comes from, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    pub(super) login: String,
    pub(super) address: String,
    /// The login as counters know it.
    digest: String,
}

/// What is counted.
struct Subject {
    key: String,
    free: i64,
    longest_ms: i64,
}

impl Subject {
    fn wait_until(&self, sql: &mut dyn Sql, now_ms: i64) -> Result<Option<i64>, StoreError> {
        let query = "SELECT wait_until_ms FROM sign_in_delay WHERE subject = $1";
        let row = sql.optional(query, values![&self.key])?;
        let until_ms: Option<i64> = row.map(|row| row.get("wait_until_ms")).transpose()?;
        // What was set before the address became known counts no longer than the present rule.
        let until_ms = until_ms.map(|until| until.min(now_ms + self.longest_ms));
        Ok(until_ms.filter(|until| *until > now_ms))
    }

    fn failed(&self, sql: &mut dyn Sql, now_ms: i64) -> Result<(), StoreError> {
        let row = sql.one(
            "INSERT INTO sign_in_delay (subject, failures, wait_until_ms, last_at_ms) \
             VALUES ($1, 1, 0, $2) ON CONFLICT (subject) DO UPDATE \
             SET failures = sign_in_delay.failures + 1, last_at_ms = $2 RETURNING failures",
            values![&self.key, now_ms],
        )?;
        let wait_ms = waiting_ms(row.get("failures")?, self.free, self.longest_ms);
        let query = "UPDATE sign_in_delay SET wait_until_ms = $2 WHERE subject = $1";
        sql.execute(query, values![&self.key, now_ms + wait_ms]).map(drop)
    }
}

fn forget_old(sql: &mut dyn Sql, now_ms: i64) -> Result<(), StoreError> {
    let forget = "DELETE FROM sign_in_delay WHERE last_at_ms < $1";
    sql.execute(forget, values![now_ms - MEMORY_MS]).map(drop)
}

impl Origin {
    pub(super) fn new(seal: &Seal, login: &str, address: String) -> Self {
        Self { login: login.to_owned(), address, digest: seal.digest(login) }
    }

    /// The login at this address.
    fn here(&self) -> String {
        format!("{}@{}", self.digest, self.address)
    }

    /// What a failure from here counts for. Logins that do not exist are never known anywhere.
    fn subjects(&self, sql: &mut dyn Sql, now_ms: i64) -> Result<Vec<Subject>, StoreError> {
        let known = self.is_known(sql, now_ms)?;
        let longest_ms = if known { LONGEST_KNOWN_MS } else { LONGEST_MS };
        let here = Subject { key: self.here(), free: FREE, longest_ms };
        if known {
            return Ok(vec![here]);
        }
        let elsewhere = Subject { key: self.digest.clone(), free: FREE, longest_ms };
        let place =
            Subject { key: format!("@{}", self.address), free: FREE_OF_ADDRESS, longest_ms };
        Ok(vec![here, elsewhere, place])
    }

    fn is_known(&self, sql: &mut dyn Sql, now_ms: i64) -> Result<bool, StoreError> {
        let query = "SELECT a.staff_id FROM staff_address a \
                     JOIN staff s ON s.staff_id = a.staff_id \
                     WHERE s.login = $1 AND a.address = $2 AND a.last_at_ms > $3";
        let known = sql.optional(query, values![&self.login, &self.address, now_ms - KNOWN_MS])?;
        Ok(known.is_some())
    }

    /// Until when the next attempt has to wait, if it has to.
    pub(super) fn wait_until(
        &self,
        sql: &mut dyn Sql,
        now_ms: i64,
    ) -> Result<Option<i64>, StoreError> {
        let mut longest = None;
        for subject in self.subjects(sql, now_ms)? {
            longest = longest.max(subject.wait_until(sql, now_ms)?);
        }
        Ok(longest)
    }

    /// One more failure.
    pub(super) fn failed(&self, sql: &mut dyn Sql, now_ms: i64) -> Result<(), StoreError> {
        forget_old(sql, now_ms)?;
        self.subjects(sql, now_ms)?.iter().try_for_each(|subject| subject.failed(sql, now_ms))
    }

    /// Everything was right: the address is known from now on, and the login waits no more.
    pub(super) fn succeeded(
        &self,
        sql: &mut dyn Sql,
        staff_id: &str,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let query = "DELETE FROM sign_in_delay WHERE subject = $1 OR subject = $2";
        sql.execute(query, values![&self.digest, self.here()])?;
        sql.execute(
            "INSERT INTO staff_address (staff_id, address, last_at_ms) VALUES ($1, $2, $3) \
             ON CONFLICT (staff_id, address) DO UPDATE SET last_at_ms = $3",
            values![staff_id, &self.address, now_ms],
        )?;
        let query = "DELETE FROM staff_address WHERE last_at_ms < $1";
        sql.execute(query, values![now_ms - KNOWN_MS]).map(drop)
    }
}

/// Codes of letters that a member of staff types. Wrong ones slow this person down and nobody else.
#[derive(Debug, Clone)]
pub(crate) struct CodeTries(String);

impl CodeTries {
    pub(crate) fn of(staff_id: &str) -> Self {
        Self(format!("code/{staff_id}"))
    }

    fn subject(&self) -> Subject {
        Subject { key: self.0.clone(), free: FREE, longest_ms: LONGEST_MS }
    }

    /// Until when the next code is not looked at, if one has to wait.
    pub(crate) fn wait_until(
        &self,
        sql: &mut dyn Sql,
        now_ms: i64,
    ) -> Result<Option<i64>, StoreError> {
        self.subject().wait_until(sql, now_ms)
    }

    /// One more wrong code.
    pub(crate) fn failed(&self, sql: &mut dyn Sql, now_ms: i64) -> Result<(), StoreError> {
        forget_old(sql, now_ms)?;
        self.subject().failed(sql, now_ms)
    }

    /// A code that counted.
    pub(crate) fn succeeded(&self, sql: &mut dyn Sql) -> Result<(), StoreError> {
        let query = "DELETE FROM sign_in_delay WHERE subject = $1";
        sql.execute(query, values![&self.0]).map(drop)
    }
}

/// Forgets every failure of a login.
pub(super) fn forget(sql: &mut dyn Sql, seal: &Seal, login: &str) -> Result<(), StoreError> {
    let query = "DELETE FROM sign_in_delay WHERE subject = $1 OR subject LIKE $2";
    let digest = seal.digest(login);
    sql.execute(query, values![&digest, format!("{digest}@%")]).map(drop)
}

fn waiting_ms(failures: i64, free: i64, longest_ms: i64) -> i64 {
    if failures <= free {
        return 0;
    }
    let doublings = (failures - free - 1).min(20);
    (FIRST_MS << doublings).min(longest_ms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_doubles_up_to_its_limit() {
        let waits = |longest_ms| -> Vec<i64> {
            (1..10).map(|failures| waiting_ms(failures, FREE, longest_ms) / 1_000).collect()
        };
        assert_eq!(waits(LONGEST_MS), [0, 0, 5, 10, 20, 40, 80, 160, 300]);
        assert_eq!(waits(LONGEST_KNOWN_MS), [0, 0, 5, 10, 20, 30, 30, 30, 30]);
        assert_eq!(waiting_ms(i64::MAX, FREE, LONGEST_MS), LONGEST_MS);
    }
}
