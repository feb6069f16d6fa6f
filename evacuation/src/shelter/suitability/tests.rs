use proptest::prelude::*;

use super::*;
use crate::testing::{any_hazard, any_state, shelter, shelter_id, shelters};

const HERE: Position = Position { latitude: 33.73, longitude: 134.54 };

/// Searches for these states and plans; answers the ids of the two places.
fn found(hazard: Hazard, states: &[(&str, ShelterState)], planned: &[&str]) -> Vec<String> {
    let table = shelters();
    let states: Vec<_> = states.iter().map(|(id, state)| (shelter_id(id), *state)).collect();
    let ids: Vec<ShelterId> = planned.iter().map(|id| shelter_id(id)).collect();
    let planned: Vec<&ShelterId> = ids.iter().collect();
    let from = Some(HERE);
    let (first, second) = choose(&Search {
        hazard,
        also: &[],
        table: &table,
        states: &states,
        planned: &planned,
        from,
    });
    [first, second].into_iter().flatten().map(|choice| choice.shelter.id.to_string()).collect()
}

#[track_caller]
fn check_choice(
    hazard: Hazard,
    states: &[(&str, ShelterState)],
    planned: &[&str],
    expected: &[&str],
) {
    assert_eq!(found(hazard, states, planned), expected);
}

#[test]
fn the_plan_then_the_nearest_open_then_the_nearest() {
    let open = |id| (id, ShelterState::Open);
    check_choice(Hazard::Flood, &[], &[], &["near", "middle"]);
    check_choice(Hazard::Flood, &[open("high")], &[], &["high", "near"]);
    check_choice(Hazard::Flood, &[open("high"), open("middle")], &[], &["middle", "high"]);
    check_choice(Hazard::Flood, &[open("near")], &["high"], &["high", "near"]);
    check_choice(Hazard::Flood, &[], &["high", "middle"], &["high", "middle"]);
}

#[test]
fn closed_full_and_unsuitable_places_are_never_named() {
    let closed = |id| (id, ShelterState::Closed);
    let full = |id| (id, ShelterState::Full);
    check_choice(Hazard::Flood, &[closed("near")], &["near"], &["middle", "high"]);
    check_choice(Hazard::Flood, &[full("near")], &["near"], &["middle", "high"]);
    check_choice(Hazard::Landslide, &[], &["near", "high"], &["middle", "top"]);
    check_choice(Hazard::LargeFire, &[full("middle")], &[], &[]);
    check_choice(Hazard::Volcano, &[], &["near"], &[]);
    check_choice(Hazard::Flood, &[], &["nowhere"], &["near", "middle"]);
    let twice = [("near", ShelterState::Open), closed("near")];
    check_choice(Hazard::Flood, &twice, &[], &["middle", "high"]);
}

#[test]
fn under_a_tsunami_the_nearest_high_ground_comes_first() {
    check_choice(Hazard::Tsunami, &[("top", ShelterState::Open)], &[], &["high", "top"]);
    check_choice(Hazard::Tsunami, &[], &["top"], &["top", "high"]);
}

#[test]
fn without_a_point_only_planned_and_open_places_are_named() {
    let (table, planned) = (shelters(), shelter_id("middle"));
    let (planned, open) = ([&planned], [(shelter_id("high"), ShelterState::Open)]);
    let search = |planned, states| {
        let search =
            Search { hazard: Hazard::Flood, also: &[], table: &table, states, planned, from: None };
        let (first, second) = choose(&search);
        let id = |choice: Choice<'_>| choice.shelter.id.to_string();
        (first.map(id), second.map(id))
    };
    assert_eq!(search(&[], &[]), (None, None));
    assert_eq!(search(&planned, &[]), (Some("middle".into()), None));
    assert_eq!(search(&planned, &open), (Some("middle".into()), Some("high".into())));
}

#[track_caller]
fn check_distance(to: Position, expected: Option<u32>) {
    assert_eq!(HERE.distance_m(to), expected);
}

#[test]
fn distances_are_over_ground() {
    check_distance(HERE, Some(0));
    check_distance(shelter("S", 500.0, &[]).position, Some(500));
    check_distance(Position { latitude: 33.73, longitude: 134.55 }, Some(925));
    // Tokyo Station from Hiwasa.
    check_distance(Position { latitude: 35.681_236, longitude: 139.767_125 }, Some(524_675));
    check_distance(Position { latitude: -33.73, longitude: -45.46 }, Some(20_015_087));
    check_distance(Position { latitude: f64::NAN, longitude: 134.0 }, None);
    check_distance(Position { latitude: 91.0, longitude: 134.0 }, None);
    check_distance(Position { latitude: 33.0, longitude: f64::INFINITY }, None);
}

prop_compose! {
    fn any_table()(
        places in proptest::collection::vec(
            (0.0..5_000.0_f64, proptest::collection::vec(any_hazard(), 0..4)), 0..12,
        ),
    ) -> ShelterTable {
        let places = places.iter().enumerate();
        ShelterTable::new(1, places.map(|(at, (north, suitable))| {
            shelter(&format!("S{at}"), *north, suitable)
        }))
    }
}

proptest! {
    #[test]
    fn what_is_named_is_suitable_and_receives_people(
        table in any_table(),
        hazard in any_hazard(),
        states in proptest::collection::vec((0..12_usize, any_state()), 0..12),
        planned in proptest::collection::vec(0..14_usize, 0..4),
    ) {
        let id = |at: usize| shelter_id(&format!("S{at}"));
        let states: Vec<_> = states.into_iter().map(|(at, state)| (id(at), state)).collect();
        let planned: Vec<ShelterId> = planned.into_iter().map(id).collect();
        let planned: Vec<&ShelterId> = planned.iter().collect();
        let search =
            Search { hazard, also: &[], table: &table, states: &states, planned: &planned, from: Some(HERE) };
        let (first, second) = choose(&search);
        let shuts = |shelter: &Shelter| {
            states.iter().any(|(id, state)| *id == shelter.id && *state != ShelterState::Open)
        };
        let usable = |shelter: &&Shelter| shelter.suitable_for.contains(&hazard) && !shuts(shelter);
        let count = table.shelters.values().filter(usable).count();
        prop_assert_eq!([first, second].into_iter().flatten().count(), count.min(2));
        for choice in [first, second].into_iter().flatten() {
            prop_assert!(usable(&choice.shelter));
            prop_assert_eq!(choice.planned, planned.contains(&&choice.shelter.id));
        }
        if let (Some(first), Some(second)) = (first, second) {
            prop_assert_ne!(&first.shelter.id, &second.shelter.id);
        }
    }
}
