//! Everything a box must hold before an order comes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::household::{Household, Position};

/// Complete state; the box replaces its own with it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Provisioning {
    /// Rises with every change for this box.
    pub version: i64,
    /// The home.
    pub household: Household,
    /// Version of the town's area table.
    pub area_table_version: u32,
    /// The town's districts.
    pub areas: Vec<Area>,
    /// Version of the town's shelter table.
    pub shelter_table_version: u32,
    /// The town's designated emergency sites (指定緊急避難場所) and shelters.
    pub shelters: Vec<Shelter>,
    /// Base64 of the signed key manifest: whose orders this box believes.
    pub key_manifest: String,
    /// Channels of the operator.
    pub channels: Vec<Channel>,
    /// Address of the order multicast, e.g. `239.255.36.87:5900`; none when the network has none.
    pub order_multicast: Option<String>,
    /// Settings of the daily check-in.
    pub check_in: CheckInSettings,
    /// Calls for help of this home that the town's staff has dealt with: ids of the reports that
    /// brought them. A gateway of before says nothing of them.
    #[serde(default)]
    pub help_dealt_with: Vec<Uuid>,
    /// Telephone number of the town office, digits and hyphens, e.g. 0884-00-0000; none when the
    /// operator wrote none. A gateway of before says nothing of it.
    #[serde(default)]
    pub phone: Option<String>,
}

/// One district of the town's own table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Area {
    /// Id that orders name; at most 16 ASCII characters.
    pub area_id: String,
    /// Name, e.g. 日和佐浦.
    pub name: String,
    /// Reading in hiragana; may be empty.
    pub kana: String,
    /// Area that contains this one.
    pub parent: Option<String>,
    /// A representative point.
    pub position: Option<Position>,
}

/// One place to go to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Shelter {
    /// 共通ID of the open data, or the town's own id; at most 24 ASCII characters.
    pub shelter_id: String,
    /// Name without the condition.
    pub name: String,
    /// Reading in hiragana; may be empty.
    pub kana: String,
    /// Address.
    pub address: String,
    /// Position.
    pub position: Position,
    /// Hazard codes for which it is designated: `flood`, `landslide`, `storm-surge`,
    /// `earthquake`, `tsunami`, `large-fire`, `inland-flood`, `volcano`.
    pub suitable_for: Vec<String>,
    /// Condition found in the name or the notes, e.g. ２階以上に避難.
    pub condition: Option<String>,
}

/// One live channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Channel {
    /// Stable id.
    pub channel_id: String,
    /// Number on the remote, 1-12 for the one-touch keys.
    pub number: u16,
    /// Name shown in the banner.
    pub name: String,
    /// MPEG-TS over UDP, e.g. `239.255.36.1:5000`.
    pub source: String,
}

/// Settings of the daily check-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CheckInSettings {
    /// Whether this home takes part.
    pub enabled: bool,
    /// Seconds during which an answer can be taken back.
    pub undo_seconds: u32,
}
