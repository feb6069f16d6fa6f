use axum::http::StatusCode;
use gateway_api::{
    ProblemCode,
    enrolment::{EnrolmentAnswer, EnrolmentRequest},
    path,
    provisioning::Provisioning,
};

use crate::{
    device,
    testing::{HOME, TestGateway},
};

#[tokio::test]
async fn a_code_becomes_a_certificate_that_opens_the_api() {
    let gateway = TestGateway::start().await;
    let home_box = gateway.home_box().await;
    let enrolment = home_box.enrolment.clone().expect("enrolled");
    assert_eq!(enrolment.gateway_id, "gateway.minami.example");
    let got: Provisioning = home_box.get(path::PROVISIONING).await.ok();
    assert_eq!(got.household.household_id, HOME);
    assert_eq!(got.household.residents[0].name, "中村 ハナ");
    assert_eq!((got.areas.len(), got.shelters.len(), got.channels.len()), (25, 76, 2));
    gateway.stop().await;
}

#[tokio::test]
async fn a_code_works_once_but_a_lost_answer_can_be_asked_for_again() {
    let gateway = TestGateway::start().await;
    let code = gateway.code(HOME).await;
    let (client, key) = (gateway.stranger_box(), rcgen::KeyPair::generate().expect("a key"));
    let first: EnrolmentAnswer = client.try_enrol(&code, &key).await.ok();
    let again: EnrolmentAnswer = client.try_enrol(&code, &key).await.ok();
    assert_eq!(first, again, "the same box gets the same certificate");
    let other_key = rcgen::KeyPair::generate().expect("a key");
    client.try_enrol(&code, &other_key).await.refused(ProblemCode::CodeRefused);
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM device").await, 1);

    let (id, now_ms) = (first.device_id, gateway.state.now_ms());
    gateway.write(move |sql| device::revoke(sql, &id, now_ms)).await;
    client.try_enrol(&code, &key).await.refused(ProblemCode::CodeRefused);
    gateway.stop().await;
}

#[tokio::test]
async fn an_old_code_an_unknown_code_and_no_code_are_refused_alike() {
    let gateway = TestGateway::start().await;
    let (code, client) = (gateway.code(HOME).await, gateway.stranger_box());
    let key = rcgen::KeyPair::generate().expect("a key");
    gateway.clock.advance(86_400_000);
    for wrong in [code.as_str(), "000000000000", "12", "", "abcdefghijkl"] {
        client.try_enrol(wrong, &key).await.refused(ProblemCode::CodeRefused);
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_request_without_proof_of_the_key_is_refused_and_costs_no_code() {
    let gateway = TestGateway::start().await;
    let (code, client) = (gateway.code(HOME).await, gateway.stranger_box());
    let key = rcgen::KeyPair::generate().expect("a key");
    let params = rcgen::CertificateParams::new(["box".to_owned()]).expect("a name");
    let request = params.serialize_request(&key).expect("a request");
    let mut der = request.der().to_vec();
    // The last byte belongs to the signature.
    *der.last_mut().expect("not empty") ^= 1;
    let body = crate::encoding::base64(&der);
    let broken =
        format!("-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n");
    for wrong in [broken.as_str(), "", "no PEM"] {
        let request =
            EnrolmentRequest { code: code.clone(), certificate_request_pem: wrong.to_owned() };
        client.post(path::ENROLMENTS, &request).await.refused(ProblemCode::BadRequest);
    }
    let p384 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).expect("a key");
    client.try_enrol(&code, &p384).await.refused(ProblemCode::BadRequest);
    client.try_enrol(&code, &key).await.ok::<EnrolmentAnswer>();
    gateway.stop().await;
}

#[tokio::test]
async fn guessing_codes_is_slowed_down() {
    let gateway = TestGateway::start().await;
    let (client, key) = (gateway.stranger_box(), rcgen::KeyPair::generate().expect("a key"));
    for _ in 0..10 {
        client.try_enrol("000000000000", &key).await.refused(ProblemCode::CodeRefused);
    }
    client.try_enrol("000000000000", &key).await.refused(ProblemCode::TooManyRequests);
    gateway.clock.advance(60_000);
    client.try_enrol("000000000000", &key).await.refused(ProblemCode::CodeRefused);
    gateway.stop().await;
}

#[tokio::test]
async fn every_other_path_needs_an_active_device() {
    let gateway = TestGateway::start().await;
    let (stranger, home_box) = (gateway.stranger_box(), gateway.home_box().await);
    let orders = format!("{}?after_sequence=0", path::ORDERS);
    let open = [path::EVENTS, path::PROVISIONING, &orders, path::ACCESS_LOG];
    for path in open {
        stranger.get(path).await.refused(ProblemCode::DeviceRefused);
    }
    for path in [path::LOGINS, path::CARD_TOUCHES, path::REPORTS, "/box/v1/logins/1/proof"] {
        stranger.post_raw(path, "{}").await.refused(ProblemCode::DeviceRefused);
    }
    stranger.delete_as(path::SESSION, "00").await.refused(ProblemCode::DeviceRefused);

    assert_eq!(home_box.get(&orders).await.status, StatusCode::OK);
    let (id, now_ms) = (home_box.device_id().to_owned(), gateway.state.now_ms());
    gateway.write(move |sql| device::revoke(sql, &id, now_ms)).await;
    home_box.get(&orders).await.refused(ProblemCode::DeviceStopped);
    gateway.stop().await;
}

#[tokio::test]
async fn what_does_not_exist_is_a_problem_too() {
    let gateway = TestGateway::start().await;
    let home_box = gateway.home_box().await;
    home_box.get("/box/v1/nothing").await.refused(ProblemCode::Unknown);
    home_box.get("/").await.refused(ProblemCode::Unknown);
    home_box.post_raw(path::PROVISIONING, "{}").await.refused(ProblemCode::Unknown);
    home_box.get(path::ORDERS).await.refused(ProblemCode::BadRequest);
    home_box.post_raw(path::REPORTS, "{\"kind\":").await.refused(ProblemCode::BadRequest);
    for length in [70_000, 10_000_000] {
        let answer = home_box.post_raw(path::REPORTS, &"x".repeat(length)).await;
        answer.refused(ProblemCode::BadRequest);
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE, "{length} bytes");
    }
    gateway.stop().await;
}
