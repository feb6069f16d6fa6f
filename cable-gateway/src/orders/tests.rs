use evacuation::{
    area::AreaId,
    hazard::{Hazard, Level},
    order::{Act, Mode, Order},
    shelter::{ShelterId, ShelterState},
};

use super::*;
use crate::{
    store::order,
    testing::{TestGateway, flood},
};

fn one() -> Authority {
    Authority::OneOfficer { author: "sato".to_owned() }
}

fn two() -> Authority {
    Authority::TwoOfficers { author: "sato".to_owned(), confirmer: "mori".to_owned() }
}

fn emergency() -> Authority {
    Authority::Emergency { officer: "sato".to_owned() }
}

fn at(level: Level) -> OrderDraft {
    OrderDraft { level: Some(level), ..flood() }
}

fn tsunami() -> OrderDraft {
    OrderDraft { hazard: Hazard::Tsunami, level: None, ..flood() }
}

mod standing;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Allowed,
    NeedsSecond,
    NoEmergency,
    SamePerson,
    NoAuthor,
}

#[track_caller]
fn check(draft: &OrderDraft, referenced: &[Option<Level>], by: &Authority, expected: Outcome) {
    let outcome = match authority::check(draft, referenced, by) {
        Ok(()) => Outcome::Allowed,
        Err(OrderError::ConfirmationMissing) => Outcome::NeedsSecond,
        Err(OrderError::NoEmergency) => Outcome::NoEmergency,
        Err(OrderError::ConfirmedByAuthor) => Outcome::SamePerson,
        Err(OrderError::NoAuthor) => Outcome::NoAuthor,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(outcome, expected, "{:?} {:?} by {by:?}", draft.act, draft.level);
}

#[test]
fn levels_four_and_five_and_tsunami_need_two_officers() {
    use Outcome::*;
    check(&at(Level::Three), &[], &one(), Allowed);
    for grave in [at(Level::Four), at(Level::Five), tsunami()] {
        check(&grave, &[], &one(), NeedsSecond);
        check(&grave, &[], &two(), Allowed);
        check(&OrderDraft { mode: Mode::Drill, ..grave }, &[], &one(), Allowed);
    }
}

#[test]
fn the_emergency_path_serves_level_five_and_tsunami_only() {
    use Outcome::*;
    check(&at(Level::Five), &[], &emergency(), Allowed);
    check(&tsunami(), &[], &emergency(), Allowed);
    check(&at(Level::Four), &[], &emergency(), NoEmergency);
    check(&at(Level::Three), &[], &emergency(), NoEmergency);
    let lift = OrderDraft { act: Act::Lift, ..tsunami() };
    check(&lift, &[None], &emergency(), NoEmergency);
    let cancel = OrderDraft { act: Act::Cancel, ..tsunami() };
    check(&cancel, &[None], &emergency(), NoEmergency);
}

#[test]
fn a_lift_needs_the_authority_of_what_it_lifts() {
    use Outcome::*;
    let lift = OrderDraft { act: Act::Lift, ..at(Level::Three) };
    check(&lift, &[Some(Level::Four)], &one(), NeedsSecond);
    check(&lift, &[Some(Level::Four)], &two(), Allowed);
    check(&lift, &[Some(Level::Three)], &one(), Allowed);
}

#[test]
fn nobody_confirms_their_own_order() {
    use Outcome::*;
    let same = Authority::TwoOfficers { author: "sato".to_owned(), confirmer: "sato".to_owned() };
    check(&at(Level::Four), &[], &same, SamePerson);
    check(&at(Level::Three), &[], &same, SamePerson);
    let nobody = Authority::OneOfficer { author: " ".to_owned() };
    check(&at(Level::Three), &[], &nobody, NoAuthor);
}

#[tokio::test]
async fn numbers_rise_whatever_is_refused_between_and_however_many_publish_at_once() {
    let gateway = TestGateway::start().await;
    let desk = &gateway.state.orders;
    assert!(desk.publish(flood(), one()).await.is_err());
    let first = gateway.state.now_ms().unsigned_abs() / 1_000;
    let of_one = |area| OrderDraft { areas: vec![area], ..flood() };
    let town = gateway.write(crate::store::town::load).await.expect("a town");
    let areas = town.areas.areas.values().filter(|area| area.parent.is_none()).take(10);
    let many = areas.map(|area| desk.publish(of_one(area.id.clone()), two()));
    let many = futures_util::future::join_all(many).await;
    let mut numbers: Vec<u64> = many.into_iter().map(|o| o.expect("published").sequence).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (first..first + 10).collect::<Vec<_>>());
    gateway.stop().await;
}

/// Boxes heard a number that a restored backup has forgotten: it is not given again.
#[tokio::test]
async fn a_restored_backup_repeats_no_number() {
    let gateway = TestGateway::start().await;
    gateway.publish(flood()).await;
    gateway.clock.advance(60_000);
    let lost = gateway.publish(flood()).await.sequence;
    let restore = |sql: &mut dyn crate::store::Sql| {
        let query =
            "DELETE FROM town_order WHERE sequence = (SELECT MAX(sequence) FROM town_order)";
        sql.execute(query, &[])
    };
    gateway.write(restore).await;
    gateway.clock.advance(1_000);
    assert!(gateway.publish(flood()).await.sequence > lost);
    gateway.stop().await;
}

async fn standing(gateway: &TestGateway) -> Vec<u64> {
    let now_ms = gateway.state.now_ms();
    let orders = gateway.write(move |sql| order::in_force(sql, now_ms)).await;
    orders.iter().filter(|order| order.orders_something()).map(|order| order.sequence).collect()
}

#[tokio::test]
async fn a_lift_of_some_areas_leaves_the_order_in_force_for_the_others() {
    let gateway = TestGateway::start().await;
    let area = |id: &str| AreaId::new(id).expect("an id");
    let both = OrderDraft { areas: vec![area("A14"), area("A02")], ..flood() };
    let order = gateway.publish(both).await;
    let lift = |id| OrderDraft {
        act: Act::Lift,
        references: vec![order.id],
        areas: vec![area(id)],
        ..flood()
    };
    gateway.publish(lift("A14")).await;
    assert_eq!(standing(&gateway).await, [order.sequence], "A02 is still under the order");
    gateway.publish(lift("A02")).await;
    assert!(standing(&gateway).await.is_empty());
    gateway.stop().await;
}

#[tokio::test]
async fn a_lift_outlives_what_it_lifts() {
    let gateway = TestGateway::start().await;
    let order = gateway.publish(flood()).await;
    let lift =
        OrderDraft { act: Act::Lift, references: vec![order.id], valid_for_ms: 1_000, ..flood() };
    let lift = gateway.publish(lift).await;
    assert!(lift.expires_at_ms >= order.expires_at_ms);
    gateway.stop().await;
}

#[track_caller]
fn check_refused(outcome: Result<PublishedOrder, OrderError>, expected: &str) {
    let error = outcome.expect_err("refused").to_string();
    assert!(error.contains(expected), "{error}");
}

#[tokio::test]
async fn drafts_that_fit_nothing_are_refused() {
    let gateway = TestGateway::start().await;
    let desk = &gateway.state.orders;
    let nowhere = OrderDraft { areas: vec![AreaId::new("Z1").expect("an id")], ..flood() };
    check_refused(desk.publish(nowhere, two()).await, "no area Z1");
    let shelter = (ShelterId::new("Z1").expect("an id"), ShelterState::Open);
    let nowhere = OrderDraft { shelters: vec![shelter], ..flood() };
    check_refused(desk.publish(nowhere, two()).await, "no shelter Z1");
    let of_nothing = OrderDraft { act: Act::Lift, references: vec![OrderId([1; 16])], ..flood() };
    check_refused(desk.publish(of_nothing, two()).await, "not in force");
    let no_level = OrderDraft { level: None, ..flood() };
    check_refused(desk.publish(no_level, two()).await, "cannot be signed");
    let long = OrderDraft { reason: Some("あ".repeat(121)), ..flood() };
    check_refused(desk.publish(long, two()).await, "cannot be signed");

    let drill = gateway.publish(OrderDraft { mode: Mode::Drill, ..flood() }).await;
    let lift = OrderDraft { act: Act::Lift, references: vec![drill.id], ..flood() };
    check_refused(desk.publish(lift, two()).await, "not in force");
    let fire = OrderDraft { hazard: Hazard::LargeFire, ..flood() };
    let order = gateway.publish(fire).await;
    let lift = OrderDraft { act: Act::Lift, references: vec![order.id], ..flood() };
    check_refused(desk.publish(lift, two()).await, "not in force");
    gateway.stop().await;
}

#[tokio::test]
async fn no_more_orders_stand_than_a_heartbeat_can_name() {
    let gateway = TestGateway::start().await;
    for _ in 0..32 {
        gateway.publish(flood()).await;
    }
    check_refused(gateway.state.orders.publish(tsunami(), two()).await, "32 orders are in force");
    gateway.stop().await;
}

#[tokio::test]
async fn the_fullest_order_fits_a_datagram_or_is_refused_whole() {
    let gateway = TestGateway::start().await;
    let town = gateway.write(crate::store::town::load).await.expect("a town");
    let shelters =
        town.shelters.shelters.keys().take(24).map(|id| (id.clone(), ShelterState::Full));
    let full = OrderDraft {
        areas: town.areas.areas.keys().cloned().collect(),
        shelters: shelters.collect(),
        reason: Some("あ".repeat(120)),
        ..flood()
    };
    match gateway.state.orders.publish(full, two()).await {
        Ok(order) => assert!(order.signed.len() <= Order::MAX_SIGNED_LEN),
        Err(error) => assert!(error.to_string().contains("1150"), "{error}"),
    }
    gateway.stop().await;
}

#[tokio::test]
async fn a_preview_has_no_effect() {
    let gateway = TestGateway::start().await;
    let preview = gateway.state.orders.preview(flood()).await.expect("a preview");
    assert_eq!(preview.sequence, gateway.state.now_ms().unsigned_abs() / 1_000);
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM town_order").await, 0);
    gateway.stop().await;
}

#[tokio::test]
async fn the_emergency_path_leaves_its_name_in_the_audit_log() {
    let gateway = TestGateway::start().await;
    gateway.state.orders.publish(tsunami(), emergency()).await.expect("published");
    gateway.publish(flood()).await;
    let entries = gateway.write(|sql| crate::audit::newest(sql, 9)).await;
    let actions = entries.iter().map(|entry| (entry.actor.as_str(), entry.object.as_str()));
    let actions: Vec<_> = actions.filter(|(_, action)| action.starts_with("order")).collect();
    assert_eq!(
        actions,
        [
            ("mori", "order-confirmed"),
            ("sato", "order-published"),
            ("sato", "order-published-in-emergency")
        ]
    );
    gateway.stop().await;
}

/// Nobody renewed the keys: an order that televisions would refuse must not look sent.
#[tokio::test]
async fn an_order_that_boxes_would_refuse_is_not_published() {
    let gateway = TestGateway::start().await;
    gateway.clock.advance(396 * 86_400_000);
    let preview = gateway.state.orders.preview(flood()).await;
    check_refused(preview.map(|_| unreachable()), "renew-keys");
    check_refused(gateway.state.orders.publish(flood(), two()).await, "renew-keys");
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM town_order").await, 0);
    let now_ms = gateway.state.now_ms();
    let random = crate::random::SystemRandom;
    crate::admin::renew_keys(&gateway.state.config, None, false, now_ms, &random).expect("renewed");
    gateway.state.keys.take_over().expect("usable");
    gateway.publish(flood()).await;
    gateway.stop().await;
}

fn unreachable() -> PublishedOrder {
    panic!("a preview of an order that no box would show")
}
