//! One-time codes for many homes at once: the letters of a hundred boxes.

use crate::{
    config::Config,
    encoding::when,
    enrolment::{self, CodeHash},
    fleet::csv::Csv,
    random::Random,
    store::{Sql, Store, StoreError},
    values,
};

/// Most codes of one list; each costs a slow hash.
pub const CODES_MAX: usize = 500;
const DAY_MS: i64 = 86_400_000;

/// A home without a box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Home {
    /// Its id.
    pub household_id: String,
    /// Name of the district.
    pub area: String,
}

/// A code and whom it is for.
#[derive(Debug)]
pub struct Letter {
    /// The home.
    pub home: Home,
    /// Twelve digits.
    pub code: String,
}

/// Homes without a box and without a code that can still be used, in the order of the import.
pub fn homes_without_box(
    sql: &mut dyn Sql,
    now_ms: i64,
    limit: usize,
) -> Result<Vec<Home>, StoreError> {
    let limit = i64::try_from(limit.min(CODES_MAX)).unwrap_or(0);
    let rows = sql.all(
        "SELECT h.household_id, a.name FROM household h JOIN area a ON a.area_id = h.area_id \
         WHERE NOT EXISTS (SELECT 1 FROM device d WHERE d.household_id = h.household_id \
         AND d.state = 'active') AND NOT EXISTS (SELECT 1 FROM enrolment_code c \
         WHERE c.household_id = h.household_id AND c.used_at_ms IS NULL AND c.expires_at_ms > $1) \
         ORDER BY h.ordinal, h.household_id LIMIT $2",
        values![now_ms, limit],
    )?;
    let home = |row: &crate::store::Row| {
        Ok(Home { household_id: row.get("household_id")?, area: row.get("name")? })
    };
    rows.iter().map(home).collect()
}

/// How many homes have neither a box nor a code that can still be used.
pub fn homes_left(sql: &mut dyn Sql, now_ms: i64) -> Result<u32, StoreError> {
    let query = "SELECT COUNT(*) AS found FROM household h \
         WHERE NOT EXISTS (SELECT 1 FROM device d WHERE d.household_id = h.household_id \
         AND d.state = 'active') AND NOT EXISTS (SELECT 1 FROM enrolment_code c \
         WHERE c.household_id = h.household_id AND c.used_at_ms IS NULL AND c.expires_at_ms > $1)";
    sql.one(query, values![now_ms])?.get("found")
}

/// Draws a code for each home and keeps their hashes, all or none.
pub async fn draw(
    store: &Store,
    config: &Config,
    random: &dyn Random,
    homes: Vec<Home>,
    now_ms: i64,
    days: u16,
) -> Result<Vec<Letter>, StoreError> {
    let letter = |home| Letter { home, code: enrolment::draw_code(random) };
    let letters: Vec<Letter> = homes.into_iter().take(CODES_MAX).map(letter).collect();
    let (codes, gateway_id): (Vec<String>, _) =
        (letters.iter().map(|letter| letter.code.clone()).collect(), config.gateway.id.clone());
    let hashes = tokio::task::spawn_blocking(move || {
        codes.iter().filter_map(|code| CodeHash::of(code, &gateway_id)).collect::<Vec<_>>()
    });
    let hashes = hashes.await.map_err(|_| StoreError::Panicked)?;
    let ids: Vec<String> = letters.iter().map(|letter| letter.home.household_id.clone()).collect();
    let expires_at_ms = now_ms + i64::from(days) * DAY_MS;
    let keep = move |sql: &mut dyn Sql| {
        hashes
            .into_iter()
            .zip(&ids)
            .try_for_each(|(hash, id)| enrolment::insert_code(sql, hash, id, now_ms, expires_at_ms))
    };
    store.write(keep).await?;
    Ok(letters)
}

/// The list for whoever prints the letters; it names homes, never people.
pub fn list(letters: &[Letter], now_ms: i64, days: u16) -> String {
    let until = when(now_ms + i64::from(days) * DAY_MS);
    let mut table = Csv::new(&["household_id", "area", "code", "valid_until"]);
    for Letter { home, code } in letters {
        let spaced = [&code[..4], &code[4..8], &code[8..]].join(" ");
        table.line(&[&home.household_id, &home.area, &spaced, &until]);
    }
    table.text()
}
