//! No second order beside another without somebody who knows.

use super::*;

fn over(areas: &[&str]) -> OrderDraft {
    let id = |area: &&str| AreaId::new(*area).expect("an id");
    OrderDraft { areas: areas.iter().map(id).collect(), ..flood() }
}

#[tokio::test]
async fn a_second_order_for_the_same_hazard_and_district_needs_somebody_who_knows() {
    let gateway = TestGateway::start().await;
    let desk = &gateway.state.orders;
    let first = desk.publish(at(Level::Three), one()).await.expect("published");
    for rival in [at(Level::Four), over(&[]), over(&["A14", "A02"])] {
        check_refused(desk.publish(rival, two()).await, "is in force in an area of this one");
    }
    let drill = OrderDraft { mode: Mode::Drill, ..flood() };
    for beside in [over(&["A02"]), drill, tsunami()] {
        desk.publish(beside, two()).await.expect("another district, mode or hazard");
    }
    let known = OrderDraft { beside: vec![first.id], ..flood() };
    let known = desk.publish(known, two()).await.expect("known");
    let entries = gateway.write(|sql| crate::audit::newest(sql, 2)).await;
    let told = format!("beside {}", first.id);
    assert!(entries.iter().all(|entry| entry.purpose.contains(&told)), "{entries:?}");
    let third = OrderDraft { beside: vec![first.id], ..flood() };
    let refused = desk.publish(third, two()).await;
    check_refused(refused, &format!("order {} against", known.id));
    gateway.stop().await;
}

#[tokio::test]
async fn of_two_officers_who_press_at_once_the_second_is_asked() {
    let gateway = TestGateway::start().await;
    let desk = &gateway.state.orders;
    let both = tokio::join!(desk.publish(flood(), two()), desk.publish(flood(), two()));
    assert_eq!([both.0, both.1].iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(gateway.number("SELECT COUNT(*) AS n FROM town_order").await, 1);
    gateway.stop().await;
}

#[tokio::test]
async fn an_update_is_asked_only_about_other_orders() {
    let gateway = TestGateway::start().await;
    let desk = &gateway.state.orders;
    let first = gateway.publish(over(&["A14", "A02"])).await;
    let update =
        |areas: &[&str], references| OrderDraft { act: Act::Update, references, ..over(areas) };
    let second = desk.publish(update(&["A14"], vec![first.id]), two()).await.expect("updated");
    // In A14 the second one took over; the first one stands in A02 alone.
    let third = desk.publish(update(&["A14"], vec![second.id]), two()).await;
    let third = third.expect("the first one does not stand here any more");
    let wider = desk.publish(update(&["A14", "A02"], vec![third.id]), two()).await;
    check_refused(wider, &format!("order {} against", first.id));
    let both = update(&["A14", "A02"], vec![third.id, first.id]);
    desk.publish(both, two()).await.expect("both are updated");
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_over_or_lost_is_no_rival_and_an_end_is_never_asked() {
    let gateway = TestGateway::start().await;
    let desk = &gateway.state.orders;
    let first = gateway.publish(flood()).await;
    let second = gateway.publish(flood()).await;
    let end = OrderDraft { act: Act::Lift, references: vec![second.id], ..flood() };
    desk.publish(end, two()).await.expect("lifted beside the first one");
    let name = first.id.to_string();
    gateway.write(move |sql| order::note_disbelief(sql, &name, true)).await;
    desk.publish(flood(), two()).await.expect("no television shows the first one");
    gateway.clock.advance(2 * 3_600_000);
    desk.publish(flood(), two()).await.expect("its time is over");
    gateway.stop().await;
}

#[tokio::test]
async fn only_what_exists_against_a_hazard_is_issued() {
    let gateway = TestGateway::start().await;
    let desk = &gateway.state.orders;
    for hazard in Hazard::ALL.into_iter().filter(|hazard| *hazard != Hazard::Tsunami) {
        for level in [Level::Three, Level::Four, Level::Five] {
            let draft = OrderDraft { hazard, ..at(level) };
            let outcome = desk.preview(draft).await;
            assert_eq!(outcome.is_ok(), hazard.orders().contains(&level), "{hazard:?} {level:?}");
        }
    }
    let fire = OrderDraft { hazard: Hazard::LargeFire, ..at(Level::Five) };
    check_refused(desk.publish(fire, two()).await, "no order of level 5 is issued against");
    gateway.stop().await;
}
