//! The card, byte by byte: what it answers to each command in each state.

use std::fmt::Write as _;

use rsa::sha2::{Digest as _, Sha256};
use virtual_card::{
    applet::VirtualCard,
    ca::{TestHierarchy, person::Person},
    card_file::CardFile,
    keys::TestOnlyKeys,
    profile::CardProfile,
};

const NOW: i64 = 1_795_132_800;

const JPKI: &str = "00A4040C0AD392F000260100000001";
const ISD: &str = "00A4040C07A0000001510000";
const TEXT_AP: &str = "00A4040C0AD3921000310001010408";
const FACE_AP: &str = "00A4040C0AD3921000310001010402";

fn issue(profile: CardProfile) -> CardFile {
    let mut keys = TestOnlyKeys::starting_at(0);
    TestHierarchy::create(&mut keys, NOW)
        .and_then(|mut ca| ca.issue(profile, &Person::invented(), &mut keys, NOW))
        .expect("a card")
}

fn card(profile: CardProfile) -> VirtualCard {
    VirtualCard::new(issue(profile)).expect("keys of the repository")
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).expect("ASCII");
            u8::from_str_radix(pair, 16).expect("hexadecimal")
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02X}").expect("writing to a string");
        text
    })
}

/// Sends each command and compares the answer; `..xxxx` compares the status only.
fn check(card: &mut VirtualCard, script: &[(&str, &str)]) {
    for (line, (command, expected)) in script.iter().enumerate() {
        let answer = hex(&card.transmit(&bytes(command)).expect("the card is there"));
        let fits = match expected.strip_prefix("..") {
            Some(status) => answer.ends_with(status),
            None => answer == *expected,
        };
        assert!(fits, "line {line}: {command} answered {answer}, not {expected}");
    }
}

#[test]
fn only_its_own_applications_can_be_selected() {
    check(
        &mut card(CardProfile::Normal),
        &[
            ("00A40000", "6A86"),
            (FACE_AP, "6A82"),
            ("00A4040C07A0000000790100", "6A82"),
            ("00A4020C020018", "6D00"),
            (JPKI, "9000"),
            ("00A4020C020018", "9000"),
            ("00A4020C020099", "6A82"),
            ("00A4020C0118", "6700"),
            (ISD, "9000"),
            ("00A4020C020018", "6D00"),
        ],
    );
}

#[test]
fn a_foreign_card_has_none_of_them() {
    check(&mut card(CardProfile::Foreign), &[(JPKI, "6A82"), (ISD, "6A82"), ("00200080", "6D00")]);
}

#[test]
fn the_query_tells_tries_in_both_forms_even_after_the_pin() {
    check(
        &mut card(CardProfile::Normal),
        &[
            (JPKI, "9000"),
            ("00200080", "6A88"),
            ("00A4020C020018", "9000"),
            ("00200080", "63C3"),
            ("0020008000", "63C3"),
            ("00200080 04 31323334", "9000"),
            ("00200080", "63C3"),
            ("00200098", "63C3"),
            ("0020009B", "63C5"),
            ("00A4020C020017", "9000"),
            ("00200080", "6981"),
            ("00200018", "6A86"),
        ],
    );
}

#[test]
fn wrong_pins_count_down_to_blocked_and_stay_there() {
    check(
        &mut card(CardProfile::Normal),
        &[
            (JPKI, "9000"),
            ("00200098 04 39393939", "63C2"),
            ("00200098 04 39393939", "63C1"),
            ("00200098 04 31323334", "9000"),
            ("00200098", "63C3"),
            ("00200098 04 39393939", "63C2"),
            ("00200098 03 393939", "63C1"),
            ("00200098 04 39393939", "63C0"),
            ("00200098 04 31323334", "6984"),
            ("00200098", "6984"),
        ],
    );
}

#[test]
fn counters_of_a_saved_card_survive_a_restart() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("card.json");
    issue(CardProfile::Normal).save(&path).expect("saved");
    for status in ["63C2", "63C1", "63C0", "6984"] {
        let mut card = VirtualCard::from_file(path.clone()).expect("loaded");
        check(&mut card, &[(JPKI, "9000"), ("00200098 04 39393939", status)]);
    }
}

#[test]
fn the_sign_certificate_is_read_only_after_its_password() {
    check(
        &mut card(CardProfile::Normal),
        &[
            (JPKI, "9000"),
            ("00A4020C020001", "9000"),
            ("00B0000004", "6982"),
            ("0020009B 06 414243313233", "9000"),
            ("00B0000002", "30829000"),
            (ISD, "9000"),
            (JPKI, "9000"),
            ("00A4020C020001", "9000"),
            ("00B0000004", "6982"),
        ],
    );
}

#[test]
fn files_are_read_in_every_form() {
    let certificate = issue(CardProfile::Normal).auth.certificate.0;
    let first_four = format!("{}9000", hex(&certificate[..4]));
    let next_two = format!("{}9000", hex(&certificate[4..6]));
    let mut card = card(CardProfile::Normal);
    check(
        &mut card,
        &[
            (JPKI, "9000"),
            ("00B0000004", "6A88"),
            ("00A4020C02000A", "9000"),
            ("00B0000004", &first_four),
            ("00B0000402", &next_two),
            ("00B0000000000004", "6700"),
            ("00B00000000004", &first_four),
            ("00B00EE001", "6B00"),
            ("00B00EDF00", "FF9000"),
            ("00B00000", "6700"),
            ("00B08A0402", &next_two),
            ("00B0880003", "8F8F009000"),
            ("00B0860005", "4A504B49419000"),
            ("00B0970001", "6981"),
        ],
    );
    let whole = card.transmit(&bytes("00B08A00000FFF")).expect("present");
    assert_eq!(whole[..certificate.len()], certificate[..]);
}

#[test]
fn signing_needs_a_key_file_a_pin_and_data() {
    let digest_info = format!("3031300D060960864801650304020105000420{}", "11".repeat(32));
    let sign = format!("802A0080 33 {digest_info} 00");
    let too_long = format!("802A0080 F6 {} 00", "22".repeat(246));
    check(
        &mut card(CardProfile::Normal),
        &[
            (JPKI, "9000"),
            (&sign, "6A88"),
            ("00A4020C020017", "9000"),
            (&sign, "6982"),
            ("00200098 04 31323334", "9000"),
            (&sign, "..9000"),
            ("802A0080", "6985"),
            (&too_long, "6700"),
            (&sign.replace("802A0080", "802A0097"), "..9000"),
            (&sign.replace("802A0080", "802A009A"), "6982"),
            (&sign.replace("802A0080", "802A0680"), "6A86"),
            (&sign.replace("802A0080", "802A0280"), "6700"),
            ("00A4020C020018", "9000"),
            (&sign, "6981"),
            (JPKI, "9000"),
            (&sign.replace("802A0080", "802A0097"), "..9000"),
            (ISD, "9000"),
            (JPKI, "9000"),
            (&sign.replace("802A0080", "802A0097"), "6982"),
        ],
    );
}

#[test]
fn a_reset_forgets_the_pin() {
    let mut card = card(CardProfile::Android);
    check(&mut card, &[(JPKI, "9000"), ("00200098 04 31323334", "9000"), ("00B08A0001", "309000")]);
    card.reset();
    check(&mut card, &[(JPKI, "9000"), ("00B08A0001", "6982")]);
}

#[test]
fn a_child_has_no_signature_certificate() {
    check(
        &mut card(CardProfile::Child),
        &[
            (JPKI, "9000"),
            ("00B0880003", "008F009000"),
            ("0020009B", "6A88"),
            ("0020009B 06 414243313233", "6A88"),
            ("00200098", "63C3"),
        ],
    );
}

#[test]
fn nonsense_is_answered_and_never_fatal() {
    check(
        &mut card(CardProfile::Normal),
        &[
            ("", "6700"),
            ("00", "6700"),
            ("00A404", "6700"),
            ("00A4040C0A", "6A82"),
            (JPKI, "9000"),
            ("00840000 08", "6D00"),
            ("FF000000", "6D00"),
            ("00B2010C00", "6D00"),
        ],
    );
}

#[test]
fn text_data_needs_its_own_pin_and_the_my_number_is_never_told() {
    let mut card = card(CardProfile::Normal);
    check(
        &mut card,
        &[
            (TEXT_AP, "9000"),
            ("00A4020C020002", "9000"),
            ("00B0000003", "6982"),
            ("00A4020C020011", "9000"),
            ("00200080", "63C3"),
            ("00200080 04 31323334", "9000"),
            ("00A4020C020002", "9000"),
            ("00B0000004", "FF2065DF9000"),
            ("00A4020C02000A", "6A82"),
            (JPKI, "9000"),
            (TEXT_AP, "9000"),
            ("00A4020C020002", "9000"),
            ("00B0000003", "6982"),
        ],
    );
    assert!(!card.my_number_was_asked_for());
    check(
        &mut card,
        &[("00200091 04 31323334", "9000"), ("00A4020C020001", "9000"), ("00B0000003", "6982")],
    );
    assert!(card.my_number_was_asked_for(), "the trap does not close");
    check(&mut self::card(CardProfile::Android), &[(TEXT_AP, "6A82")]);
}

#[test]
fn the_first_parameter_of_signing_chooses_the_padding() {
    let mut card = card(CardProfile::Normal);
    check(&mut card, &[(JPKI, "9000"), ("00200098 04 31323334", "9000")]);
    let mut sign = |p1: &str, data: &[u8]| {
        let command = format!("802A{p1}97 {:02X} {} 00", data.len(), hex(data));
        card.transmit(&bytes(&command)).expect("present")
    };
    let digest = Sha256::digest(b"message");
    let info = [&bytes("3031300D060960864801650304020105000420")[..], &digest].concat();
    let usual = sign("00", &info);
    assert_eq!(sign("02", &digest), usual);
    assert_eq!(sign("03", b"message"), usual);
    assert_eq!(sign("01", b"message"), sign("00", &digest));
    // PSS is random; two signatures of one message differ.
    assert_eq!(sign("04", &digest).len(), usual.len());
    assert_ne!(sign("05", b"message"), sign("05", b"message"));
}

#[test]
fn the_next_generation_takes_a_longer_hash() {
    let sign = format!("802A0097 30 {} 00", "5A".repeat(48));
    check(
        &mut card(CardProfile::P384),
        &[
            (JPKI, "9000"),
            ("00200098 04 31323334", "9000"),
            (&sign, "..9000"),
            (&sign.replace("802A0097 30", "802A0097 2F").replacen("5A", "", 1), "6700"),
            (&sign.replace("802A0097", "802A0397"), "6A86"),
        ],
    );
}
