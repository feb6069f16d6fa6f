//! The flows of `jpki` against the card, for every kind of card a resident may bring.

use std::sync::OnceLock;

use jpki::{
    flow::{
        CardError, CardStep, Step,
        authenticate::{AuthSignature, AuthenticateFlow},
        touch::{TouchFlow, TouchedCard},
    },
    pin::AuthPin,
    tbs::{LoginParts, LoginTbs, TbsDigest},
    token::TokenKind,
};
use virtual_card::{
    applet::VirtualCard,
    ca::{TestHierarchy, person::Person},
    card_file::CardFile,
    keys::TestOnlyKeys,
    profile::CardProfile,
};

const NOW: i64 = 1_795_132_800;

fn digest() -> TbsDigest {
    let parts = LoginParts {
        gateway_id: "gateway-1",
        relying_party: "town-services",
        purpose: "login",
        device_id: "box-1",
        nonce: [7; 32],
        issued_at_ms: 1,
    };
    LoginTbs::new(parts).expect("no separator").digest()
}

/// How a conversation ended.
#[derive(Debug, PartialEq, Eq)]
enum End<T> {
    Done(T),
    Failed(CardError),
    /// The flow asked for a PIN and none was left.
    PinWanted {
        tries_left: u8,
        after_wrong: bool,
    },
    /// The flow asked for a confirmation that was not given.
    ConfirmationWanted,
    /// The card went away.
    CardGone,
}

fn card(profile: CardProfile) -> VirtualCard {
    VirtualCard::new(issue(profile)).expect("keys of the repository")
}

fn issue(profile: CardProfile) -> CardFile {
    let mut keys = TestOnlyKeys::starting_at(0);
    TestHierarchy::create(&mut keys, NOW)
        .and_then(|mut ca| ca.issue(profile, &Person::invented(), &mut keys, NOW))
        .expect("a card")
}

fn touch(card: &mut VirtualCard) -> End<TouchedCard> {
    let mut flow = TouchFlow::new();
    let mut step = flow.next(None);
    loop {
        step = match step {
            Step::Send(command) => match card.transmit(command.as_bytes()) {
                Some(answer) => flow.next(Some(&answer)),
                None => return End::CardGone,
            },
            Step::Done(touched) => return End::Done(touched),
            Step::Failed(error) => return End::Failed(error),
            Step::NeedPin { .. } | Step::ConfirmLastTry => panic!("a touch asks for nothing"),
        };
    }
}

/// Logs in with these PINs one after the other; `confirm` answers the question before the last try.
fn log_in(card: &mut VirtualCard, pins: &[&str], confirm: bool) -> End<AuthSignature> {
    let mut pins = pins.iter();
    let mut flow = AuthenticateFlow::new(digest());
    let mut step = flow.next(None);
    loop {
        step = match step {
            Step::Send(command) => match card.transmit(command.as_bytes()) {
                Some(answer) => flow.next(Some(&answer)),
                None => return End::CardGone,
            },
            Step::NeedPin { tries_left, after_wrong } => match pins.next() {
                Some(pin) => {
                    flow.supply_pin(AuthPin::from_digits(pin.as_bytes()).expect("four digits"))
                }
                None => {
                    return End::PinWanted { tries_left, after_wrong };
                }
            },
            Step::ConfirmLastTry if confirm => flow.confirm_last_try(),
            Step::ConfirmLastTry => return End::ConfirmationWanted,
            Step::Done(signature) => return End::Done(signature),
            Step::Failed(error) => return End::Failed(error),
        };
    }
}

fn check_touch(profile: CardProfile, expected: Result<TokenKind, CardError>) {
    let mut card = card(profile);
    let certificate = card.file().auth.certificate.0.clone();
    let expected = match expected {
        Ok(token) => End::Done(TouchedCard { token, certificate_der: certificate }),
        Err(error) => End::Failed(error),
    };
    assert_eq!(touch(&mut card), expected, "{profile:?}");
}

#[test]
fn a_touch_reads_the_certificate_or_says_why_not() {
    check_touch(CardProfile::Normal, Ok(TokenKind::PlasticCard));
    check_touch(CardProfile::Blocked, Ok(TokenKind::PlasticCard));
    check_touch(CardProfile::LastTry, Ok(TokenKind::PlasticCard));
    check_touch(CardProfile::Child, Ok(TokenKind::PlasticCard));
    check_touch(CardProfile::Expired, Ok(TokenKind::PlasticCard));
    check_touch(CardProfile::FaceOnly, Ok(TokenKind::PlasticCard));
    check_touch(CardProfile::WrongHierarchy, Ok(TokenKind::PlasticCard));
    check_touch(CardProfile::Foreign, Err(CardError::NotMyNumberCard));
    check_touch(CardProfile::NoCertificate, Err(CardError::NoCertificate));
    check_touch(CardProfile::Android, Err(CardError::NeedsPin));
    check_touch(CardProfile::Iphone, Err(CardError::NeedsPin));
}

fn check_login(profile: CardProfile, pins: &[&str], expected: &End<TokenKind>) {
    let mut card = card(profile);
    let found = match log_in(&mut card, pins, true) {
        End::Done(proof) => {
            assert_eq!(proof.certificate_der, card.file().auth.certificate.0);
            assert_eq!(proof.signature.len(), 256);
            End::Done(proof.token)
        }
        End::Failed(error) => End::Failed(error),
        End::PinWanted { tries_left, after_wrong } => End::PinWanted { tries_left, after_wrong },
        End::ConfirmationWanted => End::ConfirmationWanted,
        End::CardGone => End::CardGone,
    };
    assert_eq!(found, *expected, "{profile:?} {pins:?}");
}

#[test]
fn the_right_pin_logs_in_with_card_and_phone() {
    check_login(CardProfile::Normal, &["1234"], &End::Done(TokenKind::PlasticCard));
    check_login(CardProfile::Child, &["1234"], &End::Done(TokenKind::PlasticCard));
    check_login(CardProfile::Android, &["1234"], &End::Done(TokenKind::AndroidPhone));
    check_login(CardProfile::Iphone, &["1234"], &End::Done(TokenKind::IPhone));
    check_login(CardProfile::LastTry, &["1234"], &End::Done(TokenKind::PlasticCard));
}

#[test]
fn a_wrong_pin_is_asked_again_once() {
    let wanted = End::PinWanted { tries_left: 2, after_wrong: true };
    check_login(CardProfile::Normal, &["9999"], &wanted);
    check_login(CardProfile::Normal, &["9999", "1234"], &End::Done(TokenKind::PlasticCard));
    let given_up = End::Failed(CardError::WrongPin { tries_left: 1 });
    check_login(CardProfile::Normal, &["9999", "8888"], &given_up);
    check_login(CardProfile::Android, &["9999", "8888"], &given_up);
}

#[test]
fn what_cannot_succeed_fails_before_the_pin() {
    let blocked = End::Failed(CardError::Blocked { just_now: false });
    check_login(CardProfile::Blocked, &[], &blocked);
    check_login(CardProfile::FaceOnly, &[], &blocked);
    check_login(CardProfile::Foreign, &[], &End::Failed(CardError::NotMyNumberCard));
    check_login(CardProfile::NoCertificate, &[], &End::Failed(CardError::NoCertificate));
}

#[test]
fn the_last_try_needs_a_confirmation_and_may_block() {
    let mut unconfirmed = card(CardProfile::LastTry);
    assert_eq!(log_in(&mut unconfirmed, &["1234"], false), End::ConfirmationWanted);
    assert_eq!(unconfirmed.file().auth.tries_left, 1);
    let blocked = End::Failed(CardError::Blocked { just_now: true });
    check_login(CardProfile::LastTry, &["9999"], &blocked);
}

#[test]
fn a_second_session_on_the_last_try_is_confirmed_too() {
    let mut card = card(CardProfile::Normal);
    let given_up = log_in(&mut card, &["9999", "8888"], true);
    assert_eq!(given_up, End::Failed(CardError::WrongPin { tries_left: 1 }));
    card.reset();
    assert_eq!(log_in(&mut card, &["1234"], false), End::ConfirmationWanted);
}

#[test]
fn a_card_pulled_while_signing_is_simply_gone() {
    check_login(CardProfile::RemovedDuringSigning, &["1234"], &End::CardGone);
}

#[test]
fn no_command_of_a_login_leaves_the_jpki_application() {
    let mut card = card(CardProfile::Normal);
    let mut flow = AuthenticateFlow::new(digest());
    let mut step = flow.next(None);
    let mut selected = Vec::new();
    while let Step::Send(command) = step {
        let bytes = command.as_bytes();
        if bytes.starts_with(&[0x00, 0xA4, 0x04]) {
            selected.push(bytes[5..].to_vec());
        }
        let answer = card.transmit(bytes).expect("present");
        step = flow.next(Some(&answer));
        if matches!(step, Step::NeedPin { .. }) {
            step = flow.supply_pin(AuthPin::from_digits(b"1234").expect("four digits"));
        }
    }
    assert!(matches!(step, Step::Done(_)));
    assert_eq!(selected, [b"\xD3\x92\xF0\x00\x26\x01\x00\x00\x00\x01"]);
}

/// Answers every command with the same bytes.
fn check_stubborn(answer: &[u8], expected: CardError) {
    let mut flow = AuthenticateFlow::new(digest());
    let mut step = flow.next(None);
    for _ in 0..1000 {
        match step {
            Step::Send(_) => step = flow.next(Some(answer)),
            Step::NeedPin { .. } => {
                step = flow.supply_pin(AuthPin::from_digits(b"1234").expect("four digits"));
            }
            Step::ConfirmLastTry => step = flow.confirm_last_try(),
            Step::Done(_) => panic!("{answer:02X?} logs in"),
            Step::Failed(error) => return assert_eq!(error, expected, "{answer:02X?}"),
        }
    }
    panic!("{answer:02X?} never ends");
}

#[test]
fn strange_cards_end_the_conversation() {
    let unexpected =
        |step, status| CardError::Unexpected { step, status: jpki::status::Status(status) };
    let malformed = |step| CardError::Malformed { step };
    check_stubborn(&[], malformed(CardStep::SelectApplication));
    check_stubborn(&[0x90], malformed(CardStep::SelectApplication));
    check_stubborn(&[0x90, 0x00], unexpected(CardStep::QueryTries, 0x9000));
    check_stubborn(&[0x61, 0x01], malformed(CardStep::SelectApplication));
    check_stubborn(&[0x6F, 0x00], unexpected(CardStep::SelectApplication, 0x6F00));
    for absent in [[0x6A, 0x82], [0x6A, 0x81], [0x6D, 0x00], [0x6E, 0x00], [0x69, 0x99]] {
        check_stubborn(&absent, CardError::NotMyNumberCard);
    }
}

/// Lets the card sign and answers with this instead.
fn check_signature_answer(answer: &[u8], expected: Option<CardError>) {
    let mut card = card(CardProfile::Normal);
    let mut flow = AuthenticateFlow::new(digest());
    let mut step = flow.next(None);
    let end = loop {
        step = match step {
            Step::Send(command) if command.as_bytes().starts_with(&[0x80, 0x2A]) => {
                break flow.next(Some(answer));
            }
            Step::Send(command) => {
                flow.next(Some(&card.transmit(command.as_bytes()).expect("present")))
            }
            Step::NeedPin { .. } => {
                flow.supply_pin(AuthPin::from_digits(b"1234").expect("four digits"))
            }
            other => panic!("unexpected {other:?}"),
        };
    };
    match (end, expected) {
        (Step::Done(_), None) => {}
        (Step::Failed(found), Some(expected)) => assert_eq!(found, expected),
        (end, expected) => panic!("{end:?} instead of {expected:?}"),
    }
}

#[test]
fn a_signature_has_a_bounded_length() {
    let answer = |len| [vec![0x11; len], vec![0x90, 0x00]].concat();
    let malformed = || Some(CardError::Malformed { step: CardStep::Sign });
    check_signature_answer(&answer(0), malformed());
    check_signature_answer(&answer(96), None);
    check_signature_answer(&answer(512), None);
    check_signature_answer(&answer(513), malformed());
    let refused = CardError::Unexpected {
        step: CardStep::Sign,
        status: jpki::status::Status::SECURITY_NOT_SATISFIED,
    };
    check_signature_answer(&[0x69, 0x82], Some(refused));
}

#[test]
fn answers_out_of_turn_end_the_conversation() {
    let out_of_turn = || Step::Failed(CardError::OutOfTurn);
    let mut flow = AuthenticateFlow::new(digest());
    assert_eq!(flow.next(Some(&[0x90, 0x00])), out_of_turn());
    assert_eq!(flow.next(None), out_of_turn());
    let mut flow = AuthenticateFlow::new(digest());
    assert!(matches!(flow.next(None), Step::Send(_)));
    assert_eq!(flow.confirm_last_try(), out_of_turn());
    let mut flow = TouchFlow::new();
    assert!(matches!(flow.next(None), Step::Send(_)));
    assert_eq!(flow.next(None), Step::Failed(CardError::OutOfTurn));
}

/// Lets the real card answer at first and strange bytes after that. True when the flow ends.
fn ends(answers: &[Vec<u8>], friendly_turns: usize) -> bool {
    static CARD: OnceLock<CardFile> = OnceLock::new();
    let file = CARD.get_or_init(|| issue(CardProfile::Normal)).clone();
    let mut card = VirtualCard::new(file).expect("keys of the repository");
    let mut flow = AuthenticateFlow::new(digest());
    let mut step = flow.next(None);
    let mut strange = answers.iter();
    for turn in 0..2000 {
        step = match step {
            Step::Send(command) if turn < friendly_turns => {
                let answer = card.transmit(command.as_bytes()).expect("present");
                flow.next(Some(&answer))
            }
            Step::Send(_) => flow.next(Some(strange.next().map_or(&[0x6F, 0x00], |a| a))),
            Step::NeedPin { .. } => {
                flow.supply_pin(AuthPin::from_digits(b"1234").expect("four digits"))
            }
            Step::ConfirmLastTry => flow.confirm_last_try(),
            Step::Done(_) | Step::Failed(_) => return true,
        };
    }
    false
}

proptest::proptest! {
    #[test]
    fn no_card_makes_a_flow_panic_or_run_on(
        answers in proptest::collection::vec(
            proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300), 0..20),
        friendly_turns in 0usize..20,
    ) {
        proptest::prop_assert!(ends(&answers, friendly_turns));
    }
}
