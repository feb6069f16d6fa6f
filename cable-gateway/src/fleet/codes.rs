//! One-time codes for many homes at once: the letters of a hundred boxes.

use crate::{
    audit::{self, Object, Viewer},
    config::Config,
    encoding::when,
    enrolment::{self, CodeHash},
    fleet::csv::Csv,
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
    /// What stands on the envelope, when it was asked for.
    pub addressee: Option<Addressee>,
}

/// Who gets a letter, as the town's file says it; empty where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Name of the first resident of the home.
    pub name: String,
    /// The first address that stands with somebody of the home.
    pub address: String,
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
    /// Whether the list says to whom each letter goes. Those people read in their log that somebody looked.
    pub with_addressees: bool,
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
    let Wanted { homes, now_ms, days, viewer, with_addressees } = wanted;
    let letter = |home| Letter { home, code: enrolment::draw_code(random), addressee: None };
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
        if with_addressees {
            address(sql, &mut kept, &viewer, now_ms)?;
        }
        note(sql, viewer, now_ms, kept.len())?;
        Ok(kept)
    };
    store.write(keep).await
}

/// Writes on each letter to whom it goes, and into the audit log whose name or address was read.
fn address(
    sql: &mut dyn Sql,
    letters: &mut [Letter],
    viewer: &Viewer,
    now_ms: i64,
) -> Result<(), StoreError> {
    let mut seen = Vec::new();
    for letter in letters {
        let query = "SELECT p.person_id, p.name, COALESCE(p.address, '') AS address \
                     FROM household_resident r JOIN person p ON p.person_id = r.person_id \
                     WHERE r.household_id = $1 ORDER BY r.ordinal";
        let rows = sql.all(query, values![&letter.home.household_id])?;
        let mut addressee = Addressee::default();
        for (place, row) in rows.iter().enumerate() {
            let address: String = row.get("address")?;
            let gives_address = addressee.address.is_empty() && !address.is_empty();
            if place == 0 {
                addressee.name = row.get("name")?;
            }
            if gives_address {
                addressee.address = address;
            }
            if place == 0 || gives_address {
                seen.push(row.get("person_id")?);
            }
        }
        letter.addressee = Some(addressee);
    }
    if seen.is_empty() {
        return Ok(());
    }
    audit::view(sql, viewer, now_ms, Object::LetterAddressees, &seen)
}

fn note(sql: &mut dyn Sql, viewer: Viewer, now_ms: i64, drawn: usize) -> Result<(), StoreError> {
    if drawn == 0 {
        return Ok(());
    }
    let viewer = Viewer { purpose: format!("{drawn} homes"), ..viewer };
    audit::act(sql, &viewer, now_ms, "enrolment-codes-created", &[])
}

/// What whoever asked for so many codes should know beside the list; none when it holds exactly that.
pub fn remark(asked: usize, drawn: &[Letter], left: u32) -> Option<String> {
    let count = drawn.len();
    let nameless = drawn.iter().filter_map(|letter| letter.addressee.as_ref());
    let nameless =
        nameless.filter(|known| known.name.is_empty() || known.address.is_empty()).count();
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
            "{nameless} of the homes have no name or no address in the town's file (`address` of a resident in \
             households.json): add these by hand, by the household_id"
        ));
    }
    (!remarks.is_empty()).then(|| remarks.join("\n"))
}

/// The list for whoever prints the letters; it names homes, and people only where that was asked for.
pub fn list(letters: &[Letter], now_ms: i64, days: u16) -> String {
    let until = when(now_ms + i64::from(days) * DAY_MS);
    let with_addressees = letters.iter().any(|letter| letter.addressee.is_some());
    let mut head = vec!["household_id", "area", "code", "valid_until"];
    if with_addressees {
        head.extend(["addressee", "address"]);
    }
    let mut table = Csv::new(&head);
    for Letter { home, code, addressee } in letters {
        let spaced = [&code[..4], &code[4..8], &code[8..]].join(" ");
        let mut line = vec![home.household_id.as_str(), &home.area, &spaced, &until];
        if with_addressees {
            let known = addressee.as_ref();
            line.push(known.map_or("", |addressee| &addressee.name));
            line.push(known.map_or("", |addressee| &addressee.address));
        }
        table.line(&line);
    }
    table.text()
}
