//! Residents and how many cards they have, as the town office looks for them when one is lost.

use crate::{
    audit::{self, Object, Viewer},
    store::{
        Row, Sql, StoreError,
        check_in::{self, Identity},
    },
    values,
};

/// Most residents that one search gives.
pub const FOUND_MAX: usize = 20;
/// Fewer characters would list half of the town.
pub const WORDS_MIN: usize = 2;

/// Somebody who lives here, or did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Who it is.
    pub identity: Identity,
    /// Cards, phones and cards of the town's own that count.
    pub active: u32,
    /// Cards that wait for the town's word.
    pub proposed: u32,
    /// The cards were stopped before, whatever was linked since.
    pub was_stopped: bool,
}

/// A pattern that no name fits: names hold no control characters.
const NOBODY: &str = "\u{1}";

/// By id, or by name (as typed, or in katakana) and reading; no person has an empty id. Whoever left
/// the town's list may still have a card that counts.
const HOLDERS: &str = "\
    SELECT p.person_id, p.name, p.kana, p.born_on, a.name AS area_name, \
    (SELECT COUNT(*) FROM credential_link l WHERE l.person_id = p.person_id \
    AND l.state = 'active') AS active, \
    (SELECT COUNT(*) FROM credential_link l WHERE l.person_id = p.person_id \
    AND l.state = 'proposed') AS proposed, \
    (SELECT COUNT(*) FROM card_stop s WHERE s.person_id = p.person_id) AS stops FROM person p \
    LEFT JOIN household_resident r ON r.person_id = p.person_id \
    LEFT JOIN household h ON h.household_id = r.household_id \
    LEFT JOIN area a ON a.area_id = h.area_id WHERE p.person_id = $1 \
    OR REPLACE(REPLACE(p.name, ' ', ''), '\u{3000}', '') LIKE $2 ESCAPE '!' \
    OR REPLACE(REPLACE(p.name, ' ', ''), '\u{3000}', '') LIKE $3 ESCAPE '!' \
    OR REPLACE(REPLACE(p.kana, ' ', ''), '\u{3000}', '') LIKE $3 ESCAPE '!' \
    ORDER BY p.kana, p.person_id LIMIT $4";

/// Residents whose name or reading holds these words; the look is written down. One more than
/// [`FOUND_MAX`] says that there are others.
pub fn find(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    words: &str,
) -> Result<(Vec<Holder>, bool), StoreError> {
    let words = joined(words);
    if words.chars().count() < WORDS_MIN {
        return Ok((Vec::new(), false));
    }
    let most = i64::try_from(FOUND_MAX + 1).unwrap_or(i64::MAX);
    let rows = sql.all(HOLDERS, values!["", pattern(&words), pattern(&katakana(&words)), most])?;
    let has_more = rows.len() > FOUND_MAX;
    let found = rows.iter().take(FOUND_MAX).map(holder).collect::<Result<Vec<_>, _>>()?;
    note(sql, viewer, now_ms, &found)?;
    Ok((found, has_more))
}

/// One resident; the look is written down.
pub fn one(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    person_id: &str,
) -> Result<Option<Holder>, StoreError> {
    let row = sql.optional(HOLDERS, values![person_id, NOBODY, NOBODY, 1_i64])?;
    let found = row.as_ref().map(holder).transpose()?;
    note(sql, viewer, now_ms, found.as_slice())?;
    Ok(found)
}

fn note(
    sql: &mut dyn Sql,
    viewer: &Viewer,
    now_ms: i64,
    found: &[Holder],
) -> Result<(), StoreError> {
    let persons: Vec<_> = found.iter().map(|holder| holder.identity.person_id.clone()).collect();
    if persons.is_empty() {
        return Ok(());
    }
    audit::view(sql, viewer, now_ms, Object::CardHolders, &persons)
}

fn holder(row: &Row) -> Result<Holder, StoreError> {
    let count = |column| Ok::<_, StoreError>(row.get::<i64>(column)?.unsigned_abs());
    Ok(Holder {
        identity: check_in::identity(row)?,
        active: u32::try_from(count("active")?).unwrap_or(u32::MAX),
        proposed: u32::try_from(count("proposed")?).unwrap_or(u32::MAX),
        was_stopped: count("stops")? > 0,
    })
}

/// Without the spaces between the names, which everybody writes differently.
fn joined(words: &str) -> String {
    words.chars().filter(|c| !c.is_whitespace()).collect()
}

/// A reading as the town's file writes it. Names may hold hiragana themselves.
fn katakana(words: &str) -> String {
    let katakana = |c: char| match c {
        'ぁ'..='ゖ' => char::from_u32(u32::from(c) + 0x60).unwrap_or(c),
        other => other,
    };
    words.chars().map(katakana).collect()
}

/// Anywhere in the text; what means something to `LIKE` means itself.
fn pattern(words: &str) -> String {
    let mut pattern = String::from("%");
    for c in words.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_are_looked_for_as_the_file_writes_them() {
        assert_eq!(katakana(&joined("なかむら　はな")), "ナカムラハナ");
        assert_eq!(joined(" 中村 さくら "), "中村さくら");
        assert_eq!(pattern("5%_!"), "%5!%!_!!%");
    }
}
