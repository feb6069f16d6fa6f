//! `areas.json`: the town's districts.

use evacuation::area::{Area, AreaId, AreaTable};
use serde::Deserialize;

use super::{ImportError, faulty, position, stored};
use crate::{
    store::{Sql, StoreError},
    values,
};

pub(super) const FILE: &str = "areas.json";
const NAME_MAX_LEN: usize = 300;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAreas {
    municipality_code: String,
    municipality_name: String,
    version: u32,
    #[serde(rename = "source")]
    _source: Option<String>,
    areas: Vec<RawArea>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawArea {
    area_id: String,
    name: String,
    kana: String,
    parent: Option<String>,
    position: Option<RawPosition>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPosition {
    pub(super) latitude: f64,
    pub(super) longitude: f64,
}

pub(super) struct Areas {
    pub(super) name: String,
    pub(super) table: AreaTable,
    pub(super) order: Vec<String>,
}

pub(super) fn parse(text: &str, expected_code: &str) -> Result<Areas, ImportError> {
    let raw: RawAreas = serde_json::from_str(text)
        .map_err(|cause| ImportError::Malformed { file: FILE, cause: cause.to_string() })?;
    if raw.municipality_code != expected_code {
        let cause = format!("`{}`, but this gateway is for {expected_code}", raw.municipality_code);
        return Err(faulty(FILE, "municipality_code", cause));
    }
    let areas = raw.areas.into_iter().map(area).collect::<Result<Vec<_>, _>>()?;
    let order: Vec<String> = areas.iter().map(|area| area.id.to_string()).collect();
    let table = AreaTable::new(raw.version, areas);
    if table.areas.is_empty() || table.areas.len() != order.len() {
        return Err(faulty(FILE, "areas", "there are none, or one id appears twice"));
    }
    check_parents(&table)?;
    Ok(Areas { name: raw.municipality_name, table, order })
}

fn area(raw: RawArea) -> Result<Area, ImportError> {
    let what = format!("area {}", raw.area_id);
    let id = |text: String| AreaId::new(text).map_err(|cause| faulty(FILE, &what, cause));
    if raw.name.is_empty() || raw.name.len() > NAME_MAX_LEN || raw.kana.len() > NAME_MAX_LEN {
        return Err(faulty(FILE, &what, "the name is empty, or a name or reading is too long"));
    }
    let place = raw.position.map(|at| position(FILE, &what, at.latitude, at.longitude));
    Ok(Area {
        id: id(raw.area_id)?,
        name: raw.name,
        kana: raw.kana,
        parent: raw.parent.map(id).transpose()?,
        position: place.transpose()?,
    })
}

fn check_parents(table: &AreaTable) -> Result<(), ImportError> {
    for area in table.areas.values() {
        let Some(parent) = &area.parent else { continue };
        let what = format!("area {}", area.id);
        if !table.areas.contains_key(parent) {
            return Err(faulty(FILE, what, format!("its parent {parent} does not exist")));
        }
        let ancestry = table.ancestry(&area.id);
        let top = ancestry.last().and_then(|top| table.areas.get(top));
        if top.is_none_or(|top| top.parent.is_some()) {
            return Err(faulty(FILE, what, "its parents form a circle or are too many"));
        }
    }
    Ok(())
}

pub(super) fn write(
    sql: &mut dyn Sql,
    table: &AreaTable,
    order: &[String],
) -> Result<(), StoreError> {
    for (ordinal, area) in (0_i64..).zip(in_order(table, order)) {
        let [latitude, longitude] = stored(area.position);
        sql.execute(
            "INSERT INTO area (area_id, ordinal, name, kana, parent, latitude_e7, longitude_e7) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (area_id) DO UPDATE SET ordinal = $2, name = $3, kana = $4, parent = $5, \
             latitude_e7 = $6, longitude_e7 = $7",
            values![
                area.id.as_str(),
                ordinal,
                &area.name,
                &area.kana,
                area.parent.as_ref().map(AreaId::as_str),
                latitude,
                longitude
            ],
        )?;
    }
    Ok(())
}

fn in_order<'a>(table: &'a AreaTable, order: &'a [String]) -> impl Iterator<Item = &'a Area> {
    order.iter().filter_map(|id| table.areas.values().find(|area| area.id.as_str() == id))
}

/// Removes areas that are no longer in the table; one in which a home stands is a fault.
pub(super) fn remove_others(sql: &mut dyn Sql, table: &AreaTable) -> Result<(), ImportError> {
    for row in sql.all("SELECT area_id FROM area", &[])? {
        let id: String = row.get("area_id")?;
        if table.areas.keys().any(|area| area.as_str() == id) {
            continue;
        }
        let removed = sql.execute("DELETE FROM area WHERE area_id = $1", values![&id]);
        removed.map_err(|error| match error {
            StoreError::Conflict(_) => {
                faulty(FILE, format!("area {id}"), "it is gone, but homes still stand in it")
            }
            other => other.into(),
        })?;
    }
    Ok(())
}
