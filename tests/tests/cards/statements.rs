//! A service asks, the resident answers with the card, and the service gets a signed statement that any
//! JWS library verifies: what was asked and answered and how sure it is, and nothing of the card.

use std::{
    ops::RangeInclusive,
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::{Context as _, Result, ensure};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use gateway_api::{
    path,
    service::{ServiceApproval, ServiceRequest, ServiceRequestLookup, StatementAnswer},
};
use hitokoe_tests::{bare_box::BareBox, service::Library};
use serde_json::{Value, json};
use virtual_card::card_file::CardFile;

use super::town;

const PURPOSE: &str = "living-status-confirmation";

fn form() -> String {
    let choices =
        json!([{ "code": "same", "text": "同じ" }, { "code": "changed", "text": "変わった" }]);
    json!({
        "purpose": PURPOSE, "form_id": "genkyo", "form_version": "2026.1", "title": "年金の現況届",
        "questions": [
            { "question_id": "address", "text": "住所は前と同じですか。", "choices": choices },
            { "question_id": "family", "text": "家族は前と同じですか。", "choices": choices },
        ],
    })
    .to_string()
}

/// Header and claims of a compact JWS, verified with the published key that its header names.
fn verified(library: &Library, statement: &str) -> Result<(Value, Value)> {
    let [head, claims, signature] = statement.split('.').collect::<Vec<_>>()[..] else {
        anyhow::bail!("not a compact JWS");
    };
    let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part);
    let header: Value = serde_json::from_slice(&decoded(head)?)?;
    let keys = library.get("/jwks")?;
    let keys = keys["keys"].as_array().context("keys")?;
    let jwk = keys.iter().find(|jwk| jwk["kid"] == header["kid"]).context("not published")?;
    let half = |name: &str| Ok::<_, anyhow::Error>(decoded(jwk[name].as_str().context("text")?)?);
    let point = [vec![4], half("x")?, half("y")?].concat();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    let signed = format!("{head}.{claims}");
    let verifies = key.verify(signed.as_bytes(), &decoded(signature)?);
    ensure!(verifies.is_ok(), "the signature does not verify");
    ensure!(key.verify(b"something else", &decoded(signature)?).is_err());
    Ok((header, serde_json::from_slice(&decoded(claims)?)?))
}

fn unix_secs() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs())?)
}

fn members(value: &Value) -> Vec<&str> {
    let members = value.as_object().into_iter().flatten();
    let mut members: Vec<_> = members.map(|(name, _)| name.as_str()).collect();
    members.sort_unstable();
    members
}

/// The television: the number, the questions, the card that signs this request, the answers. Gives the
/// session in which they were given.
async fn answered(tv: &BareBox, card: &CardFile, number: &str) -> Result<String> {
    let user_code = number.chars().filter(char::is_ascii_digit).collect();
    let taken = tv.post(path::SERVICE_REQUESTS, &ServiceRequestLookup { user_code }).await?;
    let request: ServiceRequest = taken.error_for_status()?.json().await?;
    let shown = request.form.as_ref().context("questions")?;
    ensure!(shown.questions[0].text == "住所は前と同じですか。");
    let (party, purpose) = (&request.login_relying_party, &request.login_purpose);
    let session = tv.log_in_for(card, party, purpose).await?;
    let session = session.ok().context("the card answers")?;
    let answer = |(question, code): (&str, &str)| StatementAnswer {
        question_id: question.to_owned(),
        code: code.to_owned(),
    };
    let answers = [("address", "same"), ("family", "changed")].map(answer).to_vec();
    let at = path::SERVICE_APPROVAL.replace("{request_id}", &request.request_id);
    tv.post_as(&at, &session, &ServiceApproval { answers }).await?.error_for_status()?;
    Ok(session.session_id)
}

/// What was asked and answered, and how sure it is.
fn says_what_was_asked(claims: &Value, issuer: &str, times: RangeInclusive<i64>) -> Result<()> {
    assert_eq!(claims["iss"], issuer);
    assert_eq!((&claims["aud"], &claims["purpose"]), (&json!("library"), &json!(PURPOSE)));
    assert_eq!(claims["answers"], json!({ "address": "same", "family": "changed" }));
    assert_eq!(claims["contract_ref"], "N-123");
    let assurance = &claims["assurance"];
    assert_eq!(assurance["acr"], "urn:hitokoe:acr:l2");
    let states = (&assurance["certificate"], &assurance["revocation"]);
    assert_eq!(states, (&json!("valid"), &json!("good")));
    for time in [&claims["iat"], &assurance["authenticated_at"]] {
        let time = time.as_i64().context("seconds")?;
        ensure!(times.contains(&time), "{time} is not in {times:?}");
    }
    Ok(())
}

/// Exactly these members, and nothing by which the card, the person or the box could be found.
fn says_nothing_of_the_card(claims: &Value, card: &CardFile, session_id: String) -> Result<()> {
    let expected = [
        "answers",
        "assurance",
        "aud",
        "contract_ref",
        "evidence_id",
        "form",
        "iat",
        "iss",
        "jti",
        "purpose",
        "sub",
    ];
    assert_eq!(members(claims), expected);
    let expected =
        ["acr", "amr", "authenticated_at", "certificate", "revocation", "revocation_source_at"];
    assert_eq!(members(&claims["assurance"]), expected);
    let der = &card.auth.certificate.0;
    let (_, certificate) =
        x509_parser::parse_x509_certificate(der).ok().context("a certificate")?;
    let serial = certificate.raw_serial();
    let hex = certificate.raw_serial_as_string().replace(':', "");
    let secrets = [
        hex.to_uppercase(),
        hex,
        STANDARD.encode(serial),
        URL_SAFE_NO_PAD.encode(serial),
        certificate.serial.to_string(),
        certificate.issuer().to_string(),
        STANDARD.encode(der),
        "中村".to_owned(),
        session_id,
    ];
    let all = claims.to_string();
    for secret in &secrets {
        ensure!(!secret.is_empty() && !all.contains(secret), "{secret} is in {all}");
    }
    Ok(())
}

#[test]
fn a_service_gets_a_signed_statement_and_nothing_of_the_card() -> Result<()> {
    let (runtime, town, tv) = town()?;
    let library = Library::open(&town)?;
    let card = town.cards.card("hana")?;
    let before = unix_secs()?;
    let form = form();
    let asked = [("form", form.as_str()), ("contract_ref", "N-123")];
    let opened = library.post("/statement_requests", &asked)?;
    let number = opened["user_code"].as_str().context("a number")?;
    let session_id = runtime.block_on(answered(&tv, &card, number))?;

    let secret = opened["request_code"].as_str().context("a secret")?;
    let collected = library.post("/statement_requests/answer", &[("request_code", secret)])?;
    let statement = collected["statement"].as_str().context("a statement")?;
    let (header, claims) = verified(&library, statement)?;
    let kind = (&header["alg"], &header["typ"]);
    assert_eq!(kind, (&json!("ES256"), &json!("hitokoe-statement+jwt")));
    says_what_was_asked(&claims, &town.issuer(), before..=unix_secs()?)?;
    says_nothing_of_the_card(&claims, &card, session_id)?;

    // What the verifier keeps is found by its id, and the log is whole.
    let evidence = claims["evidence_id"].as_str().context("an id")?;
    ensure!(town.admin(&["show-evidence", evidence])?.contains(statement));
    town.admin(&["audit", "verify"])?;
    let again = library.post("/statement_requests/answer", &[("request_code", secret)]);
    ensure!(again.is_err(), "a statement is handed over once");
    Ok(())
}
