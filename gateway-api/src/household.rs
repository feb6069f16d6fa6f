//! Who lives behind a box, provisioned before anything happens (invariant 1).

use serde::{Deserialize, Serialize};

/// The home of one box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Household {
    /// Random id.
    pub household_id: String,
    /// 6-digit municipality code (全国地方公共団体コード).
    pub municipality_code: String,
    /// Municipality name, e.g. 美波町.
    pub municipality_name: String,
    /// Area of the town's area table in which the home stands.
    pub area_id: String,
    /// WGS84 position of the home, when the town knows it.
    pub position: Option<Position>,
    /// Language tag: `ja`, `ja-easy`, `en`.
    pub language: String,
    /// Whether the residents' names may be spoken aloud.
    pub speak_names: bool,
    /// The people who live here, at most 12.
    pub residents: Vec<Resident>,
}

/// WGS84.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Position {
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
}

/// One person of the household.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Resident {
    /// Local id, random.
    pub resident_id: String,
    /// Full name as written, at most 300 bytes.
    pub name: String,
    /// Reading in katakana; may be empty.
    pub kana: String,
    /// What this person needs when leaving.
    pub needs: Vec<Need>,
    /// Individual evacuation plans (個別避難計画), at most one for each hazard.
    pub plans: Vec<EvacuationPlan>,
}

/// What a person needs when leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Takes longer than others (age, illness, pregnancy).
    MoreTime,
    /// Cannot leave without a helper.
    Helper,
    /// Uses a wheelchair.
    Wheelchair,
    /// Hard of hearing.
    HardOfHearing,
    /// Low vision.
    LowVision,
    /// Needs medicine or power for a device.
    Medicine,
}

/// 個別避難計画 of one person for one hazard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct EvacuationPlan {
    /// Hazard code as in [`crate::provisioning::Shelter::suitable_for`]; `None` = every hazard.
    pub hazard: Option<String>,
    /// Where to, first choice: shelter id.
    pub destination: String,
    /// Where to when the first is closed: shelter id.
    pub fallback: Option<String>,
    /// Warning level at which this person leaves: 3 or 4.
    pub departure_level: u8,
    /// Who helps, as agreed; shown as help, never as a promise.
    pub supporter: Option<String>,
}
