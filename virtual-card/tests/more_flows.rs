//! Document signatures, a look at the card, the holder's text data, and the next generation.

use jpki::{
    flow::{
        CardError, Step,
        attributes::{AttributesFlow, CardAttributes, StaffEnrolment},
        authenticate::{AuthenticateFlow, CardSignature, DocumentFlow},
        inspect::{CardState, Certificates, InspectFlow},
    },
    pin::{AssistPin, AuthPin, SignPassword},
    tbs::{DocumentTbs, LoginParts, LoginTbs},
    token::TokenKind,
    verify::{
        Holder, LibraryVerifier, PortableVerifier, Refusal, SignatureVerifier, verify_document,
        verify_login,
    },
};
use virtual_card::{
    applet::VirtualCard,
    ca::{SIGN_PASSWORD, TestHierarchy, person::Person},
    keys::TestOnlyKeys,
    profile::CardProfile,
};

const NOW: i64 = 1_795_132_800;
const TEXT: &[u8] = "年金の現況届を出します。".as_bytes();
const PARTS: LoginParts<'static> = LoginParts {
    gateway_id: "gateway-1",
    relying_party: "pension",
    purpose: "status",
    device_id: "box-1",
    nonce: [7; 32],
    issued_at_ms: 1,
};

/// A card, and the hierarchy that issued it.
struct Desk {
    hierarchy: TestHierarchy,
    card: VirtualCard,
}

impl Desk {
    fn with(profile: CardProfile) -> Self {
        let mut keys = TestOnlyKeys::starting_at(0);
        let mut hierarchy = TestHierarchy::create(&mut keys, NOW).expect("test CA");
        let file = hierarchy.issue(profile, &Person::invented(), &mut keys, NOW).expect("card");
        Self { hierarchy, card: VirtualCard::new(file).expect("keys") }
    }

    fn answer(&mut self, command: &jpki::apdu::Command) -> Vec<u8> {
        self.card.transmit(command.as_bytes()).expect("present")
    }

    fn sign(&mut self, passwords: &[&str]) -> Result<CardSignature, CardError> {
        let tbs = DocumentTbs::new(PARTS, TEXT).expect("no separator");
        let mut flow = DocumentFlow::new(tbs.digest());
        let (mut passwords, mut step) = (passwords.iter(), flow.next(None));
        loop {
            step = match step {
                Step::Send(command) => flow.next(Some(&self.answer(&command))),
                Step::NeedPin { .. } => {
                    let entry = passwords.next().expect("as many as are asked for");
                    let password = SignPassword::from_ascii(entry.as_bytes());
                    flow.supply_pin(password.expect("a password"))
                }
                Step::ConfirmLastTry => flow.confirm_last_try(),
                Step::Done(signature) => return Ok(signature),
                Step::Failed(error) => return Err(error),
            };
        }
    }

    fn look(&mut self) -> Result<CardState, CardError> {
        let mut flow = InspectFlow::new();
        let mut step = flow.next(None);
        loop {
            step = match step {
                Step::Send(command) => flow.next(Some(&self.answer(&command))),
                Step::Done(state) => return Ok(state),
                Step::Failed(error) => return Err(error),
                other => panic!("a look asks for nothing: {other:?}"),
            };
        }
    }

    fn text_data(&mut self, pins: &[&str]) -> Result<CardAttributes, CardError> {
        let reason = StaffEnrolment::with_consent(true).expect("consent");
        let mut flow = AttributesFlow::new(reason);
        let (mut pins, mut step) = (pins.iter(), flow.next(None));
        loop {
            step = match step {
                Step::Send(command) => flow.next(Some(&self.answer(&command))),
                Step::NeedPin { .. } => {
                    let entry = pins.next().expect("as many as are asked for");
                    flow.supply_pin(AssistPin::from_digits(entry.as_bytes()).expect("digits"))
                }
                Step::ConfirmLastTry => flow.confirm_last_try(),
                Step::Done(found) => return Ok(found),
                Step::Failed(error) => return Err(error),
            };
        }
    }
}

#[test]
fn a_document_is_signed_and_names_its_signer() {
    let tbs = DocumentTbs::new(PARTS, TEXT).expect("no separator").bytes();
    for (profile, token, holder) in [
        (CardProfile::Normal, TokenKind::PlasticCard, Holder::Card),
        (CardProfile::Android, TokenKind::AndroidPhone, Holder::Phone),
        (CardProfile::Iphone, TokenKind::IPhone, Holder::Phone),
        (CardProfile::P384, TokenKind::PlasticCard, Holder::Card),
    ] {
        let mut desk = Desk::with(profile);
        let proof = desk.sign(&[SIGN_PASSWORD]).expect("signed");
        assert_eq!(proof.token, token, "{profile:?}");
        let trust = desk.hierarchy.trust_store().expect("own CAs");
        let verifiers: [&dyn SignatureVerifier; 2] = [&LibraryVerifier, &PortableVerifier];
        for verifier in verifiers {
            let (certificate, signature) = (&proof.certificate_der, &proof.signature);
            let signer = verify_document(certificate, &tbs, signature, &trust, NOW, verifier);
            let signer = signer.expect("a good signature");
            assert_eq!(signer.certificate.kind.holder, holder);
            assert_eq!(signer.attributes.name.as_str(), Person::invented().name);
            assert_eq!(signer.attributes.birth_date.digits(), Person::invented().birth_date);
            let login = verify_login(certificate, &tbs, signature, &trust, NOW, verifier);
            assert_eq!(login, Err(Refusal::WrongKind), "a document is no login");
        }
    }
}

#[test]
fn substituted_characters_and_unknown_birthdays_reach_the_service() {
    let tbs = DocumentTbs::new(PARTS, TEXT).expect("no separator").bytes();
    let signer = |profile| {
        let mut desk = Desk::with(profile);
        let proof = desk.sign(&[SIGN_PASSWORD]).expect("signed");
        let trust = desk.hierarchy.trust_store().expect("own CAs");
        verify_document(
            &proof.certificate_der,
            &tbs,
            &proof.signature,
            &trust,
            NOW,
            &LibraryVerifier,
        )
        .expect("a good signature")
        .attributes
    };
    let rare = signer(CardProfile::RareCharacters);
    assert!(!rare.name.is_exact() && !rare.address.is_exact());
    assert!(rare.name.may_be("長宗我部渡邉齋藤左衛門　𠮷太郎邉之助"));
    assert_eq!(signer(CardProfile::UnknownBirthday).birth_date.day, None);
}

#[test]
fn the_signature_password_has_its_own_rules() {
    let wrong = Err(CardError::WrongPin { tries_left: 3 });
    assert_eq!(Desk::with(CardProfile::Normal).sign(&["WRONG1", "WRONG2"]), wrong);
    assert!(Desk::with(CardProfile::Normal).sign(&["WRONG1", "abc123"]).is_ok());
    let mut desk = Desk::with(CardProfile::Normal);
    let blocked = Err(CardError::Blocked { just_now: true });
    for expected in [wrong, Err(CardError::WrongPin { tries_left: 1 })] {
        assert_eq!(desk.sign(&["WRONG1", "WRONG2"]), expected);
        desk.card.reset();
    }
    assert_eq!(desk.sign(&["WRONG1"]), blocked);
    desk.card.reset();
    assert_eq!(desk.sign(&[]), Err(CardError::Blocked { just_now: false }));
}

#[test]
fn who_has_no_signature_certificate_is_told_before_the_password() {
    for profile in [CardProfile::Child, CardProfile::FaceOnly] {
        let none = Err(CardError::NoSignatureCertificate);
        assert_eq!(Desk::with(profile).sign(&[]), none, "{profile:?}");
    }
    assert_eq!(Desk::with(CardProfile::Foreign).sign(&[]), Err(CardError::NotMyNumberCard));
}

#[test]
fn a_look_tells_what_a_card_can_do_and_costs_nothing() {
    let check = |profile, signature, auth_tries, sign_tries| {
        let mut desk = Desk::with(profile);
        let certificates = Some(Certificates { signature, authentication: true });
        let state = desk.look().expect("a card");
        let expected = CardState { token: state.token, certificates, auth_tries, sign_tries };
        assert_eq!(state, expected, "{profile:?}");
        assert_eq!(desk.look(), Ok(state), "looking costs a try");
        state
    };
    check(CardProfile::Normal, true, Some(3), Some(5));
    assert_eq!(check(CardProfile::Iphone, true, Some(3), Some(5)).token, TokenKind::IPhone);
    check(CardProfile::LastTry, true, Some(1), Some(5));
    assert!(!check(CardProfile::Blocked, true, Some(0), Some(5)).may_be_face_only());
    assert!(!check(CardProfile::Child, false, Some(3), None).may_be_face_only());
    assert!(check(CardProfile::FaceOnly, false, Some(0), None).may_be_face_only());
    assert_eq!(Desk::with(CardProfile::Foreign).look(), Err(CardError::NotMyNumberCard));
}

#[test]
fn text_data_fills_in_a_form_after_its_pin() {
    assert!(StaffEnrolment::with_consent(false).is_none());
    let mut desk = Desk::with(CardProfile::Normal);
    let found = desk.text_data(&["9999", "1234"]).expect("read");
    assert_eq!(found.name, Person::invented().name);
    assert_eq!(found.address, Person::invented().address);
    assert_eq!(found.birth_date.digits(), Person::invented().birth_date);
    assert!(!desk.card.my_number_was_asked_for());
    let long = Desk::with(CardProfile::RareCharacters).text_data(&["1234"]).expect("read");
    assert_eq!(long.address, Person::with_rare_characters().address);
    for absent in [CardProfile::Android, CardProfile::Foreign] {
        let none = Err(CardError::NotMyNumberCard);
        assert_eq!(Desk::with(absent).text_data(&[]), none);
    }
    let blocked = Err(CardError::Blocked { just_now: false });
    assert_eq!(Desk::with(CardProfile::Blocked).text_data(&[]), blocked);
}

#[test]
fn the_next_generation_logs_in_with_both_verifiers() {
    let mut desk = Desk::with(CardProfile::P384);
    let tbs = LoginTbs::new(PARTS).expect("no separator");
    let mut flow = AuthenticateFlow::new(tbs.digest());
    let mut step = flow.next(None);
    let proof = loop {
        step = match step {
            Step::Send(command) => flow.next(Some(&desk.answer(&command))),
            Step::NeedPin { .. } => flow.supply_pin(AuthPin::from_digits(b"1234").expect("digits")),
            Step::Done(proof) => break proof,
            other => panic!("unexpected {other:?}"),
        };
    };
    let trust = desk.hierarchy.trust_store().expect("own CAs");
    let verifiers: [&dyn SignatureVerifier; 2] = [&LibraryVerifier, &PortableVerifier];
    for verifier in verifiers {
        let verify = |signature: &[u8]| {
            let tbs = tbs.bytes();
            verify_login(&proof.certificate_der, &tbs, signature, &trust, NOW, verifier)
        };
        let next = desk.hierarchy.next_generation().auth.key_id.clone();
        assert_eq!(verify(&proof.signature).map(|found| found.issuer_key_id), Ok(next));
        let mut changed = proof.signature.clone();
        *changed.last_mut().expect("not empty") ^= 1;
        assert_eq!(verify(&changed), Err(Refusal::SignatureMismatch));
        let longer = [&proof.signature[..], &[0]].concat();
        assert_eq!(verify(&longer), Err(Refusal::SignatureMismatch));
    }
}
