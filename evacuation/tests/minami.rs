//! The demonstration town's own files: every home of it gets guidance that it can follow.

use std::{collections::BTreeSet, path::Path};

use evacuation::{
    area::{Area, AreaId, AreaTable},
    guidance::{Action, Guidance, guide},
    hazard::{Hazard, Level},
    household::{Household, Need, Plan, Resident},
    order::{Act, Issuer, Mode, Order, OrderId, UnixMillis},
    shelter::{Position, Shelter, ShelterId, ShelterTable, split_condition},
};
use serde_json::Value;

const COLUMNS: [(&str, Hazard); 8] = [
    ("洪水", Hazard::Flood),
    ("崖崩れ、土石流及び地滑り", Hazard::Landslide),
    ("高潮", Hazard::StormSurge),
    ("地震", Hazard::Earthquake),
    ("津波", Hazard::Tsunami),
    ("大規模な火事", Hazard::LargeFire),
    ("内水氾濫", Hazard::InlandFlood),
    ("火山現象", Hazard::Volcano),
];

fn file(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/minami").join(name);
    let text = std::fs::read_to_string(&path).expect("the town's file is there");
    serde_json::from_str(&text).expect("the town's file is JSON")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("a list").iter()
}

fn position(value: &Value) -> Option<Position> {
    let (latitude, longitude) = (value["latitude"].as_f64()?, value["longitude"].as_f64()?);
    Some(Position { latitude, longitude })
}

fn areas() -> AreaTable {
    let file = file("areas.json");
    let id = |value: &Value| value.as_str().map(|id| AreaId::new(id).expect("an area id"));
    let area = |area: &Value| Area {
        id: id(&area["area_id"]).expect("an area id"),
        name: text(&area["name"]),
        kana: text(&area["kana"]),
        parent: id(&area["parent"]),
        position: position(&area["position"]),
    };
    AreaTable::new(1, list(&file["areas"]).map(area))
}

fn shelter(feature: &Value) -> Shelter {
    let (properties, at) = (&feature["properties"], &feature["geometry"]["coordinates"]);
    let (name, condition) =
        split_condition(&text(&properties["施設・場所名"]), &text(&properties["備考"]));
    let suitable = COLUMNS.iter().filter(|(column, _)| properties[column] == "1");
    Shelter {
        id: ShelterId::new(text(&properties["共通ID"])).expect("a shelter id"),
        name,
        kana: String::new(),
        address: text(&properties["住所"]),
        position: Position {
            latitude: at[1].as_f64().expect("degrees"),
            longitude: at[0].as_f64().expect("degrees"),
        },
        suitable_for: suitable.map(|(_, hazard)| *hazard).collect(),
        condition,
    }
}

fn shelters() -> ShelterTable {
    let (sites, shelters) = (file("emergency-sites.geojson"), file("designated-shelters.geojson"));
    ShelterTable::new(1, list(&sites["features"]).chain(list(&shelters["features"])).map(shelter))
}

fn need(code: &Value) -> Need {
    match code.as_str() {
        Some("more-time") => Need::MoreTime,
        Some("helper") => Need::Helper,
        Some("wheelchair") => Need::Wheelchair,
        Some("hard-of-hearing") => Need::HardOfHearing,
        Some("low-vision") => Need::LowVision,
        Some("medicine") => Need::Medicine,
        other => panic!("unknown need {other:?}"),
    }
}

fn plan(plan: &Value) -> Plan {
    let id = |value: &Value| value.as_str().map(|id| ShelterId::new(id).expect("a shelter id"));
    let hazard = |code: &str| Hazard::from_code(code).expect("a hazard code");
    let level = plan["departure_level"].as_u64().and_then(|level| u8::try_from(level).ok());
    Plan {
        hazard: plan["hazard"].as_str().map(hazard),
        destination: id(&plan["destination"]).expect("a destination"),
        fallback: id(&plan["fallback"]),
        departure_level: level.and_then(Level::from_number).expect("3 or 4"),
        supporter: plan["supporter"].as_str().map(str::to_owned),
    }
}

fn resident(resident: &Value) -> Resident {
    Resident {
        name: text(&resident["name"]),
        kana: text(&resident["kana"]),
        needs: list(&resident["needs"]).map(need).collect(),
        plans: list(&resident["plans"]).map(plan).collect(),
    }
}

fn households() -> Vec<Household> {
    let household = |household: &Value| Household {
        area: AreaId::new(text(&household["area_id"])).expect("an area id"),
        position: position(&household["position"]),
        residents: list(&household["residents"]).map(resident).collect(),
    };
    list(&file("households.json")["households"]).map(household).collect()
}

fn order(hazard: Hazard, level: Level) -> Order {
    Order {
        id: OrderId([7; 16]),
        issuer: Issuer::new("363871").expect("Minami's code"),
        sequence: 1,
        issued_at: UnixMillis(1_782_864_000_000),
        expires_at: UnixMillis(1_782_950_400_000),
        mode: Mode::Actual,
        act: Act::Issue,
        references: Vec::new(),
        hazard,
        level: (hazard != Hazard::Tsunami).then_some(level),
        area_table: 1,
        areas: Vec::new(),
        shelter_table: 1,
        shelters: Vec::new(),
        reason: None,
    }
}

fn guided(home: &Household, hazard: Hazard, level: Level) -> Guidance {
    let order = order(hazard, level);
    guide(&order, home, &areas(), &shelters())
}

#[test]
fn the_tables_hold_what_the_town_has() {
    let (areas, shelters) = (areas(), shelters());
    assert_eq!((areas.areas.len(), shelters.shelters.len()), (25, 76));
    let suitable_for = |hazard: Hazard| {
        shelters.shelters.values().filter(|shelter| shelter.suitable_for.contains(&hazard)).count()
    };
    let hazards = [Hazard::Flood, Hazard::Landslide, Hazard::Earthquake, Hazard::Tsunami];
    assert_eq!(hazards.map(suitable_for), [20, 22, 24, 23]);
    let parents = areas.areas.values().filter_map(|area| area.parent.as_ref());
    assert!(parents.clone().all(|parent| areas.areas.contains_key(parent)));
    assert_eq!(parents.count(), 9);
    let conditions = shelters.shelters.values().filter(|shelter| shelter.condition.is_some());
    assert_eq!(conditions.count(), 13);
    let left = shelters.shelters.values().filter(|shelter| shelter.name.contains("に避難"));
    assert_eq!(left.count(), 0);
}

#[test]
fn every_home_stands_in_the_town_and_its_plans_lead_somewhere() {
    let (areas, shelters) = (areas(), shelters());
    let homes = households();
    assert!(homes.len() >= 20);
    for home in &homes {
        assert!(areas.areas.contains_key(&home.area));
        assert!(home.residents.iter().all(|resident| resident.name.len() <= 300));
        for plan in home.residents.iter().flat_map(|resident| &resident.plans) {
            let places = std::iter::once(&plan.destination).chain(&plan.fallback);
            for place in places.map(|id| &shelters.shelters[id]) {
                let fits = plan.hazard.is_none_or(|hazard| place.suitable_for.contains(&hazard));
                assert!(fits, "{} is not for {:?}", place.name, plan.hazard);
            }
        }
    }
}

#[test]
fn every_home_gets_a_suitable_place_in_every_danger_the_town_plans_for() {
    let shelters = shelters();
    for (home, hazard) in households().iter().flat_map(|home| {
        [Hazard::Flood, Hazard::Landslide, Hazard::Tsunami].map(move |hazard| (home, hazard))
    }) {
        let guidance = guided(home, hazard, Level::Four);
        let place = guidance.destination.expect("the town has one");
        assert!(shelters.shelters[&place.shelter].suitable_for.contains(&hazard));
        assert!(guidance.fallback.is_some_and(|fallback| fallback.shelter != place.shelter));
    }
}

#[test]
fn the_demo_home_runs_to_the_castle_hill() {
    let homes = households();
    let guidance = guided(&homes[0], Hazard::Tsunami, Level::Four);
    assert_eq!(guidance.action, Action::RunToHighGround);
    let names: Vec<&str> = guidance.addressees.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["中村 ハナ", "中村 茂"]);
    let place = guidance.destination.expect("high ground");
    assert_eq!((place.name.as_str(), place.planned), ("美波町城山交流拠点施設", true));
    assert!(place.distance_m.is_some_and(|metres| (100..500).contains(&metres)));
    let fallback = guidance.fallback.expect("a second place");
    assert_eq!(fallback.name, "日和佐総合体育館");
    assert_eq!(fallback.condition.as_deref(), Some("２階以上に避難"));
    assert_eq!(guidance.supporters, ["浜口 誠"]);
}

#[test]
fn the_demo_home_leaves_at_level_three_and_stays_at_level_five() {
    let homes = households();
    let three = guided(&homes[0], Hazard::Flood, Level::Three);
    assert_eq!(three.action, Action::LeaveNow);
    assert!(three.leave_by.is_some());
    let five = guided(&homes[0], Hazard::Flood, Level::Five);
    assert_eq!((five.action, five.destination), (Action::SecureLifeHere, None));
}

#[test]
fn no_two_people_of_the_town_are_mixed_up() {
    let homes = households();
    let names: Vec<&str> =
        homes.iter().flat_map(|home| &home.residents).map(|r| r.name.as_str()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    for home in &homes {
        let guidance = guided(home, Hazard::Flood, Level::Four);
        let told: Vec<&str> = guidance.addressees.iter().map(|a| a.name.as_str()).collect();
        let own: Vec<&str> = home.residents.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(told, own);
    }
}
