//! Areas as the town names them.

use std::{collections::BTreeMap, fmt};

use crate::{
    id::{self, IdError},
    shelter::Position,
};

/// Areas above an area that are followed at most; a longer chain is a broken table.
const MAX_ANCESTRY: usize = 8;

/// Id of an area in the town's table; 1-16 ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AreaId(String);

impl AreaId {
    /// Longest id.
    pub const MAX_LEN: usize = 16;

    /// Takes 1-16 printable ASCII characters without spaces.
    pub fn new(id: impl Into<String>) -> Result<Self, IdError> {
        id::checked(id.into(), Self::MAX_LEN).map(Self)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AreaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

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
    /// A representative point; stands in for a home whose position is not known.
    pub position: Option<Position>,
}

/// The town's area table.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct AreaTable {
    /// Version that orders refer to.
    pub version: u32,
    /// Areas by id.
    pub areas: BTreeMap<AreaId, Area>,
}

impl AreaTable {
    /// A table of these areas; of two with the same id the later one stays.
    pub fn new(version: u32, areas: impl IntoIterator<Item = Area>) -> Self {
        Self { version, areas: areas.into_iter().map(|area| (area.id.clone(), area)).collect() }
    }

    /// The area and those that contain it, smallest first. An id that the table lacks still
    /// stands for itself; a circle in the table ends the walk.
    pub fn ancestry(&self, area: &AreaId) -> Vec<AreaId> {
        let mut chain = vec![area.clone()];
        let parent_of = |id: &AreaId| self.areas.get(id).and_then(|area| area.parent.clone());
        while let Some(parent) = chain.last().and_then(parent_of) {
            if chain.contains(&parent) || chain.len() > MAX_ANCESTRY {
                break;
            }
            chain.push(parent);
        }
        chain
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{area_id, areas};

    #[track_caller]
    fn check_ancestry(table: &AreaTable, id: &str, expected: &[&str]) {
        let chain = table.ancestry(&area_id(id));
        assert_eq!(chain.iter().map(AreaId::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_area_stands_in_itself_and_in_its_parents() {
        check_ancestry(&areas(), "harbour", &["harbour", "north"]);
        check_ancestry(&areas(), "north", &["north"]);
        check_ancestry(&areas(), "unknown", &["unknown"]);
    }

    #[test]
    fn a_circle_in_the_table_ends() {
        let mut table = areas();
        table.areas.get_mut(&area_id("north")).expect("there").parent = Some(area_id("harbour"));
        check_ancestry(&table, "harbour", &["harbour", "north"]);
    }

    #[test]
    fn ids_are_short_printable_ascii() {
        assert_eq!(AreaId::new(""), Err(IdError::Empty));
        assert_eq!(AreaId::new("A".repeat(17)), Err(IdError::TooLong(16)));
        assert_eq!(AreaId::new("A 1"), Err(IdError::Character));
        assert_eq!(AreaId::new("港"), Err(IdError::Character));
        assert_eq!(AreaId::new("A01").map(|id| id.to_string()), Ok("A01".into()));
    }
}
