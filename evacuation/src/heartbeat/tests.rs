use proptest::prelude::*;

use super::*;
use crate::testing::{
    ISSUED, YEAR, drill_key, heartbeat_key, issuer, mutate, order_id, order_key, other_issuer,
    trust, unknown_key,
};

fn heartbeat(active: u64) -> Heartbeat {
    Heartbeat {
        issuer: issuer(),
        highest_sequence: 9,
        highest_drill: active,
        active: (1..=active).map(order_id).collect(),
        time: UnixMillis(ISSUED),
    }
}

fn signed(heartbeat: &Heartbeat) -> Vec<u8> {
    sign_heartbeat(heartbeat, &heartbeat_key()).expect("few orders")
}

#[test]
fn a_heartbeat_opens_as_it_was() {
    for active in [0, 1, 32] {
        let heartbeat = heartbeat(active);
        let bytes = signed(&heartbeat);
        assert!(bytes.len() <= Heartbeat::MAX_SIGNED_LEN);
        assert_eq!(open_heartbeat(&bytes, &trust()), Ok(heartbeat));
    }
    assert_eq!(sign_heartbeat(&heartbeat(33), &heartbeat_key()), Err(TooManyActive));
}

#[track_caller]
fn check_refused(heartbeat: &Heartbeat, key: &HeartbeatSigningKey, expected: OpenError) {
    let bytes = sign_heartbeat(heartbeat, key).expect("few orders");
    assert_eq!(open_heartbeat(&bytes, &trust()), Err(expected));
}

#[test]
fn only_a_heartbeat_key_of_the_town_beats() {
    check_refused(&heartbeat(1), &order_key(), OpenError::WrongKeyUsage);
    check_refused(&heartbeat(1), &drill_key(), OpenError::WrongKeyUsage);
    check_refused(&heartbeat(1), &unknown_key(), OpenError::UnknownKey);
    let elsewhere = Heartbeat { issuer: other_issuer(), ..heartbeat(1) };
    check_refused(&elsewhere, &heartbeat_key(), OpenError::OutOfScope);
    let late = Heartbeat { time: UnixMillis(ISSUED + 2 * YEAR), ..heartbeat(1) };
    check_refused(&late, &heartbeat_key(), OpenError::KeyOutOfTime);
}

proptest! {
    #[test]
    fn changed_heartbeats_never_open(active in 0..4_u64, kind: u8, at: usize, value: u8) {
        let bytes = signed(&heartbeat(active));
        let mutated = mutate(&bytes, kind, at, value);
        prop_assert!(mutated == bytes || open_heartbeat(&mutated, &trust()).is_err());
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Heartbeat::decode(&bytes);
    }
}
