use evacuation::order::{Act, Mode};
use gateway_api::{
    ProblemCode, path,
    report::{
        Answer, Condition, ReceiptStage, RefusedOrders, RefusedReports, Report, ReportContent,
    },
};
use uuid::Uuid;

use crate::{
    audit::Viewer,
    orders::OrderDraft,
    store::{
        Sql,
        board::{self, Counts},
        check_in, help,
    },
    testing::{BoxClient, TestGateway, flood, report},
};

fn check_in(session_id: &str) -> ReportContent {
    let session_id = session_id.to_owned();
    ReportContent::CheckIn { session_id, condition: Condition::Good, contact_wanted: false }
}

fn answer(order_id: &str, answer: Answer) -> ReportContent {
    ReportContent::OrderAnswer { order_id: order_id.to_owned(), answer }
}

#[tokio::test]
async fn the_same_report_at_the_same_moment_has_its_effect_once() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let session = client.touch(&gateway.hana).await;
    let report = report(gateway.state.now_ms(), check_in(&session.session_id));
    let sent = (0..8).map(|_| client.report(&report));
    for answer in futures_util::future::join_all(sent).await {
        answer.done();
    }
    client.report(&report).await.done();
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM check_in").await, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn another_report_under_the_same_id_is_refused() {
    let gateway = TestGateway::start().await;
    let (client, other) = (gateway.home_box().await, gateway.home_box().await);
    let first =
        report(1, ReportContent::Telemetry { refused_orders: vec![], refused_reports: vec![] });
    client.report(&first).await.done();
    let changed = Report { happened_at_ms: 2, ..first.clone() };
    client.report(&changed).await.refused(ProblemCode::BadRequest);
    other.report(&first).await.refused(ProblemCode::BadRequest);
    gateway.stop().await;
}

#[tokio::test]
async fn a_check_in_needs_the_session_in_which_it_happened() {
    let gateway = TestGateway::start().await;
    let (client, other) = (gateway.home_box().await, gateway.home_box().await);
    let session = client.touch(&gateway.hana).await;
    let during = gateway.state.now_ms() + 60_000;
    gateway.clock.advance(2 * 86_400_000);
    // Sent two days later, when the line was back: it happened in the session.
    client.report(&report(during, check_in(&session.session_id))).await.done();
    let after = gateway.state.now_ms();
    let late = report(after, check_in(&session.session_id));
    client.report(&late).await.refused(ProblemCode::SessionRefused);
    let foreign = report(during, check_in(&session.session_id));
    other.report(&foreign).await.refused(ProblemCode::SessionRefused);
    client.report(&report(during, check_in("none"))).await.refused(ProblemCode::SessionRefused);
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM check_in").await, 1);
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM report").await, 1, "refused ones are not");
    gateway.stop().await;
}

#[tokio::test]
async fn a_box_without_a_clock_is_taken_at_the_time_of_reception() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let session = client.touch(&gateway.hana).await;
    gateway.clock.advance(3_600_000);
    let year_off = gateway.state.now_ms() - 365 * 86_400_000;
    let untrusted =
        Report { clock_trusted: false, ..report(year_off, check_in(&session.session_id)) };
    client.report(&untrusted).await.done();
    let happened = gateway.number("SELECT happened_at_ms AS n FROM check_in").await;
    assert_eq!(happened, gateway.state.now_ms());
    gateway.stop().await;
}

#[tokio::test]
async fn a_check_in_can_be_taken_back_by_its_own_person_only() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    gateway.link(&gateway.stranger, crate::testing::HOME, SHIGERU).await;
    let hana = client.touch(&gateway.hana).await;
    let shigeru = client.touch(&gateway.stranger).await;
    let answer = report(gateway.state.now_ms(), check_in(&hana.session_id));
    client.report(&answer).await.done();
    let withdrawal = |session_id: &str, check_in: Uuid| {
        let session_id = session_id.to_owned();
        report(gateway.state.now_ms(), ReportContent::CheckInWithdrawal { check_in, session_id })
    };
    let by_shigeru = withdrawal(&shigeru.session_id, answer.report_id);
    client.report(&by_shigeru).await.refused(ProblemCode::Unknown);
    let of_nothing = withdrawal(&hana.session_id, Uuid::now_v7());
    client.report(&of_nothing).await.refused(ProblemCode::Unknown);
    client.report(&withdrawal(&hana.session_id, answer.report_id)).await.done();
    let standing = "SELECT COUNT(*) AS n FROM check_in WHERE withdrawn_at_ms IS NULL";
    assert_eq!(gateway.number(standing).await, 0);
    gateway.stop().await;
}

/// What the nurse reads of 中村 ハナ: whether something was taken back, and what stands.
async fn standing(gateway: &TestGateway) -> (bool, Option<String>) {
    let now_ms = gateway.state.now_ms();
    let date = crate::report::business_date(now_ms);
    let states = gateway
        .write(move |sql| {
            let roll = check_in::roll(sql, std::sync::Arc::default())?;
            check_in::states(sql, &roll, &date, &std::collections::BTreeSet::new())
        })
        .await;
    let id = gateway
        .write(|sql| {
            sql.one("SELECT person_id FROM person WHERE name = '中村 ハナ'", &[])?.get("person_id")
        })
        .await;
    let id: String = id;
    let hana = states.into_iter().find(|state| *state.person_id == *id).expect("she takes part");
    (hana.withdrawn, hana.answer.map(|(_, answer)| answer.condition))
}

#[tokio::test]
async fn taking_back_restores_what_stood_before_the_press() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let session = client.touch(&gateway.hana).await;
    assert!(!session.answered_today);
    let said = |condition| ReportContent::CheckIn {
        session_id: session.session_id.clone(),
        condition,
        contact_wanted: false,
    };
    let undo = |check_in| {
        let session_id = session.session_id.clone();
        report(gateway.state.now_ms(), ReportContent::CheckInWithdrawal { check_in, session_id })
    };
    let first = report(gateway.state.now_ms(), said(Condition::Good));
    client.report(&first).await.done();
    gateway.clock.advance(1_000);
    let second = report(gateway.state.now_ms(), said(Condition::Bad));
    client.report(&second).await.done();
    assert_eq!(standing(&gateway).await, (false, Some("bad".to_owned())));

    client.report(&undo(second.report_id)).await.done();
    assert_eq!(standing(&gateway).await, (true, Some("good".to_owned())));
    let again = gateway.home_box().await.touch(&gateway.hana).await;
    assert!(again.answered_today, "another box of the home knows that an answer stands");

    client.report(&undo(first.report_id)).await.done();
    assert_eq!(standing(&gateway).await, (true, None));
    assert!(!client.touch(&gateway.hana).await.answered_today);
    gateway.stop().await;
}

/// 中村 茂.
const SHIGERU: &str = "879a826a-7d3f-5761-a687-1553d10f40da";

async fn counts(gateway: &TestGateway, order_id: &str) -> Counts {
    let id = order_id.to_owned();
    gateway.write(move |sql| board::counts(sql, &id)).await
}

async fn reported(client: &BoxClient, at_ms: i64, content: ReportContent) {
    client.report(&report(at_ms, content)).await.done();
}

#[tokio::test]
async fn the_board_follows_an_order_from_reception_to_answer() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let order_id = gateway.publish(flood()).await.id.to_string();
    let now_ms = gateway.state.now_ms();
    let start = counts(&gateway, &order_id).await;
    assert!(start.homes > 1 && start.homes < 25, "only homes of the district: {start:?}");
    assert_eq!((start.received, start.unanswered), (0, start.homes));
    let receipt = |stage| ReportContent::OrderReceipt { order_id: order_id.clone(), stage };
    reported(&client, now_ms, receipt(ReceiptStage::Received)).await;
    reported(&client, now_ms, receipt(ReceiptStage::Shown)).await;
    reported(&client, now_ms, answer(&order_id, Answer::Leaving)).await;
    let end = counts(&gateway, &order_id).await;
    let expected =
        Counts { received: 1, shown: 1, leaving: 1, unanswered: start.homes - 1, ..start };
    assert_eq!(end, expected);
    gateway.stop().await;
}

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

#[tokio::test]
async fn the_homes_on_the_board_come_with_those_who_need_help_first() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let order_id = gateway.publish(flood()).await.id.to_string();
    let now_ms = gateway.state.now_ms();
    reported(&client, now_ms, answer(&order_id, Answer::NeedHelp)).await;
    let viewer = Viewer {
        actor: "sato".to_owned(),
        office: "防災課".to_owned(),
        purpose: "evacuation".to_owned(),
    };
    let (counts, homes) =
        gateway.write(move |sql| board::homes(sql, &viewer, now_ms, &order_id, 9)).await;
    assert_eq!(counts.need_help, 1);
    assert_eq!(homes[0].household_id, crate::testing::HOME);
    assert_eq!(homes[0].residents.len(), 2);
    gateway.stop().await;
}

#[tokio::test]
async fn refusals_are_counted_and_strange_reasons_are_not() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let telemetry = |reason: &str| ReportContent::Telemetry {
        refused_orders: vec![RefusedOrders { reason: reason.to_owned(), count: 2 }],
        refused_reports: vec![RefusedReports { code: ProblemCode::SessionRefused, count: 1 }],
    };
    let now_ms = gateway.state.now_ms();
    reported(&client, now_ms, telemetry("bad-signature")).await;
    reported(&client, now_ms, telemetry("bad-signature")).await;
    let strange = report(now_ms, telemetry("中村 ハナ"));
    client.report(&strange).await.refused(ProblemCode::BadRequest);
    assert_eq!(gateway.number("SELECT SUM(total) AS n FROM refused_count").await, 6);
    gateway.stop().await;
}

#[tokio::test]
async fn malformed_reports_are_refused_and_change_nothing() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let id = Uuid::now_v7();
    for body in [
        String::new(),
        "[]".to_owned(),
        format!("{{\"report_id\":\"{id}\"}}"),
        format!(
            "{{\"report_id\":\"{id}\",\"happened_at_ms\":1,\"clock_trusted\":true,\
             \"content\":{{\"kind\":\"order-answer\",\"order_id\":\"x\",\"answer\":\"leaving\"}}}}"
        ),
    ] {
        client.post_raw(path::REPORTS, &body).await.refused(ProblemCode::BadRequest);
    }
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM report").await, 0);
    gateway.stop().await;
}
