//! Statements: what is in them, what is never in them, and who gets them.

use gateway_api::{
    ProblemCode, path,
    service::{ConsentKind, ServiceApproval, ServiceConsents, StatementAnswer},
};
use serde_json::{Value, json};

use super::fixture::{ISSUER, Service, Town};
use crate::{
    encoding::{base64, hex},
    jws::{Jwk, PublicKey, Unverified, base64url},
    statement,
};

fn form() -> String {
    let choices =
        json!([{ "code": "same", "text": "同じ" }, { "code": "changed", "text": "変わった" }]);
    json!({
        "purpose": "living-status-confirmation", "form_id": "genkyo", "form_version": "2026.1",
        "title": "年金の現況届",
        "questions": [{ "question_id": "address", "text": "住所は前と同じですか。", "choices": choices }],
    })
    .to_string()
}

/// Secret and number of a new request.
async fn open(town: &Town) -> (String, String) {
    let pairs = [("form", form()), ("contract_ref", "N-123".to_owned())];
    let pairs = pairs.each_ref().map(|(name, value)| (*name, value.as_str()));
    let opened = town.post_as(&town.library, "/statement_requests", &pairs).await.json();
    let text = |name: &str| opened[name].as_str().expect("text").to_owned();
    (text("request_code"), text("user_code"))
}

async fn collect(town: &Town, service: &Service, secret: &str) -> super::fixture::Answer {
    town.gateway.clock.advance(5_000);
    town.post_as(service, "/statement_requests/answer", &[("request_code", secret)]).await
}

fn answers(codes: &[(&str, &str)]) -> ServiceApproval {
    let answer = |(question_id, code): &(&str, &str)| StatementAnswer {
        question_id: (*question_id).to_owned(),
        code: (*code).to_owned(),
    };
    ServiceApproval { answers: codes.iter().map(answer).collect() }
}

/// The claims of a statement, verified with the published key that its header names.
async fn verified(town: &Town, statement: &str) -> Value {
    let read = Unverified::parse(statement).expect("a JWS");
    assert_eq!(read.typ(), Some(statement::TYPE));
    let keys = town.web.get("/jwks", &[]).await.json();
    let keys: Vec<Jwk> = serde_json::from_value(keys["keys"].clone()).expect("keys");
    let jwk = keys.iter().find(|jwk| jwk.kid.as_deref() == read.kid()).expect("published");
    read.verify(&PublicKey::from_jwk(jwk).expect("a key")).expect("it verifies")
}

#[tokio::test]
async fn an_answer_on_the_television_becomes_a_signed_statement() {
    let town = Town::new().await;
    let (secret, number) = open(&town).await;
    collect(&town, &town.library, &secret).await.refused("authorization_pending");
    let request = town.claim(&number).await;
    let shown = request.form.clone().expect("a form");
    assert_eq!(shown.questions[0].text, "住所は前と同じですか。");
    let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    let session = town.session_for(&request).await;
    for wrong in [
        answers(&[]),
        answers(&[("address", "moved")]),
        answers(&[("name", "same")]),
        answers(&[("address", "same"), ("address", "same")]),
    ] {
        let answer = town.tv.post_as(&at, &session.token, &wrong).await;
        answer.refused(ProblemCode::BadRequest);
    }
    town.tv.post_as(&at, &session.token, &answers(&[("address", "same")])).await.done();
    let statement = collect(&town, &town.library, &secret).await.json()["statement"].clone();
    let claims = verified(&town, statement.as_str().expect("text")).await;
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!("library")));
    assert_eq!(claims["purpose"], "living-status-confirmation");
    assert_eq!(claims["answers"], json!({ "address": "same" }));
    assert_eq!(claims["contract_ref"], "N-123");
    assert_eq!(claims["assurance"]["acr"], "urn:hitokoe:acr:l2");
    assert_eq!(claims["assurance"]["revocation"], "unknown", "as the example configuration says");
    assert!(claims.get("exp").is_none(), "no id token, which would need an end");
    collect(&town, &town.library, &secret).await.refused("invalid_grant");
    town.gateway.stop().await;
}

#[tokio::test]
async fn a_statement_names_no_certificate_and_nobody_by_another_id() {
    let town = Town::new().await;
    let (secret, number) = open(&town).await;
    let request = town.claim(&number).await;
    let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    let session = town.session_for(&request).await;
    town.tv.post_as(&at, &session.token, &answers(&[("address", "same")])).await.done();
    let statement = collect(&town, &town.library, &secret).await.json()["statement"].clone();
    let claims = verified(&town, statement.as_str().expect("text")).await;
    let row = town.gateway.write(|sql| sql.one("SELECT * FROM credential_link", &[])).await;
    let bytes = |column| row.get::<Vec<u8>>(column).expect("bytes");
    let text = |column| row.get::<String>(column).expect("text");
    let mut secrets = vec![text("person_id"), text("link_id"), session.session_id.clone()];
    for value in [bytes("serial"), bytes("issuer_key_id"), town.gateway.hana.certificate()] {
        secrets.extend([hex(&value), base64(&value), base64url(&value)]);
    }
    secrets.extend(["中村".to_owned(), town.tv.device_id().to_owned()]);
    let all = claims.to_string();
    for secret in &secrets {
        assert!(!secret.is_empty() && !all.contains(secret), "{secret} is in {all}");
    }
    for word in ["serial", "issuer", "reason", "revoked", "certificate_"] {
        let keys = all.replace("\"iss\"", "");
        assert!(!keys.contains(&format!("\"{word}")), "{word} is in {all}");
    }
    let evidence = claims["evidence_id"].as_str().expect("an id").to_owned();
    let found = town.gateway.write(move |sql| statement::find(sql, &evidence)).await;
    let found = found.expect("the evidence is here");
    assert_eq!(found.client_id, "library");
    let hash = crate::encoding::sha256(statement.as_str().expect("text").as_bytes());
    assert_eq!(found.statement, statement.as_str().expect("text"));
    let logged = town
        .gateway
        .write(|sql| sql.one("SELECT purpose FROM audit WHERE object = 'statement-issued'", &[]))
        .await;
    assert!(logged.get::<String>("purpose").expect("text").ends_with(&hex(&hash)));
    town.gateway.stop().await;
}

#[tokio::test]
async fn only_the_service_that_asked_and_may_ask_gets_one() {
    let town = Town::new().await;
    let other = town.service("kiosk", "kiosk.example").await;
    let foreign = form().replace("living-status-confirmation", "bank-account");
    let answer = town.post_as(&town.library, "/statement_requests", &[("form", &foreign)]).await;
    answer.refused("unauthorized_client");
    let answer = town.post_as(&town.library, "/statement_requests", &[("form", "{}")]).await;
    answer.refused("invalid_request");
    let (secret, number) = open(&town).await;
    let request = town.claim(&number).await;
    let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    let session = town.session_for(&request).await;
    town.tv.post_as(&at, &session.token, &answers(&[("address", "same")])).await.done();
    collect(&town, &other, &secret).await.refused("invalid_grant");
    let device = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", secret.as_str()),
    ];
    town.post_as(&town.library, "/token", &device).await.refused("invalid_grant");
    // Withdrawn before it was fetched: nothing is stated.
    let code = town.code(&town.query(&[])).await;
    let session = town.at_the_television().await;
    let list: ServiceConsents = town.tv.get_as(path::SERVICE_CONSENTS, &session.token).await.ok();
    assert_eq!(list.consents.len(), 2, "a sign-in is another consent");
    let of = list.consents.iter().find(|consent| consent.kind == ConsentKind::Statement);
    let at =
        path::SERVICE_CONSENT.replace("{consent_id}", &of.expect("the statement's").consent_id);
    town.tv.delete_as(&at, &session.token).await.done();
    collect(&town, &town.library, &secret).await.refused("access_denied");
    assert_eq!(town.gateway.number("SELECT COUNT(*) AS n FROM evidence").await, 0);
    town.redeem(&code, &[]).await.json();
    town.gateway.stop().await;
}

#[tokio::test]
async fn evidence_that_was_changed_later_does_not_fit() {
    for (script, fits) in [
        ("SELECT 1", true),
        ("UPDATE evidence SET form = replace(form, '住所', '氏名')", false),
        ("UPDATE evidence SET statement = replace(statement, '.', '.A')", false),
        ("DELETE FROM audit_subject; DELETE FROM audit WHERE object = 'statement-issued'", false),
    ] {
        let town = Town::new().await;
        let (secret, number) = open(&town).await;
        let request = town.claim(&number).await;
        let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
        let session = town.session_for(&request).await;
        town.tv.post_as(&at, &session.token, &answers(&[("address", "same")])).await.done();
        collect(&town, &town.library, &secret).await.json();
        let ring = town.gateway.state.signing_keys.clone();
        let changed = town
            .gateway
            .write(move |sql| {
                sql.script(
                    "DROP TRIGGER evidence_never_changes; DROP TRIGGER audit_never_shrinks; \
                     DROP TRIGGER audit_subject_never_shrinks",
                )?;
                sql.script(script)?;
                statement::changed(sql, &ring)
            })
            .await;
        assert_eq!(changed.is_empty(), fits, "{script}");
        town.gateway.stop().await;
    }
}
