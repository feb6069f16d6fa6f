//! Areas as the town names them.

use std::collections::BTreeMap;

/// Id of an area in the town's table; 1-16 ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaId(String);

/// One district.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Id.
    pub id: AreaId,
    /// Name as the town writes it.
    pub name: String,
    /// Reading in hiragana; empty when unknown.
    pub kana: String,
    /// Area that contains this one.
    pub parent: Option<AreaId>,
}

/// The town's area table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AreaTable {
    /// Version that orders refer to.
    pub version: u32,
    /// Areas by id.
    pub areas: BTreeMap<AreaId, Area>,
}
