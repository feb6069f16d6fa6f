//! To whom the letter with a home's code goes. The console of the operator's support has no use for it: it is read on
//! the command line, by whoever prints the letters, and the people read in their log that it was.

use std::collections::BTreeMap;

use super::codes::Home;
use crate::{
    audit::{self, Object, Viewer},
    store::{Sql, StoreError},
    values,
};

/// What stands on an envelope, as the town's file says it; empty where it says nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Name of the first resident of the home.
    pub name: String,
    /// The first address that stands with somebody of the home.
    pub address: String,
}

/// Addressees by the home's id.
pub type Envelopes = BTreeMap<String, Addressee>;

/// The addressees of these homes.
pub fn of_homes(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    homes: &[Home],
    now_ms: i64,
) -> Result<Envelopes, StoreError> {
    let (mut envelopes, mut seen) = (Envelopes::new(), Vec::new());
    for home in homes {
        let addressee = addressee(sql, &home.household_id, &mut seen)?;
        envelopes.insert(home.household_id.clone(), addressee);
    }
    if !seen.is_empty() {
        audit::view(sql, viewer, now_ms, Object::LetterAddressees, &seen)?;
    }
    Ok(envelopes)
}

/// Adds whose name or address was read to `seen`.
fn addressee(
    sql: &mut dyn Sql,
    household_id: &str,
    seen: &mut Vec<String>,
) -> Result<Addressee, StoreError> {
    let query = "SELECT p.person_id, p.name, COALESCE(p.address, '') AS address \
                 FROM household_resident r JOIN person p ON p.person_id = r.person_id \
                 WHERE r.household_id = $1 ORDER BY r.ordinal";
    let mut found = Addressee::default();
    for (place, row) in sql.all(query, values![household_id])?.iter().enumerate() {
        let address: String = row.get("address")?;
        let gives_address = found.address.is_empty() && !address.is_empty();
        if place == 0 {
            found.name = row.get("name")?;
        }
        if gives_address {
            found.address = address;
        }
        if place == 0 || gives_address {
            seen.push(row.get("person_id")?);
        }
    }
    Ok(found)
}
