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
    /// Which keys of the remote this home uses. A gateway of before says nothing of it.
    #[serde(default)]
    pub key_lock: KeyLock,
    /// The people who live here, at most 12.
    pub residents: Vec<Resident>,
}

/// Which keys of the remote a home uses; the others do nothing. What is on the screen and waits for a
/// key is never locked: the table is the box's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum KeyLock {
    /// Power, volume, channel up and down, digits and help.
    Minimal,
    /// These, the keys of pages, and the way to other channels.
    Simple,
    /// Every key. A word that a box does not know locks nothing.
    #[default]
    #[serde(other)]
    All,
}

impl KeyLock {
    /// From every key to the fewest.
    pub const ALL: [Self; 3] = [Self::All, Self::Simple, Self::Minimal];

    /// The word on the wire.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Simple => "simple",
            Self::Minimal => "minimal",
        }
    }

    /// Reads a [`code`](Self::code).
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lock| lock.code() == code)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_that_nobody_knows_locks_nothing() {
        for lock in KeyLock::ALL {
            let word = serde_json::to_value(lock).expect("a word");
            assert_eq!(word, lock.code());
            assert_eq!(serde_json::from_value::<KeyLock>(word).expect("read back"), lock);
            assert_eq!(KeyLock::from_code(lock.code()), Some(lock));
        }
        assert_eq!(serde_json::from_str::<KeyLock>("\"later\"").expect("read"), KeyLock::All);
        assert_eq!(KeyLock::from_code("later"), None);
    }
}
