//! A small town for the tests of this crate: areas North > Harbour, Hill; three shelters; its keys.

use proptest::prelude::*;

use crate::{
    area::{Area, AreaId, AreaTable},
    book::{Home, Now},
    hazard::{Hazard, Level},
    household::{Household, Need, Plan, Resident},
    id::{Issuer, OrderId},
    order::{Act, Mode, Order, UnixMillis},
    shelter::{Position, Shelter, ShelterId, ShelterState, ShelterTable},
    signing::{OrderSigningKey, sign_order},
    trust::{KeyManifest, KeyUsage, ManifestKey, Trust},
};

/// Issue of most test orders: 2026-07-01 09:00 in Japan.
pub(crate) const ISSUED: i64 = 1_782_864_000_000;
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const YEAR: i64 = 365 * 24 * HOUR;

pub(crate) fn order_key() -> OrderSigningKey {
    OrderSigningKey::from_seed([1; 32])
}

pub(crate) fn drill_key() -> OrderSigningKey {
    OrderSigningKey::from_seed([2; 32])
}

pub(crate) fn heartbeat_key() -> OrderSigningKey {
    OrderSigningKey::from_seed([3; 32])
}

pub(crate) fn other_town_key() -> OrderSigningKey {
    OrderSigningKey::from_seed([4; 32])
}

pub(crate) fn stolen_key() -> OrderSigningKey {
    OrderSigningKey::from_seed([5; 32])
}

pub(crate) fn unknown_key() -> OrderSigningKey {
    OrderSigningKey::from_seed([6; 32])
}

pub(crate) fn root_key() -> OrderSigningKey {
    OrderSigningKey::from_seed([9; 32])
}

pub(crate) fn issuer() -> Issuer {
    Issuer::new("363871").expect("Minami's code")
}

pub(crate) fn other_issuer() -> Issuer {
    Issuer::new("363880").expect("Kaiyo's code")
}

fn manifest_key(key: &OrderSigningKey, usage: KeyUsage, scope: Issuer) -> ManifestKey {
    ManifestKey {
        public: key.public_key(),
        usage,
        scope: vec![scope],
        not_before: UnixMillis(ISSUED - YEAR),
        not_after: UnixMillis(ISSUED + YEAR),
    }
}

pub(crate) fn manifest() -> KeyManifest {
    KeyManifest {
        version: 7,
        expires_at: UnixMillis(ISSUED + 30 * 24 * HOUR),
        keys: vec![
            manifest_key(&order_key(), KeyUsage::Order, issuer()),
            manifest_key(&drill_key(), KeyUsage::Drill, issuer()),
            manifest_key(&heartbeat_key(), KeyUsage::Heartbeat, issuer()),
            manifest_key(&other_town_key(), KeyUsage::Order, other_issuer()),
            manifest_key(&stolen_key(), KeyUsage::Order, issuer()),
        ],
        revoked: vec![stolen_key().kid()],
    }
}

pub(crate) fn trust() -> Trust {
    Trust::new(manifest())
}

pub(crate) fn area_id(id: &str) -> AreaId {
    AreaId::new(id).expect("a short id")
}

pub(crate) fn shelter_id(id: &str) -> ShelterId {
    ShelterId::new(id).expect("a short id")
}

pub(crate) fn order_id(number: u64) -> OrderId {
    OrderId(u128::from(number).to_be_bytes())
}

/// An actual first issue against floods at level 4 for the harbour, standing six hours.
pub(crate) fn order(sequence: u64) -> Order {
    Order {
        id: order_id(sequence),
        issuer: issuer(),
        sequence,
        issued_at: UnixMillis(ISSUED),
        expires_at: UnixMillis(ISSUED + 6 * HOUR),
        mode: Mode::Actual,
        act: Act::Issue,
        references: Vec::new(),
        hazard: Hazard::Flood,
        level: Some(Level::Four),
        area_table: 1,
        areas: vec![area_id("harbour")],
        shelter_table: 1,
        shelters: Vec::new(),
        reason: None,
    }
}

/// The same with an act that refers to an earlier order.
pub(crate) fn act(sequence: u64, act: Act, reference: u64) -> Order {
    Order { act, references: vec![order_id(reference)], ..order(sequence) }
}

pub(crate) fn tsunami(sequence: u64) -> Order {
    Order { hazard: Hazard::Tsunami, level: None, ..order(sequence) }
}

pub(crate) fn signed(order: &Order) -> Vec<u8> {
    sign_order(order, &order_key()).expect("a valid order that fits")
}

/// A clock that is right, this long after the issue.
pub(crate) fn after(millis: i64) -> Now {
    let monotonic_ms = u64::try_from(1_000_000 + millis).expect("not before the start");
    Now { monotonic_ms, wall: UnixMillis(ISSUED + millis), wall_trusted: true }
}

/// The same moment on a box whose clock nobody set.
pub(crate) fn after_without_clock(millis: i64) -> Now {
    Now { wall: UnixMillis(0), wall_trusted: false, ..after(millis) }
}

pub(crate) fn areas() -> AreaTable {
    let area = |id: &str, name: &str, parent: Option<&str>| Area {
        id: area_id(id),
        name: name.into(),
        kana: String::new(),
        parent: parent.map(area_id),
        position: Some(Position { latitude: 33.73, longitude: 134.54 }),
    };
    let areas =
        [area("north", "北", None), area("harbour", "港", Some("north")), area("hill", "山", None)];
    AreaTable::new(1, areas)
}

pub(crate) fn shelter(id: &str, metres_north: f64, suitable_for: &[Hazard]) -> Shelter {
    Shelter {
        id: shelter_id(id),
        name: format!("避難所{id}"),
        kana: String::new(),
        address: String::new(),
        position: Position { latitude: 33.73 + metres_north / 111_195.0, longitude: 134.54 },
        suitable_for: suitable_for.iter().copied().collect(),
        condition: None,
    }
}

pub(crate) fn shelters() -> ShelterTable {
    ShelterTable::new(
        1,
        [
            shelter("near", 100.0, &[Hazard::Flood, Hazard::Earthquake]),
            shelter("middle", 500.0, &[Hazard::Flood, Hazard::Landslide, Hazard::LargeFire]),
            shelter("high", 900.0, &[Hazard::Flood, Hazard::Tsunami]),
            shelter("top", 1_500.0, &[Hazard::Tsunami, Hazard::Landslide]),
        ],
    )
}

pub(crate) fn resident(name: &str, needs: &[Need], plans: &[Plan]) -> Resident {
    Resident {
        name: name.into(),
        kana: String::new(),
        needs: needs.iter().copied().collect(),
        plans: plans.to_vec(),
    }
}

pub(crate) fn plan(hazard: Option<Hazard>, destination: &str, level: Level) -> Plan {
    Plan {
        hazard,
        destination: shelter_id(destination),
        fallback: None,
        departure_level: level,
        supporter: None,
    }
}

pub(crate) fn household(residents: Vec<Resident>) -> Household {
    Household {
        area: area_id("harbour"),
        position: Some(Position { latitude: 33.73, longitude: 134.54 }),
        residents,
    }
}

pub(crate) fn home() -> Home {
    Home::new(&household(Vec::new()), &areas())
}

pub(crate) fn any_hazard() -> impl Strategy<Value = Hazard> {
    proptest::sample::select(Hazard::ALL.to_vec())
}

pub(crate) fn any_state() -> impl Strategy<Value = ShelterState> {
    proptest::sample::select(vec![ShelterState::Open, ShelterState::Closed, ShelterState::Full])
}

pub(crate) fn any_level() -> impl Strategy<Value = Level> {
    proptest::sample::select(vec![Level::Three, Level::Four, Level::Five])
}

fn any_reason() -> impl Strategy<Value = Option<String>> {
    proptest::option::of(proptest::collection::vec(
        proptest::sample::select("川がはんらん、𠮷ｶﾞ! a".chars().collect::<Vec<char>>()),
        0..50,
    ))
    .prop_map(|chars| chars.map(|chars| format!("雨{}", chars.into_iter().collect::<String>())))
}

prop_compose! {
    /// Areas, shelters and reason of an order that fits the limit.
    fn any_lists()(
        areas in proptest::collection::btree_set("[A-Z][0-9]{2}", 0..=40),
        shelters in proptest::collection::btree_map("E[0-9]{8,13}", any_state(), 0..=20),
        reason in any_reason(),
    ) -> (Vec<AreaId>, Vec<(ShelterId, ShelterState)>, Option<String>) {
        let areas = areas.iter().map(|id| area_id(id)).collect();
        let shelters = shelters.into_iter().map(|(id, state)| (shelter_id(&id), state)).collect();
        (areas, shelters, reason)
    }
}

prop_compose! {
    /// Any valid order of the town.
    pub(crate) fn any_order()(
        id in any::<[u8; 16]>(),
        ahead in 0..=2 * Order::MAX_AHEAD_S,
        issued in ISSUED - YEAR..ISSUED + YEAR,
        lasts in 1..YEAR,
        mode in proptest::sample::select(vec![Mode::Actual, Mode::Drill, Mode::Test]),
        act in proptest::sample::select(vec![Act::Issue, Act::Update, Act::Lift, Act::Cancel]),
        references in proptest::collection::btree_set(any::<[u8; 16]>(), 1..=4),
        hazard in any_hazard(),
        level in any_level(),
        tables in any::<(u32, u32)>(),
        (areas, shelters, reason) in any_lists(),
    ) -> Order {
        let references = references.into_iter().filter(|other| *other != id).map(OrderId);
        Order {
            id: OrderId(id),
            issuer: issuer(),
            sequence: (issued.unsigned_abs() / 1_000 + Order::MAX_AHEAD_S).saturating_sub(ahead).max(1),
            issued_at: UnixMillis(issued),
            expires_at: UnixMillis(issued + lasts),
            mode,
            act,
            references: if act == Act::Issue { Vec::new() } else { references.collect() },
            hazard,
            level: (hazard != Hazard::Tsunami).then_some(level),
            area_table: tables.0,
            areas,
            shelter_table: tables.1,
            shelters,
            reason,
        }
    }
}

/// One change of the bytes: a byte replaced, taken out, put in, or the end cut off.
pub(crate) fn mutate(bytes: &[u8], kind: u8, at: usize, value: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = at % bytes.len();
    match kind % 4 {
        0 => bytes[at] = value,
        1 => {
            bytes.remove(at);
        }
        2 => bytes.insert(at, value),
        _ => bytes.truncate(at),
    }
    bytes
}
