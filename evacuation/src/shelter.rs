//! Designated emergency sites and shelters.

mod condition;
mod suitability;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

pub use condition::split_condition;
pub use suitability::{Choice, Search, choose};

use crate::{
    hazard::Hazard,
    id::{self, IdError},
};

/// Id of a shelter; 1-24 ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShelterId(String);

impl ShelterId {
    /// Longest id.
    pub const MAX_LEN: usize = 24;

    /// Takes 1-24 printable ASCII characters without spaces.
    pub fn new(id: impl Into<String>) -> Result<Self, IdError> {
        id::checked(id.into(), Self::MAX_LEN).map(Self)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShelterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// WGS84 in degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Position {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

/// Mean radius of the earth in metres.
const EARTH_RADIUS_M: f64 = 6_371_000.0;

impl Position {
    /// Straight distance over ground in whole metres; none when either position is no place on
    /// earth.
    pub fn distance_m(self, other: Self) -> Option<u32> {
        if !self.is_on_earth() || !other.is_on_earth() {
            return None;
        }
        let (north, east) = (other.latitude - self.latitude, other.longitude - self.longitude);
        let half = |degrees: f64| (degrees.to_radians() / 2.0).sin().powi(2);
        let cosines = self.latitude.to_radians().cos() * other.latitude.to_radians().cos();
        let chord = (half(north) + cosines * half(east)).clamp(0.0, 1.0);
        let metres = 2.0 * EARTH_RADIUS_M * chord.sqrt().asin();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and half the circumference of the earth"
        )]
        Some(metres.round() as u32)
    }

    fn is_on_earth(self) -> bool {
        (-90.0..=90.0).contains(&self.latitude) && (-180.0..=180.0).contains(&self.longitude)
    }
}

/// One place to go to.
#[derive(Debug, Clone, PartialEq)]
pub struct Shelter {
    /// Id.
    pub id: ShelterId,
    /// Name without its condition.
    pub name: String,
    /// Reading in hiragana; empty when unknown.
    pub kana: String,
    /// Address.
    pub address: String,
    /// Where it stands.
    pub position: Position,
    /// Hazards for which it is designated; any other hazard is unsuitable, not unknown.
    pub suitable_for: BTreeSet<Hazard>,
    /// Condition of use, shown on screen, e.g. ２階以上に避難.
    pub condition: Option<String>,
}

/// Run-time state as an order tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ShelterState {
    /// Receives people.
    Open,
    /// Receives nobody.
    Closed,
    /// Has no room left.
    Full,
}

/// The town's shelter table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ShelterTable {
    /// Version that orders refer to.
    pub version: u32,
    /// Shelters by id.
    pub shelters: BTreeMap<ShelterId, Shelter>,
}

impl ShelterTable {
    /// A table of these shelters; of two with the same id the later one stays.
    pub fn new(version: u32, shelters: impl IntoIterator<Item = Shelter>) -> Self {
        let by_id = shelters.into_iter().map(|shelter| (shelter.id.clone(), shelter));
        Self { version, shelters: by_id.collect() }
    }
}
