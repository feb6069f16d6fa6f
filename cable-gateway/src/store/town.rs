//! The town's tables: districts and shelters. No personal data.

use std::collections::{BTreeMap, BTreeSet};

use evacuation::{
    area::{Area, AreaId, AreaTable},
    hazard::Hazard,
    shelter::{Position, Shelter, ShelterId, ShelterTable},
};

use super::{Row, Sql, StoreError};

/// The town and its tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Town {
    /// 6-digit municipality code.
    pub municipality_code: String,
    /// Name.
    pub name: String,
    /// Rises with every import.
    pub version: i64,
    /// Districts.
    pub areas: AreaTable,
    /// Emergency sites and shelters.
    pub shelters: ShelterTable,
}

/// The imported town, or none before the first import.
pub fn load(sql: &mut dyn Sql) -> Result<Option<Town>, StoreError> {
    let Some(row) = sql.optional("SELECT * FROM town", &[])? else { return Ok(None) };
    let shelters = sql.all("SELECT * FROM shelter ORDER BY ordinal", &[])?;
    Ok(Some(Town {
        municipality_code: row.get("municipality_code")?,
        name: row.get("name")?,
        version: row.get("version")?,
        areas: area_table(sql, &row)?,
        shelters: ShelterTable {
            version: row.get("shelter_table_version")?,
            shelters: keyed(shelters.iter().map(shelter), |shelter| shelter.id.clone())?,
        },
    }))
}

/// The districts alone; none before the first import.
pub(crate) fn areas(sql: &mut dyn Sql) -> Result<AreaTable, StoreError> {
    let row = sql.optional("SELECT area_table_version FROM town", &[])?;
    row.map_or_else(|| Ok(AreaTable::default()), |row| area_table(sql, &row))
}

fn area_table(sql: &mut dyn Sql, town: &Row) -> Result<AreaTable, StoreError> {
    let areas = sql.all("SELECT * FROM area ORDER BY ordinal", &[])?;
    Ok(AreaTable {
        version: town.get("area_table_version")?,
        areas: keyed(areas.iter().map(area), |area| area.id.clone())?,
    })
}

fn keyed<K: Ord, V>(
    values: impl Iterator<Item = Result<V, StoreError>>,
    key: impl Fn(&V) -> K,
) -> Result<BTreeMap<K, V>, StoreError> {
    values.map(|value| value.map(|value| (key(&value), value))).collect()
}

fn area(row: &Row) -> Result<Area, StoreError> {
    let parent = row.get::<Option<String>>("parent")?;
    Ok(Area {
        id: area_id(row.get("area_id")?)?,
        name: row.get("name")?,
        kana: row.get("kana")?,
        parent: parent.map(area_id).transpose()?,
        position: position(row)?,
    })
}

fn shelter(row: &Row) -> Result<Shelter, StoreError> {
    let wrong = || StoreError::Column { column: "shelter_id" };
    let codes = row.get::<String>("suitable_for")?;
    let suitable_for = codes.split_whitespace().map(Hazard::from_code);
    Ok(Shelter {
        id: ShelterId::new(row.get::<String>("shelter_id")?).map_err(|_| wrong())?,
        name: row.get("name")?,
        kana: row.get("kana")?,
        address: row.get("address")?,
        position: position(row)?.ok_or(StoreError::Column { column: "latitude_e7" })?,
        suitable_for: suitable_for
            .collect::<Option<BTreeSet<_>>>()
            .ok_or(StoreError::Column { column: "suitable_for" })?,
        condition: row.get("use_condition")?,
    })
}

/// An area id read from a column.
pub(super) fn area_id(text: String) -> Result<AreaId, StoreError> {
    AreaId::new(text).map_err(|_| StoreError::Column { column: "area_id" })
}

/// The position in a row's `latitude_e7` and `longitude_e7`.
pub(crate) fn position(row: &Row) -> Result<Option<Position>, StoreError> {
    let latitude: Option<i64> = row.get("latitude_e7")?;
    let longitude: Option<i64> = row.get("longitude_e7")?;
    Ok(latitude
        .zip(longitude)
        .map(|(north, east)| Position { latitude: degrees(north), longitude: degrees(east) }))
}

/// Degrees from ten-millionths of a degree.
#[expect(clippy::cast_precision_loss, reason = "at most 1.8e9, far below 2^53")]
pub(crate) fn degrees(e7: i64) -> f64 {
    e7 as f64 / 1e7
}
