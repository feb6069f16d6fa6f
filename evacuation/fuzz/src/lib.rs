//! Valid records to begin from: from nothing a fuzzer seldom writes a whole order.

use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    order::{Act, Issuer, Mode, Order, OrderId, UnixMillis},
    shelter::{ShelterId, ShelterState},
};

/// An order with every field.
pub fn sample_order() -> Order {
    Order {
        id: OrderId([7; 16]),
        issuer: Issuer::new("363871").expect("Minami's code"),
        sequence: 9,
        issued_at: UnixMillis(1_782_864_000_000),
        expires_at: UnixMillis(1_782_885_600_000),
        mode: Mode::Actual,
        act: Act::Update,
        references: vec![OrderId([6; 16])],
        hazard: Hazard::Landslide,
        level: Some(Level::Four),
        area_table: 1,
        areas: vec![AreaId::new("A14").expect("short"), AreaId::new("A05").expect("short")],
        shelter_table: 1,
        shelters: vec![(ShelterId::new("E3638700033201").expect("short"), ShelterState::Open)],
        reason: Some("がけが崩れるおそれがあります。".into()),
    }
}

/// The valid bytes with the edits of the script: each three bytes say where, what, how.
pub fn edited(valid: &[u8], script: &[u8]) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    for edit in script.chunks_exact(3).take(8) {
        let at = usize::from(edit[0]) * 7 % (bytes.len() + 1);
        let at = (at + usize::from(edit[2] >> 2)) % (bytes.len() + 1);
        match edit[2] & 3 {
            0 | 1 if at < bytes.len() => bytes[at] = edit[1],
            2 => bytes.insert(at, edit[1]),
            3 if at < bytes.len() => {
                bytes.remove(at);
            }
            _ => {}
        }
    }
    bytes
}
