//! Whole logins: a card signs purpose-bound bytes, the verifying side rebuilds them and decides.

use jpki::{
    flow::{Step, authenticate::AuthenticateFlow},
    pin::AuthPin,
    tbs::{LoginParts, LoginTbs, TbsDigest},
    verify::{Holder, PortableVerifier, Refusal, VerifiedCertificate, verify_login},
};
use virtual_card::{
    applet::VirtualCard,
    ca::{TestHierarchy, person::Person},
    card_file::CardFile,
    keys::TestOnlyKeys,
    profile::CardProfile,
};

const NOW: i64 = 1_795_132_800;
const DAY: i64 = 86_400;

const PARTS: LoginParts<'static> = LoginParts {
    gateway_id: "gateway-1",
    relying_party: "town-services",
    purpose: "login",
    device_id: "box-1",
    nonce: [7; 32],
    issued_at_ms: 1_795_132_800_000,
};

fn tbs(parts: LoginParts<'_>) -> LoginTbs<'_> {
    LoginTbs::new(parts).expect("no separator")
}

fn sign_with(card: CardFile, digest: TbsDigest) -> (Vec<u8>, Vec<u8>) {
    let mut card = VirtualCard::new(card).expect("keys");
    let mut flow = AuthenticateFlow::new(digest);
    let mut step = flow.next(None);
    loop {
        step = match step {
            Step::Send(command) => {
                let answer = card.transmit(command.as_bytes()).expect("present");
                flow.next(Some(&answer))
            }
            Step::NeedPin { .. } => {
                flow.supply_pin(AuthPin::from_digits(b"1234").expect("four digits"))
            }
            Step::Done(proof) => return (proof.certificate_der, proof.signature),
            other => panic!("unexpected {other:?}"),
        };
    }
}

fn log_in(profile: CardProfile, rebuilt: LoginParts<'_>) -> Result<VerifiedCertificate, Refusal> {
    let mut keys = TestOnlyKeys::starting_at(0);
    let mut hierarchy = TestHierarchy::create(&mut keys, NOW).expect("test CA");
    let card = hierarchy.issue(profile, &Person::invented(), &mut keys, NOW).expect("card");
    let (certificate, signature) = sign_with(card, tbs(PARTS).digest());
    verify_login(
        &certificate,
        &tbs(rebuilt).bytes(),
        &signature,
        &hierarchy.trust_store().expect("own CAs"),
        NOW,
        &PortableVerifier,
    )
}

#[test]
fn a_login_with_the_card_is_verified() {
    let verified = log_in(CardProfile::Normal, PARTS).expect("a good login");
    assert_eq!(verified.kind.holder, Holder::Card);
}

#[test]
fn a_login_for_something_else_is_refused() {
    let others = [
        LoginParts { gateway_id: "gateway-2", ..PARTS },
        LoginParts { relying_party: "pension", ..PARTS },
        LoginParts { device_id: "box-2", ..PARTS },
        LoginParts { purpose: "pension", ..PARTS },
        LoginParts { nonce: [8; 32], ..PARTS },
        LoginParts { issued_at_ms: PARTS.issued_at_ms + 1, ..PARTS },
    ];
    for other in others {
        assert_eq!(log_in(CardProfile::Normal, other), Err(Refusal::SignatureMismatch));
    }
}

#[test]
fn cards_that_must_not_log_in_do_not() {
    assert_eq!(log_in(CardProfile::Expired, PARTS), Err(Refusal::Expired { not_after: NOW - DAY }));
    assert_eq!(log_in(CardProfile::WrongHierarchy, PARTS), Err(Refusal::ForeignHierarchy));
}

#[test]
fn a_signature_must_match_exactly() {
    let mut keys = TestOnlyKeys::starting_at(0);
    let mut hierarchy = TestHierarchy::create(&mut keys, NOW).expect("test CA");
    let card =
        hierarchy.issue(CardProfile::Normal, &Person::invented(), &mut keys, NOW).expect("card");
    let trust = hierarchy.trust_store().expect("own CAs");
    let bytes = tbs(PARTS).bytes();
    let (certificate, good) = sign_with(card, tbs(PARTS).digest());
    let check = |signature: &[u8]| {
        let verified =
            verify_login(&certificate, &bytes, signature, &trust, NOW, &PortableVerifier);
        assert_eq!(verified, Err(Refusal::SignatureMismatch));
    };
    check(&[]);
    check(&good[1..]);
    check(&[&[0], &good[..]].concat());
    check(&[&good[..], &[0]].concat());
    let mut flipped = good.clone();
    flipped[255] ^= 1;
    check(&flipped);
    check(&[0xFF; 256]);
    check(&[0; 512]);
}
