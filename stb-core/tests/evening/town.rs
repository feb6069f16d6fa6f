//! A small town: its homes, its keys, its orders.

use base64::{Engine, engine::general_purpose::STANDARD};
use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    heartbeat::{Heartbeat, sign_heartbeat},
    id::{Issuer, OrderId},
    order::{Act, Mode, Order, UnixMillis},
    shelter::{ShelterId, ShelterState},
    signing::{OrderSigningKey, sign_order},
    trust::{KeyManifest, KeyUsage, ManifestKey, sign_manifest},
};
use gateway_api::{
    household::{EvacuationPlan, Household, KeyLock, Need, Position, Resident},
    provisioning::{Area, Channel, CheckInSettings, Provisioning, Shelter},
};

/// 2026-11-20 18:00 in Japan.
pub const EVENING: i64 = 1_795_165_200_000;
const HOUR_MS: i64 = 3_600_000;
const YEAR_MS: i64 = 365 * 24 * HOUR_MS;

/// The town's console, as far as a box can tell.
pub struct Town {
    root: OrderSigningKey,
    order: OrderSigningKey,
    drill: OrderSigningKey,
    heartbeat: OrderSigningKey,
    sequence: u64,
}

impl Town {
    pub fn new() -> Self {
        let key = |seed: u8| OrderSigningKey::from_seed([seed; 32]);
        Self { root: key(1), order: key(2), drill: key(3), heartbeat: key(4), sequence: 0 }
    }

    pub fn root_key(&self) -> [u8; 32] {
        self.root.public_key().0
    }

    /// The next order, as the console would sign it.
    pub fn order(&mut self, hazard: Hazard, level: Option<Level>) -> Order {
        self.sequence += 1;
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.sequence.to_be_bytes());
        Order {
            id: OrderId(id),
            issuer: issuer(),
            sequence: self.sequence,
            issued_at: UnixMillis(EVENING),
            expires_at: UnixMillis(EVENING + 12 * HOUR_MS),
            mode: Mode::Actual,
            act: Act::Issue,
            references: Vec::new(),
            hazard,
            level,
            area_table: 1,
            areas: vec![area_id("hiwasaura")],
            shelter_table: 1,
            shelters: vec![(shelter_id("hall"), ShelterState::Open)],
            reason: Some("日和佐川の水位が上がっています。".to_owned()),
        }
    }

    pub fn flood(&mut self, level: Level) -> Order {
        self.order(Hazard::Flood, Some(level))
    }

    /// A word about an earlier order.
    pub fn about(&mut self, earlier: &Order, act: Act) -> Order {
        let mut order = self.order(earlier.hazard, earlier.level);
        order.act = act;
        order.mode = earlier.mode;
        order.references = vec![earlier.id];
        order
    }

    pub fn sign(&self, order: &Order) -> Vec<u8> {
        let key = if order.mode == Mode::Actual { &self.order } else { &self.drill };
        sign_order(order, key).expect("the order follows the rules")
    }

    pub fn sign_with_drill_key(&self, order: &Order) -> Vec<u8> {
        sign_order(order, &self.drill).expect("the order follows the rules")
    }

    pub fn sign_with_foreign_key(order: &Order) -> Vec<u8> {
        let key = OrderSigningKey::from_seed([99; 32]);
        sign_order(order, &key).expect("the order follows the rules")
    }

    pub fn heartbeat(&self, active: &[OrderId], wall_ms: i64) -> Vec<u8> {
        let heartbeat = Heartbeat {
            issuer: issuer(),
            highest_sequence: self.sequence,
            highest_drill: 0,
            active: active.to_vec(),
            time: UnixMillis(wall_ms),
        };
        sign_heartbeat(&heartbeat, &self.heartbeat).expect("few orders are active")
    }

    pub fn manifest(&self, version: u64, revoked: bool) -> String {
        let key = |key: &OrderSigningKey, usage| ManifestKey {
            public: key.public_key(),
            usage,
            scope: vec![issuer()],
            not_before: UnixMillis(EVENING - YEAR_MS),
            not_after: UnixMillis(EVENING + YEAR_MS),
        };
        let manifest = KeyManifest {
            version,
            expires_at: UnixMillis(EVENING + YEAR_MS),
            keys: vec![
                key(&self.order, KeyUsage::Order),
                key(&self.drill, KeyUsage::Drill),
                key(&self.heartbeat, KeyUsage::Heartbeat),
            ],
            revoked: if revoked { vec![self.order.kid()] } else { Vec::new() },
        };
        STANDARD.encode(sign_manifest(&manifest, &self.root).expect("the manifest is small"))
    }

    /// The town's own keys, named by somebody who is not its root.
    pub fn manifest_of_another_root() -> String {
        let root = OrderSigningKey::from_seed([98; 32]);
        Self { root, ..Self::new() }.manifest(9, false)
    }

    /// What the box of the Nakamura home holds.
    pub fn provisioning(&self) -> Provisioning {
        Provisioning {
            help_dealt_with: Vec::new(),
            phone: Some("0884-00-0000".to_owned()),
            version: 1,
            household: household(),
            area_table_version: 1,
            areas: vec![area("hiwasaura", "日和佐浦", "ひわさうら"), area("kiki", "木岐", "きき")],
            shelter_table_version: 1,
            shelters: vec![
                shelter("hall", "日和佐公民館", "ひわさこうみんかん", &["flood", "landslide"]),
                shelter("temple", "薬王寺", "やくおうじ", &["tsunami", "flood", "earthquake"]),
            ],
            key_manifest: self.manifest(1, false),
            channels: [1, 3, 4].map(channel).to_vec(),
            order_multicast: None,
            check_in: CheckInSettings { enabled: true, undo_seconds: 30 },
        }
    }
}

fn issuer() -> Issuer {
    Issuer::new("363871").expect("the code of Minami")
}

pub fn area_id(id: &str) -> AreaId {
    AreaId::new(id).expect("a short id")
}

fn shelter_id(id: &str) -> ShelterId {
    ShelterId::new(id).expect("a short id")
}

fn area(id: &str, name: &str, kana: &str) -> Area {
    Area {
        area_id: id.to_owned(),
        name: name.to_owned(),
        kana: kana.to_owned(),
        parent: None,
        position: Some(Position { latitude: 33.73, longitude: 134.53 }),
    }
}

fn shelter(id: &str, name: &str, kana: &str, suitable_for: &[&str]) -> Shelter {
    Shelter {
        shelter_id: id.to_owned(),
        name: name.to_owned(),
        kana: kana.to_owned(),
        address: "徳島県海部郡美波町".to_owned(),
        position: Position { latitude: 33.731, longitude: 134.533 },
        suitable_for: suitable_for.iter().map(|code| (*code).to_owned()).collect(),
        condition: (id == "hall").then(|| "２階以上に避難".to_owned()),
    }
}

pub fn channel(number: u16) -> Channel {
    Channel {
        channel_id: format!("ch{number}"),
        number,
        name: format!("放送{number}"),
        source: format!("239.255.36.{number}:5000"),
    }
}

fn household() -> Household {
    let resident = |id: &str, name: &str, kana: &str, needs: Vec<Need>| Resident {
        resident_id: id.to_owned(),
        name: name.to_owned(),
        kana: kana.to_owned(),
        needs,
        plans: Vec::new(),
    };
    let mut hana = resident("hana", "中村 ハナ", "ナカムラ ハナ", vec![Need::MoreTime]);
    hana.plans = vec![EvacuationPlan {
        hazard: Some("tsunami".to_owned()),
        destination: "temple".to_owned(),
        fallback: None,
        departure_level: 3,
        supporter: Some("佐藤 正".to_owned()),
    }];
    Household {
        household_id: "h1".to_owned(),
        municipality_code: "363871".to_owned(),
        municipality_name: "美波町".to_owned(),
        area_id: "hiwasaura".to_owned(),
        position: Some(Position { latitude: 33.729, longitude: 134.531 }),
        language: "ja".to_owned(),
        speak_names: true,
        key_lock: KeyLock::All,
        residents: vec![hana, resident("shigeru", "中村 茂", "ナカムラ シゲル", vec![])],
    }
}
