use gateway_api::{
    ProblemCode,
    enrolment::{CertificateRenewal, EnrolmentAnswer, RenewedCertificate},
    path,
};
use rcgen::KeyPair;

use super::{status, tell};
use crate::{
    device,
    testing::{Answer, BoxClient, HOME, TestGateway},
};

const DAY_MS: i64 = 86_400_000;
/// Life of a device certificate in the example configuration.
const LIFE_MS: i64 = 3_650 * DAY_MS;

/// A box that enrolled so long ago, with its key.
async fn enrolled(gateway: &TestGateway, ago_ms: i64) -> (BoxClient, KeyPair) {
    gateway.clock.advance(-ago_ms);
    let (code, mut client) = (gateway.code(HOME).await, gateway.stranger_box());
    let key = KeyPair::generate().expect("a key");
    let answer: EnrolmentAnswer = client.try_enrol(&code, &key).await.ok();
    client.take_identity(&answer, &key);
    gateway.clock.advance(ago_ms);
    (client, key)
}

async fn ask(client: &BoxClient, key: &KeyPair) -> Answer {
    let params = rcgen::CertificateParams::default();
    let request = params.serialize_request(key).expect("a request").pem().expect("PEM");
    client.post(path::CERTIFICATE, &CertificateRenewal { certificate_request_pem: request }).await
}

/// The same box with its next certificate.
fn with(client: &BoxClient, renewed: RenewedCertificate, key: &KeyPair) -> BoxClient {
    let mut next = client.clone();
    let before = client.enrolment.clone().expect("enrolled");
    let certificate_chain_pem = renewed.certificate_chain_pem;
    next.take_identity(&EnrolmentAnswer { certificate_chain_pem, ..before }, key);
    next
}

#[tokio::test]
async fn a_certificate_that_ends_tomorrow_is_renewed_over_itself() {
    let gateway = TestGateway::start().await;
    let (client, key) = enrolled(&gateway, LIFE_MS - DAY_MS).await;
    assert!(tell(&client, &status("1.0.0")).await.renew_certificate);
    let next = with(&client, ask(&client, &key).await.ok(), &key);
    // The answer was lost, and asked for again: both older ones still count.
    let next_again = with(&client, ask(&client, &key).await.ok(), &key);
    tell(&client, &status("1.0.0")).await;
    next.post(path::STATUS, &status("1.0.0")).await.refused(ProblemCode::DeviceRefused);
    let answer = tell(&next_again, &status("1.0.0")).await;
    assert!(!answer.renew_certificate, "it has its whole life before it");
    client.post(path::STATUS, &status("1.0.0")).await.refused(ProblemCode::DeviceRefused);
    assert_eq!(next_again.device_id(), client.device_id());
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM device").await, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn renewal_is_due_in_the_last_third_only() {
    let gateway = TestGateway::start().await;
    let thirds = LIFE_MS / 3 * 2;
    // The oldest first: the gateway's clock does not go back for a limit of tries.
    for (ago_ms, due) in [(thirds + 2 * DAY_MS, true), (thirds - 2 * DAY_MS, false), (0, false)] {
        let (client, _) = enrolled(&gateway, ago_ms).await;
        assert_eq!(tell(&client, &status("1.0.0")).await.renew_certificate, due, "{ago_ms}");
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_revoked_box_an_ended_certificate_and_another_key_get_nothing() {
    let gateway = TestGateway::start().await;
    let (late, _) = enrolled(&gateway, LIFE_MS + 2 * DAY_MS).await;
    assert!(late.is_refused().await, "the handshake ends");
    let (client, key) = enrolled(&gateway, LIFE_MS - DAY_MS).await;
    let other = KeyPair::generate().expect("a key");
    ask(&client, &other).await.refused(ProblemCode::DeviceRefused);
    let next = with(&client, ask(&client, &key).await.ok(), &key);
    let (id, now_ms) = (client.device_id().to_owned(), gateway.state.now_ms());
    gateway.write(move |sql| device::revoke(sql, &id, now_ms)).await;
    ask(&client, &key).await.refused(ProblemCode::DeviceStopped);
    ask(&next, &key).await.refused(ProblemCode::DeviceRefused);
    ask(&gateway.stranger_box(), &key).await.refused(ProblemCode::DeviceRefused);
    gateway.stop().await;
}
