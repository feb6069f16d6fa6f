//! One-time codes for many homes at once: the letters of a hundred boxes.

use crate::{
    audit::{self, Viewer},
    config::Config,
    encoding::when,
    enrolment::{self, CodeHash},
    fleet::{
        csv::Csv,
        envelope::{Addressee, Envelopes},
    },
    random::Random,
    store::{Row, Sql, Store, StoreError},
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

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// For whom.
    pub homes: Vec<Home>,
    /// The moment, Unix milliseconds.
    pub now_ms: i64,
    /// Days for which the codes can be used.
    pub days: u16,
    /// Who asks, for the audit log.
    pub viewer: Viewer,
}

/// A home `h` without a box and without a code that can still be used at `$1`.
macro_rules! without_box {
    () => {
        "NOT EXISTS (SELECT 1 FROM device d WHERE d.household_id = h.household_id \
         AND d.state = 'active') AND NOT EXISTS (SELECT 1 FROM enrolment_code c \
         WHERE c.household_id = h.household_id AND c.used_at_ms IS NULL AND c.expires_at_ms > $1)"
    };
}

/// Homes without a box and without a code that can still be used, in the order of the import.
pub fn homes_without_box(
    sql: &mut dyn Sql,
    now_ms: i64,
    limit: usize,
) -> Result<Vec<Home>, StoreError> {
    let limit = i64::try_from(limit.min(CODES_MAX)).unwrap_or(0);
    let query = concat!(
        "SELECT h.household_id, a.name FROM household h JOIN area a ON a.area_id = h.area_id WHERE ",
        without_box!(),
        " ORDER BY h.ordinal, h.household_id LIMIT $2"
    );
    let rows = sql.all(query, values![now_ms, limit])?;
    rows.iter().map(home_of).collect()
}

/// This home, when it has neither a box nor a code that can still be used.
pub fn home_without_box(
    sql: &mut dyn Sql,
    household_id: &str,
    now_ms: i64,
) -> Result<Option<Home>, StoreError> {
    let query = concat!(
        "SELECT h.household_id, a.name FROM household h JOIN area a ON a.area_id = h.area_id \
         WHERE h.household_id = $2 AND ",
        without_box!()
    );
    sql.optional(query, values![now_ms, household_id])?.as_ref().map(home_of).transpose()
}

fn home_of(row: &Row) -> Result<Home, StoreError> {
    Ok(Home { household_id: row.get("household_id")?, area: row.get("name")? })
}

/// How many homes have neither a box nor a code that can still be used.
pub fn homes_left(sql: &mut dyn Sql, now_ms: i64) -> Result<u32, StoreError> {
    let query = concat!("SELECT COUNT(*) AS found FROM household h WHERE ", without_box!());
    sql.one(query, values![now_ms])?.get("found")
}

/// Draws a code for each home and keeps their hashes, all or none. A home that got a box or a code since it was
/// looked up gets none; how many were drawn stands in the audit log with them. `permit` is given back when the hashing is over, also when nobody waits for it any more.
pub async fn draw(
    store: &Store,
    config: &Config,
    random: &dyn Random,
    wanted: Wanted,
    permit: impl Send + 'static,
) -> Result<Vec<Letter>, StoreError> {
    let Wanted { homes, now_ms, days, viewer } = wanted;
    let letter = |home| Letter { home, code: enrolment::draw_code(random) };
    let letters: Vec<Letter> = homes.into_iter().take(CODES_MAX).map(letter).collect();
    let gateway_id = config.gateway.id.clone();
    let hashes = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let hash = |letter: Letter| Some((CodeHash::of(&letter.code, &gateway_id)?, letter));
        letters.into_iter().filter_map(hash).collect::<Vec<_>>()
    });
    let hashes = hashes.await.map_err(|_| StoreError::Panicked)?;
    let expires_at_ms = now_ms + i64::from(days) * DAY_MS;
    let keep = move |sql: &mut dyn Sql| {
        let mut kept = Vec::new();
        for (hash, letter) in hashes {
            let id = &letter.home.household_id;
            if home_without_box(sql, id, now_ms)?.is_some() {
                enrolment::insert_code(sql, hash, id, now_ms, expires_at_ms)?;
                kept.push(letter);
            }
        }
        note(sql, viewer, now_ms, kept.len())?;
        Ok(kept)
    };
    store.write(keep).await
}

fn note(sql: &mut dyn Sql, viewer: Viewer, now_ms: i64, drawn: usize) -> Result<(), StoreError> {
    if drawn == 0 {
        return Ok(());
    }
    let viewer = Viewer { purpose: format!("{drawn} homes"), ..viewer };
    audit::act(sql, &viewer, now_ms, "enrolment-codes-created", &[])
}

/// What whoever asked for so many codes should know beside the list; none when it holds exactly that.
pub fn remark(
    asked: usize,
    drawn: &[Letter],
    left: u32,
    envelopes: Option<&Envelopes>,
) -> Option<String> {
    let count = drawn.len();
    let lacks = |known: &&Addressee| known.name.is_empty() || known.address.is_empty();
    let nameless = envelopes.map_or(0, |known| known.values().filter(lacks).count());
    let mut remarks = Vec::new();
    if count < asked {
        remarks.push(format!(
            "{count} codes, not {asked}: every other home has a box, or a code that can still be used"
        ));
    } else if left > 0 {
        remarks
            .push(format!("{count} codes; {left} homes still wait for one: run the command again"));
    }
    if nameless > 0 {
        remarks.push(format!(
            "{nameless} of the homes have no name or no address in the town's file (`address` of a \
             resident in households.json): add these by hand, by the household_id"
        ));
    }
    (!remarks.is_empty()).then(|| remarks.join("\n"))
}

/// The list for whoever prints the letters; it names homes, and people only with their envelopes.
pub fn list(letters: &[Letter], envelopes: Option<&Envelopes>, now_ms: i64, days: u16) -> String {
    let until = when(now_ms + i64::from(days) * DAY_MS);
    let mut head = vec!["household_id", "area", "code", "valid_until"];
    if envelopes.is_some() {
        head.extend(["addressee", "address"]);
    }
    let mut table = Csv::new(&head);
    for Letter { home, code } in letters {
        let spaced = [&code[..4], &code[4..8], &code[8..]].join(" ");
        let mut line = vec![home.household_id.as_str(), &home.area, &spaced, &until];
        if let Some(envelopes) = envelopes {
            let known = envelopes.get(&home.household_id);
            line.push(known.map_or("", |known| &known.name));
            line.push(known.map_or("", |known| &known.address));
        }
        table.line(&line);
    }
    table.text()
}
