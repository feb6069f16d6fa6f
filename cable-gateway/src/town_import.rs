//! The town's tables from files: districts, emergency sites, shelters, households.
//!
//! Strict and whole or nothing: one fault anywhere, and the database stays as it was. Importing the
//! same files again changes nothing. Homes that are no longer in the file stay, because a box may
//! stand in them; residents who left a home lose it, and keep their history.

mod areas;
mod households;
mod shelters;

use std::path::{Path, PathBuf};

use evacuation::{area::AreaTable, shelter::ShelterTable};

use crate::{
    provisioning::Settings,
    random::Random,
    store::{
        Sql, StoreError,
        town::{self, Town},
    },
    values,
};

const FILE_MAX_LEN: u64 = 64 * 1024 * 1024;

/// The folder cannot be imported; nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read.
    #[error("cannot read {path}: {cause}; nothing was imported")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// A file has another shape.
    #[error("{file}: {cause}; nothing was imported")]
    Malformed {
        /// The file.
        file: &'static str,
        /// Why, with line and column.
        cause: String,
    },
    /// A value cannot be.
    #[error("{file}: {what}: {cause}; nothing was imported")]
    Faulty {
        /// The file.
        file: &'static str,
        /// Where.
        what: String,
        /// Why.
        cause: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

#[expect(clippy::needless_pass_by_value, reason = "texts and errors alike, told and dropped")]
fn faulty(file: &'static str, what: impl ToString, cause: impl ToString) -> ImportError {
    ImportError::Faulty { file, what: what.to_string(), cause: cause.to_string() }
}

/// The files, read and checked against each other.
#[derive(Debug)]
pub struct TownFiles {
    municipality_code: String,
    name: String,
    areas: AreaTable,
    area_order: Vec<String>,
    shelters: ShelterTable,
    shelter_order: Vec<String>,
    households: Vec<households::CheckedHousehold>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Districts.
    pub areas: usize,
    /// Emergency sites and shelters.
    pub shelters: usize,
    /// Homes.
    pub households: usize,
    /// People.
    pub residents: usize,
    /// Whether anything changed.
    pub changed: bool,
}

impl TownFiles {
    /// Reads a folder with `areas.json`, `emergency-sites.geojson`, `designated-shelters.geojson`
    /// and `households.json`.
    pub fn read(folder: &Path, expected_code: &str) -> Result<Self, ImportError> {
        let areas = areas::parse(&text(folder, areas::FILE)?, expected_code)?;
        let sites = text(folder, shelters::SITES)?;
        let designated = text(folder, shelters::DESIGNATED)?;
        let shelters = shelters::parse(&sites, &designated)?;
        let shelter_order = shelters.iter().map(|shelter| shelter.id.to_string()).collect();
        let shelters = ShelterTable::new(0, shelters);
        let homes = text(folder, households::FILE)?;
        let households = households::parse(&homes, expected_code, &areas.table, &shelters)?;
        Ok(Self {
            municipality_code: expected_code.to_owned(),
            name: areas.name,
            areas: areas.table,
            area_order: areas.order,
            shelters,
            shelter_order,
            households,
        })
    }

    /// Writes everything in one transaction.
    pub fn apply(
        mut self,
        sql: &mut dyn Sql,
        settings: &Settings,
        now_ms: i64,
        random: &dyn Random,
    ) -> Result<Imported, ImportError> {
        let before = town::load(sql)?;
        self.number_tables(before.as_ref())?;
        let tables_changed = before.as_ref().is_none_or(|before| {
            before.areas != self.areas
                || before.shelters != self.shelters
                || before.name != self.name
        });
        if tables_changed {
            self.write_town(sql, settings, before.as_ref(), now_ms)?;
            areas::write(sql, &self.areas, &self.area_order)?;
            shelters::write(sql, &self.shelters, &self.shelter_order)?;
        }
        let homes_changed = households::write(sql, &self.households, now_ms, random)?;
        if tables_changed {
            areas::remove_others(sql, &self.areas)?;
        }
        Ok(Imported {
            areas: self.areas.areas.len(),
            shelters: self.shelters.shelters.len(),
            households: self.households.len(),
            residents: self.households.iter().map(|home| home.residents.len()).sum(),
            changed: tables_changed || homes_changed,
        })
    }

    /// A changed shelter table gets the next version; a changed area table must bring its own.
    fn number_tables(&mut self, before: Option<&Town>) -> Result<(), ImportError> {
        let Some(before) = before else {
            self.shelters.version = 1;
            return Ok(());
        };
        let changed = before.shelters.shelters != self.shelters.shelters;
        self.shelters.version = before.shelters.version + u32::from(changed);
        let (old, new) = (before.areas.version, self.areas.version);
        if new < old || (new == old && before.areas.areas != self.areas.areas) {
            let cause =
                format!("the areas changed, but version {new} is not above {old}; raise it");
            return Err(faulty(areas::FILE, "version", cause));
        }
        Ok(())
    }

    fn write_town(
        &self,
        sql: &mut dyn Sql,
        settings: &Settings,
        before: Option<&Town>,
        now_ms: i64,
    ) -> Result<(), StoreError> {
        let version = before.map_or(1, |before| before.version + 1);
        sql.execute(
            "INSERT INTO town (municipality_code, name, version, area_table_version, \
             shelter_table_version, settings_sha256, imported_at_ms) \
             VALUES ($1, $2, $3, $4, $5, $6, $7) \
             ON CONFLICT (municipality_code) DO UPDATE SET name = $2, version = $3, \
             area_table_version = $4, shelter_table_version = $5, imported_at_ms = $7",
            values![
                &self.municipality_code,
                &self.name,
                version,
                self.areas.version,
                self.shelters.version,
                &settings.digest(),
                now_ms
            ],
        )?;
        Ok(())
    }
}

fn text(folder: &Path, file: &'static str) -> Result<String, ImportError> {
    let path = folder.join(file);
    let unreadable = |cause: String| ImportError::Unreadable { path: path.clone(), cause };
    let length = std::fs::metadata(&path).map_err(|cause| unreadable(cause.to_string()))?.len();
    if length > FILE_MAX_LEN {
        return Err(unreadable("the file is larger than 64 MiB".to_owned()));
    }
    std::fs::read_to_string(&path).map_err(|cause| unreadable(cause.to_string()))
}

/// Ten-millionths of a degree, or a fault.
fn e7(file: &'static str, what: &str, degrees: f64, limit: f64) -> Result<i64, ImportError> {
    if !degrees.is_finite() || degrees.abs() > limit {
        return Err(faulty(file, what, format!("{degrees} is no position in degrees")));
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 1.8e9 after the check above")]
    let e7 = (degrees * 1e7).round() as i64;
    Ok(e7)
}

/// A position as it comes back from the store, so that equal files compare equal.
fn position(
    file: &'static str,
    what: &str,
    latitude: f64,
    longitude: f64,
) -> Result<evacuation::shelter::Position, ImportError> {
    let (north, east) = (e7(file, what, latitude, 90.0)?, e7(file, what, longitude, 180.0)?);
    Ok(evacuation::shelter::Position {
        latitude: town::degrees(north),
        longitude: town::degrees(east),
    })
}

/// Both coordinates for the store.
fn stored(position: Option<evacuation::shelter::Position>) -> [crate::store::Value; 2] {
    #[expect(clippy::cast_possible_truncation, reason = "positions here passed `e7`")]
    let e7 = |degrees: f64| (degrees * 1e7).round() as i64;
    [
        position.map(|position| e7(position.latitude)).into(),
        position.map(|position| e7(position.longitude)).into(),
    ]
}

#[cfg(test)]
mod tests;
