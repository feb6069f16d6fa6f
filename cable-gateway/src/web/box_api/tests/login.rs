use gateway_api::{
    ProblemCode,
    login::{AssuranceLevel, CardTouch, LoginProof, LoginRequest, Session},
    path,
    resident::AccessLog,
};

use crate::{
    encoding::base64,
    testing::{HANA, TestGateway},
};

#[tokio::test]
async fn a_card_with_its_pin_opens_a_session_with_the_registered_name() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let challenge = client.challenge().await;
    let proof = client.sign(&gateway.hana, &challenge);
    let session: Session = client.prove(&challenge, &proof).await.ok();
    assert_eq!(session.level, AssuranceLevel::L2);
    assert_eq!(session.display_name, "中村 ハナ");
    assert_eq!(session.display_kana, "ナカムラ ハナ");
    assert_eq!(session.resident_id.as_deref(), Some(HANA));
    let log: AccessLog = client.get_as(path::ACCESS_LOG, &session.token).await.ok();
    assert!(log.views.is_empty());
    gateway.stop().await;
}

/// A home in another district.
const NEIGHBOURS: &str = "5467d652-a383-5bf5-9c75-d2a8dfa5b323";

#[tokio::test]
async fn a_touched_card_is_level_one_and_sees_no_personal_data() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let touched = client.touch(&gateway.hana).await;
    assert_eq!((touched.level, touched.display_name.as_str()), (AssuranceLevel::L1, "中村 ハナ"));
    client.get_as(path::ACCESS_LOG, &touched.token).await.refused(ProblemCode::SessionRefused);
    let proven = client.log_in(&gateway.hana).await;
    client.get_as(path::ACCESS_LOG, &proven.token).await.ok::<AccessLog>();
    gateway.stop().await;
}

#[tokio::test]
async fn a_neighbours_card_needs_its_pin_here() {
    let gateway = TestGateway::start().await;
    let elsewhere = gateway.enrolled_box(NEIGHBOURS).await;
    let touch = CardTouch { certificate: base64(&gateway.hana.certificate()) };
    let refused = elsewhere.post(path::CARD_TOUCHES, &touch).await;
    refused.refused(ProblemCode::OtherHousehold);
    assert!(!refused.text().contains("中村"), "no greeting by name");
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM session").await, 0);
    let guest = elsewhere.log_in(&gateway.hana).await;
    assert_eq!((guest.level, guest.resident_id), (AssuranceLevel::L2, None));
    gateway.stop().await;
}

#[tokio::test]
async fn a_nonce_works_once_even_for_two_proofs_at_the_same_moment() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let challenge = client.challenge().await;
    let proof = client.sign(&gateway.hana, &challenge);
    let proofs = (0..8).map(|_| client.prove(&challenge, &proof));
    let answers = futures_util::future::join_all(proofs).await;
    let opened = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(opened, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.refused(ProblemCode::NonceRefused);
    }
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM session").await, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn a_wrong_proof_uses_the_nonce_up() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let challenge = client.challenge().await;
    let good = client.sign(&gateway.hana, &challenge);
    let nonsense = LoginProof { signature: "not base64!".to_owned(), ..good.clone() };
    client.prove(&challenge, &nonsense).await.refused(ProblemCode::BadRequest);
    client.prove(&challenge, &good).await.refused(ProblemCode::NonceRefused);
    gateway.stop().await;
}

#[tokio::test]
async fn a_signature_is_bound_to_service_nonce_and_box() {
    let gateway = TestGateway::start().await;
    let (client, other) = (gateway.home_box().await, gateway.home_box().await);

    let challenge = client.challenge().await;
    let proof = client.sign_for(&gateway.hana, &challenge, "pension");
    client.prove(&challenge, &proof).await.refused(ProblemCode::SignatureRefused);

    let challenge = client.challenge_for("pension").await;
    let proof = client.sign(&gateway.hana, &challenge);
    client.prove(&challenge, &proof).await.refused(ProblemCode::SignatureRefused);
    let challenge = client.challenge_for("pension").await;
    let proof = client.sign_for(&gateway.hana, &challenge, "pension");
    client.prove(&challenge, &proof).await.ok::<Session>();

    let (first, second) = (client.challenge().await, client.challenge().await);
    let proof = client.sign(&gateway.hana, &first);
    client.prove(&second, &proof).await.refused(ProblemCode::SignatureRefused);

    let challenge = client.challenge().await;
    let proof = client.sign(&gateway.hana, &challenge);
    other.prove(&challenge, &proof).await.refused(ProblemCode::NonceRefused);
    client.prove(&challenge, &proof).await.ok::<Session>();
    gateway.stop().await;
}

#[tokio::test]
async fn another_cards_certificate_does_not_fit_the_signature() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let challenge = client.challenge().await;
    let mut proof = client.sign(&gateway.stranger, &challenge);
    proof.certificate = base64(&gateway.hana.certificate());
    client.prove(&challenge, &proof).await.refused(ProblemCode::SignatureRefused);
    gateway.stop().await;
}

#[tokio::test]
async fn a_genuine_card_of_nobody_is_told_so() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let touch = CardTouch { certificate: base64(&gateway.stranger.certificate()) };
    client.post(path::CARD_TOUCHES, &touch).await.refused(ProblemCode::PersonUnknown);
    let challenge = client.challenge().await;
    let proof = client.sign(&gateway.stranger, &challenge);
    client.prove(&challenge, &proof).await.refused(ProblemCode::PersonUnknown);
    gateway.stop().await;
}

#[tokio::test]
async fn a_nonce_ends_after_two_minutes() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let challenge = client.challenge().await;
    assert_eq!(challenge.expires_at_ms - challenge.issued_at_ms, 120_000);
    let proof = client.sign(&gateway.hana, &challenge);
    gateway.clock.advance(120_000);
    client.prove(&challenge, &proof).await.refused(ProblemCode::NonceRefused);
    gateway.stop().await;
}

#[tokio::test]
async fn an_expired_certificate_is_named_as_such() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    gateway.clock.advance(6 * 365 * 86_400_000);
    let touch = CardTouch { certificate: base64(&gateway.hana.certificate()) };
    client.post(path::CARD_TOUCHES, &touch).await.refused(ProblemCode::CertificateExpired);
    gateway.stop().await;
}

#[tokio::test]
async fn a_session_belongs_to_its_box_and_ends() {
    let gateway = TestGateway::start().await;
    let (client, other) = (gateway.home_box().await, gateway.home_box().await);
    let session = client.log_in(&gateway.hana).await;
    other.get_as(path::ACCESS_LOG, &session.token).await.refused(ProblemCode::SessionRefused);
    client.get_as(path::ACCESS_LOG, "00").await.refused(ProblemCode::SessionRefused);
    client.get(path::ACCESS_LOG).await.refused(ProblemCode::SessionRefused);
    client.delete_as(path::SESSION, &session.token).await.done();
    client.get_as(path::ACCESS_LOG, &session.token).await.refused(ProblemCode::SessionRefused);

    let session = client.log_in(&gateway.hana).await;
    gateway.clock.advance(600_000);
    client.get_as(path::ACCESS_LOG, &session.token).await.refused(ProblemCode::SessionRefused);
    gateway.stop().await;
}

#[tokio::test]
async fn names_beyond_their_limits_and_too_many_tries_are_refused() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    for (relying_party, purpose) in [("", "login"), ("a|b", "login"), ("a", ""), ("a", "\u{7}")] {
        let request =
            LoginRequest { relying_party: relying_party.to_owned(), purpose: purpose.to_owned() };
        client.post(path::LOGINS, &request).await.refused(ProblemCode::BadRequest);
    }
    for _ in 0..26 {
        client.challenge().await;
    }
    let request = LoginRequest { relying_party: "a".to_owned(), purpose: "b".to_owned() };
    client.post(path::LOGINS, &request).await.refused(ProblemCode::TooManyRequests);
    gateway.stop().await;
}

#[tokio::test]
async fn without_revocation_data_a_strict_gateway_refuses_every_card() {
    let gateway = TestGateway::start().await;
    let config = gateway.state.config.login.clone();
    let mut state = gateway.state.clone();
    let desk = crate::login::LoginDesk::new(&state.config.gateway.id, &config).expect("a desk");
    state.logins = std::sync::Arc::new(desk);
    let client = gateway.home_box().await;
    let device = crate::device::Device {
        device_id: client.device_id().to_owned(),
        household_id: crate::testing::HOME.to_owned(),
    };
    let touch = CardTouch { certificate: base64(&gateway.hana.certificate()) };
    let occasion = crate::login::Occasion {
        store: &state.store,
        now_ms: state.now_ms(),
        random: state.random.clone(),
    };
    let refused = state.logins.touch(occasion, &device, &touch).await.expect_err("refused");
    assert_eq!(refused.code(), ProblemCode::RevocationUnknown);
    gateway.stop().await;
}
