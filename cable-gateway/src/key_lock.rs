//! Which keys of the remote a home uses. Staff choose it; the home's boxes hear of it as a part of their
//! provisioning.

use gateway_api::household::KeyLock;

use crate::{
    audit::{self, Viewer},
    store::{Row, Sql, StoreError},
    values,
};

/// Reads the column of a home; a word of a newer program locks nothing.
pub(crate) fn read(row: &Row) -> Result<KeyLock, StoreError> {
    Ok(KeyLock::from_code(&row.get::<String>("key_lock")?).unwrap_or_default())
}

/// What this home uses; none when there is no such home.
pub fn of_home(sql: &mut dyn Sql, household_id: &str) -> Result<Option<KeyLock>, StoreError> {
    let query = "SELECT key_lock FROM household WHERE household_id = $1";
    sql.optional(query, values![household_id])?.as_ref().map(read).transpose()
}

/// What the home of a person uses; none when nobody with this id lives here.
pub(crate) fn of_person(sql: &mut dyn Sql, person_id: &str) -> Result<Option<KeyLock>, StoreError> {
    let Some(home) = home_of(sql, person_id)? else { return Ok(None) };
    of_home(sql, &home)
}

fn home_of(sql: &mut dyn Sql, person_id: &str) -> Result<Option<String>, StoreError> {
    let query = "SELECT household_id FROM household_resident WHERE person_id = $1";
    sql.optional(query, values![person_id])?.map(|row| row.get("household_id")).transpose()
}

/// Chooses for the home of a person, and writes it down; false when nobody with this id lives here.
pub fn choose_for_person(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    person_id: &str,
    lock: KeyLock,
    now_ms: i64,
) -> Result<bool, StoreError> {
    let Some(home) = home_of(sql, person_id)? else { return Ok(false) };
    choose(sql, viewer, &home, lock, &[person_id.to_owned()], now_ms)?;
    Ok(true)
}

/// Chooses for a home, and writes it down; nothing where it is so already.
pub fn choose(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    household_id: &str,
    lock: KeyLock,
    persons: &[String],
    now_ms: i64,
) -> Result<(), StoreError> {
    let query = "UPDATE household SET key_lock = $2, version = version + 1 \
                 WHERE household_id = $1 AND key_lock <> $2";
    if sql.execute(query, values![household_id, lock.code()])? > 0 {
        let purpose = format!("{household_id} {}", lock.code());
        let viewer = Viewer { purpose, ..viewer.clone() };
        audit::act(sql, &viewer, now_ms, "remote-keys-chosen", persons)?;
    }
    Ok(())
}
