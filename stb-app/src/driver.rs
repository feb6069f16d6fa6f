//! Owns the machine on the GTK thread: events in, effects out, one view per frame.
//!
//! Events come through one bounded channel and are drained in batches; keys have a channel of their
//! own, so that a flood of orders cannot hold them back. Nothing here waits: effects go to adapters
//! that queue them, and the view is brought to the screen by the next frame.

mod adapters;
mod progress;
mod watchdog;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use gtk::{glib, prelude::*};
use remote_input::KeyPress;
use stb_core::{
    Config, Machine, Output,
    effect::Effect,
    event::Event,
    key::{KeyAction, RemoteKey},
    vitals::Vitals,
};

use crate::{
    effects::{EVENTS_MAX, clock::Clock, signs::Sign},
    marks::{self, Mark, Marks},
    ui::Window,
};
pub use adapters::Adapters;
use progress::Progress;

/// A window that is not drawn (no compositor, screen off) gets no frames; its view is applied after
/// this time all the same, so that it is right when frames come again.
const FRAME_OVERDUE: Duration = Duration::from_millis(250);

/// The running box.
pub struct Driver {
    machine: RefCell<Machine>,
    adapters: Adapters,
    window: Window,
    clock: Clock,
    progress: RefCell<Progress>,
    marks: Marks,
    deadline: RefCell<Option<(u64, glib::SourceId)>>,
    frame_wanted: Cell<bool>,
    vitals: Cell<Option<Vitals>>,
    sign: Cell<Option<Sign>>,
    /// A key that waited longer for the screen belongs to what the screen showed then.
    stale: Duration,
}

impl Driver {
    /// A box that has not heard anything yet.
    pub fn new(
        config: Config,
        adapters: Adapters,
        window: Window,
        clock: Clock,
        marks: Marks,
        stale: Duration,
    ) -> Rc<Self> {
        let driver = Rc::new(Self {
            machine: RefCell::new(Machine::new(config)),
            adapters,
            window,
            clock,
            progress: RefCell::new(Progress::new(marks.clone())),
            marks,
            deadline: RefCell::new(None),
            frame_wanted: Cell::new(false),
            vitals: Cell::new(None),
            sign: Cell::new(None),
            stale,
        });
        driver.listen_to_window();
        driver
    }

    /// Takes events and keys from their channels for as long as the main loop runs.
    pub fn listen(
        self: &Rc<Self>,
        events: async_channel::Receiver<Event>,
        keys: async_channel::Receiver<KeyPress>,
    ) {
        let driver = Rc::clone(self);
        glib::spawn_future_local(async move {
            while let Ok(event) = events.recv().await {
                driver.happened(event);
                for _ in 1..EVENTS_MAX {
                    let Ok(event) = events.try_recv() else { break };
                    driver.happened(event);
                }
                driver.settle();
            }
        });
        let driver = Rc::clone(self);
        glib::spawn_future_local(async move {
            while let Ok(press) = keys.recv().await {
                driver.pressed(press);
            }
        });
    }

    fn listen_to_window(self: &Rc<Self>) {
        let driver = Rc::downgrade(self);
        self.window.connect_painted(move |change| {
            if let Some(driver) = driver.upgrade() {
                driver.painted(change);
            }
        });
        let driver = Rc::downgrade(self);
        self.window.connect_key(move |key, action| {
            if let Some(driver) = driver.upgrade() {
                driver.key(key, action, marks::now_us());
            }
        });
    }

    fn pressed(self: &Rc<Self>, press: KeyPress) {
        if press.at.elapsed() > self.stale {
            tracing::debug!("a key came too late and was dropped");
            return;
        }
        self.key(press.key, press.action, marks::us_of(press.at));
    }

    /// Which key it was is never logged, and marked only outside of PIN entry.
    fn key(self: &Rc<Self>, key: RemoteKey, action: KeyAction, at_us: i64) {
        let before = self.marks.are_on().then(|| self.machine.borrow().view());
        if let Some(caretaker) = self.adapters.caretaker() {
            caretaker.key_pressed(self.clock.now().monotonic_ms);
        }
        self.happened(Event::Key { key, action });
        if let Some(before) = before {
            let after = self.machine.borrow().view();
            self.progress.borrow_mut().key(key, at_us, &before, &after);
        }
        self.settle();
    }

    fn happened(&self, event: Event) {
        self.adapters.overhear(&event);
        self.progress.borrow_mut().event(&event);
        self.machine.borrow_mut().handle(self.clock.now(), event);
    }

    /// Carries out what the machine asked for, then waits for its next deadline and the next frame.
    fn settle(self: &Rc<Self>) {
        let next = loop {
            let output = self.machine.borrow_mut().poll();
            match output {
                Output::Effect(effect) => self.carry_out(effect),
                Output::WaitUntil(next) => break next,
            }
        };
        self.wait_until(next);
        self.tell_caretaker();
        self.tell_system();
        self.want_frame();
    }

    /// How the box is, when that changed.
    fn tell_caretaker(&self) {
        let Some(caretaker) = self.adapters.caretaker() else { return };
        let vitals = self.machine.borrow().vitals();
        if self.vitals.replace(Some(vitals)) != Some(vitals) {
            caretaker.note(vitals);
        }
    }

    /// Updates ask whether they may come, and whether they may stay.
    fn tell_system(&self) {
        let Some(signs) = &self.adapters.signs else { return };
        let machine = self.machine.borrow();
        let sign = Sign { busy: machine.busy(), is_proven: machine.is_proven() };
        if self.sign.replace(Some(sign)) != Some(sign) {
            signs.show(sign);
        }
    }

    fn carry_out(&self, effect: Effect) {
        self.progress.borrow().effect(&effect);
        self.adapters.carry_out(effect, || self.machine.borrow().view().language);
    }

    fn wait_until(self: &Rc<Self>, next: Option<u64>) {
        let mut deadline = self.deadline.borrow_mut();
        if deadline.as_ref().map(|(at, _)| *at) == next {
            return;
        }
        if let Some((_, timer)) = deadline.take() {
            timer.remove();
        }
        let Some(at_ms) = next else { return };
        let left = Duration::from_millis(at_ms.saturating_sub(self.clock.now().monotonic_ms));
        let driver = Rc::downgrade(self);
        let timer = glib::timeout_add_local_once(left, move || {
            if let Some(driver) = driver.upgrade() {
                driver.deadline.borrow_mut().take();
                driver.happened(Event::DeadlineReached);
                driver.settle();
            }
        });
        *deadline = Some((at_ms, timer));
    }

    /// The view is made once per frame, however many events came before it.
    fn want_frame(self: &Rc<Self>) {
        if self.frame_wanted.replace(true) {
            return;
        }
        let driver = Rc::downgrade(self);
        self.window.gtk_window().add_tick_callback(move |_, _| {
            if let Some(driver) = driver.upgrade() {
                driver.show();
            }
            glib::ControlFlow::Break
        });
        let driver = Rc::downgrade(self);
        glib::timeout_add_local_once(FRAME_OVERDUE, move || {
            if let Some(driver) = driver.upgrade() {
                driver.show();
            }
        });
    }

    /// Brings the window to the present view, if that has not happened yet.
    pub fn show(&self) {
        if !self.frame_wanted.replace(false) {
            return;
        }
        let view = self.machine.borrow().view();
        let change = self.window.apply(&view);
        self.progress.borrow_mut().applied(&view, change);
    }

    fn painted(self: &Rc<Self>, change: u64) {
        let painted = self.progress.borrow_mut().painted(change);
        if painted.first {
            self.marks.record(Mark::FirstFrame, "");
            self.ready();
        }
        if let Some(order_id) = painted.takeover {
            self.happened(Event::TakeoverPainted { order_id });
            self.settle();
        }
    }

    /// Applies the first view before the window is on the screen, so that its first frame is whole.
    pub fn show_first(&self) {
        self.tell_system();
        self.frame_wanted.set(true);
        self.show();
    }
}
