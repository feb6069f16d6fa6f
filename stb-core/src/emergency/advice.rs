//! The advice that this home was given, and when it turned.
//!
//! All orders in force give one advice, that of the order that leads. When that one ends, is updated
//! or is overtaken, the others may say something else than what this home answered to: then they come
//! up again and ask anew. Who helps, what a place is called and on which condition it is used, and that
//! time passes change no advice.

use evacuation::{
    book::Standing,
    guidance::{Guidance, Step},
    order::OrderId,
};
use serde::{Deserialize, Serialize};

use super::{Emergency, HomeOrder};

/// What to do, where to, by when and in which steps, as words to compare. Stored with each answer:
/// a version of the box that words it otherwise asks once too often, never once too little.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Advice(String);

impl Advice {
    /// Of guidance whose time of departure was not compared with the clock.
    pub(super) fn of(guidance: &Guidance) -> Self {
        let Guidance { action, steps, .. } = guidance;
        let place = guidance.destination.as_ref().map(|place| place.shelter.as_str());
        let leave_by = guidance.leave_by.map(|at| at.0);
        let steps = steps.iter().filter(|step| !depends_on_helpers(**step)).collect::<Vec<_>>();
        Self(format!("{action:?} {place:?} {leave_by:?} {steps:?}"))
    }
}

/// One of these stands in the place of the other where somebody helps.
const fn depends_on_helpers(step: Step) -> bool {
    matches!(step, Step::CallSupporter | Step::TurnOffGasAndBreaker)
}

/// The advice in force when the orders were reckoned last; drills have their own.
#[derive(Debug, Default)]
pub(super) struct Advised {
    actual: Option<Advice>,
    drill: Option<Advice>,
}

impl Advised {
    /// True when there was advice, and it was another one.
    fn turn(&mut self, advice: Option<&Advice>, drill: bool) -> bool {
        let known = if drill { &mut self.drill } else { &mut self.actual };
        let before = std::mem::replace(known, advice.cloned());
        before.is_some() && advice.is_some() && before.as_ref() != advice
    }
}

impl Emergency {
    /// Compares the advice with what it was: answers under other advice count no more, and its orders
    /// alert as if they were new.
    pub(super) fn note_advice(&mut self) {
        for drill in [false, true] {
            let advised = self.orders.iter().filter(|order| order.is_actual() != drill);
            let advised: Vec<(OrderId, Advice)> =
                advised.filter_map(|order| Some((order.id(), order.advice.clone()?))).collect();
            let advice = advised.first().map(|(_, advice)| advice);
            if let Some(advice) = advice {
                self.is_unkept |= self.memory.advise(advice, drill);
            }
            if self.advised.turn(advice, drill) {
                for (id, _) in advised {
                    self.forget_known(id);
                    // What nobody heard yet is new, not changed.
                    if self.alerted.remove(&id) {
                        self.turned.insert(id);
                    }
                }
            }
        }
    }

    /// The advice is another one than this home was given under this order, or answered to.
    pub(super) fn is_turned(&self, id: OrderId) -> bool {
        self.turned.contains(&id) || self.memory.is_outdated(id)
    }

    /// Whether the advice as it is now was answered, under whichever order.
    pub(super) fn is_advice_answered(&self) -> bool {
        let in_force = |order: &&HomeOrder| order.standing == Standing::InForce;
        self.visible().filter(in_force).any(|order| self.memory.answer(order.id()).is_some())
    }
}
