//! The open data of designated emergency sites and shelters, as published (GeoJSON).

use std::collections::BTreeSet;

use evacuation::{
    hazard::Hazard,
    shelter::{Shelter, ShelterId, ShelterTable, split_condition},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{ImportError, faulty, position, stored};
use crate::{
    store::{Sql, StoreError},
    values,
};

pub(super) const SITES: &str = "emergency-sites.geojson";
pub(super) const DESIGNATED: &str = "designated-shelters.geojson";
const NAME_MAX_LEN: usize = 600;

/// Columns of the open data, in the order of [`Hazard::ALL`].
const COLUMNS: [&str; 8] = [
    "洪水",
    "崖崩れ、土石流及び地滑り",
    "高潮",
    "地震",
    "津波",
    "大規模な火事",
    "内水氾濫",
    "火山現象",
];

#[derive(Deserialize)]
struct RawCollection {
    features: Vec<RawFeature>,
}

#[derive(Deserialize)]
struct RawFeature {
    geometry: RawGeometry,
    properties: Map<String, Value>,
}

#[derive(Deserialize)]
struct RawGeometry {
    #[serde(rename = "type")]
    kind: String,
    coordinates: Vec<f64>,
}

/// Sites with the hazards they are designated for, then shelters, which are for none: they are
/// known by name, and never offered as a place to flee to.
pub(super) fn parse(sites: &str, designated: &str) -> Result<Vec<Shelter>, ImportError> {
    let mut shelters = collection(SITES, sites)?;
    shelters.extend(collection(DESIGNATED, designated)?);
    let mut seen = BTreeSet::new();
    match shelters.iter().find(|shelter| !seen.insert(shelter.id.clone())) {
        Some(twice) => Err(faulty(SITES, format!("共通ID {}", twice.id), "appears twice")),
        None => Ok(shelters),
    }
}

fn collection(file: &'static str, text: &str) -> Result<Vec<Shelter>, ImportError> {
    let raw: RawCollection = serde_json::from_str(text)
        .map_err(|cause| ImportError::Malformed { file, cause: cause.to_string() })?;
    raw.features.iter().map(|feature| shelter(file, feature)).collect()
}

fn shelter(file: &'static str, feature: &RawFeature) -> Result<Shelter, ImportError> {
    let id = column(feature, "共通ID").unwrap_or_default();
    let what = format!("共通ID {id}");
    let required = |name| column(feature, name).filter(|text| !text.is_empty());
    let name = required("施設・場所名").ok_or_else(|| faulty(file, &what, "has no name"))?;
    let address = column(feature, "住所").unwrap_or_default();
    if name.len() > NAME_MAX_LEN || address.len() > NAME_MAX_LEN {
        return Err(faulty(file, &what, "its name or address is longer than 600 bytes"));
    }
    let [longitude, latitude] = feature.geometry.coordinates[..] else {
        return Err(faulty(file, &what, "its position is not a pair of numbers"));
    };
    if feature.geometry.kind != "Point" {
        return Err(faulty(file, &what, "its geometry is not a point"));
    }
    let remarks = column(feature, "備考").unwrap_or_default();
    let (name, condition) = split_condition(name, remarks);
    Ok(Shelter {
        id: ShelterId::new(id).map_err(|cause| faulty(file, &what, cause))?,
        name,
        kana: String::new(),
        address: address.to_owned(),
        position: position(file, &what, latitude, longitude)?,
        suitable_for: suitable_for(file, &what, feature)?,
        condition,
    })
}

fn suitable_for(
    file: &'static str,
    what: &str,
    feature: &RawFeature,
) -> Result<BTreeSet<Hazard>, ImportError> {
    let is_designated = |column_name: &&str| column(feature, column_name) == Some("1");
    let missing = COLUMNS.iter().find(|name| !feature.properties.contains_key(**name));
    if let (SITES, Some(name)) = (file, missing) {
        return Err(faulty(file, what, format!("the column {name} is missing")));
    }
    let designated = Hazard::ALL.into_iter().zip(COLUMNS.iter());
    Ok(designated.filter(|(_, name)| is_designated(name)).map(|(hazard, _)| hazard).collect())
}

fn column<'a>(feature: &'a RawFeature, name: &str) -> Option<&'a str> {
    feature.properties.get(name).and_then(Value::as_str)
}

/// Replaces the whole table: nothing refers to its rows.
pub(super) fn write(
    sql: &mut dyn Sql,
    table: &ShelterTable,
    order: &[String],
) -> Result<(), StoreError> {
    sql.execute("DELETE FROM shelter", &[])?;
    let in_order = order
        .iter()
        .filter_map(|id| table.shelters.values().find(|shelter| shelter.id.as_str() == id));
    for (ordinal, shelter) in (0_i64..).zip(in_order) {
        let [latitude, longitude] = stored(Some(shelter.position));
        let hazards: Vec<&str> = shelter.suitable_for.iter().map(|hazard| hazard.code()).collect();
        sql.execute(
            "INSERT INTO shelter (shelter_id, ordinal, name, kana, address, latitude_e7, \
             longitude_e7, suitable_for, use_condition) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            values![
                shelter.id.as_str(),
                ordinal,
                &shelter.name,
                &shelter.kana,
                &shelter.address,
                latitude,
                longitude,
                hazards.join(" "),
                shelter.condition.as_ref()
            ],
        )?;
    }
    Ok(())
}
