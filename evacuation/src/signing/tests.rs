use proptest::prelude::*;

use super::*;
use crate::{
    area::AreaId,
    heartbeat::{Heartbeat, open_heartbeat, sign_heartbeat},
    order::{Act, UnixMillis},
    shelter::{ShelterId, ShelterState},
    testing::*,
    trust::{ManifestError, open_manifest, sign_manifest},
};

#[track_caller]
fn check_open(bytes: &[u8], expected: Result<(), OpenError>) {
    assert_eq!(open_order(bytes, &trust()).map(|_| ()), expected);
}

/// Signed whatever it is, as a thief with a key would do.
fn forged(order: &Order, key: &OrderSigningKey) -> Vec<u8> {
    key.seal(codec::encode(order), Context::Order)
}

#[test]
fn a_signed_order_opens_as_it_was() {
    let opened = open_order(&signed(&order(5)), &trust()).expect("signed by the town");
    assert_eq!((opened.order, opened.kid), (order(5), order_key().kid()));
    assert_eq!(signed(&order(5)).len(), 85 + codec::encode(&order(5)).len());
}

#[test]
fn only_the_right_key_signs_an_order() {
    let drill = Order { mode: Mode::Drill, ..order(5) };
    let test = Order { mode: Mode::Test, ..order(5) };
    let early = Order { issued_at: UnixMillis(ISSUED - 2 * YEAR), ..order(5) };
    let elsewhere = Order { issuer: other_issuer(), ..order(5) };
    check_open(&forged(&order(5), &order_key()), Ok(()));
    check_open(&forged(&drill, &order_key()), Ok(()));
    check_open(&forged(&drill, &drill_key()), Ok(()));
    check_open(&forged(&test, &drill_key()), Ok(()));
    check_open(&forged(&order(5), &drill_key()), Err(OpenError::WrongKeyUsage));
    check_open(&forged(&order(5), &heartbeat_key()), Err(OpenError::WrongKeyUsage));
    check_open(&forged(&drill, &heartbeat_key()), Err(OpenError::WrongKeyUsage));
    check_open(&forged(&order(5), &unknown_key()), Err(OpenError::UnknownKey));
    check_open(&forged(&order(5), &root_key()), Err(OpenError::UnknownKey));
    check_open(&forged(&order(5), &stolen_key()), Err(OpenError::RevokedKey));
    check_open(&forged(&order(5), &other_town_key()), Err(OpenError::OutOfScope));
    check_open(&forged(&elsewhere, &order_key()), Err(OpenError::OutOfScope));
    check_open(&forged(&elsewhere, &other_town_key()), Ok(()));
    check_open(&forged(&early, &order_key()), Err(OpenError::KeyOutOfTime));
    check_open(&forged(&order(0), &order_key()), Err(OpenError::Malformed));
}

#[test]
fn a_drill_key_cannot_lift_or_cancel_an_actual_order() {
    for lift in [act(6, Act::Lift, 5), act(6, Act::Cancel, 5)] {
        check_open(&forged(&lift, &drill_key()), Err(OpenError::WrongKeyUsage));
    }
}

#[test]
fn the_named_key_must_be_the_one_that_signed() {
    let mut bytes = forged(&order(5), &unknown_key());
    bytes[8..16].copy_from_slice(&order_key().kid().0);
    check_open(&bytes, Err(OpenError::BadSignature));
    let mut bytes = signed(&order(5));
    *bytes.last_mut().expect("not empty") ^= 1;
    check_open(&bytes, Err(OpenError::BadSignature));
}

#[test]
fn one_kind_of_record_never_passes_for_another() {
    let key = order_key();
    for context in [Context::Heartbeat, Context::Manifest] {
        check_open(&key.seal(codec::encode(&order(5)), context), Err(OpenError::BadSignature));
    }
    let heartbeat = Heartbeat {
        issuer: issuer(),
        highest_sequence: 5,
        highest_drill: 0,
        active: Vec::new(),
        time: UnixMillis(ISSUED),
    };
    let heartbeat = sign_heartbeat(&heartbeat, &heartbeat_key()).expect("few orders");
    check_open(&heartbeat, Err(OpenError::BadSignature));
    let manifest = sign_manifest(&manifest(), &order_key()).expect("a valid manifest");
    check_open(&manifest[..], Err(OpenError::BadSignature));
    let as_heartbeat = open_heartbeat(&forged(&order(5), &heartbeat_key()), &trust());
    assert_eq!(as_heartbeat, Err(OpenError::BadSignature));
    let as_manifest = open_manifest(&forged(&order(5), &root_key()), &root_key().public_key());
    assert_eq!(as_manifest, Err(ManifestError::BadSignature));
}

/// An order with so many areas (ids of so many digits), shelters of the open data's kind, and so
/// long a reason.
fn large(areas: usize, width: usize, shelters: usize, reason: usize) -> Order {
    let area = |number| AreaId::new(format!("A{number:0width$}")).expect("short");
    let shelter = |number| ShelterId::new(format!("E3638700{number:06}")).expect("short");
    Order {
        areas: (0..areas).map(area).collect(),
        shelters: (0..shelters).map(|number| (shelter(number), ShelterState::Open)).collect(),
        reason: (reason > 0).then(|| "水".repeat(reason)),
        ..act(1_800_000_000, Act::Update, 5)
    }
}

#[track_caller]
fn check_sign(order: &Order, expected: Result<(), SignError>) {
    assert_eq!(sign_order(order, &order_key()).map(|_| ()), expected);
}

#[test]
fn a_signed_order_fits_one_datagram() {
    check_sign(&large(40, 2, 24, 120), Ok(()));
    check_sign(&large(40, 4, 24, 120), Err(SignError::TooLarge(1_167)));
    check_sign(&large(41, 2, 0, 0), Err(SignError::Invalid(InvalidOrder::Areas)));
    check_sign(&large(0, 2, 25, 0), Err(SignError::Invalid(InvalidOrder::Shelters)));
    check_sign(&large(0, 2, 0, 121), Err(SignError::Invalid(InvalidOrder::Reason)));
    check_open(&forged(&large(40, 4, 24, 120), &order_key()), Err(OpenError::TooLarge));
}

/// The signature covers the content, not how long its length is written.
#[test]
fn a_frame_written_otherwise_is_not_opened() {
    let bytes = signed(&order(5));
    let (head, length, rest) = (&bytes[..17], bytes[18], &bytes[19..]);
    assert_eq!(bytes[17], 0x58, "a byte string with one length byte");
    check_open(&[head, &[0x58, length], rest].concat(), Ok(()));
    check_open(&[head, &[0x59, 0, length], rest].concat(), Err(OpenError::Malformed));
    check_open(&[&[0xd8, 0x12][..], &bytes[1..]].concat(), Err(OpenError::Malformed));
    check_open(&[&bytes[..], &[0]].concat(), Err(OpenError::Malformed));
    check_open(&bytes[1..], Err(OpenError::Malformed));
}

/// Headers inside headers, each in a byte string of its own: no reader may follow them.
#[test]
fn nested_headers_are_not_followed() {
    let mut header = vec![0xa0];
    while header.len() < 1_000 {
        let length = u16::try_from(header.len()).expect("below the limit").to_be_bytes();
        header = [&[0xa1, 0x07, 0x83, 0x59][..], &length, &header, &[0xa0, 0x40]].concat();
    }
    let length = u16::try_from(header.len()).expect("below the limit").to_be_bytes();
    let bytes = [&[0xd2, 0x84, 0x59][..], &length, &header, &[0xa0, 0x40, 0x40]].concat();
    check_open(&bytes, Err(OpenError::Malformed));
    let prefix = &signed(&order(5))[..16];
    let bytes = [prefix, &header, &[0x40, 0x40]].concat();
    check_open(&bytes, Err(OpenError::Malformed));
}

#[test]
fn a_key_shows_its_id_and_never_its_seed() {
    let shown = format!("{:?}", order_key());
    assert_eq!(shown, format!("OrderSigningKey({})", order_key().kid()));
}

proptest! {
    #[test]
    fn signed_orders_open_as_they_were(order in any_order()) {
        let opened = open_order(&signed(&order), &trust());
        prop_assert_eq!(opened.map(|opened| opened.order), Ok(order));
    }

    #[test]
    fn changed_bytes_never_open(order in any_order(), kind: u8, at: usize, value: u8) {
        let bytes = signed(&order);
        let mutated = mutate(&bytes, kind, at, value);
        prop_assert!(mutated == bytes || open_order(&mutated, &trust()).is_err());
    }

    #[test]
    fn random_bytes_never_open(bytes in proptest::collection::vec(any::<u8>(), 0..1_300)) {
        prop_assert!(open_order(&bytes, &trust()).is_err());
    }
}
