//! What every part of the machine works with: the moment, the identity, the way out.

use std::collections::VecDeque;

use gateway_api::report::{Report, ReportContent};

use crate::{Config, Now, effect::Effect, link::id::Generator, phone::Phone, service::ServiceCall};

/// The moment of the event being handled and the effects it leads to.
pub(crate) struct Context {
    pub(crate) now: Now,
    pub(crate) config: Config,
    pub(crate) random: Generator,
    /// Of the town office; none when nobody said it.
    pub(crate) town_phone: Option<Phone>,
    /// Of the cable operator.
    pub(crate) operator_phone: Option<Phone>,
    effects: VecDeque<Effect>,
    calls: u64,
}

impl Context {
    pub(crate) fn new(config: Config) -> Self {
        Self {
            now: Now { monotonic_ms: 0, wall_ms: 0, wall_trusted: false },
            random: Generator::new(config.seed),
            town_phone: None,
            operator_phone: config.operator_phone.as_deref().and_then(Phone::new),
            config,
            effects: VecDeque::new(),
            calls: 0,
        }
    }

    /// Asks the gateway; the answer comes under the number that this returns.
    pub(crate) fn call(&mut self, call: ServiceCall) -> u64 {
        self.calls += 1;
        let call_id = self.calls;
        self.push(Effect::Service { call_id, call });
        call_id
    }

    pub(crate) const fn now_ms(&self) -> u64 {
        self.now.monotonic_ms
    }

    pub(crate) fn push(&mut self, effect: Effect) {
        self.effects.push_back(effect);
    }

    pub(crate) fn next_effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// A report of this moment.
    pub(crate) fn report(&mut self, content: ReportContent) -> Report {
        Report {
            report_id: self.random.uuid(self.now.wall_ms),
            happened_at_ms: self.now.wall_ms,
            clock_trusted: self.now.wall_trusted,
            content,
        }
    }
}
