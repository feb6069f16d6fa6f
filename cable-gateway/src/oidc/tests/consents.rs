//! Ids by sector, consents, and what the resident sees of them.

use gateway_api::{
    ProblemCode, path,
    resident::AccessLog,
    service::{ServiceAttribute, ServiceConsents},
};
use serde_json::Value;

use super::fixture::{Service, Town};
use crate::{
    oidc::client,
    testing::{HANA, HOME},
};

/// Signs Hana in and gives the tokens.
async fn sign_in(town: &Town, service: &Service, scope: &str) -> Value {
    let code = town.code(&Town::query_of(service, &[("scope", scope)])).await;
    town.redeem_as(service, &code, &[]).await.json()
}

fn subject(tokens: &Value) -> String {
    let text = tokens["id_token"].as_str().expect("an id token");
    let claims = super::fixture::claims_of(text);
    claims["sub"].as_str().expect("a subject").to_owned()
}

#[tokio::test]
async fn a_person_has_one_id_in_a_sector_and_another_elsewhere() {
    let town = Town::new().await;
    let sister = town.service("library-app", "library.example").await;
    let stranger = town.service("kiosk", "kiosk.example").await;
    let first = subject(&sign_in(&town, &town.library, "openid").await);
    assert_eq!(subject(&sign_in(&town, &town.library, "openid").await), first);
    assert_eq!(subject(&sign_in(&town, &sister, "openid").await), first);
    let other = subject(&sign_in(&town, &stranger, "openid").await);
    assert_ne!(other, first);
    for id in [&first, &other] {
        assert!(id.len() == 32 && id != HANA);
    }
    // A new card of the same person changes nothing: the id hangs on the person.
    town.gateway.link(&town.gateway.stranger, HOME, HANA).await;
    let visit = town.open(&town.query(&[("scope", "openid")])).await;
    let request = town.claim(&town.number(&visit).await).await;
    let (party, purpose) = (&request.login_relying_party, &request.login_purpose);
    let session = town.tv.sign_in_for(&town.gateway.stranger, party, purpose).await;
    let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    let yes = gateway_api::service::ServiceApproval::default();
    town.tv.post_as(&at, &session.token, &yes).await.done();
    let code = super::fixture::parameter(&town.way_back(&visit).await, "code").expect("a code");
    assert_eq!(subject(&town.redeem(&code, &[]).await.json()), first);
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_consent_is_listed_and_taken_back_with_everything_under_it() {
    let town = Town::new().await;
    let tokens = sign_in(&town, &town.library, "openid name").await;
    let token = tokens["access_token"].as_str().expect("a token");
    town.userinfo(token).await.json();
    let touched = town.tv.touch(&town.gateway.hana).await;
    let answer = town.tv.get_as(path::SERVICE_CONSENTS, &touched.token).await;
    answer.refused(ProblemCode::SessionRefused);
    let session = town.at_the_television().await;
    let list: ServiceConsents = town.tv.get_as(path::SERVICE_CONSENTS, &session.token).await.ok();
    let [consent] = list.consents.as_slice() else { panic!("{list:?}") };
    assert_eq!(consent.service_name, "町立図書館");
    assert_eq!(consent.attributes, [ServiceAttribute::Name]);

    // The same again is the same consent; a code that waits dies with it.
    let code = town.code(&town.query(&[])).await;
    let again: ServiceConsents = town.tv.get_as(path::SERVICE_CONSENTS, &session.token).await.ok();
    assert_eq!(again.consents[0].consent_id, consent.consent_id);
    let at = path::SERVICE_CONSENT.replace("{consent_id}", &consent.consent_id);
    town.tv.delete_as(&at, &session.token).await.done();
    town.userinfo(token).await.refused("invalid_token");
    town.redeem(&code, &[]).await.refused("invalid_grant");
    let none: ServiceConsents = town.tv.get_as(path::SERVICE_CONSENTS, &session.token).await.ok();
    assert!(none.consents.is_empty());
    town.tv.delete_as(&at, &session.token).await.refused(ProblemCode::Unknown);
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_consent_taken_back_between_answer_and_code_gives_nothing() {
    let town = Town::new().await;
    let visit = town.open(&town.query(&[])).await;
    let request = town.claim(&town.number(&visit).await).await;
    town.approve(&request).await;
    let session = town.at_the_television().await;
    let list: ServiceConsents = town.tv.get_as(path::SERVICE_CONSENTS, &session.token).await.ok();
    let at = path::SERVICE_CONSENT.replace("{consent_id}", &list.consents[0].consent_id);
    town.tv.delete_as(&at, &session.token).await.done();
    let code = super::fixture::parameter(&town.way_back(&visit).await, "code").expect("a code");
    town.redeem(&code, &[]).await.refused("invalid_grant");
    town.gateway.stop().await;
}

#[tokio::test]
async fn other_attributes_are_another_consent() {
    let town = Town::new().await;
    let first = sign_in(&town, &town.library, "openid name").await;
    let first = first["access_token"].as_str().expect("a token");
    sign_in(&town, &town.library, "openid municipality").await;
    town.userinfo(first).await.refused("invalid_token");
    let session = town.at_the_television().await;
    let list: ServiceConsents = town.tv.get_as(path::SERVICE_CONSENTS, &session.token).await.ok();
    assert_eq!(list.consents.len(), 1);
    assert_eq!(list.consents[0].attributes, [ServiceAttribute::Municipality]);
    town.gateway.stop().await;
}

#[tokio::test]
async fn the_resident_sees_what_a_service_got_to_know() {
    let town = Town::new().await;
    let tokens = sign_in(&town, &town.library, "openid name").await;
    let token = tokens["access_token"].as_str().expect("a token");
    town.userinfo(token).await.json();
    town.userinfo(token).await.json();
    let session = town.at_the_television().await;
    let log: AccessLog = town.tv.get_as(path::ACCESS_LOG, &session.token).await.ok();
    let [view] = log.views.as_slice() else { panic!("{log:?}") };
    assert_eq!(view.viewer, "町立図書館");
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_stopped_service_gets_nothing_any_more() {
    let town = Town::new().await;
    let tokens = sign_in(&town, &town.library, "openid name").await;
    let token = tokens["access_token"].as_str().expect("a token");
    let visit = town.open(&town.query(&[])).await;
    let number = town.number(&visit).await;
    let now_ms = town.gateway.state.now_ms();
    assert!(town.gateway.write(move |sql| client::disable(sql, "library", now_ms)).await);
    town.userinfo(token).await.refused("invalid_token");
    town.redeem("x", &[]).await.refused("invalid_client");
    let path = format!("/authorize?{}", town.query(&[]));
    assert!(town.web.get(&path, &[]).await.goes_nowhere());
    let lookup = gateway_api::service::ServiceRequestLookup { user_code: number };
    town.tv.post(path::SERVICE_REQUESTS, &lookup).await.refused(ProblemCode::Unknown);
    town.gateway.stop().await;
}
