//! The home as the box knows it (invariant 1: provisioned before).

use std::collections::BTreeSet;

use crate::{
    area::AreaId,
    hazard::{Hazard, Level},
    shelter::{Position, ShelterId},
};

/// The home of one box.
#[derive(Debug, Clone, PartialEq)]
pub struct Household {
    /// Where it stands in the town's table.
    pub area: AreaId,
    /// Position, when known.
    pub position: Option<Position>,
    /// Who lives here, in the order in which they are shown.
    pub residents: Vec<Resident>,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resident {
    /// Name as written.
    pub name: String,
    /// Reading in katakana; empty when unknown.
    pub kana: String,
    /// What this person needs when leaving.
    pub needs: BTreeSet<Need>,
    /// 個別避難計画.
    pub plans: Vec<Plan>,
}

/// What a person needs when leaving.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// Takes longer than others.
    MoreTime,
    /// Cannot leave without a helper.
    Helper,
    /// Uses a wheelchair.
    Wheelchair,
    /// Hard of hearing.
    HardOfHearing,
    /// Low vision.
    LowVision,
    /// Needs medicine or power.
    Medicine,
}

/// 個別避難計画 for one hazard, or for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Hazard it was made for; `None` = every hazard.
    pub hazard: Option<Hazard>,
    /// First choice.
    pub destination: ShelterId,
    /// Second choice.
    pub fallback: Option<ShelterId>,
    /// Level at which this person leaves.
    pub departure_level: Level,
    /// Who helps, as agreed with that person.
    pub supporter: Option<String>,
}
