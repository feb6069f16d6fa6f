//! What holds for every order and every home.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::testing::{any_hazard, any_level, any_order};

fn any_needs() -> impl Strategy<Value = Vec<Need>> {
    let needs =
        vec![Need::MoreTime, Need::Helper, Need::Wheelchair, Need::LowVision, Need::Medicine];
    proptest::sample::subsequence(needs, 0..=3)
}

prop_compose! {
    fn any_plan()(
        hazard in proptest::option::of(any_hazard()),
        places in (0..5_usize, proptest::option::of(0..5_usize)),
        departure_level in any_level(),
        supporter in proptest::option::of("[浜口誠]{1,4}"),
    ) -> Plan {
        let place = |at: usize| shelter_id(["near", "middle", "high", "top", "nowhere"][at]);
        let (destination, fallback) = (place(places.0), places.1.map(place));
        Plan { hazard, destination, fallback, departure_level, supporter }
    }
}

prop_compose! {
    fn any_household()(
        residents in proptest::collection::vec(
            ("[中村ハナﾊﾅ𠮷 ]{0,8}", any_needs(), proptest::collection::vec(any_plan(), 0..3)), 0..5,
        ),
        placed: bool,
    ) -> Household {
        let residents = residents.iter().map(|(name, needs, plans)| resident(name, needs, plans));
        let household = household(residents.collect());
        Household { position: household.position.filter(|_| placed), ..household }
    }
}

prop_compose! {
    /// An order that knows the town's places.
    fn any_local_order()(
        order in any_order(),
        states in proptest::collection::btree_map(
            0..4_usize, crate::testing::any_state(), 0..4,
        ),
    ) -> Order {
        let id = |at: usize| shelter_id(["near", "middle", "high", "top"][at]);
        let shelters = states.into_iter().map(|(at, state)| (id(at), state)).collect();
        Order { shelters, areas: vec![area_id("harbour")], ..order }
    }
}

proptest! {
    /// Whatever is in force at once: one action, one place, one way, one time; nobody is sent out and
    /// upstairs together; and a tsunami always sends to high ground.
    #[test]
    fn simultaneous_orders_never_contradict_each_other(
        orders in proptest::collection::vec(any_local_order(), 1..5), household in any_household(),
    ) {
        let orders: Vec<&Order> = orders.iter().collect();
        let guided = guide_all(&orders, &household, &areas(), &shelters());
        prop_assert_eq!(guided.len(), orders.len());
        for is_actual in [true, false] {
            let holds = |(order, _): &(&&Order, &Guidance)| {
                order.is_in_force() && (order.mode == Mode::Actual) == is_actual
            };
            let held: Vec<_> = orders.iter().zip(&guided).filter(holds).collect();
            let advice = |guidance: &Guidance| {
                let Guidance { action, destination, fallback, steps, leave_by, .. } = guidance;
                let place = |place: &Option<Destination>| place.as_ref().map(|p| p.shelter.clone());
                (*action, place(destination), place(fallback), *steps, *leave_by)
            };
            let Some((_, first)) = held.first() else { continue };
            for (order, guidance) in &held {
                prop_assert_eq!(guidance.order, order.id);
                prop_assert_eq!(advice(guidance), advice(first));
                prop_assert_eq!(&guidance.addressees, &first.addressees);
            }
            let has = |hazard, level| {
                held.iter().any(|(order, _)| order.hazard == hazard && order.level == level)
            };
            let five = Some(Level::Five);
            let expected = if has(Hazard::Tsunami, None) {
                Some(Action::RunToHighGround)
            } else if has(Hazard::LargeFire, five) {
                Some(Action::LeaveNow)
            } else if held.iter().any(|(order, _)| order.level == five) {
                Some(Action::SecureLifeHere)
            } else if held.iter().any(|(order, _)| order.level == Some(Level::Four)) {
                Some(Action::LeaveNow)
            } else {
                None
            };
            prop_assert!(expected.is_none_or(|expected| first.action == expected));
        }
    }

    #[test]
    fn no_guidance_names_an_unsuitable_or_closed_place(
        order in any_local_order(), household in any_household(),
    ) {
        let guidance = guide(&order, &household, &areas(), &shelters());
        let table = shelters();
        for place in guidance.destination.iter().chain(&guidance.fallback) {
            prop_assert!(table.shelters[&place.shelter].suitable_for.contains(&order.hazard));
            let state = order.shelters.iter().find(|(id, _)| *id == place.shelter);
            prop_assert!(matches!(state, None | Some((_, ShelterState::Open))));
            prop_assert!(order.level != Some(Level::Five), "no route at level 5");
            prop_assert!(order.is_in_force());
        }
    }

    #[test]
    fn guidance_names_the_people_of_this_home_only(
        order in any_local_order(), household in any_household(),
    ) {
        let guidance = guide(&order, &household, &areas(), &shelters());
        let residents = household.residents.iter();
        let names: BTreeSet<&str> = residents.clone().map(|person| person.name.trim()).collect();
        let plans = residents.flat_map(|person| &person.plans);
        let helpers: BTreeSet<&str> = plans.filter_map(|plan| plan.supporter.as_deref()).collect();
        for person in &guidance.addressees {
            prop_assert!(names.contains(person.name.as_str()) && !person.name.is_empty());
        }
        for helper in &guidance.supporters {
            prop_assert!(helpers.contains(helper.as_str()));
        }
        let named = household.residents.iter().filter(|person| !person.name.trim().is_empty());
        prop_assert_eq!(guidance.addressees.len(), named.count());
    }

    #[test]
    fn somebody_leaves_exactly_when_the_action_says_so(
        order in any_local_order(), household in any_household(),
    ) {
        let guidance = guide(&order, &household, &areas(), &shelters());
        let leaving = household.residents.iter().filter(|person| person.leaves_now(&order)).count();
        let all = household.residents.len();
        match guidance.action {
            Action::LeaveNow | Action::RunToHighGround => prop_assert_eq!(leaving, all),
            Action::LeaveIfSlow => prop_assert!((0 < leaving && leaving < all) || all == 0),
            Action::Prepare | Action::SecureLifeHere => prop_assert_eq!(leaving, 0),
            Action::AllClear | Action::Disregard => prop_assert_eq!(leaving, 0),
        }
    }
}
