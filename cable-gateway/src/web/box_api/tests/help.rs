//! Calls for help: how long they stand, and who takes them back.

use evacuation::order::{Act, Mode};
use gateway_api::{path, provisioning::Provisioning, report::Answer};

use super::reports::{answer, counts, reported};
use crate::{
    audit::Viewer,
    orders::OrderDraft,
    store::{Sql, help},
    testing::{BoxClient, TestGateway, flood, report},
};

#[tokio::test]
async fn a_call_for_help_is_never_overwritten_by_something_older() {
    let gateway = TestGateway::start().await;
    let (kitchen, bedroom) = (gateway.home_box().await, gateway.home_box().await);
    let order_id = gateway.publish(flood()).await.id.to_string();
    let start = gateway.state.now_ms();
    gateway.clock.advance(600_000);
    reported(&bedroom, start + 60_000, answer(&order_id, Answer::NeedHelp)).await;
    // Answered before, arrived after.
    reported(&kitchen, start + 30_000, answer(&order_id, Answer::Leaving)).await;
    // At the very same moment, the call for help stands.
    reported(&kitchen, start + 60_000, answer(&order_id, Answer::Staying)).await;
    assert_eq!(counts(&gateway, &order_id).await.need_help, 1);
    // A time in the future counts as now: it cannot block what is said later.
    reported(&kitchen, start + 86_400_000, answer(&order_id, Answer::Leaving)).await;
    assert_eq!(counts(&gateway, &order_id).await.leaving, 1);
    gateway.clock.advance(1_000);
    reported(&bedroom, gateway.state.now_ms(), answer(&order_id, Answer::NeedHelp)).await;
    assert_eq!(counts(&gateway, &order_id).await.need_help, 1);
    gateway.stop().await;
}

/// The clock of the box was set back between two answers: what was pressed last counts.
#[tokio::test]
async fn a_later_call_for_help_of_the_same_box_counts_whatever_its_clock_says() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let order_id = gateway.publish(flood()).await.id.to_string();
    let now_ms = gateway.state.now_ms();
    reported(&client, now_ms, answer(&order_id, Answer::Leaving)).await;
    reported(&client, now_ms - 3_600_000, answer(&order_id, Answer::NeedHelp)).await;
    assert_eq!(counts(&gateway, &order_id).await.need_help, 1);
    reported(&client, now_ms - 7_200_000, answer(&order_id, Answer::Staying)).await;
    let counts = counts(&gateway, &order_id).await;
    assert_eq!((counts.need_help, counts.staying), (0, 1), "taken back");
    gateway.stop().await;
}

async fn updated(gateway: &TestGateway, order_id: evacuation::order::OrderId) -> String {
    let update = OrderDraft { act: Act::Update, references: vec![order_id], ..flood() };
    gateway.publish(update).await.id.to_string()
}

#[tokio::test]
async fn a_call_for_help_outlives_updates_until_the_home_takes_it_back() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let first = gateway.publish(flood()).await.id;
    let now_ms = gateway.state.now_ms();
    reported(&client, now_ms, answer(&first.to_string(), Answer::NeedHelp)).await;
    let second = updated(&gateway, first).await;
    let third = updated(&gateway, second.parse().expect("an id")).await;
    for order_id in [&second, &third] {
        assert_eq!(counts(&gateway, order_id).await.need_help, 1);
    }
    reported(&client, now_ms, answer(&third, Answer::Leaving)).await;
    let after = counts(&gateway, &third).await;
    assert_eq!((after.need_help, after.leaving), (0, 1));
    let other = gateway.publish(flood()).await.id.to_string();
    assert_eq!(counts(&gateway, &other).await.need_help, 0, "another order asks anew");
    gateway.stop().await;
}

#[tokio::test]
async fn a_call_for_help_stands_on_a_fresh_order_after_its_own_has_ended() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let drill = OrderDraft { mode: Mode::Drill, ..flood() };
    let (called, beside) = (gateway.publish(flood()).await.id, gateway.publish(flood()).await.id);
    let start = gateway.state.now_ms();
    reported(&client, start, answer(&called.to_string(), Answer::NeedHelp)).await;
    let beside = counts(&gateway, &beside.to_string()).await;
    assert_eq!(beside.need_help, 0, "an order beside it asks for itself");
    gateway.clock.advance(2 * 3_600_000);
    let drill = gateway.publish(drill).await.id.to_string();
    let fresh = gateway.publish(flood()).await.id.to_string();
    assert_eq!(counts(&gateway, &fresh).await.need_help, 1);
    assert_eq!(counts(&gateway, &drill).await.need_help, 0, "a drill asks nobody who is in need");
    reported(&client, gateway.state.now_ms(), answer(&fresh, Answer::Leaving)).await;
    let after = counts(&gateway, &fresh).await;
    assert_eq!((after.need_help, after.leaving), (0, 1), "the home took it back");
    let open = "SELECT COUNT(*) AS n FROM help_call WHERE closed_at_ms IS NULL";
    assert_eq!(gateway.number(open).await, 0);
    gateway.stop().await;
}

#[tokio::test]
async fn a_lifted_order_leaves_its_calls_to_the_next_one() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let first = gateway.publish(flood()).await.id;
    reported(&client, 1, answer(&first.to_string(), Answer::NeedHelp)).await;
    gateway.publish(OrderDraft { act: Act::Lift, references: vec![first], ..flood() }).await;
    let fresh = gateway.publish(flood()).await.id.to_string();
    assert_eq!(counts(&gateway, &fresh).await.need_help, 1);
    gateway.stop().await;
}

/// An answer from the kitchen that was given before the bedroom called, and came after.
#[tokio::test]
async fn an_answer_takes_back_no_later_call_of_another_box() {
    let gateway = TestGateway::start().await;
    let (kitchen, bedroom) = (gateway.home_box().await, gateway.home_box().await);
    let first = gateway.publish(flood()).await.id;
    let start = gateway.state.now_ms();
    gateway.clock.advance(600_000);
    let second = updated(&gateway, first).await;
    reported(&bedroom, start + 60_000, answer(&first.to_string(), Answer::NeedHelp)).await;
    reported(&kitchen, start + 30_000, answer(&second, Answer::Leaving)).await;
    assert_eq!(counts(&gateway, &second).await.need_help, 1, "the bedroom still calls");
    // The bedroom itself takes it back, although its clock was set back.
    reported(&bedroom, start + 40_000, answer(&second, Answer::Staying)).await;
    assert_eq!(counts(&gateway, &second).await.need_help, 0);
    gateway.stop().await;
}

async fn dealt_with(gateway: &TestGateway, order_id: &str) {
    let viewer = Viewer {
        actor: "sato".to_owned(),
        office: "防災課".to_owned(),
        purpose: "evacuation".to_owned(),
    };
    let id = order_id.to_owned();
    let settle = move |sql: &mut dyn Sql| {
        help::settle(sql, &viewer, 7, &id, crate::testing::HOME, help::Word::DealtWith)
    };
    assert!(gateway.write(settle).await);
}

/// Staff deals with a call while an update, not answered yet, is in force.
#[tokio::test]
async fn a_call_from_before_an_update_that_was_dealt_with_stays_on_the_board() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let first = gateway.publish(flood()).await.id;
    reported(&client, 1, answer(&first.to_string(), Answer::NeedHelp)).await;
    let second = updated(&gateway, first).await;
    dealt_with(&gateway, &second).await;
    let board = counts(&gateway, &second).await;
    assert_eq!((board.need_help, board.helped), (0, 1));
    reported(&client, 2, answer(&second, Answer::Leaving)).await;
    let board = counts(&gateway, &second).await;
    assert_eq!((board.helped, board.leaving), (0, 1), "what the home says now comes first");
    gateway.stop().await;
}

#[tokio::test]
async fn an_answer_leaves_a_call_that_was_dealt_with_as_it_is() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let order_id = gateway.publish(flood()).await.id.to_string();
    let now_ms = gateway.state.now_ms();
    reported(&client, now_ms, answer(&order_id, Answer::NeedHelp)).await;
    dealt_with(&gateway, &order_id).await;
    reported(&client, now_ms, answer(&order_id, Answer::Leaving)).await;
    let by_sato =
        "SELECT COUNT(*) AS n FROM help_call WHERE closed_by = 'sato' AND closed_at_ms = 7";
    assert_eq!(gateway.number(by_sato).await, 1);
    gateway.stop().await;
}

/// Sent from the outbox when the line was back, after the update: it is a call under the update too.
#[tokio::test]
async fn a_call_for_help_that_comes_after_the_update_counts() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let first = gateway.publish(flood()).await.id;
    let second = updated(&gateway, first).await;
    reported(&client, 1, answer(&first.to_string(), Answer::NeedHelp)).await;
    assert_eq!(counts(&gateway, &second).await.need_help, 1);
    gateway.stop().await;
}

async fn provisioning(client: &BoxClient) -> Provisioning {
    client.get(path::PROVISIONING).await.ok()
}

/// The television learns it, also when box or gateway were off meanwhile: it is part of what the box
/// holds, under a new version.
#[tokio::test]
async fn the_boxes_of_a_home_are_told_which_calls_staff_dealt_with() {
    let gateway = TestGateway::start().await;
    let (kitchen, bedroom) = (gateway.home_box().await, gateway.home_box().await);
    let order_id = gateway.publish(flood()).await.id.to_string();
    let now_ms = gateway.state.now_ms();
    let mut calls = Vec::new();
    for client in [&kitchen, &bedroom] {
        let call = report(now_ms, answer(&order_id, Answer::NeedHelp));
        calls.push(call.report_id);
        client.report(&call).await.done();
    }
    let before = provisioning(&kitchen).await;
    assert!(before.help_dealt_with.is_empty());
    dealt_with(&gateway, &order_id).await;
    let after = provisioning(&kitchen).await;
    assert!(after.version > before.version, "the box is told to ask");
    let mut told = after.help_dealt_with.clone();
    told.sort_unstable();
    calls.sort_unstable();
    assert_eq!(told, calls);
    // Called again: the call of before is not dealt with any more either, as far as this home goes.
    gateway.clock.advance(1_000);
    reported(&bedroom, gateway.state.now_ms(), answer(&order_id, Answer::NeedHelp)).await;
    let again = provisioning(&kitchen).await;
    assert!(again.version > after.version);
    assert!(again.help_dealt_with.is_empty());
    gateway.stop().await;
}
