//! The support asks, the home answers, the support takes the answer away: over real TLS.

use axum::http::StatusCode;
use gateway_api::{
    ProblemCode,
    diagnosis::{
        DIAGNOSIS_BYTES_MAX, Diagnosis, DiagnosisRequest, Log, LogLevel, LogLine, LogText,
        Playback, ProcessState, Start,
    },
    path,
};
use uuid::Uuid;

use super::{status, tell};
use crate::{
    audit::Viewer,
    fleet::{
        diagnosis::{self, ANSWER_MS, KEPT_MS, State},
        gauges,
    },
    testing::{BoxClient, TestGateway},
};

const QUESTION: Uuid = Uuid::from_u128(77);

fn support() -> Viewer {
    let [actor, office] = ["staff-1", "美波ケーブル 受信機運用"].map(str::to_owned);
    Viewer { actor, office, purpose: String::new() }
}

async fn asks(gateway: &TestGateway, client: &BoxClient, question: Uuid) -> bool {
    let (device_id, now_ms) = (client.device_id().to_owned(), gateway.state.now_ms());
    let reason = "ときどき画面が止まるため";
    let ask = move |sql: &mut dyn crate::store::Sql| {
        diagnosis::ask(sql, &support(), &device_id, (reason, question), now_ms)
    };
    gateway.write(ask).await
}

async fn state(gateway: &TestGateway, client: &BoxClient) -> Option<State> {
    let (device_id, now_ms) = (client.device_id().to_owned(), gateway.state.now_ms());
    let read = move |sql: &mut dyn crate::store::Sql| diagnosis::of_box(sql, &device_id, now_ms);
    gateway.write(read).await.map(|record| record.state)
}

async fn taken_away(gateway: &TestGateway, client: &BoxClient) -> Option<Diagnosis> {
    let (device_id, now_ms) = (client.device_id().to_owned(), gateway.state.now_ms());
    let take = move |sql: &mut dyn crate::store::Sql| {
        diagnosis::take_away(sql, &support(), &device_id, now_ms)
    };
    let text = gateway.write(take).await?;
    Some(serde_json::from_str(&text).expect("what the box told"))
}

async fn housekeeping(gateway: &TestGateway) {
    let now_ms = gateway.state.now_ms();
    gateway.write(move |sql| diagnosis::forget(sql, now_ms)).await;
}

fn told(lines: usize) -> Diagnosis {
    let text = LogText::cut(&"no picture ".repeat(40));
    let line = LogLine { at_ms: 1_795_000_000_000, level: LogLevel::Warn, text };
    Diagnosis {
        collected_at_ms: 1_795_000_000_000,
        clock_trusted: true,
        status: status("1.0.0"),
        start: Start { is_proven: true, is_safe_mode: false, has_installer: false },
        process: ProcessState { resident_kib: Some(1), processor_ms: Some(2), threads: Some(3) },
        temperature_millicelsius: None,
        interfaces: Vec::new(),
        is_linked: true,
        playback: Playback::default(),
        log: Log::newest(std::iter::repeat_n(line, lines).collect::<Vec<_>>().into_iter()),
    }
}

fn give() -> String {
    path::DIAGNOSIS.replace("{request_id}", &QUESTION.to_string())
}

fn refusal() -> String {
    path::DIAGNOSIS_REFUSAL.replace("{request_id}", &QUESTION.to_string())
}

#[tokio::test]
async fn a_box_hears_of_a_question_answers_once_and_the_answer_is_kept_for_two_weeks() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    assert_eq!(tell(&client, &status("1.0.0")).await.diagnosis, None);
    assert!(asks(&gateway, &client, QUESTION).await);
    assert!(!asks(&gateway, &client, Uuid::from_u128(1)).await, "one question at a time");
    let expected = DiagnosisRequest {
        request_id: QUESTION,
        reason: "ときどき画面が止まるため".to_owned(),
        expires_in_seconds: 86_400,
    };
    assert_eq!(tell(&client, &status("1.0.0")).await.diagnosis, Some(expected));
    assert_eq!(taken_away(&gateway, &client).await, None);
    // Larger than any other body of a box.
    let diagnosis = told(400);
    assert!(serde_json::to_vec(&diagnosis).expect("plain data").len() > 100_000);
    for _ in 0..2 {
        client.post(&give(), &diagnosis).await.done();
    }
    assert_eq!(tell(&client, &status("1.0.0")).await.diagnosis, None);
    assert_eq!(taken_away(&gateway, &client).await, Some(diagnosis));
    client.post(&refusal(), &()).await.refused(ProblemCode::Unknown);
    assert_eq!(state(&gateway, &client).await, Some(State::Given), "the first answer counts");
    gateway.clock.advance(KEPT_MS - 1);
    housekeeping(&gateway).await;
    assert_eq!(state(&gateway, &client).await, Some(State::Given));
    gateway.clock.advance(1);
    assert_eq!(taken_away(&gateway, &client).await, None);
    housekeeping(&gateway).await;
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM diagnosis").await, 0);
    let steps = "SELECT COUNT(*) AS n FROM audit WHERE object IN \
                 ('diagnosis-asked', 'diagnosis-given', 'diagnosis-downloaded')";
    assert_eq!(gateway.number(steps).await, 3);
    gateway.stop().await;
}

/// A box whose state changes often answers all the same, and one that answers in vain tells its state.
#[tokio::test]
async fn states_and_answers_do_not_count_for_each_other() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    asks(&gateway, &client, QUESTION).await;
    for _ in 0..20 {
        tell(&client, &status("1.0.0")).await;
    }
    client.post(path::STATUS, &status("1.0.0")).await.refused(ProblemCode::TooManyRequests);
    client.post(&refusal(), &()).await.done();
    gateway.clock.advance(60_000);
    for _ in 0..10 {
        client.post(&refusal(), &()).await.done();
    }
    client.post(&refusal(), &()).await.refused(ProblemCode::TooManyRequests);
    tell(&client, &status("1.0.0")).await;
    gateway.stop().await;
}

#[tokio::test]
async fn a_no_and_a_silence_leave_nothing_behind_but_themselves() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    asks(&gateway, &client, QUESTION).await;
    for _ in 0..2 {
        client.post(&refusal(), &()).await.done();
    }
    assert_eq!(state(&gateway, &client).await, Some(State::Declined));
    client.post(&give(), &told(1)).await.refused(ProblemCode::Unknown);
    assert_eq!(taken_away(&gateway, &client).await, None);
    // A new question takes its place.
    let second = Uuid::from_u128(78);
    assert!(asks(&gateway, &client, second).await);
    client.post(&give(), &told(1)).await.refused(ProblemCode::Unknown);
    gateway.clock.advance(ANSWER_MS - 1);
    assert_eq!(state(&gateway, &client).await, Some(State::Asked));
    gateway.clock.advance(1);
    assert_eq!(state(&gateway, &client).await, Some(State::Expired));
    assert_eq!(tell(&client, &status("1.0.0")).await.diagnosis, None);
    let late = path::DIAGNOSIS.replace("{request_id}", &second.to_string());
    client.post(&late, &told(1)).await.refused(ProblemCode::Unknown);
    housekeeping(&gateway).await;
    let now_ms = gateway.state.now_ms();
    let text = gateway.write(move |sql| gauges::text(sql, 0, now_ms)).await;
    assert!(text.contains("hitokoe_diagnoses{state=\"expired\"} 1"), "{text}");
    let steps = "SELECT COUNT(*) AS n FROM audit WHERE object IN \
                 ('diagnosis-declined', 'diagnosis-expired')";
    assert_eq!(gateway.number(steps).await, 2);
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_no_answer_of_this_box_to_this_question_is_refused() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let other = gateway.home_box().await;
    asks(&gateway, &client, QUESTION).await;
    other.post(&give(), &told(1)).await.refused(ProblemCode::Unknown);
    other.post(&refusal(), &()).await.refused(ProblemCode::Unknown);
    let stranger = gateway.stranger_box();
    stranger.post(&give(), &told(1)).await.refused(ProblemCode::DeviceRefused);
    let strange = path::DIAGNOSIS.replace("{request_id}", "such");
    client.post(&strange, &told(1)).await.refused(ProblemCode::Unknown);
    let mut forged = serde_json::to_value(told(1)).expect("plain data");
    forged["log"][0]["text"] = "中村 ハナ".into();
    assert_eq!(client.post(&give(), &forged).await.status, StatusCode::BAD_REQUEST);
    let mut more = serde_json::to_value(told(1)).expect("plain data");
    more["channel"] = "nhk-g".into();
    assert_eq!(client.post(&give(), &more).await.status, StatusCode::BAD_REQUEST);
    let large = "x".repeat(DIAGNOSIS_BYTES_MAX + 1);
    assert_eq!(client.post(&give(), &large).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    // Every other path keeps its own limit.
    let limit = client.post(path::STATUS, &"x".repeat(70_000)).await;
    assert_eq!(limit.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(state(&gateway, &client).await, Some(State::Asked));
    gateway.stop().await;
}

#[tokio::test]
async fn the_keys_of_a_home_come_to_its_boxes_as_a_newer_provisioning() {
    use gateway_api::{household::KeyLock, provisioning::Provisioning};
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let before: Provisioning = client.get(path::PROVISIONING).await.ok();
    assert_eq!(before.household.key_lock, KeyLock::All);
    for _ in 0..2 {
        let now_ms = gateway.state.now_ms();
        let (home, lock) = (crate::testing::HOME, KeyLock::Simple);
        let choose = move |sql: &mut dyn crate::store::Sql| {
            crate::key_lock::choose(sql, &support(), home, lock, &[], now_ms)
        };
        gateway.write(choose).await;
    }
    let after: Provisioning = client.get(path::PROVISIONING).await.ok();
    assert_eq!(after.household.key_lock, KeyLock::Simple);
    assert_eq!(after.version, before.version + 1, "the same again is no news");
    let query = "SELECT COUNT(*) AS n FROM audit WHERE object = 'remote-keys-chosen'";
    assert_eq!(gateway.number(query).await, 1);
    gateway.stop().await;
}
