use std::time::Duration;

use evacuation::{
    order::{Act, Mode, UnixMillis},
    signing::open_order,
    trust::{PublicKey, Trust, open_manifest},
};
use gateway_api::{order::OrderList, path, provisioning::Provisioning};

use crate::{
    device,
    encoding::from_base64,
    fleet::diagnosis,
    orders::OrderDraft,
    testing::{BoxClient, TestGateway, flood},
};

/// The trust that a box builds from its enrolment and provisioning.
async fn trust_of(client: &BoxClient) -> Trust {
    let root = &client.enrolment.as_ref().expect("enrolled").manifest_root_key;
    let root = from_base64(root, 32).expect("base64").try_into().expect("32 bytes");
    let provisioning: Provisioning = client.get(path::PROVISIONING).await.ok();
    let manifest = from_base64(&provisioning.key_manifest, 20_000).expect("base64");
    Trust::new(open_manifest(&manifest, &PublicKey(root)).expect("signed by the root"))
}

#[tokio::test]
async fn an_order_reaches_a_connected_box_signed_and_numbered() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let mut events = client.events(None).await;
    let published = gateway.publish(flood()).await;
    let (id, bytes) = events.next_order().await;
    assert_eq!(id, published.sequence);
    let order = open_order(&bytes, &trust_of(&client).await).expect("believed").order;
    assert_eq!(order.id, published.id);
    assert_eq!(order.issued_at, UnixMillis(gateway.state.now_ms()));
    gateway.stop().await;
}

#[tokio::test]
async fn a_box_resumes_after_the_last_order_it_got() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let first = gateway.publish(flood()).await.sequence;
    for _ in 0..2 {
        gateway.publish(flood()).await;
    }
    let mut events = client.events(Some(first)).await;
    assert_eq!(events.next_order().await.0, first + 1);
    assert_eq!(events.next_order().await.0, first + 2);
    gateway.publish(flood()).await;
    assert_eq!(events.next_order().await.0, first + 3, "then what is new");
    gateway.stop().await;
}

#[tokio::test]
async fn a_first_connection_gets_what_is_in_force_and_nothing_else() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let first = gateway.publish(flood()).await;
    let replaced = OrderDraft { act: Act::Update, references: vec![first.id], ..flood() };
    let second = gateway.publish(replaced).await.sequence;
    let short = OrderDraft { valid_for_ms: 1_000, ..flood() };
    gateway.publish(short).await;
    gateway.clock.advance(2_000);
    let fourth = gateway.publish(flood()).await.sequence;
    let mut events = client.events(None).await;
    assert_eq!(events.next_order().await.0, second, "the first was replaced");
    assert_eq!(events.next_order().await.0, fourth, "the third expired");
    // A number that this store never gave: the box knows more than a restored backup.
    let mut events = client.events(Some(fourth + 99)).await;
    assert_eq!(events.next_order().await.0, second);
    gateway.stop().await;
}

#[tokio::test]
async fn a_new_connection_begins_with_version_and_heartbeat() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let (beats, _) = tokio::sync::watch::channel(axum::body::Bytes::new());
    crate::push::heartbeat::beat(&gateway.state, &beats).await.expect("a beat");
    let mut events = client.events(None).await;
    let version = events.next().await.expect("an event");
    let provisioning: Provisioning = client.get(path::PROVISIONING).await.ok();
    assert_eq!(version.name, "provisioning-changed");
    assert_eq!(version.data, provisioning.version.to_string());
    let heartbeat = events.next().await.expect("an event");
    assert_eq!((heartbeat.name.as_str(), heartbeat.id), ("heartbeat", None));
    let bytes = from_base64(&heartbeat.data, 2_000).expect("base64");
    let trust = trust_of(&client).await;
    let heartbeat = evacuation::heartbeat::open_heartbeat(&bytes, &trust).expect("believed");
    assert_eq!(heartbeat.highest_sequence, 0);
    gateway.stop().await;
}

#[tokio::test]
async fn the_heartbeat_names_what_is_in_force_but_no_lift() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let (first, second) = (gateway.publish(flood()).await, gateway.publish(flood()).await);
    let lift = OrderDraft { act: Act::Lift, references: vec![first.id], ..flood() };
    let lift = gateway.publish(lift).await;
    let drill = OrderDraft { mode: Mode::Drill, ..flood() };
    let drill = gateway.publish(drill).await;
    let (beats, latest) = tokio::sync::watch::channel(axum::body::Bytes::new());
    crate::push::heartbeat::beat(&gateway.state, &beats).await.expect("a beat");
    let trust = trust_of(&client).await;
    let heartbeat = evacuation::heartbeat::open_heartbeat(&latest.borrow(), &trust);
    let heartbeat = heartbeat.expect("believed");
    assert_eq!(heartbeat.highest_sequence, lift.sequence);
    assert_eq!(heartbeat.highest_drill, drill.sequence);
    assert_eq!(heartbeat.active, [drill.id, second.id]);
    gateway.stop().await;
}

#[tokio::test]
async fn missed_orders_are_fetched_by_number() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let first = gateway.publish(flood()).await.sequence;
    for _ in 0..2 {
        gateway.publish(flood()).await;
    }
    let path = format!("/box/v1/orders?after_sequence={first}");
    let list: OrderList = client.get(&path).await.ok();
    let trust = trust_of(&client).await;
    let numbers = list.orders.iter().map(|text| {
        let bytes = from_base64(text, 2_000).expect("base64");
        open_order(&bytes, &trust).expect("believed").order.sequence
    });
    assert_eq!(numbers.collect::<Vec<_>>(), [first + 1, first + 2]);
    gateway.stop().await;
}

#[tokio::test]
async fn a_revoked_box_is_cut_off_with_the_next_heartbeat() {
    let gateway = TestGateway::start_with("").await;
    let client = gateway.home_box().await;
    let mut events = client.events(None).await;
    let (id, now_ms) = (client.device_id().to_owned(), gateway.state.now_ms());
    gateway.write(move |sql| device::revoke(sql, &id, now_ms)).await;
    let cut_off = tokio::time::timeout(Duration::from_secs(30), events.ends()).await;
    assert!(cut_off.expect("before the deadline"));
    gateway.stop().await;
}

#[tokio::test]
async fn a_box_is_told_when_its_provisioning_changes() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let before: Provisioning = client.get(path::PROVISIONING).await.ok();
    let mut events = client.events(None).await;
    // The second heartbeat looks at the versions that the first one noted.
    for _ in 0..2 {
        while events.next().await.expect("the stream goes on").name != "heartbeat" {}
    }
    let change = "UPDATE household SET version = version + 1";
    gateway.write(move |sql| sql.execute(change, &[])).await;
    let told = loop {
        let event = events.next().await.expect("the stream goes on");
        let version = event.data.split(' ').next().unwrap_or_default();
        if event.name == "provisioning-changed" && version != before.version.to_string() {
            break event.data;
        }
    };
    let after: Provisioning = client.get(path::PROVISIONING).await.ok();
    assert_eq!((after.version, told), (before.version + 1, format!("{} at-once", after.version)));
    gateway.stop().await;
}

/// It was off when the support asked; it need not wait for its own next word.
#[tokio::test]
async fn a_box_that_comes_back_is_asked_for_its_state_while_a_question_is_open() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let names = async || {
        let mut events = client.events(None).await;
        let mut names = Vec::new();
        while names.last().is_none_or(|name| name != "heartbeat") {
            names.push(events.next().await.expect("an event").name);
        }
        names
    };
    let calm = ["provisioning-changed", "heartbeat"];
    assert_eq!(names().await, calm);
    let (device_id, now_ms) = (client.device_id().to_owned(), gateway.state.now_ms());
    let ask = move |sql: &mut dyn crate::store::Sql| {
        let viewer = crate::audit::Viewer::resident("support");
        let question = ("画面が止まるため", uuid::Uuid::from_u128(7));
        diagnosis::ask(sql, &viewer, &device_id, question, now_ms)
    };
    assert!(gateway.write(ask).await);
    assert_eq!(names().await, ["provisioning-changed", "status-wanted", "heartbeat"]);
    gateway.clock.advance(diagnosis::ANSWER_MS);
    assert_eq!(names().await, calm);
    gateway.stop().await;
}

#[tokio::test]
async fn a_clean_end_closes_the_streams() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let mut events = client.events(None).await;
    let (stopped, ended) = tokio::join!(gateway.stop(), events.ends());
    assert!(ended);
    let () = stopped;
}

fn renew(gateway: &TestGateway, revoke: bool) {
    let now_ms = gateway.state.now_ms();
    let random = crate::random::SystemRandom;
    crate::admin::renew_keys(&gateway.state.config, None, revoke, now_ms, &random)
        .expect("renewed");
}

/// The version of a manifest, as a box takes it from its provisioning.
async fn manifest_version(client: &BoxClient) -> u64 {
    trust_of(client).await.version()
}

/// An old box that stays connected while the keys are renewed: it is told, takes the new manifest over
/// its provisioning, and believes orders at every moment, before and after the new keys sign.
#[tokio::test]
async fn a_connected_box_takes_renewed_keys_over() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let old_trust = trust_of(&client).await;
    let mut events = client.events(None).await;
    assert_eq!(events.next().await.expect("an event").name, "provisioning-changed");
    renew(&gateway, false);
    let told = async {
        loop {
            let event = events.next().await.expect("an event");
            if event.name == "provisioning-changed" {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), told).await.expect("told with a heartbeat");
    assert_eq!(manifest_version(&client).await, 2);
    let new_trust = trust_of(&client).await;

    let published = gateway.publish(flood()).await;
    assert!(open_order(&published.signed, &old_trust).is_ok(), "a box that has not fetched yet");
    assert!(open_order(&published.signed, &new_trust).is_ok());
    gateway.clock.advance(2 * 86_400_000);
    let published = gateway.publish(flood()).await;
    assert!(open_order(&published.signed, &old_trust).is_err(), "signed by the new key");
    assert!(open_order(&published.signed, &new_trust).is_ok());
    gateway.stop().await;
}

#[tokio::test]
async fn revoked_keys_are_believed_by_no_box_that_was_told() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let before = gateway.publish(flood()).await;
    renew(&gateway, true);
    assert!(gateway.state.keys.take_over().expect("usable"));
    let trust = trust_of(&client).await;
    assert!(open_order(&before.signed, &trust).is_err());
    assert!(open_order(&gateway.publish(flood()).await.signed, &trust).is_ok());
    gateway.stop().await;
}
