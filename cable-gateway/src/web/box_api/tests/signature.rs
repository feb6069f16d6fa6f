//! Level L3: the signature certificate opens a session, and vouches for a renewed card.

use axum::http::StatusCode;
use gateway_api::{
    ProblemCode,
    card::{CardLinkAnswer, CardLinkRequest, CardLinkState, LINK_PURPOSE},
    login::{AssuranceLevel, CardTouch, LoginChallenge, LoginRequest, Session},
    path,
};

use crate::{
    audit::Viewer,
    card::{link, stop},
    encoding::base64,
    store::Sql,
    testing::{Answer, BoxClient, HANA, HOME, TestCard, TestGateway},
};

const SERVICE: &str = "town-services";
const NEIGHBOURS: &str = "5467d652-a383-5bf5-9c75-d2a8dfa5b323";

/// Changes what the town's record says of everybody.
async fn record_says(gateway: &TestGateway, change: &'static str) {
    gateway.write(move |sql| sql.execute(change, &[])).await;
}

#[tokio::test]
async fn the_signature_certificate_opens_a_session_of_level_three() {
    let gateway = TestGateway::start().await;
    let tv = gateway.home_box().await;
    for _ in 0..2 {
        let session: Session = tv.sign_session(&gateway.hana, SERVICE, "apply").await.ok();
        assert_eq!(session.level, AssuranceLevel::L3);
        assert_eq!(session.display_name, "中村 ハナ");
        assert_eq!(session.resident_id.as_deref(), Some(HANA));
    }
    for (query, expected) in [
        ("SELECT COUNT(*) AS n FROM credential_link WHERE kind = 'sign-card'", 1),
        ("SELECT COUNT(*) AS n FROM card_consent WHERE text_version = '2026-11'", 1),
        ("SELECT COUNT(*) AS n FROM audit WHERE object = 'signature-linked'", 1),
        ("SELECT COUNT(*) AS n FROM auth_event WHERE way = 'card-signature'", 2),
        ("SELECT COUNT(*) AS n FROM session WHERE level = 3 AND purpose = 'apply'", 2),
    ] {
        assert_eq!(gateway.number(query).await, expected, "{query}");
    }
    let elsewhere = gateway.enrolled_box(NEIGHBOURS).await;
    let guest: Session = elsewhere.sign_session(&gateway.hana, SERVICE, "apply").await.ok();
    assert_eq!((guest.level, guest.resident_id), (AssuranceLevel::L3, None));
    gateway.stop().await;
}

#[tokio::test]
async fn a_signature_counts_once_for_what_was_shown_and_a_login_is_none() {
    let gateway = TestGateway::start().await;
    let tv = gateway.home_box().await;
    let challenge = tv.challenge().await;
    let address = path::LOGIN_SIGNATURE.replace("{login_id}", &challenge.login_id);
    let other = tv.signature(&gateway.hana, &challenge, SERVICE, "something else");
    tv.post(&address, &other).await.refused(ProblemCode::SignatureRefused);
    let right = tv.signature(&gateway.hana, &challenge, SERVICE, "login");
    tv.post(&address, &right).await.refused(ProblemCode::NonceRefused);

    let challenge = tv.challenge().await;
    let address = path::LOGIN_SIGNATURE.replace("{login_id}", &challenge.login_id);
    let mut proof = tv.signature(&gateway.hana, &challenge, SERVICE, "login");
    let login = tv.sign(&gateway.hana, &challenge);
    (proof.certificate, proof.signature) = (login.certificate, login.signature);
    tv.post(&address, &proof).await.refused(ProblemCode::SignatureRefused);
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM session").await, 0);
    gateway.stop().await;
}

#[tokio::test]
async fn the_certificate_has_to_describe_the_resident() {
    let gateway = TestGateway::start().await;
    let tv = gateway.home_box().await;
    let elsewhere = gateway.enrolled_box(NEIGHBOURS).await;
    let refused = |answer: Answer| answer.refused(ProblemCode::PersonUnknown);
    refused(elsewhere.sign_session(&gateway.hana, SERVICE, "apply").await);
    for (change, fits) in [
        ("UPDATE person SET born_on = '1944-05-04'", false),
        ("UPDATE person SET born_on = NULL", false),
        ("UPDATE person SET born_on = '1944-05-03' WHERE name = '中村 ハナ'", true),
        ("UPDATE person SET address = '徳島県海部郡牟岐町'", false),
        ("UPDATE person SET address = NULL", false),
        ("UPDATE person SET address = '徳島県海部郡美波町日和佐浦試験１番地'", true),
        ("UPDATE person SET sex = 'male'", false),
        ("UPDATE person SET sex = NULL", false),
        ("UPDATE person SET sex = 'female'", true),
        ("UPDATE person SET name = '中村　ハナ' WHERE name = '中村 ハナ'", true),
        ("UPDATE person SET name = '中村 花'", false),
    ] {
        record_says(&gateway, change).await;
        let answer = tv.sign_session(&gateway.hana, SERVICE, "apply").await;
        if fits { drop(answer.ok::<Session>()) } else { refused(answer) }
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_store_that_fails_half_way_leaves_no_half_of_a_link() {
    let gateway = TestGateway::start().await;
    let tv = gateway.home_box().await;
    let links = "SELECT COUNT(*) AS n FROM credential_link WHERE kind = 'sign-card'";
    record_says(&gateway, "ALTER TABLE card_consent RENAME TO card_consent_away").await;
    let answer = tv.sign_session(&gateway.hana, SERVICE, "apply").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(gateway.number(links).await, 0, "the link goes back with its consent");
    record_says(&gateway, "ALTER TABLE card_consent_away RENAME TO card_consent").await;
    tv.sign_session(&gateway.hana, SERVICE, "apply").await.ok::<Session>();
    assert_eq!(gateway.number(links).await, 1);
    gateway.stop().await;
}

/// A minute after the cards were issued; answers how many were known.
async fn lose_cards(gateway: &TestGateway) -> u64 {
    gateway.clock.advance(60_000);
    let clerk = Viewer {
        actor: "staff-1".to_owned(),
        office: "住民課".to_owned(),
        purpose: "card-lost".to_owned(),
    };
    let now_ms = gateway.state.now_ms();
    let lose = move |sql: &mut dyn Sql| {
        let person = link::person_of(sql, HOME, HANA)?.expect("the resident exists");
        stop::stop(sql, &clerk, &person, now_ms)
    };
    gateway.write(lose).await
}

#[tokio::test]
async fn a_stop_counts_for_a_card_of_which_nothing_was_ever_seen() {
    let gateway = TestGateway::start().await;
    let (tv, card) = (gateway.home_box().await, &gateway.stranger);
    for query in ["DELETE FROM card_consent", "DELETE FROM credential_link"] {
        record_says(&gateway, query).await;
    }
    assert_eq!(lose_cards(&gateway).await, 0, "none is known");
    let signed = tv.sign_session(card, SERVICE, LINK_PURPOSE).await;
    signed.refused(ProblemCode::PersonUnknown);
    show(&tv, card, None).await.refused(ProblemCode::CertificateRefused);
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM credential_link").await, 0);
    // Found again, and seen at the office.
    gateway.link(card, HOME, HANA).await;
    tv.sign_session(card, SERVICE, LINK_PURPOSE).await.ok::<Session>();
    gateway.stop().await;
}

#[tokio::test]
async fn a_lost_card_opens_no_session_by_a_signature_that_was_never_seen() {
    let gateway = TestGateway::start().await;
    let tv = gateway.home_box().await;
    assert_eq!(lose_cards(&gateway).await, 1, "the card for logins");
    let answer = tv.sign_session(&gateway.hana, SERVICE, LINK_PURPOSE).await;
    answer.refused(ProblemCode::PersonUnknown);
    for (query, expected) in [
        ("SELECT COUNT(*) AS n FROM session", 0),
        ("SELECT COUNT(*) AS n FROM credential_link WHERE kind = 'sign-card'", 0),
    ] {
        assert_eq!(gateway.number(query).await, expected, "{query}");
    }
    // As if the card had been lost years ago: this certificate was issued since.
    record_says(&gateway, "UPDATE card_stop SET stopped_at_ms = 1").await;
    tv.sign_session(&gateway.hana, SERVICE, LINK_PURPOSE).await.ok::<Session>();
    gateway.stop().await;
}

/// Shows a card at a box for 中村 ハナ, with the session of whoever vouches for it.
async fn show(tv: &BoxClient, card: &TestCard, token: Option<&str>) -> Answer {
    let request =
        LoginRequest { relying_party: SERVICE.to_owned(), purpose: LINK_PURPOSE.to_owned() };
    let challenge: LoginChallenge = tv.post(path::LOGINS, &request).await.ok();
    let request = CardLinkRequest {
        proof: tv.sign_as(card, &challenge, SERVICE, LINK_PURPOSE),
        login_id: challenge.login_id,
        resident_id: HANA.to_owned(),
        code: None,
        consent_version: "2026-11".to_owned(),
    };
    match token {
        Some(token) => tv.post_as(path::CARD_LINKS, token, &request).await,
        None => tv.post(path::CARD_LINKS, &request).await,
    }
}

#[tokio::test]
async fn a_renewed_card_follows_the_old_one_by_its_signature_without_a_letter() {
    let gateway = TestGateway::start().await;
    let (tv, renewed) = (gateway.home_box().await, &gateway.stranger);
    tv.sign_session(&gateway.hana, SERVICE, "apply").await.ok::<Session>();
    let by_pin = tv.log_in(&gateway.hana).await;
    let answer: CardLinkAnswer = show(&tv, renewed, Some(&by_pin.token)).await.ok();
    assert_eq!(answer.state, CardLinkState::WaitsForTown, "a PIN of the old card is no proof");
    show(&tv, renewed, Some("no token")).await.refused(ProblemCode::SessionRefused);

    let signed: Session = tv.sign_session(renewed, SERVICE, LINK_PURPOSE).await.ok();
    let answer: CardLinkAnswer = show(&tv, renewed, Some(&signed.token)).await.ok();
    assert_eq!(answer.state, CardLinkState::Linked);
    assert_eq!(tv.touch(renewed).await.display_name, "中村 ハナ");
    let old = CardTouch { certificate: base64(&gateway.hana.certificate()) };
    tv.post(path::CARD_TOUCHES, &old).await.refused(ProblemCode::PersonUnknown);
    let old = tv.sign_session(&gateway.hana, SERVICE, "apply").await;
    old.refused(ProblemCode::PersonUnknown);
    let people = "SELECT COUNT(DISTINCT person_id) AS n FROM credential_link";
    assert_eq!(gateway.number(people).await, 1, "the person stays the same");
    gateway.stop().await;
}
