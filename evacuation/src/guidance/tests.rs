//! What single orders and several together tell a home.

mod properties;

use super::*;
use crate::{
    household::{Need, Plan, Resident},
    shelter::ShelterState,
    testing::{
        ISSUED, MINUTE, act, area_id, areas, household, order, plan, resident, shelter_id,
        shelters, tsunami,
    },
};

fn guide_home(order: &Order, residents: Vec<Resident>) -> Guidance {
    guide(order, &household(residents), &areas(), &shelters())
}

fn at(level: Level) -> Order {
    Order { level: Some(level), ..order(1) }
}

fn against(hazard: Hazard, level: Level) -> Order {
    Order { hazard, ..at(level) }
}

fn hana() -> Resident {
    resident("中村 ハナ", &[Need::MoreTime], &[])
}

fn ken() -> Resident {
    resident("中村 健", &[], &[])
}

/// Names of those who leave now, of the others, and the destination.
#[track_caller]
fn check_action(
    order: &Order,
    residents: &[Resident],
    action: Action,
    leaving: &[&str],
    destination: Option<&str>,
) {
    let guidance = guide_home(order, residents.to_vec());
    assert_eq!(guidance.action, action);
    let leaves = guidance.addressees.iter().filter(|person| person.leaves_now);
    assert_eq!(leaves.map(|person| person.name.as_str()).collect::<Vec<_>>(), leaving);
    assert_eq!(guidance.destination.as_ref().map(|place| place.shelter.as_str()), destination);
    assert_eq!(guidance.addressees.len(), residents.len());
}

#[test]
fn at_level_three_those_who_need_time_leave() {
    let three = at(Level::Three);
    let near = Some("near");
    check_action(&three, &[hana(), ken()], Action::LeaveIfSlow, &["中村 ハナ"], near);
    check_action(&three, &[hana()], Action::LeaveNow, &["中村 ハナ"], near);
    check_action(&three, &[ken()], Action::Prepare, &[], near);
    check_action(&three, &[], Action::LeaveIfSlow, &[], near);
    for need in
        [Need::Helper, Need::Wheelchair, Need::HardOfHearing, Need::LowVision, Need::Medicine]
    {
        let slow = resident("甲", &[need], &[]);
        check_action(&three, &[slow], Action::LeaveNow, &["甲"], near);
    }
}

#[test]
fn at_level_four_everybody_leaves() {
    let both = ["中村 ハナ", "中村 健"];
    check_action(&at(Level::Four), &[hana(), ken()], Action::LeaveNow, &both, Some("near"));
    let hazards = [
        (Hazard::Landslide, Some("middle")),
        (Hazard::Earthquake, Some("near")),
        (Hazard::LargeFire, Some("middle")),
        (Hazard::StormSurge, None),
    ];
    for (hazard, place) in hazards {
        let order = against(hazard, Level::Four);
        check_action(&order, &[hana(), ken()], Action::LeaveNow, &both, place);
    }
}

#[test]
fn at_level_five_nobody_is_sent_out() {
    for hazard in Hazard::ALL {
        if matches!(hazard, Hazard::Tsunami | Hazard::LargeFire) {
            continue;
        }
        let order = against(hazard, Level::Five);
        check_action(&order, &[hana(), ken()], Action::SecureLifeHere, &[], None);
        let guidance = guide_home(&order, vec![hana()]);
        assert_eq!((guidance.fallback, guidance.leave_by), (None, None));
        assert!(!guidance.steps.contains(&Step::GoToDestination));
    }
}

#[test]
fn a_large_fire_at_level_five_sends_out_without_a_route() {
    let order = against(Hazard::LargeFire, Level::Five);
    check_action(&order, &[ken()], Action::LeaveNow, &["中村 健"], None);
    let steps = guide_home(&order, vec![ken()]).steps;
    assert_eq!(steps, [Step::GoAtOnce, Step::CallForHelp, Step::DoNotReturn]);
}

#[test]
fn under_a_tsunami_everybody_runs() {
    let both = ["中村 ハナ", "中村 健"];
    check_action(&tsunami(1), &[hana(), ken()], Action::RunToHighGround, &both, Some("high"));
    let guidance = guide_home(&tsunami(1), vec![hana()]);
    assert_eq!((guidance.level, guidance.leave_by), (None, None));
    assert_eq!(guidance.steps, [Step::GoAtOnce, Step::GoHigher, Step::DoNotReturn]);
}

#[test]
fn lift_and_cancellation_send_nobody_anywhere() {
    for (end, action) in [(Act::Lift, Action::AllClear), (Act::Cancel, Action::Disregard)] {
        check_action(&act(2, end, 1), &[hana(), ken()], action, &[], None);
        let tsunami = Order { hazard: Hazard::Tsunami, level: None, ..act(2, end, 1) };
        check_action(&tsunami, &[hana(), ken()], action, &[], None);
        let five = Order { level: Some(Level::Five), ..act(2, end, 1) };
        check_action(&five, &[hana()], action, &[], None);
        let helped = Plan { supporter: Some("浜口".into()), ..plan(None, "near", Level::Three) };
        let guidance = guide_home(&act(2, end, 1), vec![resident("甲", &[], &[helped])]);
        assert_eq!(guidance.supporters, Vec::<String>::new());
    }
}

#[test]
fn a_plan_says_when_this_person_leaves() {
    let three = at(Level::Three);
    let early = resident("甲", &[], &[plan(None, "high", Level::Three)]);
    check_action(&three, &[early, ken()], Action::LeaveIfSlow, &["甲"], Some("high"));
    let late = resident("乙", &[Need::MoreTime], &[plan(None, "high", Level::Four)]);
    check_action(&three, &[late.clone(), ken()], Action::Prepare, &[], Some("high"));
    check_action(&at(Level::Four), &[late], Action::LeaveNow, &["乙"], Some("high"));
    let never = resident("丙", &[], &[plan(None, "high", Level::Five)]);
    check_action(&at(Level::Four), &[never], Action::LeaveNow, &["丙"], Some("high"));
}

#[test]
fn the_plan_for_the_hazard_comes_before_the_general_one() {
    let plans =
        [plan(None, "middle", Level::Four), plan(Some(Hazard::Flood), "high", Level::Three)];
    let person = resident("甲", &[], &plans);
    check_action(
        &at(Level::Three),
        std::slice::from_ref(&person),
        Action::LeaveNow,
        &["甲"],
        Some("high"),
    );
    let landslide = against(Hazard::Landslide, Level::Four);
    check_action(&landslide, &[person], Action::LeaveNow, &["甲"], Some("middle"));
}

#[test]
fn those_who_leave_choose_the_place() {
    let stays = resident("甲", &[], &[plan(None, "middle", Level::Four)]);
    let leaves = resident("乙", &[], &[plan(None, "high", Level::Three)]);
    check_action(&at(Level::Three), &[stays, leaves], Action::LeaveIfSlow, &["乙"], Some("high"));
}

#[test]
fn a_plan_into_a_closed_or_unsuitable_place_is_not_followed() {
    let person = resident("甲", &[], &[plan(None, "high", Level::Three)]);
    let closed = Order { shelters: vec![(shelter_id("high"), ShelterState::Closed)], ..order(1) };
    check_action(&closed, std::slice::from_ref(&person), Action::LeaveNow, &["甲"], Some("near"));
    let fire = against(Hazard::LargeFire, Level::Four);
    check_action(&fire, &[person], Action::LeaveNow, &["甲"], Some("middle"));
}

#[test]
fn the_place_is_told_with_what_must_be_known_of_it() {
    let mut shelters = shelters();
    let high = shelters.shelters.get_mut(&shelter_id("high")).expect("in the table");
    high.condition = Some("洪水時は２階以上に避難。津波時は屋上に避難".into());
    let person = resident("甲", &[], &[plan(None, "high", Level::Three)]);
    let order = Order { shelters: vec![(shelter_id("high"), ShelterState::Open)], ..order(1) };
    let guidance = guide(&order, &household(vec![person]), &areas(), &shelters);
    let expected = Destination {
        shelter: shelter_id("high"),
        name: "避難所high".into(),
        kana: String::new(),
        condition: Some("２階以上に避難".into()),
        distance_m: Some(900),
        known_open: true,
        planned: true,
    };
    assert_eq!(guidance.destination, Some(expected));
    let fallback = guidance.fallback.expect("others are suitable");
    assert_eq!((fallback.shelter.as_str(), fallback.known_open), ("near", false));
}

#[test]
fn a_home_without_a_position_is_measured_from_its_district() {
    let household = Household { position: None, ..household(vec![ken()]) };
    let place = |areas: &AreaTable| {
        let guidance = guide(&order(1), &household, areas, &shelters());
        guidance.destination.map(|place| (place.shelter.to_string(), place.distance_m))
    };
    assert_eq!(place(&areas()), Some(("near".into(), None)));
    assert_eq!(place(&AreaTable::default()), None);
}

#[test]
fn without_any_place_the_steps_name_none() {
    let nowhere = guide(&order(1), &household(vec![ken()]), &areas(), &ShelterTable::default());
    assert_eq!(nowhere.action, Action::LeaveNow);
    assert!(!nowhere.steps.contains(&Step::GoToDestination));
}

#[track_caller]
fn check_area(areas_named: &[&str], expected: Option<&str>) {
    let named = areas_named.iter().map(|id| area_id(id)).collect();
    let guidance = guide_home(&Order { areas: named, ..order(1) }, vec![ken()]);
    assert_eq!(guidance.area_name.as_deref(), expected);
}

#[test]
fn the_smallest_district_named_is_told() {
    check_area(&["harbour"], Some("港"));
    check_area(&["north"], Some("北"));
    check_area(&["hill", "north", "harbour"], Some("港"));
    check_area(&[], None);
}

#[track_caller]
fn check_leave_by(level: Level, metres: Option<u32>, minutes_passed: i64, expected: Option<i64>) {
    let now = UnixMillis(ISSUED + minutes_passed * MINUTE);
    let leave_by = timing::leave_by(&at(level), metres);
    let guidance = Guidance { leave_by, ..guide_home(&at(level), vec![hana()]) }.at(now);
    assert_eq!(guidance.leave_by, expected.map(|minutes| UnixMillis(ISSUED + minutes * MINUTE)));
}

#[test]
fn those_who_need_time_are_told_by_when_to_leave() {
    check_leave_by(Level::Three, None, 1, Some(30));
    check_leave_by(Level::Three, Some(0), 1, Some(60));
    check_leave_by(Level::Three, Some(300), 1, Some(45));
    check_leave_by(Level::Three, Some(900), 1, Some(20));
    check_leave_by(Level::Three, Some(900), 19, Some(20));
    check_leave_by(Level::Three, Some(900), 20, None);
    check_leave_by(Level::Three, Some(5_000), 1, None);
    check_leave_by(Level::Three, Some(u32::MAX), 1, None);
    check_leave_by(Level::Four, Some(300), 1, None);
    check_leave_by(Level::Five, Some(300), 1, None);
}

#[test]
fn a_clock_before_the_issue_tells_the_same_time() {
    check_leave_by(Level::Three, Some(300), -1_000_000, Some(45));
    check_leave_by(Level::Three, Some(5_000), -1_000_000, None);
    let prepares = guide_home(&at(Level::Three), vec![ken()]);
    assert_eq!(prepares.leave_by, None);
    assert!(guide_home(&at(Level::Three), vec![hana()]).leave_by.is_some());
}

#[test]
fn supporters_are_named_once_and_as_help() {
    let helped = |name: &str, by: &str| {
        let by_plan = Plan { supporter: Some(by.into()), ..plan(None, "near", Level::Three) };
        resident(name, &[Need::Helper], &[by_plan])
    };
    let home = vec![helped("甲", "浜口 誠"), helped("乙", "浜口 誠"), helped("丙", " "), ken()];
    let guidance = guide_home(&at(Level::Four), home);
    assert_eq!(guidance.supporters, ["浜口 誠"]);
    assert_eq!(guidance.steps, [Step::TakeEssentials, Step::CallSupporter, Step::GoToDestination]);
}

#[test]
fn unusual_names_are_told_as_they_are_written() {
    let long = "永".repeat(100);
    let reading =
        |name: &str, kana: &str| Resident { kana: kana.into(), ..resident(name, &[], &[]) };
    let home = vec![
        reading(&long, ""),
        reading("", "ﾅﾅｼ"),
        reading("　", ""),
        reading("髙橋 𠮷雄", "タカハシ ヨシオ"),
        reading("山﨑 ｷﾖ", "ﾔﾏｻﾞｷ ｷﾖ"),
        reading("邉󠄂 葛󠄁", ""),
    ];
    let addressees = guide_home(&at(Level::Four), home).addressees;
    let told: Vec<_> = addressees.iter().map(|a| (a.name.as_str(), a.kana.as_str())).collect();
    let expected = [
        (long.as_str(), ""),
        ("髙橋 𠮷雄", "タカハシ ヨシオ"),
        ("山﨑 ｷﾖ", "ヤマザキ キヨ"),
        ("邉󠄂 葛󠄁", ""),
    ];
    assert_eq!(told, expected);
}

fn guide_both(orders: &[&Order], residents: &[Resident]) -> Vec<Guidance> {
    guide_all(orders, &household(residents.to_vec()), &areas(), &shelters())
}

/// Action and destination that every one of these orders gives, and which of them give way.
#[track_caller]
fn check_lead(orders: &[Order], action: Action, destination: Option<&str>, gives_way: &[bool]) {
    let orders: Vec<&Order> = orders.iter().collect();
    let guided = guide_both(&orders, &[hana(), ken()]);
    for guidance in &guided {
        assert_eq!(guidance.action, action, "{:?}", guidance.hazard);
        let place = guidance.destination.as_ref().map(|place| place.shelter.as_str());
        assert_eq!(place, destination, "{:?}", guidance.hazard);
    }
    let ways: Vec<bool> = guided.iter().map(|guidance| guidance.gives_way).collect();
    assert_eq!(ways, gives_way);
}

#[test]
fn several_orders_give_one_advice() {
    let flood_five = || at(Level::Five);
    let landslide = |level| against(Hazard::Landslide, level);
    check_lead(&[tsunami(1), flood_five()], Action::RunToHighGround, Some("high"), &[false, true]);
    check_lead(&[flood_five(), tsunami(1)], Action::RunToHighGround, Some("high"), &[true, false]);
    let both = [landslide(Level::Five), at(Level::Four)];
    check_lead(&both, Action::SecureLifeHere, None, &[false, true]);
    let both = [landslide(Level::Four), at(Level::Three)];
    check_lead(&both, Action::LeaveNow, Some("middle"), &[false, true]);
    let both = [flood_five(), against(Hazard::LargeFire, Level::Five)];
    check_lead(&both, Action::LeaveNow, None, &[true, false]);
}

#[test]
fn under_two_hazards_the_place_withstands_both_where_there_is_one() {
    let landslide = against(Hazard::Landslide, Level::Four);
    // "near" is nearer, but for floods only.
    check_lead(&[at(Level::Four), landslide], Action::LeaveNow, Some("middle"), &[false, false]);
    let earthquake = against(Hazard::Earthquake, Level::Four);
    let fire = against(Hazard::LargeFire, Level::Four);
    check_lead(&[earthquake, fire], Action::LeaveNow, Some("middle"), &[false, false]);
}

#[test]
fn a_place_that_any_order_calls_closed_is_closed() {
    let closed = Order { shelters: vec![(shelter_id("middle"), ShelterState::Closed)], ..order(1) };
    let landslide = against(Hazard::Landslide, Level::Four);
    check_lead(&[closed, landslide], Action::LeaveNow, Some("top"), &[false, false]);
}

#[test]
fn what_is_meant_gives_way_to_no_drill_and_an_end_to_nothing() {
    let drill = Order { mode: Mode::Drill, ..tsunami(1) };
    let lift = Order { act: Act::Lift, ..order(3) };
    let five = at(Level::Five);
    let guided = guide_both(&[&five, &drill, &lift], &[ken()]);
    let actions: Vec<Action> = guided.iter().map(|guidance| guidance.action).collect();
    assert_eq!(actions, [Action::SecureLifeHere, Action::RunToHighGround, Action::AllClear]);
    assert!(guided.iter().all(|guidance| !guidance.gives_way));
}

#[test]
fn the_end_of_an_order_sends_nobody_home_who_stayed() {
    for end in [Act::Lift, Act::Cancel] {
        let steps = guide_home(&act(2, end, 1), vec![hana()]).steps;
        assert!(!steps.contains(&Step::ReturnCarefully), "{steps:?}");
    }
}
