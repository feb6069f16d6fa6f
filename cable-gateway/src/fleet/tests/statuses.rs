use axum::http::StatusCode;
use gateway_api::{ProblemCode, path, status::BoxStatus};

use super::{status, tell};
use crate::{
    fleet::{
        gauges,
        listing::{self, Kind, Question},
    },
    testing::TestGateway,
};

fn everything() -> Question {
    Question {
        kind: Kind::All,
        search: String::new(),
        area_id: String::new(),
        version: String::new(),
        quiet_since_ms: 1,
    }
}

#[tokio::test]
async fn the_latest_state_of_a_box_is_kept_and_nothing_else() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let answer = tell(&client, &status("1.0.0")).await;
    assert_eq!((answer.again_in_seconds, answer.renew_certificate), (900, false));
    assert_eq!(answer.offer, None);
    let second = BoxStatus { last_order: None, memory: None, slot: None, ..status("1.1.0") };
    tell(&client, &second).await;
    let rows = gateway.write(|sql| listing::page(sql, &everything(), 10, 0)).await;
    let told = rows[0].told.clone().expect("it told its state");
    assert_eq!((told.version.as_str(), told.slot, told.last_order), ("1.1.0", None, None));
    assert_eq!((told.reader.as_str(), told.signal.as_str()), ("ready", "good"));
    assert_eq!(rows[0].last_seen_ms, Some(gateway.state.now_ms()));
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM box_status").await, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn the_fleet_in_numbers_names_no_box_and_no_home() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    tell(&client, &status("1.0.0")).await;
    let now_ms = gateway.state.now_ms();
    let text = gateway.write(move |sql| gauges::text(sql, 1, now_ms)).await;
    for line in [
        "hitokoe_boxes_connected 1",
        "hitokoe_boxes{kind=\"all\"} 1",
        "hitokoe_boxes{kind=\"silent\"} 0",
        "hitokoe_boxes_running{version=\"1.0.0\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    assert!(!text.contains(client.device_id()) && !text.contains(crate::testing::HOME));
    gateway.stop().await;
}

#[tokio::test]
async fn a_state_that_cannot_be_is_refused_and_the_one_before_stays() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    tell(&client, &status("1.0.0")).await;
    let good = serde_json::to_value(status("9.0.0")).expect("plain data");
    let bad = [
        ("version", serde_json::json!("新しい版")),
        ("reader", serde_json::json!("中村 ハナ")),
        ("last_order", serde_json::json!({"sequence": u64::MAX, "heard_at_ms": 0})),
        ("uptime_seconds", serde_json::json!(-1)),
        ("channel", serde_json::json!("town-1")),
    ];
    for (field, value) in bad {
        let mut forged = good.clone();
        forged[field] = value;
        let answer = client.post(path::STATUS, &forged).await;
        assert!(answer.status.is_client_error(), "{field}: {}", answer.text());
    }
    let kept = gateway.number("SELECT COUNT(*) AS n FROM box_status WHERE version = '1.0.0'").await;
    assert_eq!(kept, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn a_box_that_tells_too_often_has_to_wait_and_a_stranger_tells_nothing() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    for _ in 0..20 {
        tell(&client, &status("1.0.0")).await;
    }
    let answer = client.post(path::STATUS, &status("1.0.0")).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    gateway
        .stranger_box()
        .post(path::STATUS, &status("1.0.0"))
        .await
        .refused(ProblemCode::DeviceRefused);
    gateway.stop().await;
}
