//! The television's side: numbers, cards, and which session counts.

use gateway_api::{
    ProblemCode, path,
    service::{ServiceApproval, ServiceAttribute, ServiceRequestLookup},
};

use serde_json::json;

use super::fixture::{Town, claims_of, parameter};
use crate::oidc::REQUEST_MS;

fn lookup(number: &str) -> ServiceRequestLookup {
    ServiceRequestLookup { user_code: number.to_owned() }
}

#[tokio::test]
async fn the_screen_gets_who_asks_for_what() {
    let town = Town::new().await;
    let visit = town.open(&town.query(&[("acr_values", "urn:hitokoe:acr:l3")])).await;
    let request = town.claim(&town.number(&visit).await).await;
    assert_eq!(request.service_kana, "チョウリツトショカン");
    assert_eq!(request.purpose, "本の予約のため");
    assert_eq!(request.attributes, [ServiceAttribute::Name]);
    assert_eq!(request.form, None);
    assert_eq!(request.level, gateway_api::login::AssuranceLevel::L3);
    town.gateway.stop().await;
}

#[tokio::test]
async fn only_a_session_that_the_card_signed_for_this_request_counts() {
    let town = Town::new().await;
    let visit = town.open(&town.query(&[])).await;
    let request = town.claim(&town.number(&visit).await).await;
    let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    let yes = ServiceApproval::default();
    let hana = &town.gateway.hana;
    let touched = town.tv.touch(hana).await;
    let party = &request.login_relying_party;
    let general = town.tv.sign_in_for(hana, "town-services", "login").await;
    let other_request = town.tv.sign_in_for(hana, party, "request:other").await;
    let other_service = town.tv.sign_in_for(hana, "service:kiosk", &request.login_purpose).await;
    for session in [touched, general, other_request, other_service] {
        let answer = town.tv.post_as(&at, &session.token, &yes).await;
        answer.refused(ProblemCode::SessionRefused);
    }
    town.tv.post_as(&at, "0".repeat(64).as_str(), &yes).await.refused(ProblemCode::SessionRefused);
    let session = town.session_for(&request).await;
    town.tv.post_as(&at, &session.token, &yes).await.done();
    let again = town.tv.post_as(&at, &session.token, &yes).await;
    again.refused(ProblemCode::SessionRefused);
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_higher_level_than_the_card_proved_is_refused() {
    let town = Town::new().await;
    let visit = town.open(&town.query(&[("acr_values", "urn:hitokoe:acr:l3")])).await;
    let request = town.claim(&town.number(&visit).await).await;
    let session = town.session_for(&request).await;
    let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    let answer = town.tv.post_as(&at, &session.token, &ServiceApproval::default()).await;
    answer.refused(ProblemCode::SessionRefused);
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_request_belongs_to_the_box_that_took_it() {
    let town = Town::new().await;
    let neighbour = town.gateway.home_box().await;
    let visit = town.open(&town.query(&[])).await;
    let number = town.number(&visit).await;
    let request = town.claim(&number).await;
    neighbour.post(path::SERVICE_REQUESTS, &lookup(&number)).await.refused(ProblemCode::Unknown);
    let refusal = path::SERVICE_REFUSAL.replace("{request_id}", &request.request_id);
    neighbour.post_raw(&refusal, "").await.refused(ProblemCode::Unknown);
    let session = neighbour
        .sign_in_for(&town.gateway.hana, &request.login_relying_party, &request.login_purpose)
        .await;
    let approval = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    let answer = neighbour.post_as(&approval, &session.token, &ServiceApproval::default()).await;
    answer.refused(ProblemCode::Unknown);
    assert_eq!(town.claim(&number).await.request_id, request.request_id, "the same box may again");
    town.gateway.stop().await;
}

#[tokio::test]
async fn an_old_request_cannot_be_answered() {
    let town = Town::new().await;
    let visit = town.open(&town.query(&[])).await;
    let number = town.number(&visit).await;
    let request = town.claim(&number).await;
    let session = town.session_for(&request).await;
    town.gateway.clock.advance(REQUEST_MS);
    let approval = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    let answer = town.tv.post_as(&approval, &session.token, &ServiceApproval::default()).await;
    answer.refused(ProblemCode::Unknown);
    let refusal = path::SERVICE_REFUSAL.replace("{request_id}", &request.request_id);
    town.tv.post_raw(&refusal, "").await.refused(ProblemCode::Unknown);
    town.tv.post(path::SERVICE_REQUESTS, &lookup(&number)).await.refused(ProblemCode::Unknown);
    town.gateway.stop().await;
}

#[tokio::test]
async fn numbers_cannot_be_tried_out() {
    let town = Town::new().await;
    let visit = town.open(&town.query(&[])).await;
    let number = town.number(&visit).await;
    for wrong in ["", "1234567", "123456789", "1234 567", "１２３４５６７８"] {
        town.tv.post(path::SERVICE_REQUESTS, &lookup(wrong)).await.refused(ProblemCode::BadRequest);
    }
    let wrong = if number == "00000000" { "00000001" } else { "00000000" };
    for _ in 0..10 {
        town.tv.post(path::SERVICE_REQUESTS, &lookup(wrong)).await.refused(ProblemCode::Unknown);
    }
    let stopped = town.tv.post(path::SERVICE_REQUESTS, &lookup(&number)).await;
    stopped.refused(ProblemCode::TooManyRequests);
    let neighbour = town.gateway.home_box().await;
    neighbour
        .post(path::SERVICE_REQUESTS, &lookup(&number))
        .await
        .ok::<gateway_api::service::ServiceRequest>();
    town.gateway.clock.advance(3_600_000);
    town.tv.post(path::SERVICE_REQUESTS, &lookup(wrong)).await.refused(ProblemCode::Unknown);
    town.gateway.stop().await;
}

#[tokio::test]
async fn where_a_touch_is_enough_it_comes_after_the_question() {
    let town = Town::new().await;
    let kiosk = town.simple_service().await;
    let scope = [("scope", "openid")];
    let visit = town.open(&Town::query_of(&kiosk, &scope)).await;
    let early = town.tv.touch(&town.gateway.hana).await;
    town.gateway.clock.advance(1);
    let request = town.claim(&town.number(&visit).await).await;
    let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    let yes = ServiceApproval::default();
    town.tv.post_as(&at, &early.token, &yes).await.refused(ProblemCode::SessionRefused);
    let touched = town.tv.touch(&town.gateway.hana).await;
    town.tv.post_as(&at, &touched.token, &yes).await.done();
    let code = parameter(&town.way_back(&visit).await, "code").expect("a code");
    let tokens = town.redeem_as(&kiosk, &code, &[]).await.json();
    let claims = claims_of(tokens["id_token"].as_str().expect("an id token"));
    assert_eq!((&claims["acr"], &claims["amr"]), (&json!("urn:hitokoe:acr:l1"), &json!(["sc"])));
    let known = town.userinfo(tokens["access_token"].as_str().expect("a token")).await.json();
    assert_eq!(known, json!({ "sub": claims["sub"] }), "an id, and nothing else");
    // A touched card never answers a request that wants the PIN.
    let query = Town::query_of(&kiosk, &[scope[0], ("acr_values", "urn:hitokoe:acr:l2")]);
    let visit = town.open(&query).await;
    let request = town.claim(&town.number(&visit).await).await;
    let touched = town.tv.touch(&town.gateway.hana).await;
    let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    town.tv.post_as(&at, &touched.token, &yes).await.refused(ProblemCode::SessionRefused);
    town.gateway.stop().await;
}
