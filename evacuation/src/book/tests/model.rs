//! Random days of a town against a model of one page.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

/// What happens.
#[derive(Debug, Clone)]
enum Deed {
    /// The town issues, updates or ends; the reference is one of the orders before.
    Order {
        act: Act,
        of: usize,
        skip: u64,
        place: usize,
        hazard: usize,
        level: Level,
        mode: Mode,
        hours: i64,
    },
    /// Something from before comes again.
    Again(usize),
    /// Somebody signs with a key that may not.
    Forgery(bool),
    /// The power goes.
    Restart,
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let act =
        proptest::sample::select(vec![Act::Issue, Act::Issue, Act::Update, Act::Lift, Act::Cancel]);
    let mode = proptest::sample::select(vec![Mode::Actual, Mode::Actual, Mode::Drill, Mode::Test]);
    let order = (act, 0..100_usize, 0..3_u64, 0..4_usize, 0..3_usize, any_level(), mode, 1..4_i64);
    prop_oneof![
        8 => order.prop_map(|(act, of, skip, place, hazard, level, mode, hours)| {
            Deed::Order { act, of, skip, place, hazard, level, mode, hours }
        }),
        2 => (0..100_usize).prop_map(Deed::Again),
        1 => any::<bool>().prop_map(Deed::Forgery),
        1 => Just(Deed::Restart),
    ]
}

/// What the home must see: orders in force by number, and the last end of each subject.
#[derive(Default)]
struct Model {
    highest: u64,
    in_force: BTreeMap<u64, Order>,
    notices: BTreeMap<(bool, Hazard), u64>,
}

fn subject(order: &Order) -> (bool, Hazard) {
    (order.mode == Mode::Drill, order.hazard)
}

impl Model {
    fn hear(&mut self, order: &Order, now: Now) {
        if order.sequence <= self.highest {
            return;
        }
        self.highest = order.sequence;
        let here = order.areas.is_empty()
            || order.areas.iter().any(|area| ["harbour", "north"].contains(&area.as_str()));
        let late = order.is_in_force() && now.wall >= order.expires_at;
        if order.mode == Mode::Test || !here || late {
            return;
        }
        let before = self.in_force.len();
        self.in_force
            .retain(|_, old| subject(old) != subject(order) || !order.references.contains(&old.id));
        if order.is_in_force() {
            self.notices.remove(&subject(order));
            self.in_force.insert(order.sequence, order.clone());
        } else if self.in_force.len() < before {
            self.notices.insert(subject(order), order.sequence);
        }
    }

    /// One number for each subject, a notice negative; the order does not matter here.
    fn shown(&self) -> BTreeSet<i64> {
        let mut shown: BTreeMap<(bool, Hazard), (u8, i64)> = BTreeMap::new();
        for (key, sequence) in &self.notices {
            shown.insert(*key, (0, -i64::try_from(*sequence).unwrap_or(0)));
        }
        for order in self.in_force.values() {
            let candidate =
                (order.level.map_or(6, Level::number), i64::try_from(order.sequence).unwrap_or(0));
            let best = shown.entry(subject(order)).or_insert(candidate);
            *best = (*best).max(candidate);
        }
        shown.into_values().map(|(_, sequence)| sequence).collect()
    }
}

struct Day {
    here: TestBox,
    model: Model,
    issued: Vec<Order>,
}

impl Day {
    fn order(&self, deed: &Deed) -> Option<Order> {
        let Deed::Order { act, of, skip, place, hazard, level, mode, hours } = deed else {
            return None;
        };
        let last = self.issued.last().map_or(0, |order| order.sequence);
        let earlier =
            self.issued.get(of % self.issued.len().max(1)).map_or(order_id(999), |order| order.id);
        let hazard = [Hazard::Flood, Hazard::Landslide, Hazard::Tsunami][*hazard];
        let places = [vec!["harbour"], vec!["north", "hill"], vec!["hill"], Vec::new()];
        Some(Order {
            act: *act,
            references: if *act == Act::Issue { Vec::new() } else { vec![earlier] },
            mode: *mode,
            hazard,
            level: (hazard != Hazard::Tsunami).then_some(*level),
            areas: places[*place].iter().map(|id| area_id(id)).collect(),
            expires_at: UnixMillis(ISSUED + hours * HOUR),
            ..order(last + 1 + skip)
        })
    }

    fn happens(&mut self, deed: &Deed) {
        if let Some(order) = self.order(deed) {
            let _ = self.here.accept(&order);
            self.model.hear(&order, self.here.now);
            self.issued.push(order);
        }
        match deed {
            Deed::Again(at) if !self.issued.is_empty() => {
                let order = self.issued[at % self.issued.len()].clone();
                let before = self.here.shown();
                assert!(self.here.accept(&order).is_err());
                assert_eq!(self.here.shown(), before);
            }
            Deed::Forgery(drill_key_used) => {
                let key = if *drill_key_used { drill_key() } else { unknown_key() };
                assert!(self.here.accept_bytes(&forged(&order(10_000), &key)).is_err());
            }
            Deed::Restart => self.here.restart(self.here.now),
            Deed::Again(_) | Deed::Order { .. } => {}
        }
    }
}

proptest! {
    /// Two hours into the day: orders for one or two hours are over when they come.
    #[test]
    fn the_screen_shows_what_the_model_says(deeds in proptest::collection::vec(any_deed(), 1..40)) {
        let mut day = Day { here: TestBox::new(), model: Model::default(), issued: Vec::new() };
        day.here.now = after(2 * HOUR);
        for deed in &deeds {
            day.happens(deed);
            let shown: BTreeSet<i64> = day.here.shown().into_iter().collect();
            prop_assert_eq!(&shown, &day.model.shown(), "{:?}", deed);
            let modes = day.here.book.active(day.here.now);
            let modes: Vec<bool> = modes.iter().map(|active| active.order.mode == Mode::Drill).collect();
            prop_assert!(modes.is_sorted(), "a drill never stands before what is meant");
        }
    }
}
