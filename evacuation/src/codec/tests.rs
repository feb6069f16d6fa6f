use proptest::prelude::*;

use super::*;
use crate::{
    order::InvalidOrder,
    testing::{act, any_order, area_id, mutate, order, shelter_id, tsunami},
};

/// The bytes of [`order`] with sequence number 5, written down by hand from the key table.
const FIVE: &str = "ad 00 01 01 50 00000000000000000000000000000005 02 1a 00058d5f 03 05 \
    04 1b 0000019f1af9b400 05 1b 0000019f1c434b00 06 00 07 00 09 00 0a 04 0b 01 \
    0c 81 67 686172626f7572 0d 01";

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let pairs = digits.chunks(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal digits")).collect()
}

#[track_caller]
fn check_decode(bytes: &[u8], expected: Result<&Order, DecodeError>) {
    assert_eq!(decode(bytes), expected.cloned());
}

/// The bytes of order 5 with one part replaced by another.
fn with(part: &str, replacement: &str) -> Vec<u8> {
    let changed = FIVE.replacen(part, replacement, 1);
    assert_ne!(changed, FIVE, "{part} is there");
    hex(&changed)
}

#[test]
fn the_bytes_of_an_order_never_change() {
    assert_eq!(encode(&order(5)), hex(FIVE));
}

#[test]
fn only_the_one_encoding_is_read() {
    check_decode(&hex(FIVE), Ok(&order(5)));
    check_decode(&with("03 05", "03 1805"), Err(DecodeError::NotDeterministic));
    check_decode(&with("06 00 07 00", "07 00 06 00"), Err(DecodeError::NotDeterministic));
    check_decode(
        &with("81 67 686172626f7572", "9f 67 686172626f7572 ff"),
        Err(DecodeError::NotDeterministic),
    );
    check_decode(&with("ad 00 01", "bf 00 01"), Err(DecodeError::Malformed));
    check_decode(&with("0d 01", "0d 01 00"), Err(DecodeError::Malformed));
}

#[test]
fn unknown_missing_and_wrong_fields_are_refused() {
    check_decode(&with("ad 00 01", "ad 00 02"), Err(DecodeError::Version(2)));
    check_decode(&with("ad 00 01 01", "ad 18 1e 01 01"), Err(DecodeError::Malformed));
    check_decode(&with("ad 00 01", "ae 00 01 18 63 00"), Err(DecodeError::Malformed));
    check_decode(&with("06 00", "06 03"), Err(DecodeError::Malformed));
    check_decode(&with("06 00", "06 20"), Err(DecodeError::Malformed));
    check_decode(&with("07 00", "06 00"), Err(DecodeError::Malformed));
    check_decode(&with("0a 04", "0a 02"), Err(DecodeError::Malformed));
    check_decode(&with("0b 01", "0b 1b 0000000100000000"), Err(DecodeError::Malformed));
    check_decode(&with("00058d5f", "00058d60"), Err(DecodeError::Malformed));
    check_decode(&with("67 686172626f7572", "67 68617262207572"), Err(DecodeError::Malformed));
    check_decode(&with("67 686172626f7572", "67 ff6172626f7572"), Err(DecodeError::Malformed));
    check_decode(&with("0d 01", "0d 01 0e 80"), Err(DecodeError::Malformed));
}

#[test]
fn size_depth_and_counts_are_limited() {
    let long = [hex(FIVE), vec![0; Order::MAX_SIGNED_LEN]].concat();
    check_decode(&long, Err(DecodeError::TooLarge));
    check_decode(&[vec![0x81; 1_000], vec![0]].concat(), Err(DecodeError::Malformed));
    check_decode(&[vec![0xc1; 1_000], vec![0]].concat(), Err(DecodeError::Malformed));
    check_decode(&hex("9b ffffffffffffffff"), Err(DecodeError::Malformed));
    check_decode(&hex("bb 7fffffffffffffff"), Err(DecodeError::Malformed));
    check_decode(&[], Err(DecodeError::Malformed));
    let many = (0..41).map(|number| area_id(&format!("A{number}"))).collect();
    check_decode(&encode(&Order { areas: many, ..order(1) }), Err(DecodeError::TooLarge));
}

#[test]
fn every_field_comes_back() {
    let full = Order {
        references: vec![OrderId([7; 16]), OrderId([8; 16])],
        areas: vec![area_id("B2"), area_id("A1")],
        shelters: vec![
            (shelter_id("E3638700053201"), ShelterState::Full),
            (shelter_id("E3638700001201"), ShelterState::Open),
            (shelter_id("X"), ShelterState::Closed),
        ],
        reason: Some("日和佐川の水位が上がっています。𠮷".into()),
        mode: Mode::Drill,
        ..act(9, Act::Update, 5)
    };
    check_decode(&encode(&full), Ok(&full));
    check_decode(&encode(&tsunami(3)), Ok(&tsunami(3)));
}

#[test]
fn invalid_orders_are_not_read() {
    let invalid = |order: Order, why| check_decode(&encode(&order), Err(DecodeError::Invalid(why)));
    invalid(order(0), InvalidOrder::Sequence);
    invalid(Order { level: None, ..order(1) }, InvalidOrder::Level);
    invalid(Order { expires_at: order(1).issued_at, ..order(1) }, InvalidOrder::Times);
    invalid(Order { act: Act::Lift, ..order(1) }, InvalidOrder::NoReference);
}

proptest! {
    #[test]
    fn any_order_comes_back(order in any_order()) {
        prop_assert_eq!(decode(&encode(&order)), Ok(order));
    }

    #[test]
    fn other_bytes_are_another_order_or_none(
        order in any_order(), kind: u8, at: usize, value: u8,
    ) {
        let bytes = encode(&order);
        let mutated = mutate(&bytes, kind, at, value);
        if let Ok(other) = decode(&mutated) {
            prop_assert_eq!(&encode(&other), &mutated);
            prop_assert_eq!(other == order, mutated == bytes);
        }
    }

    #[test]
    fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }
}
