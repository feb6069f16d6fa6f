//! Which part of the town an order concerns, and whether later orders took all of it over.

use std::collections::BTreeSet;

use evacuation::area::{AreaId, AreaTable};

/// Every area of the table that the named ones contain; no names mean the whole town.
pub(crate) fn concerned(named: &[String], table: &AreaTable) -> BTreeSet<AreaId> {
    let is_inside = |id: &AreaId| {
        let ancestry = table.ancestry(id);
        ancestry.iter().any(|area| named.iter().any(|name| name == area.as_str()))
    };
    table.areas.keys().filter(|id| named.is_empty() || is_inside(id)).cloned().collect()
}

/// Whether the later orders together concern everything that the earlier one did. An update or a
/// lift touches exactly the areas that it names, so until then the earlier one stays in force.
pub(super) fn is_taken_over(earlier: &[String], later: &[Vec<String>], table: &AreaTable) -> bool {
    if later.iter().any(Vec::is_empty) {
        return true;
    }
    let taken: BTreeSet<AreaId> = later.iter().flat_map(|named| concerned(named, table)).collect();
    concerned(earlier, table).is_subset(&taken)
}

#[cfg(test)]
mod tests {
    use evacuation::area::Area;

    use super::*;

    /// East contains Port and Hill; West stands alone.
    fn table() -> AreaTable {
        let area = |id: &str, parent: Option<&str>| Area {
            id: AreaId::new(id).expect("short"),
            name: id.to_owned(),
            kana: String::new(),
            parent: parent.map(|id| AreaId::new(id).expect("short")),
            position: None,
        };
        let east = Some("east");
        let areas = [area("east", None), area("port", east), area("hill", east)];
        AreaTable::new(1, areas.into_iter().chain([area("west", None)]))
    }

    #[track_caller]
    fn check(earlier: &str, later: &[&str], expected: bool) {
        let names = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let later: Vec<_> = later.iter().map(|text| names(text)).collect();
        assert_eq!(is_taken_over(&names(earlier), &later, &table()), expected);
    }

    #[test]
    fn an_order_ends_when_all_of_its_areas_are_taken_over() {
        check("port", &["port"], true);
        check("port", &["east"], true);
        check("port", &[""], true);
        check("port", &["hill"], false);
        check("port west", &["port"], false);
        check("port west", &["port", "west"], true);
        check("", &["west"], false);
        check("", &["west", "east"], true);
        check("port", &[], false);
    }

    #[test]
    fn a_containing_area_stays_until_it_is_named_itself() {
        // Homes may stand in the containing area without being in one of its parts.
        check("east", &["port hill"], false);
    }
}
