use evacuation::{area::AreaId, hazard::Hazard, order::Mode};
use gateway_api::{
    ProblemCode, path,
    report::{
        Answer, Condition, ReceiptStage, RefusedOrders, RefusedReports, Report, ReportContent,
    },
};
use uuid::Uuid;

use crate::{
    audit::Viewer,
    clock::Clock as _,
    orders::OrderDraft,
    store::{
        board::{self, Counts},
        check_in,
    },
    testing::{BoxClient, TestGateway, flood, report},
};

fn check_in(session_id: &str) -> ReportContent {
    let session_id = session_id.to_owned();
    ReportContent::CheckIn { session_id, condition: Condition::Good, contact_wanted: false }
}

pub(super) fn answer(order_id: &str, answer: Answer) -> ReportContent {
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

pub(super) async fn counts(gateway: &TestGateway, order_id: &str) -> Counts {
    let id = order_id.to_owned();
    let now_ms = gateway.clock.now_ms();
    gateway.write(move |sql| board::counts(sql, &id, now_ms)).await
}

pub(super) async fn reported(client: &BoxClient, at_ms: i64, content: ReportContent) {
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
    let expected = Counts {
        received: 1,
        shown: 1,
        reached: 1,
        leaving: 1,
        unanswered: start.homes - 1,
        ..start
    };
    assert_eq!(end, expected);
    gateway.stop().await;
}

#[tokio::test]
async fn an_answer_from_before_the_end_of_another_orders_time_is_marked() {
    let gateway = TestGateway::start().await;
    let client = gateway.home_box().await;
    let landslide = || OrderDraft { hazard: Hazard::Landslide, ..flood() };
    gateway.publish(landslide()).await;
    let drill = OrderDraft { mode: Mode::Drill, ..landslide() };
    let elsewhere = OrderDraft { areas: vec![AreaId::new("A13").expect("an id")], ..landslide() };
    for other in [drill, elsewhere] {
        gateway.publish(OrderDraft { valid_for_ms: 5_400_000, ..other }).await;
    }
    gateway.clock.advance(600_000);
    let lasting = OrderDraft { valid_for_ms: 36_000_000, ..flood() };
    let order_id = gateway.publish(lasting).await.id.to_string();
    gateway.clock.advance(600_000);
    let answered = answer(&order_id, Answer::Leaving);
    reported(&client, gateway.state.now_ms(), answered.clone()).await;
    for (minutes, marked) in [(39, 0), (1, 1), (60, 1)] {
        gateway.clock.advance(minutes * 60_000);
        let counts = counts(&gateway, &order_id).await;
        assert_eq!((counts.leaving, counts.before_change), (1, marked), "{minutes}");
    }
    // What ends by its time elsewhere, or as a drill, is no change here.
    reported(&client, gateway.state.now_ms(), answered).await;
    assert_eq!(counts(&gateway, &order_id).await.before_change, 0);
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
