//! Tells when a change has reached the screen.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gtk::{gdk, prelude::*};

type Callback = Box<dyn Fn(u64)>;

/// Waits for the frame that paints the newest change.
#[derive(Default, Clone)]
pub(super) struct PaintWatch {
    state: Rc<State>,
}

#[derive(Default)]
struct State {
    expected: Cell<Option<u64>>,
    callback: RefCell<Option<Callback>>,
}

impl PaintWatch {
    pub(super) fn connect(&self, callback: impl Fn(u64) + 'static) {
        self.state.callback.replace(Some(Box::new(callback)));
    }

    /// From now on every frame of the window is watched.
    pub(super) fn follow(&self, window: &gtk::ApplicationWindow) {
        let state = Rc::clone(&self.state);
        window.connect_realize(move |window| {
            let Some(clock) = window.frame_clock() else { return };
            let state = Rc::clone(&state);
            clock.connect_after_paint(move |_| state.frame_painted());
        });
    }

    /// The next frame shows this change.
    pub(super) fn expect(&self, window: &gtk::ApplicationWindow, change: u64) {
        self.state.expected.set(Some(change));
        if let Some(clock) = window.frame_clock() {
            clock.request_phase(gdk::FrameClockPhase::PAINT);
        }
    }
}

impl State {
    fn frame_painted(&self) {
        let Some(change) = self.expected.take() else { return };
        if let Some(callback) = &*self.callback.borrow() {
            callback(change);
        }
    }
}
