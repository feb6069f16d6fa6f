use proptest::prelude::*;

use super::*;

fn other_name(oid: &[u8], text: &str) -> Vec<u8> {
    let value = tlv::encode(context(0), &tlv::encode(UTF8_STRING, text.as_bytes()));
    tlv::encode(context(0), &[tlv::encode(OBJECT_IDENTIFIER, oid), value].concat())
}

fn attribute(arc: u8, text: &str) -> Vec<u8> {
    other_name(&[ARC, &[arc]].concat(), text)
}

fn extension(texts: &[(u8, &str)]) -> Vec<u8> {
    let names: Vec<u8> = texts.iter().flat_map(|(arc, text)| attribute(*arc, text)).collect();
    tlv::encode(SEQUENCE, &names)
}

const GOOD: [(u8, &str); 6] =
    [(1, "邉　花"), (4, "319410315"), (3, "2"), (5, "徳島県"), (2, "100"), (6, "000")];

/// The good ones with one of them changed.
fn changed(arc: u8, text: &str) -> Result<BasicAttributes, AttributeError> {
    let texts = GOOD.map(|(own, old)| if own == arc { (own, text) } else { (own, old) });
    parse(&extension(&texts))
}

#[test]
fn six_names_in_any_order_are_four_attributes() {
    let mut turned = GOOD;
    turned.reverse();
    let found = parse(&extension(&GOOD)).expect("well formed");
    assert_eq!(parse(&extension(&turned)), Ok(found.clone()));
    assert_eq!(found.name.as_str(), "邉　花");
    assert_eq!(found.address.as_str(), "徳島県");
    assert_eq!(found.birth_date.digits(), "19410315");
    assert_eq!((found.birth_date.era, found.sex), (Era::Showa, Sex::Female));
    assert_eq!(
        format!("{found:?} {:?} {:?}", found.name, found.birth_date),
        "BasicAttributes(..) RecordedText(.., exact: false) BirthDate(..)"
    );
}

#[test]
fn substituted_characters_are_not_compared() {
    let name = changed(2, "100").expect("well formed").name.clone();
    assert!(!name.is_exact());
    assert!(name.may_be("邊　花") && name.may_be("邉　花"));
    assert!(!name.may_be("邊　子") && !name.may_be("邊花"));
    let exact = changed(2, "000").expect("well formed").name.clone();
    assert!(exact.is_exact() && exact.may_be("邉　花") && !exact.may_be("邊　花"));
    let unclear = changed(2, "00").expect("well formed").name.clone();
    assert_eq!(unclear.substitution(), &Substitution::Unclear);
    assert!(!unclear.is_exact() && !unclear.may_be("邉　花"));
}

#[test]
fn unknown_names_are_ignored() {
    let strange: Vec<u8> = [
        other_name(&[ARC, &[7]].concat(), "ワタナベ"),
        other_name(&[ARC, &[1, 1]].concat(), "x"),
        other_name(&[0x2A, 3], "x"),
        tlv::encode(context(4), &[0x30, 0]),
        tlv::encode(0x82, b"example.invalid"),
    ]
    .concat();
    let known = extension(&GOOD);
    let all = tlv::encode(SEQUENCE, &[&strange, &known[2..]].concat());
    let all = if known[1] >= 0x80 {
        tlv::encode(SEQUENCE, &[&strange, &known[3..]].concat())
    } else {
        all
    };
    assert_eq!(parse(&all), parse(&known));
}

#[test]
fn what_is_wrong_is_told() {
    let check =
        |arc, text, expected| assert_eq!(changed(arc, text).err(), Some(expected), "{text}");
    check(2, "1x0", AttributeError::BadFlags);
    check(1, "", AttributeError::BadText);
    check(5, "a\nb", AttributeError::BadText);
    let long = "a".repeat(401);
    check(1, &long, AttributeError::BadText);
    for birth in ["619410315", "31941031", "3194103155", "3１９41", "319411315", "319410132"] {
        check(4, birth, AttributeError::BadBirthDate);
    }
    assert_eq!(parse(&extension(&GOOD[..5])), Err(AttributeError::Missing));
    let twice = [&GOOD[..], &[(1, "x")]].concat();
    assert_eq!(parse(&extension(&twice)), Err(AttributeError::Twice));
    assert_eq!(parse(&[0x30, 0x80]), Err(AttributeError::Malformed));
    let many: Vec<u8> = (0..65).flat_map(|_| tlv::encode(0x82, b"x")).collect();
    assert_eq!(parse(&tlv::encode(SEQUENCE, &many)), Err(AttributeError::Malformed));
}

#[test]
fn a_birth_date_may_be_known_in_part_only() {
    let birth = |text| changed(4, text).expect("well formed").birth_date;
    assert_eq!(birth("319410000").digits(), "19410000");
    assert_eq!(birth("319410000").month, None);
    assert_eq!(birth("000000000").year, None);
    for (sex, expected) in [("1", Sex::Male), ("3", Sex::NotApplicable), ("9", Sex::NotApplicable)]
    {
        assert_eq!(changed(3, sex).map(|all| all.sex), Ok(expected));
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        drop(parse(&bytes));
        drop(parse(&tlv::encode(SEQUENCE, &bytes)));
    }
}
