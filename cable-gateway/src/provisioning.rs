//! Everything a box holds before an order comes (invariant 1).

use std::collections::BTreeMap;

use gateway_api::{
    household::{Household, Position, Resident},
    provisioning::{Area, Channel, CheckInSettings, Provisioning, Shelter},
};

use crate::{
    config::Config,
    encoding::{base64, sha256},
    key_lock,
    store::{
        Row, Sql, StoreError, help,
        town::{self, Town},
    },
    values,
};

/// What boxes get from the configuration and the keys, next to their tables.
#[derive(Debug, Clone)]
pub struct Settings {
    key_manifest: String,
    channels: Vec<Channel>,
    order_multicast: Option<String>,
    undo_seconds: u32,
    phone: Option<String>,
}

/// Versions of the provisioning, one for each box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions(BTreeMap<String, i64>);

impl Versions {
    /// Boxes whose version is another one than before, or that are new.
    pub fn changed_since(&self, before: &Self) -> Vec<(&str, i64)> {
        let changed = self.0.iter().filter(|(id, version)| before.0.get(*id) != Some(version));
        changed.map(|(id, version)| (id.as_str(), *version)).collect()
    }
}

impl Settings {
    /// Takes the parts of the configuration that concern boxes.
    pub fn new(config: &Config, manifest: &[u8]) -> Self {
        let channel = |channel: &crate::config::ChannelConfig| Channel {
            channel_id: channel.id.clone(),
            number: channel.number,
            name: channel.name.clone(),
            source: channel.source.clone(),
        };
        Self {
            key_manifest: base64(manifest),
            channels: config.channels.iter().map(channel).collect(),
            order_multicast: config.multicast.as_ref().map(|to| to.group.to_string()),
            undo_seconds: config.check_in.undo_seconds,
            phone: config.town.phone.clone(),
        }
    }

    pub(crate) fn digest(&self) -> [u8; 32] {
        let Self { key_manifest, channels, order_multicast, undo_seconds, phone } = self;
        let text =
            format!("{key_manifest} {channels:?} {order_multicast:?} {undo_seconds} {phone:?}");
        sha256(text.as_bytes())
    }
}

/// Whether boxes were told of these settings, or there is no town yet.
pub(crate) fn is_noted(sql: &mut dyn Sql, settings: &Settings) -> Result<bool, StoreError> {
    let query = "SELECT municipality_code FROM town WHERE settings_sha256 <> $1";
    Ok(sql.optional(query, values![&settings.digest()])?.is_none())
}

/// Raises every box's version when the settings are other ones than at the last start.
pub fn note_settings(sql: &mut dyn Sql, settings: &Settings) -> Result<(), StoreError> {
    let query = "UPDATE town SET version = version + 1, settings_sha256 = $1 \
                 WHERE settings_sha256 <> $1";
    sql.execute(query, values![&settings.digest()]).map(drop)
}

/// The version of every active box.
pub(crate) fn versions(sql: &mut dyn Sql) -> Result<Versions, StoreError> {
    let rows = sql.all(
        "SELECT d.device_id, h.version + t.version AS version FROM device d \
         JOIN household h ON h.household_id = d.household_id CROSS JOIN town t \
         WHERE d.state = 'active'",
        &[],
    )?;
    let versions = rows.iter().map(|row| Ok((row.get("device_id")?, row.get("version")?)));
    versions.collect::<Result<_, StoreError>>().map(Versions)
}

/// The version of one home's provisioning; none before a town was imported.
pub(crate) fn version_of(sql: &mut dyn Sql, household_id: &str) -> Result<Option<i64>, StoreError> {
    let query = "SELECT h.version + t.version AS version FROM household h CROSS JOIN town t \
                 WHERE h.household_id = $1";
    sql.optional(query, values![household_id])?.map(|row| row.get("version")).transpose()
}

/// The provisioning of one home; none before a town was imported.
pub(crate) fn of_household(
    sql: &mut dyn Sql,
    household_id: &str,
    settings: &Settings,
) -> Result<Option<Provisioning>, StoreError> {
    let Some(town) = town::load(sql)? else { return Ok(None) };
    let query = "SELECT * FROM household WHERE household_id = $1";
    let row = sql.one(query, values![household_id])?;
    let version = town.version + row.get::<i64>("version")?;
    Ok(Some(Provisioning {
        version,
        household: household(sql, &row, &town)?,
        area_table_version: town.areas.version,
        areas: town.areas.areas.values().map(area).collect(),
        shelter_table_version: town.shelters.version,
        shelters: town.shelters.shelters.values().map(shelter).collect(),
        key_manifest: settings.key_manifest.clone(),
        channels: settings.channels.clone(),
        order_multicast: settings.order_multicast.clone(),
        check_in: CheckInSettings {
            enabled: row.get("check_in_enabled")?,
            undo_seconds: settings.undo_seconds,
        },
        help_dealt_with: help::dealt_with_reports(sql, household_id)?,
        phone: settings.phone.clone(),
    }))
}

fn household(sql: &mut dyn Sql, row: &Row, town: &Town) -> Result<Household, StoreError> {
    let household_id: String = row.get("household_id")?;
    let residents = sql.all(
        "SELECT r.resident_id, r.needs, r.plans, p.name, p.kana \
         FROM household_resident r JOIN person p ON p.person_id = r.person_id \
         WHERE r.household_id = $1 ORDER BY r.ordinal",
        values![&household_id],
    )?;
    Ok(Household {
        household_id,
        municipality_code: town.municipality_code.clone(),
        municipality_name: town.name.clone(),
        area_id: row.get("area_id")?,
        position: town::position(row)?.map(position),
        language: row.get("language")?,
        speak_names: row.get("speak_names")?,
        key_lock: key_lock::read(row)?,
        residents: residents.iter().map(resident).collect::<Result<_, _>>()?,
    })
}

fn resident(row: &Row) -> Result<Resident, StoreError> {
    Ok(Resident {
        resident_id: row.get("resident_id")?,
        name: row.get("name")?,
        kana: row.get("kana")?,
        needs: from_json(row, "needs")?,
        plans: from_json(row, "plans")?,
    })
}

/// Reads a list that is kept as JSON text.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    row: &Row,
    column: &'static str,
) -> Result<T, StoreError> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|_| StoreError::Column { column })
}

fn area(area: &evacuation::area::Area) -> Area {
    Area {
        area_id: area.id.to_string(),
        name: area.name.clone(),
        kana: area.kana.clone(),
        parent: area.parent.as_ref().map(ToString::to_string),
        position: area.position.map(position),
    }
}

fn shelter(shelter: &evacuation::shelter::Shelter) -> Shelter {
    Shelter {
        shelter_id: shelter.id.to_string(),
        name: shelter.name.clone(),
        kana: shelter.kana.clone(),
        address: shelter.address.clone(),
        position: position(shelter.position),
        suitable_for: shelter.suitable_for.iter().map(|hazard| hazard.code().to_owned()).collect(),
        condition: shelter.condition.clone(),
    }
}

fn position(position: evacuation::shelter::Position) -> Position {
    Position { latitude: position.latitude, longitude: position.longitude }
}
